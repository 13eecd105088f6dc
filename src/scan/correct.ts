/**
 * Camera corrections of raw patterns: (raw − dark) / gain after what a scan's treatment undoes, hot and dead pixels replaced
 * by their neighbours' median. Every reader of a scan goes through here, so this is also where values that are no numbers (no-numbers.ts) are replaced in the same way: a NaN
 * silently set to zero would look like a dark pixel. A frame with many of them was lost: all of it becomes NaN. Counts stay counts.
 */

import { fail } from '../core/errors.ts';
import { repair } from './hot-pixels.ts';
import { isBlank, LOST_SHARE, mendNumbers, noNumbers } from './no-numbers.ts';
import type { PatternSource } from './pattern-source.ts';
import type { Area, Treatment } from './treatment.ts';

/** What corrections need to know of a scan; it can be sent to a thread. */
export type Camera = Pick<PatternSource, 'shape' | 'dark' | 'gain' | 'vacuum'>;

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

  /** Whether a raw pattern [qy][qx] was lost, and otherwise how many of its values are no numbers, pixels left out that are replaced anyway. */
  look(raw: Float32Array): { readonly blank: boolean; readonly mended: number } {
    const blank = isBlank(raw, this.#replaced);
    return { blank, mended: blank ? 0 : noNumbers(raw, this.#replaced) };
  }

  /** Corrects images [count][qy][qx], counts, in place: treated, dark off, over gain, bad pixels and what is no number replaced. */
  correct(patterns: Float32Array): Float32Array {
    const { dark, shape } = this.#camera;
    const [, , qy, qx] = shape;
    const size = qy * qx;
    const gain = this.#inverseGain;
    const { wrapped, dark_scale = 1, offset, area } = this.#treatment;
    if (wrapped)
      for (let i = 0; i < patterns.length; i++) if (patterns[i]! < wrapped.below) patterns[i]! += wrapped.add;
    for (let from = 0; from < patterns.length; from += size) {
      const pattern = patterns.subarray(from, from + size);
      if (noNumbers(pattern, this.#replaced) > LOST_SHARE * size) {
        pattern.fill(Number.NaN);
        continue;
      }
      if (dark && dark_scale !== 0) for (let k = 0; k < size; k++) patterns[from + k]! -= dark_scale * dark[k]!;
      if (offset !== undefined) for (let k = 0; k < size; k++) patterns[from + k]! -= offset;
      if (area) fillOutside(pattern, qx, area, 0);
      if (gain) for (let k = 0; k < size; k++) patterns[from + k]! *= gain[k]!;
      this.repair(pattern);
      mendNumbers(pattern, qy, qx);
    }
    return patterns;
  }

  /** Replaces the bad pixels of one pattern [qy][qx], in place. */
  repair(pattern: Float32Array): void {
    const [, , qy, qx] = this.#camera.shape;
    if (this.#bad.length > 0) repair(pattern, qy, qx, this.#bad, this.#mask);
  }
}

/** Sets what lies outside an area of an image [qy][qx]. */
function fillOutside(image: Float32Array | Uint8Array, qx: number, [y0, y1, x0, x1]: Area, value: number): void {
  image.fill(value, 0, y0 * qx).fill(value, y1 * qx);
  for (let y = y0; y < y1; y++) image.fill(value, y * qx, y * qx + x0).fill(value, y * qx + x1, (y + 1) * qx);
}
