/**
 * Directions of P: as poles on the sphere by depth, over the landscape of the material where one is given, and by region with their means (Fig. 4b of the paper); components of P/|P|
 * by region with fitted densities (Extended Data Fig. 8c). Mean poles as CSV.
 */

import { fitComponent } from '../ferroelectric/strain-study.ts';
import { depthsOf } from '../findings/depth.ts';
import { AXES, type Axis, magnitudes } from '../findings/vector-field.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { densities } from './densities.ts';
import { histogramFigure } from './histogram-figure.ts';
import { poleFigure } from './pole-figure.ts';
import type { ReportFigure, ReportSection } from './report.ts';

/** Energies under the poles, along poleDirections(pixels, half, the axis across the film). */
export interface PoleLandscape {
  /** Material and conditions: 'Ba0.5Sr0.5TiO3, strain relaxed'. */
  readonly name: string;
  readonly pixels: number;
  readonly energies_meV: Readonly<Record<'upper' | 'lower', Float64Array>>;
}

/** Fewest directions that a density is fitted to. */
const LEAST = 30;

export function directionSections(parts: AnalysisParts, landscape?: PoleLandscape): ReportSection[] {
  const { analysis, names: states, files, figure } = parts;
  const { series, film, poles, options } = analysis;
  const { shape, step_nm } = series;
  const regions = regionsOf(parts);
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
  const depths = depthsOf(options, film, shape, step_nm);
  const depth = poleFigure({
    polar: options.across,
    panels: parts.fields.map(({ values, valid }, i) => {
      const at = Array.from(valid.keys()).filter((k) => valid[k]);
      const taken = (array: Float64Array) => Float64Array.from(at, (k) => array[k]!);
      return {
        head: states[i]!,
        cloud: { x: taken(values.x), y: taken(values.y), z: taken(values.z), depth_nm: taken(depths) },
      };
    }),
    ...(landscape && { landscape }),
  });
  const from =
    options.film !== undefined && options.regions[options.film]?.interface_nm
      ? 'the interface'
      : 'the film’s first position';
  return [
    {
      heading: 'Directions',
      text: [
        'Directions of all three components as mapped: where P along the beam is not measured they lie near the plane of the map because its values are drawn to the prior’s mean.',
        ...(landscape
          ? [
              `Under the poles: the lowest energy by direction of a uniform P in ${landscape.name}, low is dark; x, y and z of the map are taken for the cubic axes. It is no fit and no free energy: it says where wells are, not how deep for this film.`,
            ]
          : []),
      ].join('\n\n'),
      svg: [
        figure(
          'poles-depth',
          depth,
          `Fig. 4b: stereographic projection of the directions of P, by depth from ${from}${landscape ? '; contours as in Fig. 4g' : ''}.`,
        ),
        figure('poles', byRegion(parts, regions), 'Fig. 4b: the same by region, with mean directions.'),
      ],
    },
    ...(regions.length > 1 ? [componentSection(parts, regions)] : []),
  ];
}

interface NamedRegion {
  readonly name: string;
  /** Within the film, [ny][nx]. */
  readonly mask: Uint8Array;
}

/** Up to three regions beside the film, or the film where there is none. */
function regionsOf({ analysis: { film, regions, poles } }: AnalysisParts): NamedRegion[] {
  const parts = [...new Set(poles.map(({ region }) => region))].filter((name) => name !== 'film').slice(0, 3);
  if (parts.length === 0) return [{ name: 'film', mask: film }];
  return parts.map((name) => ({ name, mask: regions[name]!.map((mark, i) => mark & film[i]!) }));
}

function byRegion({ analysis, names: states }: AnalysisParts, regions: readonly NamedRegion[]): string {
  const { series, film, poles, options } = analysis;
  const region = Uint8Array.from(film, (mark, i) => {
    const found = regions.findIndex(({ mask }) => mask[i]);
    return mark && found >= 0 ? found : 255;
  });
  const tracks = regions.flatMap(({ name }, k) => {
    const means = series.states.flatMap(({ bias_V }) =>
      poles.filter((one) => one.region === name && one.bias_V === bias_V).map(({ pole }) => pole),
    );
    return means.length === states.length ? [{ region: k, means }] : [];
  });
  return poleFigure({
    polar: options.across,
    panels: [
      ...series.states.map(({ field: { values, valid } }, i) => ({
        head: states[i]!,
        cloud: { ...values, region: region.map((one, at) => (valid[at] ? one : 255)) },
      })),
      ...(states.length > 1 ? [{ head: 'means', tracks }] : []),
    ],
    regions: regions.map(({ name }) => name),
    states,
  });
}

/** P_i/|P| of each region at the reference (Extended Data Fig. 8c). */
function componentSection(parts: AnalysisParts, regions: readonly NamedRegion[]): ReportSection {
  const { analysis, fields, names } = parts;
  const { reference } = analysis.series;
  const field = fields[reference]!;
  const size = magnitudes(field);
  const of = (mask: Uint8Array, axis: Axis) =>
    Float64Array.from(
      Array.from(mask.keys()).filter((i) => mask[i] && field.valid[i] && size[i]! > 0),
      (i) => field.values[axis][i]! / size[i]!,
    );
  const measured = analysis.states[reference]!.told;
  return {
    heading: 'Directions by region',
    text: `P/|P| of the map at ${names[reference]}, with the density f(t) ∝ exp(κt + βt² + γt⁴) that is likeliest for each region.${
      measured.whole ? '' : ' |P| holds a component that is not measured: made of the prior in part.'
    }`,
    svg: AXES.flatMap((axis): ReportFigure[] => {
      const found = regions
        .map(({ name, mask }) => ({ name, values: of(mask, axis) }))
        .filter(({ values }) => values.length >= LEAST);
      if (found.length === 0) return [];
      const svg = histogramFigure({
        symbol: `P_${axis}/|P|`,
        unit: '1',
        range: [-1, 1],
        states: found.map(({ name, values }) => {
          const fit = fitComponent(values);
          return {
            name,
            density: densities(values, [-1, 1], 40),
            n: values.length,
            fit: Array.from({ length: 201 }, (_, k) => [k / 100 - 1, fit.density(k / 100 - 1)] as const),
          };
        }),
        null: { name: 'no preferred direction', density: new Float64Array(40).fill(0.5) },
      });
      return [parts.figure(`direction-regions-${axis}`, svg, `Extended Data Fig. 8c: P_${axis}/|P| by region.`)];
    }),
  };
}
