/** How deep in the film each position lies. */

import type { FindingsOptions } from './options.ts';
import { distanceFrom } from './regions.ts';

/**
 * [nm] at each position, [ny][nx]: from the film's interface where its region names one, otherwise along `across` from the film's first position. Deeper is larger x or y.
 * @param film 1 where it is, [ny][nx]
 */
export function depthsOf(
  { regions, film: name, across }: Pick<FindingsOptions, 'regions' | 'film' | 'across'>,
  film: Uint8Array,
  [, nx]: readonly [ny: number, nx: number],
  step_nm: number,
): Float64Array {
  const along = (i: number): number => step_nm * (across === 'y' ? Math.floor(i / nx) : i % nx);
  const points = name === undefined ? undefined : regions[name]?.interface_nm;
  if (points) {
    const distance = distanceFrom(points, name!);
    return Float64Array.from(film, (_, i) => distance((i % nx) * step_nm, Math.floor(i / nx) * step_nm));
  }
  const first = film.reduce((least, mark, i) => (mark ? Math.min(least, along(i)) : least), Number.POSITIVE_INFINITY);
  return Float64Array.from(film, (_, i) => along(i) - first);
}
