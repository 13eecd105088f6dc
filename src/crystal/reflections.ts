/**
 * The reflections of a crystal that a beam along z excites as disks of the zero-order Laue zone, from the block that was cut out of it.
 *
 * A block with edges X, Y along x and y scatters at q = (h'/X, k'/Y) with whole h', k'. Rows T of the block's transformation are its edges in units of
 * the crystal's vectors, so that (h', k', l') = T·(h, k, l) and here l' = 0. Repeats inside the block extinguish some: those where
 *     Σ occupancy · exp(−2πi (h'x/X + k'y/Y)) = 0        over the atoms of each element
 * are left out, glide and screw extinctions among them, although double diffraction may show these.
 */

import { inverse, times, transpose } from './lattice.ts';
import type { CutBlock } from './orthogonal.ts';
import type { Vec3 } from './structure.ts';

export interface Reflection {
  /** In the crystal's own reciprocal lattice. */
  readonly hkl: Vec3;
  /** [1/Å]. */
  readonly q_invA: readonly [x: number, y: number];
}

/** A sum below this share of its largest value is an extinction. */
const EXTINCT = 1e-4;

/** All up to |q| ≤ `most_invA`, the direct beam (000) among them. */
export function zoneReflections(block: CutBlock, most_invA: number): Reflection[] {
  const [X, Y] = block.cell_A;
  const back = transpose(inverse(block.transformation));
  const { positions_A, symbols, occupancy } = block;
  const elements = [...new Set(symbols)].map((symbol) => symbols.flatMap((other, i) => (other === symbol ? [i] : [])));
  const scatters = (q: readonly [number, number], atoms: readonly number[]): boolean => {
    let [re, im, most] = [0, 0, 0];
    for (const i of atoms) {
      const phase = 2 * Math.PI * (q[0] * positions_A[3 * i]! + q[1] * positions_A[3 * i + 1]!);
      re += occupancy[i]! * Math.cos(phase);
      im += occupancy[i]! * Math.sin(phase);
      most += occupancy[i]!;
    }
    return Math.hypot(re, im) > EXTINCT * most;
  };
  const out: Reflection[] = [];
  const reach = [Math.floor(most_invA * X), Math.floor(most_invA * Y)] as const;
  for (let k = -reach[1]; k <= reach[1]; k++) {
    for (let h = -reach[0]; h <= reach[0]; h++) {
      const q_invA = [h / X, k / Y] as const;
      if (Math.hypot(...q_invA) > most_invA || !elements.some((atoms) => scatters(q_invA, atoms))) continue;
      const hkl = times([h, k, 0], back).map((v) => Math.round(v) || 0) as unknown as Vec3;
      out.push({ hkl, q_invA });
    }
  }
  return out;
}
