/**
 * Scalar maps of a field beside each other: rows are quantities, each with one colour bar, columns are states (Fig. 3a–c, ED Fig. 9 of the paper; one row and one column is a
 * map alone). Over them walls as lines, and a second quantity as contours or dots (Fig. 2e, bottom: |P_z| over T_d).
 *
 * Signed quantities run from blue to red about zero, others in viridis; a pointed end of a bar says that values lie beyond. White: not defined (NaN); hatched: left out by the
 * mask; both are in the key. x to the right, y down, as arrays [ny][nx] are stored.
 */

import { fail } from '../core/errors.ts';
import { numberLabel, percent, unitLabel } from '../core/numbers.ts';
import { palette } from './colormap.ts';
import type { Rgb } from './colour.ts';
import { barRoom, type ColourBar, colourBar, evenBar } from './colour-bar.ts';
import { type Key, keyRows } from './key.ts';
import { symbolUnitSvg } from './labels.ts';
import { axes, type Box, border, fitMap, indexedImage, STRIP, scaleBar } from './map-frame.ts';
import { requireShape, robustRange, symmetricRange } from './scale.ts';
import { drawSecond, type SecondQuantity, type SecondStyle, secondKey, secondStyle } from './second-quantity.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, MARGIN, MISSING, PAGE_WIDTH, RULE, TEXT } from './theme.ts';
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
  const style =
    options.second &&
    secondStyle(
      options.second,
      rows.flatMap(({ panels }) => panels.map(secondOf)),
      first.width / shape[1],
    );
  const keyed = keysOf(options, style);
  const keys = keyRows(
    keyed,
    columns > 1 ? boxAt(0, 1).x : MARGIN,
    columns > 1 ? below + 14 : below + STRIP + 13,
    pageWidth - MARGIN,
  );
  const panels = rows.flatMap((row, r) =>
    row.panels.map((panel, c) => drawPanel(boxAt(r, c), panel, row, ranges[r]!, options, style)),
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

/** The second quantity where it is shown, else NaN. */
const secondOf = (panel: FieldPanel): Float64Array =>
  Float64Array.from(panel.second ?? [], (value, i) => (isLeftOut(panel, i) ? Number.NaN : value));

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
  { shape }: FieldMapOptions,
  style: SecondStyle | undefined,
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
    ...(style && panel.second ? [drawSecond(box, shape, secondOf(panel), style)] : []),
    border(box),
  ].join('\n');
}

function keysOf({ rows, second, masked = 'left out' }: FieldMapOptions, style: SecondStyle | undefined): Key[] {
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
    ...(second && style ? [secondKey(second, style)] : []),
    ...(hidden > 0 ? [{ words: `${masked}, ${percent(hidden / all, 2)}`, room: 15, draw: swatch(true) }] : []),
    ...(empty ? [{ words: 'not defined', room: 15, draw: swatch(false) }] : []),
  ];
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
