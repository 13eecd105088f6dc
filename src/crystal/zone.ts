/**
 * Zones: the pseudo-cubic directions along which a perovskite's block may lie under the beam, and how its cells lie in the block then. Lengths in units of the
 * cell's edge a.
 *
 *     zone     x        y        z        columns along x, y    cells of a column    symmetry along the beam
 *     [001]    [100]    [010]    [001]    1, 1                  1 apart              4mm
 *     [110]    [001]    [1-10]   [110]    1, 1/√2               √2                   2mm
 *     [111]    [1-10]   [11-2]   [111]    1/√2, √(2/3)          √3                   3m
 *
 * A block is columns across the beam and the cells of each: cell (i, j, k) is the k-th of column (i, j), and every array [nz][ny][nx] is in that order. Beside its
 * neighbour a column is shifted along the beam by a part of the step, and along [111] every other row of columns along y by half a step, as bricks are. A block
 * repeats where its cells are multiples of `least`.
 *
 *     f = lab·R,   i = f_x,   j = ⌊f_y/per_y⌋,   k = ⌊f_z/per_z⌋,     R the cell's place in the cubic lattice, whole numbers
 *
 * x, y and z are those of the laboratory (docs/design.md) everywhere but where 'cubic' is said: bonds B–O, Born charges and turns of octahedra belong to the
 * cubic axes. What this is not: any other zone; their blocks are large or not orthogonal.
 */

import { fail } from '../core/errors.ts';
import { dot, type Mat3, multiply, transpose } from './lattice.ts';
import { cellIndex, type Vec3 } from './structure.ts';

export interface Zone {
  /** [uvw] along the beam. */
  readonly axis: Vec3;
  /** Cubic directions along x, y and z, whole numbers. */
  readonly lab: Mat3;
  /** f of one step along x, y and z. */
  readonly per: Vec3;
  /** Step between neighbouring columns along x and y, and between the cells of a column along z [a]. */
  readonly steps: Vec3;
  /** Cells of the smallest block. */
  readonly least: Vec3;
  /** Whether every other row of columns along y is shifted by half a step. */
  readonly staggered: boolean;
}

function zone(axis: Vec3, lab: Mat3, per: Vec3): Zone {
  const each = (of: (row: Vec3, per: number) => number) =>
    lab.map((row, axis) => of(row, per[axis]!)) as unknown as Vec3;
  return {
    axis,
    lab,
    per,
    steps: each((row, f) => f / Math.sqrt(dot(row, row))),
    least: each((row, f) => dot(row, row) / f),
    staggered: per[1] === 2,
  };
}

const ALONG_001 = zone(
  [0, 0, 1],
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [1, 1, 1],
);
export const ZONES: readonly Zone[] = [
  ALONG_001,
  zone(
    [1, 1, 0],
    [
      [0, 0, 1],
      [1, -1, 0],
      [1, 1, 0],
    ],
    [1, 1, 2],
  ),
  zone(
    [1, 1, 1],
    [
      [1, -1, 0],
      [1, 1, -2],
      [1, 1, 1],
    ],
    [1, 2, 3],
  ),
];

/** '[110]' */
export const zoneName = ({ axis }: Pick<Zone, 'axis'>): string => `[${axis.join('')}]`;

/** The zone along [uvw]; [001] where nothing is said. @throws 'unsupported' for another, with those that are there */
export function zoneOf(axis: Vec3 | undefined): Zone {
  if (axis === undefined) return ALONG_001;
  return (
    ZONES.find((known) => known.axis.every((u, i) => u === axis[i])) ??
    fail(
      'unsupported',
      `The block of a perovskite along [${axis.join(' ')}] is large or not orthogonal.`,
      `The zones that are there are ${ZONES.map(zoneName).join(', ')}; a [specimen] may lie along any.`,
      { zone: axis },
    )
  );
}

/** Cells of a block, and its zone: [001] where absent. */
export interface BlockCells {
  /** Columns along x and y, cells of each along z. */
  readonly cells: Vec3;
  readonly zone?: Vec3 | undefined;
}

/** What is wrong with the cells of a block, in words; undefined where it repeats. */
export function blockProblem({ cells, zone: axis }: BlockCells): string | undefined {
  const { least, axis: along } = zoneOf(axis);
  const wrong = cells.some((n, i) => n % least[i]! !== 0);
  return wrong
    ? `a block along ${zoneName({ axis: along })} repeats after multiples of ${least.join(' × ')} cells, not after ${cells.join(' × ')}`
    : undefined;
}

/** Part of a step, in f, by which column (i, j) is shifted along y and z. */
function shiftOf({ lab, per }: Zone, i: number, j: number): readonly [y: number, z: number] {
  for (let y = 0; y < per[1]; y++) {
    for (let z = 0; z < per[2]; z++) if (isLattice(lab, [i * per[0], j * per[1] + y, z])) return [y, z];
  }
  throw new RangeError(`no cell in column (${i}, ${j})`);
}

