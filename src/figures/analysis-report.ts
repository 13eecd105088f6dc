/** The report of an analysis: one figure for each panel of the paper's Fig. 2–4 and Extended Data Fig. 7–10, the numbers with errors and nulls, and the data behind the figures as CSV. */

import { fixedLabel, measured, numberLabel, percent, plural, quantity, setting, unitLabel } from '../core/numbers.ts';
import type { Analysis } from '../findings/analyse.ts';
import type { AnyNull, Finding } from '../findings/finding.ts';
import { wallLine } from '../findings/partition.ts';
import type { Profile } from '../findings/profile.ts';
import { counts2, equalBins } from '../findings/relation.ts';
import { AXES, type Axis, magnitudes, restrict, type VectorField } from '../findings/vector-field.ts';
import { countsFigure } from './counts-figure.ts';
import { densities } from './densities.ts';
import { fieldMap } from './field-map.ts';
import { fieldView } from './field-view.ts';
import { findingTable } from './finding-table.ts';
import { histogramFigure } from './histogram-figure.ts';
import { poleFigure } from './pole-figure.ts';
import { type ProfileFigureOptions, profileFigure } from './profile-figure.ts';
import { buildReport, type ReportFigure, type ReportProvenance, type ReportSection } from './report.ts';
import { quantile, roundUp } from './scale.ts';

const biasLabel = (bias_V: number): string => setting(bias_V, 'V');
const NULL_WORDS: Readonly<Record<AnyNull, string>> = {
  shuffled: 'shuffled',
  prior: 'P_z from the prior',
  noise: 'noise alone',
  shapeless: 'a cloud without shape',
};

/** A finding in one line, for a terminal. */
export function findingLine({ name, unit, value, corrected, sigma, interval, undetermined, nulls }: Finding): string {
  const one = corrected ?? value;
  const words = unit === '1' ? '' : ` ${unitLabel(unit)}`;
  const number =
    sigma !== undefined && sigma > 0
      ? measured(one, sigma, unit === '1' ? '' : unit).trim()
      : `${fixedLabel(one)}${words}`;
  const span = interval ? `, 95% ${fixedLabel(interval[0])} to ${fixedLabel(interval[1])}` : '';
  const others = (Object.entries(nulls) as [AnyNull, { mean: number; interval: readonly [number, number] }][]).map(
    ([
      kind,
      {
        mean,
        interval: [low, high],
      },
    ]) =>
      kind === 'shapeless'
        ? `${NULL_WORDS[kind]} ${fixedLabel(mean)}`
        : `${NULL_WORDS[kind]} ${fixedLabel(low)} to ${fixedLabel(high)}`,
  );
  const against = others.length > 0 ? ` [${others.join('; ')}]` : '';
  return `${name}: ${number}${span}${undetermined ? ` — not determined: ${undetermined}` : ''}${against}`;
}

/** A table as CSV. */
function csv(heads: readonly string[], rows: Iterable<readonly (number | string)[]>): string {
  const cell = (value: number | string) =>
    typeof value === 'string' ? value : Number.isFinite(value) ? String(Number(value.toPrecision(7))) : '';
  return `${[heads.join(','), ...Array.from(rows, (row) => row.map(cell).join(','))].join('\n')}\n`;
}

type Files = Map<string, string>;

