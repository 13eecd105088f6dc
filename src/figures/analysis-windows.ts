/** Enlarged parts of the reference state: where P varies least and most, and where it lies along the beam and looks like none in the plane (Fig. 2f, g and Extended Data Fig. 7b of the paper). */

import { plural } from '../core/numbers.ts';
import { bestWindow, windowOf } from '../findings/windows.ts';
import type { AnalysisParts } from './analysis-parts.ts';
import type { ReportSection } from './report.ts';
import { vectorFieldMap } from './vector-map.ts';

/** Positions along an edge, where the map has as many. */
const SIZE = 12;

export function windowSection({ analysis, fields, names, ridges, figure }: AnalysisParts): ReportSection {
  const { series, states } = analysis;
  const { reference, step_nm, shape } = series;
  const field = fields[reference]!;
  const { told, domains } = states[reference]!;
  const { variation } = domains.walls;
  const size = Math.min(SIZE, ...shape);
  const { x, y, z } = field.values;
  const known = variation.map((value, i) => (field.valid[i] ? value : Number.NaN));
  const wanted = [
    {
      name: 'least-variation',
      title: 'Least variation',
      score: known.map((value) => -value),
      caption: 'Extended Data Fig. 7b, left: where σ_P is least.',
    },
    {
      name: 'most-variation',
      title: 'Most variation',
      score: known,
      caption: 'Extended Data Fig. 7b, right, and Fig. 2g: where σ_P is largest.',
    },
    ...(told.axes.includes('z')
      ? [
          {
            name: 'along-beam',
            title: 'P along the beam',
            score: known.map((value, i) => Math.abs(z[i]!) - Math.hypot(x[i]!, y[i]!) + 0 * value),
            caption:
              'Fig. 2f: where |P_z| exceeds |P| in the plane most; arrows are the projection, colours the whole vector.',
          },
        ]
      : []),
  ];
  return {
    heading: 'Enlarged',
    text: [
      `Windows of ${plural(size, 'position')} by ${size} of the map at ${names[reference]}, chosen by the numbers that captions name; x and y count from the map’s first position. Extremes are what noise makes extreme too.`,
      ...(told.axes.includes('z')
        ? []
        : ['Where P lies along the beam is not drawn: P along the beam is not measured, and it would be the prior.']),
    ].join(' '),
    svg: wanted.flatMap(({ name, title, score, caption }) => {
      const window = bestWindow(score, shape, size);
      if (!window) return [];
      const nx = shape[1];
      const walls = Uint8Array.from(
        { length: size * size },
        (_, i) => ridges[reference]![(window.y + Math.floor(i / size)) * nx + window.x + (i % size)]!,
      );
      const place = [window.x, window.y].map((at) => (at * step_nm).toFixed(1)).join(', ');
      const svg = vectorFieldMap(windowOf(field, window), {
        title: `${title}, from (x, y) = (${place}) nm`,
        walls: { at: walls, name: 'walls' },
      });
      return [figure(`window-${name}`, svg, caption)];
    }),
  };
}
