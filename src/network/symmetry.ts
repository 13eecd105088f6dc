/**
 * The in-plane symmetry operations of a zone's lattice, on patterns and on labels: eight (4mm) along [001], of which four (2mm) are left along [110] and two (m) along
 * [111] (crystal/zone.ts). An operation is a matrix M of 0 and ±1 on (x, y): a crystal turned by M gives the pattern I′(q) = I(M⁻¹q), and its
 * in-plane vectors (polarization, displacements, the beam's tilt) become M·v; components along z and scalars stay.
 *
 * The grid is even, with q = 0 at index n/2, so index 0 (q = −n/2) has no partner at +n/2. It is filled periodically
 * (−n/2 ≡ n/2): every operation is then an exact permutation of the pixels, conserves intensity and has an exact inverse.
 * What that costs: the outermost row or column of a mirrored pattern shows the opposite edge of the detector.
 */

import { fail } from '../core/errors.ts';
import { keepsPatterns, type LatticeDetector } from '../diffraction/detector.ts';

/** Rows of M for the operation's number 0 … 7; 0 is the identity, 0 … 3 are rotations by 90°, 4 … 7 have a mirror. */
const OPERATIONS: readonly (readonly [number, number, number, number])[] = [
  [1, 0, 0, 1],
  [0, -1, 1, 0],
  [-1, 0, 0, -1],
  [0, 1, -1, 0],
  [-1, 0, 0, 1],
  [1, 0, 0, -1],
  [0, 1, 1, 0],
  [0, -1, -1, 0],
];

/** The operation that undoes each: rotations by 90° and 270° undo each other, the others themselves. */
export const INVERSE: readonly number[] = [0, 3, 2, 1, 4, 5, 6, 7];

/** The number of M_a·M_b: first b, then a. */
export function productOf(a: number, b: number): number {
  const [p, q, r, s] = OPERATIONS[a]!;
  const [t, u, v, w] = OPERATIONS[b]!;
  const product = [p * t + q * v, p * u + q * w, r * t + s * v, r * u + s * w];
  return OPERATIONS.findIndex((matrix) => matrix.every((x, i) => x === product[i]));
}

type Zoned = Pick<LatticeDetector, 'zone' | 'pixelsPerOrder'>;

/** Numbers of the operations under which a zone's undistorted crystal and its detector are the same, the identity first. */
export function operationsOf(detector: Zoned): number[] {
  return OPERATIONS.flatMap((matrix, number) => (keepsPatterns(detector, matrix) ? [number] : []));
}

/** Two operations, the identity and one that undoes itself and changes signs of components only: a turn by 180°, or along [111], which has none, the mirror x → −x. */
export function looksOf(detector: Zoned): readonly [number, number] {
  return [0, operationsOf(detector).includes(2) ? 2 : 4];
}

/** Where the components of an in-plane vector stand among the labels. */
export interface LabelPair {
  readonly x: number;
  readonly y: number;
}

/**
 * The pairs of labels that turn with the crystal: '<stem>_x…' with '<stem>_y…', such as P_x_column with P_y_column.
 * @throws 'unsupported' where one stands without the other
 */
export function labelPairs(names: readonly string[]): LabelPair[] {
  return names.flatMap((name, x) => {
    const match = /^(.+)_([xy])(_.+)?$/.exec(name);
    if (!match) return [];
    const partner = `${match[1]}_${match[2] === 'x' ? 'y' : 'x'}${match[3] ?? ''}`;
    const other = names.indexOf(partner);
    if (other < 0) {
      fail('unsupported', `Label ${name} has no partner ${partner}.`, 'Set training.symmetry = false.', { name });
    }
    return match[2] === 'x' ? [{ x, y: other }] : [];
  });
}

const madeTables = new Map<number, readonly Int32Array[]>();

/** For each operation, the source pixel of each destination pixel [n²]; patterns are [qy][qx], n even. Made once per n: not to be written to. */
export function pixelTables(n: number): readonly Int32Array[] {
  const made = madeTables.get(n);
  if (made) return made;
  const wrap = (q: number): number => (q + n / 2 + n) % n;
  const tables = OPERATIONS.map(([a, b, c, d]) => {
    const table = new Int32Array(n * n);
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++) {
        const [qx, qy] = [x - n / 2, y - n / 2];
        // The inverse of an orthogonal matrix is its transpose.
        table[y * n + x] = wrap(b * qx + d * qy) * n + wrap(a * qx + c * qy);
      }
    }
    return table;
  });
  madeTables.set(n, tables);
  return tables;
}

/** Turns the labels of one pattern, [labels], in place. */
export function turnLabels(labels: Float32Array, pairs: readonly LabelPair[], operation: number): void {
  const [a, b, c, d] = OPERATIONS[operation]!;
  for (const { x, y } of pairs) {
    const [vx, vy] = [labels[x]!, labels[y]!];
    labels[x] = a * vx + b * vy;
    labels[y] = c * vx + d * vy;
  }
}
