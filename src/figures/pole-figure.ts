/**
 * Directions of polarization as poles in a stereographic projection (Fig. 4b of the paper): one or several panels, each with the half of the sphere around + and around − the
 * polar axis. Points are coloured by region or by depth; mean poles have the cone that holds them in 95 of 100 cases, and those of one region are joined from state to state by
 * great circles. {100}, {110} and {111} are marked with the outline of their symmetry; contours of an energy may lie beneath.
 *
 * The polar axis is at the middle of each disk (default y, across the film), the rim is the plane normal to it. Axes are those of maps, where y runs down the page and z into it:
 *
 *     polar   right   up   to the reader
 *     y       x       z    −y              seen from the top of the film
 *     z       x       −y   −z              seen from the source, as maps are
 *     x       z       −y   x
 *
 * all right-handed. The half 'upper' holds what points to the reader; 'lower' what points away, seen through the page: right and up stay.
 */

import { fail } from '../core/errors.ts';
import { countLabel, numberLabel, plural } from '../core/numbers.ts';
import type { Axis } from '../findings/vector-field.ts';
import { colormap, palette } from './colormap.ts';
import { hex, type Rgb } from './colour.ts';
import { barRoom, colourBar, evenBar } from './colour-bar.ts';
import { type Key, keyRows } from './key.ts';
import { contourLevels, contours, levelBar } from './landscape-stereogram.ts';
import { drawable, drawCloud, type PoleCloud, REGIONS, shareOf } from './pole-cloud.ts';
import { FRAMES, middleOf, named } from './pole-frame.ts';
import { CUBIC, circles, cubicPoles, drawTrack, POLE_STYLE, type PoleTrack, poleOutline } from './pole-marks.ts';
import { requireShape, robustRange } from './scale.ts';
import { drawMark } from './series-style.ts';
import { type Disk, GRID_REACH, type Half, rim } from './stereographic.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, MUTED, PAGE_WIDTH, TEXT } from './theme.ts';

export interface PolePanel {
  /** '−2 V' */
  readonly head?: string | undefined;
  readonly cloud?: PoleCloud | undefined;
  readonly tracks?: readonly PoleTrack[] | undefined;
}

export interface PoleFigureOptions {
  readonly title?: string | undefined;
  readonly panels: readonly PolePanel[];
  /** Names of up to three regions, from the top of the film; absent where points are coloured by depth. */
  readonly regions?: readonly string[] | undefined;
  /** States of the tracks, in their order: the key says which is which along a track. */
  readonly states?: readonly string[] | undefined;
  /** At the middle of the disks; default 'y'. */
  readonly polar?: Axis | undefined;
  /** To the reader, away from them; default both. */
  readonly halves?: readonly Half[] | undefined;
  /** Under every panel: energies along poleDirections(pixels, half, polar) for each half that is drawn [meV per formula unit]. */
  readonly landscape?:
    | { readonly pixels: number; readonly energies_meV: Readonly<Partial<Record<Half, ArrayLike<number>>>> }
    | undefined;
  /** Most points of one panel; of more, an even share is drawn, and the key says which. Default 2500. */
  readonly most?: number | undefined;
  /** [px]; default a journal column, 321, for one panel, otherwise a page, 680. */
  readonly width?: number | undefined;
}

