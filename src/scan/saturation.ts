/**
 * Counts that a camera or a file could not hold: cut at a largest value, or stored as negative by a signed type. A pixel is
 * saturated where many patterns share exactly its largest value, which counted electrons do not, and its neighbours are bright
 * too, which those of a hot pixel are not. Any cap is found, also one that dark or gain made another for every pixel.
 */

import { neighbourMedian } from './hot-pixels.ts';

/** Share of the patterns that share a pixel's largest value, and where counts are so few that they repeat. */
const SHARED = 0.15;
const SHARED_OF_FEW = 0.5;
const FEW_COUNTS = 30;
/** Patterns that share a value by chance, at most; pixels without which nothing is said. */
const BY_CHANCE = 8;
const FEWEST = 4;

export interface Saturation {
  /** Pixels [ny][nx] that are cut in many patterns, indices. */
  readonly pixels: readonly number[];
  /** The largest value that they reach [raw counts]. */
  readonly cap: number;
}

/** @param patterns raw counts [ny][nx] @param offset counts without electrons, about */
export function saturation(
  patterns: readonly Float32Array[],
  ny: number,
  nx: number,
  offset: number,
): Saturation | undefined {
  const size = ny * nx;
  const most = new Float32Array(size).fill(-Infinity);
  const times = new Uint16Array(size);
  for (const pattern of patterns) {
    for (let k = 0; k < size; k++) {
      const v = pattern[k]!;
      if (v > most[k]!) [most[k], times[k]] = [v, 1];
      else if (v === most[k]) times[k]!++;
    }
  }
  const bright = (k: number): boolean => neighbourMedian(most, ny, nx, k) - offset > 0.5 * (most[k]! - offset);
  // Fractions may be few counts in another unit.
  const step = quantum(patterns[0]!);
  const few = step > 0 ? FEW_COUNTS * step : Infinity;
  const cut: number[] = [];
  for (let k = 0; k < size && patterns.length >= FEWEST; k++) {
    const share = most[k]! - offset > few ? SHARED : SHARED_OF_FEW;
    if (most[k]! > offset && times[k]! >= Math.max(Math.min(BY_CHANCE, patterns.length), share * patterns.length))
      cut.push(k);
  }
  const top = cut.reduce((a, k) => Math.max(a, most[k]!), -Infinity);
  const pixels = cut.filter((k) => most[k]! - offset > 0.5 * (top - offset) && bright(k));
  // A cap of a few counts is one only where nothing exceeds it: few electrons repeat their numbers by themselves.
  const exceeds = top - offset > few ? Infinity : offset + (step > 0 ? 1 : 1.5) * (top - offset);
  const free = [...most.keys()].filter((k) => most[k]! > exceeds && bright(k)).length;
  return pixels.length >= FEWEST && free < FEWEST ? { pixels, cap: top } : oneValue(most, offset, few, bright);
}

/** The step that whole counts go by: their greatest common divisor, 0 for fractions. */
function quantum(pattern: Float32Array): number {
  let step = 0;
  for (let k = 0; k < pattern.length && step !== 1; k++) {
    if (!Number.isInteger(pattern[k]!)) return 0;
    for (let [a, b] = [Math.abs(pattern[k]!), step]; a > 0; ) [step, a, b] = [a, b % a, a];
  }
  return step;
}

/** Cut now and then: many pixels that share the largest value of all. */
function oneValue(
  most: Float32Array,
  offset: number,
  few: number,
  bright: (k: number) => boolean,
): Saturation | undefined {
  const cap = most.reduce((a, v) => Math.max(a, v), -Infinity);
  const pixels = [...most.keys()].filter((k) => most[k] === cap && bright(k));
  return cap - offset > (few === Infinity ? 0 : few) && pixels.length >= 2 * FEWEST ? { pixels, cap } : undefined;
}

/**
 * Whether a signed type holds counts that it stored as negative: values in both its upper and its lower half, far from 0. Undefined for other types, and
 * where there are none. `below`: what is negative is one of them, but for small values where a dark reference was taken off.
 * @param dtype such as 'int16' @param patterns raw counts [ny][nx]
 */
export function wrappedCounts(
  dtype: string,
  patterns: readonly Float32Array[],
): { readonly below: number; readonly add: number } | undefined {
  const bits = Number(/^int(8|16|32)$/.exec(dtype)?.[1]);
  if (!bits) return undefined;
  const half = 2 ** (bits - 1);
  let [low, high] = [0, 0];
  const most = new Float32Array(patterns[0]!.length).fill(-Infinity);
  const least = new Float32Array(most.length);
  for (const pattern of patterns) {
    for (let k = 0; k < most.length; k++) {
      const v = pattern[k]!;
      if (v < -half / 2) low++;
      if (v > half / 2) high++;
      if (v > most[k]!) most[k] = v;
      // The nearest to 0 from below.
      if (v < 0 && v > -half / 4 && (least[k] === 0 || v > least[k]!)) least[k] = v;
    }
  }
  if (low < FEWEST || high < FEWEST) return undefined;
  const noise = least.some((v, k) => v < 0 && most[k]! < half / 4);
  return { below: noise ? -half / 4 : 0, add: 2 * half };
}
