/**
 * Dipole–dipole interaction of a simple cubic lattice of point dipoles, per wave vector:
 *
 *     D_αβ(k) = Σ_{R≠0} (δ_αβ/R³ − 3R_αR_β/R⁵) exp(−ik·R)
 *
 * with lengths in units of a, by Ewald's sums. Its trace is 0, but −4π at k = 0, where the G = 0 term is left out (no macroscopic field, as inside ideal
 * electrodes): D(0) = −(4π/3)·1, the Lorentz field. Energy: ½ (Z*²/ε∞)(e²/4πε₀ a³) (1/N) Σ_k u*(k)·D(k)·u(k).
 * Method: Ewald, Ann. Phys. 369, 253 (1921); Zhong, Vanderbilt, Rabe, PRB 52, 6301 (1995), Eqs. 4–6.
 */

import type { Vec3 } from '../crystal/structure.ts';
import { octantTable } from './wave-vectors.ts';

/** Width of Ewald's Gaussians [1/a]: both sums then reach the last bits within a few shells. */
const ETA = 2;
/** Largest |R_α| in the direct sum, erfc(2·4) = 1e−29; largest |G_α|/2π in the reciprocal one, exp(−(2π·4.5)²/16) = 1e−22. */
const DIRECT_SHELLS = 3;
const RECIPROCAL_SHELLS = 4;

/** erfc(x) for x ≥ 2 (here R ≥ 1) by its continued fraction, to the last bits. */
function erfc(x: number): number {
  let tail = 0;
  for (let n = 60; n > 0; n--) tail = n / 2 / (x + tail);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + tail));
}

/** One lattice vector of the direct sum: the short-ranged part of the dipole tensor is `even`·δ − `pair`·R_αR_β. */
interface Shell {
  readonly at: Vec3;
  readonly even: number;
  readonly pair: number;
}

const DIRECT: readonly Shell[] = directShells();

function directShells(): Shell[] {
  const shells: Shell[] = [];
  const range = Array.from({ length: 2 * DIRECT_SHELLS + 1 }, (_, i) => i - DIRECT_SHELLS);
  for (const x of range) {
    for (const y of range) {
      for (const z of range) {
        const square = x * x + y * y + z * z;
        if (square === 0) continue;
        const r = Math.sqrt(square);
        const screened = erfc(ETA * r) / (r * square);
        const gaussian = ((2 * ETA) / Math.sqrt(Math.PI)) * Math.exp(-ETA * ETA * square);
        shells.push({
          at: [x, y, z],
          even: screened + gaussian / square,
          pair: (3 * screened) / square + (gaussian / square) * (2 * ETA * ETA + 3 / square),
        });
      }
    }
  }
  return shells;
}

/**
 * D(k), unitless, as (xx, yy, zz, yz, zx, xy); accurate to 1e−13 + 4π·1e−15/|q|.
 * @param q k in units of 2π/a, each component in [−½, ½]
 */
export function dipoleTensor(q: Vec3): number[] {
  const sum = [0, 0, 0, 0, 0, 0];
  const add = (even: number, pair: number, x: number, y: number, z: number): void => {
    sum[0]! += even + pair * x * x;
    sum[1]! += even + pair * y * y;
    sum[2]! += even + pair * z * z;
    sum[3]! += pair * y * z;
    sum[4]! += pair * z * x;
    sum[5]! += pair * x * y;
  };
  for (const { at, even, pair } of DIRECT) {
    const phase = Math.cos(2 * Math.PI * (q[0] * at[0] + q[1] * at[1] + q[2] * at[2]));
    add(even * phase, -pair * phase, ...at);
  }
  const reciprocal = q.map((value) =>
    Array.from({ length: 2 * RECIPROCAL_SHELLS + 1 }, (_, i) => {
      const g = 2 * Math.PI * (value + i - RECIPROCAL_SHELLS);
      return { g, weight: Math.exp((-g * g) / (4 * ETA * ETA)) };
    }),
  );
  for (const x of reciprocal[0]!) {
    for (const y of reciprocal[1]!) {
      for (const z of reciprocal[2]!) {
        const square = x.g * x.g + y.g * y.g + z.g * z.g;
        if (square > 0) add(0, (4 * Math.PI * x.weight * y.weight * z.weight) / square, x.g, y.g, z.g);
      }
    }
  }
  const self = (4 * ETA ** 3) / (3 * Math.sqrt(Math.PI));
  return sum.map((value, i) => (i < 3 ? value - self : value));
}

/**
 * What screening takes away from D(k): the share s²/(k² + s²) of the macroscopic field's part 4π k̂k̂, k in the first zone. A charge density ρ(k) of the
 * polarization then has the potential 4πρ/(k² + s²): Thomas–Fermi's, of a film with free charge. 0 at k = 0, where D has no macroscopic field.
 * @param q as in `dipoleTensor`
 * @param screening s [1/a]
 */
function screenedPart(q: Vec3, screening: number): number[] {
  const k = q.map((value) => 2 * Math.PI * value) as [number, number, number];
  const square = k[0] * k[0] + k[1] * k[1] + k[2] * k[2];
  if (square === 0) return [0, 0, 0, 0, 0, 0];
  const factor = (4 * Math.PI * screening * screening) / (square * (square + screening * screening));
  // Both signs of a component on a face of the zone are the same wave vector: their mean has no off-diagonal element.
  const [x, y, z] = k.map((value, axis) => (Math.abs(q[axis]!) === 0.5 ? 0 : value)) as [number, number, number];
  return [k[0] * k[0], k[1] * k[1], k[2] * k[2], y * z, z * x, x * y].map((value) => factor * value);
}

/**
 * D(k) for every wave vector of a supercell, [nz][ny][nx][6] (xx, yy, zz, yz, zx, xy).
 * @param screening inverse screening length [1/a] of the macroscopic field; 0: none
 */
export function dipoleTable(cells: Vec3, screening = 0): Float64Array {
  if (screening === 0) return octantTable(cells, dipoleTensor);
  return octantTable(cells, (q) => {
    const part = screenedPart(q, screening);
    return dipoleTensor(q).map((value, i) => value - part[i]!);
  });
}
