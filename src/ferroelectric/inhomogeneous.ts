/**
 * Inhomogeneous strain, adiabatic: the acoustic displacement w(k), k ≠ 0, that minimises the energy, eliminated. In the continuum limit η_l(k) = i S_lα w_α(k):
 * S has k_α for the normal strains and, for shear, S_4 = (0, k_z, k_y) and cyclic. Elastic energy (1/N) Σ_k ½ w*·K·w, where
 *
 *     K_αα = B11 k_α² + B44 (k² − k_α²),   K_αβ = (B12 + B44) k_α k_β
 *
 * A source g_l (energy Σ_R Σ_l η_l(R) g_l(R)) leads to w = i K⁻¹Sᵀg, so η(k) = −M(k) g(k) with M = S K⁻¹ Sᵀ, and the energy −(1/N) Σ_k ½ g*·M·g.
 * M depends on the direction of k alone; M(0) = 0. Nishimatsu et al., PRB 78, 104104 (2008), Eqs. 8–12, with K to second order in k.
 *
 * On a face of the Brillouin zone k_α = +π/a and −π/a are the same wave: M is the mean over both signs, which keeps w real and the cubic symmetry.
 */

import { cellCount, type Vec3 } from '../crystal/structure.ts';
import type { HamiltonianParameters } from './parameters.ts';
import { waveVector } from './wave-vectors.ts';

/** Elements of the upper triangle of a symmetric 6×6 matrix, row by row. */
export const TRIANGLE = 21;

/** S [6][3] in the units of k. */
export function strainOfDisplacement([x, y, z]: Vec3): readonly Vec3[] {
  return [
    [x, 0, 0],
    [0, y, 0],
    [0, 0, z],
    [0, z, y],
    [z, 0, x],
    [y, x, 0],
  ];
}

/** K⁻¹ for one k ≠ 0, as (xx, yy, zz, yz, zx, xy) [1/(eV·k²)]. */
function inverseDynamical({ B11, B12, B44 }: HamiltonianParameters, [x, y, z]: Vec3): number[] {
  const square = x * x + y * y + z * z;
  const [a, b, c] = [x, y, z].map((k) => B11 * k * k + B44 * (square - k * k)) as [number, number, number];
  const [d, e, f] = [y * z, z * x, x * y].map((product) => (B12 + B44) * product) as [number, number, number];
  const cofactors = [b * c - d * d, c * a - e * e, a * b - f * f, e * f - a * d, f * d - b * e, d * e - c * f];
  const determinant = a * cofactors[0]! + f * cofactors[5]! + e * cofactors[4]!;
  return cofactors.map((value) => value / determinant);
}

/** M = S K⁻¹ Sᵀ [1/eV] of a direction k ≠ 0, any units: upper triangle, 21 numbers. */
export function strainResponse(p: HamiltonianParameters, k: Vec3): number[] {
  const [xx, yy, zz, yz, zx, xy] = inverseDynamical(p, k) as [number, number, number, number, number, number];
  const S = strainOfDisplacement(k);
  const KS = S.map(([x, y, z]) => [xx * x + xy * y + zx * z, xy * x + yy * y + yz * z, zx * x + yz * y + zz * z]);
  const out: number[] = [];
  for (let l = 0; l < 6; l++) {
    for (let m = l; m < 6; m++) out.push(S[l]![0] * KS[m]![0]! + S[l]![1] * KS[m]![1]! + S[l]![2] * KS[m]![2]!);
  }
  return out;
}

/** M for every wave vector of a supercell [1/eV], [nz][ny][nx][21], upper triangles. */
export function strainResponseTable(p: HamiltonianParameters, cells: Vec3): Float64Array {
  const table = new Float64Array(TRIANGLE * cellCount(cells));
  for (let iz = 0, at = 0; iz < cells[2]; iz++) {
    for (let iy = 0; iy < cells[1]; iy++) {
      for (let ix = 0; ix < cells[0]; ix++, at += TRIANGLE) {
        if (ix + iy + iz === 0) continue;
        const q = waveVector(cells, ix, iy, iz);
        const values = strainResponse(p, q);
        table.set(
          values.map((value, i) => (oddOnFace(i, q) ? 0 : value)),
          at,
        );
      }
    }
  }
  return table;
}

/** Axes that each Voigt component of a strain names: reflecting one of them changes the sign of a shear. */
const SHEAR_AXES: readonly (readonly number[])[] = [[], [], [], [1, 2], [2, 0], [0, 1]];
const PAIRS: readonly (readonly [number, number])[] = [0, 1, 2, 3, 4, 5].flatMap((l) =>
  [0, 1, 2, 3, 4, 5].slice(l).map((m) => [l, m] as const),
);

/** Whether element i of the triangle changes sign with a component of k that lies on a face of the zone: its mean over both signs is 0. */
function oddOnFace(i: number, q: Vec3): boolean {
  const [l, m] = PAIRS[i]!;
  return q.some((value, axis) => value === -0.5 && SHEAR_AXES[l]!.includes(axis) !== SHEAR_AXES[m]!.includes(axis));
}
