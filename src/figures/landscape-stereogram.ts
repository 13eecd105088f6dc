/**
 * A stereogram of the energy landscape: the lowest energy along each direction of u as filled contours (Fig. 4g of the paper), the stationary points with
 * their names, and paths over it. Energies in meV per formula unit; the projection is that of stereographic.ts.
 */

import * as Plot from '@observablehq/plot';
import { fail } from '../core/errors.ts';
import { numberLabel, plural, tickLabels } from '../core/numbers.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { Kind } from '../ferroelectric/landscape.ts';
import { newDocument } from './chart.ts';
import { colormap } from './colormap.ts';
import { hex } from './colour.ts';
import { keyRows, pathKey } from './key.ts';
import { directionOver, wholeIndices } from './landscape-labels.ts';
import { kindKeys, kindMark } from './landscape-marks.ts';
import { requireShape, ticks } from './scale.ts';
import {
  type Disk,
  GRID_REACH,
  type Half,
  mirrorCircles,
  onHalf,
  onPage,
  poleLabelPlace,
  rim,
  spherePath,
} from './stereographic.ts';
import { el, figureTitle, px, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, MUTED, PAGE_WIDTH, SERIES, TEXT } from './theme.ts';

export interface StereogramPole {
  readonly direction: Vec3;
  readonly kind: Kind;
}

export interface StereogramPath {
  readonly name: string;
  readonly directions: readonly Vec3[];
}

export interface Stereogram {
  readonly title?: string;
  /** Lowest energy along gridDirections(pixels, half) [meV], by half; one half, or both side by side. */
  readonly halves: readonly { readonly half: Half; readonly energies_meV: ArrayLike<number> }[];
  readonly pixels: number;
  readonly poles: readonly StereogramPole[];
  readonly paths: readonly StereogramPath[];
}

const LEVELS = 12;

/** Draws it. @throws 'shape' for a grid of another size, 'range' without a half */
export function stereogram({ title, halves, pixels, poles, paths }: Stereogram): string {
  if (halves.length === 0) fail('range', 'There is no half to draw.', 'Give the upper one.');
  for (const { energies_meV } of halves) requireShape(energies_meV, [pixels, pixels], 'stereogram');
  const width = halves.length === 1 ? COLUMN_WIDTH : PAGE_WIDTH;
  const top = title ? MARGIN + TEXT.title + 8 : MARGIN + 2;
  const side = 30;
  const barRoom = 52;
  const r = (width - 2 * MARGIN - barRoom - 2 * side * halves.length) / (2 * halves.length);
  const cy = top + 16 + r;
  const disks = halves.map(({ half }, i): Disk => ({ cx: MARGIN + side + r + i * 2 * (r + side), cy, r, half }));

  const all = halves.flatMap(({ energies_meV }) => Array.from(energies_meV));
  const levels = contourLevels(Math.min(...all), Math.max(...all));
  const colours = levels.slice(1).map((_, i) => hex(colormap('viridis')((i + 0.5) / (levels.length - 1))));
  const keys = [...kindKeys(poles), ...paths.map(({ name }, i) => pathKey(name, pathColour(i)))];
  const keyTop = cy + r + (halves.length > 1 ? 42 : 30);
  const key = keyRows(keys, MARGIN + 6, keyTop, width - MARGIN);
  return svgPage({
    width,
    height: key.bottom + MARGIN,
    description: `Stereogram of the lowest energy by direction of the soft mode, ${numberLabel(levels[0]!)} to ${numberLabel(levels.at(-1)!)} meV per formula unit, z to the reader; ${plural(paths.length, 'path')}.`,
    body: [
      ...figureTitle(title),
      ...disks.map((disk, i) => contours(halves[i]!.energies_meV, pixels, disk, levels, colours)),
      ...disks.map((disk) => rim(disk, disk.r * GRID_REACH + 1)),
      ...disks.map((disk) => mirrorCircles(disk)),
      // The first path on top: others may run along it.
      ...disks.map((disk) =>
        paths
          .map(({ directions }, i) => drawPath(directions, disk, pathColour(i)))
          .reverse()
          .join(''),
      ),
      ...disks.map((disk) =>
        poles
          .filter(({ direction }) => onHalf(direction, disk.half))
          .map((pole) => drawPole(pole, disk))
          .join('\n'),
      ),
      ...disks.map((disk) => axesOf(disk, halves.length > 1)),
      levelBar(width - MARGIN - barRoom + 12, cy - r, 2 * r, levels, colours),
      key.svg,
    ].join('\n'),
  });
}

/** The colour that the path has in its profile too; a white edge sets it off from the contours. */
const pathColour = (i: number): string => SERIES[i % SERIES.length]!;

/** Round levels from below the lowest to above the highest energy, about twelve bands. */
export function contourLevels(low: number, high: number): number[] {
  const inside = ticks(low, high > low ? high : low + 1, LEVELS);
  const step = inside[1]! - inside[0]!;
  const first = inside[0]! > low + 1e-9 ? [inside[0]! - step] : [];
  const last = inside.at(-1)! < high - 1e-9 ? [inside.at(-1)! + step] : [];
  return [...first, ...inside, ...last].map((level) => Number(level.toPrecision(10)));
}

