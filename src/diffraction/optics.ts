/** Relativistic electron optics: wavelength and interaction constant. Source: Kirkland (2010), equations 2.5 and 5.6. */

import { ELECTRON_REST_EV, HC_EV_ANGSTROM } from '../core/constants.ts';

/** Electron wavelength λ [Å] at `voltage_kV`: hc / √(E(2m₀c² + E)). 300 kV: 0.01968749 Å. */
export function wavelength(voltage_kV: number): number {
  const energy = voltage_kV * 1e3;
  return HC_EV_ANGSTROM / Math.sqrt(energy * (2 * ELECTRON_REST_EV + energy));
}

/** Interaction constant σ = 2πmeλ/h² [rad/(V·Å)] = (2π/λE)·(m₀c² + E)/(2m₀c² + E). 300 kV: 6.5262e-4. */
export function interactionConstant(voltage_kV: number): number {
  const energy = voltage_kV * 1e3;
  return (
    ((2 * Math.PI) / (wavelength(voltage_kV) * energy)) *
    ((ELECTRON_REST_EV + energy) / (2 * ELECTRON_REST_EV + energy))
  );
}
