/**
 * What noise does to a magnitude |P|: the measured one is on average longer than the true one, √(ν² + (d − 1)σ²) about where σ ≪ ν, and longer than 0 where there is
 * nothing. One σ for each of d components:
 *
 *     d = 2   Rice (Bell Syst. Tech. J. 23, 282 (1944)):  p(r|ν) = r/σ² · exp(−(r² + ν²)/2σ²) I₀(rν/σ²),   ⟨r⟩ = σ√(π/2) L_½(−ν²/2σ²)
 *     d = 3   noncentral χ; Maxwell at ν = 0:  p(r|ν) = r/(νσ√2π) [exp(−(r − ν)²/2σ²) − exp(−(r + ν)²/2σ²)],
 *             ⟨r⟩ = σ√(2/π) exp(−ν²/2σ²) + (ν + σ²/ν) erf(ν/√2σ)
 *
 * Different σ by component, any d: ⟨√Q⟩ = ∫₀^∞ (1 − ⟨e^(−tQ)⟩) t^(−3/2) dt / 2√π with Q = |P|² and ⟨e^(−tQ)⟩ = Π (1 + 2tσᵢ²)^(−½) exp(−tνᵢ²/(1 + 2tσᵢ²)).
 * Units are those of ν and σ. Not here: what the truth was (deconvolve.ts).
 */

import { erf } from './normal.ts';

export type Dimensions = 2 | 3;

/** exp(−x) Iₙ(x) for n = 0, 1 and x ≥ 0, to 1e-13. */
export function besselScaled(n: 0 | 1, x: number): number {
  if (x < 25) {
    const quarter = (x * x) / 4;
    let term = n === 0 ? 1 : x / 2;
    let sum = 0;
    for (let k = 1; term > 1e-17 * sum; k++) {
      sum += term;
      term *= quarter / (k * (k + n));
    }
    return sum * Math.exp(-x);
  }
  // Hankel's asymptotic series (Abramowitz and Stegun 9.7.1).
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 20; k++) {
    term *= -(4 * n * n - (2 * k - 1) ** 2) / (8 * k * x);
    sum += term;
  }
  return sum / Math.sqrt(2 * Math.PI * x);
}

/** Mean of the noisy length of a plane vector of true length ν (Rice). */
export function meanRice(nu: number, sigma: number): number {
  if (sigma === 0) return nu;
  const half = nu ** 2 / (4 * sigma ** 2);
  return sigma * Math.sqrt(Math.PI / 2) * ((1 + 2 * half) * besselScaled(0, half) + 2 * half * besselScaled(1, half));
}

/** Mean of the noisy length of a vector in space of true length ν (noncentral χ; Maxwell where ν = 0). */
export function meanMaxwell(nu: number, sigma: number): number {
  if (sigma === 0) return nu;
  const ratio = nu / sigma;
  // Below this the two terms are equal to first order: the series' first terms.
  if (ratio < 1e-4) return sigma * Math.sqrt(8 / Math.PI) * (1 + ratio ** 2 / 6);
  return sigma * Math.sqrt(2 / Math.PI) * Math.exp(-(ratio ** 2) / 2) + (nu + sigma / ratio) * erf(ratio / Math.SQRT2);
}

/** Mean length of a vector with these true components and their σ, any number of them, to 1e-10. */
export function meanMagnitude(truth: readonly number[], sigma: readonly number[]): number {
  const square = truth.reduce((sum, nu, i) => sum + nu * nu + sigma[i]! ** 2, 0);
  if (square === 0) return 0;
  const h = 0.02;
  let sum = 0;
  // t = exp(π sinh w)/square makes both ends fall off doubly exponentially.
  for (let w = -3.9; w <= 3.9 + h / 2; w += h) {
    const t = Math.exp(Math.PI * Math.sinh(w)) / square;
    let log = 0;
    for (let i = 0; i < truth.length; i++) {
      const widened = 2 * t * sigma[i]! ** 2;
      log -= Math.log1p(widened) / 2 + (t * truth[i]! ** 2) / (1 + widened);
    }
    sum += -Math.expm1(log) * Math.exp((-Math.PI * Math.sinh(w)) / 2) * Math.PI * Math.cosh(w);
  }
  return (sum * h * Math.sqrt(square)) / (2 * Math.sqrt(Math.PI));
}

/** p(r|ν), the density of the noisy length. */
export function magnitudeDensity(r: number, nu: number, sigma: number, dimensions: Dimensions): number {
  if (r <= 0) return 0;
  const variance = sigma * sigma;
  const near = Math.exp(-((r - nu) ** 2) / (2 * variance));
  const x = (r * nu) / variance;
  if (dimensions === 2) return (r / variance) * near * besselScaled(0, x);
  // (1 − e^(−2x))/ν without the quotient of two zeros.
  const shape = x < 1e-8 ? (2 * r) / variance : -Math.expm1(-2 * x) / nu;
  return ((r * near) / (sigma * Math.sqrt(2 * Math.PI))) * shape;
}

/**
 * Where −ln of the density of |P| has its minimum if there is no polarization at all: components normal around 0, isotropic, of this mean |P|². The density is
 * P^(d−1) exp(−P²/2s²), the volume element times the cloud, whose maximum is at s√(d − 1) with s² = ⟨|P|²⟩/d: s in the plane, s√2 in space.
 */
export function isotropicMinimum(meanSquare: number, dimensions: Dimensions): number {
  return Math.sqrt((meanSquare * (dimensions - 1)) / dimensions);
}
