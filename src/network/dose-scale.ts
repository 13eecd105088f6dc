/**
 * How σ goes with the dose. A network that was trained on a range of doses sees of the counting noise of one pattern little more than that there is some, and states nearly one σ for
 * all: right on average over the range, too small at its least dose and too large at its greatest. What the dose is a map knows, so σ is multiplied by g(dose): the 68% quantiles of
 * |error|/σ of the held-out patterns under noise of just this dose, at {@link DOSES} doses in equal ratios over the range, ln g interpolated over ln dose. Beyond the range g is that
 * of its end: the marks say the rest (marks.ts).
 */

import { conformalFactor, LEVELS } from './conformal.ts';

/** Doses that g is measured at. */
const DOSES = 5;

/** Least and greatest dose of a training [electrons per pattern]. */
export type DoseRange = readonly [least: number, most: number];

/** The doses that g is measured at [electrons per pattern]; none for a training without noise, or at one dose. */
export function scaledDoses(range: DoseRange | null): number[] {
  if (!range || range[0] === range[1]) return [];
  return Array.from({ length: DOSES }, (_, i) => range[0] * (range[1] / range[0]) ** (i / (DOSES - 1)));
}

/** g at a dose [electrons per pattern]. @param g at doses in equal ratios over the range; 1 where there are none */
export function doseScale(g: readonly number[] | undefined, range: DoseRange | null, dose_e: number): number {
  if (!g || !range) return 1;
  const share = Math.log(dose_e / range[0]) / Math.log(range[1] / range[0]);
  const at = Math.min(1, Math.max(0, share)) * (g.length - 1);
  const below = Math.min(Math.floor(at), g.length - 2);
  return g[below]! * (g[below + 1]! / g[below]!) ** (at - below);
}

/** g of a label; undefined where there are no doses or one of them is 0, as of a label of one value. @param ratios |error|/σ at each dose, [doses][structures][patterns] */
export function scalesOf(ratios: readonly (readonly (readonly number[])[])[]): number[] | undefined {
  const g = ratios.map((own) => conformalFactor(own, LEVELS[0]));
  return g.length > 0 && g.every((one) => one > 0) ? g : undefined;
}
