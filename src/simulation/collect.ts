/**
 * What the finished units amount to: means over configurations, the source's size, the dose. Patterns come one scan row at a time, so that a scan
 * need not be in memory.
 */

import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import type { Store } from '../core/store.ts';
import { blurScan } from '../diffraction/coherence.ts';
import { RunningMean } from '../diffraction/frozen-phonons.ts';
import type { SimulationOptions } from './options.ts';
import { readPatterns, readSignals, unitNames } from './parts.ts';
import type { SimulationPlan } from './plan.ts';

export interface SimulatedImages {
  /** [thickness][detector][ry][rx]: fraction of the beam, or electrons where the recipe gives a dose. */
  readonly values: Float64Array;
  /** Standard error of each over the configurations, before the dose; absent where there is one. */
  readonly standardError?: Float64Array;
}

/** Where the parts are, and what they are of. */
export interface Parts {
  readonly store: Store;
  readonly plan: SimulationPlan;
  readonly simulation: SimulationOptions;
}

/** Values of a scan that may be held at once to convolve it [float64]. */
const BLUR_VALUES = 2 ** 27;

/** Images of every detector and thickness. */
export async function collectImages({ store, plan, simulation }: Parts): Promise<SimulatedImages> {
  const { detectors, exits, positions_A, configurations } = plan;
  const count = positions_A.length;
  const mean = new RunningMean();
  if (detectors.length === 0) return { values: new Float64Array() };
  const units = unitNames(plan);
  const perConfiguration = units.length / configurations;
  for (let c = 0; c < configurations; c++) {
    const whole = new Float64Array(exits.length * detectors.length * count);
    for (const unit of units.slice(c * perConfiguration, (c + 1) * perConfiguration)) {
      const signals = await readSignals(store, unit);
      const size = unit.to - unit.from;
      for (let image = 0; image < exits.length * detectors.length; image++) {
        whole.set(signals.subarray(image * size, (image + 1) * size), image * count + unit.from);
      }
    }
    mean.add(whole);
  }
  const values = mean.mean;
  for (let at = 0; plan.blur_A > 0 && at < values.length; at += count) {
    values.set(withSource(values.subarray(at, at + count), plan), at);
  }
  const { dose_e, seed } = simulation;
  if (dose_e !== undefined) {
    const random = new RandomStream(seed, 'dose', 'images');
    for (let i = 0; i < values.length; i++) values[i] = random.poisson(dose_e * Math.max(0, values[i]!));
  }
  // Convolution only lowers the error; the unblurred one is a safe bound.
  return configurations > 1 ? { values, standardError: mean.standardError() } : { values };
}

/**
 * Patterns [rx][qy][qx] on the camera at thickness `t`, row after row: fraction of the beam per pixel, or electrons.
 * @throws 'range' for a source's convolution over a scan that is too large to hold
 */
export async function* patternRows(parts: Parts, t: number): AsyncGenerator<Float32Array> {
  const { plan, simulation } = parts;
  const [ry, rx] = plan.shape;
  const pixels = simulation.camera!.pixels ** 2;
  const blurred = plan.blur_A > 0 ? await blurredScan(parts, t, pixels) : undefined;
  for (let y = 0; y < ry; y++) {
    const row = blurred
      ? Float32Array.from(blurred.subarray(y * rx * pixels, (y + 1) * rx * pixels))
      : await meanRow(parts, t, y, pixels);
    const { dose_e, seed } = simulation;
    for (let x = 0; dose_e !== undefined && x < rx; x++) {
      const random = new RandomStream(seed, 'dose', 'patterns', t, y * rx + x);
      for (let i = x * pixels; i < (x + 1) * pixels; i++) row[i] = random.poisson(dose_e * Math.max(0, row[i]!));
    }
    yield row;
  }
}

async function meanRow({ store, plan }: Parts, t: number, y: number, pixels: number): Promise<Float32Array> {
  const rx = plan.shape[1];
  const [from, to] = [y * rx, (y + 1) * rx];
  const sum = new Float64Array(rx * pixels);
  for (const unit of unitNames(plan)) {
    const range: [number, number] = [Math.max(from, unit.from), Math.min(to, unit.to)];
    if (range[0] >= range[1]) continue;
    const values = await readPatterns(store, unit, t, range, pixels);
    const at = (range[0] - from) * pixels;
    for (let i = 0; i < values.length; i++) sum[at + i] = sum[at + i]! + values[i]!;
  }
  return Float32Array.from(sum, (value) => value / plan.configurations);
}

async function blurredScan(parts: Parts, t: number, pixels: number): Promise<Float64Array> {
  const { plan } = parts;
  const [ry, rx] = plan.shape;
  if (ry * rx * pixels > BLUR_VALUES) {
    fail(
      'range',
      `A source size needs the whole scan in memory: ${ry} × ${rx} patterns of ${pixels} pixels are too many.`,
      'Use fewer camera pixels or positions, leave the camera out (images have no such limit), or set source_fwhm_A = 0.',
      { shape: plan.shape, pixels },
    );
  }
  const scan = new Float32Array(ry * rx * pixels);
  for (let y = 0; y < ry; y++) scan.set(await meanRow(parts, t, y, pixels), y * rx * pixels);
  return withSource(scan, plan);
}

/** A scan convolved with the source. */
function withSource(scan: ArrayLike<number>, plan: SimulationPlan): Float64Array {
  return blurScan(scan, plan.shape, plan.step_A, plan.blur_A, plan.periodic ? 'periodic' : 'edge');
}
