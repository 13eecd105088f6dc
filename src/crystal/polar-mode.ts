/**
 * The polar mode of a perovskite ABO3 from the unit cell of a refined or relaxed phase, whatever its lattice: what [crystal.given] of a recipe takes, but for the
 * Born charges, which no structure file has.
 *
 * 1. Of the cations those with the six nearest O are B, the others A; the O between two B gives a bond, and bonds along three directions are the pseudo-cubic axes.
 * 2. Displacements are taken from the B sublattice: an O from the middle of its two B, an A from the mean of its eight. Their means over the cell are the part
 *    at Γ: A⃗ and, for the O of each bond axis j, O⃗_j. Tilts and antipolar shifts average to nothing, and are told.
 * 3. One direction e and one number for each of A, O∥ and O⊥ (`material.ts`) in the least-squares sense, A_α = A e_α, O_jα = (O∥ if α = j, else O⊥) e_α, by
 *    alternation. What they leave is told as a share: a phase whose O⊥ differ, or that is polar along several axes in different ways, is no single mode.
 *
 * What this is not: a phonon. A refined displacement is the sum of all that condensed.
 */

import { fail } from '../core/errors.ts';
import {
  at,
  cross,
  determinant,
  dot,
  inverse,
  type Mat3,
  nearestImage,
  norm,
  planeSpacings,
  times,
  transpose,
  wrapped,
} from './lattice.ts';
import type { PerKind } from './material.ts';
import { modeNorm, type PolarAxis, scaled, withoutShift } from './phase.ts';
import { Places } from './places.ts';
import type { Shares } from './site-elements.ts';
import type { Vec3 } from './structure.ts';
import type { Crystal } from './unit-cell.ts';

export interface PolarMode {
  readonly A: Shares;
  readonly B: Shares;
  /** Displacements along `direction`, their mean over the cell's atoms taken out; that of B against its O6 is positive [Å]. */
  readonly mode: PerKind;
  /** Unit vector in the pseudo-cubic axes. */
  readonly direction: Vec3;
  /** The family it is of, where it lies within 3° of one. */
  readonly axis: PolarAxis | undefined;
  /** Edges of the pseudo-cubic cell, and the cube root of its volume [Å]. */
  readonly edges_A: Vec3;
  readonly a_A: number;
  /** Norm of what the mode leaves of the mean displacements, of their norm. */
  readonly left: number;
  /** Root mean square of what is not in the means, each coordinate of A and O: tilts, antipolar shifts [Å]. */
  readonly other_A: number;
}

/** Below this norm [Å] a mode is none: refinements err by some mÅ. */
const LEAST_MODE_A = 0.02;
/** Cosine that a bond and its axis have at least; and axes among each other at most. */
const ALONG = 0.9;
const ACROSS = 0.12;
/** Positions nearer than this [Å] are one site. */
const SAME_A = 0.3;
/** A's eight B are 3.5 Å away, its O up to 3.3. */
const REACH_A = 6;

interface Site {
  readonly place: Vec3;
  readonly elements: ReadonlyMap<string, number>;
}

const minus = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const mean = (list: readonly Vec3[]): Vec3 => {
  const along = (axis: 0 | 1 | 2) => list.reduce((sum, v) => sum + v[axis], 0) / list.length;
  return [along(0), along(1), along(2)];
};

/** Vectors from a place to its `count` nearest sites within {@link REACH_A}, periodic images too. */
function nearest(from: Vec3, sites: readonly Site[], images: readonly Vec3[], count: number) {
  const near: { v: Vec3; length: number }[] = [];
  for (const { place } of sites) {
    const [x, y, z] = minus(place, from);
    for (const [i, j, k] of images) {
      const length = Math.hypot(x + i, y + j, z + k);
      if (length > SAME_A && length < REACH_A) near.push({ v: [x + i, y + j, z + k], length });
    }
  }
  return near.sort((p, q) => p.length - q.length).slice(0, count);
}

/** Atoms that share a site as one, in their weighted middle: a site split by disorder is not displaced. */
function sitesOf({ lattice_A, symbols, fractional, occupancy }: Crystal): Site[] {
  const places = new Places(lattice_A, SAME_A);
  const groups: { sum: Vec3; share: number; elements: Map<string, number> }[] = [];
  for (const [atom, symbol] of symbols.entries()) {
    const f = at(fractional, atom);
    const share = occupancy[atom]!;
    let own = places.near(f)[0];
    if (own === undefined) {
      own = groups.length;
      places.add(f);
      groups.push({ sum: [0, 0, 0], share: 0, elements: new Map() });
    }
    const group = groups[own]!;
    const v = times(nearestImage(f, places.points[own]!), lattice_A);
    group.sum = [group.sum[0] + share * v[0], group.sum[1] + share * v[1], group.sum[2] + share * v[2]];
    group.share += share;
    group.elements.set(symbol, (group.elements.get(symbol) ?? 0) + share);
  }
  return groups.map(({ sum, share, elements }, i) => ({
    place: minus(times(wrapped(places.points[i]!), lattice_A), sum.map((x) => -x / share) as unknown as Vec3),
    elements,
  }));
}

