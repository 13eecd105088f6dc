/** Bilinear interpolation on a grid [ny][nx]: the four neighbours of a place and their weights. */

/** Index of the first neighbour (of smaller x and y) and the weights of it, of the one after it along x, along y, and of the last: in `weights`. */
export interface Bilinear {
  at: number;
  readonly weights: Float64Array;
}

export const bilinear = (): Bilinear => ({ at: 0, weights: new Float64Array(4) });

/** Fills `out` for the place (x, y), in positions; false outside of the grid. */
export function place([ny, nx]: readonly [number, number], x: number, y: number, out: Bilinear): boolean {
  // A hair beyond the last position is rounding, not outside.
  if (!(x >= -1e-9 && y >= -1e-9 && x <= nx - 1 + 1e-9 && y <= ny - 1 + 1e-9)) return false;
  const ix = Math.min(Math.max(Math.floor(x), 0), nx - 2);
  const iy = Math.min(Math.max(Math.floor(y), 0), ny - 2);
  const [fx, fy] = [x - ix, y - iy];
  out.at = iy * nx + ix;
  out.weights[0] = (1 - fy) * (1 - fx);
  out.weights[1] = (1 - fy) * fx;
  out.weights[2] = fy * (1 - fx);
  out.weights[3] = fy * fx;
  return true;
}
