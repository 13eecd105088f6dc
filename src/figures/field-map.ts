/**
 * Scalar maps of a field beside each other: rows are quantities, each with one colour bar, columns are states (Fig. 3a–c, ED Fig. 9 of the paper; one row and one column is a
 * map alone). Over them walls as lines, and a second quantity as contours or dots (Fig. 2e, bottom: |P_z| over T_d).
 *
 * Signed quantities run from blue to red about zero, others in viridis; a pointed end of a bar says that values lie beyond. White: not defined (NaN); hatched: left out by the
 * mask; both are in the key. x to the right, y down, as arrays [ny][nx] are stored.
 */

import * as Plot from '@observablehq/plot';
import { fail } from '../core/errors.ts';
import { numberLabel, percent, setting, unitLabel } from '../core/numbers.ts';
import { newDocument } from './chart.ts';
import { palette } from './colormap.ts';
import type { Rgb } from './colour.ts';
import { barRoom, type ColourBar, colourBar, evenBar } from './colour-bar.ts';
import { type Key, keyRows } from './key.ts';
import { symbolSvg, symbolUnitSvg } from './labels.ts';
import { axes, type Box, border, fitMap, indexedImage, STRIP, scaleBar } from './map-frame.ts';
import { quantile, requireShape, robustRange, symmetricRange, ticks } from './scale.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, MISSING, PAGE_WIDTH, RULE, TEXT } from './theme.ts';
import { type WallLines, wallKey, wallLines } from './wall-lines.ts';

export interface FieldPanel {
  /** [ny][nx] in the row's unit; NaN where it is not defined. */
  readonly values: ArrayLike<number>;
  /** [ny][nx], 0 where a position was left out. */
  readonly mask?: Uint8Array | undefined;
  readonly walls?: WallLines | undefined;
  /** [ny][nx], the second quantity, not negative. */
  readonly second?: ArrayLike<number> | undefined;
}

export interface FieldRow {
  /** As symbolSvg takes it: 'P_y', 'T_d', '|ΔP_y|'. */
  readonly symbol: string;
  /** As files spell it. */
  readonly unit: string;
  readonly signed: boolean;
  /** Ends of the colour bar; default from the values of all panels, the outermost per cent left out. */
  readonly range?: readonly [number, number] | undefined;
  /** One for each column. */
  readonly panels: readonly FieldPanel[];
}

export interface SecondQuantity {
  readonly symbol: string;
  readonly unit: string;
  /** Dots whose area goes by the mean over blocks of cells (the key says of how many), or contours at `levels`. */
  readonly as: 'dots' | 'contours';
  /** Of contours; default two round ones. */
  readonly levels?: readonly number[] | undefined;
}

export interface FieldMapOptions {
  readonly title?: string | undefined;
  readonly shape: readonly [ny: number, nx: number];
  readonly step_nm: number;
  readonly rows: readonly FieldRow[];
  /** Above the columns: '−2 V'. */
  readonly heads?: readonly string[] | undefined;
  readonly second?: SecondQuantity | undefined;
  /** What the mask leaves out, in the key; default 'left out'. */
  readonly masked?: string | undefined;
  /** Most that the figure may be wide [px]; default a journal column, 321, for one column, otherwise a page, 680. */
  readonly width?: number | undefined;
  /** Tallest that one map may be [px]; default 1.1 times the width of a journal column. */
  readonly maxHeight?: number | undefined;
}

const GAP = 10;
const BAR = { gap: 7, width: 9, label: TEXT.base + 5 } as const;
/** Least distance between dots [px]. */
const DOT_SPACING = 6.4;

