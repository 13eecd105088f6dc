/**
 * A field seen from the side: its plane turned away from the page, on it arrows that have all three components (Fig. 2e, top, and 4a of the paper). Parallel projection; far
 * arrows first; each arrow a shaft and a cone with a lit and a shaded side. Colours are those of vector maps (vector-colour.ts), arrows the mean over a square block of cells.
 *
 * The camera turns from where maps are seen (along +z, y down the page): by the azimuth to the left about y, so that the right edge recedes, then by the elevation upwards, so that
 * what is far lies higher on the page. P_z > 0 points away from the source. Lengths along one direction keep their ratios: the scale bar lies along x.
 */

import { fail } from '../core/errors.ts';
import { numberLabel, percent, setting, unitLabel } from '../core/numbers.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { VectorField } from '../findings/vector-field.ts';
import { arrow3d } from './arrow-3d.ts';
import { keyRows } from './key.ts';
import { roundDown } from './scale.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { INK, MARGIN, MUTED, PAGE_WIDTH, RULE, TEXT } from './theme.ts';
import { vectorColour } from './vector-colour.ts';
import { LEGEND_WIDTH, legendColumn } from './vector-legend.ts';
import { fullColourOf } from './vector-map.ts';
import { type WallLines, wallGroup, wallKey } from './wall-lines.ts';

export interface FieldViewOptions {
  readonly title?: string | undefined;
  /** [px]; default a page, 680. */
  readonly width?: number | undefined;
  /** |P| of full colour and of an arrow as long as `length` says; default: 99% of the vectors are below it. */
  readonly pMax?: number | undefined;
  /** Cells along an edge of a block; default what keeps arrows 12 px apart. */
  readonly block?: number | undefined;
  /** Length of an arrow of |P| = pMax, in distances between arrows; default 1.5. */
  readonly length?: number | undefined;
  /** [degrees]; default 28 and 24. */
  readonly azimuth_deg?: number | undefined;
  readonly elevation_deg?: number | undefined;
  /** On the plane. */
  readonly walls?: WallLines | undefined;
}

/** Least distance between arrows [px]. */
const SPACING = 12;

/** Draws the view. @throws 'range' where no position is valid */
export function fieldView(field: VectorField, options: FieldViewOptions = {}): string {
  const { shape, step_nm, unit, values } = field;
  const [ny, nx] = shape;
  const { width = PAGE_WIDTH, length = 1.5, azimuth_deg = 28, elevation_deg = 24 } = options;
  if (!field.valid.includes(1)) fail('range', 'No position of the field is valid.', 'Take another region.');
  const pMax = options.pMax ?? fullColourOf(values);
  const camera = cameraOf(azimuth_deg, elevation_deg);
  const corners = [
    [0, 0],
    [nx, 0],
    [nx, ny],
    [0, ny],
  ].map(([x, y]) => camera([x!, y!, 0]));
  const span = (k: 0 | 1): [number, number] => [
    Math.min(...corners.map((c) => c[k])),
    Math.max(...corners.map((c) => c[k])),
  ];
  const [[u0, u1], [v0, v1]] = [span(0), span(1)];
  const legendRoom = LEGEND_WIDTH + 16;
  const air = 14;
  const cell = (width - 2 * MARGIN - legendRoom - 2 * air) / (u1 - u0);
  const block = options.block ?? Math.max(1, Math.ceil(SPACING / cell));
  const top = (options.title ? MARGIN + TEXT.title + 6 : MARGIN) + air;
  const left = MARGIN + air;
  const page = (v: Vec3): Vec3 => {
    const [a, b, depth] = camera(v);
    return [left + (a - u0) * cell, top + (b - v0) * cell, depth * cell];
  };
  // The plane as a matrix: cells to the page.
  const [o, ex, ey] = [page([0, 0, 0]), page([1, 0, 0]), page([0, 1, 0])];
  const matrix = `matrix(${[ex[0] - o[0], ex[1] - o[1], ey[0] - o[0], ey[1] - o[1], o[0], o[1]].map((n) => Number(n.toFixed(4))).join(' ')})`;

  const size = (length * block) / pMax;
  const arrows = meansOf(field, block)
    .map(({ at, mean }) => {
      const half = mean.map((part) => (part * size) / 2) as unknown as Vec3;
      const [x, y] = at;
      return {
        tail: page([x - half[0], y - half[1], -half[2]]),
        tip: page([x + half[0], y + half[1], half[2]]),
        depth: camera([x, y, 0])[2],
        colour: vectorColour(mean[0] / pMax, mean[1] / pMax, mean[2] / pMax),
      };
    })
    .toSorted((a, b) => b.depth - a.depth);
  const below = top + (v1 - v0) * cell + air;
  const legendX = left + (u1 - u0) * cell + air + 4;
  const legend = legendColumn(legendX, { x: 0, y: top, width: 0, height: below - top }, pMax, unit, 'P_z');
  const leftOut = field.valid.filter((mark) => mark === 0).length;
  const key = keyRows(
    [
      {
        words: `arrows: P in three dimensions, mean of ${block} × ${block} positions`,
        svg: `arrows: <tspan font-style="italic">P</tspan> in three dimensions, mean of ${block} × ${block} positions`,
        room: 0,
        draw: () => '',
      },
      ...(options.walls ? [wallKey(options.walls)] : []),
      ...(leftOut > 0
        ? [{ words: `no arrow: left out, ${percent(leftOut / field.valid.length, 2)}`, room: 0, draw: () => '' }]
        : []),
    ],
    MARGIN + 4,
    page([0, ny + BAR_GAP * nx, 0])[1] + 17,
    legendX - 8,
  );
  const bottom = Math.max(below - air, key.bottom + 3, legend.bottom + 58);
  const frame = `M${corners
    .map((_, i) => page([[0, nx, nx, 0][i]!, [0, 0, ny, ny][i]!, 0]))
    .map(([x, y]) => `${px(x)} ${px(y)}`)
    .join('L')}z`;
  return svgPage({
    width,
    height: bottom + MARGIN,
    description: `${options.title ?? 'Polarization'} in three dimensions: ${ny} × ${nx} positions seen from ${numberLabel(azimuth_deg)}° beside and ${numberLabel(elevation_deg)}° above the beam, arrows the mean of ${block} × ${block}; full colour at ${numberLabel(pMax)} ${unitLabel(unit)}.`,
    body: [
      ...figureTitle(options.title),
      el('path', {
        class: 'plane',
        d: frame,
        fill: '#f1f3f5',
        stroke: RULE,
        'stroke-width': 0.8,
        'stroke-linejoin': 'round',
      }),
      ...(options.walls ? [wallGroup(shape, options.walls, matrix, cell)] : []),
      el(
        'g',
        { class: 'arrows-3d', 'stroke-linejoin': 'round' },
        ...arrows.map(({ tail, tip, colour }) => `\n${arrow3d(tail, tip, colour, block * cell)}`),
        '\n',
      ),
      lengthBar(page, nx, ny, step_nm),
      triad(legendX + LEGEND_WIDTH / 2, legend.bottom + 30, camera),
      legend.svg,
      key.svg,
    ].join('\n'),
  });
}

