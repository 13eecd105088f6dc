/**
 * Values that are no numbers (NaN, infinite), as a float file of a camera has them for pixels and frames that were lost: which pixels never hold one, which frames hold
 * too few, and what takes the place of a single one, the median of its neighbours. Not here: pixels that count wrongly (bad-pixels.ts).
 */

import { repair } from './hot-pixels.ts';

/** Share of an image's values from which on it is lost. */
export const LOST_SHARE = 0.1;
/** Share of the patterns without a number from which on it is the pixel that does not count. */
const DEAF_SHARE = 0.5;

/** How many values of an image are no numbers, those marked in `skip` left out. */
export function noNumbers(image: Float32Array, skip?: Uint8Array): number {
  // One that is no number spoils the sum; of finite ones it is finite.
  let sum = 0;
  for (let k = 0; k < image.length; k++) sum += image[k]!;
  if (Number.isFinite(sum)) return 0;
  let wrong = 0;
  for (let k = 0; k < image.length; k++) if (!skip?.[k] && !Number.isFinite(image[k]!)) wrong++;
  return wrong;
}

/** Puts the median of the neighbours that are numbers in place of what is none, in an image [ny][nx], from the border of a block inwards. Returns how many there were. */
export function mendNumbers(image: Float32Array, ny: number, nx: number): number {
  if (noNumbers(image) === 0) return 0;
  const wrong = (): number[] => [...image.keys()].filter((k) => !Number.isFinite(image[k]!));
  const all = wrong();
  for (let left = all, before = image.length + 1; left.length > 0 && left.length < before; ) {
    const mask = new Uint8Array(image.length);
    for (const k of left) mask[k] = 1;
    repair(image, ny, nx, left, mask);
    before = left.length;
    left = wrong();
  }
  return all.length;
}

/** Pixels without a number in most of the patterns, 1 there [size]; undefined where there is none. */
export function deafPixels(patterns: readonly Float32Array[]): Uint8Array | undefined {
  const spoiled = patterns.filter((pattern) => noNumbers(pattern) > 0);
  if (spoiled.length <= DEAF_SHARE * patterns.length) return undefined;
  const times = new Uint16Array(spoiled[0]!.length);
  for (const pattern of spoiled) for (let k = 0; k < times.length; k++) if (!Number.isFinite(pattern[k]!)) times[k]!++;
  const deaf = Uint8Array.from(times, (n) => (n > DEAF_SHARE * patterns.length ? 1 : 0));
  return deaf.includes(1) ? deaf : undefined;
}

/** Whether a frame was lost: one value everywhere, as no camera counts, or many that are no numbers. `skip`: pixels that do not count anyway, 1 there. */
export function isBlank(raw: Float32Array, skip?: Uint8Array): boolean {
  let one = Number.NaN;
  let [same, wrong, all] = [true, 0, 0];
  for (let k = 0; k < raw.length; k++) {
    if (skip?.[k]) continue;
    const v = raw[k]!;
    all++;
    if (!Number.isFinite(v)) wrong++;
    else if (Number.isNaN(one)) one = v;
    else if (v !== one) same = false;
  }
  return same || wrong > LOST_SHARE * all;
}