/** Draws the maps. @throws 'shape' where arrays do not fill the shape or rows have not as many panels; 'range' without a row */
export function fieldMap(options: FieldMapOptions): string {
  const { shape, rows, heads } = options;
  const columns = rows[0]?.panels.length ?? 0;
  if (columns === 0) fail('range', 'There is no map to draw.', 'Give at least one row with one panel.');
  if (rows.some(({ panels }) => panels.length !== columns) || (heads && heads.length !== columns)) {
    fail('shape', `Rows and heads are not all ${columns} long.`, 'Give each row one panel for each column.');
  }
  const width = options.width ?? (columns > 1 ? PAGE_WIDTH : COLUMN_WIDTH);
  const top = (options.title ? MARGIN + TEXT.title + 6 : MARGIN) + (heads ? TEXT.base + 5 : 0);
  const ranges = rows.map(rangeOf);
  const boxFor = (taken: number): Box => {
    const room = width - 2 * MARGIN - (columns - 1) * GAP - taken;
    return fitMap(shape, MARGIN, top, room / columns, options.maxHeight ?? 1.1 * COLUMN_WIDTH);
  };
  // The number of labels follows from a bar's height, the maps' width from the labels.
  const guess = boxFor(60);
  const bars = rows.map((row, i) => barOf(row, ranges[i]!, guess.height));
  const barsRoom = BAR.gap + BAR.width + Math.max(...bars.map(barRoom)) + BAR.label;
  const first = boxFor(barsRoom);
  const boxAt = (row: number, column: number): Box => ({
    ...first,
    x: first.x + column * (first.width + GAP),
    y: first.y + row * (first.height + GAP),
  });
  const right = boxAt(0, columns - 1).x + first.width;
  const below = boxAt(rows.length - 1, 0).y + first.height;
  const pageWidth = Math.min(width, right + barsRoom + MARGIN);
  const dots = dotsOf(options, first);
  const keyed = keysOf(options, dots);
  const keys = keyRows(
    keyed,
    columns > 1 ? boxAt(0, 1).x : MARGIN,
    columns > 1 ? below + 14 : below + STRIP + 13,
    pageWidth - MARGIN,
  );
  const panels = rows.flatMap((row, r) =>
    row.panels.map((panel, c) => drawPanel(boxAt(r, c), panel, row, ranges[r]!, options, dots)),
  );
  return svgPage({
    width: pageWidth,
    height: Math.max(below + STRIP, keyed.length > 0 ? keys.bottom + 3 : 0) + MARGIN - 2,
    description: descriptionOf(options, ranges),
    body: [
      ...figureTitle(options.title),
      ...(heads ?? []).map((head, c) => text(boxAt(0, c).x, first.y - 5, escapeText(head))),
      ...panels,
      ...bars.map((bar, r) => {
        const { y, height } = boxAt(r, 0);
        const [x, middle] = [right + BAR.gap, y + height / 2];
        const at = right + barsRoom - BAR.label + TEXT.base + 1;
        return (
          colourBar({ x, y, width: BAR.width, height }, bar) +
          text(at, middle, symbolUnitSvg(rows[r]!.symbol, rows[r]!.unit), {
            'text-anchor': 'middle',
            transform: `rotate(-90 ${px(at)} ${px(middle)})`,
          })
        );
      }),
      scaleBar(MARGIN, below + 7, Math.min(70, 0.4 * first.width), options.step_nm / (first.width / shape[1]), 'nm'),
      axes(MARGIN + first.width - 20, below + 7),
      ...(keyed.length > 0 ? [keys.svg] : []),
    ].join('\n'),
  });
}

const isLeftOut = ({ mask }: FieldPanel, i: number): boolean => mask !== undefined && mask[i] === 0;

/** Values that are shown. */
const shown = (panel: FieldPanel): number[] => Array.from(panel.values).filter((_, i) => !isLeftOut(panel, i));

function rangeOf({ range, signed, panels }: FieldRow): readonly [number, number] {
  if (range) return range;
  const all = Float64Array.from(panels.flatMap(shown));
  return signed ? symmetricRange(all) : robustRange(all);
}

const tableOf = ({ signed }: FieldRow): readonly Rgb[] => palette(signed ? 'blue-red' : 'viridis');

function barOf(row: FieldRow, range: readonly [number, number], height: number): ColourBar {
  return evenBar(range, tableOf(row), row.panels.flatMap(shown), height);
}