/** Draws the figure. @throws 'range' without a panel or a half; 'shape' where arrays are not alike or a landscape lacks a half */
export function poleFigure(options: PoleFigureOptions): string {
  const { panels, polar = 'y', halves = ['upper', 'lower'], landscape, regions = [], most = 2500 } = options;
  if (panels.length === 0 || halves.length === 0)
    fail('range', 'There is no half of a panel to draw.', 'Give at least one of each.');
  const width = options.width ?? (panels.length > 1 ? PAGE_WIDTH : COLUMN_WIDTH);
  const heads = panels.some(({ head }) => head);
  const top = (options.title ? MARGIN + TEXT.title + 6 : MARGIN) + (heads ? TEXT.base + 3 : 0);
  const depths = panels.flatMap(({ cloud }) => (cloud?.depth_nm ? Array.from(cloud.depth_nm) : []));
  const bar = depths.length > 0 ? evenBar(robustRange(depths, 1), palette('viridis'), depths, 110) : undefined;
  const [sideLeft, side] = [16, 11];
  const barsRoom = (bar ? 9 + barRoom(bar) + 22 : 0) + (landscape ? 56 : 0);
  const single = panels.length === 1 && halves.length > 1 && width >= PAGE_WIDTH;
  const columns = single ? halves.length : panels.length;
  const r = Math.min(150, ((width - 2 * MARGIN - barsRoom - 4) / columns - sideLeft - side) / 2);
  const pitch = 2 * r + sideLeft + side;
  const rowPitch = 2 * r + 30;
  const disks = panels.flatMap((panel, c) =>
    halves.map((half, h) => {
      const [column, row] = single ? [h, 0] : [c, h];
      return {
        panel,
        disk: { cx: MARGIN + sideLeft + r + column * pitch, cy: top + 15 + r + row * rowPitch, r, half },
      };
    }),
  );
  const right = MARGIN + columns * pitch + 4;
  const below = Math.max(...disks.map(({ disk }) => disk.cy)) + r + 17;
  const under = landscape && energiesOf(landscape, halves);
  const drawn = disks.map(({ panel, disk }) =>
    drawDisk(panel, disk, options, polar, most, bar?.palette, depths, under),
  );
  const key = keyRows(keysOf(options, most), MARGIN + 4, below + 12, width - MARGIN);
  const barHeight = Math.min(2 * r, 150);
  return svgPage({
    width,
    height: key.bottom + 3 + MARGIN,
    description: `Stereographic projection around ${halves.map((half) => middleOf(half, polar)).join(' and ')}, ${plural(panels.length, 'panel')}: ${panels.map(({ head, cloud }) => [head ?? '', cloud ? `${countLabel(cloud.x.length)} poles` : 'mean poles'].filter(Boolean).join(', ')).join('; ')}${regions.length > 0 ? `; regions ${regions.join(', ')}` : ''}.`,
    body: [
      ...figureTitle(options.title),
      ...panels.flatMap(({ head }, c) =>
        head ? [text(MARGIN + sideLeft + c * pitch, top - 3, escapeText(head))] : [],
      ),
      ...drawn,
      ...(bar ? [depthBar(right + 4, top + 28, bar, barHeight)] : []),
      ...(under
        ? [levelBar(right + 6 + (bar ? 22 + 9 + barRoom(bar) : 0), top + 34, barHeight, under.levels, under.colours)]
        : []),
      key.svg,
    ].join('\n'),
  });
}

interface Under {
  readonly pixels: number;
  readonly energies: Readonly<Partial<Record<Half, ArrayLike<number>>>>;
  readonly levels: readonly number[];
  readonly colours: readonly string[];
}

/** Pale bands, so that poles read on them. */
function energiesOf(
  { pixels, energies_meV }: NonNullable<PoleFigureOptions['landscape']>,
  halves: readonly Half[],
): Under {
  const all = halves.flatMap((half) => {
    const energies =
      energies_meV[half] ??
      fail('shape', `The landscape has no ${half} half.`, 'Give one for each half that is drawn.');
    requireShape(energies, [pixels, pixels], 'landscape');
    return Array.from(energies);
  });
  const levels = contourLevels(
    all.reduce((a, b) => Math.min(a, b)),
    all.reduce((a, b) => Math.max(a, b)),
  );
  const grey = colormap('gray');
  const colours = levels.slice(1).map((_, i) => hex(grey(0.72 + 0.28 * ((i + 0.5) / (levels.length - 1)))));
  return { pixels, energies: energies_meV, levels, colours };
}

