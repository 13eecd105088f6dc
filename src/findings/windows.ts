/** Square parts of a field that show something well, for enlarged views (the paper's Fig. 2f, g and Extended Data Fig. 7b). */

import type { VectorField } from './vector-field.ts';

export interface Window {
  /** Of its first position [steps]. */
  readonly y: number;
  readonly x: number;
  /** Positions along an edge. */
  readonly size: number;
  /** Mean of the score over it. */
  readonly score: number;
}

/**
 * The window whose mean score is largest; the first of several. Undefined where none lies wholly where scores are numbers.
 * @param score [ny][nx], NaN where a position cannot be part of a window
 */
export function bestWindow(
  score: ArrayLike<number>,
  [ny, nx]: readonly [ny: number, nx: number],
  size: number,
): Window | undefined {
  // Sums over all before a row and a column: of scores, and of positions without one.
  const sums = new Float64Array((ny + 1) * (nx + 1));
  const gaps = new Float64Array(sums.length);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const value = score[y * nx + x]!;
      const known = Number.isFinite(value);
      const at = (y + 1) * (nx + 1) + x + 1;
      for (const [table, own] of [
        [sums, known ? value : 0],
        [gaps, known ? 0 : 1],
      ] as const) {
        table[at] = own + table[at - 1]! + table[at - nx - 1]! - table[at - nx - 2]!;
      }
    }
  }
  const over = (table: Float64Array, y: number, x: number): number => {
    const [top, bottom] = [y * (nx + 1), (y + size) * (nx + 1)];
    return table[bottom + x + size]! - table[top + x + size]! - table[bottom + x]! + table[top + x]!;
  };
  let best: Window | undefined;
  for (let y = 0; y + size <= ny; y++) {
    for (let x = 0; x + size <= nx; x++) {
      if (over(gaps, y, x) > 0) continue;
      const mean = over(sums, y, x) / size ** 2;
      if (!best || mean > best.score + 1e-9 * Math.abs(best.score)) best = { y, x, size, score: mean };
    }
  }
  return best;
}

/** The field of a window. */
export function windowOf(field: VectorField, { y, x, size }: Window): VectorField {
  const nx = field.shape[1];
  const cut = (array: Float64Array) =>
    Float64Array.from({ length: size * size }, (_, i) => array[(y + Math.floor(i / size)) * nx + x + (i % size)]!);
  const each = ({ x: a, y: b, z: c }: VectorField['values']) => ({ x: cut(a), y: cut(b), z: cut(c) });
  const valid = Uint8Array.from(
    { length: size * size },
    (_, i) => field.valid[(y + Math.floor(i / size)) * nx + x + (i % size)]!,
  );
  return {
    ...field,
    shape: [size, size],
    values: each(field.values),
    ...(field.sigma && { sigma: each(field.sigma) }),
    valid,
  };
}
