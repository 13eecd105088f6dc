/**
 * Charts by Observable Plot on the house page: thin axes, a light grid, labels with true subscripts. Plot draws marks and
 * ticks; this file gives it a document (linkedom), takes out its style sheet and adds the labels.
 */

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { numberLabel, powerLabel, tickLabels } from '../core/numbers.ts';
import { textWidth } from './labels.ts';
import { ticks } from './scale.ts';
import { el, figureTitle, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, FONT, GRID, INK, MARGIN, TEXT } from './theme.ts';

export interface AxisOptions {
  /** SVG text content (labels.ts), unit included. */
  readonly label: string;
  readonly domain: readonly [number, number];
  readonly log?: boolean;
  /** Values with a tick; default round ones, about 42 px apart. */
  readonly ticks?: readonly number[];
  readonly grid?: boolean;
}

export interface ChartOptions {
  readonly title?: string;
  readonly description: string;
  /** Whole figure [px]; default a journal column wide and 0.68 of that high. */
  readonly width?: number;
  readonly height?: number;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly marginLeft?: number;
  readonly marginRight?: number;
  /** Lines of small text between the title and the axes; SVG text content. */
  readonly head?: readonly string[];
  /** Room under the title for a key that `over` draws (key.ts) [px]. */
  readonly keyRoom?: number;
  /** Marks, bottom first. */
  readonly marks: readonly Plot.Markish[];
  /** SVG over the marks; `at` turns data into page coordinates. */
  readonly over?: (at: (x: number, y: number) => [number, number], frame: Frame) => string;
  /** SVG under the marks. */
  readonly under?: (at: (x: number, y: number) => [number, number], frame: Frame) => string;
}

/** The rectangle of the axes [px]. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A new document for Plot to draw in: linkedom's, which is not one of a page but serves. */
export function newDocument(): NonNullable<Plot.PlotOptions['document']> {
  return parseHTML('<!doctype html><html><body></body></html>').document as never;
}

/** Powers of ten inside a domain; where there are fewer than three, 1, 2 and 5 times them, or even steps. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const tens: number[] = [];
  for (let n = Math.floor(Math.log10(low)); n <= Math.ceil(Math.log10(high)); n++) tens.push(10 ** n);
  const inside = (v: number): boolean => v >= low * 0.999 && v <= high * 1.001;
  if (tens.filter(inside).length >= 3) return tens.filter(inside);
  const fine = tens.flatMap((t) => [1, 2, 5].map((m) => Number((m * t).toPrecision(3)))).filter(inside);
  return fine.length >= 3 ? fine : ticks(low, high, 4);
}

/** Tick labels of one axis: as many decimals as their step needs; on a logarithmic axis each its own, or powers of ten where it reaches far. */
function labelsOf({ log, domain }: AxisOptions, at: readonly number[]): string[] {
  if (!log) return tickLabels(at);
  const far = domain[1] >= 1e5 || domain[0] < 1e-3;
  return at.map((value) => {
    const power = Math.log10(value);
    return far && Math.abs(power - Math.round(power)) < 1e-9 ? powerLabel(Math.round(power)) : numberLabel(value, 6);
  });
}

/** Height of a line of `head` [px]. */
const HEAD_LINE = TEXT.small + 3;

