/** Symmetry operators as files write them, '-x+y, 1/2+y, z-0.25', '2x-y, y, z': f' = R f + t on fractional coordinates. */

import { fail } from '../core/errors.ts';
import { dot, type Mat3, multiply } from './lattice.ts';
import type { Vec3 } from './structure.ts';

export interface Operator {
  /** R, integers; row i makes coordinate i. */
  readonly rotation: Mat3;
  /** t, fractional. */
  readonly translation: Vec3;
}

/** @throws 'format' */
export function parseOperator(text: string, name: string): Operator {
  const bad = (): never =>
    fail('format', `${name}: '${text}' is not a symmetry operator.`, "Write it as 'x, -y, z+1/2'.", { name });
  const parts = text.toLowerCase().replace(/\s+/g, '').split(',');
  if (parts.length !== 3) bad();
  const rows = parts.map((part): [row: Vec3, shift: number] => {
    const row: [number, number, number] = [0, 0, 0];
    let shift = 0;
    const term = /([+-]?)(?:(\d*)([xyz])|(\d+\.?\d*|\.\d+)(?:\/(\d+))?)/y;
    while (term.lastIndex < part.length) {
      const first = term.lastIndex === 0;
      const match = term.exec(part);
      if (!match || (!first && match[1] === '')) return bad();
      const sign = match[1] === '-' ? -1 : 1;
      // '2x' occurs on axes other than the standard ones.
      if (match[3]) row['xyz'.indexOf(match[3]) as 0 | 1 | 2] += sign * Number(match[2] || 1);
      else shift += (sign * Number(match[4])) / Number(match[5] ?? 1);
    }
    // Rounded to the fractions that occur in crystals: 0.333 is a third.
    const exact = Math.round(shift * 24) / 24;
    return Number.isFinite(shift) ? [row, Math.abs(exact - shift) < 2e-3 ? exact : shift] : bad();
  });
  const [x, y, z] = rows as [[Vec3, number], [Vec3, number], [Vec3, number]];
  return { rotation: [x[0], y[0], z[0]], translation: [x[1], y[1], z[1]] };
}

export function applyOperator({ rotation, translation }: Operator, f: Vec3): Vec3 {
  return [
    dot(rotation[0], f) + translation[0],
    dot(rotation[1], f) + translation[1],
    dot(rotation[2], f) + translation[2],
  ];
}

/** A key equal for operators that differ by a lattice translation. */
export function keyOf({ rotation, translation }: Operator): string {
  return `${rotation.join()} ${translation.map((t) => Math.round((t - Math.floor(t)) * 240) % 240).join()}`;
}

/** a after b. */
export function product(a: Operator, b: Operator): Operator {
  return {
    rotation: multiply(a.rotation, b.rotation),
    translation: applyOperator(a, b.translation),
  };
}

/** Each once, in order; those that differ by a lattice translation are one. */
export function distinct(operators: readonly Operator[]): Operator[] {
  return [...new Map(operators.map((operator) => [keyOf(operator), operator])).values()];
}
