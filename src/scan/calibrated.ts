/**
 * A scan as a model sees it: patterns on the model's lattice detector, as fractions of the incident beam, axes along the
 * crystal's. What was measured (calibration) meets what was asked for (detector) only here.
 */

import { fail } from '../core/errors.ts';
import { type LatticeDetector, pixel_mrad, zoneText } from '../diffraction/detector.ts';
import { type Calibration, centreAt } from './calibration.ts';
import { type Camera, Corrector } from './correct.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';
import { Resampler } from './resample.ts';

/** Brings raw patterns onto a lattice detector. */
export class LatticeView {
  /** Share of every target pixel that lies on the camera, at the middle of the scan [pixels][pixels]. */
  readonly coverage: Float32Array;
  readonly #camera: Camera;
  readonly #calibration: Calibration;
  readonly #pixels: number;
  readonly #corrector: Corrector;
  readonly #resampler: Resampler;

  /** @throws 'model-mismatch' where detector and calibration belong to different experiments, 'shape' */
  constructor(camera: Camera, calibration: Calibration, detector: LatticeDetector) {
    checkSame(camera, calibration, detector);
    const [, , ny, nx] = camera.shape;
    const { crystal } = calibration;
    const n = detector.pixels;
    // The detector is locked to the crystal's lattice: it is the calibration's own 1/a that sets its scale.
    const sides = pixel_mrad({ ...detector, a_A: crystal.a_A, voltage_kV: crystal.voltage_kV });
    const grid = { pixels: n, pixel_mrad: sides, map: calibration.map_px_per_mrad };
    this.#camera = camera;
    this.#calibration = calibration;
    this.#pixels = n;
    this.#resampler = new Resampler(grid, ny, nx);
    const { treatment = {} } = calibration;
    this.#corrector = new Corrector(camera, [...calibration.hot_pixels, ...calibration.dead_pixels], treatment);
    const [[a, b], [c, d]] = grid.map;
    this.coverage = new Float32Array(n * n);
    const area = Math.abs(a * d - b * c) * sides[0] * sides[1];
    const { area: [y0, y1, x0, x1] = [0, ny, 0, nx] } = treatment;
    const picture = new Float32Array(ny * nx);
    for (let y = y0; y < y1; y++) picture.fill(1, y * nx + x0, y * nx + x1);
    this.#resampler.resample(picture, calibration.centre0_px, 1 / area, this.coverage);
  }

  /** As {@link Corrector.look}. */
  look(raw: Float32Array): ReturnType<Corrector['look']> {
    return this.#corrector.look(raw);
  }

  /**
   * Raw patterns of the consecutive positions from linear index `first` on, [count][qy][qx], corrected in place, as
   * [count][pixels][pixels], fraction of the incident beam per pixel; NaN where a frame was lost.
   */
  convert(raw: Float32Array, first: number): Float32Array {
    const [, , ny, nx] = this.#camera.shape;
    const { dose_e, counts_per_electron, descan } = this.#calibration;
    const [from, to] = [ny * nx, this.#pixels ** 2];
    const count = raw.length / from;
    const out = new Float32Array(count * to);
    this.#corrector.correct(raw);
    for (let k = 0; k < count; k++) {
      const centre = centreAt(descan, ...indexPosition(this.#camera, first + k));
      const pattern = raw.subarray(k * from, (k + 1) * from);
      this.#resampler.resample(pattern, centre, 1 / (dose_e * counts_per_electron), out.subarray(k * to, (k + 1) * to));
    }
    return out;
  }
}

function checkSame(camera: Camera, calibration: Calibration, detector: LatticeDetector): void {
  if (calibration.shape.some((n, i) => n !== camera.shape[i])) {
    const shapes = `${calibration.shape.join(' × ')}, the scan ${camera.shape.join(' × ')}`;
    fail('shape', `The calibration is for ${shapes}.`, 'Calibrate this scan.', { calibration: calibration.shape });
  }
  const { crystal } = calibration;
  if (zoneText(crystal) !== zoneText(detector)) {
    fail(
      'model-mismatch',
      `The model is for the zone ${zoneText(detector)}, the scan was calibrated as one of ${zoneText(crystal)}.`,
      'Use a model of the zone axis that the scan was taken along.',
      { model: detector.zone, scan: crystal.zone },
    );
  }
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
}

export interface CalibratedPatterns {
  readonly count: number;
  /** Patterns at the linear indices y·rx + x, [indices.length][pixels][pixels], fraction of the incident beam per pixel. */
  read(indices: ArrayLike<number>): Promise<Float32Array>;
}

/** A scan read through a {@link LatticeView}. @throws what it throws */
export function calibratedPatterns(
  source: PatternSource,
  calibration: Calibration,
  detector: LatticeDetector,
): CalibratedPatterns {
  const view = new LatticeView(source, calibration, detector);
  const size = detector.pixels ** 2;
  return {
    count: source.shape[0] * source.shape[1],
    read: async (indices) => {
      const out = new Float32Array(indices.length * size);
      for (let k = 0; k < indices.length; k++) {
        out.set(view.convert(await source.read(indices[k]!, 1), indices[k]!), k * size);
      }
      return out;
    },
  };
}
