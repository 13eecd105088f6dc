/** Fields of the kernel as tests read them. */

import { panelIndex } from './cpu/panels.ts';

/** Panels, 2·nx·ny floats, to row-major [ny][nx]. */
export function fromPanels(panels: Float32Array, nx: number, ny: number): { re: Float64Array; im: Float64Array } {
  const re = new Float64Array(nx * ny);
  const im = new Float64Array(nx * ny);
  for (let y = 0, i = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++, i++) {
      const at = panelIndex(x, y, ny);
      re[i] = panels[at]!;
      im[i] = panels[at + 4]!;
    }
  }
  return { re, im };
}
