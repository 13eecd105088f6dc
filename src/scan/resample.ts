/**
 * Brings a corrected pattern onto a lattice detector: every target pixel gets the counts that fell into its area, exact
 * to rounding. Target pixel (j, i) is the rectangle of sides λ/(s·pixelsPerOrder) (diffraction/detector.ts) around q = (j − n/2, i − n/2) sides; on
 * the camera it is a parallelogram, and its content is the integral of the piecewise constant raw image over it.
 *
 * By Green's theorem that integral is a line integral around the parallelogram, ∮ F dy with F(y, x) = ∫ I dx up to x: a
 * prefix sum along a raw row, linear within a pixel, so that each piece of an edge inside one raw pixel contributes
 * F(midpoint)·Δy without error. Neighbours share edges, so nothing is lost or counted twice: counts are conserved.
 *
 * Noise. Raw pixels that a target boundary cuts are shared in proportion to area: a target pixel is Σ w·n with weights
 * 0 ≤ w ≤ 1, its variance Σ w²·n ≤ its mean, and neighbours are slightly correlated. With target pixels of m raw pixels
 * across, the variance is about (1 − 1/(3m))² of Poisson's: 0.74 for m = 2.4. A library's noise-free patterns sample the
 * intensity at pixel centres times the pixel's area; area averaging agrees with that to second order in the pixel.
 */

import type { Pair } from './calibration.ts';

export interface Grid {
  /** Target pixels along each side; the direct beam is at index pixels/2. */
  readonly pixels: number;
  /** Sides of a target pixel [mrad]. */
  readonly pixel_mrad: readonly [x: number, y: number];
  /** M [camera px/mrad]. */
  readonly map: readonly [Pair, Pair];
}

export class Resampler {
  readonly #grid: Grid;
  readonly #ny: number;
  readonly #nx: number;
  /** Σ of a row's pixels left of x: [ny][nx + 1]. */
  readonly #prefix: Float64Array;

  constructor(grid: Grid, ny: number, nx: number) {
    this.#grid = grid;
    this.#ny = ny;
    this.#nx = nx;
    this.#prefix = new Float64Array(ny * (nx + 1));
  }

  /**
   * Counts per target pixel times `scale`, into `out` [pixels][pixels].
   * @param centre where the direct beam is on the camera [y, x]
   */
  resample(pattern: ArrayLike<number>, centre: Pair, scale: number, out: Float32Array): void {
    const { pixels: n, pixel_mrad, map } = this.#grid;
    const [sideX, sideY] = pixel_mrad;
    // Steps on the camera from one target corner to the next, along target axes 0 and 1.
    const [jy, jx] = [map[0][0] * sideY, map[1][0] * sideY];
    const [iy, ix] = [map[0][1] * sideX, map[1][1] * sideX];
    const orientation = Math.sign(jy * ix - jx * iy) || 1;
    // Corner (0, 0), in coordinates where raw pixel k covers [k, k + 1].
    const half = n / 2 + 0.5;
    const y0 = centre[0] + 0.5 - half * (jy + iy);
    const x0 = centre[1] + 0.5 - half * (jx + ix);
    const [dy, dx] = [Math.abs(jy) + Math.abs(iy), Math.abs(jx) + Math.abs(ix)].map((v) => half * v + 1) as [
      number,
      number,
    ];
    this.#load(pattern, centre[0] - dy, centre[0] + dy, centre[1] + dx);
    const acc = new Float64Array(n * n);
    const edges = new Float64Array(n);
    // Going round target pixel (j, i): along axis 1 at j, along axis 0 at i + 1, back at j + 1, back at i.
    for (let j = 0; j <= n; j++) {
      this.#line(y0 + j * jy, x0 + j * jx, iy, ix, edges);
      for (let i = 0; i < n; i++) {
        if (j < n) acc[j * n + i]! -= edges[i]!;
        if (j > 0) acc[(j - 1) * n + i]! += edges[i]!;
      }
    }
    for (let i = 0; i <= n; i++) {
      this.#line(y0 + i * iy, x0 + i * ix, jy, jx, edges);
      for (let j = 0; j < n; j++) {
        if (i < n) acc[j * n + i]! += edges[j]!;
        if (i > 0) acc[j * n + i - 1]! -= edges[j]!;
      }
    }
    // ∮ F dy runs against the usual sense where axis 0 × axis 1 is a right-handed pair in (y, x).
    const sign = -orientation * scale;
    for (let k = 0; k < acc.length; k++) out[k] = sign * acc[k]!;
  }

  /** Sums of the rows and columns that the target covers. */
  #load(pattern: ArrayLike<number>, top: number, bottom: number, right: number): void {
    const w = this.#nx + 1;
    const from = Math.max(0, Math.floor(top));
    const to = Math.min(this.#ny, Math.ceil(bottom));
    const end = Math.min(this.#nx, Math.max(0, Math.ceil(right)));
    for (let y = from; y < to; y++) {
      let sum = 0;
      for (let x = 0; x < end; x++) {
        sum += pattern[y * this.#nx + x]!;
        this.#prefix[y * w + x + 1] = sum;
      }
    }
  }

  /**
   * ∫ F dy along the pieces of a line from (y, x): piece k, k = 0, 1 …, leads (dy, dx) further. Walks from one crossing of a raw
   * pixel's border to the next, between which F is linear.
   */
  #line(y: number, x: number, dy: number, dx: number, out: Float64Array): void {
    const ny = this.#ny;
    const nx = this.#nx;
    const prefix = this.#prefix;
    const down = dy < 0 ? -1 : 1;
    const right = dx < 0 ? -1 : 1;
    let row = dy < 0 ? Math.ceil(y) - 1 : Math.floor(y);
    let column = dx < 0 ? Math.ceil(x) - 1 : Math.floor(x);
    // In pieces: where the next row and the next column begin, and how far apart these crossings are.
    const rowStep = Math.abs(1 / dy);
    const columnStep = Math.abs(1 / dx);
    let nextRow = dy === 0 ? Infinity : (row + (dy < 0 ? 0 : 1) - y) / dy;
    let nextColumn = dx === 0 ? Infinity : (column + (dx < 0 ? 0 : 1) - x) / dx;
    let s = 0;
    for (let k = 0; k < out.length; k++) {
      const end = k + 1;
      let sum = 0;
      while (s < end) {
        const next = Math.min(end, nextRow, nextColumn);
        if (row >= 0 && row < ny && column >= 0) {
          const base = row * (nx + 1);
          let f: number;
          if (column < nx) {
            const f0 = prefix[base + column]!;
            f = f0 + (x + 0.5 * (s + next) * dx - column) * (prefix[base + column + 1]! - f0);
          } else f = prefix[base + nx]!;
          sum += f * (next - s);
        }
        s = next;
        if (next === nextRow) {
          row += down;
          nextRow += rowStep;
        }
        if (next === nextColumn) {
          column += right;
          nextColumn += columnStep;
        }
      }
      out[k] = sum * dy;
    }
  }
}
