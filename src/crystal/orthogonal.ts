/**
 * Cuts the smallest orthogonal block out of a crystal, for a beam along any zone axis: z ∥ [uvw], x and y along lattice vectors across it.
 *
 *     const block = orthogonalCell(silicon(), { zone: [1, 1, 0] });      // 3.84 × 5.43 × 3.84 Å, 4 atoms
 *
 * Rows a, b, c of a block are lattice vectors. c is the shortest one along [uvw]; a and b are sought among all that are at right angles to c and to one
 * another. Where a lattice has none (monoclinic ones, hexagonal ones off their axes), the three are bent to right angles, lengths kept, which is a strain
 *
 *     E = (F Fᵀ − 1)/2,   F = S⁻¹ diag(|a|, |b|, |c|),   S = rows a, b, c          (Green–Lagrange)
 *
 * ‖E‖ (Frobenius) bounds the relative change of every distance. A block with less than EXACT of it counts as exact and is preferred to a smaller strained one.
 *
 * What this is not: relaxation, defects, or tilt; a tilt of some mrad is the beam's (`diffraction/`), not the block's.
 */

import { fail } from '../core/errors.ts';
import {
  adjugate,
  determinant,
  dot,
  IDENTITY,
  inverse,
  type Mat3,
  multiply,
  norm,
  planeSpacings,
  times,
  transpose,
  wrapped,
} from './lattice.ts';
import { primitiveAtoms, primitiveBasis } from './primitive.ts';
import type { Structure, Vec3 } from './structure.ts';
import type { Crystal } from './unit-cell.ts';

/** Strain below which a block counts as exact: rounding in files. */
const EXACT = 1e-4;
/** Strain below which nothing is said: rounding in the computer. */
const UNTOLD = 1e-6;
/** Bounds where none is given: the second where no block keeps the first. */
const MAX_STRAINS = [0.005, 0.01] as const;

export interface OrthogonalOptions {
  /** Zone axis [uvw], whole numbers, in units of the crystal's own vectors. Left out: [001], and a cell that is orthogonal already stays as it is. */
  readonly zone?: Vec3;
  /** Direction [uvw] that x shall have; at right angles to the zone axis. Left out: the shorter edge. */
  readonly x?: Vec3;
  /** Largest strain [1]; left out: 0.005, and 0.01 where no block has less. */
  readonly maxStrain?: number;
  /** Longest edge across the beam [Å]; default 100. */
  readonly maxEdge_A?: number;
}

/** Atoms in an orthogonal box with what diffraction wants to know of them; positions in [0, edge). */
export interface Block extends Structure {
  /** Share of each atom that is there. */
  readonly occupancy: Float64Array;
  /** Mean-square displacement per axis [Å²], the mean over the atoms of a symbol; symbols without one are left out. */
  readonly u2_A2: Readonly<Record<string, number>>;
  /** What was guessed or repaired in the file, and how the block is strained, for the user. */
  readonly notes?: readonly string[];
  /** The same of u2_A2. */
  readonly u2Notes?: readonly string[];
}

export interface CutBlock extends Block {
  /** The block's edges x, y, z in units of the crystal's own vectors, one per row; halves and thirds where the cell is centred. */
  readonly transformation: Mat3;
  /** ‖E‖, the largest relative change of a distance; 0 but for rounding where the lattice has right angles. */
  readonly strain: number;
}

function strainOf(rows: Mat3): number {
  const [a, b, c] = rows.map(norm) as unknown as Vec3;
  const f = multiply(inverse(rows), [
    [a, 0, 0],
    [0, b, 0],
    [0, 0, c],
  ]);
  return norm(
    multiply(f, transpose(f)).map((row, i) =>
      norm(row.map((x, j) => (x - (i === j ? 1 : 0)) / 2) as unknown as Vec3),
    ) as unknown as Vec3,
  );
}

function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}

/** A direction as the shortest lattice vector along it, whole numbers in the basis. */
function direction(uvw: Vec3, basis: Mat3, what: string): Vec3 {
  if (!uvw.every((u) => Number.isInteger(u) && Math.abs(u) <= 1000) || uvw.every((u) => u === 0)) {
    fail(
      'range',
      `[${uvw.join(' ')}] is no ${what}.`,
      'Give three whole numbers, not all zero; a hexagonal [uvtw] is [u−t, v−t, w].',
      { uvw },
    );
  }
  const p = times(uvw, inverse(basis)).map(Math.round) as unknown as Vec3;
  const divisor = p.reduce(gcd, 0);
  return [p[0] / divisor, p[1] / divisor, p[2] / divisor];
}

interface Edge {
  /** In the basis, whole numbers without a common divisor. */
  readonly n: Vec3;
  /** [Å] */
  readonly v: Vec3;
  readonly length: number;
}

