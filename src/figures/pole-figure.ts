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
import type { Vec3 } from '../crystal/structure.ts';
import type { Axis } from '../findings/vector-field.ts';
import { colormap, palette } from './colormap.ts';
import { hex, type Rgb } from './colour.ts';
import { barRoom, colourBar, evenBar } from './colour-bar.ts';
import { type Key, keyRows } from './key.ts';
import { contourLevels, contours, levelBar } from './landscape-stereogram.ts';

import { requireShape, robustRange } from './scale.ts';
import { drawMark, type Mark } from './series-style.ts';
import { type Disk, GRID_REACH, gridDirections, type Half, onHalf, onPage, rim, spherePath } from './stereographic.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, MUTED, PAGE_WIDTH, RULE, TEXT } from './theme.ts';

/** Poles of one panel: parts of a field, [n] each; zero vectors and NaN are left out. */
export interface PoleCloud {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly z: ArrayLike<number>;
  /** Which region each belongs to, from 0 in the order of `regions`; 255: none, not drawn. Or the depth of each [nm]. */
  readonly region?: Uint8Array | undefined;
  readonly depth_nm?: ArrayLike<number> | undefined;
}

/** A mean pole (findings/poles.ts). */
export interface PoleMean {
  readonly direction: Vec3;
  /** Half angle [degrees]; from 90 on there is no cone to draw. */
  readonly cone95_deg: number;
}

/** Mean poles of one region, in the order of the states: joined where there are several. */
export interface PoleTrack {
  /** Index into `regions`. */
  readonly region: number;
  readonly means: readonly PoleMean[];
}

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

/** Upper, middle, lower: different in lightness too. */
const REGIONS: readonly { readonly colour: string; readonly mark: Mark }[] = [
  { colour: '#e08214', mark: 'down' },
  { colour: '#35978f', mark: 'circle' },
  { colour: '#2d2a7a', mark: 'triangle' },
];

/** An axis of the field and its sign. */
type Signed = readonly [axis: Axis, sign: 1 | -1];
const FRAMES: Readonly<Record<Axis, readonly [right: Signed, up: Signed, reader: Signed]>> = {
  x: [
    ['z', 1],
    ['y', -1],
    ['x', 1],
  ],
  y: [
    ['x', 1],
    ['z', 1],
    ['y', -1],
  ],
  z: [
    ['x', 1],
    ['y', -1],
    ['z', -1],
  ],
};
const INDEX: Readonly<Record<Axis, 0 | 1 | 2>> = { x: 0, y: 1, z: 2 };
const named = ([axis, sign]: Signed): string => (sign < 0 ? `−${axis}` : axis);

/** A direction of the field's frame in the page's: right, up, to the reader. */
function turned(v: Vec3, polar: Axis): Vec3 {
  const part = ([axis, sign]: Signed): number => sign * v[INDEX[axis]];
  const [right, up, reader] = FRAMES[polar];
  return [part(right), part(up), part(reader)];
}

/**
 * Directions of pixels × pixels cells over a half and a little beyond, in the field's frame (stereographic.ts: gridDirections): where a landscape is to be evaluated.
 */
export function poleDirections(pixels: number, half: Half, polar: Axis = 'y'): Vec3[] {
  return gridDirections(pixels, half).map((v) => {
    const out: [number, number, number] = [0, 0, 0];
    FRAMES[polar].forEach(([axis, sign], k) => {
      out[INDEX[axis]] = sign * v[k]!;
    });
    return out;
  });
}