function sharesOf(sites: readonly Site[]): Shares {
  const sums: Record<string, number> = {};
  for (const { elements } of sites) for (const [symbol, n] of elements) sums[symbol] = (sums[symbol] ?? 0) + n;
  const all = Object.values(sums).reduce((a, b) => a + b, 0);
  return Object.fromEntries(Object.entries(sums).map(([symbol, n]) => [symbol, n / all]));
}

/** Bond of an O: its two B, the middle of them, from one to the other. */
interface Bond {
  readonly along: Vec3;
  readonly shift: Vec3;
}

/** The three axes, right-handed, as sums of the bonds along each, and the bonds of each. @throws 'shape' */
function axesOf(bonds: readonly Bond[], none: (why: string) => never): { axes: Mat3; of: Bond[][] } {
  const groups: { sum: Vec3; bonds: Bond[] }[] = [];
  for (const bond of bonds) {
    const cos = (v: Vec3) => dot(v, bond.along) / norm(v) / norm(bond.along);
    const group = groups.find(({ sum }) => Math.abs(cos(sum)) > ALONG);
    if (!group) {
      groups.push({ sum: bond.along, bonds: [bond] });
      continue;
    }
    const sign = Math.sign(cos(group.sum));
    group.sum = minus(group.sum, bond.along.map((x) => -sign * x) as unknown as Vec3);
    group.bonds.push(bond);
  }
  const [x, y, z] = groups;
  if (!x || !y || !z || groups.length > 3 || groups.some((group) => 3 * group.bonds.length !== bonds.length)) {
    return none(`its B–O–B bonds lie along ${groups.length} directions, not evenly along three`);
  }
  const unit = groups.map(({ sum }) => sum.map((c) => c / norm(sum)) as unknown as Vec3);
  if ([0, 1, 2].some((i) => Math.abs(dot(unit[i]!, unit[(i + 1) % 3]!)) > ACROSS)) {
    return none('its B–O–B bonds are not at right angles');
  }
  const right = dot(cross(unit[0]!, unit[1]!), unit[2]!) > 0;
  const order = right ? [x, y, z] : [y, x, z];
  return {
    axes: order.map(({ sum, bonds: own }) => sum.map((c) => c / own.length)) as unknown as Mat3,
    of: order.map(({ bonds: own }) => own),
  };
}

/** The right-angled frame nearest to three nearly right ones: the orthogonal factor of the polar decomposition, by Newton's iteration (Higham 1986). */
function rightFrame(axes: Mat3): Mat3 {
  let frame = axes;
  for (let turn = 0; turn < 8; turn++) {
    const other = transpose(inverse(frame));
    frame = frame.map((v, i) => v.map((x, k) => (x + other[i]![k]!) / 2)) as unknown as Mat3;
  }
  return frame;
}

/** A, O∥, O⊥ and e of step 3, B at rest. @param A mean displacement of A @param O of the O on each bond axis, both along the axes [Å] */
function fitMode(A: Vec3, O: Mat3): { mode: PerKind; direction: Vec3; left: number } {
  const AXES = [0, 1, 2] as const;
  /** Sums of the O across and along the bond. */
  const across = AXES.map((i) => O[0][i] + O[1][i] + O[2][i] - O[i][i]) as unknown as Vec3;
  const along: Vec3 = [O[0][0], O[1][1], O[2][2]];
  const given = (e: Vec3): PerKind => ({ A: dot(A, e), Ti: 0, Opar: dot(along, e), Operp: dot(across, e) / 2 });
  const towards = ({ A: a, Opar, Operp }: PerKind): Vec3 =>
    AXES.map((i) => a * A[i] + Opar * along[i] + Operp * across[i]) as unknown as Vec3;
  let best = { mode: given([0, 0, 1]), direction: [0, 0, 1] as Vec3, captured: -1 };
  for (const start of [
    [1, 0.1, 0.01],
    [0.01, 1, 0.1],
    [0.1, 0.01, 1],
  ] as const) {
    let direction: Vec3 = start;
    let mode = given(direction);
    for (let turn = 0; turn < 200; turn++) {
      const next = towards(mode);
      const length = norm(next);
      if (length === 0) break;
      direction = [next[0] / length, next[1] / length, next[2] / length];
      mode = given(direction);
    }
    const captured = modeNorm(mode);
    if (captured > best.captured) best = { mode, direction, captured };
  }
  const all = Math.hypot(...A, ...O.flat());
  const left = Math.sqrt(Math.max(0, all ** 2 - best.captured ** 2));
  return { mode: best.mode, direction: best.direction, left: all > 0 ? left / all : 0 };
}

