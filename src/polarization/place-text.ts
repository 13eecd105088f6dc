/** Where some positions of a scan lie, in words: ' (columns 0 to 3)'. Empty where they are spread over the scan. */

/** Share of a rectangle that positions must fill for it to be named. */
const FILLED = 0.8;

/** @param positions linear indices y·rx + x, in a scan of `shape` [ry, rx] */
export function placeText(positions: readonly number[], [ry, rx]: readonly [number, number]): string {
  if (positions.length === 0) return '';
  const ys = positions.map((i) => Math.floor(i / rx));
  const xs = positions.map((i) => i % rx);
  const extent = (list: readonly number[]) =>
    list.reduce<[number, number]>(([a, b], n) => [Math.min(a, n), Math.max(b, n)], [Number.POSITIVE_INFINITY, -1]);
  const [y, x] = [extent(ys), extent(xs)];
  if (positions.length < FILLED * (y[1] - y[0] + 1) * (x[1] - x[0] + 1)) return bands(ys, xs, [ry, rx]);
  const all = ([from, to]: readonly [number, number], n: number) => from === 0 && to === n - 1;
  const parts = [...(all(y, ry) ? [] : [range('row', y)]), ...(all(x, rx) ? [] : [range('column', x)])];
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

const range = (what: string, [from, to]: readonly [number, number]) =>
  from === to ? `${what} ${from}` : `${what}s ${from} to ${to}`;

/** Whole rows, or whole columns, that are not all neighbours of each other. */
function bands(ys: readonly number[], xs: readonly number[], [ry, rx]: readonly [number, number]): string {
  for (const [what, list, across] of [
    ['row', ys, rx],
    ['column', xs, ry],
  ] as const) {
    const full = [...new Set(list)].filter((n) => list.filter((m) => m === n).length >= FILLED * across);
    if (full.length * across < FILLED * list.length) continue;
    const runs: [number, number][] = [];
    for (const n of full.toSorted((a, b) => a - b)) {
      const last = runs.at(-1);
      if (last && last[1] === n - 1) last[1] = n;
      else runs.push([n, n]);
    }
    return ` (${runs.map((run) => range(what, run)).join(' and ')})`;
  }
  return '';
}
