/**
 * The convergent probe in reciprocal space: aperture, defocus, aberrations, position. A(k)·exp(−iχ(k))·exp(−2πik·r0), χ = −πλ·Δf·k² + aberrations.
 * Transverse frequencies are counted from the beam's direction (the tilt): |k| = angle/λ.
 */

import { type Aberrations, aberrationPhase } from './aberrations.ts';

export interface ProbeOptions {
  readonly wavelength_A: number;
  readonly convergence_mrad: number;
  /** See MicroscopeRecipe.defocus_nm. */
  readonly defocus_nm: number;
  /** Width over which the aperture's edge falls from full to zero intensity [mrad]: one pixel of the pattern. */
  readonly edge_mrad: number;
  /** What the lens has beyond defocus; none where absent. */
  readonly aberrations?: Aberrations | undefined;
}

/** Amplitude (real) of the aperture at `angle_mrad` from its centre, not normalised: the square falls linearly across the edge. */
export function apertureAmplitude(angle_mrad: number, options: ProbeOptions): number {
  const coverage = 0.5 + (options.convergence_mrad - angle_mrad) / options.edge_mrad;
  return Math.sqrt(Math.min(1, Math.max(0, coverage)));
}

/** Largest angle at which the aperture passes anything [mrad]. */
export function apertureLimit_mrad(options: ProbeOptions): number {
  return options.convergence_mrad + options.edge_mrad / 2;
}

/** Complex amplitude at transverse frequency (kx, ky) [1/Å] for a probe centred at (x0, y0) [Å], not normalised. */
export function probeAmplitude(
  kx: number,
  ky: number,
  x0: number,
  y0: number,
  options: ProbeOptions,
): readonly [re: number, im: number] {
  const k2 = kx * kx + ky * ky;
  const amplitude = apertureAmplitude(Math.sqrt(k2) * options.wavelength_A * 1e3, options);
  if (amplitude === 0) return [0, 0];
  let angle = Math.PI * options.wavelength_A * options.defocus_nm * 10 * k2 - 2 * Math.PI * (kx * x0 + ky * y0);
  if (options.aberrations) angle -= aberrationPhase(kx, ky, options.wavelength_A, options.aberrations);
  return [amplitude * Math.cos(angle), amplitude * Math.sin(angle)];
}
