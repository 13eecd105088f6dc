/**
 * What thermal diffuse scattering takes from the coherent wave, in the Einstein model: an absorptive potential beside the Debye–Waller damped one. The
 * average of a vibrating atom's transmission is, to second order,
 *
 *   ⟨exp(iσV)⟩ = exp(iσ⟨V⟩ − σ²W),   W(r) = ½(⟨V²⟩ − ⟨V⟩²),   D(k) = exp(−2π²u²k²)
 *   W(k) = (1/2κ²) ∫ f(|k/2 + q|)·f(|k/2 − q|)·[D(k) − D(|k/2 + q|)·D(|k/2 − q|)] d²q
 *
 * since ⟨V²⟩ = V²∗p and ⟨V⟩ = V∗p for displacements spread as p, whose transform is D. It is the integral of Hall and Hirsch (Proc. R. Soc. A 286 (1965)
 * 158) and Bird and King (Acta Cryst. A 46 (1990) 202): with s = k/2 and B = 8π²u²
 *
 *   f'(s) = 2γλ ∫ f(|s/2 + s'|)·f(|s/2 − s'|)·[1 − exp(−2B(s'² − s²/4))] d²s' = σκW(k)/D(k)
 *
 * over the whole plane (a flat Ewald sphere). The diffuse electrons are lost, not scattered: for where they go, a dark-field detector above all, use frozen phonons. Not
 * here: correlated motion, higher orders of σV (a column of heavy atoms in one slice), plasmons and core losses. W does not depend on the voltage.
 */

import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import { debyeWaller, scatteringFactor } from './scattering-factor.ts';
import { type Atoms, type SliceOptions, type SliceStack, slicer } from './slices.ts';

/** Gauss and Legendre's nodes and weights on 0 … 1 (Abramowitz and Stegun 25.4.30), by Newton's method. */
export function gaussLegendre(n: number): { at: number; weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let step = 0; step < 12; step++) {
      let [p, q] = [1, 0];
      for (let k = 0; k < n; k++) [p, q] = [((2 * k + 1) * x * p - k * q) / (k + 1), p];
      slope = (n * (x * p - q)) / (x * x - 1);
      x -= p / slope;
    }
    return { at: (1 - x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
}

/** Radii of the plane, by q/(q + ½), and their weights q dq. */
const PLANE = gaussLegendre(48).map(({ at: x, weight }) => {
  const q = (0.5 * x) / (1 - x);
  return { q, weight: (weight * q * 0.5) / (1 - x) ** 2 };
});

/** ∫ … d²q above, without 1/2κ²: [Å²·1/Å²], over the plane. Midpoints of a quarter turn; f and D depend on k², even in each axis. */
export function diffuseIntegral(f: (k2: number) => number, u2_A2: number, k_invA: number): number {
  const turns = 16 + 8 * Math.ceil(k_invA);
  const d = debyeWaller(u2_A2, k_invA * k_invA);
  let sum = 0;
  for (const { q, weight: share } of PLANE) {
    // |k/2 ± q|² add up to this whatever the direction.
    const both = 2 * q * q + (k_invA * k_invA) / 2;
    const weight = share * (d - debyeWaller(u2_A2, both));
    let ring = 0;
    for (let j = 0; j < turns; j++) {
      const cross = k_invA * q * Math.cos((Math.PI * (j + 0.5)) / (2 * turns));
      ring += f(both / 2 + cross) * f(both / 2 - cross);
    }
    sum += (weight * ring) / turns;
  }
  return 2 * Math.PI * sum;
}

const STEP_INV_A = 0.1;

/** κW(k) of an atom, tabulated and interpolated (cubic in k), as a scattering factor for `sliceStack` [V·Å²]. */
export function diffuseForm(f: (k2: number) => number, u2_A2: number): (k2: number) => number {
  if (u2_A2 === 0) return () => 0;
  const table: number[] = [];
  do table.push((SCATTERING_TO_POTENTIAL / 2) * diffuseIntegral(f, u2_A2, table.length * STEP_INV_A));
  while (Math.abs(table.at(-1)!) > 1e-6 * table[0]! && table.length < 400);
  const at = (i: number) => table[Math.abs(i)] ?? 0;
  return (k2) => {
    const x = Math.sqrt(k2) / STEP_INV_A;
    const i = Math.floor(x);
    const t = x - i;
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    // Lagrange through four nodes.
    return (
      (-t * (t - 1) * (t - 2) * a) / 6 +
      ((t + 1) * (t - 1) * (t - 2) * b) / 2 -
      ((t + 1) * t * (t - 2) * c) / 2 +
      ((t + 1) * t * (t - 1) * d) / 6
    );
  };
}

/**
 * The stack of `atoms` with its absorption: `options.u2_A2` gives both the Debye–Waller factor and W. Along the beam W is shared by cubic B-splines (its
 * atoms are narrow there), by whole atoms where the potential is. @throws 'range' where nothing vibrates
 */
export function absorbingStack(atoms: Atoms, options: SliceOptions): SliceStack {
  return absorbingSlicer(atoms.cell_A, options)(atoms);
}

/** As `absorbingStack` for blocks of one size: `slicer`. */
export function absorbingSlicer(cell_A: Atoms['cell_A'], options: SliceOptions): (atoms: Atoms) => SliceStack {
  const { u2_A2 = {}, u2z_A2: _, factors, ...rest } = options;
  const slicing = options.slicing === 'whole-atom' ? 'whole-atom' : 'spline';
  const form = (symbol: string) => diffuseForm(scatteringFactor(symbol, factors), u2_A2[symbol] ?? 0);
  const potential = slicer(cell_A, options);
  const diffuse = slicer(cell_A, { ...rest, slicing, form });
  return (atoms) => {
    const still = atoms.symbols.every((symbol) => !(u2_A2[symbol]! > 0));
    if (still)
      fail(
        'range',
        'Nothing vibrates, so nothing is absorbed.',
        'Give u2_A2 in Å², greater than what displacements frozen into the atoms leave of it, or do without absorption.',
        { u2_A2 },
      );
    return { ...potential(atoms), diffuse: diffuse(atoms) };
  };
}
