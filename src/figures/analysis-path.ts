/** Patterns of the scan along a path across the strongest wall of each state, with P, thickness, tilt and Friedel pairs there (Extended Data Fig. 7d–g of the paper), with the numbers as CSV. */

import { decimalLabel, electrons, fixedLabel, plural, quantity, unitLabel } from '../core/numbers.ts';
import { meanOf } from '../findings/linear.ts';
import { AXES, type Axis } from '../findings/vector-field.ts';
import { BESIDE, endsOf, type WallPath } from '../findings/wall-path.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { type AlongPath, pathFigure } from './path-figure.ts';
import type { PatternSpot } from './pattern-figure.ts';
import type { ReportFigure, ReportSection } from './report.ts';

/** Disks of g and −g: means over the positions of each step, fractions of the beam; σ by counting alone. */
export interface PairAlong {
  readonly hkl: readonly [number, number, number];
  readonly plus: AlongPath;
  readonly minus: AlongPath;
}

/** What the scan of a state shows along its path. */
export interface PathPatterns {
  readonly path: WallPath;
  /** The scan's file, without its folder. */
  readonly scan: string;
  /** Linear index in the scan of each position of the path, by step. */
  readonly scanned: readonly (readonly number[])[];
  /** Mean of each step, fraction of the beam per pixel, [pixels][pixels]. */
  readonly patterns: readonly Float32Array[];
  readonly pixels: number;
  /** Sides of a pixel, and of the square of its area [mrad]. */
  readonly sides_mrad: readonly [x: number, y: number];
  readonly pixel_mrad: number;
  /** Electrons of one pattern. */
  readonly dose_e: number;
  /** The disks that are summed, with the direct beam. */
  readonly spots: readonly PatternSpot[];
  readonly pairs: readonly PairAlong[];
  /** Why there are no pairs. */
  readonly unpaired?: string | undefined;
}

/** @param paths of each state; undefined where no wall has a path */
export function pathSection(parts: AnalysisParts, paths: readonly (PathPatterns | undefined)[]): ReportSection {
  const { names } = parts;
  const none = names.filter((_, i) => !paths[i]);
  return {
    heading: 'Patterns across a wall',
    text: [
      `At the wall with the largest σ_P whose path lies in the film, at right angles to it. At each step the positions within ${BESIDE} steps of the path and nearest to that step are averaged, in the frame of the map: its scan, its calibration. Bands are one σ: of P as the map states it, of intensities that of counting alone.`,
      'The map is made of these very patterns, and the largest σ_P of many is in part what noise makes large: what shows here explains the map, it does not confirm it. Intensities go with thickness and tilt, too; what these do along the path stands in each caption.',
      ...(none.length > 0
        ? [`At ${none.join(', ')} no wall has a path of this length on positions with values: none is drawn.`]
        : []),
    ].join('\n\n'),
    svg: paths.flatMap((one, i) => (one ? [drawn(parts, one, i)] : [])),
  };
}