/** report.html, figures/*.svg and data/*.csv, by path. */
export function renderAnalysis(analysis: Analysis, provenance: ReportProvenance): Files {
  const files: Files = new Map();
  const { series } = analysis;
  const figure = (name: string, svg: string, caption: string): ReportFigure => {
    files.set(`figures/${name}.svg`, svg);
    return { svg, caption };
  };
  const sections: ReportSection[] = [
    numbers(analysis),
    maps(analysis, figure, files),
    lengths(analysis, figure, files),
    walls(analysis, figure, files),
    profiles(analysis, figure, files),
    ...(series.states.length > 1 ? [switching(analysis, figure, files), unchanged(analysis, figure)] : []),
    directionsOf(analysis, figure, files),
  ];
  const biases = series.states.map(({ bias_V }) => biasLabel(bias_V)).join(', ');
  const open = analysis.states.some(({ told }) => !told.whole);
  const html = buildReport({
    title: series.states.length > 1 ? `States at ${biases}` : `Findings in ${series.states[0]!.name}`,
    summary: `${series.shape.join(' × ')} positions, ${quantity(series.step_nm, 'nm')} apart, ${plural(
      analysis.film.reduce((sum, mark) => sum + mark, 0),
      'position',
    )} of them in the film. Every number stands beside its error and beside what shuffled positions, P_z from the model’s prior and noise alone give of the same: a value inside those is no finding.`,
    headline: series.states.slice(0, 4).map(({ bias_V }, i) => {
      const mean = analysis.states[i]!.findings.find(({ name }) => name === 'mean P_y')!;
      return { label: `mean P_y at ${biasLabel(bias_V)}`, value: mean.corrected ?? mean.value, unit: 'µC/cm²' };
    }),
    sections: open
      ? sections.map((section, i) =>
          i === 0
            ? {
                ...section,
                note: 'P along the beam is not measured where its σ is as large as that of knowing only the model’s structures. |P|, directions, T_d, walls and angles in space then are made of the prior in part: look at the null of P_z.',
              }
            : section,
        )
      : sections,
    provenance,
  });
  files.set('report.html', html);
  return files;
}

type Draw = (name: string, svg: string, caption: string) => ReportFigure;

function numbers({ series, states, findings, constancy }: Analysis): ReportSection {
  const left = series.states.map(({ bias_V, left_out: { not_measured, out_of_domain } }) =>
    not_measured + out_of_domain > 0
      ? `At ${biasLabel(bias_V)} ${plural(not_measured, 'position')} of the map ${not_measured === 1 ? 'was' : 'were'} not measured and ${out_of_domain} out of the model’s domain: left out.`
      : '',
  );
  return {
    heading: 'Numbers',
    text: left.filter((words) => words !== '').join(' '),
    table: [
      ...series.states.map(({ bias_V }, i) => findingTable(states[i]!.findings, `At ${biasLabel(bias_V)}.`)),
      ...(findings.length > 0 ? [findingTable(findings, 'Of the series.')] : []),
      ...(constancy.length > 0
        ? [
            {
              caption:
                'What a bias should leave as it is. In σ: rms change over σ of a difference, about 1 where nothing but noise changes.',
              columns: ['Channel', 'At', 'Mean change', 'rms', 'In σ', 'n'].map((label) => ({ label })),
              rows: constancy.map(({ name, unit, bias_V, mean, rms, in_sigma, n }) => [
                name,
                biasLabel(bias_V),
                `${numberLabel(mean)} ${unitLabel(unit)}`,
                `${numberLabel(rms)} ${unitLabel(unit)}`,
                in_sigma,
                n,
              ]),
            },
          ]
        : []),
    ],
  };
}

/** The fields of all states, where the film is. */
const filmFields = ({ series, film }: Analysis): VectorField[] =>
  series.states.map(({ field }) => restrict(field, film));