/** Lattice vectors nearly at right angles to c, one of each ± pair, short ones first and [100] before [010]. */
function edgesAcross(lattice: Mat3, basis: Mat3, c: Vec3, maxEdge: number, slack: number): Edge[] {
  const reach = planeSpacings(lattice).map((spacing) => Math.floor(maxEdge / spacing)) as unknown as Vec3;
  const own = (n: Vec3) => times(n, basis).map((x) => Math.round(x * 1e6)) as unknown as Vec3;
  const edges: (Edge & { own: Vec3 })[] = [];
  for (let i = -reach[0]; i <= reach[0]; i++) {
    for (let j = -reach[1]; j <= reach[1]; j++) {
      for (let k = -reach[2]; k <= reach[2]; k++) {
        const n: Vec3 = [i, j, k];
        const v = times(n, lattice);
        const length = norm(v);
        if (length > maxEdge || Math.abs(dot(v, c)) > slack * length * norm(c) || n.reduce(gcd, 0) !== 1) continue;
        const u = own(n);
        if ((u[0] || u[1] || u[2]) > 0) edges.push({ n, v, length, own: u });
      }
    }
  }
  const order = (e: Edge) => Math.round(e.length * 1e4);
  return edges.sort((p, q) => order(p) - order(q) || q.own[0] - p.own[0] || q.own[1] - p.own[1] || q.own[2] - p.own[2]);
}

interface Cut {
  /** Rows a, b, c in the basis, whole numbers. */
  readonly n: Mat3;
  readonly strain: number;
}

/** The smallest block: exact if there is one, else the smallest within the strain. */
function smallestCut(edges: readonly Edge[], x: Edge | undefined, c: Edge, maxStrain: number): Cut | undefined {
  const best = new Map<boolean, Cut & { volume: number; girth: number }>();
  for (const [i, a] of (x ? [x] : edges).entries()) {
    for (const b of x ? edges : edges.slice(i + 1)) {
      if (Math.abs(dot(a.v, b.v)) > 2 * maxStrain * a.length * b.length + 1e-9) continue;
      const triple = determinant([a.v, b.v, c.v]);
      const volume = Math.abs(triple);
      const girth = a.length + b.length;
      const smaller = (than: { volume: number; girth: number } | undefined) =>
        !than || volume < than.volume * (1 - 1e-6) || (volume < than.volume * (1 + 1e-6) && girth < than.girth - 1e-6);
      if (!smaller(best.get(true)) && !smaller(best.get(false))) continue;
      const strain = strainOf([a.v, b.v, c.v]);
      const exact = strain < EXACT;
      if (strain > maxStrain || !smaller(best.get(exact))) continue;
      const n = triple > 0 ? b.n : (b.n.map((k) => 0 - k) as unknown as Vec3);
      best.set(exact, { n: [a.n, n, c.n], strain, volume, girth });
    }
  }
  return best.get(true) ?? best.get(false);
}

function findCut(crystal: Crystal, basis: Mat3, options: OrthogonalOptions): Cut {
  const { zone = [0, 0, 1], x, maxEdge_A = 100 } = options;
  const bounds = options.maxStrain === undefined ? MAX_STRAINS : [options.maxStrain];
  const maxStrain = bounds.at(-1)!;
  if (!(maxStrain >= EXACT && maxStrain <= 0.1) || !(maxEdge_A > 0 && maxEdge_A <= 300)) {
    fail(
      'range',
      `A strain of ${maxStrain} within ${maxEdge_A} Å is no bound.`,
      `Give a strain from ${EXACT} to 0.1 and an edge of at most 300 Å.`,
      { maxStrain, maxEdge_A },
    );
  }
  const lattice = multiply(basis, crystal.lattice_A);
  const edge = (n: Vec3): Edge => ({ n, v: times(n, lattice), length: norm(times(n, lattice)) });
  const c = edge(direction(zone, basis, 'zone axis'));
  const along = x && edge(direction(x, basis, 'direction'));
  const name = crystal.name;
  if (along && Math.abs(dot(along.v, c.v)) > 2 * maxStrain * along.length * c.length) {
    const angle = (Math.acos(Math.max(-1, Math.min(1, dot(along.v, c.v) / (along.length * c.length)))) * 180) / Math.PI;
    fail(
      'range',
      `${name}: x along [${x.join(' ')}] makes ${angle.toFixed(2)}° with the zone axis [${zone.join(' ')}].`,
      'Choose an x at right angles to the zone axis.',
      { name, x, zone, angle_deg: angle },
    );
  }
  const within = (strain: number) =>
    smallestCut(edgesAcross(lattice, basis, c.v, maxEdge_A, 2 * strain), along, c, strain);
  for (const bound of bounds) {
    const cut = within(bound);
    if (cut) return cut;
  }
  const next = within(4 * maxStrain);
  return fail(
    'unsupported',
    `${name}: no orthogonal block along [${zone.join(' ')}]${x ? ` with x along [${x.join(' ')}]` : ''} has edges below ${maxEdge_A} Å and a strain below ${maxStrain}.`,
    `${next ? `Set max_strain_percent = ${(next.strain * 101).toPrecision(3)} in the recipe, for the next one; or choose` : 'Choose'} another zone axis, or give an orthogonal supercell (POSCAR or CIF with all its atoms) that is strained as you want it.`,
    { name, zone, maxStrain, maxEdge_A, strain: next?.strain },
  );
}

