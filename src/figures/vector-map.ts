/**
 * The polarization vector map: colour is the whole vector (vector-colour.ts), arrows are its in-plane part.
 *
 * x to the right, y down, as arrays [ry][rx] are stored: an arrow for +y points down the page. Where cells are small an arrow
 * is the mean over a square block of cells; the legend says so. Arrow lengths have a key in µC/cm². Where the map states uncertainties, an
 * arrow that is shorter than its σ is faint: its direction is not known.
 */

import { numberLabel, setting, unitLabel } from '../core/numbers.ts';
import type { VectorField } from '../findings/vector-field.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { getChannel, stepOf } from '../polarization/polarization-map.ts';
import { arrowGroup, arrowPath, FAINT } from './arrow.ts';
import { keyRows } from './key.ts';
import { textWidth } from './labels.ts';
import { axes, border, cellImage, fitMap, STRIP, scaleBar } from './map-frame.ts';
import { quantile, roundDown, roundUp } from './scale.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, TEXT } from './theme.ts';
import { vectorColour } from './vector-colour.ts';
import { LEGEND_WIDTH, legendColumn, legendRow } from './vector-legend.ts';
import { type WallLines, wallKey, wallLines } from './wall-lines.ts';

export interface VectorMapOptions {
  readonly title?: string;
  /** Width [px]; default a journal column, 321. */
  readonly width?: number;
  /** Tallest that the map itself may be [px]; default 1.1 times the width. */
  readonly maxHeight?: number;
  /** |P| of full colour, in the channels' unit; default: 99% of the vectors are below it. */
  readonly pMax?: number;
  /** Channels that make the vector; default P_x, P_y, P_z. */
  readonly channels?: readonly [string, string, string];
  /** Lines between domains, over the colours and under the arrows. */
  readonly walls?: WallLines | undefined;
}

/** What is drawn of a map or a field: [ny][nx], NaN where there is no vector. */
interface Vectors {
  readonly shape: readonly [ny: number, nx: number];
  readonly step_nm: number | undefined;
  readonly unit: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly z: ArrayLike<number>;
  readonly sigma?: readonly [x: ArrayLike<number>, y: ArrayLike<number>] | undefined;
  readonly nameZ: string;
}

/** Least distance between arrows [px]. */
const ARROW_SPACING = 10;
/** Length of the arrow of an in-plane vector of size pMax, in units of the distance between arrows: longer ones would run into each other in a domain. */
const ARROW_LENGTH = 0.95;

/** |P| of full colour where none is given: 99% of the vectors are below it. Give maps that are compared the larger one. */
export function fullColour(map: PolarizationMap, channels: readonly string[] = ['P_x', 'P_y', 'P_z']): number {
  const [x, y, z] = channels.map((name) => getChannel(map, name).values) as [Float32Array, Float32Array, Float32Array];
  return fullColourOf({ x, y, z });
}

/** The same for a field's values. */
export function fullColourOf({ x, y, z }: { readonly [axis in 'x' | 'y' | 'z']: ArrayLike<number> }): number {
  const typical = quantile(
    Float64Array.from(x, (value, i) => Math.hypot(value, y[i]!, z[i]!)),
    0.99,
  );
  return typical > 0 ? roundUp(typical) : 1;
}

/** Draws the map. @throws 'model-mismatch' without the three channels */
export function vectorMap(map: PolarizationMap, options: VectorMapOptions = {}): string {
  const [nameX, nameY, nameZ] = options.channels ?? ['P_x', 'P_y', 'P_z'];
  const { values: x, unit, sigma: sx } = getChannel(map, nameX);
  const { values: y, sigma: sy } = getChannel(map, nameY);
  const { values: z } = getChannel(map, nameZ);
  const { shape, step_nm } = map;
  return draw({ shape, step_nm, unit, x, y, z, sigma: sx && sy && [sx, sy], nameZ }, options);
}

/** Draws a field the same way: positions that are not valid are hatched. */
export function vectorFieldMap(field: VectorField, options: Omit<VectorMapOptions, 'channels'> = {}): string {
  const { shape, step_nm, unit, values, sigma } = field;
  return draw({ shape, step_nm, unit, ...values, sigma: sigma && [sigma.x, sigma.y], nameZ: 'P_z' }, options);
}

