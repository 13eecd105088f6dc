/** −ln ρ of |P| in the plane and in space, and the densities without prior and noise beside those of the map (Fig. 2c, d of the paper), with the curves as CSV. */

import { numberLabel, plural, quantity, unitLabel } from '../core/numbers.ts';
import { RandomStream } from '../core/random.ts';
import { lengthsOf } from '../findings/densities.ts';
import type { Finding } from '../findings/finding.ts';
import { type Clean, type LengthCurves, lengthCurves } from '../findings/length-curves.ts';
import type { Dimensions } from '../findings/magnitude-noise.ts';
import { AXES } from '../findings/vector-field.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { histogramFigure } from './histogram-figure.ts';
import { potentialFigure } from './potential-figure.ts';
import type { ReportFigure, ReportSection } from './report.ts';
import { quantile, roundUp } from './scale.ts';

/** Fields of the prior. */
const DRAWS = 40;

const MINIMA: Readonly<Record<Dimensions, string>> = {
  2: '|P| in the plane where −ln ρ is least',
  3: '|P| where −ln ρ is least',
};
const NAMES: Readonly<Record<Dimensions, string>> = { 2: 'plane', 3: 'space' };
const SYMBOLS: Readonly<Record<Dimensions, string>> = { 2: '|P_xy|', 3: '|P|' };

export function lengthSection(parts: AnalysisParts): ReportSection {
  const { analysis, names } = parts;
  const found = ([2, 3] as const).map((dimensions) => figuresOf(parts, dimensions));
  return {
    heading: 'Length of P',
    text: [
      'Of a cloud of vectors without any direction or preferred length −ln ρ is least at a finite |P|, by the volume element alone; noise around one vector has it there too. A minimum is a finding as far as it lies away from both, and in space away from what P_z of the prior gives.',
      ...names.map((name, i) => comparison(parts, i, name)),
      ...found.flatMap(({ words }) => words),
      ...(analysis.series.states.length > 1
        ? [`Curves of noise and of the prior are those at ${names[analysis.series.reference]}; the CSV has all.`]
        : []),
    ].join('\n\n'),
    svg: found.flatMap(({ figures }) => figures),
  };
}

const minimumOf = ({ analysis }: AnalysisParts, state: number, dimensions: Dimensions): Finding =>
  analysis.states[state]!.findings.find(({ name }) => name === MINIMA[dimensions])!;

function figuresOf(
  parts: AnalysisParts,
  dimensions: Dimensions,
): { readonly figures: ReportFigure[]; readonly words: string[] } {
  const { analysis, fields, names, unit, files, figure } = parts;
  const { series, states, options } = analysis;
  const most = roundUp(Math.max(...fields.map((field) => quantile(lengthsOf(field, dimensions), 0.998))));
  const curves = fields.map((field, i) =>
    lengthCurves(field, states[i]!.told, dimensions, most, {
      noise: { length_nm: options.correlation_nm },
      values: options.values,
      draws: DRAWS,
      stream: new RandomStream(options.seed, 'findings', 'lengths', dimensions, series.states[i]!.bias_V),
    }),
  );
  const name = NAMES[dimensions];
  files.set(
    `data/potential-${name}.csv`,
    csv(
      [
        'P_uC_cm2',
        ...series.states.flatMap(({ bias_V }) =>
          ['mapped', 'noise', 'prior', 'prior_low95', 'prior_high95'].map((what) => `minus_ln_${what}_${bias_V}V`),
        ),
      ],
      Array.from(curves[0]!.at, (at, k) => [
        at,
        ...curves.flatMap(({ mapped, noise, prior }) =>
          // A high density is a low curve.
          [mapped, noise, prior?.mean, prior?.high, prior?.low].map((one) => (one ? -Math.log(one[k]!) : Number.NaN)),
        ),
      ]),
    ),
  );
  const reference = curves[series.reference]!;
  const at = (what: string) => (names.length > 1 ? `${what}, at ${names[series.reference]}` : what);
  const open = states.flatMap(({ told }, i) => (dimensions === 3 && !told.whole ? [i] : []));
  const svg = potentialFigure({
    symbol: SYMBOLS[dimensions],
    unit,
    at: reference.at,
    states: curves.map(({ mapped }, i) => {
      const { value, interval, nulls } = minimumOf(parts, i, dimensions);
      return {
        name: names[i]!,
        density: mapped,
        minimum: { at: value, interval, shapeless: nulls.shapeless?.mean },
      };
    }),
    ...(reference.noise && { noise: { name: at('noise around the mean'), density: reference.noise } }),
    ...(reference.prior && { prior: { name: at('from the prior'), ...reference.prior } }),
    ...(open.length > 0 && { remark: remarkOf(parts, open) }),
  });
  return {
    figures: [
      figure(
        `potential-${name}`,
        svg,
        `Fig. 2d: −ln ρ of |P| in ${name === 'plane' ? 'the plane' : 'space'}, as mapped; below, where it is least, with the 95% interval of where it is least without prior and noise.`,
      ),
      ...cleanFigure(parts, dimensions, curves),
    ],
    words: curves.flatMap(({ clean }, i) =>
      typeof clean === 'string'
        ? [
            `Without prior and noise there is no density of |P| in ${name === 'plane' ? 'the plane' : 'space'} at ${names[i]}: ${clean}.`,
          ]
        : [],
    ),
  };
}

