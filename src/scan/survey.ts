/**
 * The first look at a scan: which patterns to use, their mean in interleaved parts, a rough centre of each. Reads every
 * pattern once, holds none.
 */

import { fail } from '../core/errors.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { Pair } from './calibration.ts';
import type { Corrector } from './correct.ts';
import { brightest } from './lattice-search.ts';
import { robustSigma } from './linear.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';
import type { MeasuredCentre } from './plane-fit.ts';

/** Interleaved parts of the scan, to tell what is always there from what happened once. */
const PARTS = 4;

/** At most `limit` scan positions on a regular grid over the scan, as linear indices. */
export function choosePatterns(source: PatternSource, limit: number): number[] {
  const [ry, rx] = source.shape;
  const stride = Math.max(1, Math.ceil(Math.sqrt((ry * rx) / limit)));
  const start = (n: number): number => Math.floor(((n - 1) % stride) / 2);
  const indices: number[] = [];
  for (let y = start(ry); y < ry; y += stride) for (let x = start(rx); x < rx; x += stride) indices.push(y * rx + x);
  return indices;
}

export interface Survey {
  /** Mean patterns of the parts, corrected as far as the corrector knew. */
  readonly parts: Float64Array[];
  readonly mean: Float64Array;
  readonly rough: readonly MeasuredCentre[];
  /** Noise that is there without electrons, rms per pattern and pixel [counts]. */
  readonly read_noise: number;
}

export async function survey(
  corrector: Corrector,
  indices: readonly number[],
  radius_px: number,
  task: Task,
): Promise<Survey> {
  const { source } = corrector;
  const [, , ny, nx] = source.shape;
  const size = ny * nx;
  const parts = Array.from({ length: Math.min(PARTS, indices.length) }, () => new Float64Array(size));
  const counts = parts.map(() => 0);
  const rough: MeasuredCentre[] = [];
  let sample: Float32Array | undefined;
  for (const [i, index] of indices.entries()) {
    checkAborted(task);
    const pattern = await corrector.read(index, 1);
    sample ??= pattern.slice();
    const part = parts[i % parts.length]!;
    counts[i % parts.length]!++;
    for (let k = 0; k < size; k++) part[k]! += pattern[k]!;
    const [ry, rx] = indexPosition(source, index);
    rough.push({ ry, rx, centre: roughCentre(pattern, ny, nx, radius_px) });
    task.progress(i + 1, indices.length, 'patterns surveyed');
  }
  const mean = new Float64Array(size);
  for (const [p, part] of parts.entries()) {
    for (let k = 0; k < size; k++) {
      mean[k]! += part[k]! / indices.length;
      part[k]! /= counts[p]!;
    }
  }
  if (!mean.some((v) => v > 0)) {
    const hint = source.dark ? 'Check that the dark reference belongs to this scan.' : 'Check the file.';
    fail('shape', 'The patterns are empty: no pixel has a positive mean.', hint);
  }
  const faint = mean.toSorted()[Math.floor(size / 4)]!;
  const rest: number[] = [];
  for (let k = 0; k < size; k++) if (mean[k]! <= faint) rest.push(sample![k]! - mean[k]!);
  const spread = robustSigma(rest);
  return { parts, mean, rough, read_noise: Math.sqrt(Math.max(0, spread * spread - Math.max(0, faint))) };
}

/** Centre of mass of the brightest disk. */
function roughCentre(pattern: Float32Array, ny: number, nx: number, radius: number): Pair {
  const counts = Float64Array.from(pattern, (v) => Math.max(0, v));
  const [by, bx] = brightest({ counts, ny, nx }, radius * 0.8);
  const reach = Math.ceil(radius * 1.2);
  let [sum, sy, sx] = [0, 0, 0];
  for (let y = Math.max(0, by - reach); y <= Math.min(ny - 1, by + reach); y++) {
    for (let x = Math.max(0, bx - reach); x <= Math.min(nx - 1, bx + reach); x++) {
      const v = counts[y * nx + x]!;
      sum += v;
      sy += v * y;
      sx += v * x;
    }
  }
  return sum > 0 ? [sy / sum, sx / sum] : [by, bx];
}