/** Filled bands between the levels, by Plot's marching squares, in page coordinates. */
export function contours(
  values: ArrayLike<number>,
  pixels: number,
  disk: Disk,
  levels: readonly number[],
  colours: readonly string[],
): string {
  const size = 2 * disk.r * GRID_REACH;
  const svg = Plot.plot({
    document: newDocument(),
    width: size,
    height: size,
    margin: 0,
    axis: null,
    x: { domain: [0, pixels], range: [0, size] },
    y: { domain: [0, pixels], range: [0, size] },
    color: { type: 'threshold', domain: levels.slice(1, -1), range: [...colours] },
    marks: [
      Plot.contour(Array.from(values), {
        width: pixels,
        height: pixels,
        x1: 0,
        y1: 0,
        x2: pixels,
        y2: pixels,
        value: Plot.identity,
        thresholds: levels.slice(0, -1),
        fill: 'value',
        stroke: '#ffffff',
        strokeOpacity: 0.5,
        strokeWidth: 0.5,
      }),
    ],
  });
  const paths = [...svg.querySelectorAll('path')].map((path) =>
    el('path', { d: shortened(path.getAttribute('d') ?? ''), fill: path.getAttribute('fill') ?? 'none' }),
  );
  const corner = `translate(${px(disk.cx - size / 2)} ${px(disk.cy - size / 2)})`;
  const style = { stroke: '#ffffff', 'stroke-width': 0.4, 'stroke-opacity': 0.5, transform: corner };
  return el('g', { class: 'contours', ...style }, ...paths);
}

const shortened = (d: string): string => d.replaceAll(/-?\d+\.\d{3,}/g, (number) => px(Number(number)));

function drawPath(directions: readonly Vec3[], disk: Disk, colour: string): string {
  const d = spherePath(directions, disk);
  const line = { d, fill: 'none', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
  return d === ''
    ? ''
    : el('path', { ...line, stroke: '#ffffff', 'stroke-width': 3.8 }) +
        el('path', { ...line, class: 'path', stroke: colour, 'stroke-width': 2.2 });
}

/** A mark, with its name where the direction has small whole numbers: others lie beside those and are in the table. */
function drawPole({ direction, kind }: StereogramPole, disk: Disk): string {
  const [x, y] = onPage(direction, disk);
  const label = poleLabelPlace(direction, disk);
  const style = { 'font-size': TEXT.small, 'text-anchor': label.anchor };
  return kindMark(kind, x, y) + (wholeIndices(direction) ? directionOver(label.x, label.y, direction, style) : '');
}

/** Small axes at the lower left, and which half it is where there are two. */
function axesOf({ cx, cy, r, half }: Disk, name: boolean): string {
  const [x, y] = [cx - r - 16, cy + r + 10];
  const letter = { 'font-size': TEXT.small, 'font-style': 'italic', fill: MUTED };
  const stroke = { fill: 'none', stroke: MUTED, 'stroke-width': 0.8 };
  const z = half === 'upper' ? 'z' : '−z';
  return el(
    'g',
    { class: 'axes' },
    el('path', {
      d: `M${px(x + 2.4)} ${px(y)}h10.6m-3 -2l3 2l-3 2M${px(x)} ${px(y - 2.4)}v-10.6m-2 3l2 -3l2 3`,
      ...stroke,
    }),
    el('circle', { cx: x, cy: y, r: 2.4, ...stroke }),
    el('circle', { cx: x, cy: y, r: 0.8, fill: MUTED }),
    text(x + 15, y + 2.6, 'x', letter),
    text(x - 2, y - 15, 'y', letter),
    text(x - 4, y + 9, 'z', { ...letter, 'text-anchor': 'end' }),
    ...(name ? [text(cx, cy + r + 24, `around ${z}`, { ...letter, 'text-anchor': 'middle' })] : []),
  );
}

/** The bands beside the disks, with their levels. */
export function levelBar(
  x: number,
  y: number,
  height: number,
  levels: readonly number[],
  colours: readonly string[],
): string {
  const bands = levels.length - 1;
  const at = (i: number): number => y + height - (i * height) / bands;
  const every = Math.ceil(levels.length / 9);
  const labels = tickLabels(levels);
  return el(
    'g',
    { class: 'level-bar', 'font-size': TEXT.small },
    ...colours.map((fill, i) => el('rect', { x, y: at(i + 1), width: 9, height: height / bands, fill })),
    el('rect', { x, y, width: 9, height, fill: 'none', stroke: INK, 'stroke-width': 0.6 }),
    ...levels.flatMap((_, i) => (i % every === 0 ? [text(x + 13, at(i) + 2.9, labels[i]!)] : [])),
    text(x + 9, y - 16, 'meV per', { 'text-anchor': 'middle', fill: MUTED }),
    text(x + 9, y - 7, 'formula unit', { 'text-anchor': 'middle', fill: MUTED }),
  );
}