function draw(map: Vectors, options: VectorMapOptions): string {
  const { x: vx, y: vy, z: vz, unit, nameZ, sigma } = map;
  const pMax = options.pMax ?? fullColourOf(map);
  const { step, unit: stepUnit } = stepOf(map);

  const [ry, rx] = map.shape;
  const width = options.width ?? COLUMN_WIDTH;
  const top = options.title ? MARGIN + TEXT.title + 6 : MARGIN;
  const beside = rx / ry < 2.6;
  const room = width - 2 * MARGIN - (beside ? LEGEND_WIDTH + 12 : 0);
  const box = fitMap(map.shape, MARGIN, top, room, options.maxHeight ?? 1.1 * width);
  const pageWidth = beside ? box.x + box.width + 12 + LEGEND_WIDTH + MARGIN : width;

  const cells = cellImage(box, map.shape, (i) =>
    Number.isFinite(vx[i]! + vy[i]! + vz[i]!) ? vectorColour(vx[i]! / pMax, vy[i]! / pMax, vz[i]! / pMax) : undefined,
  );
  const cell = box.width / rx;
  const block = Math.max(1, Math.ceil(ARROW_SPACING / cell));
  const spacing = Math.min(block * cell, 26);
  const perUnit = (ARROW_LENGTH * spacing) / pMax;
  const [clear, faint] = [false, true].map((below) =>
    blockMeans(map.shape, block, vx, vy, sigma)
      .filter(({ x, y, sigma }) => Math.hypot(x, y) < sigma === below)
      .map(({ cx, cy, x, y }) => arrowPath(box.x + cx * cell, box.y + cy * cell, x * perUnit, y * perUnit)),
  ) as [string[], string[]];

  const below = box.y + box.height;
  const legend = beside
    ? legendColumn(box.x + box.width + 12, box, pMax, unit, nameZ)
    : legendRow(MARGIN, below + STRIP + (sigma ? 14 : 6), pMax, unit, nameZ);
  const axesX = pageWidth - MARGIN - 20;
  const axesY = beside ? Math.max(below + 7, legend.bottom + 10) : below + 7;

  // The key stands beside the scale bar where there is room, otherwise under it.
  const longest = Math.min(70, 0.4 * box.width);
  const key = arrowKey(roundDown(Math.max(1.6 * pMax, 10 / perUnit)), perUnit, unit, block, sigma !== undefined);
  const nextToBar = MARGIN + longest + 16;
  const fits = nextToBar + key.width < axesX - 12 || (beside && nextToBar + key.width < box.x + box.width + 8);
  const [keyX, keyY] = fits ? [nextToBar, below + 8.1] : [MARGIN, below + 8.1 + 21];
  const strip = [
    scaleBar(MARGIN, below + 7, longest, step / cell, stepUnit),
    el('g', { class: 'arrow-key', transform: `translate(${px(keyX)} ${px(keyY)})` }, key.svg),
  ];
  const deepest = Math.max(keyY + (sigma ? 23 : 12), legend.bottom, axesY + 19);
  const walls =
    options.walls && keyRows([wallKey(options.walls)], MARGIN, keyY + (sigma ? 32 : 22), pageWidth - MARGIN);
  const bottom = Math.max(deepest, walls ? walls.bottom + 3 : 0);
  return svgPage({
    width: pageWidth,
    height: bottom + MARGIN,
    description: `${options.title ?? 'Polarization vector map'}: ${ry} × ${rx} positions, hue the in-plane direction, lightness the component along the beam, arrows the in-plane component; full colour at ${numberLabel(pMax)} ${unitLabel(unit)}.`,
    body: [
      ...figureTitle(options.title),
      cells,
      ...(options.walls ? [wallLines(box, map.shape, options.walls)] : []),
      ...(faint.length > 0 ? [arrowGroup(faint, true)] : []),
      arrowGroup(clear),
      border(box),
      ...strip,
      axes(axesX, axesY),
      legend.svg,
      ...(walls ? [walls.svg] : []),
    ].join('\n'),
  });
}

export interface BlockMean {
  /** Centre of the block, in cells. */
  readonly cx: number;
  readonly cy: number;
  /** Means over the block. */
  readonly x: number;
  readonly y: number;
  /**
   * Uncertainty of the length of (x, y), √(x²σ_x² + y²σ_y²)/|(x, y)|, from the rms of σ over the block: not divided by √n, since a model errs alike
   * on positions that are alike. 0 where no σ is given.
   */
  readonly sigma: number;
}

/** Means of (x, y) over blocks of cells; cells without data are left out, and blocks of such. */
export function blockMeans(
  [ry, rx]: readonly [number, number],
  block: number,
  vx: ArrayLike<number>,
  vy: ArrayLike<number>,
  sigma?: readonly [ArrayLike<number>, ArrayLike<number>] | undefined,
): BlockMean[] {
  const out: BlockMean[] = [];
  for (let y0 = 0; y0 < ry; y0 += block) {
    for (let x0 = 0; x0 < rx; x0 += block) {
      const y1 = Math.min(ry, y0 + block);
      const x1 = Math.min(rx, x0 + block);
      const cells: number[] = [];
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) if (Number.isFinite(vx[y * rx + x]! + vy[y * rx + x]!)) cells.push(y * rx + x);
      }
      if (cells.length === 0) continue;
      const mean = (f: (i: number) => number): number => cells.reduce((sum, i) => sum + f(i), 0) / cells.length;
      const [x, y] = [mean((i) => vx[i]!), mean((i) => vy[i]!)];
      const [sx, sy] = sigma ? sigma.map((s) => Math.sqrt(mean((i) => s[i]! ** 2))) : [0, 0];
      const length = Math.hypot(x, y);
      out.push({
        cx: (x0 + x1) / 2,
        cy: (y0 + y1) / 2,
        x,
        y,
        sigma: length > 0 ? Math.hypot(x * sx!, y * sy!) / length : Math.max(sx!, sy!),
      });
    }
  }
  return out;
}

/** The key of arrow lengths, and of faint arrows where there may be some: arrows and their words, from (0, 0) [px]. */
function arrowKey(
  value: number,
  perUnit: number,
  unit: string,
  block: number,
  uncertain: boolean,
): { svg: string; width: number } {
  const length = value * perUnit;
  const words = `in plane, ${setting(value, unit)}${block > 1 ? `, mean of ${block} × ${block}` : ''}`;
  const faint = 'faint: shorter than its σ';
  const small = { 'font-size': TEXT.small };
  const svg = [
    el('path', { d: arrowPath(length / 2, 0, length, 0), fill: INK }),
    text(0, TEXT.small + 2.1, escapeText(words), small),
    ...(uncertain
      ? [
          el('path', { d: arrowPath(6, 2 * TEXT.small + 1.6, 12, 0), fill: INK, opacity: FAINT }),
          text(16, 2 * TEXT.small + 4.4, faint, small),
        ]
      : []),
  ].join('');
  const widths = [words, ...(uncertain ? [`....${faint}`] : [])].map((line) => 0.94 * textWidth(line, TEXT.small));
  return { svg, width: Math.max(length, ...widths) };
}
