/**
 * What somebody knows of a label who sees no pattern: how it is distributed over the structures that the model was trained on. Not over held-out ones: a handful of them
 * may lack what a specimen has, such as the domains along x of a material with four sorts of them, and σ of such a prior would call a measured component unmeasured.
 */

import { conformalFactor, LEVELS } from './conformal.ts';
import type { LabelScaling } from './export.ts';
import type { Sharing } from './sharing.ts';

export interface LabelPriors {
  /** Of what was trained on, [labels] each, in the labels' units. */
  readonly mean: ArrayLike<number>;
  readonly deviation: ArrayLike<number>;
  /**
   * Half-widths of the intervals about the mean that hold 68 and 95 of 100 trained labels, [labels], the first no less than the deviation: of six sorts of domains two in three have
   * next to nothing of a component, and what 68 of 100 have would be that or the whole, by chance. 0 where a label has one value.
   */
  readonly halves: readonly (readonly [number, number])[];
}

/**
 * @param labels of trained patterns, [patterns][labels]; at least one pattern
 * @param sharing the symmetry operations that a training draws, or that weights share: it has seen with each pattern its turned and mirrored ones, and a component in the plane along either axis
 */
export function priorsOf(
  labels: Float32Array,
  { mean, deviation }: LabelScaling,
  sharing: Pick<Sharing, 'from' | 'sign'> | undefined,
): LabelPriors {
  const width = mean.length;
  const identity = { from: [[...Array(width).keys()]], sign: [new Array<number>(width).fill(1)] };
  const { from, sign } = sharing ?? identity;
  const halves = Array.from({ length: width }, (_, label) => {
    const away = from.flatMap((own, h) =>
      Array.from({ length: labels.length / width }, (__, i) =>
        Math.abs(sign[h]![label]! * labels[i * width + own[label]!]! - mean[label]!),
      ),
    );
    // A label that does not vary: its mean is rounded.
    const still = away.every((d) => d <= 1e-6 * Math.abs(mean[label]!));
    if (still) return [0, 0] as const;
    const at68 = Math.max(conformalFactor([away], LEVELS[0]), deviation[label]!);
    return [at68, Math.max(at68, conformalFactor([away], LEVELS[1]))] as const;
  });
  return { mean, deviation, halves };
}