/** @param open states that do not measure all of P */
function remarkOf({ analysis: { states }, names }: AnalysisParts, open: readonly number[]): string {
  const axes = AXES.filter((axis) => open.some((i) => !states[i]!.told.axes.includes(axis)));
  const where = open.length === names.length ? '' : ` at ${open.map((i) => names[i]).join(', ')}`;
  return `not determined${where}: P along ${axes.join(', ')} is not measured`;
}

/** As mapped, thin, and without prior and noise, thick; of the states that have it. */
function cleanFigure(
  { analysis, names, unit, files, figure }: AnalysisParts,
  dimensions: Dimensions,
  curves: readonly LengthCurves[],
): ReportFigure[] {
  const found = curves.flatMap(({ clean }, i) => (typeof clean === 'string' ? [] : [{ clean, i }]));
  if (found.length === 0) return [];
  const name = `length-${NAMES[dimensions]}-deconvolved`;
  // Bins of all are the same; they reach beyond what is drawn by as much as noise does.
  const { edges } = found[0]!.clean;
  const bins = Math.round(curves[0]!.at.at(-1)! / (edges[1]! - edges[0]!));
  files.set(
    `data/${name}.csv`,
    csv(
      [
        'from',
        'to',
        ...found.flatMap(({ i }) => {
          const { bias_V } = analysis.series.states[i]!;
          return [`mapped_${bias_V}V`, `without_prior_${bias_V}V`, `without_prior_and_noise_${bias_V}V`];
        }),
      ],
      Array.from({ length: bins }, (_, k) => [
        edges[k]!,
        edges[k + 1]!,
        ...found.flatMap(({ clean: { mapped, raw, density } }) => [mapped, raw, density].map((one) => one[k]!)),
      ]),
    ),
  );
  const svg = histogramFigure({
    symbol: SYMBOLS[dimensions],
    unit,
    range: [0, edges[bins]!],
    states: found.map(({ clean, i }) => ({
      name: names[i]!,
      density: clean.mapped.subarray(0, bins),
      n: clean.n,
      fit: Array.from(clean.centres, (centre, k) => [centre, clean.density[k]!] as const),
    })),
  });
  return [figure(name, svg, cleanCaption(found.map(({ clean }) => clean)))];
}

function cleanCaption(all: readonly Clean[]): string {
  const limit = all.filter(({ stopped }) => stopped === 'limit').length;
  return [
    'Fig. 2c: as mapped (thin), and freed of prior and noise (thick; Richardson–Lucy, stopped where counts allow no more: what is narrower than σ stays wide).',
    ...(all.some(({ alike }) => !alike)
      ? ['σ differs between components, and the kernel knows one for a position: an estimate.']
      : []),
    ...(limit > 0 ? [`It never fitted ${plural(limit, 'state')} as well as counts allow: σ may be wrong.`] : []),
  ].join(' ');
}

/** What the paper reads off its curves (3, 8 and, of dynamics, 10 µC/cm²), with the σ along the beam of this map. */
function comparison(parts: AnalysisParts, state: number, name: string): string {
  const { analysis, unit } = parts;
  const { told } = analysis.states[state]!;
  const [plane, space] = [minimumOf(parts, state, 2), minimumOf(parts, state, 3)];
  const said = ({ value, interval }: Finding) =>
    `${numberLabel(value)}${interval ? ` (without prior and noise ${numberLabel(Math.max(0, interval[0]))} to ${numberLabel(interval[1])})` : ''}`;
  const shapeless = [plane, space].map(({ nulls }) => numberLabel(nulls.shapeless!.mean));
  const ratio = told.shares.z?.ratio;
  const prior = space.nulls.prior;
  const along =
    ratio === undefined
      ? 'The map does not say how much of P_z is the prior.'
      : `σ of P_z is ${numberLabel(ratio, 2)} of the prior’s${told.axes.includes('z') ? '' : ': P along the beam is not measured'}.${
          prior
            ? ` With P_z from the prior the minimum in space lies at ${numberLabel(prior.mean)} (${numberLabel(prior.interval[0])} to ${numberLabel(prior.interval[1])})${
                space.value >= prior.interval[0] && space.value <= prior.interval[1]
                  ? ': what space adds to the plane is no finding'
                  : ''
              }.`
            : ''
        }`;
  return `At ${name} −ln ρ of the map is least at ${said(plane)} in the plane and at ${said(space)} ${unitLabel(unit)} in space, where a cloud without shape has it at ${shapeless[0]} and ${shapeless[1]}; the paper reads about 3 and 8 off its map, and ${quantity(10, unit)} off dynamics. ${along}`;
}
