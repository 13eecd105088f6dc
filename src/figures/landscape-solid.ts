/**
 * The energy landscape as a solid (Fig. 4f of the paper): a closed surface around u = 0, in each direction the further out the lower the energy along it, and coloured by that
 * energy [meV per formula unit]. Distance from the middle is linear in energy, from `LEAST` where it is highest to 1 where it is lowest, so that wells stand out as bulges;
 * the colour bar says how deep they are.
 *
 * Parallel projection of the cubic axes: z up the page, x to the lower left, y to the right, right-handed. Facets that look away are left out, the rest drawn from the furthest to the
 * nearest, and lit from the upper left.
 */

import { fail } from '../core/errors.ts';
import { numberLabel } from '../core/numbers.ts';
import { cross, dot, norm } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { colormap } from './colormap.ts';
import { hex, type Rgb } from './colour.ts';
import { keyRows } from './key.ts';
import { directionOver, wholeIndices } from './landscape-labels.ts';
import { kindKeys, kindMark } from './landscape-marks.ts';
import { contourLevels, levelBar, type StereogramPole } from './landscape-stereogram.ts';
import { requireShape } from './scale.ts';
import { el, figureTitle, px, svgPage } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, TEXT } from './theme.ts';

export interface EnergySolid {
  readonly title?: string;
  /** Facets along each edge of the cube whose faces, blown up, make the surface. */
  readonly facets: number;
  /** Lowest energy along solidDirections(facets) [meV]. */
  readonly energies_meV: ArrayLike<number>;
  readonly poles: readonly StereogramPole[];
}

/** Distance from the middle where the energy is highest, in shares of the largest. */
const LEAST = 0.6;
/** Where the eye is: from x towards y, and above their plane [degrees]. */
const AZIMUTH_DEG = 33;
const ELEVATION_DEG = 27;
/** Towards the light: right, up, towards the reader. */
const LIGHT: Vec3 = [-0.45, 0.6, 0.66];
/** Brightness of what is not lit at all. */
const SHADE = 0.62;
/** Axes end here, in shares of the largest distance. */
const AXIS_END = 1.42;

/** Unit vectors of the corners of all facets: [6 faces][facets + 1][facets + 1], about equally far apart; a grid that has the cube's 48 symmetries. */
export function solidDirections(facets: number): Vec3[] {
  const along = (i: number): number => Math.tan((Math.PI / 4) * ((2 * i) / facets - 1));
  const side = facets + 1;
  return Array.from({ length: 6 * side * side }, (_, n) => {
    const face = Math.floor(n / (side * side));
    const axis = face >> 1;
    const v: [number, number, number] = [0, 0, 0];
    v[axis] = face & 1 ? -1 : 1;
    v[(axis + 1) % 3] = along(Math.floor(n / side) % side);
    v[(axis + 2) % 3] = along(n % side);
    const length = norm(v);
    return [v[0] / length, v[1] / length, v[2] / length];
  });
}

