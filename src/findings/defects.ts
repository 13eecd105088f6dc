/**
 * Point defects of the in-plane direction, each with place, winding number, charge, size and σ of its place.
 *
 * A defect is a plaquette with a winding number other than 0, or a hole (winding.ts) with one; those of one sign that touch by edge or corner are one defect and their
 * winding numbers add. Opposite ones stay apart however near: a pair of them next to each other is what noise makes, which `nearestOpposite_nm` shows.
 * What this is not: significant. Of pure noise a third of the plaquettes is wound; compare with a null.
 */

import { fail } from '../core/errors.ts';
import { placeOf, sizeOf } from './defect-shape.ts';
import { directions, SHORT } from './directions.ts';
import { latticeCharges } from './topology.ts';
import { chargeWithin } from './total-charge.ts';
import type { VectorField } from './vector-field.ts';
import { inPlaneAngles, type Windings, windings } from './winding.ts';

export interface Defect {
  /** From the first position [nm]: where P_∥ is zero, by interpolation or a fit (defect-shape.ts), else (`fitted` false) the centre of its plaquettes. */
  readonly place_nm: readonly [y: number, x: number];
  /** There is such a zero: all corners valid, winding ±1 with the handedness of the slopes, no further than half a step outside. */
  readonly fitted: boolean;
  /** σ of a fitted place [nm], to first order from independent errors; absent where the field states none. Of other places draws tell it. */
  readonly sigma_nm?: readonly [y: number, x: number] | undefined;
  readonly winding: number;
  /** Plaquettes that it is made of. */
  readonly plaquettes: number;
  /** Lattice charge within the radius (sign as in topology.ts), and plaquettes there whose charge is not known. */
  readonly charge: number;
  readonly chargeLeftOut: number;
  /**
   * Radius at which P_∥ is half of its surroundings [nm]: of the root mean square in rings one step wide, less σ², the first to reach half of the largest ring's within the
   * radius; absent where P_∥ is lost in σ everywhere. Below a step it is not resolved.
   */
  readonly size_nm?: number | undefined;
  /** Distance to the nearest defect of the other sign [nm]; absent where there is none. */
  readonly nearestOpposite_nm?: number | undefined;
}

export interface Defects {
  readonly list: readonly Defect[];
  /** Plaquettes whose winding number is not known. */
  readonly leftOut: number;
  /** Plaquettes looked at. */
  readonly plaquettes: number;
}

export interface DefectOptions {
  /** Of the charge and of the surroundings, more than a step [nm]. */
  readonly radius_nm: number;
  /** |P| and |P_∥| have to be above so many σ for a direction, default 2. */
  readonly factor?: number | undefined;
}

/**
 * Defects of an open field, by rows of their first plaquette.
 * @throws 'range' for a radius of a step or less or a factor below zero, 'shape' for a field of one row or column
 */
export function findDefects(field: VectorField, { radius_nm, factor = SHORT }: DefectOptions): Defects {
  const { step_nm } = field;
  if (!(radius_nm > step_nm)) {
    fail('range', `A radius of ${radius_nm} nm holds no ring of a step of ${step_nm} nm.`, 'Give a few steps.', {
      radius_nm,
      step_nm,
    });
  }
  const lattice = latticeCharges(directions(field, factor));
  const wound = windings(inPlaneAngles(field, factor));
  const found = clusters(wound).map(({ members, winding }) => {
    const { place, ...fit } = placeOf(field, wound.shape[1], members, winding);
    const place_nm = [place[0] * step_nm, place[1] * step_nm] as const;
    const { value: charge, leftOut: chargeLeftOut } = chargeWithin(lattice, place_nm, radius_nm);
    const size_nm = sizeOf(field, place, radius_nm / step_nm);
    return { place_nm, ...fit, winding, plaquettes: members.length, charge, chargeLeftOut, size_nm };
  });
  const nearest = nearestOpposites(found);
  const list = found.map((defect, k): Defect => ({ ...defect, nearestOpposite_nm: nearest[k] }));
  return { list, leftOut: wound.leftOut, plaquettes: wound.plaquettes.length };
}

/** Distance of each to the nearest of the other sign [nm]. Flat arrays: pure noise has thousands. */
function nearestOpposites(found: readonly Pick<Defect, 'place_nm' | 'winding'>[]): (number | undefined)[] {
  const of = (sign: number) => {
    const list = found.filter(({ winding }) => winding * sign > 0);
    return {
      y: Float64Array.from(list, ({ place_nm: [y] }) => y),
      x: Float64Array.from(list, ({ place_nm: [, x] }) => x),
    };
  };
  const [positive, negative] = [of(1), of(-1)];
  return found.map(({ place_nm: [y0, x0], winding }) => {
    const { y, x } = winding > 0 ? negative : positive;
    let nearest = Number.POSITIVE_INFINITY;
    for (let k = 0; k < y.length; k++) {
      const [dy, dx] = [y[k]! - y0, x[k]! - x0];
      const square = dy * dy + dx * dx;
      if (square < nearest) nearest = square;
    }
    return y.length > 0 ? Math.sqrt(nearest) : undefined;
  });
}

/** Plaquettes with winding numbers of one sign that touch. */
function clusters({ shape: [rows, columns], plaquettes, hole, holes }: Windings) {
  const sign = Int8Array.from(plaquettes, (own, at) => own || Math.sign(holes[hole[at]!]?.winding ?? 0));
  const seen = new Uint8Array(sign.length);
  const found: { readonly members: number[]; readonly winding: number }[] = [];
  for (let start = 0; start < sign.length; start++) {
    if (sign[start] === 0 || seen[start]) continue;
    const members = [start];
    const within = new Set<number>();
    let winding = 0;
    seen[start] = 1;
    for (const at of members) {
      winding += plaquettes[at]!;
      if (hole[at]! >= 0) within.add(hole[at]!);
      const [j, i] = [Math.floor(at / columns), at % columns];
      for (let v = Math.max(0, j - 1); v <= Math.min(rows - 1, j + 1); v++) {
        for (let u = Math.max(0, i - 1); u <= Math.min(columns - 1, i + 1); u++) {
          const next = v * columns + u;
          if (seen[next] || sign[next] !== sign[start]) continue;
          seen[next] = 1;
          members.push(next);
        }
      }
    }
    for (const h of within) winding += holes[h]!.winding ?? 0;
    found.push({ members, winding });
  }
  return found;
}
