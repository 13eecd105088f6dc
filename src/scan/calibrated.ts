/**
 * A scan as a model sees it: patterns on the model's lattice detector, as fractions of the incident beam, axes along the
 * crystal's. What was measured (calibration) meets what was asked for (detector) only here.
 */

import { fail } from '../core/errors.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import { wavelength } from '../diffraction/optics.ts';
import { type Calibration, centreAt } from './calibration.ts';
import { Corrector } from './correct.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';
import { Resampler } from './resample.ts';

export interface CalibratedPatterns {
  readonly count: number;
  /** [ry, rx, pixels, pixels] */
  readonly shape: readonly [number, number, number, number];
  /** Electrons per pattern. */
  readonly dose_e: number;
  /** Share of every target pixel that lies on the camera, at the middle of the scan [pixels][pixels]. */
  readonly coverage: Float32Array;
  /** Patterns at the linear indices y·rx + x, [indices.length][pixels][pixels], fraction of the incident beam per pixel. */
  read(indices: ArrayLike<number>): Promise<Float32Array>;
}

/** @throws 'model-mismatch' where detector and calibration belong to different experiments, 'shape' */
export function calibratedPatterns(
  source: PatternSource,
  calibration: Calibration,
  detector: LatticeDetector,
): CalibratedPatterns {
  const [ry, rx, ny, nx] = source.shape;
  if (calibration.shape.some((n, i) => n !== source.shape[i])) {
    const shapes = `${calibration.shape.join(' × ')}, the scan ${source.shape.join(' × ')}`;
    fail('shape', `The calibration is for ${shapes}.`, 'Calibrate this scan.', { calibration: calibration.shape });
  }
  const { crystal } = calibration;
  for (const [name, tolerance] of [
    ['a_A', 0.02],
    ['voltage_kV', 0.005],
    ['convergence_mrad', 0.1],
  ] as const) {
    if (Math.abs(detector[name] / crystal[name] - 1) > tolerance) {
      const values = `${name} ${detector[name]}, the scan was calibrated with ${crystal[name]}`;
      fail(
        'model-mismatch',
        `The model's detector has ${values}.`,
        'Use a model that was trained for this experiment.',
        { name },
      );
    }
  }
  const n = detector.pixels;
  // The detector is locked to the crystal's lattice: it is the calibration's own 1/a that sets its scale.
  const pixel_mrad = (wavelength(crystal.voltage_kV) * 1e3) / (crystal.a_A * detector.pixelsPerOrder);
  const grid = { pixels: n, pixel_mrad, map: calibration.map_px_per_mrad };
  const resampler = new Resampler(grid, ny, nx);
  const corrector = new Corrector(source, [...calibration.hot_pixels, ...calibration.dead_pixels]);
  const [[a, b], [c, d]] = grid.map;
  const coverage = new Float32Array(n * n);
  const area = Math.abs(a * d - b * c) * pixel_mrad ** 2;
  resampler.resample(new Float32Array(ny * nx).fill(1), calibration.centre0_px, 1 / area, coverage);
  const scale = 1 / (calibration.dose_e * calibration.counts_per_electron);
  return {
    count: ry * rx,
    shape: [ry, rx, n, n],
    dose_e: calibration.dose_e,
    coverage,
    read: async (indices) => {
      const out = new Float32Array(indices.length * n * n);
      for (let k = 0; k < indices.length; k++) {
        const index = indices[k]!;
        const pattern = await corrector.read(index, 1);
        const centre = centreAt(calibration.descan, ...indexPosition(source, index));
        resampler.resample(pattern, centre, scale, out.subarray(k * n * n, (k + 1) * n * n));
      }
      return out;
    },
  };
}
