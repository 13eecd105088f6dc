/**
 * Parts of reports about maps: the table of scores, the table of held-out errors, both beside the error of knowing only the mean, and what is known of
 * P along the beam.
 */

import { percent, plural, quantity, unitLabel } from '../core/numbers.ts';
import { noBetterThanMean, tellsNothing } from '../polarization/abstention.ts';
import { findChannel, type PolarizationMap } from '../polarization/polarization-map.ts';
import type { ChannelScore } from '../polarization/score.ts';
import { channelHtml } from './labels.ts';
import type { Cell, ReportTable } from './report.ts';
import { quantile } from './scale.ts';

function verdict(rmse: number, meanOnly: number): string {
  if (meanOnly === 0) return 'the truth is constant';
  return noBetterThanMean(rmse, meanOnly) ? 'no better than the mean' : '';
}

/** A map against its truth, one row per channel. */
export function scoreTable(scores: readonly ChannelScore[]): ReportTable {
  const pulls = scores.some(({ pull_rms }) => pull_rms !== undefined);
  const covers = scores.some(({ covered_68 }) => covered_68 !== undefined);
  return {
    caption: `Map against truth. Mean only: the RMSE of knowing nothing but the truth’s mean, its standard deviation. r: Pearson correlation.${
      pulls ? ' Error/σ: root mean square, about 1 where the stated σ is honest.' : ''
    }${covers ? ' In 68%, in 95%: positions whose truth lies in the stated interval.' : ''}`,
    columns: [
      ...['Channel', 'Unit', 'MAE', 'RMSE', 'Mean only', 'Bias', 'r'].map((label) => ({ label })),
      ...(pulls ? [{ label: 'Error/σ' }] : []),
      ...(covers ? [{ label: 'In 68%' }, { label: 'In 95%' }] : []),
      { label: 'Positions' },
      { label: '' },
    ],
    rows: scores.map((s): Cell[] => [
      { html: channelHtml(s.name) },
      unitLabel(s.unit),
      s.mae,
      s.rmse,
      s.truth_sd,
      s.bias,
      s.correlation,
      ...(pulls ? [s.pull_rms ?? Number.NaN] : []),
      ...(covers ? [s.covered_68, s.covered_95].map((share) => (share === undefined ? '' : percent(share, 2))) : []),
      s.count,
      verdict(s.rmse, s.truth_sd),
    ]),
  };
}

/**
 * What a map states of its values, one row per channel: median σ beside σ of somebody who knows only the prior's mean, the factor of the 95% interval, and the share of
 * positions whose value carries no information.
 */
export function sigmaTable(map: PolarizationMap): ReportTable {
  const { coverage, abstained = [], calibration_error: errors = [] } = map.meta;
  return {
    caption: `Value ± σ is the 68% interval, value ± k₉₅σ the 95% one. Prior: σ of knowing nothing but the mean of the structures that the model was made for; where σ is not smaller, a value carries no information.${
      errors.length > 0
        ? ' Calibration: what the stated errors of pixel, ellipse, rotation and centre do to it, a part of σ that is the same way at all positions.'
        : ''
    }${
      coverage
        ? ` Calibrated on ${plural(coverage.structures, 'held-out structure')}: whatever structures are like, ${percent(coverage.promised_68, 2)} and ${percent(coverage.promised_95, 2)} are promised.`
        : ''
    }`,
    columns: ['Channel', 'Unit', 'σ, median', 'Calibration', 'Prior', 'k₉₅', 'No information', ''].map((label) => ({
      label,
    })),
    rows: map.channels.flatMap(({ name, unit, sigma, k95, prior }): Cell[][] => {
      if (!sigma) return [];
      const known = sigma.filter(Number.isFinite);
      const idle =
        prior === undefined ? undefined : known.filter((one) => tellsNothing(one, prior)).length / known.length;
      const abstains = abstained.some((one) => one.name === name);
      return [
        [
          { html: channelHtml(name) },
          unitLabel(unit),
          quantile(sigma, 0.5),
          errors.find((one) => one.name === name)?.sigma ?? Number.NaN,
          prior ?? Number.NaN,
          k95 ?? Number.NaN,
          idle === undefined ? '' : percent(idle, 2),
          abstains ? 'not measured' : '',
        ],
      ];
    }),
  };
}

