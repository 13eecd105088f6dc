/** How well a method tells vectors in the plane: both components together, in the unit that they have. */

import { scoreValues } from './score.ts';

export interface VectorScore {
  /** Components compared: two a position, where both are measured. */
  readonly count: number;
  readonly mae: number;
  readonly rmse: number;
  /** Pearson's r, and the slope of the predicted on the true components: 1 where nothing is shrunk. */
  readonly correlation: number;
  readonly slope: number;
  /** What knowing only the mean of the true components would give. */
  readonly mean_only_mae: number;
  readonly mean_only_rmse: number;
  /** Rms of error/σ, where the method states σ: 1 where it holds all of the error. */
  readonly pull_rms?: number | undefined;
}

/** @param predicted and truth [positions][x, y] @throws 'shape' */
export function scoreVectors(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  sigma?: ArrayLike<number>,
): VectorScore {
  const { count, mae, rmse, correlation, truth_sd, pull_rms } = scoreValues(predicted, truth, sigma);
  const used = Array.from(truth, (_, i) => i).filter((i) => Number.isFinite(predicted[i]! - truth[i]!));
  const mean = (f: (i: number) => number) => used.reduce((sum, i) => sum + f(i), 0) / used.length;
  const [meanP, meanT] = [mean((i) => predicted[i]!), mean((i) => truth[i]!)];
  return {
    count,
    mae,
    rmse,
    correlation,
    slope: mean((i) => (predicted[i]! - meanP) * (truth[i]! - meanT)) / truth_sd ** 2,
    mean_only_mae: mean((i) => Math.abs(truth[i]! - meanT)),
    mean_only_rmse: truth_sd,
    ...(pull_rms !== undefined && { pull_rms }),
  };
}
