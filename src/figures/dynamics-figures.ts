/**
 * Figures of molecular dynamics: a run in time, the distribution of |P| by what it is averaged over, and the directions that a dataset covers. Times in ps,
 * temperatures in K, P in µC/cm², fields in kV/cm.
 */

import { fail } from '../core/errors.ts';
import { extent } from '../core/extent.ts';
import { countLabel, plural, quantity, setting, tickLabels } from '../core/numbers.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { SERIES_COLUMNS } from '../ferroelectric/dataset/collected.ts';
import { BIN_UC_CM2, type MagnitudeDistribution } from '../ferroelectric/dataset/magnitudes.ts';
import { colormap } from './colormap.ts';
import { hex } from './colour.ts';
import { channelUnitSvg } from './labels.ts';
import { type ChartLine, lineChart } from './line-chart.ts';
import { ticks } from './scale.ts';
import { type Disk, onHalf, rim } from './stereographic.ts';
import { el, svgPage, text } from './svg.ts';
import { GRID, INK, MARGIN, MUTED, PAGE_WIDTH, SERIES, TEXT } from './theme.ts';

/** |P| in italics, with its unit. */
const SIZE_LABEL = '|<tspan font-style="italic">P</tspan>| (µC/cm²)';
/** 1 V/Å in kV/cm. */
const KV_PER_CM = 1e5;

export interface RunInTime {
  /** Rows of dataset-collected.ts, [rows][SERIES_COLUMNS]. */
  readonly series: Float64Array;
  readonly temperature_K: number;
  readonly equilibrate_ps: number;
}

/** One column of the series against time. */
function column(series: Float64Array, index: number, scale = 1): [number, number][] {
  return Array.from({ length: series.length / SERIES_COLUMNS }, (_, row) => [
    series[row * SERIES_COLUMNS]!,
    scale * series[row * SERIES_COLUMNS + index]!,
  ]);
}

/** Low and high with some room. */
function around(values: readonly number[]): [number, number] {
  const [low, high] = extent(values);
  const room = high > low ? 0.08 * (high - low) : 1;
  return [low - room, high + room];
}

function inTime(
  lines: readonly ChartLine[],
  { series, equilibrate_ps }: RunInTime,
  label: string,
  description: string,
  mark?: number,
): string {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) fail('range', 'The run has no time series.', 'Give a longer run.');
  const domain = around([...points.map(([, y]) => y), ...(mark === undefined ? [] : [mark])]);
  const end = series.at(-SERIES_COLUMNS)!;
  return lineChart(lines, {
    description,
    height: 170,
    x: { label: 'time (ps)', domain: [0, end], ticks: ticks(0, end, 6) },
    y: { label, domain, ticks: ticks(...domain, 5), grid: true },
    over: (at, frame) => {
      const style = { stroke: INK, 'stroke-width': 0.7, 'stroke-dasharray': '3 2.5' };
      const [x] = at(equilibrate_ps, domain[0]);
      const [, y] = at(0, mark ?? domain[0]);
      return [
        equilibrate_ps > 0 ? el('line', { x1: x, x2: x, y1: frame.top, y2: frame.bottom, ...style }) : '',
        mark === undefined ? '' : el('line', { x1: frame.left, x2: frame.right, y1: y, y2: y, ...style }),
      ].join('');
    },
  });
}

/** Temperature of the soft modes against time; dashed: the thermostat's, and the end of equilibration. */
export function temperatureInTime(run: RunInTime): string {
  const points = column(run.series, 1);
  const words = `Temperature of the soft modes over ${plural(points.length, 'time')}; thermostat ${setting(run.temperature_K, 'K')}.`;
  const label = '<tspan font-style="italic">T</tspan> (K)';
  return inTime([{ name: '', points }], run, label, words, run.temperature_K);
}