/** Draws a chart. */
export function chart(options: ChartOptions): string {
  const width = options.width ?? COLUMN_WIDTH;
  const height = options.height ?? Math.round(0.68 * width);
  const { head = [] } = options;
  const headTop = options.title ? MARGIN + TEXT.title + 8 : MARGIN + 2;
  const scale = ({ domain, log }: AxisOptions): Plot.ScaleOptions => ({
    type: log ? 'log' : 'linear',
    domain: [...domain],
    grid: false,
    label: null,
    axis: null,
  });
  const chosen = (axis: AxisOptions, length: number): readonly number[] =>
    axis.ticks ?? (axis.log ? logTicks(axis.domain) : ticks(...axis.domain, Math.max(2, Math.floor(length / 42))));
  const marksOf = (axis: AxisOptions, length: number) => {
    const at = chosen(axis, length);
    const labels = labelsOf(axis, at);
    return {
      widest: Math.max(...labels.map((label) => textWidth(label))),
      grid: { stroke: GRID, strokeOpacity: 1, strokeWidth: 0.7, ticks: [...at] },
      axis: {
        label: null,
        tickSize: 3,
        tickPadding: 3,
        fontSize: TEXT.base,
        strokeWidth: 0.7,
        ticks: [...at],
        // Not `tickFormat`: on a logarithmic axis Plot would drop labels of its own choice.
        text: (value: number) => labels[at.indexOf(value)]!,
      },
    };
  };
  const top = headTop + head.length * HEAD_LINE + (head.length > 0 ? 2 : 0) + (options.keyRoom ?? 0);
  const bottom = height - MARGIN - 28;
  const up = marksOf(options.y, bottom - top);
  const frame: Frame = {
    // Room for the axis's name and its longest label.
    left: MARGIN + Math.max(options.marginLeft ?? 38, 19 + up.widest),
    top,
    right: width - MARGIN - (options.marginRight ?? 4),
    bottom,
  };
  const along = marksOf(options.x, frame.right - frame.left);
  const svg = Plot.plot({
    document: newDocument(),
    width,
    height,
    marginLeft: frame.left,
    marginTop: frame.top,
    marginRight: width - frame.right,
    marginBottom: height - frame.bottom,
    style: { fontFamily: FONT },
    x: scale(options.x),
    y: scale(options.y),
    marks: [
      ...(options.x.grid ? [Plot.gridX(along.grid)] : []),
      ...(options.y.grid ? [Plot.gridY(up.grid)] : []),
      ...options.marks,
      Plot.axisX({ ...along.axis, anchor: 'bottom' }),
      Plot.axisY({ ...up.axis, anchor: 'left' }),
      Plot.ruleY([options.y.domain[0]], { strokeWidth: 0.7 }),
      Plot.ruleX([options.x.domain[0]], { strokeWidth: 0.7 }),
    ],
  });
  for (const style of svg.querySelectorAll('style')) style.remove();
  const place = (axis: AxisOptions, from: number, to: number) => {
    const f = axis.log ? Math.log : (v: number) => v;
    const [low, high] = axis.domain;
    return (value: number): number => from + ((f(value) - f(low)) / (f(high) - f(low))) * (to - from);
  };
  const toX = place(options.x, frame.left, frame.right);
  const toY = place(options.y, frame.bottom, frame.top);
  const at = (x: number, y: number): [number, number] => [toX(x), toY(y)];
  const middle = (frame.top + frame.bottom) / 2;
  return svgPage({
    width,
    height,
    description: options.description,
    body: [
      ...figureTitle(options.title),
      ...head.map((line, i) =>
        text(frame.left, headTop + (i + 1) * HEAD_LINE - 4, line, { class: 'head', 'font-size': TEXT.small }),
      ),
      options.under?.(at, frame) ?? '',
      el(
        'g',
        { class: 'chart', color: INK, fill: 'currentColor', 'font-size': TEXT.base, 'text-anchor': 'middle' },
        shorten(svg.innerHTML),
      ),
      text((frame.left + frame.right) / 2, height - MARGIN - 2, options.x.label, { 'text-anchor': 'middle' }),
      text(MARGIN + TEXT.base - 1, middle, options.y.label, {
        'text-anchor': 'middle',
        transform: `rotate(-90 ${MARGIN + TEXT.base - 1} ${middle})`,
      }),
      options.over?.(at, frame) ?? '',
    ]
      .filter((part) => part !== '')
      .join('\n'),
  });
}

/** Coordinates of Plot's output with at most two decimals, so that the last digits of a machine do not show. Labels stay. */
function shorten(svg: string): string {
  return svg
    .replaceAll(/<[^>]*>/g, (tag) =>
      tag.replaceAll(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
    )
    .replaceAll('><', '>\n<');
}
