/**
 * Values that carry no information. Where σ of a component is as large as that of somebody who knows only the mean over the structures that the model was made for (its
 * prior), the value is what such structures are like, not a measurement: the map abstains there. That is a result, not an error: one zone-axis pattern at 1e6 electrons
 * does not measure P along the beam. Nor does a model measure what it was taught one value of, such as the thickness of a library of one.
 *
 * What this is not: a limit of what any method could tell; that takes Fisher information.
 */

import { percent, quantity } from '../core/numbers.ts';
import type { MapWarning } from './fit.ts';
import type { Abstention, MapChannel } from './polarization-map.ts';

export { noBetterThanMean } from '../network/told.ts';

/** A σ from this share of the prior's on tells nothing: a tenth of the variance at most, which a σ from a few held-out structures cannot tell from none. */
const NOTHING = 0.95;
/** A σ that is the prior itself, but for rounding: the model's file answers with the mean (network/told.ts). */
const SAME = 1e-4;
/** Share of positions from which on it is said of the component. */
const SAID = 0.5;

/** Whether a value of this σ carries no information. */
export function tellsNothing(sigma: number, prior: number): boolean {
  return sigma >= NOTHING * prior;
}

/**
 * Channels whose values carry no information at half of the positions or more.
 * @param channels with σ as the model states it, not widened where it does not fit
 * @param untold names of labels that the model tells no better than their mean: their values carry none anywhere
 */
export function abstentions(channels: readonly MapChannel[], untold: readonly string[]): Abstention[] {
  return channels.flatMap(({ name, unit, sigma, prior }) => {
    if (!sigma || prior === undefined) return [];
    // Positions that are not of the crystal have no σ.
    const sorted = sigma.filter(Number.isFinite).toSorted();
    const share = untold.includes(name) ? 1 : sorted.filter((one) => tellsNothing(one, prior)).length / sorted.length;
    return sorted.length > 0 && share >= SAID ? [{ name, unit, share, sigma: sorted[sorted.length >> 1]!, prior }] : [];
  });
}

/** One line each, for terminal and report. */
export function abstentionWarnings(list: readonly Abstention[]): MapWarning[] {
  return list.map(({ name, unit, share, sigma, prior }) => ({
    level: 'care',
    text:
      prior === 0
        ? `${name} is not measured: all patterns that the model learned from have one value of it, which it answers whatever the scan is.`
        : share === 1 && Math.abs(sigma / prior - 1) < SAME
          ? `${name} is not measured: patterns tell this model nothing of it, and it answers each with the mean of the structures that it learned from, ± ${quantity(prior, unit)}.`
          : `${name} is not measured at ${percent(share, 2)} of the positions: σ is ${quantity(sigma, unit)} (median), and knowing only the mean of the structures that the model learned from gives ${quantity(prior, unit)}.`,
  }));
}
