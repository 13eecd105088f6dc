/** Directions of P as poles on the sphere, by region (Fig. 4b of the paper), with the mean poles as CSV. */

import { type AnalysisParts, csv } from './analysis-parts.ts';
import { poleFigure } from './pole-figure.ts';
import type { ReportSection } from './report.ts';

export function directionSection({ analysis, names: states, files, figure }: AnalysisParts): ReportSection {
  const { series, film, regions, poles } = analysis;
  const parts = [...new Set(poles.map(({ region }) => region))].filter((name) => name !== 'film');
  const names = parts.slice(0, 3);
  const used = names.length > 0 ? names : ['film'];
  const masks = used.map((name) => regions[name] ?? film);
  const region = Uint8Array.from(film, (mark, i) => {
    const found = masks.findIndex((mask) => mask[i]);
    return mark && found >= 0 ? found : 255;
  });
  files.set(
    'data/poles.csv',
    csv(
      ['region', 'bias_V', 'u_x', 'u_y', 'u_z', 'resultant', 'cone95_deg', 'n', 'independent'],
      poles.map(({ region: name, bias_V, pole }) => [
        name,
        bias_V,
        ...pole.direction,
        pole.resultant,
        pole.cone95_deg,
        pole.n,
        pole.independent,
      ]),
    ),
  );
  const tracks = used.flatMap((name, k) => {
    const means = series.states.flatMap(({ bias_V }) =>
      poles.filter((one) => one.region === name && one.bias_V === bias_V).map(({ pole }) => pole),
    );
    return means.length === states.length ? [{ region: k, means }] : [];
  });
  const svg = poleFigure({
    panels: [
      ...series.states.map(({ field: { values, valid } }, i) => ({
        head: states[i]!,
        cloud: { ...values, region: region.map((one, at) => (valid[at] ? one : 255)) },
      })),
      ...(states.length > 1 ? [{ head: 'means', tracks }] : []),
    ],
    regions: used,
    states,
  });
  return {
    heading: 'Directions',
    text: 'Directions of all three components as mapped: where P along the beam is not measured they lie near the plane of the map because its values are drawn to the prior’s mean.',
    svg: [figure('poles', svg, 'Fig. 4b: stereographic projection of the directions of P, by region.')],
  };
}
