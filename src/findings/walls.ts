/**
 * Domains between the ridges of σ_P, as the paper finds them, closed where the paper leaves gaps.
 *
 * 1. σ_P (variation.ts) and its skeleton (morphology.ts) are the paper's.
 * 2. Threshold. The paper gives none. A position is on a wall where the skeleton is at least `RIDGE` = 2% of σ_P (a Gaussian ridge falls by as much over one step when its
 *    standard deviation is five steps; below that it is rounding and slow slopes) and σ_P is at least the larger of
 *      - what a straight wall has whose vectors, as long as the field's median |P|, turn by `LEAST_TURN` = 20°: |P| sin 10°. The paper speaks of low-angle boundaries and
 *        of widths of 30°–53°, so walls far below those are none;
 *      - what σ alone exceeds at 1% of the positions, where the field states σ: √(σ_P² of noise · quantile of χ²/ν).
 * 3. Lines. A skeleton by openings has gaps and is up to two positions wide, and does not separate anything. σ_P is flooded from its minima (watershed.ts); neighbouring
 *    basins are one domain as long as less than `SUPPORT` = half of their border has a position on a wall beside it, the least supported border first.
 * 4. What noise cuts. Beside a wall every border of a piece is supported, its ends within the domain too. Pieces that nowhere fill a window of 3 × 3 go to their neighbours
 *    (segmentation.ts), and neighbours whose mean vectors differ by less than the smallest wall's do are one domain. Without that, stripes with σ = 0.1 |P| had sizes 14% too small.
 *
 * What this is not: aware of noise but for the threshold. With σ = 2 on |P| = 10 a wall must turn by more than 50° to be seen (segmentation.ts sees less).
 */

import { fail } from '../core/errors.ts';
import { ranked } from '../core/ranked.ts';
import { type FirstTerm, skeleton } from './morphology.ts';
import { chiSquareQuantile } from './normal.ts';
import type { Partition } from './partition.ts';
import { mergeRegions } from './region-graph.ts';
import { withoutSlivers } from './segmentation.ts';
import { noiseVariation, variation } from './variation.ts';
import { AXES, magnitudes, type VectorField } from './vector-field.ts';
import { watershed } from './watershed.ts';

export const RIDGE = 0.02;
export const LEAST_TURN_DEG = 20;
export const SUPPORT = 0.5;
/** Normal deviate that 1% exceed. */
const ONE_PERCENT = 2.326;
/** Positions of a window. */
const WINDOW = 9;

export interface Walls {
  /** σ_P [unit of the field], [ny][nx]. */
  readonly variation: Float64Array;
  /** Its skeleton, the same unit. */
  readonly skeleton: Float64Array;
  /** σ_P from which on a position may be on a wall, the same unit; NaN where σ_P is. */
  readonly threshold: Float64Array;
  /** 1 where the skeleton and σ_P are above their thresholds: what the paper draws, gaps and all. */
  readonly ridges: Uint8Array;
  /** Domains between walls. */
  readonly partition: Partition;
}

/**
 * @param first term of the skeleton: 1 in the paper's words, which lose walls between two neighbouring positions; 0 keeps those
 * @throws 'incomplete' where no position is valid
 */
export function findWalls(field: VectorField, first: FirstTerm): Walls {
  const sigmaP = variation(field);
  const ridge = skeleton(sigmaP, field.shape, first);
  const least = leastVariation(field);
  const threshold = wallThreshold(field, least);
  const ridges = new Uint8Array(sigmaP.length);
  for (let i = 0; i < ridges.length; i++) {
    const value = sigmaP[i]!;
    if (value >= threshold[i]! && value > 0 && ridge[i]! >= RIDGE * value) ridges[i] = 1;
  }
  return {
    variation: sigmaP,
    skeleton: ridge,
    threshold,
    ridges,
    partition: betweenRidges(field, sigmaP, ridges, least),
  };
}

