/**
 * Domains: one or two of the variants that symmetry allows, with walls between them. P [µC/cm²] along x, y and z, turns (tangents) about the cubic axes, edges [Å],
 * all per cell, [nz][ny][nx].
 *
 * Two domains are two stripes of the periodic block. Their wall contains the beam (the block repeats along z) and is neutral: of all pairs of a variant and a normal n
 * (x, y, and the diagonals of a square block) with (P₁ − P₂)·n = 0 one is drawn. Across it everything goes as
 *
 *     q = q₁ + w(x) (q₂ − q₁),     w = ½ Σ_m [tanh(2(x − x₁ + mL)/W) − tanh(2(x − x₂ + mL)/W)],        L the period along n
 *
 * so that P goes straight from P₁ to P₂ (through zero where they are opposite). 180°, 90°, 71°, 109° and 60° walls come about so. The second domain's octahedra turn
 * in the sense nearer to the first's, as the walls of least energy do in BiFeO3 (Diéguez et al., PRB 87, 024102 (2013), from memory).
 *
 * What this is not: an energy, elastic compatibility, or walls inclined to the beam (those of 101 between a and c domains seen along [001]); along [110] and [111]
 * normals are x and y alone: no block there is square.
 */

import type { RandomStream } from '../core/random.ts';
import type { DomainOptions } from './domain-options.ts';
import { norm } from './lattice.ts';
import type { PolarPhase } from './phase.ts';
import { cellAt, cellCount, type Vec3 } from './structure.ts';
import { tiltSign } from './tilts.ts';
import type { Variant } from './variants.ts';
import { type BlockCells, cubicPlace, stepsOf, toLab, zoneOf } from './zone.ts';

export interface Domains {
  /** P [nz][ny][nx][3], µC/cm². */
  readonly P: Float64Array;
  /** Turn of each octahedron [nz][ny][nx][3], tangents, with its sign. */
  readonly turns: Float64Array;
  /** Edge of a cell along the beam [Å], the mean over all cells; of a zone other than [001] its step over √2 or √3. */
  readonly edge_A: number;
}

export interface DomainSetting extends BlockCells {
  /** Edge across the beam [Å]. */
  readonly a_A: number;
  readonly options: Pick<DomainOptions, 'wall_fraction' | 'wall_nm'>;
  /** |P| is drawn evenly from these [µC/cm²]. */
  readonly p_uC_cm2: readonly [least: number, greatest: number];
  readonly variants: readonly Variant[];
  /** Edges of the phase's cell; those of a cube of a_A where undefined. */
  readonly phase?: PolarPhase | undefined;
}

/** A variant with its P along x, y and z. */
interface Laid extends Variant {
  readonly lab: Vec3;
}

/** A wall's normal, as steps of the phase of its stripes along x and y. */
type Normal = readonly [h: number, k: number];

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** All that may stand beside the first domain, each with a neutral wall. */
function neighbours(square: boolean, variants: readonly Laid[], first: Laid): { second: Laid; normal: Normal }[] {
  const normals: Normal[] = [
    [1, 0],
    [0, 1],
  ];
  if (square) normals.push([1, 1], [1, -1]);
  const others = new Map<string, Laid>();
  for (const other of variants) {
    const key = other.p.join();
    const held = others.get(key);
    if (!held || dot(other.turn, first.turn) > dot(held.turn, first.turn)) others.set(key, other);
  }
  others.delete(first.p.join());
  return [...others.values()].flatMap((second) =>
    normals.flatMap((normal) => {
      const step = second.lab.map((value, axis) => value - first.lab[axis]!);
      return Math.abs(step[0]! * normal[0] + step[1]! * normal[1]) < 1e-9 ? [{ second, normal }] : [];
    }),
  );
}

/** Share of the second domain at x on a ring of length L: 1 between x1 and x2. All in one unit of length. */
export function wallShare(x: number, x1: number, x2: number, width: number, length: number): number {
  // What is left out is below exp(−32).
  const images = Math.ceil((8 * width) / length) + 2;
  let share = 0;
  for (let m = -images; m <= images; m++) {
    const at = x + m * length;
    share += (Math.tanh((2 * (at - x1)) / width) - Math.tanh((2 * (at - x2)) / width)) / 2;
  }
  return share;
}

export function domainTexture(setting: DomainSetting, stream: RandomStream): Domains {
  const { cells, a_A, options, p_uC_cm2, phase } = setting;
  const zone = zoneOf(setting.zone);
  const variants = setting.variants.map((variant) => ({
    ...variant,
    lab: [...toLab(zone, Float64Array.from(variant.p))] as unknown as Vec3,
  }));
  const size = stream.between(...p_uC_cm2);
  const first = variants[stream.integer(variants.length)]!;
  const square = cells[0] * zone.steps[0] === cells[1] * zone.steps[1];
  const beside = neighbours(square, variants, first);
  const two = stream.uniform() < options.wall_fraction && beside.length > 0;
  const { second, normal } = two ? beside[stream.integer(beside.length)]! : { second: first, normal: [1, 0] as const };
  const [h, k] = normal;
  // Length of a period along the normal: n steps of a column, or n planes of a/√2.
  const planes = h === 0 ? cells[1] : cells[0];
  const spacing = (a_A * zone.steps[h === 0 ? 1 : 0]) / Math.hypot(h, k);
  const length = planes * spacing;
  const x1 = stream.uniform() * length;
  const x2 = x1 + stream.between(0.25, 0.75) * length;
  // Of the cubic vector along the beam, over its length in cells.
  const [, , beam] = zone.lab;
  const edge = ({ p }: Variant) =>
    norm(
      p.map(
        (u, axis) => beam[axis]! * (phase ? (Math.abs(u) > 1e-9 ? phase.along_A : phase.across_A) : a_A),
      ) as unknown as Vec3,
    ) / norm(beam);
  const n = cellCount(cells);
  const [P, turns] = [new Float64Array(3 * n), new Float64Array(3 * n)];
  let edge_A = 0;
  for (let cell = 0; cell < n; cell++) {
    const [along, across] = stepsOf(zone, cellAt(cells, cell));
    const at = cubicPlace(zone, cellAt(cells, cell));
    const x = ((((h * along + k * across) % planes) + planes) % planes) * spacing;
    const share = two ? wallShare(x, x1, x2, 10 * options.wall_nm, length) : 0;
    edge_A += ((1 - share) * edge(first) + share * edge(second)) / n;
    for (let axis = 0; axis < 3; axis++) {
      P[3 * cell + axis] = size * ((1 - share) * first.lab[axis]! + share * second.lab[axis]!);
      turns[3 * cell + axis] =
        (1 - share) * first.turn[axis]! * tiltSign(first.phase, axis, at) +
        share * second.turn[axis]! * tiltSign(second.phase, axis, at);
    }
  }
  return { P, turns, edge_A };
}