/** Mean P of the block against time. */
export function polarizationInTime(run: RunInTime): string {
  const lines = ['P_x', 'P_y', 'P_z'].map((name, axis) => ({ name, points: column(run.series, 2 + axis) }));
  return inTime(lines, run, channelUnitSvg('P', 'uC/cm2'), 'Mean polarization of the block against time.');
}

/** The field that holds P: mean since the end of equilibration, against time. */
export function fieldInTime(run: RunInTime): string {
  const lines = ['x', 'y', 'z'].map((name, axis) => {
    let sum = 0;
    const after = column(run.series, 5 + axis, KV_PER_CM).filter(([t]) => t > run.equilibrate_ps);
    const points = after.map(([t, E], i) => {
      sum += E;
      return [t, sum / (i + 1)] as const;
    });
    return { name, points };
  });
  const label = 'mean <tspan font-style="italic">E</tspan> (kV/cm)';
  return inTime(
    lines,
    run,
    label,
    'The field that holds the polarization of the block, its mean so far, against time.',
  );
}

/** 'an instant', '0.2 ps'. */
export const windowWords = (window_ps: number): string => (window_ps === 0 ? 'an instant' : setting(window_ps, 'ps'));

/** Distributions of |P| for one window in time, one line a column length. @param most end of the axis [µC/cm²] */
export function magnitudeChart(distributions: readonly MagnitudeDistribution[], most: number): string {
  const shown = distributions.filter(({ count }) => count > 0);
  if (shown.length === 0) fail('range', 'There are no |P| to draw.', 'Give a longer run.');
  const bins = Math.ceil(most / BIN_UC_CM2);
  const top = Math.max(...shown.map(({ density }) => Math.max(...density)));
  const lines = shown.map(({ density }) => ({
    name: '',
    points: Array.from(density.subarray(0, bins), (f, bin) => [(bin + 0.5) * BIN_UC_CM2, f] as const),
  }));
  const of = windowWords(shown[0]!.window_ps);
  return lineChart(lines, {
    title: of === 'an instant' ? 'An instant' : `Mean over ${of}`,
    description: `Distribution of |P| of ${of}: ${shown.map((d) => `${plural(d.column, 'cell')}, largest at ${quantity(d.mode, 'uC/cm2')}`).join('; ')}.`,
    height: 180,
    x: { label: SIZE_LABEL, domain: [0, most], ticks: ticks(0, most, 6) },
    y: { label: 'density (cm²/µC)', domain: [0, 1.08 * top], ticks: ticks(0, top, 4), grid: true },
    // The lines end together at zero: they are named where there is room.
    over: (_, frame) =>
      shown
        .map(({ column: cells }, i) => {
          const y = frame.top + 10 + i * (TEXT.small + 4);
          const words = plural(cells, 'cell');
          return (
            el('line', {
              x1: frame.right - 62,
              x2: frame.right - 48,
              y1: y - 2.8,
              y2: y - 2.8,
              stroke: SERIES[i % SERIES.length]!,
              'stroke-width': 1.6,
            }) + text(frame.right - 44, y, words, { 'font-size': TEXT.small })
          );
        })
        .join(''),
  });
}

/** Dots at most, spread over all vectors. */
const DOTS = 2400;

/** Page coordinates of a direction in equal-area projection (Lambert), (X, Y) = (n_x, n_y)/√(1 + |n_z|): the half fills the disk, even coverage looks even. */
function equalArea([x, y, z]: Vec3, { cx, cy, r }: Disk): [number, number] {
  const size = Math.hypot(x, y, z);
  const scale = r / Math.sqrt(size * (size + Math.abs(z)));
  return [cx + scale * x, cy - scale * y];
}

