/** Walls and domains of an analysis, in both ways to find them: maps, misorientation, sizes (Fig. 4e, Extended Data Fig. 7 and 10e of the paper), with the sizes as CSV. */

import { percent } from '../core/numbers.ts';
import { wallLine } from '../findings/partition.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { densities } from './densities.ts';
import { fieldMap } from './field-map.ts';
import { histogramFigure } from './histogram-figure.ts';
import type { ReportSection } from './report.ts';
import { quantile, roundUp } from './scale.ts';
import type { WallLines } from './wall-lines.ts';

export function wallSection({ analysis, names, unit, ridges, files, figure }: AnalysisParts): ReportSection {
  const { series, states, film } = analysis;
  const { shape, step_nm } = series;
  /** σ_P of each state with these walls over it. */
  const variation = (title: string, walls: readonly WallLines[]) =>
    fieldMap({
      title,
      shape,
      step_nm,
      heads: names,
      rows: [
        {
          symbol: 'σ_P',
          unit,
          signed: false,
          panels: states.map(({ domains }, i) => ({ values: domains.walls.variation, mask: film, walls: walls[i] })),
        },
      ],
    });
  const byRidges = ridges.map((at, i) => ({
    at,
    strength: { symbol: 'σ_P', unit, values: states[i]!.domains.walls.variation },
    name: 'walls on ridges',
  }));
  const byChi2 = states.flatMap(({ domains: { merged } }) =>
    merged ? [{ at: wallLine(merged.partition), name: 'walls by χ² of neighbours' }] : [],
  );
  const angles = histogramFigure({
    symbol: 'misorientation',
    unit: 'deg',
    range: [0, 180],
    states: states.map(({ domains: { paper } }, i) => {
      const { histogram: found, fit, fwhm_error_deg } = paper.angles;
      const total = found.counts.reduce((sum, count) => sum + count, 0) || 1;
      const half = fit && fit.fwhm / 2;
      return {
        name: names[i]!,
        density: found.counts.map((count) => count / total / found.width),
        n: paper.angles.n,
        ...(fit &&
          half && {
            fwhm: {
              low: fit.centre - half,
              high: fit.centre + half,
              ...(Number.isFinite(fwhm_error_deg) && { sigma: fwhm_error_deg }),
            },
          }),
      };
    }),
  });
  const sizes = (axis: 'x' | 'y') => {
    const found = states.map(({ domains }) => domains.paper.sizes[axis].segments.sizes_nm);
    const most = roundUp(Math.max(4 * step_nm, ...found.map((some) => (some.length > 0 ? quantile(some, 0.99) : 0))));
    const bins = Math.max(4, Math.min(40, Math.round(most / step_nm)));
    files.set(
      `data/domain-sizes-${axis}.csv`,
      csv(
        ['bias_V', 'size_nm'],
        found.flatMap((some, i) => Array.from(some, (size) => [series.states[i]!.bias_V, size])),
      ),
    );
    return figure(
      `domain-sizes-${axis}`,
      histogramFigure({
        symbol: `wall to wall along ${axis}`,
        unit: 'nm',
        range: [0, most],
        states: found.map((some, i) => ({
          name: names[i]!,
          density: densities(some, [0, most], bins),
          n: some.length,
        })),
      }),
      `Extended Data Fig. 10e: domain sizes along ${axis}, by ridges of σ_P.`,
    );
  };
  return {
    heading: 'Walls and domains',
    text: states
      .map(({ domains: { agreement } }, i) =>
        agreement
          ? `At ${names[i]} the two ways to find domains agree by an adjusted Rand index of ${agreement.adjustedRand.toFixed(2)} (1: the same, 0: by chance); ${percent(agreement.oneInTwo, 2)} of the walls by ridges are walls by χ² too, ${percent(agreement.twoInOne, 2)} the other way.`
          : '',
      )
      .join(' '),
    svg: [
      figure(
        'walls',
        variation('Variation and walls', byRidges),
        'Extended Data Fig. 7a, c: σ_P and the walls on its ridges, darker where σ_P is larger.',
      ),
      ...(byChi2.length === states.length
        ? [
            figure(
              'walls-chi2',
              variation('Walls by χ²', byChi2),
              'The same map, cut where neighbours differ by more than their σ explains.',
            ),
          ]
        : []),
      figure('misorientation', angles, 'Fig. 4e: angle between the vectors on both sides of walls.'),
      sizes('x'),
      sizes('y'),
    ],
  };
}