function drawDisk(
  { cloud, tracks }: PolePanel,
  disk: Disk,
  { states = [] }: PoleFigureOptions,
  polar: Axis,
  most: number,
  colours: readonly Rgb[] | undefined,
  depths: readonly number[],
  under: Under | undefined,
): string {
  return el(
    'g',
    { class: 'pole-disk' },
    ...(under
      ? [
          contours(under.energies[disk.half]!, under.pixels, disk, under.levels, under.colours),
          rim(disk, disk.r * GRID_REACH + 1),
        ]
      : []),
    circles(disk),
    ...(cloud ? [drawCloud(cloud, disk, polar, most, colours, depths)] : []),
    el('circle', { cx: disk.cx, cy: disk.cy, r: disk.r, fill: 'none', stroke: INK, 'stroke-width': 0.8 }),
    ...cubicPoles(disk),
    ...(tracks ?? []).map((track) => drawTrack(track, disk, polar, states)),
    ...names(disk, polar),
  );
}

/** Axes at the rim, and what is at the middle. */
function names({ cx, cy, r, half }: Disk, polar: Axis): string[] {
  const [right, up] = FRAMES[polar];
  const letter = { 'font-size': TEXT.small, 'font-style': 'italic', fill: MUTED };
  return [
    text(cx + r + 4, cy + 2.6, named(right), letter),
    text(cx, cy - r - 4, named(up), { ...letter, 'text-anchor': 'middle' }),
    text(cx - 0.72 * r, cy + r + 4, `<tspan font-style="normal">around </tspan>${middleOf(half, polar)}`, {
      ...letter,
      'text-anchor': 'end',
    }),
  ];
}

function depthBar(x: number, y: number, bar: Parameters<typeof colourBar>[1], height: number): string {
  const at = x + 9 + barRoom(bar) + TEXT.small;
  const middle = y + height / 2;
  return (
    colourBar({ x, y, width: 9, height }, bar) +
    text(at, middle, 'depth (nm)', {
      'text-anchor': 'middle',
      'font-size': TEXT.small,
      transform: `rotate(-90 ${px(at)} ${px(middle)})`,
    })
  );
}

function keysOf({ regions = [], states = [], panels }: PoleFigureOptions, most: number): Key[] {
  const tracks = panels.some((panel) => panel.tracks?.length);
  const largest = Math.max(0, ...panels.map(({ cloud }) => (cloud ? drawable(cloud) : 0)));
  const share = shareOf(largest, most);
  const coned = panels.some((panel) =>
    panel.tracks?.some((track) => track.means.some(({ cone95_deg }) => cone95_deg < 90)),
  );
  const wide = panels.some((panel) =>
    panel.tracks?.some((track) => track.means.some(({ cone95_deg }) => cone95_deg >= 90)),
  );
  return [
    ...regions.map(
      (name, i): Key => ({
        words: name,
        draw: (x, y) => drawMark(REGIONS[i]!.mark, x + 4, y - 3, 3, REGIONS[i]!.colour),
      }),
    ),
    ...(tracks && states.length > 1
      ? [
          {
            words: `mean at ${states.join(', ')} (small to large)`,
            room: 32,
            draw: (x: number, y: number) =>
              el('path', { d: `M${px(x)} ${px(y - 3)}h26`, stroke: MUTED, 'stroke-width': 1.6 }) +
              [0, 1, 2].map((i) => drawMark('circle', x + 1 + 12 * i, y - 3, 2.2 + 0.9 * i, MUTED)).join(''),
          },
        ]
      : []),
    ...(coned
      ? [
          {
            words: `95% cone of a mean${wide ? ' (none: the mean may lie anywhere)' : ''}`,
            room: 14,
            draw: (x: number, y: number) =>
              el('circle', {
                cx: x + 5,
                cy: y - 3,
                r: 4.2,
                fill: MUTED,
                'fill-opacity': 0.18,
                stroke: MUTED,
                'stroke-width': 0.8,
              }),
          },
        ]
      : []),
    ...CUBIC.map(
      (words, kind): Key => ({
        words,
        draw: (x, y) => el('path', { d: `M${px(x + 4)} ${px(y - 3)}${poleOutline(kind as 0 | 1 | 2)}`, ...POLE_STYLE }),
      }),
    ),
    ...(largest > 0
      ? [
          {
            words:
              share < 1
                ? `points: one in ${numberLabel(1 / share, 2)} of up to ${countLabel(largest)}`
                : `points: all, up to ${countLabel(largest)}`,
            room: 0,
            draw: () => '',
          },
        ]
      : []),
  ];
}
