/**
 * Direct multislice of a convergent probe: one pass per position and tilt. Slower than the scattering matrix by the number of
 * positions × tilts, and independent of it: the check on it, and the way to simulate a scan of a structure that does not repeat.
 */

import { Fft2, frequency } from '../core/fft.ts';
import type { Multislice } from './cpu/multislice.ts';
import { panelIndex, toPanels } from './cpu/panels.ts';
import { apertureLimit_mrad, type ProbeOptions, probeAmplitude } from './probe.ts';

export interface DirectPattern {
  /** [size qy][size qx], fraction of the incident beam per lattice point 1/window; direct beam at size/2. */
  readonly intensity: Float64Array;
  readonly size: readonly [nx: number, ny: number];
}

/**
 * The pattern after each of `exits` slices for a probe at `position_A` in the multislice's window, tilt as in docs/design.md,
 * cut to frequency indices −size/2 … size/2 − 1: one per exit. Positions in Å from the window's corner, tilt in mrad.
 */
export function directPatterns(
  multislice: Multislice,
  probe: ProbeOptions,
  position_A: readonly [number, number],
  tilt_mrad: readonly [number, number],
  exits: readonly number[],
  size: number,
): DirectPattern[] {
  const { nx, ny } = multislice;
  const [lx, ly] = multislice.length_A;
  const re = new Float64Array(nx * ny);
  const im = new Float64Array(nx * ny);
  const limit = apertureLimit_mrad(probe) / (probe.wavelength_A * 1e3);
  let norm = 0;
  for (let y = 0, i = 0; y < ny; y++) {
    const ky = frequency(y, ny) / ly;
    for (let x = 0; x < nx; x++, i++) {
      const kx = frequency(x, nx) / lx;
      if (Math.hypot(kx, ky) > limit) continue;
      [re[i], im[i]] = probeAmplitude(kx, ky, ...position_A, probe);
      norm += re[i]! ** 2 + im[i]! ** 2;
    }
  }
  new Fft2(nx, ny).run(re, im, 1);
  const out: DirectPattern[] = [];
  multislice.run(
    (panels) => toPanels(re, im, nx, ny, panels),
    exits,
    { tilt_mrad },
    (_, spectrum) => {
      const intensity = new Float64Array(size * size);
      const scale = 1 / ((nx * ny) ** 2 * norm);
      for (let y = 0, i = 0; y < size; y++) {
        for (let x = 0; x < size; x++, i++) {
          const at = panelIndex((x - size / 2 + nx) % nx, (y - size / 2 + ny) % ny, ny);
          intensity[i] = (spectrum[at]! ** 2 + spectrum[at + 4]! ** 2) * scale;
        }
      }
      out.push({ intensity, size: [size, size] });
    },
  );
  return out;
}
