/**
 * From what a model states to what a map says: σ such that value ± σ holds the truth in 68 of 100 patterns of new structures, and the coverage factor k of
 * the 95% interval, value ± kσ (the expanded uncertainty of the GUM, JCGM 100:2008, 6.2). `conformal.ts` says what is promised and what is expected.
 *
 * Before calibration σ is what the network states for the pattern; where it states none, its rms error on held-out structures, in quadrature with the spread of its
 * answers over two looks. Models before format 3 have no factors: their σ is taken as it is, and k is not known.
 */

import type { Answers } from './answers.ts';
import { calibrateLabel, coverageOf, ratioOf, type SigmaCalibration } from './conformal.ts';
import { doseScale, scalesOf } from './dose-scale.ts';
import type { ModelInfo } from './model-info.ts';
import type { LabelPriors } from './prior.ts';
import { sharedErrors } from './shared-errors.ts';
import { type Gain, isGain } from './told.ts';

/** What a model says of one batch, [count][labels]. */
export type StatedSpread = Pick<Answers, 'spread' | 'sigma'>;

/** σ of one label of one pattern before calibration. @param at of the value in [count][labels] @param rmse of the label on held-out structures @param scale by its dose (dose-scale.ts) */
export function uncalibrated({ spread, sigma }: StatedSpread, at: number, rmse: number, scale: number): number {
  return scale * (sigma.length > 0 ? sigma[at]! : Math.hypot(rmse, spread[at]!));
}

/** f(at) of each pattern, whose value of the label stands at `at` in [count][labels], as [structures][patterns], each structure's in order. */
function byStructure(answers: Answers, label: number, width: number, f: (at: number) => number): number[][] {
  const found = new Map<number, number[]>();
  for (let i = 0; i < answers.count; i++) {
    const own = found.get(answers.structure[i]!);
    if (own) own.push(f(i * width + label));
    else found.set(answers.structure[i]!, [f(i * width + label)]);
  }
  return [...found.values()];
}

/** Ratios |error|/σ of one label, [structures][patterns], σ before calibration. @param width number of labels @param rmse of the label on held-out structures @param scale of σ by dose [electrons per pattern] */
export function ratiosOf(
  answers: Answers,
  label: number,
  width: number,
  rmse: number,
  scale: (dose_e: number) => number,
): number[][] {
  return byStructure(answers, label, width, (at) => {
    const own = scale(answers.dose_e[(at - label) / width]!);
    return ratioOf(answers.mean[at]! - answers.truth[at]!, uncalibrated(answers, at, rmse, own));
  });
}

/**
 * Factors from answers to held-out patterns under the noise of training. Of a label that is not told, and so answered with its mean, the intervals are those of the prior:
 * trained structures, which are many, say how wide they are.
 * @param scores of the same answers
 * @param gains of the network's own answers, by label; none of one that states no σ
 * @param atDoses answers to the same patterns at each of `scaledDoses` of the training's range
 */
export function calibrateSigma(
  answers: Answers,
  scores: ModelInfo['scores']['training'],
  priors: LabelPriors,
  gains: readonly Gain[],
  { range, atDoses }: { readonly range: ModelInfo['dose_e']; readonly atDoses: readonly Answers[] },
): SigmaCalibration {
  const width = scores.length;
  const shared = sharedErrors(
    answers,
    scores.map(({ name }) => name),
  );
  const labels = scores.map(({ name, rmse }, label) => {
    const prior = priors.halves[label]!;
    const gain = gains[label];
    const untold = gain !== undefined && !isGain(gain);
    const plain = (of: Answers) => ratiosOf(of, label, width, rmse, () => 1);
    const by_dose = untold ? undefined : scalesOf(atDoses.map(plain));
    const ratios = ratiosOf(answers, label, width, rmse, (dose) => doseScale(by_dose, range, dose));
    const own = calibrateLabel(name, ratios, [...prior]);
    const calibrated = untold ? asThePrior(own, ratios, answers.sigma[label]!) : own;
    return {
      ...calibrated,
      ...(by_dose && { by_dose }),
      ...(gain && { gain }),
      ...(shared && { shared: shared[label]! }),
    };
  });
  return {
    sigma: answers.sigma.length > 0 ? 'network' : 'rmse',
    structures: new Set(answers.structure).size,
    patterns: answers.count,
    labels,
  };
}

/** Of a label that is answered with its mean, factors that make its intervals those of the prior, and what these cover. @param stated σ of every pattern */
function asThePrior(
  { name, prior, coverage }: SigmaCalibration['labels'][number],
  ratios: readonly (readonly number[])[],
  stated: number,
): SigmaCalibration['labels'][number] {
  const factors: [number, number] = [prior[0] / stated, prior[1] / stated];
  if (!coverage) return { name, factors, prior };
  const [at68, at95] = factors.map((factor) => coverageOf(ratios, () => factor));
  return { name, factors, prior, coverage: [at68!.mean, at95!.mean], spread: [at68!.spread, at95!.spread] };
}

/** How a label's σ is made of what the model states. */
export interface SigmaRule {
  /** By which σ before calibration is multiplied, beside what its dose does [electrons per pattern]. */
  readonly factor: number;
  readonly scale: (dose_e: number) => number;
  /** Of the 95% interval; undefined where the model does not say. */
  readonly k95: number | undefined;
  readonly rmse: number;
  /** σ of somebody who sees no pattern: half of the label's 68% interval over what was trained on, or its standard deviation over held-out structures where the model does not say. */
  readonly prior: number;
  /** Share of the variance of its errors that positions of one map have in common; undefined where the model does not say. */
  readonly shared: number | undefined;
}

/** The rule of a label; undefined where the model file holds no score of it. */
export function sigmaRule({ scores, uncertainty, dose_e }: ModelInfo, name: string): SigmaRule | undefined {
  const score = scores.training.find((one) => one.name === name);
  if (!score) return undefined;
  const { rmse } = score;
  const calibrated = uncertainty?.labels.find((one) => one.name === name);
  const scale = (dose: number) => doseScale(calibrated?.by_dose, dose_e, dose);
  if (!calibrated) return { factor: 1, scale, k95: undefined, rmse, prior: score.meanOnly ?? rmse, shared: undefined };
  const [f68, f95] = calibrated.factors;
  // A constant label is known exactly.
  return {
    factor: f68,
    scale,
    k95: f68 > 0 ? f95 / f68 : 1,
    rmse,
    prior: calibrated.prior[0],
    shared: calibrated.shared,
  };
}
