/** Parts that most reports share: the table of scores, the table of held-out errors, and what limits P_z. */

import { countLabel, numberLabel, unitLabel } from '../core/numbers.ts';
import type { MapProvenance, PolarizationMap } from '../polarization/polarization-map.ts';
import { findChannel, usualUnit } from '../polarization/polarization-map.ts';
import type { ChannelScore } from '../polarization/score.ts';
import { channelHtml } from './labels.ts';
import type { ReportTable } from './report.ts';

/** A map against its truth, one row per channel. */
export function scoreTable(scores: readonly ChannelScore[]): ReportTable {
  return {
    caption:
      'Map against truth. Spread: standard deviation of the truth, the RMSE of knowing only its mean. r: Pearson correlation.',
    columns: ['Channel', 'Unit', 'MAE', 'RMSE', 'Bias', 'r', 'Spread', 'Positions'].map((label) => ({ label })),
    rows: scores.map((s) => [
      { html: channelHtml(s.name) },
      unitLabel(s.unit),
      s.mae,
      s.rmse,
      s.bias,
      s.correlation,
      s.truth_sd,
      s.count,
    ]),
  };
}

/** The model's mean absolute errors on structures that it never saw, one row per label of the map. */
export function heldOutTable(map: PolarizationMap, meta: MapProvenance = map.meta): ReportTable {
  return {
    caption: 'Mean absolute error of the model on held-out structures.',
    columns: [{ label: 'Label' }, { label: 'Unit' }, { label: 'MAE' }],
    rows: Object.entries(meta.held_out_mae).map(([name, mae]) => [
      { html: channelHtml(name) },
      unitLabel(findChannel(map, name)?.unit ?? usualUnit(name)),
      mae,
    ]),
  };
}

export interface PzLimit {
  /** Mean electrons per pattern. */
  readonly dose_e: number;
  /** Cramér–Rao limit (one standard deviation) of δTi along the beam at 10⁶ electrons per pattern [pm]; default 7.7. */
  readonly limit_pm_at_1e6?: number;
  /** What the limit assumes; default 'whole atoms, 50 nm, everything else free'. */
  readonly conditions?: string;
  /** Polarization per displacement of Ti [µC/cm² per pm]; when given, the limit is also said in µC/cm². */
  readonly uC_cm2_per_pm?: number;
}

/** One statement of what the dose allows along the beam: σ = limit·√(10⁶/dose). */
export function pzLimitNote(limit: PzLimit): string {
  const {
    dose_e,
    limit_pm_at_1e6 = 7.7,
    conditions = 'whole atoms, 50 nm, everything else free',
    uC_cm2_per_pm,
  } = limit;
  const sigma = limit_pm_at_1e6 * Math.sqrt(1e6 / dose_e);
  const asP = uC_cm2_per_pm === undefined ? '' : `, ${numberLabel(sigma * uC_cm2_per_pm, 2)}\u00a0µC/cm² of P`;
  const dose = dose_e < 1e6 ? countLabel(Math.round(dose_e)) : numberLabel(dose_e, 2);
  return (
    `Along the beam: at ${dose} electrons per pattern the Cramér–Rao limit for δTi is about ${numberLabel(sigma, 2)}\u00a0pm` +
    `${asP} per pattern (${conditions}). A P_z that looks more certain than this is the network's prior, not a measurement; ` +
    'averages over like positions, a higher dose or a second zone axis would measure it.'
  );
}
