/** A second quantity over a scalar map: dots whose area goes by the mean over blocks of cells, or lines of equal value. */

import * as Plot from '@observablehq/plot';
import { numberLabel, setting, unitLabel } from '../core/numbers.ts';
import { newDocument } from './chart.ts';
import type { Key } from './key.ts';
import { symbolSvg } from './labels.ts';
import type { Box } from './map-frame.ts';
import { quantile, ticks } from './scale.ts';
import { el, px } from './svg.ts';
import { INK, TEXT } from './theme.ts';

export interface SecondQuantity {
  readonly symbol: string;
  readonly unit: string;
  /** Dots whose area goes by the mean over blocks of cells (the key says of how many), or contours at `levels`. */
  readonly as: 'dots' | 'contours';
  /** Of contours; default two round ones. */
  readonly levels?: readonly number[] | undefined;
}

/** Least distance between dots [px]. */
const DOT_SPACING = 6.4;

/** How it is drawn in every panel of a figure. */
export interface SecondStyle {
  /** Of contours. */
  readonly levels: readonly number[];
  /** Of dots. */
  readonly dots?: { readonly block: number; readonly most: number; readonly radius: number } | undefined;
}

/** One style for all panels. @param all values of each panel, NaN where there is none @param cell [px] */
export function secondStyle({ as, levels }: SecondQuantity, all: readonly Float64Array[], cell: number): SecondStyle {
  const values = Float64Array.from(all.flatMap((one) => Array.from(one)));
  if (as === 'contours') {
    const found = ticks(0, quantile(values, 0.97), 3).filter((level) => level > 0);
    return { levels: levels ?? found.slice(0, 2) };
  }
  const block = Math.max(1, Math.ceil(DOT_SPACING / cell));
  return { levels: [], dots: { block, most: quantile(values, 0.98) || 1, radius: 0.34 * block * cell } };
}

/** Draws it over the map in `box`. @param values [ny][nx], NaN where there is none */
export function drawSecond(
  box: Box,
  shape: readonly [number, number],
  values: Float64Array,
  { dots, levels }: SecondStyle,
): string {
  return dots ? drawDots(box, shape, values, dots) : contours(box, shape, values, levels);
}

function drawDots(
  box: Box,
  [ny, nx]: readonly [number, number],
  values: Float64Array,
  { block, most, radius }: NonNullable<SecondStyle['dots']>,
): string {
  const cell = box.width / nx;
  const d: string[] = [];
  for (let y = 0; y < ny; y += block) {
    for (let x = 0; x < nx; x += block) {
      const [bottom, right] = [Math.min(ny, y + block), Math.min(nx, x + block)];
      let [sum, n] = [0, 0];
      for (let j = y; j < bottom; j++) {
        for (let i = x; i < right; i++) {
          const value = values[j * nx + i]!;
          if (!Number.isFinite(value)) continue;
          sum += value;
          n++;
        }
      }
      const r = n > 0 ? radius * Math.sqrt(Math.min(1, Math.max(0, sum / n / most))) : 0;
      if (r >= 0.15) d.push(disk(box.x + ((x + right) / 2) * cell, box.y + ((y + bottom) / 2) * cell, r));
    }
  }
  return el('path', { class: 'dots', d: d.join(''), fill: INK, 'fill-opacity': 0.7 });
}

const disk = (x: number, y: number, r: number): string =>
  `M${px(x - r)} ${px(y)}a${px(r)} ${px(r)} 0 1 0 ${px(2 * r)} 0a${px(r)} ${px(r)} 0 1 0 ${px(-2 * r)} 0z`;

/** Lines of equal value, wider for higher ones. */
function contours(
  box: Box,
  [ny, nx]: readonly [number, number],
  values: Float64Array,
  levels: readonly number[],
): string {
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
        Plot.contour(Array.from(values), {
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

/** Its sample, with what the largest dot or the lines stand for. */
export function secondKey({ symbol, unit }: SecondQuantity, { dots, levels }: SecondStyle): Key {
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