/** Draws it. @throws 'shape' for energies of another grid */
export function energySolid({ title, facets, energies_meV, poles }: EnergySolid): string {
  const directions = solidDirections(facets);
  requireShape(energies_meV, [directions.length, 1], 'surface');
  const energies = Array.from(energies_meV);
  if (!energies.every(Number.isFinite)) {
    fail('range', 'An energy of the surface is not a number.', 'Give one for each direction, in meV.');
  }
  const [low, high] = [Math.min(...energies), Math.max(...energies)];
  const levels = contourLevels(low, high);
  const viridis = colormap('viridis');
  const share = (energy: number): number => (energy - levels[0]!) / (levels.at(-1)! - levels[0]!);
  const colours = levels.slice(1).map((_, i) => hex(viridis((i + 0.5) / (levels.length - 1))));
  const reach = (energy: number): number => (high > low ? 1 - ((1 - LEAST) * (energy - low)) / (high - low) : 1);
  const outwards = (v: Vec3, length: number): Vec3 => [v[0] * length, v[1] * length, v[2] * length];

  const barRoom = 52;
  const r = (COLUMN_WIDTH - 2 * MARGIN - barRoom) / (2 * 1.32);
  const top = title ? MARGIN + TEXT.title + 8 : MARGIN + 2;
  const [cx, cy] = [MARGIN + 1.32 * r, top + 14 + 1.25 * r];
  const page = (v: Vec3): [number, number] => {
    const [right, up] = seen(v);
    return [cx + r * right, cy - r * up];
  };

  const surface = directions.map((v, i) => outwards(v, reach(energies[i]!)));
  const side = facets + 1;
  const patches: { readonly depth: number; readonly svg: string }[] = [];
  for (let face = 0; face < 6; face++) {
    for (let j = 0; j < facets; j++) {
      for (let i = 0; i < facets; i++) {
        const at = (face * side + j) * side + i;
        const corners = [at, at + 1, at + side + 1, at + side];
        const [a, b, c, d] = corners.map((n) => surface[n]!) as [Vec3, Vec3, Vec3, Vec3];
        const across = cross(minus(c, a), minus(d, b));
        const middle: Vec3 = [a[0] + b[0] + c[0] + d[0], a[1] + b[1] + c[1] + d[1], a[2] + b[2] + c[2] + d[2]];
        const normal = seen(outwards(across, (dot(across, middle) < 0 ? -1 : 1) / (norm(across) || 1)));
        if (normal[2] <= 0) continue;
        const energy = corners.reduce((sum, n) => sum + energies[n]! / 4, 0);
        const light = SHADE + (1 - SHADE) * Math.max(0, dot(normal, LIGHT));
        const fill = hex(viridis(share(energy)).map((part) => Math.round(part * light)) as unknown as Rgb);
        const outline = [a, b, c, d].map((corner) => page(corner).map(px).join(' ')).join('L');
        // An edge of its own colour: no seams.
        patches.push({ depth: seen(middle)[2], svg: el('path', { d: `M${outline}z`, fill, stroke: fill }) });
      }
    }
  }
  patches.sort((one, other) => one.depth - other.depth);
  /** Energy at the corner nearest to a direction: where axes and marks meet the surface. */
  const distanceAlong = (v: Vec3): number => {
    let nearest = 0;
    for (let i = 1; i < directions.length; i++) {
      if (dot(directions[i]!, v) > dot(directions[nearest]!, v)) nearest = i;
    }
    return reach(energies[nearest]!);
  };
  const axes = (['x', 'y', 'z'] as const).map((_, k) => {
    const v: Vec3 = [k === 0 ? 1 : 0, k === 1 ? 1 : 0, k === 2 ? 1 : 0];
    return axis(v, page(outwards(v, distanceAlong(v))), page(outwards(v, AXIS_END)));
  });
  const marks = poles.flatMap(({ direction, kind }) => {
    const v = outwards(direction, 1 / norm(direction));
    if (seen(v)[2] < 0.15) return [];
    const [x, y] = page(outwards(v, distanceAlong(v)));
    const style = { 'font-size': TEXT.small, 'text-anchor': 'middle' };
    // Axes carry names of their own.
    const named = wholeIndices(direction) && Math.max(...v.map(Math.abs)) < 1 - 1e-6;
    return [kindMark(kind, x, y) + (named ? directionOver(x, y - 6, direction, style) : '')];
  });
  const key = keyRows(kindKeys(poles), MARGIN + 6, cy + 1.12 * r + 16, COLUMN_WIDTH - MARGIN);
  return svgPage({
    width: COLUMN_WIDTH,
    height: key.bottom + MARGIN,
    description: `The lowest energy by direction of the soft mode as a surface in space, further out the lower it is, ${numberLabel(low)} to ${numberLabel(high)} meV per formula unit, seen from between x and y and above.`,
    body: [
      ...figureTitle(title),
      el(
        'g',
        { class: 'solid', 'stroke-width': 0.4, 'stroke-linejoin': 'round' },
        ...patches.map(({ svg }) => `\n${svg}`),
      ),
      ...axes,
      ...marks,
      levelBar(COLUMN_WIDTH - MARGIN - barRoom + 12, cy - 0.9 * r, 1.8 * r, levels, colours),
      key.svg,
    ].join('\n'),
  });
}

/** To the right of the page, up it, and towards the reader. */
function seen([x, y, z]: Vec3): Vec3 {
  const [a, e] = [(AZIMUTH_DEG * Math.PI) / 180, (ELEVATION_DEG * Math.PI) / 180];
  const towards = Math.cos(a) * x + Math.sin(a) * y;
  return [
    Math.cos(a) * y - Math.sin(a) * x,
    Math.cos(e) * z - Math.sin(e) * towards,
    Math.cos(e) * towards + Math.sin(e) * z,
  ];
}

/** An arrow from the surface outwards, with the direction's name at its end. */
function axis(v: Vec3, [x0, y0]: readonly [number, number], [x, y]: readonly [number, number]): string {
  const length = Math.hypot(x - x0, y - y0);
  const [ux, uy] = [(x - x0) / length, (y - y0) / length];
  const wing = (c: number): string => `M${px(x)} ${px(y)}l${px(-4 * ux - c * uy)} ${px(-4 * uy + c * ux)}`;
  const d = `M${px(x0)} ${px(y0)}L${px(x)} ${px(y)}${wing(2.2)}${wing(-2.2)}`;
  const style = { 'font-size': TEXT.small, 'text-anchor': 'middle' };
  return el(
    'g',
    { class: 'axis' },
    el('path', { d, fill: 'none', stroke: '#ffffff', 'stroke-width': 2.6, 'stroke-opacity': 0.8 }),
    el('path', { d, fill: 'none', stroke: INK, 'stroke-width': 1 }),
    directionOver(x + 9 * ux, y + 8 * uy + 3, v, style),
  );
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
