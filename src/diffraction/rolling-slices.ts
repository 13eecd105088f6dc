/**
 * Slices of a box that does not repeat along the beam, made one after the other from tabulated atoms (atom-shares.ts): only those that atoms on the way still reach
 * are kept. Atoms stand clear of both faces, so that no cut meets one. Periodic across the beam.
 */

import { fail } from '../core/errors.ts';
import { ATOM_REACH_A, AtomShares, absorptionRow, RADII, RADII_PER_A, RadialTransform, spanOf } from './atom-shares.ts';
import { type FactorModel, scatteringFactor } from './scattering-factor.ts';
import { type Atoms, weights } from './slices.ts';

export interface RollingOptions {
  /** Points of the box; nx a multiple of 4. */
  readonly grid: readonly [nx: number, ny: number];
  readonly nSlices: number;
  /** Mean-square displacement per axis, per symbol [Å²]; 0 where a symbol is absent. */
  readonly u2_A2: Readonly<Record<string, number>>;
  readonly factors: FactorModel;
  readonly absorption: boolean;
}

/** Projected potential V [V·Å] and absorption W [V²·Å²] of a slice, panels of four columns: point (x, y) at ((x >> 2)·ny + y)·4 + (x & 3). */
export interface PanelSlice {
  readonly v: Float32Array;
  readonly w: Float32Array | undefined;
}

interface Kind {
  readonly shares: AtomShares;
  readonly absorbed: { readonly row: Float32Array; readonly count: number } | undefined;
}

/** Grid points around an atom, nearest first: offsets from the point next to it. */
interface Disc {
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Points that may lie within i samples of r. */
  readonly within: Int32Array;
  readonly reach: readonly [x: number, y: number];
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n;

/** Slices whose atoms are taken together. */
const GROUP = 8;
/** Of an atom `u` slices from the entrance face. */
const groupOf = (u: number): number => Math.floor(u / GROUP);
/** Side of the strips that they are taken in [Å]. */
const STRIP_A = 4;

/** Atoms by groups of slices, within these in strips along x: neighbours follow each other, and what they write to is in the cache. */
function walk({ symbols, positions_A }: Atoms, dz_A: number): Uint32Array {
  const key = (i: number): readonly number[] => [
    groupOf(positions_A[3 * i + 2]! / dz_A),
    Math.floor(positions_A[3 * i + 1]! / STRIP_A),
    positions_A[3 * i]!,
  ];
  const keys = symbols.map((_, i) => key(i));
  return Uint32Array.from(symbols, (_, i) => i).sort((a, b) => {
    const [p, q] = [keys[a]!, keys[b]!];
    return p[0]! - q[0]! || p[1]! - q[1]! || p[2]! - q[2]!;
  });
}

function discOf(px: number, py: number): Disc {
  const [rx, ry] = [Math.ceil(ATOM_REACH_A / px) + 1, Math.ceil(ATOM_REACH_A / py) + 1];
  const points: { x: number; y: number; r: number }[] = [];
  for (let y = -ry; y <= ry; y++)
    for (let x = -rx; x <= rx; x++) points.push({ x, y, r: Math.hypot(x * px, y * py) - Math.hypot(px, py) / 2 });
  points.sort((a, b) => a.r - b.r);
  const within = new Int32Array(RADII);
  for (let i = 0, n = 0; i < RADII; i++) {
    while (n < points.length && points[n]!.r * RADII_PER_A < i) n++;
    within[i] = n;
  }
  return {
    x: Int32Array.from(points, ({ x }) => x),
    y: Int32Array.from(points, ({ y }) => y),
    within,
    reach: [rx, ry],
  };
}

export class RollingSlices {
  readonly #atoms: Atoms;
  readonly #grid: readonly [nx: number, ny: number];
  readonly #nSlices: number;
  readonly #dz: number;
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #disc: Disc;
  readonly #span: number;
  /** How many slices before and behind its own an atom may reach. */
  readonly #reach: number;
  /** As `walk` orders atoms. */
  readonly #order: Uint32Array;
  /** Slices in the making: number s is at s modulo their number. */
  readonly #v: readonly Float32Array[];
  readonly #w: readonly Float32Array[];
  /** Where on the grid columns lie, from the disc's reach before the first one on, and rows. */
  readonly #columns: Int32Array;
  readonly #rows: Int32Array;
  #atom = 0;
  #slice = 0;
  /** Of the disc's points around the atom in hand: sample of r below, how far beyond it, and where on the grid. */
  readonly #below: Int32Array;
  readonly #beyond: Float64Array;
  readonly #at: Int32Array;
  readonly #row = new Float64Array(RADII);

