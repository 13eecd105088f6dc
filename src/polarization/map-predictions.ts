/**
 * What a model says of every pattern of a scan, position by position in batches over all cores: answers, σ and marks. No more than a few batches of patterns are held.
 * Not here: which positions count, and what the marks mean (map-scan.ts).
 */

import { checkAborted, type Task } from '../core/task.ts';
import { ahead, Threads, type WorkerHost } from '../core/threads.ts';
import type { Model } from '../network/infer.ts';
import { INSTRUMENT } from '../network/instrument.ts';
import type { OnnxRuntime } from '../network/session.ts';
import { sigmaRule, uncalibrated } from '../network/uncertainty.ts';
import type { Calibration } from '../scan/calibration.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import type { PositionFacts } from '../scan/positions.ts';
import type { MapJob, MapPart, MapSettings } from './map-job.ts';

/** Patterns that the mean pattern and its reconstruction are taken over, at most. */
const SHOWN = 64;

export interface Predictions {
  /** [labels][positions], in the labels' units; σ 0 where a label has no rule. */
  readonly values: readonly Float32Array[];
  readonly sigmas: readonly Float32Array[];
  readonly rules: readonly ReturnType<typeof sigmaRule>[];
  /** Of every position: how far its latents lie and what the reconstruction leaves over, beside what counting makes of it (network/domain.ts), and what tells whether it is of the crystal. */
  readonly distance: Float32Array;
  readonly misfit: Float32Array;
  readonly counting: Float32Array;
  readonly facts: readonly PositionFacts[];
  /** Linear indices of the positions that are shown, and of each what an instrument did, its pattern and the reconstruction [pixels²]. */
  readonly shown: readonly number[];
  readonly instrument: readonly Float32Array[];
  readonly seen: readonly Float32Array[];
  readonly reconstructed: readonly Float32Array[];
}

/** @throws 'aborted' and what reading throws */
export async function predictScan(
  source: PatternSource,
  model: Model,
  calibration: Calibration,
  options: { readonly host: WorkerHost; readonly runtime: OnnxRuntime; readonly batch: number },
  task: Task,
): Promise<Predictions> {
  const { info } = model;
  const { shape, dark, gain } = source;
  const count = shape[0] * shape[1];
  const size = info.detector.pixels ** 2;
  const stride = Math.ceil(count / SHOWN);
  const values = info.labels.map(() => new Float32Array(count));
  const sigmas = info.labels.map(() => new Float32Array(count));
  const rules = info.labels.map(({ name }) => sigmaRule(info, name));
  const scales = rules.map((rule) => rule?.scale(calibration.dose_e) ?? 1);
  const distance = new Float32Array(count);
  const facts: PositionFacts[] = [];
  const [misfit, counting] = [new Float32Array(count), new Float32Array(count)];
  const [instrument, seen, reconstructed]: [Float32Array[], Float32Array[], Float32Array[]] = [[], [], []];
  const settings: MapSettings = { model: model.bytes(), camera: { shape, dark, gain }, calibration };
  const threads = new Threads<MapJob, MapPart>(options.host, 'map', {
    data: settings,
    native: options.runtime.native,
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
          const rule = rules[label];
          if (rule)
            sigmas[label]![first + i] =
              rule.factor * uncalibrated(part, i * values.length + label, rule.rmse, scales[label]!);
        }
      }
      distance.set(part.distance, first);
      facts.push(...part.facts);
      misfit.set(part.misfit, first);
      counting.set(part.counting, first);
      const marks = Float32Array.from(part.instrument);
      for (let k = 0; k < marks.length / INSTRUMENT; k++) {
        instrument.push(marks.subarray(k * INSTRUMENT, (k + 1) * INSTRUMENT));
        seen.push(part.seen.subarray(k * size, (k + 1) * size));
        reconstructed.push(part.reconstructed.subarray(k * size, (k + 1) * size));
      }
      first += here;
      task.progress(first, count, 'positions mapped');
    }
  } finally {
    await threads.close();
  }
  const shown = Array.from({ length: Math.ceil(count / stride) }, (_, k) => k * stride);
  return { values, sigmas, rules, distance, facts, shown, misfit, counting, instrument, seen, reconstructed };
}
