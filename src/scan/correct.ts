/**
 * Camera corrections of raw patterns: (raw − dark) / gain after what a scan's treatment undoes, hot and dead pixels replaced
 * by their neighbours' median. Every reader of a scan goes through here, so this is also where a value that is not finite is
 * refused, with its place: EMPAD files can hold NaN, and a NaN silently set to zero would look like a dark pixel. A pattern
 * without any number is a frame that was lost: it stays NaN. Counts stay counts.
 */

import { fail } from '../core/errors.ts';
import { repair } from './hot-pixels.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';
import type { Area, Treatment } from './treatment.ts';

/** What corrections need to know of a scan; it can be sent to a thread. */
export type Camera = Pick<PatternSource, 'shape' | 'dark' | 'gain' | 'vacuum'>;

/** Whether a pattern holds no number at all: a frame that was lost. */
export function isLost(pattern: Float32Array): boolean {
  return pattern.every((v) => !Number.isFinite(v));
}

/**
 * Refuses NaN and infinities in patterns [count][qy][qx] from linear index `first` on, but for frames that were lost and pixels that are replaced anyway
 * (`replaced` [qy][qx]). @throws 'not-finite' naming the first one and how many there are
 */
function checkFinite(patterns: Float32Array, source: Camera, first: number, replaced: Uint8Array): void {
  // A sum of many finite numbers is finite; one bad number spoils it.
  // Four sums, for one would wait for each addition.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = patterns.length - (patterns.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += patterns[i]!;
    b += patterns[i + 1]!;
    c += patterns[i + 2]!;
    d += patterns[i + 3]!;
  }
  for (let i = whole; i < patterns.length; i++) a += patterns[i]!;
  if (Number.isFinite(a + b + c + d)) return;
  const [, , qy, qx] = source.shape;
  const size = qy * qx;
  const lost = Array.from({ length: patterns.length / size }, (_, p) =>
    isLost(patterns.subarray(p * size, (p + 1) * size)),
  );
  const wrong = (v: number, i: number): boolean =>
    !Number.isFinite(v) && replaced[i % size] === 0 && !lost[Math.floor(i / size)];
  const at = patterns.findIndex(wrong);
  if (at < 0) return;
  const bad = patterns.reduce((n, v, i) => n + (wrong(v, i) ? 1 : 0), 0);
  const position = indexPosition(source, first + Math.floor(at / size));
  const pixel = [Math.floor((at % size) / qx), at % qx];
  const many = bad > 1 ? `, and ${bad - 1} more among the patterns read with it` : '';
  fail(
    'not-finite',
    `The pattern at scan position [${position}] holds ${patterns[at]} at pixel [${pixel}]${many}.`,
    'Cut these patterns out, or replace the values with a measured number; Ferroscope does not guess them.',
    { position, pixel, count: bad },
  );
}

/** Whether a frame was lost: it holds a number that is not finite, or one value everywhere, as no camera counts. */
export function isBlank(raw: Float32Array): boolean {
  const [first] = raw;
  let same = true;
  let sum = 0;
  for (const value of raw) {
    sum += value;
    if (value !== first) same = false;
  }
  return same || !Number.isFinite(sum);
}

/** Refuses a dark reference, gain or vacuum image that is not finite. @throws 'not-finite' */
function checkImage(image: Float32Array | undefined, what: string, qx: number): void {
  const at = image ? image.findIndex((v) => !Number.isFinite(v)) : -1;
  if (at < 0) return;
  const pixel = [Math.floor(at / qx), at % qx];
  fail('not-finite', `The ${what} holds ${image?.[at]} at pixel [${pixel}].`, `Mend or leave out the ${what}.`, {
    pixel,
  });
}

export class Corrector {
  readonly #camera: Camera;
  readonly #bad: number[];
  readonly #mask: Uint8Array;
  readonly #inverseGain: Float32Array | undefined;
  readonly #treatment: Treatment;
  /** 1 where a pixel's own value does not count: bad ones, and all outside the picture. */
  readonly #replaced: Uint8Array;

  /** `bad_pixels`: indices qy·width + qx of hot and dead pixels; `treatment`: what else was done to the counts. @throws 'not-finite' for a dark, gain or vacuum image that is */
  constructor(camera: Camera, bad_pixels: readonly number[] = [], treatment: Treatment = {}) {
    this.#camera = camera;
    const [, , qy, qx] = camera.shape;
    checkImage(camera.dark, 'dark reference', qx);
    checkImage(camera.gain, 'gain image', qx);
    checkImage(camera.vacuum, 'vacuum probe', qx);
    // A pixel of gain 0 (or less) does not count: treated as dead.
    const { gain } = camera;
    const deaf = gain ? [...gain.keys()].filter((k) => !(gain[k]! > 0)) : [];
    this.#bad = [...new Set([...bad_pixels, ...deaf])];
    this.#mask = new Uint8Array(qy * qx);
    for (const k of this.#bad) this.#mask[k] = 1;
    this.#treatment = treatment;
    this.#replaced = this.#mask.slice();
    if (treatment.area) fillOutside(this.#replaced, qx, treatment.area, 1);
    this.#inverseGain = gain && Float32Array.from(gain, (g) => (g > 0 ? 1 / g : 0));
  }

  /** Corrects images [count][qy][qx], counts, in place: treated, dark off, over gain, bad pixels replaced. */
  apply(patterns: Float32Array): Float32Array {
    const { dark, shape } = this.#camera;
    const [, , qy, qx] = shape;
    const size = qy * qx;
    const gain = this.#inverseGain;
    const { wrapped, dark_scale = 1, offset, area } = this.#treatment;
    if (wrapped)
      for (let i = 0; i < patterns.length; i++) if (patterns[i]! < wrapped.below) patterns[i]! += wrapped.add;
    for (let from = 0; from < patterns.length; from += size) {
      if (dark && dark_scale !== 0) for (let k = 0; k < size; k++) patterns[from + k]! -= dark_scale * dark[k]!;
      if (offset !== undefined) for (let k = 0; k < size; k++) patterns[from + k]! -= offset;
      if (area) fillOutside(patterns.subarray(from, from + size), qx, area, 0);
      if (gain) for (let k = 0; k < size; k++) patterns[from + k]! *= gain[k]!;
      this.repair(patterns.subarray(from, from + size));
    }
    return patterns;
  }

  /** Replaces the bad pixels of one pattern [qy][qx], in place. */
  repair(pattern: Float32Array): void {
    const [, , qy, qx] = this.#camera.shape;
    if (this.#bad.length > 0) repair(pattern, qy, qx, this.#bad, this.#mask);
  }

  /** Corrects raw patterns [count][qy][qx] from linear index `first` on, counts, in place. @throws 'not-finite' */
  correct(raw: Float32Array, first: number): Float32Array {
    checkFinite(raw, this.#camera, first, this.#replaced);
    return this.apply(raw);
  }
}

/** Sets what lies outside an area of an image [qy][qx]. */
function fillOutside(image: Float32Array | Uint8Array, qx: number, [y0, y1, x0, x1]: Area, value: number): void {
  image.fill(value, 0, y0 * qx).fill(value, y1 * qx);
  for (let y = y0; y < y1; y++) image.fill(value, y * qx, y * qx + x0).fill(value, y * qx + x1, (y + 1) * qx);
}