  /**
   * @throws 'range' for atoms nearer than 4 Å to a face or, with `absorption`, where nothing vibrates; 'shape' without atoms; 'not-finite'; 'unsupported' for an element without
   * a scattering factor
   */
  constructor(atoms: Atoms, options: RollingOptions) {
    const { grid, nSlices, u2_A2, factors, absorption } = options;
    const [lx, ly, lz] = atoms.cell_A;
    if (atoms.symbols.length === 0) fail('shape', 'The structure has no atoms.', 'Give at least one atom.');
    if (!atoms.positions_A.every(Number.isFinite))
      fail('not-finite', 'An atom has a position that is not a number.', 'Mend the structure.');
    const z = Float64Array.from(atoms.symbols, (_, i) => atoms.positions_A[3 * i + 2]!);
    const [first, last] = z.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [z[0]!, z[0]!]);
    if (!(first >= ATOM_REACH_A - 1e-6 && last <= lz - ATOM_REACH_A + 1e-6)) {
      fail(
        'range',
        `Atoms from ${first} to ${last} Å of a box of ${lz} Å: too near to a face.`,
        `Leave ${ATOM_REACH_A} Å of vacuum before and behind them.`,
        { first, last, lz },
      );
    }
    const symbols = [...new Set(atoms.symbols)].sort();
    if (absorption && !symbols.some((symbol) => u2_A2[symbol]! > 0))
      fail('range', 'Nothing vibrates, so nothing is absorbed.', 'Give u2_A2 in Å², or do without absorption.', {
        u2_A2,
      });
    const [nx, ny] = grid;
    const dz = lz / nSlices;
    const transform = new RadialTransform(Math.min(nx / lx, ny / ly) / 2);
    this.#kinds = new Map(
      symbols.map((symbol) => {
        const f = scatteringFactor(symbol, factors);
        const u2 = u2_A2[symbol] ?? 0;
        return [
          symbol,
          {
            shares: new AtomShares(f, u2, dz, transform),
            absorbed: absorption && u2 > 0 ? absorptionRow(f, u2, transform) : undefined,
          },
        ];
      }),
    );
    this.#atoms = atoms;
    this.#grid = grid;
    this.#nSlices = nSlices;
    this.#dz = dz;
    this.#disc = discOf(lx / nx, ly / ny);
    this.#span = spanOf(dz);
    this.#order = walk(atoms, dz);
    // A whole atom's slices and, of splines, one more than the span of a thick slice.
    this.#reach = Math.max(this.#span, 2);
    const kept = 2 * this.#reach + GROUP;
    const ring = () => Array.from({ length: kept }, () => new Float32Array(nx * ny));
    this.#v = ring();
    this.#w = absorption ? ring() : [];
    const [rx, ry] = this.#disc.reach;
    this.#columns = Int32Array.from({ length: nx + 2 * rx + 1 }, (_, c) => {
      const x = modulo(c - rx, nx);
      return (x >> 2) * ny * 4 + (x & 3);
    });
    this.#rows = Int32Array.from({ length: ny + 2 * ry + 1 }, (_, c) => 4 * modulo(c - ry, ny));
    const points = this.#disc.x.length;
    this.#below = new Int32Array(points);
    this.#beyond = new Float64Array(points);
    this.#at = new Int32Array(points);
  }

  /** The next slice, from the entrance face on. Valid until the next call. */
  next(): PanelSlice {
    const kept = this.#v.length;
    const s = this.#slice++;
    if (s > 0) {
      const done = (s - 1) % kept;
      this.#v[done]!.fill(0);
      this.#w[done]?.fill(0);
    }
    for (; this.#atom < this.#order.length; this.#atom++) {
      const i = this.#order[this.#atom]!;
      const u = this.#atoms.positions_A[3 * i + 2]! / this.#dz;
      if (groupOf(u) * GROUP - this.#reach > s) break;
      this.#deposit(i, u);
    }
    return { v: this.#v[s % kept]!, w: this.#w[s % kept] };
  }

  /** Adds atom `i`, at `u` slices from the entrance face, to all slices that it reaches. */
  #deposit(i: number, u: number): void {
    const kept = this.#v.length;
    const { shares, absorbed } = this.#kinds.get(this.#atoms.symbols[i]!)!;
    const there = this.#atoms.occupancy ? this.#atoms.occupancy[i]! : 1;
    this.#place(i, Math.max(shares.widest, absorbed?.count ?? 0));
    const own = Math.floor(u);
    for (let slice = -this.#span; slice <= this.#span; slice++) {
      const s = own + slice;
      if (s < 0 || s >= this.#nSlices) continue;
      const count = shares.row(slice, u - own, there, this.#row);
      if (count > 0) this.#add(this.#row, count, this.#v[s % kept]!);
    }
    if (!absorbed) return;
    for (const [s, weight] of weights(u, 1, 'spline')) {
      if (s < 0 || s >= this.#nSlices) continue;
      for (let r = 0; r <= absorbed.count; r++) this.#row[r] = there * weight * absorbed.row[r]!;
      this.#add(this.#row, absorbed.count, this.#w[s % kept]!);
    }
  }

  /** Where the grid's points within `widest` samples of r lie against atom `i`. */
  #place(i: number, widest: number): void {
    const { cell_A, positions_A } = this.#atoms;
    const [nx, ny] = this.#grid;
    const { x, y, within, reach } = this.#disc;
    const [px, py] = [cell_A[0] / nx, cell_A[1] / ny];
    const [gx, gy] = [positions_A[3 * i]! / px, positions_A[3 * i + 1]! / py];
    const [ix, iy] = [Math.round(gx), Math.round(gy)];
    const [fx, fy] = [gx - ix, gy - iy];
    // Of the point next to the atom.
    const [cx, cy] = [modulo(ix, nx) + reach[0], modulo(iy, ny) + reach[1]];
    const [columns, rows] = [this.#columns, this.#rows];
    const [below, beyond, at] = [this.#below, this.#beyond, this.#at];
    for (let p = 0, n = within[widest]!; p < n; p++) {
      const dx = (x[p]! - fx) * px;
      const dy = (y[p]! - fy) * py;
      const r = Math.min(Math.sqrt(dx * dx + dy * dy) * RADII_PER_A, RADII - 2);
      const j = Math.floor(r);
      below[p] = j;
      beyond[p] = r - j;
      at[p] = columns[cx + x[p]!]! + rows[cy + y[p]!]!;
    }
  }

  /** Adds `row`, of which `count` samples are not 0, around the atom in hand. */
  #add(row: Float64Array, count: number, to: Float32Array): void {
    const [below, beyond, at] = [this.#below, this.#beyond, this.#at];
    for (let p = 0, n = this.#disc.within[count]!; p < n; p++) {
      const j = below[p]!;
      if (j >= count) continue;
      const v = row[j]!;
      const i = at[p]!;
      to[i] = to[i]! + v + beyond[p]! * (row[j + 1]! - v);
    }
  }
}
