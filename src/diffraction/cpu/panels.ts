/** The kernel's field layout: panels of four neighbouring columns, see `kernels/slice.ts`. */

/** Index (in floats) of the real part of element [y][x] of a field with ny rows; the imaginary part is 4 on. */
export function panelIndex(x: number, y: number, ny: number): number {
  return ((x >> 2) * ny + y) * 8 + (x & 3);
}

/** Row-major [ny][nx] to panels, `out` of 2·nx·ny floats; nx a multiple of 4. */
export function toPanels(
  re: ArrayLike<number>,
  im: ArrayLike<number>,
  nx: number,
  ny: number,
  out: Float32Array,
): void {
  for (let y = 0, i = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++, i++) {
      const at = panelIndex(x, y, ny);
      out[at] = re[i]!;
      out[at + 4] = im[i]!;
    }
  }
}
