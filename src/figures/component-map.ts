/**
 * One component of a map beside its uncertainty: the map, and where the map states it, σ in the same unit on a scale of its own; with a truth, the
 * map | the truth | map − truth | σ.
 *
 * Signed quantities (P, δ, θ) run from blue to red about zero, others (thickness, σ) in viridis; σ from zero, so that one that hardly varies looks
 * even. Map and truth share one colour bar; components of one
 * vector share one symmetric range, and so do their differences, so that figures of P_x, P_y and P_z compare. The ranges leave out the outermost per
 * cent of values; a pointed end of a bar says that some lie beyond. x to the right, y down, as arrays [ry][rx] are stored.
 */

import { numberLabel, unitLabel } from '../core/numbers.ts';
import { findChannel, getChannel, longName, type PolarizationMap, stepOf } from '../polarization/polarization-map.ts';
import { palette } from './colormap.ts';
import { barRoom, type ColourBar, colourBar, evenBar } from './colour-bar.ts';
import { channelSvg, channelUnitSvg } from './labels.ts';
import { axes, type Box, border, fitMap, STRIP, scalarImage, scaleBar } from './map-frame.ts';
import { fromZero, robustRange, symmetricRange } from './scale.ts';
import { escapeText, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, MARGIN, PAGE_WIDTH, TEXT } from './theme.ts';

export interface ComponentMapOptions {
  /** Stands before the channel's name. */
  readonly title?: string;
  /** Most that the figure may be wide [px]; default a journal column, 321, for a map alone, otherwise a page, 680. */
  readonly width?: number;
  /** Tallest that a map itself may be [px]; default 1.1 times the width of a column. */
  readonly maxHeight?: number;
  /** Ends of the map's colour bar in the channel's unit; default from the values of all components. */
  readonly range?: readonly [number, number];
  readonly truth?: PolarizationMap | undefined;
}

interface Panel {
  /** What it shows, in words, and as SVG text content where that is not the same. */
  readonly what: string;
  readonly head?: string;
  readonly values: ArrayLike<number>;
  readonly range: readonly [number, number];
  readonly signed: boolean;
  /** Whether its colour bar stands behind it; otherwise the next one's is its own too. */
  readonly bar: boolean;
}

const GAP = 12;
/** Between map and bar, and the bar [px]. */
const BAR = { gap: 7, width: 9 } as const;
/** Widest that one of several maps may be [px]. */
const WIDEST = 230;

/** Whether a channel is signed, so that zero is the middle of its colours. */
function isSigned(name: string): boolean {
  return /^(P|dTi|dO|tilt|centre)_/.test(name);
}

/** The channels that are components of the same vector as this one, itself among them; 'P_x_column' goes with 'P_y_column'. */
function siblings(name: string): string[] {
  return isSigned(name) ? ['x', 'y', 'z'].map((axis) => name.replace(/(?<=^[^_]+_)[xyz]/, axis)) : [name];
}

/** Values of a channel and its siblings in the maps that have them. */
function together(name: string, ...maps: readonly (PolarizationMap | undefined)[]): Float64Array {
  const all = maps.flatMap((map) =>
    siblings(name).flatMap((sibling) => [...((map && findChannel(map, sibling))?.values ?? [])]),
  );
  return Float64Array.from(all);
}

function differences(map: PolarizationMap, truth: PolarizationMap, name: string): Float64Array {
  const found = findChannel(map, name);
  const other = findChannel(truth, name);
  return found && other ? Float64Array.from(found.values, (v, i) => v - other.values[i]!) : new Float64Array();
}

function panelsOf(map: PolarizationMap, name: string, { range, truth }: ComponentMapOptions): Panel[] {
  const { values, sigma } = getChannel(map, name);
  const signed = isSigned(name);
  const true_ = truth && findChannel(truth, name)?.values;
  const all = together(name, map, truth);
  const own = range ?? (signed ? symmetricRange(all) : robustRange(all));
  const panels: Panel[] = [{ what: 'map', values, range: own, signed, bar: !true_ }];
  if (truth && true_) {
    const spread = siblings(name).flatMap((sibling) => [...differences(map, truth, sibling)]);
    panels.push({ what: 'truth', values: true_, range: own, signed, bar: true });
    const difference = differences(map, truth, name);
    panels.push({ what: 'map − truth', values: difference, range: symmetricRange(spread), signed: true, bar: true });
  }
  if (sigma) {
    const head = `<tspan font-style="italic">σ</tspan> of ${channelSvg(name)}`;
    panels.push({
      what: 'its uncertainty σ',
      head,
      values: sigma,
      range: fromZero(sigma),
      signed: false,
      bar: true,
    });
  }
  return panels;
}

