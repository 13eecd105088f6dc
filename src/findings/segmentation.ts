/**
 * Domains by what σ explains: a second segmentation beside the paper's. Every position begins as a region; neighbours merge while a common vector for both raises
 * χ² by less than `limit` for each step of their border,
 *
 *     Δχ² = Σ_axis W₁W₂/(W₁ + W₂) · (m₁ − m₂)²,   W = Σ 1/σ²,   m = Σ (P/σ²)/W;      merged while Δχ² < limit · (links of the border),
 *
 * the best pairs first. That is greedy descent in the energy χ² + limit · (length of all walls) of fields that are constant between walls (Koepfler, Lopez and Morel, SIAM J.
 * Numer. Anal. 31, 282, 1994, after Mumford and Shah); length counts links, so a wall along the diagonal costs √2 of what one along an axis does.
 *
 * The limit is calibrated: pure noise around one vector is one domain in 95% of fields or more (`MERGE_LIMIT`).
 *
 * A vector that turns steadily becomes a staircase, as fine as σ allows; so does a wide wall. What nowhere fills a window of 3 × 3 positions is a step of such, not a domain:
 * its positions go to the neighbouring domain with the nearest mean, from the rim inwards. Domains narrower than three positions are so not seen.
 *
 * The calibration is of whole maps. Where every few positions one is masked borders have fewer links, and noise is called a domain far more often (half of 24 × 24 fields
 * with 1 in 11 masked and a band across but for three positions): leave such regions out.
 *
 * Errors of neighbours are taken for independent. Where each draw is shared by n positions, give σ·√n.
 * What this is not: a model of domains whose vectors vary within.
 */

import { fail } from '../core/errors.ts';
import { type Partition, partitionOf } from './partition.ts';
import { mergeRegions } from './region-graph.ts';
import { LEAST_IN_WINDOW } from './variation.ts';
import { AXES, type Components, type VectorField } from './vector-field.ts';

/**
 * Δχ² for each link of a border from which on two regions stay apart. Of fields of pure noise so many have a second domain at 3 | 3.5 | 4: 19 | 4.4 | 1.0% of 500 with 8 × 8
 * positions, 23 | 4.8 | 0.7% of 400 with 24 × 24, 24 | 3.7 | 0% of 80 with 48 × 48, 58 | 0 | 0% of 12 with 110 × 180; at 3.8: 1.9% of 1000 with 24 × 24.
 */
export const MERGE_LIMIT = 3.8;

/**
 * @param sigma standard uncertainty of each component, where the field states none (a truth) [unit of the field]
 * @param limit of Δχ² a link
 * @throws 'incomplete' where there is no σ; 'range' where a σ is not above zero
 */
export function segmentByNoise(field: VectorField, sigma?: number, limit = MERGE_LIMIT): Partition {
  return withoutSlivers(field, merged(field, sigma, limit).partition);
}

function merged(field: VectorField, sigma: number | undefined, limit: number) {
  const { shape, valid, values } = field;
  const weights = weightsOf(field, sigma);
  let count = 0;
  const labels = Int32Array.from(valid, (mark) => (mark ? count++ : -1));
  // Of each region, by axis: W and m, then Σ P/σ².
  const wm = new Float64Array(6 * count);
  const s = new Float64Array(3 * count);
  AXES.forEach((axis, k) => {
    const [weight, value] = [weights[axis], values[axis]];
    for (let i = 0; i < valid.length; i++) {
      if (!valid[i]) continue;
      const region = labels[i]!;
      wm[6 * region + k] = weight[i]!;
      s[3 * region + k] = weight[i]! * value[i]!;
      wm[6 * region + 3 + k] = s[3 * region + k]! / weight[i]!;
    }
  });
  return mergeRegions({ shape, labels, count }, undefined, {
    limit,
    score: ({ one, two, links }, which, n, into) => {
      for (let k = 0; k < n; k++) {
        const e = which[k]!;
        const [a, b] = [6 * one[e]!, 6 * two[e]!];
        let rise = 0;
        for (let axis = 0; axis < 3; axis++) {
          const w1 = wm[a + axis]!;
          const w2 = wm[b + axis]!;
          const apart = wm[a + 3 + axis]! - wm[b + 3 + axis]!;
          rise += ((w1 * w2) / (w1 + w2)) * apart * apart;
        }
        into[k] = rise / links[e]!;
      }
    },
    merge: (into, from) => {
      for (let k = 0; k < 3; k++) {
        const at = 6 * into + k;
        wm[at]! += wm[6 * from + k]!;
        s[3 * into + k]! += s[3 * from + k]!;
        wm[at + 3] = s[3 * into + k]! / wm[at]!;
      }
    },
  });
}

