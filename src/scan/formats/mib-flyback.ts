/** Frames that Merlin took while the beam went back to the start of a row, told by their exposure. */

export interface Flyback {
  /** Frames from one such frame to the next. */
  readonly period: number;
  /** The first frame of the first whole row. */
  readonly start: number;
  /** Their exposure over that of the others. */
  readonly times: number;
}

/** Headers looked at, at most, and at once. */
const MOST = 4096;
const AT_ONCE = 64;

/**
 * Frames exposed at least 1.5 times as long as the median, at one and the same distance; undefined where there are none such.
 * @param exposure_s of a frame; undefined where its header is damaged
 */
export async function flybackOf(
  frames: number,
  exposure_s: (frame: number) => Promise<number | undefined>,
): Promise<Flyback | undefined> {
  const all: number[] = [];
  for (let from = 0; from < Math.min(frames, MOST); from += AT_ONCE) {
    const count = Math.min(AT_ONCE, frames - from, MOST - from);
    const some = await Promise.all(Array.from({ length: count }, (_, i) => exposure_s(from + i)));
    all.push(...some.map((value) => value ?? 0));
  }
  const median = all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  const long = all.flatMap((value, i) => (median > 0 && value >= 1.5 * median ? [i] : []));
  const period = long[1]! - long[0]!;
  if (long.length < 2 || period < 2 || long[0]! >= period) return undefined;
  if (long.some((at, i) => at !== long[0]! + i * period) || all.length - long.at(-1)! > period) return undefined;
  const mean = long.reduce((sum, at) => sum + all[at]!, 0) / long.length;
  return { period, start: (long[0]! + 1) % period, times: mean / median };
}