/** σ_P from which on a position may be on a wall (rule 2 above), [ny][nx]; NaN where the field is not valid. @param least of `leastVariation` */
function wallThreshold(field: VectorField, least: number): Float64Array {
  const noise = noiseVariation(field);
  const { sigma } = field;
  const threshold = new Float64Array(field.valid.length).fill(Number.NaN);
  // Neighbours have the same σ more often than not.
  let [of, quantile] = [Number.NaN, Number.NaN];
  for (let i = 0; i < threshold.length; i++) {
    if (!field.valid[i]) continue;
    threshold[i] = least;
    if (!noise || !sigma) continue;
    // Components of unlike σ: the χ² that has their mean and variance (Satterthwaite).
    const [x, y, z] = [sigma.x[i]! ** 2, sigma.y[i]! ** 2, sigma.z[i]! ** 2];
    const squares = x * x + y * y + z * z;
    const freedom = squares > 0 ? ((WINDOW - 1) * (x + y + z) ** 2) / squares : WINDOW - 1;
    if (freedom !== of) [of, quantile] = [freedom, Math.sqrt(chiSquareQuantile(freedom, ONE_PERCENT))];
    threshold[i] = Math.max(least, noise[i]! * quantile);
  }
  return threshold;
}

/** σ_P of a straight wall whose vectors, as long as the field's median |P|, turn by `LEAST_TURN`: half of what they differ by. @throws 'incomplete' where no position is valid */
function leastVariation(field: VectorField): number {
  const lengths = magnitudes(field).filter((value) => !Number.isNaN(value));
  if (lengths.length === 0) {
    fail('incomplete', 'No position of the field is valid.', 'Give a region that holds positions with values.');
  }
  return ranked(lengths, lengths.length >> 1) * Math.sin(((LEAST_TURN_DEG / 2) * Math.PI) / 180);
}

/**
 * Domains (rules 3 and 4 above).
 * @param sigmaP [ny][nx]
 * @param ridges [ny][nx], 1 on a wall
 * @param least of `leastVariation`
 */
function betweenRidges(field: VectorField, sigmaP: Float64Array, ridges: Uint8Array, least: number): Partition {
  const basins = watershed(field, sigmaP);
  let most = 0;
  for (const value of sigmaP) if (value > most) most = value;
  // Borders with equal support, such as none: where σ_P is lowest first.
  const tie = 1e-6 / (most || 1);
  const { partition } = mergeRegions(
    basins,
    (i, j) => {
      const height = 0.5 * (sigmaP[i]! + sigmaP[j]!);
      return (ridges[i] || ridges[j] ? 1 : 0) + (!Number.isNaN(height) ? tie * height : 0);
    },
    {
      limit: SUPPORT,
      score: ({ links, weight }, which, n, into) => {
        for (let k = 0; k < n; k++) into[k] = weight[which[k]!]! / links[which[k]!]!;
      },
      merge: () => {},
    },
  );
  return unlike(field, withoutSlivers(field, partition), 2 * least);
}

/** Neighbouring domains whose mean vectors differ by less than `least` become one, the most alike first. */
function unlike({ values, valid }: VectorField, partition: Partition, least: number): Partition {
  const { labels, count } = partition;
  const n = new Float64Array(count);
  const sums = AXES.map(() => new Float64Array(count));
  for (let i = 0; i < valid.length; i++) {
    if (!valid[i]) continue;
    n[labels[i]!]!++;
    for (const [k, axis] of AXES.entries()) sums[k]![labels[i]!]! += values[axis][i]!;
  }
  return mergeRegions(partition, undefined, {
    limit: least,
    score: ({ one, two }, which, count, into) => {
      for (let k = 0; k < count; k++) {
        const [a, b] = [one[which[k]!]!, two[which[k]!]!];
        into[k] = Math.hypot(...sums.map((sum) => sum[a]! / n[a]! - sum[b]! / n[b]!));
      }
    },
    merge: (into, from) => {
      n[into]! += n[from]!;
      for (const sum of sums) sum[into]! += sum[from]!;
    },
  }).partition;
}

/** σ_P at the positions on both sides of walls [unit of the field], NaN elsewhere: what the paper draws in grey. @param on [ny][nx], such as `ridges` or `wallPositions` */
export function variationOn(sigmaP: Float64Array, on: Uint8Array): Float64Array {
  return sigmaP.map((value, i) => (on[i] ? value : Number.NaN));
}
