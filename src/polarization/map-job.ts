/**
 * What a worker thread of a map does: raw patterns to labels. Each thread keeps the model to itself, on one core: threads that share nothing scale better than
 * ONNX Runtime's own.
 */

import type { Worker } from '../core/threads.ts';
import { countingMisfit, distanceOf, misfitOf } from '../network/domain.ts';
import { openModel } from '../network/infer.ts';
import { instrumentOf } from '../network/instrument.ts';
import type { OnnxRuntime } from '../network/session.ts';
import { predictSymmetric } from '../network/symmetric.ts';
import { LatticeView } from '../scan/calibrated.ts';
import type { Calibration } from '../scan/calibration.ts';
import type { Camera } from '../scan/correct.ts';
import { indexPosition } from '../scan/pattern-source.ts';
import { NO_FACTS, type PositionFacts, PositionLook } from '../scan/positions.ts';

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
  /** As the network states it, before calibration; empty where it states none. */
  readonly sigma: Float32Array;
  /** How far each pattern's latents lie from those of held-out patterns (network/domain.ts) [count]; 1 where the model does not say. */
  readonly distance: Float32Array;
  /** What the reconstruction leaves of each pattern, and what counting makes of that [count]. */
  readonly misfit: Float32Array;
  readonly counting: Float32Array;
  /** [shown][INSTRUMENT], what an instrument did to them (network/instrument.ts). */
  readonly instrument: readonly number[];
  /** Patterns as the model saw them and as it reconstructs them, of the positions that are shown [shown][pixels²]. */
  readonly seen: Float32Array;
  readonly reconstructed: Float32Array;
  /** What tells whether a position is of the crystal at all [count]. */
  readonly facts: readonly PositionFacts[];
}

export async function mapWorker(
  { model: bytes, camera, calibration }: MapSettings,
  runtime: OnnxRuntime,
): Promise<Worker<MapJob, MapPart>> {
  const model = openModel(bytes, runtime, 1);
  const { detector, adapts, domain } = model.info;
  const view = new LatticeView(camera, calibration, detector);
  const look = new PositionLook(calibration);
  return {
    async run({ first, raw, stride }) {
      const size = detector.pixels ** 2;
      const [, , ny, nx] = camera.shape;
      const count = raw.length / (ny * nx);
      const frames = Array.from({ length: count }, (_, i) => raw.subarray(i * ny * nx, (i + 1) * ny * nx));
      const looks = frames.map((frame) => view.look(frame));
      for (const [i, frame] of frames.entries()) if (looks[i]!.blank) frame.fill(0);
      const patterns = view.convert(raw, first);
      // Converting has corrected the raw counts.
      const facts = frames.map((frame, i): PositionFacts => {
        const { blank, mended } = looks[i]!;
        return blank ? NO_FACTS : { ...look.facts(frame, ny, nx, ...indexPosition(camera, first + i)), mended };
      });
      const {
        labels,
        spread,
        sigma,
        latent,
        reconstruction: all,
      } = await predictSymmetric(model, patterns, count, { experimental: adapts, reconstruction: true });
      const n = latent.length / count;
      const distance = new Float32Array(count).fill(1);
      for (let i = 0; domain && i < count; i++) {
        distance[i] = distanceOf(domain.latent, latent.subarray(i * n, (i + 1) * n));
      }
      const shown = Array.from({ length: count }, (_, i) => i).filter((i) => (first + i) % stride === 0);
      const seen = new Float32Array(shown.length * size);
      const reconstructed = new Float32Array(shown.length * size);
      const misfit = new Float32Array(count);
      const counting = new Float32Array(count);
      const instrument: number[] = [];
      const at = (values: Float32Array, i: number) => values.subarray(i * size, (i + 1) * size);
      for (let i = 0; i < count; i++) {
        misfit[i] = misfitOf(at(patterns, i), at(all, i));
        counting[i] = countingMisfit(at(all, i), calibration.dose_e);
      }
      for (const [k, i] of shown.entries()) {
        instrument.push(...instrumentOf(at(patterns, i), at(all, i), calibration.dose_e));
        seen.set(at(patterns, i), k * size);
        reconstructed.set(at(all, i), k * size);
      }
      return { labels, spread, sigma, distance, misfit, counting, instrument, seen, reconstructed, facts };
    },
    release: () => model.close(),
  };
}
