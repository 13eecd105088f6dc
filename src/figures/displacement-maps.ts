/**
 * Displacements in the plane, truth and prediction as arrows on the lattice of the A columns, one panel a method, as in the paper's Fig. 1e–h: the truth green, the
 * prediction red, both from the middle of their cell. A columns are grey discs, darker with more of their first element. x to the right, y down, as arrays [ry][rx] are
 * stored.
 */

import { quantity, setting } from '../core/numbers.ts';
import { arrowPath } from './arrow.ts';
import { axes, scaleBar } from './map-frame.ts';
import { roundDown } from './scale.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { INK, MARGIN, MUTED, PAGE_WIDTH, PAPER, RULE, TEXT } from './theme.ts';

export const TRUE_COLOUR = '#2a8c6a';
export const PREDICTED_COLOUR = '#d1495b';

export interface DisplacementPanel {
  /** Above the panel; keep it short. */
  readonly title: string;
  /** Under the title. */
  readonly words: string;
  /** [ry][rx][x, y] [pm]; the truth alone where left out. */
  readonly predicted?: ArrayLike<number> | undefined;
}

export interface DisplacementFigure {
  readonly title?: string;
  readonly shape: readonly [ry: number, rx: number];
  /** Edge of a cell [nm]. */
  readonly step_nm: number;
  /** [ry][rx][x, y] [pm]. */
  readonly truth: ArrayLike<number>;
  /** Share of the A columns at the cells' corners, [ry + 1][rx + 1], that is `element`. */
  readonly content: ArrayLike<number>;
  readonly element: string;
  readonly panels: readonly DisplacementPanel[];
}

const GAP = 14;
/** Length of the longest true arrow, in cells. */
const LONGEST = 0.95;

export function displacementMaps(figure: DisplacementFigure): string {
  const { shape, truth, panels, content, element } = figure;
  const [ry, rx] = shape;
  const columns = Math.min(panels.length, 4);
  const side = (PAGE_WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns;
  const cell = side / (rx + 0.6);
  const height = (ry + 0.6) * cell;
  const head = 2 * TEXT.base + 8;
  const top = (figure.title ? MARGIN + TEXT.title + 6 : MARGIN) + head;
  const longest = Math.max(...Array.from({ length: rx * ry }, (_, i) => Math.hypot(truth[2 * i]!, truth[2 * i + 1]!)));
  const perPm = (LONGEST * cell) / longest;
  const drawn = panels.map(({ title, words, predicted }, p) => {
    const left = MARGIN + p * (side + GAP);
    const corner = (i: number): [number, number] => [
      left + (0.3 + (i % (rx + 1))) * cell,
      top + (0.3 + Math.floor(i / (rx + 1))) * cell,
    ];
    const discs = Array.from(content, (share, i) => {
      const [cx, cy] = corner(i);
      const grey = Math.round(235 - 130 * share);
      return el('circle', { cx, cy, r: 0.16 * cell, fill: `rgb(${grey},${grey},${grey})` });
    });
    const arrows = (values: ArrayLike<number>, fill: string) => {
      const paths = Array.from({ length: rx * ry }, (_, i) => {
        const [dx, dy] = [perPm * values[2 * i]!, perPm * values[2 * i + 1]!];
        if (!Number.isFinite(dx + dy)) return '';
        const [cx, cy] = [left + (0.8 + (i % rx)) * cell, top + (0.8 + Math.floor(i / rx)) * cell];
        return arrowPath(cx + dx / 2, cy + dy / 2, dx, dy);
      });
      return el('g', { fill, 'fill-opacity': 0.85 }, el('path', { d: paths.join('') }));
    };
    return [
      text(left, top - TEXT.base - 8, escapeText(title), { 'font-weight': 600 }),
      text(left, top - 5, escapeText(words), { 'font-size': TEXT.small, fill: MUTED }),
      el('rect', { x: left, y: top, width: side, height, fill: PAPER, stroke: RULE, 'stroke-width': 0.6 }),
      // A panel of its own: what leaves it is cut off.
      el(
        'svg',
        { x: left, y: top, width: side, height, viewBox: [left, top, side, height].map(px).join(' ') },
        ...discs,
        arrows(truth, TRUE_COLOUR),
        ...(predicted ? [arrows(predicted, PREDICTED_COLOUR)] : []),
      ),
    ].join('\n');
  });
  const below = top + height + 8;
  const keyPm = roundDown(longest);
  const keyAt = MARGIN + 70;
  const small = { 'font-size': TEXT.small };
  const key = [
    el('path', { d: arrowPath(keyAt + (keyPm * perPm) / 2, below + 1, keyPm * perPm, 0), fill: INK }),
    text(keyAt, below + TEXT.small + 4, setting(keyPm, 'pm'), small),
    ...(
      [
        [TRUE_COLOUR, 'true'],
        [PREDICTED_COLOUR, 'predicted'],
      ] as const
    ).map(([fill, words], i) =>
      [
        el('path', { d: arrowPath(keyAt + 56 + 56 * i, below + 1, 16, 0), fill }),
        text(keyAt + 67 + 56 * i, below + 4, words, small),
      ].join(''),
    ),
    ...[0, 0.5, 1].map((share, i) => {
      const grey = Math.round(235 - 130 * share);
      return el('circle', { cx: keyAt + 190 + 13 * i, cy: below + 1, r: 4.5, fill: `rgb(${grey},${grey},${grey})` });
    }),
    text(keyAt + 227, below + 4, `0, ½, 1 of the A column ${escapeText(element)}`, small),
  ];
  return svgPage({
    width: PAGE_WIDTH,
    height: below + 32,
    description: `Displacements in ${ry} × ${rx} cells, the longest ${quantity(longest, 'pm')}: ${panels.map(({ title, words }) => `${title}, ${words}`).join('; ')}.`,
    body: [
      ...figureTitle(figure.title),
      ...drawn,
      scaleBar(MARGIN, below, 50, figure.step_nm / cell, 'nm'),
      ...key,
      axes(PAGE_WIDTH - MARGIN - 20, below + 3),
    ].join('\n'),
  });
}
