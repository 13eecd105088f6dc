/**
 * Electron scattering factor f_e(k) [Å] with k = 1/d = 2 sinθ/λ [1/Å], and the Debye–Waller factor. (Along the beam: box-integral.ts.)
 *
 * Lobato: f = Σ a(2 + bk²)/(1 + bk²)². Kirkland: f = Σ a/(b + k²) + Σ c·exp(−dk²). Sums run in float64: terms nearly cancel.
 * Projected potential of an atom: V(k⊥) = f_e(k⊥)/κ [V·Å³], 1/κ = h²/(2πme) = 47.8776 V·Å².
 */

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
        const x = b[i]! * k2;
        sum += (a[i]! * (2 + x)) / ((1 + x) * (1 + x));
      }
      return sum;
    };
  }
  const { a, b, c, d } = KIRKLAND[element] ?? noTable(element, model);
  return (k2) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) {
      sum += a[i]! / (b[i]! + k2) + c[i]! * Math.exp(-d[i]! * k2);
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