/** Page right, page down and away from the reader, in the unit of v. */
function cameraOf(azimuth_deg: number, elevation_deg: number): (v: Vec3) => Vec3 {
  const [a, e] = [(azimuth_deg * Math.PI) / 180, (elevation_deg * Math.PI) / 180];
  const [ca, sa, ce, se] = [Math.cos(a), Math.sin(a), Math.cos(e), Math.sin(e)];
  return ([x, y, z]) => {
    const away = sa * x + ca * z;
    return [ca * x - sa * z, ce * y - se * away, se * y + ce * away];
  };
}

interface Mean {
  readonly at: readonly [x: number, y: number];
  readonly mean: Vec3;
}

/** Means over blocks, centred on the block; those with fewer than half of their positions are left out. */
function meansOf({ shape: [ny, nx], values: { x, y, z }, valid }: VectorField, block: number): Mean[] {
  const out: Mean[] = [];
  for (let y0 = 0; y0 < ny; y0 += block) {
    for (let x0 = 0; x0 < nx; x0 += block) {
      let [sx, sy, sz, n] = [0, 0, 0, 0];
      for (let j = y0; j < Math.min(ny, y0 + block); j++) {
        for (let i = j * nx + x0; i < j * nx + Math.min(nx, x0 + block); i++) {
          if (!valid[i]) continue;
          sx += x[i]!;
          sy += y[i]!;
          sz += z[i]!;
          n++;
        }
      }
      if (n === 0 || n < 0.5 * block * Math.min(block, nx, ny)) continue;
      out.push({
        at: [(x0 + Math.min(nx, x0 + block)) / 2, (y0 + Math.min(ny, y0 + block)) / 2],
        mean: [sx / n, sy / n, sz / n],
      });
    }
  }
  return out;
}

/** From the plane's lower edge to the scale bar, in widths of the plane. */
const BAR_GAP = 0.035;

/** A bar of a round length along x, under the plane's lower edge. */
function lengthBar(page: (v: Vec3) => Vec3, nx: number, ny: number, step_nm: number): string {
  const nm = roundDown(0.25 * nx * step_nm);
  const y = ny + BAR_GAP * nx;
  const [from, to] = [page([0, y, 0]), page([nm / step_nm, y, 0])];
  const words = setting(nm, 'nm');
  return el(
    'g',
    { class: 'scale-bar' },
    el('path', { d: `M${px(from[0])} ${px(from[1])}L${px(to[0])} ${px(to[1])}`, stroke: INK, 'stroke-width': 2.2 }),
    text(to[0] + 5, to[1] + 3, escapeText(words), { 'font-size': TEXT.small }),
  );
}

/** The axes as the camera sees them. */
function triad(x: number, y: number, camera: (v: Vec3) => Vec3): string {
  const letter = { 'font-size': TEXT.small, 'font-style': 'italic', fill: MUTED, 'text-anchor': 'middle' };
  const parts = (['x', 'y', 'z'] as const).flatMap((name, k) => {
    const [dx, dy] = camera([k === 0 ? 1 : 0, k === 1 ? 1 : 0, k === 2 ? 1 : 0]);
    const [tx, ty] = [x + 17 * dx, y + 17 * dy];
    const size = Math.hypot(dx, dy) || 1;
    const [ux, uy] = [dx / size, dy / size];
    const wing = (c: number): string => `M${px(tx)} ${px(ty)}l${px(-3 * ux - c * uy)} ${px(-3 * uy + c * ux)}`;
    return [
      el('path', {
        d: `M${px(x)} ${px(y)}L${px(tx)} ${px(ty)}${wing(2)}${wing(-2)}`,
        stroke: MUTED,
        'stroke-width': 0.8,
        fill: 'none',
      }),
      text(tx + 6 * ux, ty + 6 * uy + 2.6, name, letter),
    ];
  });
  return el('g', { class: 'axes' }, ...parts);
}
