/**
 * The smallest lattice that a crystal has: its cell may hold several lattice points (2 in Si seen along [110] from its cube, 4 in all).
 *
 * A translation counts where it takes every atom to an equal one (symbol, occupancy, U_iso) within 0.001 Å, so that a distortion of a picometre is
 * never averaged away: a crystal with small displacements keeps its large cell.
 */

import { fail } from '../core/errors.ts';
import {
  at,
  cross,
  determinant,
  IDENTITY,
  inverse,
  type Mat3,
  norm,
  planeSpacings,
  times,
  wrapped,
} from './lattice.ts';
import { Places } from './places.ts';
import type { Vec3 } from './structure.ts';
import type { Crystal } from './unit-cell.ts';

const SAME_A = 1e-3;
/** More lattice points are not looked through: no crystal's edges differ by so much. */
const MOST_POINTS = 5e8;

/** Fractional translations of the crystal within its cell, [0, 0, 0] among them. */
function translations(crystal: Crystal): Vec3[] {
  const { lattice_A, symbols, fractional, occupancy, uIso_A2 } = crystal;
  const kinds = symbols.map((symbol, i) => `${symbol} ${occupancy[i]!.toFixed(6)} ${uIso_A2[i]!.toFixed(6)}`);
  const members = Map.groupBy(kinds.keys(), (i) => kinds[i]!);
  const rarest = [...members.values()].reduce((least, list) => (list.length < least.length ? list : least));
  const places = new Places(lattice_A, SAME_A);
  for (let i = 0; i < symbols.length; i++) places.add(at(fractional, i));
  const origin = at(fractional, rarest[0]!);
  const shifts = rarest.map((i): Vec3 => {
    const f = at(fractional, i);
    return [f[0] - origin[0], f[1] - origin[1], f[2] - origin[2]];
  });
  const found = shifts.filter((t) =>
    kinds.every((kind, i) => {
      const f = at(fractional, i);
      return places.near([f[0] + t[0], f[1] + t[1], f[2] + t[2]]).some((other) => kinds[other] === kind);
    }),
  );
  // Translations form a group of this order, so that each is a fraction with this denominator.
  const order = found.length;
  const exact = (x: number) => Math.round(x * order) / order;
  return found.map((t) => wrapped([exact(t[0]), exact(t[1]), exact(t[2])]));
}

/** Primitive lattice vectors, short ones, in units of the crystal's own (rows; fractions such as 1/2). @throws 'range' where the cell's edges differ too much */
export function primitiveBasis(crystal: Crystal): Mat3 {
  const { lattice_A } = crystal;
  const shifts = translations(crystal);
  // The three shortest independent vectors of a lattice are a basis of it; none is longer than the longest edge.
  const radius = Math.max(...lattice_A.map(norm)) + 1e-6;
  const reach = planeSpacings(lattice_A).map((spacing) => Math.ceil(radius / spacing) + 1) as unknown as Vec3;
  const points = shifts.length * reach.reduce((product, n) => product * (2 * n + 1), 1);
  if (points > MOST_POINTS) {
    const edges = lattice_A.map((edge) => norm(edge).toPrecision(4)).join(', ');
    fail(
      'range',
      `${crystal.name}: the cell's edges, ${edges} Å, differ too much: ${points.toPrecision(2)} lattice points lie within the longest.`,
      'Check its lengths [Å] and angles [°].',
      { edges },
    );
  }
  const vectors: { f: Vec3; v: Vec3; length: number }[] = [];
  for (let x = -reach[0]; x <= reach[0]; x++) {
    for (let y = -reach[1]; y <= reach[1]; y++) {
      for (let z = -reach[2]; z <= reach[2]; z++) {
        for (const t of shifts) {
          const f: Vec3 = [x + t[0], y + t[1], z + t[2]];
          const v = times(f, lattice_A);
          const length = norm(v);
          if (length > 1e-6 && length <= radius) vectors.push({ f, v, length: Math.round(length * 1e6) });
        }
      }
    }
  }
  vectors.sort((p, q) => p.length - q.length || q.f[0] - p.f[0] || q.f[1] - p.f[1] || q.f[2] - p.f[2]);
  const volume = Math.abs(determinant(lattice_A)) / shifts.length;
  const a = vectors[0]!;
  const b = vectors.find(({ v }) => norm(cross(a.v, v)) > 1e-3 * norm(a.v) * norm(v))!;
  const c = vectors.find(({ v }) => Math.abs(determinant([a.v, b.v, v])) > 0.5 * volume)!;
  const basis: Mat3 = [a.f, b.f, c.f];
  // Where the tolerance let through translations that are no group, the cell stays as it is.
  return Math.abs(Math.abs(determinant(basis)) * shifts.length - 1) < 1e-6 ? basis : IDENTITY;
}

/** One atom of each set that the basis makes equal: its index in the crystal and its coordinates in the basis. */
export function primitiveAtoms(crystal: Crystal, basis: Mat3): { atom: number; f: Vec3 }[] {
  const toBasis = inverse(basis);
  const [p, q, r] = basis;
  const { lattice_A, symbols, occupancy } = crystal;
  const places = new Places([times(p, lattice_A), times(q, lattice_A), times(r, lattice_A)], 4 * SAME_A);
  const kept: { atom: number; f: Vec3 }[] = [];
  for (let atom = 0; atom < symbols.length; atom++) {
    const f = wrapped(times(at(crystal.fractional, atom), toBasis));
    const same = (other: number) =>
      symbols[kept[other]!.atom] === symbols[atom] && occupancy[kept[other]!.atom] === occupancy[atom];
    if (places.near(f).some(same)) continue;
    places.add(f);
    kept.push({ atom, f });
  }
  return kept;
}