/** Directions of vectors in equal-area projection, both halves seen from +z, coloured by size. @param P_uC_cm2 [n][3] @param targets directions that were aimed at */
export function coverageDisks(P_uC_cm2: Float64Array, p_max_uC_cm2: number, targets: readonly Vec3[]): string {
  const r = (PAGE_WIDTH - 2 * MARGIN - 70 - 4 * 26) / 4;
  const cy = MARGIN + 20 + r;
  const disks: Disk[] = (['upper', 'lower'] as const).map((half, i) => ({
    cx: MARGIN + 26 + r + i * 2 * (r + 26),
    cy,
    r,
    half,
  }));
  const n = P_uC_cm2.length / 3;
  const every = Math.ceil(n / DOTS);
  const viridis = colormap('viridis');
  const dots = disks.map((disk) => {
    const parts: string[] = [];
    for (let i = 0; i < n; i += every) {
      const P: Vec3 = [P_uC_cm2[3 * i]!, P_uC_cm2[3 * i + 1]!, P_uC_cm2[3 * i + 2]!];
      const size = Math.hypot(...P);
      if (size === 0 || !onHalf(P, disk.half)) continue;
      const [cx, y] = equalArea(P, disk);
      parts.push(el('circle', { cx, cy: y, r: 1.3, fill: hex(viridis(Math.min(1, size / p_max_uC_cm2))) }));
    }
    return el('g', { class: 'vectors', 'fill-opacity': 0.75 }, ...parts);
  });
  return svgPage({
    width: PAGE_WIDTH,
    height: cy + r + 34,
    description: `Directions of ${plural(n, 'vector')} of P, ${countLabel(Math.ceil(n / every))} drawn, in equal-area projection; ${plural(targets.length, 'direction')} aimed at.`,
    body: [
      ...disks.map(axesOf),
      ...dots,
      ...disks.map((disk) =>
        targets
          .filter((t) => onHalf(t, disk.half))
          .map((t) => ring(t, disk))
          .join(''),
      ),
      ...disks.map((disk) => rim(disk, disk.r + 1)),
      sizeBar(PAGE_WIDTH - MARGIN - 62, cy - 0.7 * r, 1.4 * r, p_max_uC_cm2),
    ].join('\n'),
  });
}

/** The planes x = 0 and y = 0, and where ±x, ±y and ±z are. */
function axesOf({ cx, cy, r, half }: Disk): string {
  const line = { stroke: GRID, 'stroke-width': 0.8 };
  const letter = { 'font-size': TEXT.small, fill: MUTED, 'text-anchor': 'middle' };
  return (
    el('line', { x1: cx - r, x2: cx + r, y1: cy, y2: cy, ...line }) +
    el('line', { x1: cx, x2: cx, y1: cy - r, y2: cy + r, ...line }) +
    text(cx + r + 8, cy + 3, 'x', { ...letter, 'font-style': 'italic' }) +
    text(cx, cy - r - 6, 'y', { ...letter, 'font-style': 'italic' }) +
    text(cx, cy + r + 16, half === 'upper' ? 'around z' : 'around −z', letter)
  );
}

function ring(direction: Vec3, disk: Disk): string {
  const [cx, cy] = equalArea(direction, disk);
  return el('circle', { class: 'target', cx, cy, r: 3.4, fill: 'none', stroke: INK, 'stroke-width': 0.8 });
}

function sizeBar(x: number, y: number, height: number, most: number): string {
  const viridis = colormap('viridis');
  const bands = 40;
  const marks = ticks(0, most, 4);
  return el(
    'g',
    { class: 'size-bar', 'font-size': TEXT.small },
    ...Array.from({ length: bands }, (_, i) =>
      el('rect', {
        x,
        y: y + height * (1 - (i + 1) / bands),
        width: 9,
        height: height / bands + 0.3,
        fill: hex(viridis((i + 0.5) / bands)),
      }),
    ),
    el('rect', { x, y, width: 9, height, fill: 'none', stroke: INK, 'stroke-width': 0.6 }),
    ...tickLabels(marks).map((label, i) => text(x + 13, y + height * (1 - marks[i]! / most) + 2.9, label)),
    text(x + 4, y - 8, SIZE_LABEL, { 'text-anchor': 'middle' }),
  );
}