/** What a half lies around: '−y'. */
function middleOf(half: Half, polar: Axis): string {
  const [axis, sign] = FRAMES[polar][2];
  return `${(half === 'upper') === sign > 0 ? '+' : '−'}${axis}`;
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

/** The {100} and {110} mirror planes, thin and grey. */
function circles(disk: Disk): string {
  const normals: Vec3[] = [
    [1, 0, 0],
    [0, 1, 0],
    [1, 1, 0],
    [1, -1, 0],
    [1, 0, 1],
    [1, 0, -1],
    [0, 1, 1],
    [0, 1, -1],
  ];
  const d = normals.map((normal) => spherePath(circle(normal, 90), disk)).join('');
  return el('path', { class: 'mirrors', d, fill: 'none', stroke: RULE, 'stroke-width': 0.5 });
}

/** 121 directions at an angle [degrees] from an axis. */
function circle(axis: Vec3, angle_deg: number): Vec3[] {
  const n = unit(axis);
  const helper: Vec3 = Math.abs(n[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const u = unit(crossed(n, helper));
  const v = crossed(n, u);
  const [c, s] = [Math.cos((angle_deg * Math.PI) / 180), Math.sin((angle_deg * Math.PI) / 180)];
  return Array.from({ length: 121 }, (_, i): Vec3 => {
    const [a, b] = [s * Math.cos((Math.PI * i) / 60), s * Math.sin((Math.PI * i) / 60)];
    return [c * n[0] + a * u[0] + b * v[0], c * n[1] + a * u[1] + b * v[1], c * n[2] + a * u[2] + b * v[2]];
  });
}

const crossed = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (v: Vec3): Vec3 => {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
};

/** Every how manieth point is drawn where there are more than `most`: an even share of them. */
const shareOf = (count: number, most: number): number => Math.min(1, most / Math.max(1, count));

const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Steps of a colour by depth. */
const SHADES = 16;

function drawCloud(
  cloud: PoleCloud,
  disk: Disk,
  polar: Axis,
  most: number,
  colours: readonly Rgb[] | undefined,
  depths: readonly number[],
): string {
  const { x, y, z, region, depth_nm } = cloud;
  for (const array of [y, z, region, depth_nm]) {
    if (array && array.length !== x.length)
      fail(
        'shape',
        `${array.length} and ${x.length} numbers for the poles of one panel.`,
        'Give one of each for each pole.',
      );
  }
  const share = shareOf(drawable(cloud), most);
  const [low, high] = depth_nm ? robustRange(depths, 1) : [0, 1];
  const groups: string[][] = Array.from({ length: depth_nm ? SHADES : REGIONS.length }, () => []);
  let kept = 0;
  for (let i = 0; i < x.length; i++) {
    if (region && region[i]! >= REGIONS.length) continue;
    const v = turned([x[i]!, y[i]!, z[i]!], polar);
    if (!(Math.hypot(...v) > 0)) continue;
    // The golden ratio spreads what is kept evenly over rows and columns of a map.
    kept++;
    if ((kept * GOLDEN) % 1 >= share || !onHalf(v, disk.half)) continue;
    const group = depth_nm
      ? Math.min(SHADES - 1, Math.floor((SHADES * (depth_nm[i]! - low)) / (high - low)))
      : (region?.[i] ?? 0);
    const [cx, cy] = onPage(v, disk);
    groups[group]!.push(`M${cx.toFixed(1)} ${cy.toFixed(1)}h0`);
  }
  // The middle of the film lies behind: it is the diffuse part.
  const order = depth_nm || !region ? groups.map((_, k) => k) : [1, 0, 2];
  return order
    .filter((k) => groups[k]!.length > 0)
    .map((k) => {
      const stroke = depth_nm ? hex(colours![Math.round((255 * (k + 0.5)) / SHADES)]!) : REGIONS[k]!.colour;
      return el('path', {
        class: 'poles',
        d: groups[k]!.join(''),
        stroke,
        'stroke-width': 1.5,
        'stroke-linecap': 'round',
        'stroke-opacity': 0.6,
        fill: 'none',
      });
    })
    .join('\n');
}

function drawable({ x, region }: PoleCloud): number {
  let count = 0;
  for (let i = 0; i < x.length; i++) if (Number.isFinite(x[i]!) && !(region && region[i]! >= REGIONS.length)) count++;
  return count;
}

/** Outlines of 4-, 2- and 3-fold axes. */
function poleOutline(kind: 0 | 1 | 2): string {
  return ['m-2.1 -2.1h4.2v4.2h-4.2z', 'm0 -2.7l1.9 2.7l-1.9 2.7l-1.9 -2.7z', 'm0 -2.6l2.5 4.3h-5z'][kind]!;
}
const CUBIC: readonly string[] = ['{100}', '{110}', '{111}'];
const POLE_STYLE = { fill: '#ffffff', stroke: INK, 'stroke-width': 0.7 } as const;

function cubicPoles(disk: Disk): string[] {
  const out: string[] = [];
  for (const a of [-1, 0, 1]) {
    for (const b of [-1, 0, 1]) {
      for (const c of [-1, 0, 1]) {
        const kind = Math.abs(a) + Math.abs(b) + Math.abs(c) - 1;
        if (kind < 0 || !onHalf([a, b, c], disk.half)) continue;
        const [x, y] = onPage([a, b, c], disk);
        out.push(el('path', { d: `M${px(x)} ${px(y)}${poleOutline(kind as 0 | 1 | 2)}`, ...POLE_STYLE }));
      }
    }
  }
  return out;
}

/** Cones, then the great circles between the means, then the means: growing along the track. */
function drawTrack({ region, means }: PoleTrack, disk: Disk, polar: Axis, states: readonly string[]): string {
  const { colour, mark } = REGIONS[region % REGIONS.length]!;
  const directions = means.map(({ direction }) => turned(direction, polar));
  const cones = means.flatMap(({ cone95_deg }, i) => {
    if (!(cone95_deg < 90)) return [];
    const d = spherePath(circle(directions[i]!, Math.max(0.3, cone95_deg)), disk);
    // One piece: filled; cut by the rim: its outline.
    const whole = d.lastIndexOf('M') === 0;
    return d === ''
      ? []
      : [
          el('path', {
            class: 'cone',
            d,
            fill: whole ? colour : 'none',
            'fill-opacity': 0.1,
            stroke: colour,
            'stroke-width': 0.8,
          }),
        ];
  });
  const arcs = directions.slice(1).map((to, i) => spherePath(arc(directions[i]!, to), disk));
  const line = { d: arcs.join(''), fill: 'none', 'stroke-linecap': 'round' };
  const stroke =
    arcs.join('') === ''
      ? []
      : [
          el('path', { ...line, stroke: '#ffffff', 'stroke-width': 3.2 }),
          el('path', { ...line, class: 'track', stroke: colour, 'stroke-width': 1.6 }),
        ];
  const marks = directions.flatMap((direction, i) => {
    if (!onHalf(direction, disk.half) || !Number.isFinite(direction[0])) return [];
    const [x, y] = onPage(direction, disk);
    const size = states.length > 1 && means.length > 1 ? 2.2 + (1.8 * i) / (means.length - 1) : 3.2;
    return [drawMark(mark, x, y, size, colour)];
  });
  return [...cones, ...stroke, ...marks].join('');
}

/** The shorter great circle from one direction to another, 2° apart. */
function arc(from: Vec3, to: Vec3): Vec3[] {
  const [a, b] = [unit(from), unit(to)];
  const angle = Math.atan2(Math.hypot(...crossed(a, b)), a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
  if (!(angle > 1e-6) || angle > Math.PI - 1e-6) return [];
  const steps = Math.max(2, Math.ceil(angle / 0.017));
  return Array.from({ length: steps + 1 }, (_, i): Vec3 => {
    const [p, q] = [
      Math.sin(angle * (1 - i / steps)) / Math.sin(angle),
      Math.sin((angle * i) / steps) / Math.sin(angle),
    ];
    return [p * a[0] + q * b[0], p * a[1] + q * b[1], p * a[2] + q * b[2]];
  });
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
