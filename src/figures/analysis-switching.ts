/** What changes between the states of a series, and what should not (Fig. 3j–l, 4c, d and Extended Data Fig. 9 of the paper), with the means as CSV. */

import { measured } from '../core/numbers.ts';
import { counts2, equalBins } from '../findings/relation.ts';
import { AXES, type Axis } from '../findings/vector-field.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { countsFigure } from './counts-figure.ts';
import { densities } from './densities.ts';
import { fieldMap } from './field-map.ts';
import { biasLabel } from './film-profile.ts';
import { histogramFigure } from './histogram-figure.ts';
import type { ReportSection } from './report.ts';
import { quantile, roundUp } from './scale.ts';

export function switchingSection({ analysis, unit, names: all, styles, files, figure }: AnalysisParts): ReportSection {
  const { series, changes, reluctance: related, film } = analysis;
  const { across } = analysis.options;
  const { shape, step_nm } = series;
  const names = changes.map(({ bias_V }) => biasLabel(bias_V));
  const reference = all[series.reference]!;
  const change = fieldMap({
    title: 'Change of P',
    shape,
    step_nm,
    heads: names.map((name) => `${name} − ${reference}`),
    rows: AXES.map((axis) => ({
      symbol: `ΔP_${axis}`,
      unit,
      signed: true,
      panels: changes.map(({ field }) => ({ values: field.values[axis], mask: film })),
    })),
  });
  const styleOf = (bias_V: number) => styles[series.states.findIndex((state) => state.bias_V === bias_V)];
  const against = (axis: Axis) =>
    changes.map(({ field, bias_V }, i) => {
      const at = Array.from(field.valid.keys()).filter((k) => field.valid[k]);
      const [a, b] = [
        Float64Array.from(at, (k) => field.values[across][k]!),
        Float64Array.from(at, (k) => field.values[axis][k]!),
      ];
      const limit = (values: Float64Array) => roundUp(quantile(values.map(Math.abs), 0.995) || 1);
      const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      return figure(
        `change-${axis}-${across}-${i + 1}`,
        countsFigure({
          title: `${names[i]} − ${reference}`,
          a: { symbol: `ΔP_${across}`, unit },
          b: { symbol: `ΔP_${axis}`, unit },
          counts: counts2(a, b, { a: [-limit(a), limit(a)], b: [-limit(b), limit(b)] }, [40, 40]),
          bins: equalBins(a, b, 12),
          mean: { a: mean(a), b: mean(b) },
        }),
        `Fig. 4c, d: ΔP_${axis} against ΔP_${across} at ${biasLabel(bias_V)}, with the mean vector.`,
      );
    });
  const turns = histogramFigure({
    symbol: 'turn',
    unit: 'deg',
    range: [0, 180],
    states: changes.map(({ turn_deg, bias_V }, i) => {
      const values = turn_deg.filter((one) => Number.isFinite(one));
      return {
        name: `${names[i]} against ${reference}`,
        style: styleOf(bias_V),
        density: densities(values, [0, 180], 36),
        n: values.length,
      };
    }),
    // Of directions that know nothing of each other: sin θ/2 for each radian.
    null: {
      name: 'independent directions',
      density: Float64Array.from(
        { length: 36 },
        (_, k) => (Math.sin(((k + 0.5) * 5 * Math.PI) / 180) / 2) * (Math.PI / 180),
      ),
    },
  });
  if (related) {
    files.set(
      'data/change-against-density.csv',
      csv(
        ['T_d_1_nm2', 'change_uC_cm2', 'standard_error', 'n'],
        Array.from(related.bins.a, (a, k) => [
          a,
          related.bins.b[k]!,
          related.bins.standard_error[k]!,
          related.bins.n[k]!,
        ]),
      ),
    );
  }
  return {
    heading: 'Switching',
    text: series.states
      .flatMap(({ bias_V, registration }) =>
        registration
          ? [
              `The map at ${biasLabel(bias_V)} lies ${registration.shift_nm.map((one, k) => measured(one, registration.shift_error_nm[k]!, 'nm')).join(' (x) and ')} (y) from that at ${reference}; ${registration.channels.map(({ name, residual_sigma }) => `${name} then differs by ${residual_sigma.toFixed(2)} σ`).join(', ')}.`,
            ]
          : [],
      )
      .join(' '),
    svg: [
      figure('change', change, 'Changes position by position.'),
      ...(related
        ? [
            figure(
              'change-against-density',
              countsFigure({
                a: { symbol: '|T_d|', unit: '1/nm2' },
                b: { symbol: `|ΔP_${across}|`, unit },
                counts: related.counts,
                bins: related.bins,
                ...(related.noiseBins.n[0] && { null: { name: 'noise alone', bins: related.noiseBins } }),
              }),
              'Fig. 3l: does P change less where the topological density is high? Means in bins of equal population, beside those of noise around the smoothed maps.',
            ),
          ]
        : []),
      ...AXES.filter((axis) => axis !== across).flatMap(against),
      figure('turn', turns, 'Angle by which vectors turn.'),
    ],
  };
}

export function unchangedSection({ analysis, names: heads, figure }: AnalysisParts): ReportSection {
  const { series, film } = analysis;
  const { shape, step_nm, states } = series;
  const names = states[0]!.unchanged
    .map(({ name }) => name)
    .filter((name) => states.every((state) => state.unchanged.some((one) => one.name === name)));
  return {
    heading: 'What should not change',
    svg: [
      figure(
        'unchanged',
        fieldMap({
          shape,
          step_nm,
          heads,
          rows: names.map((name) => {
            const own = states.map(({ unchanged: all }) => all.find((one) => one.name === name)!);
            return {
              symbol: name.replace('tilt', 'θ').replace('thickness', 't'),
              unit: own[0]!.unit,
              signed: name.startsWith('tilt'),
              panels: own.map(({ values }) => ({ values, mask: film })),
            };
          }),
        }),
        'Extended Data Fig. 9, lower rows, and thickness.',
      ),
    ],
  };
}
