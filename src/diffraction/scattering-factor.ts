/**
 * Electron scattering factor f_e(k) [Å] with k = 1/d = 2 sinθ/λ [1/Å], and what becomes of it along the beam:
 * the mixed-space potential v(k⊥, z) of one atom and its integral over a slice.
 *
 * Lobato: f = Σ a(2 + bk²)/(1 + bk²)². Kirkland: f = Σ a/(b + k²) + Σ c·exp(−dk²). Sums run in float64: terms nearly cancel.
 * Projected potential of an atom: V(k⊥) = f_e(k⊥)/κ [V·Å³], 1/κ = h²/(2πme) = 47.8776 V·Å².
 */

import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import { KIRKLAND, LOBATO } from './factor-tables.ts';

export type FactorModel = 'lobato' | 'kirkland';

/** f_e(k) [Å] of `element` as a function of k² [1/Å²]. @throws 'unsupported' for an element without a table */
export function scatteringFactor(element: string, model: FactorModel = 'lobato'): (k2: number) => number {
  if (model === 'lobato') {
    const { a, b } = LOBATO[element] ?? noTable(element, model);
    return (k2) => {
      let sum = 0;
      for (let i = 0; i < a.length; i++) {
        const x = (b[i] ?? 0) * k2;
        sum += ((a[i] ?? 0) * (2 + x)) / ((1 + x) * (1 + x));
      }
      return sum;
    };
  }
  const { a, b, c, d } = KIRKLAND[element] ?? noTable(element, model);
  return (k2) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) {
      sum += (a[i] ?? 0) / ((b[i] ?? 0) + k2) + (c[i] ?? 0) * Math.exp(-(d[i] ?? 0) * k2);
    }
    return sum;
  };
}

function noTable(element: string, model: string): never {
  fail('unsupported', `There is no ${model} scattering factor for '${element}'.`, 'Use a chemical symbol such as Ti.');
}

/** Debye–Waller factor exp(−2π²u²k²) for a mean-square displacement u² [Å²] per axis. */
export function debyeWaller(u2_A2: number, k2: number): number {
  return Math.exp(-2 * Math.PI * Math.PI * u2_A2 * k2);
}

/**
 * Cumulative integral along z of an atom's mixed-space potential, C(z) = ∫_{−∞}^{z} v(k⊥, z′) dz′ [V·Å³], by a Fourier
 * series over kz in a box of `period_A`, Debye–Waller factors u² across and u²z along the beam: exact up to the tails of periodic images.
 * Returns samples at z = −period/2 + j·period/n, j = 0…n; C(−period/2) = 0 and C(period/2) = V(k⊥).
 */
export function cumulativePotential(
  f: (k2: number) => number,
  u2_A2: number,
  kPerp2: number,
  period_A: number,
  n: number,
  u2z_A2: number = u2_A2,
): Float64Array {
  const out = new Float64Array(n + 1);
  const half = period_A / 2;
  const k0 = SCATTERING_TO_POTENTIAL * f(kPerp2) * debyeWaller(u2_A2, kPerp2);
  for (let j = 0; j <= n; j++) out[j] = (k0 * j) / n;
  // The Nyquist frequency of the samples bounds the series; the Debye–Waller factor usually ends it long before.
  for (let m = 1; m <= n / 2; m++) {
    const kz = m / period_A;
    const term =
      SCATTERING_TO_POTENTIAL * f(kPerp2 + kz * kz) * debyeWaller(u2_A2, kPerp2) * debyeWaller(u2z_A2, kz * kz);
    if (Math.abs(term) < 1e-12 * Math.abs(k0)) break;
    // ∫ 2·cos(2πkz z)/period dz from −half = sin(2πkz z)/(πkz·period) − sin(−2πkz·half)/(…), the latter 0.
    const scale = term / (Math.PI * kz * period_A);
    const step = (2 * Math.PI * m) / n;
    for (let j = 0; j <= n; j++) out[j] = (out[j] ?? 0) + scale * Math.sin(step * j - 2 * Math.PI * kz * half);
  }
  return out;
}
