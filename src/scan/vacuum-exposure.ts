/**
 * Whether the vacuum probe was exposed as the patterns were, by what the specimen lets through to the detector. A thin film scatters little beyond a
 * camera's edge: for screened Rutherford scattering (L. Reimer, Transmission Electron Microscopy, section 5.1) beyond an angle α far above the screening angle
 *   σ(α) = Σ Z²·λ⁴·(1 + E/E₀)² / (4π³·a_H²·α²),   share let through exp(−n·σ·t),
 * for n = 1/a³ cells of BaTiO₃, ΣZ² = 3812: the order of magnitude of the thickness that a share would mean, no more.
 */

import { ELECTRON_REST_EV } from '../core/constants.ts';
import { decimalLabel, percent, quantity } from '../core/numbers.ts';
import { wavelength } from '../diffraction/optics.ts';

/** Share that reaches the detector below which it is said, and below which a wide detector cannot mean the specimen. */
const LITTLE = 0.6;
const IMPOSSIBLE = 0.25;
/** Counts of the patterns in terms of the probe's above which it is said, and above which the probe's are not believed. */
const MORE = 1.05;
const TOO_MANY = 1.2;
/** Disks without which a detector is too small to see what the specimen scatters. */
const WIDE = 25;
/** Ratios of exposures that people set, and by how much less than that the patterns may hold. */
const LIKELY = [
  2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 25, 30, 32, 40, 50, 60, 64, 80, 100, 128, 200, 256, 500, 512, 1000,
];
const LOST = 0.06;

export interface Exposed {
  readonly a_A: number;
  readonly voltage_kV: number;
  /** Angle to the nearest edge of the detector [mrad], and disks on it. */
  readonly outer_mrad: number;
  readonly disks: number;
  /** Whether patterns are cut at a largest value. */
  readonly saturated: boolean;
}

export interface VacuumDose {
  /** Counts of the incident beam per pattern, and where they come from. */
  readonly counts: number;
  readonly from: 'vacuum probe' | 'sum of the patterns';
  readonly said: readonly string[];
}

/** @param vacuum counts of the whole probe @param detected mean counts of a pattern */
export function vacuumDose(vacuum: number, detected: number, exposed: Exposed): VacuumDose {
  const share = detected / vacuum;
  const sum = { counts: detected, from: 'sum of the patterns' } as const;
  const probe = { counts: vacuum, from: 'vacuum probe' } as const;
  if (!(vacuum > 0)) {
    return {
      ...sum,
      said: [
        'The vacuum probe holds no counts: the dose is the sum of the patterns. Leave the probe out of the file, or give its dark reference (--dark).',
      ],
    };
  }
  if (share > MORE) {
    const times = `The patterns hold ${percent(share - 1, 2)} more counts than the vacuum probe: it belongs to a shorter exposure or less current, or pixels of the patterns hold more than electrons`;
    return share > TOO_MANY
      ? {
          ...sum,
          said: [`${times}. The dose is the sum of the patterns instead; record the probe again, as the patterns.`],
        }
      : { ...probe, said: [`${times}. Check dose and hot pixels.`] };
  }
  if (share >= LITTLE || exposed.saturated) {
    return {
      ...probe,
      said:
        share < 0.9 && exposed.saturated
          ? [`${percent(share)} of the vacuum probe's counts reach the detector: saturated pixels miss the rest.`]
          : [],
    };
  }
  const reach = `Only ${percent(share, 2)} of the vacuum probe's counts reach the detector`;
  const thick = `a specimen would have to be some ${quantity(letThrough_nm(share, exposed), 'nm')} thick for that`;
  const ratio = LIKELY.find((n) => share * n > 1 - LOST && share * n <= 1.005);
  if (share > IMPOSSIBLE || exposed.disks < WIDE) {
    const exposure = ratio === undefined ? '' : ` (or the probe was exposed ${ratio} times longer)`;
    return {
      ...probe,
      said: [
        `${reach}: ${thick}, or much falls beside a small detector or behind a beam stop${exposure}. Check that the probe has the patterns' exposure.`,
      ],
    };
  }
  if (ratio !== undefined) {
    return {
      counts: vacuum / ratio,
      from: 'vacuum probe',
      said: [
        `${reach}; ${thick}. The probe was exposed ${ratio} times longer, it seems, and the dose is its counts over ${ratio}. Record the probe as the patterns.`,
      ],
    };
  }
  return {
    ...sum,
    said: [
      `${reach}; ${thick}. The probe was exposed about ${decimalLabel(1 / share, 1)} times longer, it seems: the dose is the sum of the patterns instead. Record the probe as the patterns.`,
    ],
  };
}

/** Thickness that lets a share through to the detector [nm], by its order of magnitude. */
function letThrough_nm(share: number, { a_A, voltage_kV, outer_mrad }: Exposed): number {
  const relative = 1 + (1000 * voltage_kV) / ELECTRON_REST_EV;
  const alpha = outer_mrad / 1000;
  const sigma_A2 =
    (SUM_Z2 * wavelength(voltage_kV) ** 4 * relative ** 2) / (4 * Math.PI ** 3 * BOHR_A ** 2 * alpha ** 2);
  const thickness_nm = (-Math.log(share) * a_A ** 3) / sigma_A2 / 10;
  return Number(thickness_nm.toPrecision(1));
}

const SUM_Z2 = 56 ** 2 + 22 ** 2 + 3 * 8 ** 2;
const BOHR_A = 0.529177;
