/**
 * What makes σ honest: factors by which the σ that a model states is multiplied so that value ± factor·σ holds the truth in 68 and in 95 of 100 patterns of
 * structures that it never saw. Split conformal prediction on the ratios |error|/σ (Lei, G'Sell, Rinaldo, Tibshirani, Wasserman 2018, section 5.2), where
 * the exchangeable unit is the structure, not the pattern: patterns of one structure share its disorder, and 300 of them are not 300 trials.
 *
 * With K structures of n_k patterns each, the factor of level c is the smallest t for which
 *
 *     Σ_k Σ_i [r_ki ≤ t] / (K n_k) ≥ c.
 *
 * Whatever the structures are like, if the next one is drawn as these were, at least c·K/(K + 1) of its patterns are covered on average: the K + 1 st
 * structure may be the worst of them (Lee, Barber, Willett 2023, "Distribution-free inference with hierarchical data", theorem 1, solved for the level that t is
 * the quantile of). Factors that promise c itself would be infinite for 95% and fewer than 19 structures. What is to be expected is nearer to c: it is measured by
 * leaving out one structure at a time.
 *
 * What this is not: a promise for patterns unlike the library's (domain.ts), or for one position: coverage is an average over patterns.
 */

import * as z from 'zod';
import { count, type Options, ordered, positive } from '../core/schema.ts';

/** Shares of patterns that the two intervals shall cover. */
export const LEVELS = [0.68, 0.95] as const;

const size = z.number().nonnegative();
const perLevel = z.tuple([size, size]);

/** As a model file states it. Pairs are for the two levels. */
export const calibrationOfSigma = z.object({
  /** What is multiplied: σ as the network states it, or the rms error joined with the spread of two looks. */
  sigma: z.enum(['network', 'rmse']),
  /** Held-out structures and patterns that the factors come from. */
  structures: count,
  patterns: count,
  labels: z.array(
    z.object({
      name: z.string(),
      factors: ordered(perLevel),
      /** By what σ is multiplied before that, at doses from the least to the greatest of the training (dose-scale.ts); absent where it was trained without noise or at one dose, and before format 5. */
      by_dose: z.array(positive).min(2).optional(),
      /** Half-widths of the intervals of somebody who knows only how the label is distributed over what was trained on, in its unit: the null of every σ (prior.ts). */
      prior: ordered(perLevel),
      /** What the answers to held-out patterns are worth beside that (told.ts) [nats]; models that state no σ, and those of before it, do not say. */
      gain: z.object({ nats: z.number(), error: size }).optional(),
      /** Share of patterns covered, each structure by factors from the others, and its standard deviation over structures; of one structure unknown. */
      coverage: perLevel.optional(),
      spread: perLevel.optional(),
      /** Share of the variance of its errors that positions of one map have in common (shared-errors.ts); models of before it do not say. */
      shared: z.number().min(0).max(1).optional(),
    }),
  ),
});
export type SigmaCalibration = Options<typeof calibrationOfSigma>;

/** Coverage that is promised of a level with K structures, whatever they are like. */
export function promised(level: number, structures: number): number {
  return (level * structures) / (structures + 1);
}

/** |error|/σ; an exact answer is covered by any σ. */
export function ratioOf(error: number, sigma: number): number {
  return error === 0 ? 0 : Math.abs(error) / sigma;
}

/** The factor of a level. @param ratios [structures][patterns], none empty */
export function conformalFactor(ratios: readonly (readonly number[])[], level: number): number {
  const weighted = ratios.flatMap((own) => own.map((ratio) => [ratio, 1 / (ratios.length * own.length)] as const));
  weighted.sort(([a], [b]) => a - b);
  let share = 0;
  for (const [ratio, weight] of weighted) {
    share += weight;
    // Shares are sums of many weights: rounding is not to cost a pattern.
    if (share >= level - 1e-9) return ratio;
  }
  return weighted.at(-1)![0];
}

/** Mean over structures of the share of patterns whose ratio is at most `factor(k)`, and its standard deviation over structures. */
export function coverageOf(
  ratios: readonly (readonly number[])[],
  factor: (structure: number) => number,
): { readonly mean: number; readonly spread: number } {
  const shares = ratios.map((own, k) => {
    const most = factor(k);
    return own.filter((ratio) => ratio <= most).length / own.length;
  });
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  const square = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(square / Math.max(1, shares.length - 1)) };
}

/**
 * Factors of one label with the coverage that leaving out one structure at a time gives.
 * @param ratios [structures][patterns], none empty
 * @param prior half-widths of somebody who sees no pattern, in the label's unit
 */
export function calibrateLabel(
  name: string,
  ratios: readonly (readonly number[])[],
  prior: readonly [number, number],
): SigmaCalibration['labels'][number] {
  const pair = (f: (level: number) => number): [number, number] => [f(LEVELS[0]), f(LEVELS[1])];
  const factors = pair((level) => conformalFactor(ratios, level));
  if (ratios.length < 2) return { name, factors, prior };
  const left = LEVELS.map((level) =>
    coverageOf(ratios, (k) =>
      conformalFactor(
        ratios.filter((_, other) => other !== k),
        level,
      ),
    ),
  );
  return {
    name,
    factors,
    prior,
    coverage: [left[0]!.mean, left[1]!.mean],
    spread: [left[0]!.spread, left[1]!.spread],
  };
}
