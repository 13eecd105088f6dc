/**
 * Atoms of one element at nearly one height share what a slice takes of them. How much that is depends on k and, smoothly, on the height, so that it is
 * interpolated between heights a sixth of a slice apart, through six of them (Lagrange): a slice then meets a few dozen heights in place of hundreds of atoms. The
 * structure factor of each height, Σ w·exp(−2πik·r), is summed once.
 *
 * Against atom by atom: 5e-6 of the potential for slices that are smoothed over their own thickness (`slices.test.ts`). Not for weights that have kinks.
 */

import type { HalfPlane } from './half-plane.ts';

/** Heights in a slice. */
const PER_SLICE = 6;
/** Of those around an atom: −2, −1, 0, 1, 2, 3 from the one below it. */
const NODES = [-2, -1, 0, 1, 2, 3];

/** An atom, or the structure factor of all atoms at a height, that a slice takes a share of. */
export type Heap =
  | { readonly x: number; readonly y: number; readonly z: number; readonly there: number }
  | { readonly z: number; readonly re: Float64Array; readonly im: Float64Array };

/** The atoms as heights where that is fewer heaps, else as they are. @param dz_A thickness of a slice */
export function atEachHeight(atoms: readonly Heap[], dz_A: number, plane: HalfPlane): readonly Heap[] {
  const step = dz_A / PER_SLICE;
  const below = (z: number) => Math.floor(z / step);
  const heights = new Set(atoms.flatMap(({ z }) => NODES.map((node) => below(z) + node)));
  if (heights.size >= atoms.length) return atoms;
  const heaps = new Map(
    [...heights].map((h) => [h, { z: h * step, re: new Float64Array(plane.size), im: new Float64Array(plane.size) }]),
  );
  for (const atom of atoms) {
    if ('re' in atom) continue;
    const t = atom.z / step - below(atom.z);
    const shares = NODES.map((node) => {
      let weight = atom.there;
      for (const other of NODES) if (other !== node) weight *= (t - other) / (node - other);
      return { weight, ...heaps.get(below(atom.z) + node)! };
    });
    plane.addToEach(atom.x, atom.y, shares);
  }
  return [...heaps.values()];
}
