/**
 * What every map has: crisp cells, a border, and a strip below with the nm scale bar and the axes.
 *
 * Orientation: arrays are drawn as they are stored, [ry][rx], x to the right and y DOWN the page. The page is seen along the
 * beam, from the source: z points into the page, so P_z > 0 points away from the reader, downstream.
 */

import { fail } from '../core/errors.ts';
import { setting } from '../core/numbers.ts';
import type { Rgb } from './colour.ts';
import { pngDataUri } from './png.ts';
import { requireShape, roundDown } from './scale.ts';
import { el, px, text } from './svg.ts';
import { INK, MISSING, MUTED, TEXT } from './theme.ts';

export interface Box {
  /** CSS pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const WHITE: Rgb = [255, 255, 255];

/** Height of the strip below a map [px]. */
export const STRIP = 27;

/** The largest box for [ry, rx] cells of the given proportions, by default square, within a width and a height [px]. */
export function fitMap(
  [ry, rx]: readonly [number, number],
  x: number,
  y: number,
  width: number,
  height: number,
  [stepX, stepY]: readonly [number, number] = [1, 1],
): Box {
  if (!(ry > 0 && rx > 0))
    fail('shape', `A map of ${ry} × ${rx} positions is empty.`, 'Give it at least one position.');
  const scale = Math.min(width / (rx * stepX), height / (ry * stepY));
  return { x, y, width: rx * stepX * scale, height: ry * stepY * scale };
}

/** Pixels that one cell takes in the embedded image: enough that viewers that smooth images leave cells crisp. */
function enlargement(shape: readonly [number, number]): number {
  return Math.max(1, Math.min(24, Math.floor(1200 / Math.max(...shape))));
}

/**
 * The cells as an embedded PNG. `colourOf` gives the colour of cell i = y·rx + x, or undefined where nothing was measured
 * (drawn as grey diagonals on white).
 */
export function cellImage(
  box: Box,
  shape: readonly [number, number],
  colourOf: (index: number) => Rgb | undefined,
): string {
  const [ry, rx] = shape;
  const scale = enlargement(shape);
  const width = rx * scale;
  const data = new Uint8Array(width * ry * scale * 3);
  const missing: number[] = [];
  for (let cy = 0; cy < ry; cy++) {
    const first = data.subarray(3 * cy * scale * width, 3 * (cy * scale + 1) * width);
    for (let cx = 0; cx < rx; cx++) {
      const colour = colourOf(cy * rx + cx);
      if (!colour) missing.push(cy * rx + cx);
      const [r, g, b] = colour ?? WHITE;
      for (let at = 3 * cx * scale; at < 3 * (cx + 1) * scale; at += 3) {
        first[at] = r;
        first[at + 1] = g;
        first[at + 2] = b;
      }
    }
    for (let j = 1; j < scale; j++) data.set(first, 3 * (cy * scale + j) * width);
  }
  return image(box, pngDataUri({ width, height: ry * scale, data })) + hatch(box, shape, missing);
}

/**
 * Cells of at most 255 colours, as `cellImage` draws them but in a third of the bytes and of the time: a palette PNG. `levelOf` gives the index of the colour of cell
 * i = y·rx + x, 'empty' where there is no value (white), or undefined where nothing was measured (grey diagonals on white).
 */
export function indexedImage(
  box: Box,
  shape: readonly [number, number],
  colours: readonly Rgb[],
  levelOf: (index: number) => number | 'empty' | undefined,
): string {
  const [ry, rx] = shape;
  const scale = enlargement(shape);
  const width = rx * scale;
  const data = new Uint8Array(width * ry * scale);
  const missing: number[] = [];
  for (let cy = 0; cy < ry; cy++) {
    const first = data.subarray(cy * scale * width, (cy * scale + 1) * width);
    for (let cx = 0; cx < rx; cx++) {
      const level = levelOf(cy * rx + cx);
      if (level === undefined) missing.push(cy * rx + cx);
      first.fill(typeof level === 'number' ? level : colours.length, cx * scale, (cx + 1) * scale);
    }
    for (let j = 1; j < scale; j++) data.set(first, (cy * scale + j) * width);
  }
  return (
    image(box, pngDataUri({ width, height: ry * scale, data, palette: [...colours, WHITE] })) +
    hatch(box, shape, missing)
  );
}

/** Grey diagonals over cells, 4 px apart or one per cell: they join from cell to cell. */
function hatch(box: Box, [ry, rx]: readonly [number, number], cells: readonly number[]): string {
  if (cells.length === 0) return '';
  const cell = box.width / rx;
  const cellY = box.height / ry;
  const every = Math.max(1, Math.round(4 / cell));
  const d = cells
    .filter((i) => ((i % rx) + Math.floor(i / rx)) % every === 0)
    .map(
      (i) =>
        `M${px(box.x + (i % rx) * cell)} ${px(box.y + (Math.floor(i / rx) + 1) * cellY)}l${px(cell)} ${px(-cellY)}`,
    );
  return el('path', { class: 'missing', d: d.join(''), stroke: MISSING, 'stroke-width': 0.7, fill: 'none' });
}

/** A scalar map as an embedded palette PNG: index = position in the palette, NaN shown as not measured. */
export function scalarImage(
  box: Box,
  shape: readonly [number, number],
  values: ArrayLike<number>,
  range: readonly [number, number],
  colours: readonly Rgb[],
): string {
  requireShape(values, shape, 'map');
  const [low, high] = range;
  return cellImage(box, shape, (i) => {
    const value = values[i]!;
    if (!Number.isFinite(value)) return undefined;
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return colours[Math.round(share * (colours.length - 1))];
  });
}

/**
 * An image of many small pixels: one byte each, unenlarged. `levelOf` gives the place 0 … 1 of pixel i = y·nx + x in the 256 colours. Where pixels
 * are few, or some are not finite, they are drawn like the cells of a map.
 */
export function levelImage(
  box: Box,
  shape: readonly [number, number],
  colours: readonly Rgb[],
  levelOf: (index: number) => number,
): string {
  const [height, width] = shape;
  const levels = Float64Array.from({ length: width * height }, (_, i) => Math.round(255 * levelOf(i)));
  if (width < 64 || !levels.every(Number.isFinite)) return cellImage(box, shape, (i) => colours[levels[i]!]);
  return image(box, pngDataUri({ width, height, data: Uint8Array.from(levels), palette: colours }));
}

/** An embedded image that is stretched to the box. */
export function image({ x, y, width, height }: Box, href: string, style = 'image-rendering:pixelated'): string {
  return el('image', { x, y, width, height, preserveAspectRatio: 'none', style, href });
}

/** The line around a map. */
export function border({ x, y, width, height }: Box): string {
  return el('rect', { x, y, width, height, fill: 'none', stroke: INK, 'stroke-width': 0.6 });
}

/** A scale bar with its length under it, its left end at (x, y). `unitsPerPx`: data units per CSS pixel. */
export function scaleBar(x: number, y: number, longest: number, unitsPerPx: number, unit: string): string {
  const length = roundDown(longest * unitsPerPx);
  const width = length / unitsPerPx;
  return el(
    'g',
    { class: 'scale-bar' },
    el('rect', { x, y, width, height: 2.2, fill: INK }),
    text(x + width / 2, y + 2.2 + TEXT.small + 1, setting(length, unit), {
      'text-anchor': 'middle',
      'font-size': TEXT.small,
    }),
  );
}

/** Small axes whose corner is at (x, y): x right, y down, z into the page. `letters`: names of the first two, SVG text content. */
export function axes(x: number, y: number, letters: readonly [string, string] = ['x', 'y']): string {
  const letter = { 'font-size': TEXT.small, 'font-style': 'italic', fill: MUTED };
  const length = 13;
  const d = `M${px(x + 2.4)} ${px(y)}h${length - 2.4}m-3 -2l3 2l-3 2M${px(x)} ${px(y + 2.4)}v${length - 2.4}m-2 -3l2 3l2 -3`;
  return el(
    'g',
    { class: 'axes' },
    el('path', { d, fill: 'none', stroke: MUTED, 'stroke-width': 0.8 }),
    el('circle', { cx: x, cy: y, r: 2.4, fill: 'none', stroke: MUTED, 'stroke-width': 0.8 }),
    el('path', {
      d: `M${px(x - 1.7)} ${px(y - 1.7)}l3.4 3.4m0 -3.4l-3.4 3.4`,
      stroke: MUTED,
      'stroke-width': 0.7,
    }),
    text(x + length + 2, y + 2.6, letters[0], letter),
    text(x - 1.8, y + length + 7, letters[1], letter),
    text(x - 9, y + 2.4, 'z', letter),
  );
}
