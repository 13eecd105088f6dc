/**
 * From a scan and a model to a polarization map: calibrate, resample onto the model's detector, predict, position by position in
 * batches over all cores. No more than a few batches of patterns are held.
 *
 * The uncertainty of a value: the model's rms error on held-out structures under training noise, and in quadrature the spread of
 * its answers over two looks at the pattern (`network/symmetric.ts`). The first is honest for patterns like those
 * of the library, the second grows where a pattern is unlike them; neither knows an error that both share.
 */

import { plural } from '../core/numbers.ts';
import { ahead, Threads } from '../core/pool.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { Model } from '../network/infer.ts';
import { checkModelFits } from '../network/model-info.ts';
import { calibrate } from '../scan/calibrate.ts';
import { LatticeView } from '../scan/calibrated.ts';
import type { Calibration } from '../scan/calibration.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import type { MapJob, MapPart, MapSettings } from './map-worker.ts';
import type { MapChannel, MapProvenance, PolarizationMap } from './polarization-map.ts';

/** Patterns that the mean pattern and its reconstruction are taken over, at most. */
const SHOWN = 64;

export interface MapOptions {
  readonly version: string;
  /** The scan's file name. */
  readonly source: string;
  /** Positions that a thread gets at once. */
  readonly batch: number;
  readonly rotation_deg?: number | undefined;
  readonly hot_sigma?: number | undefined;
}

export interface MapResult {
  readonly map: PolarizationMap;
  readonly calibration: Calibration;
  /** Means over the scan (evenly chosen positions) of what the model saw and of what it reconstructs, [pixels][pixels], fractions of the beam. */
  readonly meanPattern: Float32Array;
  readonly meanReconstruction: Float32Array;
  /** Seconds spent calibrating, and mapping. */
  readonly calibrate_s: number;
  readonly map_s: number;
}

/** @throws 'model-mismatch' for a model of another microscope, and what calibration and reading throw */
export async function mapScan(
  source: PatternSource,
  model: Model,
  options: MapOptions,
  task: Task,
): Promise<MapResult> {
  const { info } = model;
  const { detector } = info;
  checkModelFits(info, {
    voltage_kV: source.info.voltage_kV ?? detector.voltage_kV,
    convergence_mrad: source.info.semiangle_mrad ?? detector.convergence_mrad,
  });
  const start = performance.now();
  const calibration = await calibrate(
    source,
    {
      a_A: detector.a_A,
      voltage_kV: detector.voltage_kV,
      convergence_mrad: detector.convergence_mrad,
      rotation_deg: options.rotation_deg,
      hot_sigma: options.hot_sigma,
    },
    task,
  );
  checkModelFits(info, {
    voltage_kV: detector.voltage_kV,
    convergence_mrad: calibration.disk_radius_mrad,
  });
  const calibrated = performance.now();

  const { coverage } = new LatticeView(source, calibration, detector);
  const [ry, rx] = source.shape;
  const count = ry * rx;
  const size = detector.pixels ** 2;
  const stride = Math.ceil(count / SHOWN);
  const shown = Math.ceil(count / stride);
  const values = info.labels.map(() => new Float32Array(count));
  const spreads = info.labels.map(() => new Float32Array(count));
  const meanPattern = new Float32Array(size);
  const meanReconstruction = new Float32Array(size);
  const { shape, dark, gain } = source;
  const settings: MapSettings = { model: model.bytes(), camera: { shape, dark, gain }, calibration };
  const threads = new Threads<MapJob, MapPart>(import.meta.url, './map-worker', {
    data: settings,
  });
  try {
    // This thread only reads: the others correct, resample and predict.
    const read = async (i: number): Promise<MapPart> => {
      const first = i * options.batch;
      const raw = await source.read(first, Math.min(options.batch, count - first));
      return threads.run({ first, raw, stride }, [raw.buffer as ArrayBuffer]);
    };
    let first = 0;
    for await (const part of ahead(0, Math.ceil(count / options.batch), threads.count + 2, read)) {
      checkAborted(task);
      const here = part.labels.length / values.length;
      for (let i = 0; i < here; i++) {
        for (const [label, channel] of values.entries()) {
          channel[first + i] = part.labels[i * values.length + label]!;
          spreads[label]![first + i] = part.spread[i * values.length + label]!;
        }
      }
      for (let j = 0; j < size; j++) {
        meanPattern[j]! += part.seen[j]! / shown;
        meanReconstruction[j]! += part.reconstructed[j]! / shown;
      }
      first += here;
      task.progress(first, count, 'positions mapped');
    }
  } finally {
    await threads.close();
  }

  const uncovered = coverage.filter((share) => share < 0.5).length;
  const missing = `${uncovered} of ${plural(size, 'pixel')} that the model looks at lie outside the camera and count as dark: expect errors, or train with fewer library.pixels.`;

  const rmse = new Map(info.scores.training.map((score) => [score.name, score.rmse]));
  const channels: MapChannel[] = info.labels.map(({ name, unit }, label) => {
    const error = rmse.get(name);
    return {
      name,
      unit,
      values: values[label]!,
      ...(error === undefined ? {} : { sigma: spreads[label]!.map((spread) => Math.hypot(error, spread)) }),
    };
  });
  const meta: MapProvenance = {
    recipe_hash: info.recipeHash,
    version: options.version,
    seed: info.seed,
    source: options.source,
    dose_e: calibration.dose_e,
    held_out_mae: Object.fromEntries(info.scores.training.map(({ name, mae }) => [name, mae])),
  };
  return {
    map: {
      shape: [source.shape[0], source.shape[1]],
      step_nm: source.info.step_nm ?? detector.a_A / 10,
      channels,
      meta,
    },
    calibration: uncovered === 0 ? calibration : { ...calibration, warnings: [...calibration.warnings, missing] },
    meanPattern,
    meanReconstruction,
    calibrate_s: (calibrated - start) / 1e3,
    map_s: (performance.now() - calibrated) / 1e3,
  };
}
