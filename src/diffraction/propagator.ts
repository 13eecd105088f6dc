/**
 * The Fresnel propagator of one slice, separable in x and y: on each axis exp(−iπλΔz(k + β)²)·exp(−2πiΔz·k·tanθ).
 * β is an offset of the plane waves inside the reciprocal lattice [1/Å]; θ tilts the specimen instead, with the
 * sign of docs/design.md (a beam with transverse wave vector +θ/λ, pattern re-centred). A band limit acts on k + β, so that it does
 * not depend on how a lattice is split into offsets. Source: Kirkland (2010), equations 6.65 and 6.92.
 */

import { frequency } from '../core/fft.ts';

export interface AxisPropagator {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function axisPropagator(
  n: number,
  length_A: number,
  dz_A: number,
  wavelength_A: number,
  offset_invA: number,
  tilt_mrad: number,
  bandLimit: number,
): AxisPropagator {
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const slope = Math.tan(tilt_mrad * 1e-3);
  for (let i = 0; i < n; i++) {
    const f = frequency(i, n);
    const k = f / length_A;
    if (bandLimit < 1 && Math.abs(k + offset_invA) >= (bandLimit * n) / (2 * length_A)) continue;
    const angle = -Math.PI * dz_A * (wavelength_A * (k + offset_invA) ** 2 + 2 * k * slope);
    re[i] = Math.cos(angle);
    im[i] = Math.sin(angle);
  }
  return { re, im };
}
