/**
 * The first look at a scan: a sample of its patterns, their mean in interleaved parts, a rough centre of each. The sample is
 * read once and held, within a fixed memory: calibration passes over it several times.
 */

import { fail } from '../core/errors.ts';
import { breathe, type Task } from '../core/task.ts';
import type { Pair } from './calibration.ts';
import type { MeasuredCentre } from './descan-fit.ts';
import { type Exposure, examine } from './exposure.ts';
import { deafText, lostText, mendedText } from './exposure-text.ts';
import { brightest } from './lattice-search.ts';
import { deafPixels, isBlank, mendNumbers } from './no-numbers.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';

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
  /** Frames that were looked at and were lost (no-numbers.ts). */
  readonly empty: number;
}

/**
 * Reads positions on a regular grid over the scan, without frames that were lost, and what was done to their counts: patterns [qy][qx], counts, corrected.
 * @param counts_per_electron where somebody knows it
 * @throws 'not-finite' where all frames were lost, and what the source throws
 */
export async function takeSample(
  source: PatternSource,
  task: Task,
  counts_per_electron?: number,
): Promise<Sample & { readonly exposure: Exposure }> {
  const { shape } = source;
  const room = Math.max(16, Math.floor(SAMPLE_BYTES / (4 * shape[2] * shape[3])));
  const chosen = choosePatterns(source, Math.min(PATTERN_LIMIT, room));
  const read: Float32Array[] = [];
  for (const [i, index] of chosen.entries()) {
    await breathe(task);
    read.push(await source.read(index, 1));
    task.progress(i + 1, chosen.length, 'patterns surveyed');
  }
  const deaf = deafPixels(read.filter((raw) => raw.some(Number.isFinite)));
  const indices: number[] = [];
  const patterns: Float32Array[] = [];
  const lost: [number, number][] = [];
  let [mended, spoiled] = [0, 0];
  for (const [i, raw] of read.entries()) {
    if (isBlank(raw, deaf)) {
      if (!raw.every(Number.isFinite)) lost.push(indexPosition(source, chosen[i]!));
      continue;
    }
    // What never changes is taken for no pixel.
    if (deaf) for (let k = 0; k < raw.length; k++) if (deaf[k]) raw[k] = 0;
    const wrong = mendNumbers(raw, shape[2], shape[3]);
    mended += wrong;
    if (wrong > 0) spoiled++;
    patterns.push(raw);
    indices.push(chosen[i]!);
  }
  if (patterns.length === 0) {
    const [tag, what] =
      lost.length > 0 ? (['not-finite', 'holds numbers'] as const) : (['shape', 'holds more than one value'] as const);
    fail(
      tag,
      `The patterns are empty: none of the ${chosen.length} that were looked at ${what}.`,
      'Check the file, or export the scan again.',
    );
  }
  const exposure = examine(source, patterns, counts_per_electron, deaf);
  const warnings = [
    ...(lost.length > 0 ? [lostText(lost, chosen.length)] : []),
    ...(deaf ? [deafText(deaf.reduce((n, one) => n + one, 0))] : []),
    ...(mended > 0 ? [mendedText(mended, spoiled, chosen.length)] : []),
    ...exposure.warnings,
  ];
  const empty = chosen.length - patterns.length;
  return { shape, indices, patterns, empty, exposure: { ...exposure, warnings } };
}

/** At most `limit` scan positions on a grid over the scan, as linear indices; every second row and column of the grid is one further on, so that even and odd ones are seen. */
function choosePatterns(source: PatternSource, limit: number): number[] {
  const [ry, rx] = source.shape;
  const stride = Math.max(1, Math.ceil(Math.sqrt((ry * rx) / limit)));
  const places = (n: number): number[] => {
    const start = Math.floor(((n - 1) % stride) / 2);
    const count = Math.ceil((n - start) / stride);
    return Array.from({ length: count }, (_, i) => Math.min(n - 1, start + i * stride + (stride > 1 ? i % 2 : 0)));
  };
  return places(ry).flatMap((y) => places(rx).map((x) => y * rx + x));
}

export interface Survey {
  /** Mean patterns of the parts, corrected as far as the corrector knew. */
  readonly parts: Float64Array[];
  readonly mean: Float64Array;
  readonly rough: readonly MeasuredCentre[];
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
  return { parts, mean, rough };
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
