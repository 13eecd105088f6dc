/**
 * Which rows and columns of a scan's patterns are picture. Not picture: rows and columns at the border that never change (zero
 * padding) or hold no number; and rows that hold something else, as the last two of the 130 of an EMPAD's frames do. Inside the
 * picture, pixels that never change while their surroundings do: dead pixels, lines, gaps between chips.
 *
 * Not here: hot pixels.
 */

import { median } from './linear.ts';
import type { Area } from './treatment.ts';

/** Patterns without which nothing is said of what changes. */
const FEWEST = 4;
/** Rows at a border that may hold something else, and how much more than any of the eight rows behind them. */
const FOREIGN_ROWS = 4;
const FOREIGN = 100;
/** Patterns in which a dead pixel's neighbours rise above their own least value, on average, and odds against its group standing still by chance, as a logarithm. */
const OFTEN = 8;
const SURELY = 20;

export interface Picture {
  readonly area: Area;
  /** Rows at the border that hold something else than counts. */
  readonly foreign: number;
  /** Pixels inside the area that never change [ny][nx], indices y·nx + x. */
  readonly still: readonly number[];
}

/** @param patterns raw counts [ny][nx] @param deaf 1 at pixels that hold no number, 0 in the patterns */
export function pictureArea(patterns: readonly Float32Array[], ny: number, nx: number, deaf?: Uint8Array): Picture {
  const changes = changesOf(patterns);
  const known = patterns.length >= FEWEST;
  const idle = (row: number, along: 'y' | 'x'): boolean => {
    const n = along === 'y' ? nx : ny;
    for (let i = 0; i < n; i++) if (changes[along === 'y' ? row * nx + i : i * nx + row]! > 0) return false;
    return true;
  };
  const foreign = foreignRows(patterns, ny, nx);
  const y = known
    ? span(foreign[0], ny - foreign[1], (row) => idle(row, 'y'))
    : ([foreign[0], ny - foreign[1]] as const);
  const x = known ? span(0, nx, (column) => idle(column, 'x')) : ([0, nx] as const);
  const area: Area = [y[0], y[1], x[0], x[1]];
  const still = known ? stillPixels(patterns, changes, nx, area) : [];
  const silent = deaf ? [...deaf.keys()].filter((k) => deaf[k] && within(area, k, nx)) : [];
  return {
    area,
    foreign: foreign[0] + foreign[1],
    still: [...new Set([...still, ...silent])].toSorted((a, b) => a - b),
  };
}

function within([y0, y1, x0, x1]: Area, k: number, nx: number): boolean {
  const [y, x] = [Math.floor(k / nx), k % nx];
  return y >= y0 && y < y1 && x >= x0 && x < x1;
}

/** In how many patterns each pixel exceeds its least value. */
function changesOf(patterns: readonly Float32Array[]): Uint16Array {
  const size = patterns[0]!.length;
  const least = new Float32Array(size).fill(Infinity);
  for (const pattern of patterns) for (let k = 0; k < size; k++) if (pattern[k]! < least[k]!) least[k] = pattern[k]!;
  const changes = new Uint16Array(size);
  for (const pattern of patterns) for (let k = 0; k < size; k++) if (pattern[k]! > least[k]!) changes[k]!++;
  return changes;
}

/** First line that is not idle, and the one behind the last; all of them where there is none. */
function span(first: number, end: number, idle: (line: number) => boolean): [number, number] {
  let [low, high] = [first, end];
  while (low < high && idle(low)) low++;
  if (low === high) return [first, end];
  while (idle(high - 1)) high--;
  return [low, high];
}

/** How many rows at the top and at the bottom hold something else. */
function foreignRows(patterns: readonly Float32Array[], ny: number, nx: number): [number, number] {
  if (ny < 8 * FOREIGN_ROWS) return [0, 0];
  const some = patterns.filter((_, i) => i % Math.max(1, Math.floor(patterns.length / 8)) === 0);
  const level = (row: number): number => {
    const values = some.map((pattern) => {
      const all = pattern.subarray(row * nx, (row + 1) * nx).map(Math.abs);
      return all.some((v) => !Number.isFinite(v)) ? Number.POSITIVE_INFINITY : median(all);
    });
    return median(values);
  };
  const count = (at: (i: number) => number): number => {
    const inner = Array.from({ length: 8 }, (_, i) => level(at(FOREIGN_ROWS + i)));
    const most = Math.max(...inner);
    let rows = FOREIGN_ROWS;
    while (rows > 0 && !(level(at(rows - 1)) > FOREIGN * most + 1e-30)) rows--;
    return most > 0 && Number.isFinite(most) ? rows : 0;
  };
  return [count((i) => i), count((i) => ny - 1 - i)];
}

/** Groups of pixels that never change, where the pixels around them do and hold more: what is cut at a largest value is still as well. */
function stillPixels(
  patterns: readonly Float32Array[],
  changes: Uint16Array,
  nx: number,
  [y0, y1, x0, x1]: Area,
): number[] {
  const seen = new Uint8Array(changes.length);
  const out: number[] = [];
  const average = (k: number): number => patterns.reduce((all, pattern) => all + pattern[k]!, 0) / patterns.length;
  const surely = (share: number, size: number): boolean =>
    -patterns.length * size * Math.log1p(-Math.min(0.999, share)) > SURELY;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      if (seen[y * nx + x] || changes[y * nx + x]! > 0) continue;
      const group = [y * nx + x];
      seen[y * nx + x] = 1;
      let [sum, n, own, around] = [0, 0, 0, 0];
      for (let i = 0; i < group.length; i++) {
        const [cy, cx] = [Math.floor(group[i]! / nx), group[i]! % nx];
        for (const [ay, ax] of [
          [cy - 1, cx],
          [cy + 1, cx],
          [cy, cx - 1],
          [cy, cx + 1],
        ] as const) {
          if (ay < y0 || ay >= y1 || ax < x0 || ax >= x1) continue;
          const k = ay * nx + ax;
          if (changes[k]! > 0) {
            sum += changes[k]!;
            around += average(k);
            n++;
          } else if (!seen[k]) {
            seen[k] = 1;
            group.push(k);
          }
        }
      }
      for (const k of group) own += patterns[0]![k]! / group.length;
      const often = sum / n > Math.min(OFTEN, 0.9 * patterns.length);
      if (n > 0 && often && surely(sum / n / patterns.length, group.length) && !(own > around / n)) out.push(...group);
    }
  }
  return out.toSorted((a, b) => a - b);
}
