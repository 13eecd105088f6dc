/** For tests: polar hot blocks, and the same as another program would give them. */

import { RandomStream } from '../core/random.ts';
import type { LocalFields } from './local.ts';
import { materialOf } from './material.ts';
import { perovskite } from './perovskite.ts';
import { displaceBySoftMode } from './soft-mode.ts';
import { cellIndex, requireSites, SITE, type Structure, type Vec3 } from './structure.ts';
import { withJitter } from './thermal.ts';

/** Half Ba, half Sr at random, a soft mode of up to `u` Å per component, at random in every cell (`field`) or the same in all, and thermal motion. */
export function polarBlock(
  cells: Vec3,
  options: { u?: number; thermal_pm?: number; a_A?: number; seed?: number; field?: boolean } = {},
): Structure {
  const { u = 0.2, thermal_pm = 10, a_A = 3.95, seed = 1, field = true } = options;
  const stream = new RandomStream(seed, 'test');
  const n = cells[0] * cells[1] * cells[2];
  const ba = Uint8Array.from({ length: n }, (_, i) => i % 2);
  const mean = [0, 1, 2].map(() => stream.between(-u, u));
  const mode = Float64Array.from({ length: 3 * n }, (_, i) => (field ? stream.between(-u, u) : mean[i % 3]!));
  const moved = displaceBySoftMode(perovskite(cells, a_A, stream.shuffle(ba)), materialOf('(Ba,Sr)TiO3'), mode);
  return withJitter(moved, thermal_pm, stream);
}

/** As another program would write it: other edges, origin, wrapping and order, and no sites. `order[i]` is the atom's number in the block. */
export function foreign(
  block: Structure,
  shift_A: Vec3,
  stretch: Vec3,
  stream: RandomStream,
): { structure: Structure; order: number[] } {
  const cell_A = block.cell_A.map((edge, axis) => edge * stretch[axis]!) as unknown as Vec3;
  const order = stream.shuffle(Array.from(block.symbols.keys()));
  const positions_A = Float64Array.from(
    order.flatMap((atom) =>
      [0, 1, 2].map((axis) => {
        const edge = cell_A[axis]!;
        const x = block.positions_A[3 * atom + axis]! * stretch[axis]! + shift_A[axis]!;
        return x - edge * Math.floor(x / edge);
      }),
    ),
  );
  return { structure: { cell_A, symbols: order.map((atom) => block.symbols[atom]!), positions_A }, order };
}

/** Values of the cell that each Ti is in, by the Ti's number in the block. */
export function byTi(
  structure: Structure,
  fields: LocalFields,
  numberOf: (atom: number) => number,
): Map<number, number[]> {
  const { cells, cell, kind } = requireSites(structure);
  const found = new Map<number, number[]>();
  for (const [atom, site] of kind.entries()) {
    if (site !== SITE.Ti) continue;
    const at = 3 * cellIndex(cells, cell[3 * atom]!, cell[3 * atom + 1]!, cell[3 * atom + 2]!);
    found.set(
      numberOf(atom),
      [fields.P, fields.dTi, fields.dO].flatMap((field) => [...field.slice(at, at + 3)]),
    );
  }
  return found;
}

/** Frames of one crystal, half Ba, half Sr on 3.95 Å, each with another soft mode of up to `u` Å per component in every cell. */
export function polarFrames(cells: Vec3, count: number, u = 0.15): Structure[] {
  const n = cells[0] * cells[1] * cells[2];
  const ideal = perovskite(
    cells,
    3.95,
    Uint8Array.from({ length: n }, (_, i) => i % 2),
  );
  return Array.from({ length: count }, (_, frame) => {
    const stream = new RandomStream(frame, 'frame');
    const mode = Float64Array.from({ length: 3 * n }, () => stream.between(-u, u));
    return displaceBySoftMode(ideal, materialOf('(Ba,Sr)TiO3'), mode);
  });
}

/** The frames as another program would write them: elements together, another origin, no sites. */
export function foreignFrames(frames: readonly Structure[]): Structure[] {
  return frames.map(({ cell_A, symbols, positions_A }) => {
    const order = Array.from(symbols.keys()).sort((a, b) => symbols[a]!.localeCompare(symbols[b]!) || a - b);
    const moved = order.flatMap((atom) => [0.3, -0.4, 0.2].map((shift, axis) => positions_A[3 * atom + axis]! + shift));
    return { cell_A, symbols: order.map((atom) => symbols[atom]!), positions_A: Float64Array.from(moved) };
  });
}

/** Every atom of an element of BiFeO3's hexagonal cell under R3c, fractional. */
export function r3c([x, y, z]: Vec3): Vec3[] {
  const points: Vec3[] = [
    [x, y, z],
    [-y, x - y, z],
    [-x + y, -x, z],
    [-y, -x, z + 0.5],
    [-x + y, y, z + 0.5],
    [x, x - y, z + 0.5],
  ];
  const centred = [
    [0, 0, 0],
    [2 / 3, 1 / 3, 1 / 3],
    [1 / 3, 2 / 3, 2 / 3],
  ].flatMap((t) => points.map((p) => p.map((f, i) => f + t[i]!) as unknown as Vec3));
  return centred;
}
