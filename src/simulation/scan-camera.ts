/**
 * The camera of a scan that Ferroscope simulates itself: what the instrument does to a pattern (experiment-optics.ts), a rotated camera with descan and gain, counting
 * noise and hot pixels; and the scan as it is written.
 */

import { RandomStream } from '../core/random.ts';
import { wavelength } from '../diffraction/optics.ts';
import { apertureAmplitude } from '../diffraction/probe.ts';
import { centreAt, type Descan, mapFrom } from '../scan/calibration.ts';
import { type AnglePattern, type Counting, count, exposeCamera } from '../scan/camera.ts';
import type { EmdScan } from '../scan/emd-write.ts';
import { Optics } from './experiment-optics.ts';
import type { ExperimentInputs } from './options.ts';

/** The sampling of patterns that come to a camera: [size][size] at angles (index − size/2)·step. */
export interface PatternSampling {
  readonly size: number;
  readonly step_mrad: number;
}

/** How patterns of a periodic window are sampled so that they fill the camera. @param window_A its side; @param most patterns have no more samples along a side */
export function samplingFor(
  { microscope, experiment }: Pick<ExperimentInputs, 'microscope' | 'experiment'>,
  window_A: number,
  most: number,
): PatternSampling {
  const step_mrad = (wavelength(microscope.voltage_kV) * 1e3) / window_A;
  const reach = ((experiment.detector_pixels / 2 + 4) * experiment.mrad_per_pixel * Math.SQRT2) / step_mrad;
  return { size: Math.min(2 * Math.ceil(reach) + 2, most), step_mrad };
}

/** A function of its settings alone, noise included: any thread makes any position. */
export class ScanCamera {
  readonly #of: Pick<ExperimentInputs, 'microscope' | 'experiment'>;
  readonly #shape: readonly [ry: number, rx: number];
  readonly #sampling: PatternSampling;
  readonly #map: ReturnType<typeof mapFrom>;
  readonly #descan: Descan;
  readonly #counting: Counting;
  readonly #optics: Optics;
  readonly #gain: Float64Array;
  readonly #noise: (...keys: (string | number)[]) => RandomStream;

  /** @param name of the scan, where one recipe has several: each has its own noise */
  constructor(
    of: Pick<ExperimentInputs, 'microscope' | 'experiment'>,
    shape: readonly [ry: number, rx: number],
    sampling: PatternSampling,
    name?: string,
  ) {
    const { experiment } = of;
    const n = experiment.detector_pixels;
    const [ry, rx] = shape;
    this.#of = of;
    this.#shape = shape;
    this.#sampling = sampling;
    this.#map = mapFrom(experiment.mrad_per_pixel, experiment.rotation_deg);
    this.#descan = {
      centre_px: [n / 2 - 0.3, n / 2 + 0.4],
      per_ry_px: [experiment.descan_px[0] / Math.max(1, ry - 1), 0],
      per_rx_px: [0, experiment.descan_px[1] / Math.max(1, rx - 1)],
      middle: [(ry - 1) / 2, (rx - 1) / 2],
      bend: [],
      jumps: [],
    };
    const layout = new RandomStream(experiment.seed, 'camera');
    this.#counting = {
      dose_e: experiment.dose_e,
      dark_counts: experiment.dark_counts,
      read_noise_counts: experiment.read_noise_counts,
      hot: Array.from({ length: experiment.hot_pixels }, () => layout.integer(n * n)),
      hot_counts: 500,
    };
    this.#noise = (...keys) =>
      new RandomStream(experiment.seed, 'counting', ...(name === undefined ? [] : [name]), ...keys);
    this.#optics = new Optics(experiment, sampling.size, sampling.step_mrad);
    const gainStream = new RandomStream(experiment.seed, 'gain');
    this.#gain = Float64Array.from({ length: n * n }, () =>
      Math.max(0, 1 + (experiment.gain_rms > 0 ? experiment.gain_rms * gainStream.normal() : 0)),
    );
  }

  #expose(pattern: AnglePattern, centre: [number, number]): Float64Array {
    const n = this.#of.experiment.detector_pixels;
    const expected = exposeCamera(pattern, n, n, centre, this.#map);
    return expected.map((value, i) => value * this.#gain[i]!);
  }

  /** Expected fraction of the beam on each pixel [n][n], of an elastic pattern as this camera samples it, at a position. */
  expected(elastic: ArrayLike<number>, index: number): Float64Array {
    const [, rx] = this.#shape;
    const pattern = this.#optics.apply({ values: elastic, ...this.#sampling });
    return this.#expose(pattern, centreAt(this.#descan, Math.floor(index / rx), index % rx));
  }

  /** One exposure of a position. @param expected as {@link expected} gives it */
  counts(expected: Float64Array, index: number): Uint16Array {
    return count(expected, this.#counting, this.#noise(index));
  }

  /** The scan to be written, with vacuum probe and dark reference. @param at gives what is expected at a position */
  emd(at: (index: number) => Float64Array, step_nm: number): EmdScan {
    const { experiment, microscope } = this.#of;
    const n = experiment.detector_pixels;
    const vacuum = this.#vacuum();
    const mean = (frames: number, what: string, dose_e: number) => {
      const sum = new Float32Array(n * n);
      for (let f = 0; f < frames; f++) {
        const frame = count(vacuum, { ...this.#counting, dose_e }, this.#noise(what, f));
        for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + frame[i]! / frames;
      }
      return sum;
    };
    return {
      shape: [...this.#shape, n, n],
      patterns: (index) => this.counts(at(index), index),
      step_nm,
      qPixel: experiment.mrad_per_pixel,
      qUnits: 'mrad',
      vacuum: mean(4, 'vacuum', experiment.dose_e),
      dark: mean(16, 'dark', 0),
      flip: false,
      metadata: { microscope: { voltage_kV: microscope.voltage_kV, convergence_mrad: microscope.convergence_mrad } },
    };
  }

  /** The same before it is counted: expected electrons of each pixel, no hot ones. */
  emdExpected(at: (index: number) => Float64Array, scan: EmdScan): EmdScan {
    const { dose_e } = this.#of.experiment;
    const electrons = (fractions: Float64Array) => Float32Array.from(fractions, (value) => value * dose_e);
    return {
      ...scan,
      patterns: (index) => electrons(at(index)),
      vacuum: electrons(this.#vacuum()),
      dark: undefined,
    };
  }

  #vacuum(): Float64Array {
    const beam = this.#optics.apply(vacuumPattern(this.#of.microscope, this.#sampling), false);
    return this.#expose(beam, [...this.#descan.centre_px]);
  }
}

/** The aperture alone, as an intensity per sample that sums to 1. */
function vacuumPattern(
  { voltage_kV, convergence_mrad }: ExperimentInputs['microscope'],
  { size, step_mrad }: PatternSampling,
): AnglePattern {
  const values = new Float64Array(size * size);
  const probe = { wavelength_A: wavelength(voltage_kV), convergence_mrad, defocus_nm: 0, edge_mrad: step_mrad };
  let sum = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = apertureAmplitude(Math.hypot(y - size / 2, x - size / 2) * step_mrad, probe) ** 2;
      values[y * size + x] = value;
      sum += value;
    }
  }
  return { values: values.map((value) => value / sum), size, step_mrad };
}
