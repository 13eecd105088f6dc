/**
 * Whether a model tells a label at all: what its answers to held-out patterns are worth beside knowing only how the label was distributed over what was trained on, with
 * errors weighed by the σ that is stated for each pattern. An rms error over all patterns does not see a label that is told of some of them and of others not: P along the beam
 * of a tetragonal crystal is known where a domain lies in the plane, and its sign is not where one lies along the beam.
 *
 *     g = ln(σ₀U) + d²/2σ₀²U² − ln(σS) − e²/2σ²S²     [nats]
 *
 * the gain in logarithmic score (Good 1952; Gneiting and Raftery 2007, 4.1) of N(answer, σ²S²) over N(mean, σ₀²U²); d and e are what the truth is off the mean and the answer, σ₀ the label's
 * standard deviation over what was trained on, U and S the rms of d/σ₀ and e/σ where they exceed 1: both are forgiven σ that are too small, so that a network that answers with the
 * mean and its deviation gains exactly 0, and neither is credited with σ that turn out too large, so that it does not gain from held-out structures that vary little.
 */

import type { Answers } from './answers.ts';
import type { ModelInfo } from './model-info.ts';
import type { LabelPriors } from './prior.ts';
import type { Sharing } from './sharing.ts';

/** An rms error from this share of 'knowing only the mean' on counts as no better than that: 2 % of the variance is told at most. */
const NO_BETTER = 0.99;
/** The same in nats, −ln NO_BETTER. */
const NO_GAIN = 0.01;

/** Whether an rms error is that of somebody who knows only the mean, whose rms error is the standard deviation of the truth. */
export function noBetterThanMean(rmse: number, meanOnly: number): boolean {
  return rmse >= NO_BETTER * meanOnly;
}

/** Mean over structures and its standard error [nats]; the error is 0 of one structure. */
export interface Gain {
  readonly nats: number;
  readonly error: number;
}

/** Whether a gain is more than none, and than chance among the structures. */
export function isGain({ nats, error }: Gain): boolean {
  return nats > NO_GAIN + error;
}

/**
 * g of every label. What symmetry operations turn into each other, a network that shares weights among them tells alike: such labels have the mean of theirs.
 * @param answers of a network that states σ
 */
export function gainsOf(answers: Answers, priors: LabelPriors, sharing: Pick<Sharing, 'from'> | undefined): Gain[] {
  const own = priors.halves.map((_, label) => gainOf(answers, label, priors));
  return own.map((gain, label) => {
    const alike = sharing ? [...new Set(sharing.from.map((from) => from[label]!))].map((one) => own[one]!) : [gain];
    const mean = (of: (one: Gain) => number) => alike.reduce((sum, one) => sum + of(one), 0) / alike.length;
    return { nats: mean(({ nats }) => nats), error: mean(({ error }) => error) };
  });
}

function gainOf(answers: Answers, label: number, { mean, deviation, halves }: LabelPriors): Gain {
  const { count, structure, truth, sigma } = answers;
  if (halves[label]![1] === 0) return { nats: 0, error: 0 };
  const width = halves.length;
  const groups = [...Map.groupBy(Array(count).keys(), (i) => structure[i]!).values()];
  const over = (own: readonly number[], f: (at: number) => number) =>
    own.reduce((sum, i) => sum + f(i * width + label), 0) / own.length;
  const overAll = (f: (at: number) => number) => groups.reduce((sum, own) => sum + over(own, f), 0) / groups.length;
  const known = deviation[label]!;
  const off = (at: number) => ((truth[at]! - mean[label]!) / known) ** 2;
  const error = (at: number) => ((truth[at]! - answers.mean[at]!) / sigma[at]!) ** 2;
  const [u, s] = [Math.max(1, overAll(off)), Math.max(1, overAll(error))];
  const gains = groups.map((own) =>
    over(own, (at) => Math.log(known / sigma[at]!) + Math.log(u / s) / 2 + off(at) / (2 * u) - error(at) / (2 * s)),
  );
  const nats = gains.reduce((a, b) => a + b, 0) / gains.length;
  const square = gains.reduce((sum, g) => sum + (g - nats) ** 2, 0);
  return { nats, error: gains.length > 1 ? Math.sqrt(square / (gains.length - 1) / gains.length) : 0 };
}

/** Whether a model tells a label, as its file states it; one that states no gain, by its rms error; undefined where it states neither. */
export function isTold(
  { scores, uncertainty }: Pick<ModelInfo, 'scores' | 'uncertainty'>,
  name: string,
): boolean | undefined {
  const gain = uncertainty?.labels.find((one) => one.name === name)?.gain;
  if (gain) return isGain(gain);
  const score = scores.training.find((one) => one.name === name);
  return score?.meanOnly === undefined ? undefined : !noBetterThanMean(score.rmse, score.meanOnly);
}