/** Positions of domains that nowhere fill a 3 × 3 window (cut at the map's edge and at masked positions, as that of σ_P) go to their neighbours; where none does, all stay. */
export function withoutSlivers({ values: { x, y, z } }: VectorField, partition: Partition): Partition {
  const { shape, count } = partition;
  const [ny, nx] = shape;
  const labels = partition.labels.slice();
  const whole = new Uint8Array(count);
  for (let row = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++) {
      const label = labels[row * nx + column]!;
      if (label < 0 || whole[label]) continue;
      let fills = 1;
      let n = 0;
      const [bottom, left, right] = [Math.min(ny - 1, row + 1), Math.max(0, column - 1), Math.min(nx - 1, column + 1)];
      for (let r = Math.max(0, row - 1); fills && r <= bottom; r++) {
        for (let c = left; c <= right; c++) {
          const other = labels[r * nx + c]!;
          if (other === label) n++;
          else if (other >= 0) fills = 0;
        }
      }
      whole[label] = n >= LEAST_IN_WINDOW ? fills : 0;
    }
  }
  if (!whole.includes(1)) return partition;
  const [n, mx, my, mz] = [0, 1, 2, 3].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let open: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < 0) continue;
    n[label]!++;
    mx[label]! += x[i]!;
    my[label]! += y[i]!;
    mz[label]! += z[i]!;
    if (!whole[label]) open.push(i);
  }
  const isOpen = (i: number) => whole[labels[i]!] === 0;
  const offsets = Int32Array.of(-1, 1, -nx, nx);
  while (open.length > 0) {
    const joins = open.map((i) => {
      const column = i % nx;
      let nearest = Number.POSITIVE_INFINITY;
      let to = -1;
      for (let k = 0; k < 4; k++) {
        if ((k === 0 && column === 0) || (k === 1 && column === nx - 1)) continue;
        const label = labels[i + offsets[k]!] ?? -1;
        if (label < 0 || !whole[label]) continue;
        const m = n[label]!;
        const apart = (x[i]! - mx[label]! / m) ** 2 + (y[i]! - my[label]! / m) ** 2 + (z[i]! - mz[label]! / m) ** 2;
        if (!(apart < nearest)) continue;
        nearest = apart;
        to = label;
      }
      return to;
    });
    const joined = open.filter((_, k) => joins[k]! >= 0).length;
    // An island between masked positions that holds slivers only stays as it is.
    if (joined === 0) break;
    open.forEach((i, k) => {
      if (joins[k]! >= 0) labels[i] = joins[k]!;
    });
    open = open.filter(isOpen);
  }
  return partitionOf(shape, labels);
}

/** 1/σ² by axis, [ny][nx]. */
function weightsOf({ shape: [, nx], valid, sigma, unit }: VectorField, instead: number | undefined): Components {
  if (!sigma && instead === undefined) {
    fail(
      'incomplete',
      'The field states no σ, and domains are told from noise by it.',
      `Give the σ of a component in ${unit}, for a truth what a measurement of it would have.`,
    );
  }
  const one = (axis: keyof Components): Float64Array => {
    const weights = new Float64Array(valid.length);
    for (let i = 0; i < weights.length; i++) {
      const value = sigma ? sigma[axis][i]! : instead!;
      if (valid[i] && !(value > 0)) {
        fail(
          'range',
          `σ along ${axis} at y = ${Math.floor(i / nx)}, x = ${i % nx} is ${value}.`,
          'χ² takes a σ above zero everywhere: mask positions that have none, or give one σ for all.',
          { at: i },
        );
      }
      weights[i] = 1 / value ** 2;
    }
    return weights;
  };
  return { x: one('x'), y: one('y'), z: one('z') };
}
