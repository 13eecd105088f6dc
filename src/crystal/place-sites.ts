/**
 * Sites of a crystal under its operators: each put onto its special position where only rounding kept it off, then all its places, once; rows of one element
 * on one site added up. What was moved, split or listed twice goes into notes.
 */

import { fail } from '../core/errors.ts';
import { type Mat3, nearestImage, norm, times, wrapped } from './lattice.ts';
import { Places } from './places.ts';
import type { Vec3 } from './structure.ts';
import { applyOperator, type Operator } from './symmetry-operator.ts';

/**
 * Images of one site that meet within this distance [Å] are one atom. Those of a site that is at most half occupied may be a split atom's places, as in
 * an eight-site model of a ferroelectric: they stay apart unless they are the same but for rounding.
 */
const MERGE_A = 0.05;
const MERGE_SPLIT_A = 0.005;
/** A site that was moved by more than this [Å] is told. */
const SNAP_TOLD_A = 1e-3;
/** Places of one site nearer than this [Å] cannot all be filled. */
const SPLIT_A = 0.5;

export interface Site {
  readonly label: string;
  readonly symbol: string;
  readonly f: Vec3;
  /** Half of the last digit that the file gives of each coordinate. */
  readonly rounding: Vec3;
  readonly occupancy: number;
  /** U_iso [Å²]; NaN where the file gives none. */
  readonly u: number;
}

/** What the user is to know. */
export interface Remarks {
  readonly notes: string[];
  readonly u2Notes: string[];
}

/** Names of a few, and how many more. */
export function listed(names: readonly string[]): string {
  const rest = names.length - 6;
  return rest > 0 ? `${names.slice(0, 6).join(', ')} and ${rest} more` : names.join(', ');
}

/**
 * The site moved onto its special position: the mean of its images that are itself but for the rounding e of its coordinates. An image of f₀ + e under a
 * rotation R that keeps f₀ lies (R − 1)e off, so that each coordinate differs by less than Σⱼ |R − 1|ᵢⱼ eⱼ. (0.333, 0.667) goes to (1/3, 2/3) so.
 */
function ontoSpecialPosition(site: Site, operators: readonly Operator[], lattice: Mat3, within_A: number): Vec3 {
  let f = site.f;
  // Once, but where images lie about as far apart as counts as one.
  for (let pass = 0; pass < 4; pass++) {
    const sum = [0, 0, 0];
    let n = 0;
    for (const operator of operators) {
      const d = nearestImage(applyOperator(operator, f), f);
      const rounded = d.every((x, i) => {
        const most = operator.rotation[i]!.reduce(
          (total, r, j) => total + Math.abs(r - (i === j ? 1 : 0)) * site.rounding[j]!,
          0,
        );
        return Math.abs(x) < most * (1 - 1e-6) || Math.abs(x) < 1e-9;
      });
      if (!rounded && norm(times(d, lattice)) >= within_A) continue;
      for (const [i, x] of d.entries()) sum[i]! += x;
      n++;
    }
    const shift = sum.map((x) => x / n) as unknown as Vec3;
    f = [f[0] + shift[0], f[1] + shift[1], f[2] + shift[2]];
    if (norm(shift) < 1e-12) break;
  }
  return wrapped(f);
}

/** Places of a site under the operators. */
function orbit(f: Vec3, operators: readonly Operator[], lattice: Mat3): Vec3[] {
  const places = new Places(lattice, MERGE_SPLIT_A);
  for (const operator of operators) {
    const image = wrapped(applyOperator(operator, f));
    if (places.near(image).length === 0) places.add(image);
  }
  return places.points;
}

/** A site on its special position, with all its places. */
export interface Placed extends Site {
  readonly places: readonly Vec3[];
}

/** Two rows of one element on one site, such as Mn3+ and Mn4+, D and H: one atom, their occupancies added up. */
function together(a: Placed, b: Site): Placed {
  const known = [a, b].filter(({ u }) => !Number.isNaN(u));
  const share = (rows: readonly Site[]) => rows.reduce((sum, { occupancy }) => sum + occupancy, 0);
  const u = known.reduce((sum, row) => sum + row.u * row.occupancy, 0) / share(known);
  return { ...a, label: `${a.label} + ${b.label}`, occupancy: Math.min(1, share([a, b])), u };
}

/** Every site once, with all its places. @throws 'format' where two partly occupied rows of an element are images of each other */
export function placeSites(
  sites: readonly Site[],
  operators: readonly Operator[],
  lattice: Mat3,
  name: string,
  { notes }: Remarks,
): Placed[] {
  const placed: Placed[] = [];
  const index = new Places(lattice, MERGE_A);
  const owner: number[] = [];
  const moved: string[] = [];
  const split: string[] = [];
  const twice: string[] = [];
  for (const site of sites) {
    const f = ontoSpecialPosition(site, operators, lattice, site.occupancy > 0.5 ? MERGE_A : MERGE_SPLIT_A);
    const far = (other: Vec3) => norm(times(nearestImage(f, other), lattice));
    const near = index.near(f).find((point) => placed[owner[point]!]!.symbol === site.symbol);
    const other = near === undefined ? undefined : placed[owner[near]!]!;
    if (other && other.occupancy + site.occupancy > 1.05 && Math.abs(other.occupancy - site.occupancy) < 0.01) {
      twice.push(site.label);
      continue;
    }
    if (other && other.occupancy + site.occupancy <= 1.05 && far(index.points[near!]!) < MERGE_SPLIT_A) {
      if (far(other.f) >= MERGE_SPLIT_A) {
        fail(
          'format',
          `${name}: ${site.label} lies on an image of ${other.label} under its operators, and both are partly there.`,
          'Give the site one row, its occupancies added up; or all atoms of the cell as P1.',
          { name, labels: [other.label, site.label] },
        );
      }
      placed[owner[near!]!] = together(other, site);
      continue;
    }
    if (far(site.f) > SNAP_TOLD_A) {
      moved.push(`${site.label} by ${far(site.f).toFixed(3)} Å to (${f.map((x) => x.toFixed(4)).join(', ')})`);
    }
    const places = orbit(f, operators, lattice);
    const apart = Math.min(...places.slice(1).map(far));
    if (apart < SPLIT_A) {
      split.push(`${site.label} (${places.length} places of occupancy ${site.occupancy}, ${apart.toFixed(2)} Å apart)`);
    }
    for (const place of places) {
      owner.push(placed.length);
      index.add(place);
    }
    placed.push({ ...site, f, places });
  }
  if (moved.length > 0) notes.push(`${name}: sites moved onto special positions: ${listed(moved)}.`);
  if (split.length > 0) notes.push(`${name}: sites split by disorder: ${listed(split)}.`);
  if (twice.length > 0) {
    notes.push(`${name}: images of other sites under its operators, each atom taken once: ${listed(twice)}.`);
  }
  return placed;
}
