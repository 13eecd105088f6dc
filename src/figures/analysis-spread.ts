/** How |P|, its components and its directions are spread (Fig. 2c, Extended Data Fig. 8 and 10a–d of the paper), with the densities as CSV. */

import { AXES, type Axis, magnitudes, type VectorField } from '../findings/vector-field.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { densities } from './densities.ts';
import { histogramFigure } from './histogram-figure.ts';
import type { ReportSection } from './report.ts';
import { quantile, roundUp } from './scale.ts';

export function spreadSection({ analysis, fields, names, unit, files, figure }: AnalysisParts): ReportSection {
  const { series } = analysis;
  const valid = (field: VectorField, values: Float64Array) => values.filter((_, i) => field.valid[i] === 1);
  const inPlane = (field: VectorField) =>
    valid(
      field,
      field.values.x.map((x, i) => Math.hypot(x, field.values.y[i]!)),
    );
  const inSpace = (field: VectorField) => valid(field, magnitudes(field));
  const spread = (
    name: string,
    symbol: string,
    of: (field: VectorField) => Float64Array,
    signed: boolean,
    caption: string,
  ) => {
    const values = fields.map(of);
    const most = roundUp(Math.max(...values.map((some) => quantile(some.map(Math.abs), 0.998))));
    const range: [number, number] = [signed ? -most : 0, most];
    const bins = 40;
    const rows = values.map((some) => densities(some, range, bins));
    const width = (range[1] - range[0]) / bins;
    files.set(
      `data/${name}.csv`,
      csv(
        ['from', 'to', ...series.states.map(({ bias_V }) => `density_${bias_V}V`)],
        Array.from({ length: bins }, (_, k) => [
          range[0] + k * width,
          range[0] + (k + 1) * width,
          ...rows.map((row) => row[k]!),
        ]),
      ),
    );
    const svg = histogramFigure({
      symbol,
      unit,
      range,
      states: rows.map((density, i) => ({ name: names[i]!, density, n: values[i]!.length })),
    });
    return figure(name, svg, caption);
  };
  return {
    heading: 'How |P| and its components are spread',
    svg: [
      spread('length-plane', '|P_xy|', inPlane, false, 'Fig. 2c: |P| in the plane, as mapped.'),
      spread('length-space', '|P|', inSpace, false, 'Fig. 2c and Extended Data Fig. 10d: |P| in space, as mapped.'),
      ...AXES.map((axis) =>
        spread(
          `component-${axis}`,
          `P_${axis}`,
          (field) => valid(field, field.values[axis]),
          true,
          `Extended Data Fig. 10a–c: P_${axis}.`,
        ),
      ),
      ...AXES.map((axis) => unitComponents(`direction-${axis}`, axis, fields, names, figure)),
    ],
  };
}

/** P_i/|P| (Extended Data Fig. 8). */
function unitComponents(
  name: string,
  axis: Axis,
  fields: readonly VectorField[],
  names: readonly string[],
  figure: AnalysisParts['figure'],
) {
  const svg = histogramFigure({
    symbol: `P_${axis}/|P|`,
    unit: '1',
    range: [-1, 1],
    states: fields.map((field, i) => {
      const size = magnitudes(field);
      const values = Float64Array.from(
        Array.from(field.valid.keys()).filter((at) => field.valid[at] && size[at]! > 0),
        (at) => field.values[axis][at]! / size[at]!,
      );
      return { name: names[i]!, density: densities(values, [-1, 1], 40), n: values.length };
    }),
    // Directions without preference are even in each component (Archimedes).
    null: { name: 'no preferred direction', density: new Float64Array(40).fill(0.5) },
  });
  return figure(name, svg, `Extended Data Fig. 8: P_${axis}/|P|.`);
}
