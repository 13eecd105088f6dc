/**
 * A trajectory: frames of the same atoms in the same order, each in an orthogonal box that repeats along x, y and z. Lengths in Å.
 * What this is not: times or velocities; nothing here says how far apart frames are.
 */

import { fail } from '../core/errors.ts';
import { dot, norm } from './lattice.ts';
import type { Structure, Vec3 } from './structure.ts';

export interface Trajectory {
  readonly name: string;
  /** At least one. All have the same symbols in the same order; the box may change from frame to frame. */
  readonly frames: readonly Structure[];
  /** What a reader of the result should know: a file that was cut off, a cell that was bent to right angles. */
  readonly notes: readonly string[];
}

/** An off-diagonal component below this share of the longest edge is a file's rounding, as in `orthogonal.ts`. */
export const ROUNDING = 1e-4;

/**
 * Edges [Å] of a box given by three vectors.
 * @param vectors nine numbers [Å], a, b and c one after the other
 * @throws 'unsupported' where a, b, c do not run along +x, +y, +z; 'format' where an edge is not above 0
 */
export function orthogonalEdges(vectors: readonly number[], name: string, line?: number): Vec3 {
  const [ax = 0, ay = 0, az = 0, bx = 0, by = 0, bz = 0, cx = 0, cy = 0, cz = 0] = vectors;
  const edges: Vec3 = [ax, by, cz];
  const where = line === undefined ? name : `${name}, line ${line}`;
  const tolerance = ROUNDING * Math.max(...vectors.map(Math.abs));
  if ([ay, az, bx, bz, cx, cy].some((x) => Math.abs(x) > tolerance) || edges.some((edge) => edge < 0)) {
    const [cause, hint] = whyNot([ax, ay, az], [bx, by, bz], [cx, cy, cz]);
    fail('unsupported', `${where}: ${cause} (vectors ${vectors.join(' ')} Å).`, hint, { name, line, vectors });
  }
  if (!edges.every((edge) => edge > 0)) {
    fail('format', `${where}: the box is flat (vectors ${vectors.join(' ')} Å).`, 'Export the file again.', {
      name,
      line,
    });
  }
  return edges;
}

/** Why a box is none along +x, +y, +z, and what to do. */
function whyNot(a: Vec3, b: Vec3, c: Vec3): readonly [cause: string, hint: string] {
  const angles = [
    [b, c],
    [a, c],
    [a, b],
  ].map(([p, q]) => (Math.acos(Math.max(-1, Math.min(1, dot(p!, q!) / norm(p!) / norm(q!)))) * 180) / Math.PI);
  if (angles.some((angle) => !(Math.abs(angle - 90) <= (ROUNDING * 180) / Math.PI))) {
    return [
      `the box is oblique, its angles are ${angles.map((angle) => angle.toFixed(2)).join(', ')}°`,
      'Frames of a trajectory are read in orthogonal boxes alone: run or cut an orthogonal supercell, or give one frame as CIF or POSCAR to a [specimen], which is cut.',
    ];
  }
  return [
    'the box is orthogonal, and its vectors do not run along +x, +y and +z in this order',
    'Turn the structure, positions too, so that they do.',
  ];
}

/** @param frame number of the frame, from 1, and its first line. @throws 'shape' where its atoms are not those of the first frame, in that order */
export function checkSameAtoms(
  { symbols }: Structure,
  { symbols: first }: Structure,
  at: { readonly name: string; readonly frame: number; readonly line?: number },
): void {
  const atom = symbols === first ? -1 : symbols.findIndex((symbol, i) => symbol !== first[i]);
  if (symbols.length === first.length && atom < 0) return;
  const what =
    symbols.length !== first.length
      ? `${symbols.length} atoms, the first frame has ${first.length}`
      : `atom ${atom + 1} is ${symbols[atom]}, in the first frame ${first[atom]}`;
  fail(
    'shape',
    `${at.name}, frame ${at.frame}: ${what}.`,
    'Every frame needs the same atoms in the same order; do not join files of different runs.',
    { ...at },
  );
}

/** @throws 'unsupported' where the box differs from the first frame's by more than rounding */
export function checkSameBox(
  { cell_A }: Structure,
  { cell_A: first }: Structure,
  at: { readonly name: string; readonly frame: number; readonly line?: number },
): void {
  if (cell_A.every((edge, axis) => Math.abs(edge - first[axis]!) <= 1e-6 * first[axis]!)) return;
  const box = (edges: Vec3) => `${edges.join(' × ')} Å`;
  fail(
    'unsupported',
    `${at.name}, frame ${at.frame}: the box is ${box(cell_A)}, that of the first frame ${box(first)}.`,
    'Give a trajectory at constant volume.',
    { ...at },
  );
}