/** Errors of the model for one label on structures that it never saw, in the label's unit. */
function heldOutVerdict(meanOnly: number | undefined, tells: boolean | undefined): string {
  if (meanOnly === 0) return 'the truth is constant';
  return tells === false ? 'no better than the mean' : '';
}

export interface HeldOutRow {
  readonly name: string;
  readonly unit: string;
  /** As simulated. */
  readonly noiseFree: { readonly mae: number };
  /** With noise, blur and background as in training. */
  readonly asTrained: { readonly mae: number; readonly rmse: number };
  /** The rms error of knowing only the label's mean over the held-out patterns, their standard deviation; left out where the model does not tell. */
  readonly meanOnly?: number | undefined;
  /** Whether the model tells the label at all (network/told.ts), where it says. */
  readonly told?: boolean | undefined;
}

/** The model's errors, one row per label; beside them, where it is known, that of knowing only the mean. */
export function heldOutTable(rows: readonly HeldOutRow[]): ReportTable {
  const known = rows.some(({ meanOnly }) => meanOnly !== undefined);
  return {
    caption: `Errors on held-out structures, noise-free and as trained (noise, blur, background); the RMSE as trained is the least σ of the map.${
      known
        ? ' Mean only: the RMSE of knowing nothing but the label’s mean.'
        : ' The model file does not hold what knowing only the mean would give.'
    }`,
    columns: [
      ...['Label', 'Unit', 'MAE, noise-free', 'MAE, as trained', 'RMSE, as trained'].map((label) => ({ label })),
      ...(known ? [{ label: 'Mean only' }, { label: '' }] : []),
    ],
    rows: rows.map(({ name, unit, noiseFree, asTrained, meanOnly, told: tells }): Cell[] => [
      { html: channelHtml(name) },
      unitLabel(unit),
      noiseFree.mae,
      asTrained.mae,
      asTrained.rmse,
      ...(known ? [meanOnly ?? Number.NaN, heldOutVerdict(meanOnly, tells)] : []),
    ]),
  };
}

/**
 * What is known of P along the beam: the map's own σ (its median) beside the spread of the structures that the model learned from. It states no limit
 * of the voltage, thickness and dose: that takes Fisher information.
 * @param priorSpread standard deviation of P_z over the held-out structures [the channel's unit], where the model tells it; the map's own prior wins
 */
export function alongBeamNote(map: PolarizationMap, priorSpread: number | undefined): string {
  const channel = findChannel(map, 'P_z');
  if (!channel) return 'The map has no P along the beam.';
  const { sigma, unit } = channel;
  // Half of a 68% interval, as σ is, where the map states it.
  const prior = channel.prior ?? priorSpread;
  const median = sigma ? quantile(sigma, 0.5) : undefined;
  const own = median === undefined ? 'The map states no σ of P_z' : `σ of P_z is ${quantity(median, unit)} (median)`;
  const spread =
    prior === undefined
      ? 'the model file does not hold how far P_z spreads over the structures it was made for, so that how much of P_z is measured is not known'
      : `over the structures the model was made for, P_z spreads by ${quantity(prior, unit)} (${channel.prior === undefined ? 'standard deviation' : 'half of its 68% interval'})`;
  return `Along the beam: ${own}; ${spread}. ${told(median, prior)}What this voltage, thickness and dose allow along the beam is not computed here.`;
}

function told(median: number | undefined, spread: number | undefined): string {
  if (median === undefined || spread === undefined) return '';
  if (noBetterThanMean(median, spread)) {
    return 'This P_z is what the model expects of such structures, not a measurement: knowing only their mean would be as good. ';
  }
  return `Of the variance of P_z, ${percent(1 - (median / spread) ** 2, 2)} is told by the patterns, if the specimen is like those structures. `;
}
