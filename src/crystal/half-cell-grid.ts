/**
 * The grid of half a pseudo-cubic cell on which every site of a perovskite lies, along one axis of the box. Lengths in Å.
 *
 *     n = arg max |Σ exp(4πi n x / L)|,      x₀ = L/(4πn) · arg Σ exp(4πi n x / L)              (sum over all atoms)
 *
 * Neither the origin nor the order nor the wrapping of the atoms matters, and displacements only lower the sum: by exp(−8π²u²/a²).
 */

import type { Structure } from './structure.ts';

/** Edges of a pseudo-cubic oxide perovskite's cell [Å]. Less than a factor of 2 apart, so that n and 2n are never both possible. */
const LEAST_A = 3.3;
const MOST_A = 4.9;
/** Below this |mean of the phase factors| there is no grid. Displacements of 0.3 Å rms per axis leave 0.64, random positions of 40 atoms about 0.2. */
const LEAST_COHERENCE = 0.4;

/** @returns cells along the axis, and where a plane of the grid lies [Å]; undefined where no number of cells fits the atoms */
export function halfCellGrid(
  { positions_A, cell_A, symbols }: Structure,
  axis: number,
): { readonly n: number; readonly origin_A: number } | undefined {
  const edge = cell_A[axis]!;
  let best = { n: 0, coherence: LEAST_COHERENCE, origin_A: 0 };
  // More cells than atoms: a box that is wrong, and need not be searched.
  const most = Math.min(edge / LEAST_A, symbols.length);
  for (let n = Math.ceil(edge / MOST_A); n <= most; n++) {
    let [re, im] = [0, 0];
    for (let at = axis; at < positions_A.length; at += 3) {
      const phase = (4 * Math.PI * n * positions_A[at]!) / edge;
      re += Math.cos(phase);
      im += Math.sin(phase);
    }
    const coherence = Math.hypot(re, im) / symbols.length;
    if (coherence > best.coherence) best = { n, coherence, origin_A: (Math.atan2(im, re) * edge) / (4 * Math.PI * n) };
  }
  return best.n > 0 ? best : undefined;
}
