/**
 * Diffraction patterns side by side, on square-root, logarithmic or even grey levels, or as a signed difference, blue to red about zero. Each kind of
 * scale has a colour bar with the intensities; a bar gives the mrad, arrows the directions of qx and qy; disks are named by hkl where the
 * lattice is known. qx to the right, qy down, as arrays [qy][qx] are stored, the direct beam at index pixels/2.
 */

import { fail } from '../core/errors.ts';
import { powerLabel, tickLabels } from '../core/numbers.ts';
import { palette } from './colormap.ts';
import { type BarTick, barRoom, type ColourBar, colourBar, powerTicks } from './colour-bar.ts';
import { channelSvg, textWidth } from './labels.ts';
import { axes, levelImage, scaleBar } from './map-frame.ts';
import { quantile, requireShape, ticks } from './scale.ts';
import { signalPower } from './signal-scale.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, MUTED, TEXT } from './theme.ts';

export type PatternScale = 'sqrt' | 'log' | 'linear' | 'difference';

export interface PatternPanel {
  /** Shown above; keep it short. */
  readonly title: string;
  /** Intensity, or a difference of intensities, in the figure's unit; [qy][qx]. */
  readonly data: ArrayLike<number>;
  readonly shape: readonly [number, number];
  readonly mrad_per_pixel: number;
  /** Default: the figure's. */
  readonly scale?: PatternScale;
}