function drawn(parts: AnalysisParts, shown: PathPatterns, i: number): ReportFigure {
  const { analysis, fields, names, unit, files, figure } = parts;
  const { path, patterns, pairs } = shown;
  const field = fields[i]!;
  const { axes } = analysis.states[i]!.told;
  const distance_nm = path.steps.map((step) => step.distance_nm);
  const noise = { length_nm: analysis.options.correlation_nm };
  const component = (axis: Axis): AlongPath & { readonly name: string } => {
    const found = path.steps.map(({ positions }) => {
      const region = new Uint8Array(field.valid.length);
      for (const at of positions) region[at] = 1;
      return meanOf(field, axis, noise, region);
    });
    return {
      name: `P_${axis}`,
      values: found.map(({ value }) => value),
      sigma: found.map(({ sigma }) => sigma ?? Number.NaN),
    };
  };
  const components = AXES.map(component);
  const others = analysis.series.states[i]!.unchanged.map(({ name, unit: own, values, sigma }) => {
    const mean = (positions: readonly number[]) =>
      positions.reduce((sum, at) => sum + values[at]!, 0) / positions.length;
    const error = (positions: readonly number[]) =>
      Math.sqrt(positions.reduce((sum, at) => sum + sigma[at]! ** 2, 0)) / positions.length;
    return {
      name,
      unit: own,
      values: path.steps.map(({ positions }) => mean(positions)),
      sigma: path.steps.map(({ positions }) => error(positions)),
    };
  });
  const columns = [
    ...[...components.map((one) => ({ ...one, unit })), ...others].map((one) => ({
      ...one,
      name: `${one.name}_${one.unit.replaceAll(/[^A-Za-z0-9]+/g, '_')}`,
    })),
    ...pairs.flatMap(({ hkl, plus, minus }) => [
      { ...plus, name: `I(${hkl.join(' ')})` },
      { ...minus, name: `I(${hkl.map((n) => -n || 0).join(' ')})` },
    ]),
  ];
  files.set(
    `data/path-${i + 1}.csv`,
    csv(
      ['distance_nm', 'positions', ...columns.flatMap(({ name }) => [name, `${name}_sigma`])],
      path.steps.map(({ distance_nm: distance, positions }, k) => [
        distance,
        positions.length,
        ...columns.flatMap(({ values, sigma }) => [values[k]!, sigma[k]!]),
      ]),
    ),
  );
  files.set(`data/path-${i + 1}-positions.csv`, positionTable(parts, shown));
  files.set(`data/path-${i + 1}-patterns.csv`, patternTable(shown));
  const svg = pathFigure({
    title: `Across a wall at ${names[i]}`,
    distance_nm,
    components: components.filter((_, k) => axes.includes(AXES[k]!)),
    unit,
    patterns,
    pixels: shown.pixels,
    pixel_mrad: shown.pixel_mrad,
    spots: shown.spots,
    pairs,
  });
  return figure(
    `path-${i + 1}`,
    svg,
    [
      `Extended Data Fig. 7d–g, at ${names[i]}: ${whereWords(path)}.`,
      `Averaged over ${countWords(path)} a step, ${electrons(shown.dose_e)} each, of ${shown.scan}.`,
      path.alone ? '' : 'It meets other walls, too: none has a path of this length to itself.',
      ...AXES.filter((axis) => !axes.includes(axis)).map((axis) => `P_${axis} is not measured.`),
      others.map((one) => `${spread(one)}`).join('; ') + (others.length > 0 ? '.' : ''),
      shown.unpaired ? `No Friedel pairs: ${shown.unpaired}` : '',
      `Mean on a logarithmic scale${pairs.length > 0 ? ', with the disks that are summed' : ''}; patterns of the steps on one logarithmic scale; below, what they differ by from the mean.`,
    ]
      .filter((words) => words !== '')
      .join(' '),
  );
}

/** 'from (x, y) = (1.2, 3.4) to (4.4, 3.4) nm, across the wall at (2.8, 3.4) nm' */
export function whereWords(path: WallPath): string {
  const place = ([x, y]: readonly [number, number]) => `(${decimalLabel(x, 2)}, ${decimalLabel(y, 2)})`;
  const [from, to] = endsOf(path);
  return `from (x, y) = ${place(from)} to ${place(to)} nm, across the wall at ${place(path.centre_nm)} nm`;
}

/** '2 to 4 positions' */
function countWords({ steps }: WallPath): string {
  const counts = steps.map(({ positions }) => positions.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? plural(most, 'position') : `${least} to ${plural(most, 'position')}`;
}

/** How much a channel varies over the steps, beside the σ of one. */
function spread({ name, unit, values, sigma }: AlongPath & { readonly name: string; readonly unit: string }): string {
  const known = Array.from(values).filter(Number.isFinite);
  const error = Array.from(sigma)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const range = Math.max(...known) - Math.min(...known);
  return `${name} varies by ${quantity(range, unit, 2)} (σ of a step ${fixedLabel(error[error.length >> 1] ?? Number.NaN, 2)} ${unitLabel(unit)})`;
}

/** Which positions each step has: in the reference's frame, and where they lie in the state's own scan. */
function positionTable({ analysis }: AnalysisParts, { path, scanned }: PathPatterns): string {
  const { shape, step_nm } = analysis.series;
  const nx = shape[1];
  return csv(
    ['distance_nm', 'x_nm', 'y_nm', 'scan_y', 'scan_x'],
    path.steps.flatMap(({ distance_nm, positions }, k) =>
      positions.map((at, n) => {
        const own = scanned[k]![n]!;
        return [distance_nm, (at % nx) * step_nm, Math.floor(at / nx) * step_nm, Math.floor(own / nx), own % nx];
      }),
    ),
  );
}

/** Each pixel of each step, fraction of the beam. */
function patternTable({ path, patterns, pixels, sides_mrad }: PathPatterns): string {
  return csv(
    ['qx_mrad', 'qy_mrad', ...path.steps.map(({ distance_nm }) => `at_${distance_nm.toFixed(2)}_nm`)],
    Array.from(patterns[0]!, (_, i) => [
      ((i % pixels) - pixels / 2) * sides_mrad[0],
      (Math.floor(i / pixels) - pixels / 2) * sides_mrad[1],
      ...patterns.map((one) => one[i]!),
    ]),
  );
}
