/**
 * A Hall symbol, such as '-P 2ac 2n' or 'R 3 -2"c', to all operators of its space group.
 *
 *     hallOperators('-P 4 2 3').length        // 48, Pm-3m
 *
 * S. R. Hall, Acta Cryst. A37, 517 (1981); International Tables B, A1.4.2.3. A letter is the lattice, a leading − the inversion; each further piece is a
 * generator: order of its rotation (− with inversion), a screw, its axis (x y z, ' and " diagonals, * the body diagonal; left out, the usual one), and
 * translations a b c n u v w d. A shift of origin '(0 0 4)' is in twelfths of the cell.
 *
 * What this is not: general changes of basis, '(x-y,x+y,z)'; such a symbol is not understood.
 */

import { IDENTITY, type Mat3, multiply, transpose } from './lattice.ts';
import type { Vec3 } from './structure.ts';
import { distinct, type Operator, product } from './symmetry-operator.ts';

const HALF = 1 / 2;
const CENTRING: Readonly<Record<string, readonly Vec3[]>> = {
  P: [],
  A: [[0, HALF, HALF]],
  B: [[HALF, 0, HALF]],
  C: [[HALF, HALF, 0]],
  I: [[HALF, HALF, HALF]],
  F: [
    [0, HALF, HALF],
    [HALF, 0, HALF],
    [HALF, HALF, 0],
  ],
  R: [
    [2 / 3, 1 / 3, 1 / 3],
    [1 / 3, 2 / 3, 2 / 3],
  ],
  H: [
    [2 / 3, 1 / 3, 0],
    [1 / 3, 2 / 3, 0],
  ],
};

/** Rotations about z; ' and " are a − b and a + b. */
const ABOUT_Z: Readonly<Record<string, Mat3>> = {
  '1': IDENTITY,
  '2': rows('-1 0 0  0 -1 0  0 0 1'),
  '3': rows('0 -1 0  1 -1 0  0 0 1'),
  '4': rows('0 -1 0  1 0 0  0 0 1'),
  '6': rows('1 -1 0  1 0 0  0 0 1'),
  "2'": rows('0 -1 0  -1 0 0  0 0 -1'),
  '2"': rows('0 1 0  1 0 0  0 0 -1'),
};
const ABOUT_DIAGONAL = rows('0 0 1  1 0 0  0 1 0');

const TRANSLATIONS: Readonly<Record<string, Vec3>> = {
  a: [HALF, 0, 0],
  b: [0, HALF, 0],
  c: [0, 0, HALF],
  n: [HALF, HALF, HALF],
  u: [1 / 4, 0, 0],
  v: [0, 1 / 4, 0],
  w: [0, 0, 1 / 4],
  d: [1 / 4, 1 / 4, 1 / 4],
};

function rows(text: string): Mat3 {
  const [a, b, c, d, e, f, g, h, i] = text.split(/\s+/).map(Number) as [...Vec3, ...Vec3, ...Vec3];
  return [
    [a, b, c],
    [d, e, f],
    [g, h, i],
  ];
}

function negative(m: Mat3): Mat3 {
  return m.map((row) => row.map((x) => 0 - x)) as unknown as Mat3;
}

/** The rotation about z turned to x or y: x → y → z → x is the rotation about the body diagonal. */
function turned(m: Mat3, axis: string): Mat3 {
  const once = (matrix: Mat3) => multiply(multiply(ABOUT_DIAGONAL, matrix), transpose(ABOUT_DIAGONAL));
  return axis === 'z' ? m : axis === 'x' ? once(m) : once(once(m));
}

interface Generator extends Operator {
  readonly order: number;
  /** x, y, z, or * of a diagonal. */
  readonly axis: string;
}

/** @param before the generator in front of it, and how many there are */
function generator(text: string, before: Generator | undefined, count: number): Generator | undefined {
  const match = /^(-?)([12346])([1-5]?)([xyz]?)(['"*]?)([1-5]?)([abcnuvwd]*)$/.exec(text);
  if (!match) return undefined;
  const [, improper, n = '', screwBefore, letter, diagonal, screwAfter, shifts = ''] = match;
  const order = Number(n);
  const second = count === 1 && order === 2 && !letter && !diagonal;
  // The usual axes: the first along z; a second twofold one along x after 2 or 4, along a − b after 3 or 6; a third threefold one along the body diagonal.
  const prime = diagonal || (second && (before!.order === 3 || before!.order === 6) ? "'" : '');
  const body = prime === '*' || (count === 2 && order === 3 && !letter && !prime);
  const along = letter || (prime ? (before?.axis ?? 'z') : second ? 'x' : 'z');
  const rotation = body
    ? order === 3
      ? ABOUT_DIAGONAL
      : undefined
    : turned(ABOUT_Z[n + prime] ?? IDENTITY, along === '*' ? 'z' : along);
  if (!rotation || (prime && !body && order !== 2)) return undefined;
  const translation: [number, number, number] = [0, 0, 0];
  for (const shift of shifts) for (const [i, x] of TRANSLATIONS[shift]!.entries()) translation[i as 0 | 1 | 2] += x;
  const screw = screwBefore || screwAfter;
  if (screw) translation['xyz'.indexOf(along) as 0 | 1 | 2] += Number(screw) / order;
  return { rotation: improper ? negative(rotation) : rotation, translation, order, axis: body ? '*' : along };
}

/** The translation moved into [0, 1), a whole number of 24ths. */
function inCell({ rotation, translation }: Operator): Operator {
  return {
    rotation,
    translation: translation.map((t) => (((Math.round(24 * t) % 24) + 24) % 24) / 24) as unknown as Vec3,
  };
}

/** All products of the generators, none twice. */
function closure(generators: readonly Operator[]): Operator[] {
  let all: Operator[] = [{ rotation: IDENTITY, translation: [0, 0, 0] }];
  for (let size = 0; size < all.length; ) {
    size = all.length;
    all = distinct([...all, ...generators.flatMap((one) => all.map((operator) => inCell(product(one, operator))))]);
  }
  return all;
}

/** All operators, the identity first; undefined where the symbol is not understood. */
export function hallOperators(symbol: string): Operator[] | undefined {
  const [, body = '', change] = /^([^(]*)(?:\(([^)]*)\))?$/.exec(symbol.trim().replaceAll('_', ' ')) ?? [];
  const [lattice = '', ...pieces] = body.trim().split(/\s+/);
  const [, inversion, letter = ''] = /^(-?)([A-Z])$/i.exec(lattice) ?? [];
  const centring = CENTRING[letter.toUpperCase()];
  const shift = change === undefined ? [0, 0, 0] : change.trim().split(/\s+/).map(Number);
  if (!centring || shift.length !== 3 || !shift.every(Number.isInteger)) return undefined;
  const generators: Generator[] = [];
  for (const piece of pieces) {
    const next = generator(piece.toLowerCase(), generators.at(-1), generators.length);
    if (!next) return undefined;
    generators.push(next);
  }
  const origin = shift.map((x) => x / 12) as unknown as Vec3;
  const moved = (sign: 1 | -1): Operator => ({
    rotation: IDENTITY,
    translation: origin.map((x) => sign * x) as unknown as Vec3,
  });
  return closure([
    ...centring.map((translation) => ({ rotation: IDENTITY, translation })),
    ...(inversion ? [{ rotation: negative(IDENTITY), translation: [0, 0, 0] as const }] : []),
    ...generators.map((one) => product(product(moved(1), one), moved(-1))),
  ]);
}