/** @throws 'shape' for a crystal that is no perovskite ABO3, 'unsupported' for one that is not polar */
export function polarMode(crystal: Crystal): PolarMode {
  const { name, lattice_A } = crystal;
  const none = (why: string): never =>
    fail('shape', `${name} is no perovskite ABO3: ${why}.`, 'Give the unit cell of one whole phase.', { name });
  // Places lie in the cell: two of them are less than a period apart along each axis.
  const ranges = planeSpacings(lattice_A).map((d) => {
    const n = Math.floor(1 + REACH_A / d);
    return Array.from({ length: 2 * n + 1 }, (_, i) => i - n);
  }) as [number[], number[], number[]];
  const images = ranges[0].flatMap((i) => ranges[1].flatMap((j) => ranges[2].map((k) => times([i, j, k], lattice_A))));
  const sites = sitesOf(crystal);
  const oxygen = sites.filter(({ elements }) => elements.has('O'));
  const cations = sites.filter((site) => !oxygen.includes(site));
  const n = oxygen.length / 3;
  if (!Number.isInteger(n) || n === 0 || cations.length !== 2 * n) {
    return none(`it has ${cations.length} sites of cations and ${oxygen.length} of O`);
  }
  const toO = new Map(
    cations.map((site) => {
      const six = nearest(site.place, oxygen, images, 6);
      if (six.length < 6) return none('not every cation has six O near it');
      return [site, six.reduce((sum, { length }) => sum + length / 6, 0)] as const;
    }),
  );
  const sorted = cations.toSorted((a, b) => toO.get(a)! - toO.get(b)!);
  const [B, A] = [sorted.slice(0, n), sorted.slice(n)];
  const [onA, onB] = [sharesOf(A), sharesOf(B)];
  const both = Object.keys(onA).find((symbol) => onB[symbol] !== undefined);
  if (both !== undefined) return none(`${both} has six near O on some sites and not on others`);

  const bonds = oxygen.map(({ place }): Bond => {
    const [one, other] = nearest(place, B, images, 2);
    if (!one || !other) return none('an O lies beside no two B');
    return { along: minus(other.v, one.v), shift: mean([one.v, other.v]).map((x) => -x) as unknown as Vec3 };
  });
  const { axes, of } = axesOf(bonds, none);
  const unit = rightFrame(axes.map((v) => v.map((x) => x / norm(v))) as unknown as Mat3);
  const along = (v: Vec3): Vec3 => [dot(v, unit[0]), dot(v, unit[1]), dot(v, unit[2])];
  const shiftsA = A.map(({ place }) =>
    along(mean(nearest(place, B, images, 8).map(({ v }) => v)).map((x) => -x) as unknown as Vec3),
  );
  const shiftsO = of.map((own) => own.map(({ shift }) => along(shift)));
  const meanA = mean(shiftsA);
  const meanO = shiftsO.map(mean) as unknown as Mat3;
  const found = fitMode(meanA, meanO);
  const size = modeNorm(withoutShift(found.mode));
  if (size < LEAST_MODE_A) {
    fail(
      'unsupported',
      `${name} is not polar: its A and O lie within ${size.toFixed(3)} Å of the middles between its B.`,
      'Give a polar phase; a cubic or an antiferrodistortive one has no mode to take from it.',
      { name, displacement_A: size },
    );
  }
  // B against the mean of its six O, which lies at a third of O∥ and two of O⊥.
  const sign = found.mode.Opar + 2 * found.mode.Operp < 0 ? 1 : -1;
  const direction = found.direction.map((x) => sign * x) as unknown as Vec3;
  const deviations = [
    ...shiftsA.flatMap((v) => minus(v, meanA)),
    ...shiftsO.flatMap((own, j) => own.flatMap((v) => minus(v, meanO[j]!))),
  ];
  return {
    A: onA,
    B: onB,
    // Turned with the direction, both would stay as they were.
    mode: scaled(withoutShift(found.mode), sign),
    direction,
    axis: familyOf(direction),
    edges_A: [norm(axes[0]), norm(axes[1]), norm(axes[2])],
    a_A: Math.cbrt(Math.abs(determinant(axes))),
    left: found.left,
    other_A: Math.sqrt(deviations.reduce((sum, x) => sum + x * x, 0) / deviations.length),
  };
}

/** The family of directions that one lies within 3° of. */
function familyOf(direction: Vec3): PolarAxis | undefined {
  const sizes = direction.map(Math.abs).sort((a, b) => b - a) as unknown as Vec3;
  const families: readonly [PolarAxis, Vec3][] = [
    ['001', [1, 0, 0]],
    ['110', [Math.SQRT1_2, Math.SQRT1_2, 0]],
    ['111', [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)]],
  ];
  return families.find(([, of]) => dot(sizes, of) > Math.cos((3 * Math.PI) / 180))?.[0];
}
