/**
 * A crystal's unit cell, seen along its three edges: atoms as disks coloured by element, nearer ones over those behind, at one scale. The edge looked along points at the
 * reader. Sites that are shared, or not always occupied, are disks of sectors, what is missing white. Disks tell elements apart and are no radii of anything.
 */

import { setting } from '../core/numbers.ts';
import { atomicMass } from '../crystal/elements.ts';
import { at, cross, dot, type Mat3, norm, times } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { Crystal } from '../crystal/unit-cell.ts';
import { type Key, keyRows } from './key.ts';
import { scaleBar } from './map-frame.ts';
import { el, figureTitle, px, svgPage, text } from './svg.ts';
import { INK, MARGIN, MUTED, PAGE_WIDTH, SERIES, TEXT } from './theme.ts';

export type PicturedCrystal = Pick<Crystal, 'lattice_A' | 'symbols' | 'fractional' | 'occupancy'>;

/** Most that a view may be high, and the least for the heading over it [px]. */
const TALLEST = 240;
const HEADING = TEXT.base + 8;
/** Between views [px]. */
const GAP = 16;
/** Around each view, for the names of its edges [px]. */
const PAD = 11;
/** Fractions nearer to 0 or 1 than this are drawn on both sides of the cell. */
const ON_EDGE = 1e-3;
const NAMES = ['a', 'b', 'c'] as const;

interface Site {
  readonly fraction: Vec3;
  readonly atoms: number[];
}

/** Atoms that share a place, as one. */
function sitesOf({ symbols, fractional }: PicturedCrystal): Site[] {
  const sites = new Map<string, Site>();
  for (let atom = 0; atom < symbols.length; atom++) {
    const fraction = at(fractional, atom).map((f) => f - Math.floor(f + ON_EDGE)) as unknown as Vec3;
    const key = fraction.map((f) => Math.round(f / ON_EDGE)).join();
    const site = sites.get(key) ?? { fraction, atoms: [] };
    site.atoms.push(atom);
    sites.set(key, site);
  }
  return [...sites.values()];
}

/** A site and its images on the opposite faces of the cell. */
function images([x, y, z]: Vec3): Vec3[] {
  const both = (f: number): number[] => (f < ON_EDGE ? [f, f + 1] : [f]);
  return both(x).flatMap((i) => both(y).flatMap((j) => both(z).map((k): Vec3 => [i, j, k])));
}

/** Radius of the disk of an element [Å]: heavier ones are larger. */
const radiusOf = (symbol: string): number => 0.2 + 0.06 * Math.cbrt(atomicMass(symbol));

function disk(
  x: number,
  y: number,
  radius: number,
  shares: readonly (readonly [colour: string, share: number])[],
): string {
  const ring = { cx: x, cy: y, r: radius, stroke: INK, 'stroke-width': 0.5 };
  if (shares.length === 1 && shares[0]![1] > 0.999) return el('circle', { ...ring, fill: shares[0]![0] });
  let from = -Math.PI / 2;
  const sectors = shares.map(([fill, share]) => {
    const to = from + 2 * Math.PI * Math.min(share, 0.9999);
    const point = (angle: number): string => `${px(x + radius * Math.cos(angle))} ${px(y + radius * Math.sin(angle))}`;
    const d = `M${px(x)} ${px(y)}L${point(from)}A${px(radius)} ${px(radius)} 0 ${to - from > Math.PI ? 1 : 0} 1 ${point(to)}Z`;
    from = to;
    return el('path', { d, fill });
  });
  return el('circle', { ...ring, fill: '#ffffff' }) + sectors.join('') + el('circle', { ...ring, fill: 'none' });
}

interface View {
  readonly along: number;
  /** On the page [Å], y down, and the depth towards the reader. */
  readonly project: (fraction: Vec3) => Vec3;
  readonly low: readonly [x: number, y: number];
  readonly size: readonly [x: number, y: number];
}

function viewAlong(lattice_A: Mat3, along: number): View {
  const unit = (v: Vec3): Vec3 => v.map((x) => x / norm(v)) as unknown as Vec3;
  const towards = unit(lattice_A[along]!);
  const next = lattice_A[(along + 1) % 3]!;
  const right = unit(next.map((x, i) => x - dot(next, towards) * towards[i]!) as unknown as Vec3);
  const up = cross(towards, right);
  const project = (fraction: Vec3): Vec3 => {
    const place = times(fraction, lattice_A);
    return [dot(place, right), -dot(place, up), dot(place, towards)];
  };
  const corners = images([0, 0, 0]).map(project);
  const low = [0, 1].map((axis) => Math.min(...corners.map((p) => p[axis]!))) as [number, number];
  const high = [0, 1].map((axis) => Math.max(...corners.map((p) => p[axis]!))) as [number, number];
  return { along, project, low, size: [high[0] - low[0], high[1] - low[1]] };
}

