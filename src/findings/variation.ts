/**
 * How much the vector varies from one position to its neighbours: σ_P, the square root of the summed variances of the three components in a 3 × 3 window
 * (the paper, 'Domain boundary identification'; domain walls are its ridges).
 *
 *     σ_P² = Σ_axis Σ_window (P − mean)² / (n − 1)
 *
 * Edge: the window is cut at the map's edge and at masked positions, n is what is left. The paper does not say whether it divides by n or n − 1; n − 1 states the same
 * variance of noise for a cut window as for a whole one. A straight wall between two uniform domains then has σ_P = |P₁ − P₂|/2 on the two positions beside it
 * (3 of 9 differ).
 *
 * Noise alone gives σ_P too: `noiseVariation`. What this is not: a gradient; it has no direction.
 */

import { AXES, type VectorField } from './vector-field.ts';

/** Valid positions that a window must have: what the corner of a map has. */
export const LEAST_IN_WINDOW = 4;

/** σ_P [unit of the field], [ny][nx]; NaN where the field is not valid or fewer than `LEAST_IN_WINDOW` positions of the window are. */
export function variation({ shape: [ny, nx], values, valid }: VectorField): Float64Array {
  const found = new Float64Array(ny * nx).fill(Number.NaN);
  const { x, y, z } = values;
  for (let row = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++) {
      const i = row * nx + column;
      if (!valid[i]) continue;
      // About the middle's vector, so that a constant field has 0 and not what rounding leaves.
      const x0 = x[i]!;
      const y0 = y[i]!;
      const z0 = z[i]!;
      let n = 0;
      let sx = 0;
      let sy = 0;
      let sz = 0;
      let squares = 0;
      const top = Math.max(0, row - 1);
      const bottom = Math.min(ny - 1, row + 1);
      const left = Math.max(0, column - 1);
      const right = Math.min(nx - 1, column + 1);
      for (let r = top; r <= bottom; r++) {
        for (let j = r * nx + left; j <= r * nx + right; j++) {
          if (!valid[j]) continue;
          const dx = x[j]! - x0;
          const dy = y[j]! - y0;
          const dz = z[j]! - z0;
          n++;
          sx += dx;
          sy += dy;
          sz += dz;
          squares += dx * dx + dy * dy + dz * dz;
        }
      }
      if (n < LEAST_IN_WINDOW) continue;
      found[i] = Math.sqrt(Math.max(0, squares - (sx * sx + sy * sy + sz * sz) / n) / (n - 1));
    }
  }
  return found;
}

/**
 * What noise alone adds to σ_P²: √ of the mean over the window of σ_x² + σ_y² + σ_z² [unit of the field], [ny][nx], NaN where σ_P is. Errors of neighbours are taken for
 * independent; where they share a part, that part does not vary and this is too much. Undefined where the field states no σ.
 */
export function noiseVariation({ shape: [ny, nx], sigma, valid }: VectorField): Float64Array | undefined {
  if (!sigma) return undefined;
  const total = new Float64Array(ny * nx);
  for (const axis of AXES) {
    const s = sigma[axis];
    for (let i = 0; i < total.length; i++) if (valid[i]) total[i]! += s[i]! ** 2;
  }
  const found = new Float64Array(ny * nx).fill(Number.NaN);
  for (let row = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++) {
      const i = row * nx + column;
      if (!valid[i]) continue;
      let [n, sum] = [0, 0];
      for (let r = Math.max(0, row - 1); r <= Math.min(ny - 1, row + 1); r++) {
        for (let j = r * nx + Math.max(0, column - 1); j <= r * nx + Math.min(nx - 1, column + 1); j++) {
          n += valid[j]!;
          sum += total[j]!;
        }
      }
      if (n >= LEAST_IN_WINDOW) found[i] = Math.sqrt(sum / n);
    }
  }
  return found;
}
