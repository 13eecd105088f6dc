/**
 * Diffraction patterns side by side: square-root or logarithmic grey levels (or a signed difference, blue to red about zero),
 * with a mrad scale bar. qx to the right, qy down, as arrays [qy][qx] are stored.
 */

import { fail } from '../core/errors.ts';
import { palette } from './colormap.ts';
import type { Rgb } from './colour.ts';
import { levelImage, scaleBar } from './map-frame.ts';
import { quantile, requireShape } from './scale.ts';
import { el, escapeText, figureTitle, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, MUTED, TEXT } from './theme.ts';

export type PatternScale = 'sqrt' | 'log' | 'linear' | 'difference';

export interface PatternPanel {
  /** Shown above; keep it short. */
  readonly title: string;
  /** Intensity, or a difference of intensities, any unit; [qy][qx]. */
  readonly data: ArrayLike<number>;
  readonly shape: readonly [number, number];
  readonly mrad_per_pixel: number;
  /** Default: the figure's. */
  readonly scale?: PatternScale;
}

export interface PatternFigureOptions {
  readonly title?: string;
  readonly width?: number;
  /** Panels in a row; default all of up to four. */
  readonly columns?: number;
  /** Default 'sqrt', which gives shot noise the same strength everywhere. */
  readonly scale?: PatternScale;
  /** Grey levels or magma; default grey. */
  readonly colours?: 'gray' | 'magma';
  /** One range for all panels of one scale instead of one for each; default true. */
  readonly shared?: boolean;
}

/** Position 0 … 1 in the colours for an intensity, where `top` is full: √(I/top), or log over four decades. */
export function patternLevel(value: number, top: number, scale: PatternScale): number {
  if (scale === 'difference') return 0.5 + 0.5 * Math.min(1, Math.max(-1, value / top));
  const share = Math.min(1, Math.max(0, value / top));
  if (scale === 'sqrt') return Math.sqrt(share);
  if (scale === 'log') return Math.log10(1 + 9999 * share) / 4;
  return share;
}

const topOf = (panel: PatternPanel, scale: PatternScale): number =>
  quantile(scale === 'difference' ? Float64Array.from(panel.data, Math.abs) : panel.data, 0.9995) || 1;

/** Draws the patterns. @throws 'shape', 'range' */
export function patternFigure(panels: readonly PatternPanel[], options: PatternFigureOptions = {}): string {
  if (panels.length === 0) fail('range', 'There is no pattern to draw.', 'Give at least one.');
  const width = options.width ?? COLUMN_WIDTH;
  const columns = Math.min(panels.length, options.columns ?? 4);
  const gap = 8;
  const side = Math.min(200, (width - 2 * MARGIN - (columns - 1) * gap) / columns);
  const pageWidth = Math.min(width, 2 * MARGIN + columns * side + (columns - 1) * gap);
  const top = options.title ? MARGIN + TEXT.title + 6 : MARGIN;
  const heading = TEXT.base + 4;
  const rows = Math.ceil(panels.length / columns);
  const scaleOf = (panel: PatternPanel): PatternScale => panel.scale ?? options.scale ?? 'sqrt';
  const range = (panel: PatternPanel): number => {
    const scale = scaleOf(panel);
    const others = options.shared === false ? [panel] : panels.filter((other) => scaleOf(other) === scale);
    return Math.max(...others.map((other) => topOf(other, scale)));
  };
  const rowHeight = heading + side + gap;
  const drawn = panels.map((panel, i) => {
    requireShape(panel.data, panel.shape, panel.title);
    const x = MARGIN + (i % columns) * (side + gap);
    const y = top + Math.floor(i / columns) * rowHeight;
    const scale = scaleOf(panel);
    return el(
      'g',
      { class: 'pattern' },
      text(x, y + TEXT.base - 1, escapeText(panel.title)),
      panelImage(panel, x, y + heading, side, range(panel), scale, options.colours ?? 'gray'),
    );
  });
  const below = top + rows * rowHeight - gap;
  const first = panels[0]!;
  return svgPage({
    width: pageWidth,
    height: below + 24 + MARGIN - 2,
    description: `Diffraction patterns: ${panels.map((panel) => panel.title).join('; ')}.`,
    body: [
      ...figureTitle(options.title),
      ...drawn,
      scaleBar(MARGIN, below + 6, Math.min(60, side * 0.6), (first.shape[1] * first.mrad_per_pixel) / side, 'mrad'),
      text(pageWidth - MARGIN, below + 17.2, scaleWords(panels.map(scaleOf)), {
        'text-anchor': 'end',
        fill: MUTED,
        'font-size': TEXT.small,
      }),
    ].join('\n'),
  });
}

const WORDS: Readonly<Record<PatternScale, string>> = {
  sqrt: 'square root of intensity',
  log: 'logarithm of intensity',
  linear: 'intensity',
  difference: 'difference: red more, blue less',
};

function scaleWords(scales: readonly PatternScale[]): string {
  return [...new Set(scales)].map((scale) => WORDS[scale]).join('; ');
}

function panelImage(
  panel: PatternPanel,
  x: number,
  y: number,
  side: number,
  top: number,
  scale: PatternScale,
  colours: 'gray' | 'magma',
): string {
  const table: readonly Rgb[] = palette(scale === 'difference' ? 'blue-red' : colours);
  const [ny, nx] = panel.shape;
  const height = (side * ny) / nx;
  const box = { x, y: y + (side - height) / 2, width: side, height };
  const drawn = levelImage(box, panel.shape, table, (i) => patternLevel(panel.data[i]!, top, scale));
  return `${drawn}${el('rect', { ...box, fill: 'none', stroke: INK, 'stroke-width': 0.5 })}`;
}