/** Lattice points within the block, [0, 1) in units of its rows, in whole numbers throughout, so that none is lost or doubled. */
function latticePoints(rows: Mat3): Vec3[] {
  const volume = determinant(rows);
  const adjoint = adjugate(rows);
  const low = (axis: 0 | 1 | 2) => rows.reduce((sum, row) => sum + Math.min(0, row[axis]), 0);
  const high = (axis: 0 | 1 | 2) => rows.reduce((sum, row) => sum + Math.max(0, row[axis]), 0);
  const points: Vec3[] = [];
  for (let i = low(0); i <= high(0); i++) {
    for (let j = low(1); j <= high(1); j++) {
      for (let k = low(2); k <= high(2); k++) {
        const s = times([i, j, k], adjoint);
        // A left-handed basis has a negative volume, and s its sign.
        if (s.every((x) => x / volume >= 0 && x / volume < 1)) points.push([i, j, k]);
      }
    }
  }
  return points;
}

/** Mean U_iso of each symbol, weighted by occupancy, over the atoms that have one. */
export function meanU2(crystal: Pick<Crystal, 'symbols' | 'occupancy' | 'uIso_A2'>): Record<string, number> {
  const sums: Record<string, { u: number; n: number }> = {};
  for (const [i, symbol] of crystal.symbols.entries()) {
    const u = crystal.uIso_A2[i]!;
    if (Number.isNaN(u)) continue;
    const there = crystal.occupancy[i]!;
    const sum = sums[symbol] ?? { u: 0, n: 0 };
    sums[symbol] = { u: sum.u + u * there, n: sum.n + there };
  }
  return Object.fromEntries(Object.entries(sums).map(([symbol, { u, n }]) => [symbol, u / n]));
}

/** What bending did to edges a, b, c: angles in degrees, the largest change of a distance in percent. */
function strainNote(name: string, zone: Vec3 | undefined, edges: Mat3, strain: number): string {
  const [a, b, c] = edges;
  const angle = (p: Vec3, q: Vec3) => `${((Math.acos(dot(p, q) / norm(p) / norm(q)) * 180) / Math.PI).toFixed(3)}°`;
  const lengths = edges.map((edge) => norm(edge).toFixed(4)).join(', ');
  return `${name}: the block along [${(zone ?? [0, 0, 1]).join(' ')}] was bent to right angles, its edges x, y, z kept (${lengths} Å, 0 %): the angles x–y, y–z, x–z were ${angle(a, b)}, ${angle(b, c)}, ${angle(a, c)}; distances change by up to ${(100 * strain).toFixed(strain < 1e-4 ? 4 : 2)} %.`;
}

/**
 * @throws 'range' for a zone axis or x that is none, or x that is not at right angles to the zone axis; 'unsupported' where no block within `maxEdge_A` is
 * orthogonal to `maxStrain`
 */
export function orthogonalCell(crystal: Crystal, options: OrthogonalOptions = {}): CutBlock {
  const { lattice_A } = crystal;
  const asGiven = strainOf(lattice_A);
  const keep = !options.zone && !options.x && asGiven < EXACT;
  const basis = keep ? IDENTITY : primitiveBasis(crystal);
  // The box is right-handed: where the file's vectors are not, y points the other way.
  const y: Vec3 = [0, Math.sign(determinant(lattice_A)), 0];
  const { n, strain } = keep
    ? { n: [IDENTITY[0], y, IDENTITY[2]] as Mat3, strain: asGiven }
    : findCut(crystal, basis, options);
  const transformation = multiply(n, basis);
  const edges = multiply(transformation, lattice_A);
  const cell_A = edges.map(norm) as unknown as Vec3;
  const toBlock = inverse(n);
  const points = latticePoints(n);
  const atoms = primitiveAtoms(crystal, basis).flatMap(({ atom, f }) =>
    points.map((p) => ({ atom, s: wrapped(times([f[0] + p[0], f[1] + p[1], f[2] + p[2]], toBlock)) })),
  );
  return {
    cell_A,
    symbols: atoms.map(({ atom }) => crystal.symbols[atom]!),
    positions_A: Float64Array.from(atoms.flatMap(({ s }) => [s[0] * cell_A[0], s[1] * cell_A[1], s[2] * cell_A[2]])),
    occupancy: Float64Array.from(atoms, ({ atom }) => crystal.occupancy[atom]!),
    u2_A2: meanU2(crystal),
    notes: [
      ...(crystal.notes ?? []),
      ...(strain > UNTOLD ? [strainNote(crystal.name, options.zone, edges, strain)] : []),
    ],
    u2Notes: crystal.u2Notes ?? [],
    transformation,
    strain,
  };
}