/** Draws the component. @throws 'model-mismatch' when the map does not have it */
export function componentMap(map: PolarizationMap, name: string, options: ComponentMapOptions = {}): string {
  const { unit } = getChannel(map, name);
  const panels = panelsOf(map, name, options);
  const several = panels.length > 1;
  const width = options.width ?? (several ? PAGE_WIDTH : COLUMN_WIDTH);
  const highest = options.maxHeight ?? 1.1 * COLUMN_WIDTH;
  const top = MARGIN + TEXT.title + 6 + (several ? TEXT.base + 5 : 0);
  const table = ({ signed }: Panel) => palette(signed ? 'blue-red' : 'viridis');
  const boxFor = (taken: readonly number[]): Box => {
    const room = width - 2 * MARGIN - (panels.length - 1) * GAP - taken.reduce((a, b) => a + b, 0);
    return fitMap(map.shape, 0, top, several ? Math.min(WIDEST, room / panels.length) : room, highest);
  };
  const barHeight = (box: Box): number => Math.max(box.height, 60);
  // The number of labels follows from a bar's height, the maps' width from the labels.
  const guess = boxFor(panels.map(({ bar }) => (bar ? 46 : 0)));
  const bars = panels.map((panel, i): ColourBar => {
    const sharing = i > 0 && !panels[i - 1]!.bar ? [...Array.from(panels[i - 1]!.values)] : [];
    return evenBar(panel.range, table(panel), [...sharing, ...Array.from(panel.values)], barHeight(guess));
  });
  const taken = panels.map(({ bar }, i) => (bar ? BAR.gap + BAR.width + barRoom(bars[i]!) : 0));
  const fitted = boxFor(taken);
  let x: number = MARGIN;
  const boxes = panels.map((_, i): Box => {
    const box = { ...fitted, x };
    x += fitted.width + taken[i]! + GAP;
    return box;
  });
  const pageWidth = x - GAP + MARGIN;
  const below = top + fitted.height;
  const head = `${options.title ? `<tspan font-weight="600">${escapeText(options.title)}</tspan>  ` : ''}${channelUnitSvg(name, unit, TEXT.title)}`;
  const [ry, rx] = map.shape;
  const { step, unit: stepUnit } = stepOf(map);
  const words = panels.map(
    ({ range, what }) =>
      `${what}, colours from ${numberLabel(range[0])} to ${numberLabel(range[1])} ${unitLabel(unit)}`,
  );
  return svgPage({
    width: pageWidth,
    height: Math.max(below + STRIP, top + barHeight(fitted)) + MARGIN - 2,
    description: `Map of the ${longName(name)}, ${ry} × ${rx} positions: ${words.join('; ')}.`,
    body: [
      text(MARGIN, MARGIN + TEXT.title - 1, head, { 'font-size': TEXT.title }),
      ...panels.flatMap((panel, i) => {
        const box = boxes[i]!;
        const place = { x: box.x + box.width + BAR.gap, y: box.y, width: BAR.width, height: barHeight(box) };
        return [
          ...(several ? [text(box.x, box.y - 5, panel.head ?? panel.what)] : []),
          scalarImage(box, map.shape, panel.values, panel.range, table(panel)),
          border(box),
          ...(panel.bar ? [colourBar(place, bars[i]!)] : []),
        ];
      }),
      scaleBar(MARGIN, below + 7, Math.min(70, 0.4 * fitted.width), (step * rx) / fitted.width, stepUnit),
      axes(MARGIN + fitted.width - 14, below + 7),
    ].join('\n'),
  });
}

/** The names of the usual channels that this map has, in the order in which people read them. */
export function usualChannels(map: PolarizationMap): string[] {
  const usual = ['P', 'dTi', 'dO', 'tilt'].flatMap((stem) => ['x', 'y', 'z'].map((axis) => `${stem}_${axis}`));
  return [...usual, 'thickness'].filter((name) => findChannel(map, name));
}