function drawPanel(
  box: Box,
  panel: FieldPanel,
  row: FieldRow,
  [low, high]: readonly [number, number],
  { shape, second }: FieldMapOptions,
  dots: Dots | undefined,
): string {
  for (const array of [panel.values, panel.mask, panel.second]) if (array) requireShape(array, shape, row.symbol);
  // 255 of the 256 colours: the last index is for white.
  const colours = tableOf(row).filter((_, i) => i !== 128);
  const cells = indexedImage(box, shape, colours, (i) => {
    if (isLeftOut(panel, i)) return undefined;
    const value = panel.values[i]!;
    if (!Number.isFinite(value)) return 'empty';
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return Math.round(share * (colours.length - 1));
  });
  return [
    cells,
    ...(panel.walls ? [wallLines(box, shape, panel.walls)] : []),
    ...(second && panel.second
      ? [dots ? drawDots(box, shape, panel, dots) : contours(box, shape, panel, levelsOf(second, [panel.second]))]
      : []),
    border(box),
  ].join('\n');
}

interface Dots {
  readonly block: number;
  /** Value of the largest dot. */
  readonly most: number;
  /** Its radius [px]. */
  readonly radius: number;
}

function dotsOf({ shape, rows, second }: FieldMapOptions, box: Box): Dots | undefined {
  if (second?.as !== 'dots') return undefined;
  const cell = box.width / shape[1];
  const block = Math.max(1, Math.ceil(DOT_SPACING / cell));
  const all = rows.flatMap(({ panels }) => panels.flatMap((panel) => (panel.second ? Array.from(panel.second) : [])));
  return { block, most: quantile(all, 0.98) || 1, radius: 0.34 * block * cell };
}

function drawDots(
  box: Box,
  [ny, nx]: readonly [number, number],
  panel: FieldPanel,
  { block, most, radius }: Dots,
): string {
  const cell = box.width / nx;
  const d: string[] = [];
  for (let y = 0; y < ny; y += block) {
    for (let x = 0; x < nx; x += block) {
      let [sum, n] = [0, 0];
      for (let j = y; j < Math.min(ny, y + block); j++) {
        for (let i = x; i < Math.min(nx, x + block); i++) {
          const value = panel.second![j * nx + i]!;
          if (isLeftOut(panel, j * nx + i) || !Number.isFinite(value)) continue;
          sum += value;
          n++;
        }
      }
      const r = n > 0 ? radius * Math.sqrt(Math.min(1, Math.max(0, sum / n / most))) : 0;
      if (r < 0.15) continue;
      const cx = box.x + ((x + Math.min(nx, x + block)) / 2) * cell;
      const cy = box.y + ((y + Math.min(ny, y + block)) / 2) * cell;
      d.push(disk(cx, cy, r));
    }
  }
  return el('path', { class: 'dots', d: d.join(''), fill: INK, 'fill-opacity': 0.7 });
}

const disk = (x: number, y: number, r: number): string =>
  `M${px(x - r)} ${px(y)}a${px(r)} ${px(r)} 0 1 0 ${px(2 * r)} 0a${px(r)} ${px(r)} 0 1 0 ${px(-2 * r)} 0z`;

function levelsOf({ levels }: SecondQuantity, values: readonly ArrayLike<number>[]): readonly number[] {
  if (levels) return levels;
  const all = values.flatMap((one) => Array.from(one));
  return ticks(0, quantile(all, 0.97), 3)
    .filter((level) => level > 0)
    .slice(0, 2);
}

