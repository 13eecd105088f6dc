/** Counting: what a dose leaves of a pattern. */

import type { RandomStream } from '../core/random.ts';

/** Replaces the pattern, intensity fractions per pixel, by Poisson counts of `dose` [electrons per pattern], divided by the dose again. */
export function addNoise(pattern: Float32Array, dose: number, stream: RandomStream): void {
  for (let i = 0; i < pattern.length; i++) pattern[i] = stream.poisson(dose * pattern[i]!) / dose;
}