/** Draws the cell. */
export function structureFigure(crystal: PicturedCrystal, options: { readonly title?: string } = {}): string {
  const { lattice_A, symbols, occupancy } = crystal;
  const elements = [...new Set(symbols)].toSorted((p, q) => atomicMass(q) - atomicMass(p));
  const colourOf = (symbol: string): string => SERIES[elements.indexOf(symbol) % SERIES.length]!;
  const largest = Math.max(...elements.map(radiusOf));
  const views = [0, 1, 2].map((along) => viewAlong(lattice_A, along));
  const room = PAGE_WIDTH - 2 * MARGIN - 2 * GAP - 6 * PAD;
  const wide = views.reduce((sum, { size }) => sum + size[0] + 2 * largest, 0);
  const tall = Math.max(...views.map(({ size }) => size[1])) + 2 * largest;
  const scale = Math.min(room / wide, TALLEST / tall);
  const sites = sitesOf(crystal);
  const top = (options.title ? MARGIN + TEXT.title + 6 : MARGIN) + HEADING;

  let left = MARGIN;
  const panels = views.map(({ along, project, low, size }) => {
    const place = (fraction: Vec3): Vec3 => {
      const [x, y, depth] = project(fraction);
      return [left + PAD + scale * (x - low[0] + largest), top + PAD + scale * (y - low[1] + largest), depth];
    };
    const cell = cellEdges(place);
    const letters = [(along + 1) % 3, (along + 2) % 3].map((axis) => edgeLetter(place, axis, along, scale * largest));
    const drawn = sites
      .flatMap(({ fraction, atoms }) => images(fraction).map((image) => ({ at: place(image), atoms })))
      .toSorted((p, q) => p.at[2] - q.at[2])
      .map(({ at: [x, y], atoms }) => {
        const radius = scale * Math.max(...atoms.map((atom) => radiusOf(symbols[atom]!)));
        return disk(
          x,
          y,
          radius,
          atoms.map((atom) => [colourOf(symbols[atom]!), occupancy[atom]!] as const),
        );
      });
    const panel = el(
      'g',
      { class: 'view' },
      text(left, top - 6, `along ${el('tspan', { 'font-style': 'italic' }, NAMES[along]!)}`),
      cell,
      ...drawn,
      ...letters,
    );
    left += scale * (size[0] + 2 * largest) + 2 * PAD + GAP;
    return panel;
  });

  const below = top + 2 * PAD + scale * tall + 6;
  const longest = Math.min(80, 0.5 * (left - MARGIN));
  const partly = sites.some(({ atoms }) => atoms.reduce((sum, atom) => sum + occupancy[atom]!, 0) < 0.999);
  const keys: Key[] = [
    ...elements.map((symbol) => ({ words: symbol, draw: sample(colourOf(symbol), 10 * radiusOf(symbol)) })),
    ...(partly ? [{ words: 'not occupied', draw: sample('#ffffff', 3.6) }] : []),
  ];
  const width = Math.max(left - GAP + MARGIN, 240);
  const key = keyRows(keys, MARGIN + longest + 30, below + 8, width - MARGIN);
  return svgPage({
    width,
    height: Math.max(key.bottom, below + 14) + MARGIN,
    description: `A unit cell of ${symbols.length} atoms (${elements.join(', ')}), ${lattice_A.map((v) => setting(Number(norm(v).toFixed(4)), 'Å')).join(' × ')}, seen along its three edges.`,
    body: [...figureTitle(options.title), ...panels, scaleBar(MARGIN, below, longest, 1 / scale, 'Å'), key.svg].join(
      '\n',
    ),
  });
}

const sample =
  (fill: string, radius: number) =>
  (x: number, y: number): string =>
    el('circle', { cx: x + 4, cy: y - 3, r: Math.min(radius, 5), fill, stroke: INK, 'stroke-width': 0.5 });

/** The name of an edge beside its middle, away from the cell, clear of disks of `radius` [px]. */
function edgeLetter(place: (fraction: Vec3) => Vec3, axis: number, along: number, radius: number): string {
  const mixed = (on: (i: number) => number): Vec3 => place([on(0), on(1), on(2)]);
  const [x, y] = mixed((i) => (i === axis ? 0.5 : 0));
  const [endX, endY] = mixed((i) => (i === axis ? 1 : 0));
  const [centreX, centreY] = mixed((i) => (i === along ? 0 : 0.5));
  const length = Math.hypot(endX - x, endY - y);
  const [nx, ny] = [(endY - y) / length, (x - endX) / length];
  const out = Math.sign(nx * (x - centreX) + ny * (y - centreY)) * (radius + 6);
  return text(x + out * nx, y + out * ny + 3, NAMES[axis]!, {
    'font-style': 'italic',
    'text-anchor': 'middle',
    fill: MUTED,
  });
}

/** The twelve edges of the cell as one line. */
function cellEdges(place: (fraction: Vec3) => Vec3): string {
  const corner = (i: number, j: number, k: number): string => {
    const [x, y] = place([i, j, k]);
    return `${px(x)} ${px(y)}`;
  };
  const ends = [0, 1].flatMap((p) => [0, 1].map((q) => [p, q] as const));
  const d = ends.map(
    ([p, q]) =>
      `M${corner(0, p, q)}L${corner(1, p, q)}M${corner(p, 0, q)}L${corner(p, 1, q)}M${corner(p, q, 0)}L${corner(p, q, 1)}`,
  );
  return el('path', { d: d.join(''), fill: 'none', stroke: MUTED, 'stroke-width': 0.7 });
}
