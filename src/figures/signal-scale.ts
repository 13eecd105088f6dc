/** How a detector's signal is written: its unit, and the power of ten that keeps labels short. */

import { powerLabel } from '../core/numbers.ts';

/** What a detector or a pixel of a camera counts, per position. */
export type SignalUnit = 'fraction of the beam' | 'electrons';

export interface SignalScale {
  /** A multiple of three, 0 between 0.01 and 10⁴. */
  readonly power: number;
  /** 10⁻ᵖᵒʷᵉʳ: what values are multiplied by before they are drawn. */
  readonly factor: number;
  /** The unit of what is drawn: '10⁻³ of the beam'. */
  readonly words: string;
}

/** The power of ten to take out of signals up to `top`: a multiple of three, 0 between 0.01 and 10⁴. */
export function signalPower(top: number): number {
  const short = top >= 0.01 && top < 1e4;
  return short || !(top > 0) ? 0 : 3 * Math.floor(Math.log10(top) / 3);
}

/** The scale for signals up to `top` [unit]. */
export function signalScale(top: number, unit: SignalUnit): SignalScale {
  const power = signalPower(top);
  const words = power === 0 ? unit : `${powerLabel(power)} ${unit.replace(/^fraction /, '')}`;
  return { power, factor: 10 ** -power, words };
}

/** How wide a scan may be before its lengths are given in nm instead of Å. */
const WIDEST_IN_ANGSTROM = 30;

/** The unit for lengths across a scan of the given extent [Å], and how many Å it has. */
export function lengthUnit(extent_A: number): { readonly unit: 'Å' | 'nm'; readonly angstrom: number } {
  return extent_A < WIDEST_IN_ANGSTROM ? { unit: 'Å', angstrom: 1 } : { unit: 'nm', angstrom: 10 };
}
