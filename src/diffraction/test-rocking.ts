/**
 * Rocking curves for tests: what beams a plane wave excites, for many directions and thicknesses. One pass of one unit cell for each direction, through the
 * multislice and with the waves that libraries (`scattering-matrix.ts`, a block of one cell) and specimens (`position-patterns.ts`) send.
 */

import type { Multislice } from './cpu/multislice.ts';
import { panelIndex } from './cpu/panels.ts';
import { fillPlaneWave } from './scattering-matrix.ts';

export type Pair = readonly [x: number, y: number];

/**
 * Intensities [directions][exits][beams], the incident beam has 1.
 * @param directions_invA transverse wave vectors k of the incident waves [1/Å]
 * @param exits slice counts, ascending
 * @param beams indices (h, k) of the cell's reciprocal lattice; a beam leaves at k + (h/Lx, k/Ly)
 */
export function rockingCurves(
  multislice: Multislice,
  directions_invA: readonly Pair[],
  exits: readonly number[],
  beams: readonly Pair[],
): Float32Array {
  const { nx, ny } = multislice;
  const places = beams.map(([h, k]) => panelIndex((h + nx) % nx, (k + ny) % ny, ny));
  const out = new Float32Array(directions_invA.length * exits.length * beams.length);
  let at = 0;
  for (const offset_invA of directions_invA) {
    multislice.run(
      (panels) => fillPlaneWave(panels, nx, ny, 0, 0),
      exits,
      { offset_invA },
      (_, spectrum) => {
        for (const place of places) out[at++] = (spectrum[place]! ** 2 + spectrum[place + 4]! ** 2) / (nx * ny) ** 2;
      },
    );
  }
  return out;
}
