/**
 * The first look at a scan: a sample of its patterns, their mean in interleaved parts, a rough centre of each. The sample is
 * read once and held, within a fixed memory: calibration passes over it several times.
 */

import { fail } from '../core/errors.ts';
import { breathe, type Task } from '../core/task.ts';
import type { Pair } from './calibration.ts';
import { Corrector } from './correct.ts';
import { brightest } from './lattice-search.ts';
import { robustSigma } from './linear.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';
import type { MeasuredCentre } from './plane-fit.ts';

/** Interleaved parts of the scan, to tell what is always there from what happened once. */
const PARTS = 4;

/** Patterns in a sample, at most, and the memory that they may take [bytes]. */
const PATTERN_LIMIT = 576;
const SAMPLE_BYTES = 512 * 2 ** 20;

/** Patterns of a scan, held: pattern i is the one at linear index `indices[i]`, corrected, [qy][qx]. */
export interface Sample {
  readonly shape: PatternSource['shape'];
  readonly indices: readonly number[];
  readonly patterns: readonly Float32Array[];
}

/** Reads positions on a regular grid over the scan: patterns [qy][qx], counts, corrected. @throws 'not-finite' and what the source throws */
export async function takeSample(source: PatternSource, task: Task): Promise<Sample> {
  const { shape } = source;
  const corrector = new Corrector(source);
  const room = Math.max(16, Math.floor(SAMPLE_BYTES / (4 * shape[2] * shape[3])));
  const indices = choosePatterns(source, Math.min(PATTERN_LIMIT, room));
  const patterns: Float32Array[] = [];
  for (const [i, index] of indices.entries()) {
    await breathe(task);
    patterns.push(corrector.correct(await source.read(index, 1), index));
    task.progress(i + 1, indices.length, 'patterns surveyed');
  }
  return { shape, indices, patterns };
}

/** At most `limit` scan positions on a regular grid over the scan, as linear indices. */
function choosePatterns(source: PatternSource, limit: number): number[] {
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

/** @param has_dark whether a dark reference was taken off, for the advice. @throws 'shape' where nothing was counted */
export async function survey(
  { shape, indices, patterns }: Sample,
  radius_px: number,
  has_dark: boolean,
  task: Task,
): Promise<Survey> {
  const [, , ny, nx] = shape;
  const size = ny * nx;
  const parts = Array.from({ length: Math.min(PARTS, indices.length) }, () => new Float64Array(size));
  const counts = parts.map(() => 0);
  const rough: MeasuredCentre[] = [];
  for (const [i, pattern] of patterns.entries()) {
    await breathe(task);
    const part = parts[i % parts.length]!;
    counts[i % parts.length]!++;
    for (let k = 0; k < size; k++) part[k]! += pattern[k]!;
    const [ry, rx] = indexPosition({ shape }, indices[i]!);
    rough.push({ ry, rx, centre: roughCentre(pattern, ny, nx, radius_px) });
  }
  const mean = new Float64Array(size);
  for (const [p, part] of parts.entries()) {
    for (let k = 0; k < size; k++) {
      mean[k]! += part[k]! / indices.length;
      part[k]! /= counts[p]!;
    }
  }
  if (!mean.some((v) => v > 0)) {
    const hint = has_dark ? 'Check that the dark reference belongs to this scan.' : 'Check the file.';
    fail('shape', 'The patterns are empty: no pixel has a positive mean.', hint);
  }
  const faint = mean.toSorted()[Math.floor(size / 4)]!;
  const rest: number[] = [];
  for (let k = 0; k < size; k++) if (mean[k]! <= faint) rest.push(patterns[0]![k]! - mean[k]!);
  const spread = robustSigma(rest);
  return { parts, mean, rough, read_noise: Math.sqrt(Math.max(0, spread * spread - Math.max(0, faint))) };
}

/** Centre of mass of the brightest disk. */
function roughCentre(pattern: Float32Array, ny: number, nx: number, radius: number): Pair {
  const counts = new Float64Array(pattern.length);
  for (let k = 0; k < counts.length; k++) counts[k] = Math.max(0, pattern[k]!);
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