/** The place in the cubic lattice that f stands for. */
function placeAt(lab: Mat3, f: Vec3): Vec3 {
  const along = (axis: 0 | 1 | 2) => lab.reduce((sum, row, i) => sum + (f[i]! * row[axis]) / dot(row, row), 0);
  return [along(0), along(1), along(2)];
}

const isLattice = (lab: Mat3, f: Vec3) => placeAt(lab, f).every((x) => Math.abs(x - Math.round(x)) < 1e-6);

const shifts = new Map<Zone, readonly (readonly [y: number, z: number])[]>();

/** f of cell (i, j, k). */
export function fineOf(zone: Zone, [i, j, k]: Vec3): Vec3 {
  const { per, least } = zone;
  let known = shifts.get(zone);
  if (!known) {
    known = Array.from({ length: least[0] * least[1] }, (_, c) =>
      shiftOf(zone, c % least[0], Math.floor(c / least[0])),
    );
    shifts.set(zone, known);
  }
  const wrap = (value: number, n: number) => ((value % n) + n) % n;
  const [y, z] = known[wrap(j, least[1]) * least[0] + wrap(i, least[0])]!;
  return [i * per[0], j * per[1] + y, k * per[2] + z];
}

/** Where cell (i, j, k) stands, in steps along x, y and z. */
export function stepsOf(zone: Zone, at: Vec3): Vec3 {
  const [x, y, z] = fineOf(zone, at);
  return [x / zone.per[0], y / zone.per[1], z / zone.per[2]];
}

/** Its place in the cubic lattice, whole numbers. */
export function cubicPlace(zone: Zone, at: Vec3): Vec3 {
  // + 0: no −0.
  return placeAt(zone.lab, fineOf(zone, at)).map((x) => Math.round(x) + 0) as unknown as Vec3;
}

/** The cell that lies a vector of the cubic lattice beyond cell `at`; it may lie beyond the block. */
export function beside(zone: Zone, at: Vec3, step: Vec3): Vec3 {
  const { lab, per } = zone;
  const f = fineOf(zone, at);
  const index = (axis: 0 | 1 | 2) => Math.floor((f[axis] + dot(lab[axis], step)) / per[axis]);
  return [index(0), index(1), index(2)];
}

/** A vector given along the cubic axes [a], in steps along x, y and z. */
export function alongSteps({ lab, per }: Zone, v: Vec3): Vec3 {
  return [dot(lab[0], v) / per[0], dot(lab[1], v) / per[1], dot(lab[2], v) / per[2]];
}

const unit = (row: Vec3): Vec3 => {
  const length = Math.sqrt(dot(row, row));
  return [row[0] / length, row[1] / length, row[2] / length];
};

/** Vectors [n][3] along the cubic axes, turned to x, y and z. The same array along [001]. */
export function toLab(zone: Zone, vectors: Float64Array): Float64Array {
  if (zone === ALONG_001) return vectors;
  const rows = zone.lab.map(unit);
  return vectors.map((_, i) => {
    const first = i - (i % 3);
    return dot(rows[i % 3]!, [vectors[first]!, vectors[first + 1]!, vectors[first + 2]!]);
  });
}

/** The other way. */
export function toCubic(zone: Zone, vectors: Float64Array): Float64Array {
  if (zone === ALONG_001) return vectors;
  const rows = zone.lab.map(unit);
  return vectors.map((_, i) => {
    const [first, axis] = [i - (i % 3), (i % 3) as 0 | 1 | 2];
    return rows.reduce((sum, row, r) => sum + row[axis] * vectors[first + r]!, 0);
  });
}

/**
 * Whether x and y turned or mirrored by a matrix (rows), z kept, are a symmetry of the undistorted lattice: one of the 48 operations of m-3m. All eight of 4mm are along
 * [001], four (2mm) along [110], two (m, x → −x) along [111], whose three-fold axis is none of a rectangle.
 */
export function isSymmetry(zone: Zone, [a, b, c, d]: readonly [number, number, number, number]): boolean {
  const rows = zone.lab.map(unit) as unknown as Mat3;
  const turned = multiply(
    [
      [a, b, 0],
      [c, d, 0],
      [0, 0, 1],
    ],
    rows,
  );
  // lab → cubic: in the cubic frame it permutes the axes and changes signs.
  return multiply(transpose(rows), turned).every((row) => row.every((x) => Math.abs(x - Math.round(x)) < 1e-9));
}

/** Index of the cell a vector of the cubic lattice beyond cell `at`, in an array [nz][ny][nx]; indices wrap around. */
export function neighbour({ cells, zone }: BlockCells, at: Vec3, step: Vec3): number {
  return cellIndex(cells, ...beside(zoneOf(zone), at, step));
}

/** Index of the column nearest to a place, in steps along x and y, in an array [ny][nx]: that whose step, around its B sites, the place lies in. */
export function columnAt({ cells, zone }: BlockCells, [x, y]: readonly [x: number, y: number]): number {
  const i = Math.floor(x);
  const [, shift] = stepsOf(zoneOf(zone), [i, 0, 0]);
  return cellIndex([cells[0], cells[1], 1], i, Math.floor(y - shift), 0);
}
