/**
 * How far a map is from a truth map, channel by channel:
 *
 *     error eᵢ = mapᵢ − truthᵢ,   MAE = ⟨|e|⟩,   RMSE = √⟨e²⟩,   bias = ⟨e⟩,   r = Pearson correlation,
 *
 * over the positions where both are measured (finite), in the channel's unit. `truth_sd`, the standard deviation of the
 * truth, is the RMSE of someone who only knows the truth's mean: an RMSE near it means that nothing was measured.
 */

import { correlation } from '../core/correlation.ts';
import { fail } from '../core/errors.ts';
import type { PolarizationMap } from './polarization-map.ts';
import { findChannel } from './polarization-map.ts';

export interface ChannelScore {
  readonly name: string;
  readonly unit: string;
  /** Positions compared. */
  readonly count: number;
  readonly mae: number;
  readonly rmse: number;
  /** Mean of map − truth. */
  readonly bias: number;
  /** Pearson correlation; NaN when the map or the truth is constant. */
  readonly correlation: number;
  /** Standard deviation of the truth over the positions compared. */
  readonly truth_sd: number;
  /** Root mean square of error/sigma: 1 when the stated uncertainties are honest. Only when the map states them. */
  readonly pull_rms?: number | undefined;
  /** Shares of positions whose truth lies within value ± σ and within ± k95·σ: 0.68 and 0.95 are stated. Only where the map states them. */
  readonly covered_68?: number | undefined;
  readonly covered_95?: number | undefined;
}

/** Scores two equally long series. @param k95 coverage factor of the 95% interval @throws 'shape' */
export function scoreValues(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  sigma?: ArrayLike<number>,
  k95?: number,
): Omit<ChannelScore, 'name' | 'unit'> {
  if (predicted.length !== truth.length || (sigma && sigma.length !== truth.length)) {
    fail('shape', `${predicted.length} values against ${truth.length} true ones.`, 'Compare maps of the same scan.');
  }
  const used: number[] = [];
  for (let i = 0; i < truth.length; i++) if (Number.isFinite(predicted[i]! - truth[i]!)) used.push(i);
  const mean = (f: (i: number) => number): number => used.reduce((sum, i) => sum + f(i), 0) / used.length;
  const error = (i: number): number => predicted[i]! - truth[i]!;
  const meanT = mean((i) => truth[i]!);
  const varianceT = mean((i) => (truth[i]! - meanT) ** 2);
  const score = {
    count: used.length,
    mae: mean((i) => Math.abs(error(i))),
    rmse: Math.sqrt(mean((i) => error(i) ** 2)),
    bias: mean(error),
    correlation: correlation(
      used.map((i) => predicted[i]!),
      used.map((i) => truth[i]!),
    ),
    truth_sd: Math.sqrt(varianceT),
  };
  if (!sigma) return score;
  const covered = (k: number): number => mean((i) => (Math.abs(error(i)) <= k * sigma[i]! ? 1 : 0));
  return {
    ...score,
    pull_rms: Math.sqrt(mean((i) => (error(i) / sigma[i]!) ** 2)),
    ...(k95 !== undefined && { covered_68: covered(1), covered_95: covered(k95) }),
  };
}

/** Scores every channel that both maps have, in the map's order. @throws 'shape', 'model-mismatch' */
export function scoreMap(map: PolarizationMap, truth: PolarizationMap): ChannelScore[] {
  if (map.shape[0] !== truth.shape[0] || map.shape[1] !== truth.shape[1]) {
    fail(
      'shape',
      `The map has ${map.shape.join(' × ')} positions, the truth ${truth.shape.join(' × ')}.`,
      'Compare maps of the same scan.',
      { map: map.shape, truth: truth.shape },
    );
  }
  return map.channels.flatMap((channel) => {
    const other = findChannel(truth, channel.name);
    if (!other) return [];
    if (other.unit !== channel.unit) {
      fail(
        'model-mismatch',
        `${channel.name} is in ${channel.unit} in the map and in ${other.unit} in the truth.`,
        'Bring both to one unit.',
        { name: channel.name },
      );
    }
    return [
      {
        name: channel.name,
        unit: channel.unit,
        ...scoreValues(channel.values, other.values, channel.sigma, channel.k95),
      },
    ];
  });
}