/** Lines of equal value, wider for higher ones. */
function contours(box: Box, [ny, nx]: readonly [number, number], panel: FieldPanel, levels: readonly number[]): string {
  const values = Array.from(panel.second!, (value, i) =>
    isLeftOut(panel, i) || !Number.isFinite(value) ? Number.NaN : value,
  );
  const paths = levels.map((level, k) => {
    const svg = Plot.plot({
      document: newDocument(),
      width: nx,
      height: ny,
      margin: 0,
      axis: null,
      x: { domain: [0, nx], range: [0, nx] },
      y: { domain: [0, ny], range: [0, ny] },
      marks: [
        Plot.contour(values, {
          width: nx,
          height: ny,
          x1: 0,
          y1: 0,
          x2: nx,
          y2: ny,
          value: Plot.identity,
          thresholds: [level],
          stroke: INK,
        }),
      ],
    });
    const d = [...svg.querySelectorAll('path')].map((path) => path.getAttribute('d') ?? '').join('');
    const rounded = d.replaceAll(/-?\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(1))));
    return `<path d="${rounded}" stroke-width="${px((0.5 + 0.4 * k) / (box.width / nx))}"/>`;
  });
  const cell = String(Number((box.width / nx).toFixed(4)));
  return el(
    'g',
    { class: 'contours', transform: `translate(${px(box.x)} ${px(box.y)}) scale(${cell})`, fill: 'none', stroke: INK },
    ...paths,
  );
}

function keysOf({ rows, second, masked = 'left out' }: FieldMapOptions, dots: Dots | undefined): Key[] {
  const panels = rows.flatMap((row) => row.panels);
  const walls = panels.find((panel) => panel.walls)?.walls;
  const all = panels.reduce((sum, { values }) => sum + values.length, 0);
  const hidden = panels.reduce(
    (sum, { mask }) => sum + (mask ? mask.reduce((n, mark) => n + (mark === 0 ? 1 : 0), 0) : 0),
    0,
  );
  const empty = panels.some((panel) => shown(panel).some((value) => !Number.isFinite(value)));
  return [
    ...(walls ? [wallKey(walls)] : []),
    ...(second ? [secondKey(second, panels, dots)] : []),
    ...(hidden > 0 ? [{ words: `${masked}, ${percent(hidden / all, 2)}`, room: 15, draw: swatch(true) }] : []),
    ...(empty ? [{ words: 'not defined', room: 15, draw: swatch(false) }] : []),
  ];
}

function secondKey(second: SecondQuantity, panels: readonly FieldPanel[], dots: Dots | undefined): Key {
  const { symbol, unit } = second;
  const given = panels.flatMap((panel) => (panel.second ? [panel.second] : []));
  const levels = dots ? [] : levelsOf(second, given);
  const tail = dots
    ? `= ${setting(Number(dots.most.toPrecision(2)), unit)} (area)${dots.block > 1 ? `, mean of ${dots.block} × ${dots.block}` : ''}`
    : `= ${levels.map((level) => numberLabel(level)).join(', ')} ${unitLabel(unit)}`;
  return {
    words: `${symbol} ${tail}`,
    svg: symbolSvg(symbol, tail, TEXT.small),
    room: dots ? 2 * dots.radius + 5 : 15 * levels.length,
    draw: (x, y) =>
      dots
        ? el('path', { d: disk(x + dots.radius, y - 3, dots.radius), fill: INK, 'fill-opacity': 0.7 })
        : levels
            .map((_, k) =>
              el('path', { d: `M${px(x + 15 * k)} ${px(y - 3)}h11`, stroke: INK, 'stroke-width': 0.5 + 0.4 * k }),
            )
            .join(''),
  };
}

const swatch =
  (hatched: boolean) =>
  (x: number, y: number): string =>
    el('rect', { x, y: y - 7, width: 11, height: 8, fill: '#ffffff', stroke: RULE, 'stroke-width': 0.6 }) +
    (hatched
      ? el('path', {
          d: `M${px(x)} ${px(y - 3)}l4 -4M${px(x)} ${px(y + 1)}l8 -8M${px(x + 4)} ${px(y + 1)}l7 -7`,
          stroke: MISSING,
          'stroke-width': 0.7,
        })
      : '');

function descriptionOf(
  { title, shape: [ny, nx], rows, heads }: FieldMapOptions,
  ranges: readonly (readonly [number, number])[],
): string {
  const what = rows.map(
    ({ symbol, unit }, i) =>
      `${symbol} from ${numberLabel(ranges[i]![0])} to ${numberLabel(ranges[i]![1])} ${unitLabel(unit)}`,
  );
  return `${title ?? 'Maps'}, ${ny} × ${nx} positions${heads ? ` at ${heads.join(', ')}` : ''}: ${what.join('; ')}.`;
}