function maps(analysis: Analysis, figure: Draw, files: Files): ReportSection {
  const { series, states, film } = analysis;
  const { shape, step_nm } = series;
  const fields = filmFields(analysis);
  const heads = series.states.map(({ bias_V }) => biasLabel(bias_V));
  const wallsOf = (i: number) => ({ at: wallLine(states[i]!.domains.paper.partition), name: 'walls' });
  const all = fieldMap({
    title: 'Polarization',
    shape,
    step_nm,
    heads,
    rows: AXES.map((axis) => ({
      symbol: `P_${axis}`,
      unit: fields[0]!.unit,
      signed: true,
      panels: fields.map(({ values }, i) => ({ values: values[axis], mask: film, walls: wallsOf(i) })),
    })),
  });
  const density = fieldMap({
    title: 'Topological density',
    shape,
    step_nm,
    heads,
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
    second: { symbol: '|P_z|', unit: fields[0]!.unit, as: 'dots' },
  });
  const pMax = roundUp(Math.max(...fields.map((field) => quantile(magnitudes(field), 0.99))));
  const figures = [
    figure('components', all, 'Fig. 3a–c and Extended Data Fig. 9, upper rows: components of P with walls.'),
    figure(
      'topological-density',
      density,
      'Fig. 2e, bottom: T_d on the lattice; dots go by |P_z|. Sign: core down in up is negative.',
    ),
    ...fields.map((field, i) =>
      figure(
        `view-${i + 1}`,
        fieldView(field, { title: `P at ${heads[i]}`, pMax, walls: wallsOf(i) }),
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
  return { heading: 'Maps', svg: figures };
}

function lengths(analysis: Analysis, figure: Draw, files: Files): ReportSection {
  const { series } = analysis;
  const fields = filmFields(analysis);
  const names = series.states.map(({ bias_V }) => biasLabel(bias_V));
  const { unit } = fields[0]!;
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
    text: 'The density of |P| holds the volume element: a cloud of vectors without any direction or preferred length has its maximum, the minimum of −ln ρ, at a finite |P|, in space at √2 times where it is in the plane. The table says where that is for a cloud of the same mean square.',
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
  figure: Draw,
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

function walls(analysis: Analysis, figure: Draw, files: Files): ReportSection {
  const { series, states, film } = analysis;
  const { shape, step_nm } = series;
  const fields = filmFields(analysis);
  const names = series.states.map(({ bias_V }) => biasLabel(bias_V));
  const unit = fields[0]!.unit;
  const wallMaps = fieldMap({
    title: 'Variation and walls',
    shape,
    step_nm,
    heads: names,
    rows: [
      {
        symbol: 'σ_P',
        unit,
        signed: false,
        panels: states.map(({ domains: { walls: found, paper } }) => ({
          values: found.variation,
          mask: film,
          walls: {
            at: wallLine(paper.partition),
            strength: { symbol: 'σ_P', unit, values: found.variation },
            name: 'walls by ridges of σ_P',
          },
        })),
      },
    ],
  });
  const mergedMaps = states.every(({ domains }) => domains.merged)
    ? [
        figure(
          'walls-chi2',
          fieldMap({
            title: 'Walls by χ²',
            shape,
            step_nm,
            heads: names,
            rows: [
              {
                symbol: 'σ_P',
                unit,
                signed: false,
                panels: states.map(({ domains }) => ({
                  values: domains.walls.variation,
                  mask: film,
                  walls: { at: wallLine(domains.merged!.partition), name: 'walls by χ² of neighbours' },
                })),
              },
            ],
          }),
          'The same map, cut where neighbours differ by more than their σ explains.',
        ),
      ]
    : [];
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
        wallMaps,
        'Extended Data Fig. 7a, c: σ_P and the walls on its ridges, darker where σ_P is larger.',
      ),
      ...mergedMaps,
      figure('misorientation', angles, 'Fig. 4e: angle between the vectors on both sides of walls.'),
      sizes('x'),
      sizes('y'),
    ],
  };
}

function profileOptions(profiles: readonly Profile[], names: readonly string[], symbol: string): ProfileFigureOptions {
  const first = profiles[0]!;
  const column = ({ points }: Profile, of: (finding: Finding) => number | undefined) =>
    Float64Array.from(points, (point) => (point ? (of(point) ?? Number.NaN) : Number.NaN));
  const noise = first.points.some((point) => point?.nulls.noise);
  return {
    symbol,
    unit: first.unit,
    place_nm: first.at_nm,
    states: profiles.map((profile, i) => ({
      name: names[i]!,
      values: column(profile, ({ value }) => value),
      ...(profile.points.some((point) => point?.interval) && {
        band95: {
          low: column(profile, ({ interval }) => interval?.[0]),
          high: column(profile, ({ interval }) => interval?.[1]),
        },
      }),
    })),
    ...(noise && {
      null: {
        name: `noise alone, at ${names[0]}`,
        mean: column(first, ({ nulls }) => nulls.noise?.mean),
        low: column(first, ({ nulls }) => nulls.noise?.interval[0]),
        high: column(first, ({ nulls }) => nulls.noise?.interval[1]),
      },
    }),
  };
}

function profiles({ series, states }: Analysis, figure: Draw, files: Files): ReportSection {
  const names = series.states.map(({ bias_V }) => biasLabel(bias_V));
  const quantities = states[0]!.profiles.map(({ name }) => name);
  return {
    heading: 'Profiles across the film',
    text: 'Bands are 95% intervals of the mean over the positions of a height, for these very positions. A component that is not measured has none.',
    svg: quantities.map((name, k) => {
      const all = states.map(({ profiles: own }) => own[k]!);
      files.set(
        `data/profile-${name}.csv`,
        csv(
          [
            'place_nm',
            ...series.states.flatMap(({ bias_V }) => [
              `value_${bias_V}V`,
              `low95_${bias_V}V`,
              `high95_${bias_V}V`,
              `noise_${bias_V}V`,
            ]),
          ],
          Array.from(all[0]!.at_nm, (place, at) => [
            place,
            ...all.flatMap(({ points }) => {
              const point = points[at];
              return [
                point?.value ?? Number.NaN,
                point?.interval?.[0] ?? Number.NaN,
                point?.interval?.[1] ?? Number.NaN,
                point?.nulls.noise?.mean ?? Number.NaN,
              ];
            }),
          ]),
        ),
      );
      return figure(
        `profile-${name}`,
        profileFigure(profileOptions(all, names, name)),
        name === 'T_d' ? 'Fig. 3g–i.' : name === 'P_y' ? 'Fig. 3d–f.' : '',
      );
    }),
  };
}

function switching(analysis: Analysis, figure: Draw, files: Files): ReportSection {
  const { series, changes, reluctance: related, film } = analysis;
  const { shape, step_nm } = series;
  const unit = series.states[0]!.field.unit;
  const names = changes.map(({ bias_V }) => biasLabel(bias_V));
  const reference = biasLabel(series.states[series.reference]!.bias_V);
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
  const against = (axis: 'x' | 'z') =>
    changes.map(({ field, bias_V }, i) => {
      const at = Array.from(field.valid.keys()).filter((k) => field.valid[k]);
      const [a, b] = [
        Float64Array.from(at, (k) => field.values.y[k]!),
        Float64Array.from(at, (k) => field.values[axis][k]!),
      ];
      const limit = (values: Float64Array) => roundUp(quantile(values.map(Math.abs), 0.995) || 1);
      const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      return figure(
        `change-${axis}-y-${i + 1}`,
        countsFigure({
          title: `${names[i]} − ${reference}`,
          a: { symbol: 'ΔP_y', unit },
          b: { symbol: `ΔP_${axis}`, unit },
          counts: counts2(a, b, { a: [-limit(a), limit(a)], b: [-limit(b), limit(b)] }, [40, 40]),
          bins: equalBins(a, b, 12),
          mean: { a: mean(a), b: mean(b) },
        }),
        `Fig. 4c, d: ΔP_${axis} against ΔP_y at ${biasLabel(bias_V)}, with the mean vector.`,
      );
    });
  const turns = histogramFigure({
    symbol: 'turn',
    unit: 'deg',
    range: [0, 180],
    states: changes.map(({ turn_deg }, i) => {
      const values = turn_deg.filter((one) => Number.isFinite(one));
      return { name: `${names[i]} against ${reference}`, density: densities(values, [0, 180], 36), n: values.length };
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
                b: { symbol: '|ΔP_y|', unit },
                counts: related.counts,
                bins: related.bins,
                ...(related.noiseBins.n[0] && { null: { name: 'noise alone', bins: related.noiseBins } }),
              }),
              'Fig. 3l: does P change less where the topological density is high? Means in bins of equal population, beside those of noise around the smoothed maps.',
            ),
          ]
        : []),
      ...against('x'),
      ...against('z'),
      figure('turn', turns, 'Angle by which vectors turn.'),
    ],
  };
}

function unchanged({ series, film }: Analysis, figure: Draw): ReportSection {
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
          heads: states.map(({ bias_V }) => biasLabel(bias_V)),
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

function directionsOf({ series, film, regions, poles }: Analysis, figure: Draw, files: Files): ReportSection {
  const parts = [...new Set(poles.map(({ region }) => region))].filter((name) => name !== 'film');
  const names = parts.slice(0, 3);
  const used = names.length > 0 ? names : ['film'];
  const masks = used.map((name) => regions[name] ?? film);
  const states = series.states.map(({ bias_V }) => biasLabel(bias_V));
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