/** A disk of the pattern. */
export interface PatternSpot {
  readonly hkl: readonly [number, number, number];
  /** Its middle against the direct beam [mrad]. */
  readonly q_mrad: readonly [x: number, y: number];
  /** Draws a ring of this radius around it [mrad]: the disk that was summed over. */
  readonly ring_mrad?: number | undefined;
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
  /** What a pixel's number is: 'fraction of the beam'. */
  readonly unit: string;
  /** Disks to name in the first panel, where they have room. */
  readonly spots?: readonly PatternSpot[] | undefined;
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

const HEADS: Readonly<Record<PatternScale, string>> = {
  sqrt: 'square root',
  log: 'logarithm',
  linear: 'linear',
  difference: 'difference',
};

/** One scale of the figure: its largest level, its bar, and what stands above that. */
interface Scale {
  readonly scale: PatternScale;
  readonly top: number;
  readonly bar: ColourBar;
  readonly heads: readonly string[];
}

function scaleOf(scale: PatternScale, panels: readonly PatternPanel[], colours: 'gray' | 'magma'): Scale {
  const top = Math.max(...panels.map((panel) => topOf(panel, scale)));
  const beyond = (f: (value: number) => boolean) => panels.some(({ data }) => Array.from(data).some(f));
  const signed = scale === 'difference';
  const power = scale === 'log' ? 0 : signalPower(top);
  const level = (value: number) => patternLevel(value, top, scale);
  const even = (low: number, high: number, count: number): BarTick[] => {
    const marks = ticks(low, high, count);
    const labels = tickLabels(marks.map((mark) => Number((mark * 10 ** -power).toPrecision(12))));
    return marks.map((mark, i) => ({ level: level(mark), label: labels[i]! }));
  };
  // By the logarithm the lowest decade is squeezed to nothing: its power has no place.
  const marks = scale === 'log' ? powerTicks(top / 2e3, top, level) : even(signed ? -top : 0, top, signed ? 4 : 3);
  return {
    scale,
    top,
    bar: {
      palette: palette(signed ? 'blue-red' : colours),
      ticks: marks,
      above: beyond((value) => value > top),
      below: signed && beyond((value) => value < -top),
    },
    heads: [HEADS[scale], ...(power === 0 ? [] : [`× ${powerLabel(power)}`])],
  };
}

/** Draws the patterns. @throws 'shape', 'range' */
export function patternFigure(panels: readonly PatternPanel[], options: PatternFigureOptions): string {
  if (panels.length === 0) fail('range', 'There is no pattern to draw.', 'Give at least one.');
  for (const { data, shape, title } of panels) requireShape(data, shape, title);
  const kind = (panel: PatternPanel): PatternScale => panel.scale ?? options.scale ?? 'sqrt';
  const colours = options.colours ?? 'gray';
  const scales = [...new Set(panels.map(kind))].map((scale) =>
    scaleOf(
      scale,
      panels.filter((panel) => kind(panel) === scale),
      colours,
    ),
  );
  const width = options.width ?? COLUMN_WIDTH;
  const columns = Math.min(panels.length, options.columns ?? 4);
  const gap = 8;
  const barWidth = 9;
  const taken = scales.map(({ bar, heads }) =>
    Math.max(barWidth + barRoom(bar), ...heads.map((head) => textWidth(head, TEXT.small))),
  );
  const beside = taken.reduce((sum, room) => sum + room + gap, 0);
  const side = Math.min(200, (width - 2 * MARGIN - beside - (columns - 1) * gap) / columns);
  const top = options.title ? MARGIN + TEXT.title + 6 : MARGIN;
  const heading = TEXT.base + 4;
  const rows = Math.ceil(panels.length / columns);
  const rowHeight = heading + side + gap;
  const barsAt = MARGIN + columns * (side + gap);
  const drawn = panels.map((panel, i) => {
    const x = MARGIN + (i % columns) * (side + gap);
    const y = top + Math.floor(i / columns) * rowHeight;
    const { scale, top: full, bar } = scales.find((one) => one.scale === kind(panel))!;
    const [ny, nx] = panel.shape;
    const height = (side * ny) / nx;
    const box = { x, y: y + heading + (side - height) / 2, width: side, height };
    return el(
      'g',
      { class: 'pattern' },
      text(x, y + TEXT.base - 1, escapeText(panel.title)),
      levelImage(box, panel.shape, bar.palette, (k) => patternLevel(panel.data[k]!, full, scale)),
      el('rect', { ...box, fill: 'none', stroke: INK, 'stroke-width': 0.5 }),
      ...(i === 0 && options.spots ? [spotNames(panel, box, options.spots)] : []),
    );
  });
  const twoHeads = scales.some(({ heads }) => heads.length > 1) ? TEXT.small + 2 : 0;
  let x = barsAt;
  const bars = scales.map(({ bar, heads }, i) => {
    const at = { x, y: top + heading + twoHeads, width: barWidth, height: side - twoHeads };
    x += taken[i]! + gap;
    const words = heads.map((head, k) =>
      text(at.x, top + TEXT.base - 1 + k * (TEXT.small + 2), head, { 'font-size': TEXT.small }),
    );
    return words.join('') + colourBar(at, bar);
  });
  const pageWidth = x - gap + MARGIN;
  const below = top + rows * rowHeight - gap;
  const first = panels[0]!;
  const longest = Math.min(60, side * 0.6);
  const letters = ['q_x', 'q_y'].map((name) => channelSvg(name, TEXT.small)) as [string, string];
  return svgPage({
    width: pageWidth,
    height: below + 27 + MARGIN,
    description: `Diffraction patterns: ${panels.map((panel) => panel.title).join('; ')}.`,
    body: [
      ...figureTitle(options.title),
      ...drawn,
      ...bars,
      scaleBar(MARGIN, below + 6, longest, (first.shape[1] * first.mrad_per_pixel) / side, 'mrad'),
      axes(MARGIN + longest + 26, below + 9, letters),
      text(pageWidth - MARGIN, below + 17.2, escapeText(`per pixel: ${options.unit}`), {
        'text-anchor': 'end',
        fill: MUTED,
        'font-size': TEXT.small,
      }),
    ].join('\n'),
  });
}

/** Names of disks over their middles, the inner ones first, each where the page has room for it. */
function spotNames(
  { shape: [ny, nx], mrad_per_pixel }: PatternPanel,
  box: { x: number; y: number; width: number; height: number },
  disks: readonly PatternSpot[],
): string {
  const perMrad = box.width / (nx * mrad_per_pixel);
  const size = TEXT.small - 1;
  const placed: { x: number; y: number; half: number }[] = [];
  const parts: string[] = [];
  for (const { hkl, q_mrad, ring_mrad } of disks.toSorted(
    (a, b) => Math.hypot(...a.q_mrad) - Math.hypot(...b.q_mrad),
  )) {
    const x = box.x + ((Math.floor(nx / 2) + 0.5) / nx) * box.width + q_mrad[0] * perMrad;
    const y = box.y + ((Math.floor(ny / 2) + 0.5) / ny) * box.height + q_mrad[1] * perMrad;
    const half = textWidth(hkl.map(Math.abs).join(''), size) / 2 + 1.5;
    const inside =
      x - half > box.x && x + half < box.x + box.width && y + size < box.y + box.height && y - size > box.y;
    const free = placed.every((other) => Math.abs(other.y - y) > size + 2 || Math.abs(other.x - x) > other.half + half);
    if (!inside || !free || placed.length >= 25) continue;
    placed.push({ x, y, half });
    const name = indicesSvg(hkl);
    if (ring_mrad) {
      const ring = { cx: px(x), cy: px(y), r: px(ring_mrad * perMrad), fill: 'none', 'stroke-width': 0.8 };
      parts.push(el('circle', { class: 'ring', ...ring, stroke: '#ffe27a' }));
    }
    const style = { 'font-size': size, 'text-anchor': 'middle' };
    parts.push(
      text(x, y + 0.36 * size, name, {
        ...style,
        stroke: '#000000',
        'stroke-width': 2,
        'stroke-opacity': 0.7,
        'stroke-linejoin': 'round',
      }),
      text(x, y + 0.36 * size, name, { ...style, fill: '#ffe27a' }),
    );
  }
  return el('g', { class: 'hkl' }, ...parts);
}

/** '110' with bars over negative indices. */
export const indicesSvg = (hkl: readonly number[]): string =>
  hkl.map((n) => (n < 0 ? `<tspan text-decoration="overline">${-n}</tspan>` : String(n))).join('');
