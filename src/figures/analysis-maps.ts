/** Maps of an analysis: components with walls, topological density, vectors in space (Fig. 2e, 3a–c, 4a and Extended Data Fig. 9 of the paper), and all of them as CSV. */

import { AXES, magnitudes } from '../findings/vector-field.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { fieldMap } from './field-map.ts';
import { fieldView } from './field-view.ts';
import type { ReportFigure, ReportSection } from './report.ts';
import { quantile, roundUp } from './scale.ts';
import { vectorFieldMap } from './vector-map.ts';

/** The maps, and of them the one that says most at a glance, which stands before the numbers. */
export function mapSection({ analysis, fields, names, unit, ridges, files, figure }: AnalysisParts): {
  readonly glance: ReportFigure;
  readonly section: ReportSection;
} {
  const { series, states, film } = analysis;
  const { shape, step_nm } = series;
  const walls = ridges.map((at) => ({ at, name: 'walls' }));
  const all = fieldMap({
    title: 'Polarization',
    shape,
    step_nm,
    heads: names,
    rows: AXES.map((axis) => ({
      symbol: `P_${axis}`,
      unit: unit,
      signed: true,
      panels: fields.map(({ values }, i) => ({ values: values[axis], mask: film, walls: walls[i]! })),
    })),
  });
  const axis = analysis.options.across;
  const switching = fieldMap({
    title: 'P along the field',
    shape,
    step_nm,
    heads: names,
    rows: [
      {
        symbol: `P_${axis}`,
        unit,
        signed: true,
        panels: fields.map(({ values }, i) => ({
          values: values[axis],
          mask: film,
          walls: walls[i]!,
          second: states[i]!.density.values.map(Math.abs),
        })),
      },
    ],
    second: { symbol: '|T_d|', unit: '1/nm2', as: 'dots' },
  });
  const density = fieldMap({
    title: 'Topological density',
    shape,
    step_nm,
    heads: names,
    rows: [
      {
        symbol: 'T_d',
        unit: '1/nm2',
        signed: true,
        panels: states.map(({ density: { values } }, i) => ({
          values,
          mask: film,
          second: fields[i]!.values.z.map(Math.abs),
        })),
      },
    ],
    second: { symbol: '|P_z|', unit: unit, as: 'dots' },
  });
  const pMax = roundUp(Math.max(...fields.map((field) => quantile(magnitudes(field), 0.99))));
  const glance = figure(
    'field-component',
    switching,
    `Fig. 3a–c: P along ${axis}, across the film, with walls; dots go by |T_d|.`,
  );
  const figures = [
    figure('components', all, 'Extended Data Fig. 9, upper rows: components of P with walls.'),
    figure(
      'topological-density',
      density,
      'Fig. 2e, bottom: T_d on the lattice; dots go by |P_z|. Sign: core down in up is negative.',
    ),
    ...fields.map((field, i) =>
      figure(
        `plane-${i + 1}`,
        // Without z: what a projection shows.
        vectorFieldMap(
          { ...field, values: { ...field.values, z: field.values.z.map((value) => 0 * value) } },
          { title: `P in the plane at ${names[i]}`, pMax, walls: walls[i]! },
        ),
        'Fig. 2e, middle: the projection on the plane alone.',
      ),
    ),
    ...fields.map((field, i) =>
      figure(
        `view-${i + 1}`,
        fieldView(field, { title: `P at ${names[i]}`, pMax, walls: walls[i]! }),
        'Fig. 2e, top, and 4a: vectors in space.',
      ),
    ),
  ];
  series.states.forEach(({ bias_V }, i) => {
    const { values, valid } = fields[i]!;
    files.set(
      `data/field_${bias_V}V.csv`,
      csv(
        [
          'y_nm',
          'x_nm',
          'P_x_uC_cm2',
          'P_y_uC_cm2',
          'P_z_uC_cm2',
          'T_d_1_nm2',
          'sigma_P_uC_cm2',
          'domain',
          'domain_chi2',
        ],
        Array.from({ length: valid.length }, (_, at) => [
          Math.floor(at / shape[1]) * step_nm,
          (at % shape[1]) * step_nm,
          values.x[at]!,
          values.y[at]!,
          values.z[at]!,
          states[i]!.density.values[at]!,
          states[i]!.domains.walls.variation[at]!,
          states[i]!.domains.paper.partition.labels[at]!,
          states[i]!.domains.merged?.partition.labels[at] ?? Number.NaN,
        ]),
      ),
    );
  });
  return { glance, section: { heading: 'Maps', svg: figures } };
}
