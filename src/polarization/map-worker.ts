/**
 * A worker thread, Node only: raw patterns to labels. Started by `map-scan.ts`. Each thread keeps the model to itself, on one core:
 * threads that share nothing scale better than ONNX Runtime's own.
 */

import { workerData } from 'node:worker_threads';
import { serve } from '../core/pool.ts';
import { openModel } from '../network/infer.ts';
import { predictSymmetric } from '../network/symmetric.ts';
import { LatticeView } from '../scan/calibrated.ts';
import type { Calibration } from '../scan/calibration.ts';
import type { Camera } from '../scan/correct.ts';

export interface MapSettings {
  /** The model's file. */
  readonly model: Uint8Array;
  readonly camera: Camera;
  readonly calibration: Calibration;
}

export interface MapJob {
  /** Linear index of the first pattern. */
  readonly first: number;
  /** Raw counts of consecutive patterns [count][qy][qx]. */
  readonly raw: Float32Array;
  /** Every so manieth position of the scan is shown. */
  readonly stride: number;
}

export interface MapPart {
  /** [count][labels] */
  readonly labels: Float32Array;
  readonly spread: Float32Array;
  /** Patterns as the model saw them and as it reconstructs them, summed over the positions that are shown [pixels²]. */
  readonly seen: Float32Array;
  readonly reconstructed: Float32Array;
}

const { model: bytes, camera, calibration } = workerData as MapSettings;
const model = await openModel(bytes, { threads: 1 });
const { detector, adapts } = model.info;
const view = new LatticeView(camera, calibration, detector);

serve<MapJob, MapPart>(async ({ first, raw, stride }) => {
  const patterns = view.convert(raw, first);
  const size = detector.pixels ** 2;
  const count = patterns.length / size;
  const { labels, spread } = await predictSymmetric(model, patterns, count, { experimental: adapts });
  const seen = new Float32Array(size);
  const reconstructed = new Float32Array(size);
  for (let i = 0; i < count; i++) {
    if ((first + i) % stride !== 0) continue;
    const pattern = patterns.subarray(i * size, (i + 1) * size);
    const { reconstruction } = await model.predict(pattern, 1, { experimental: adapts });
    for (let j = 0; j < size; j++) {
      seen[j]! += pattern[j]!;
      reconstructed[j]! += reconstruction[j]!;
    }
  }
  return { labels, spread, seen, reconstructed };
});
