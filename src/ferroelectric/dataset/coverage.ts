/**
 * How evenly vectors cover the ball |P| ≤ P_max, and the frames of a trajectory that cover it best. The ball is divided into equal steps of |P| times the
 * directions nearest to each point of a Fibonacci lattice on the sphere, z_i = 1 − (2i + 1)/n, φ_i = i π(3 − √5): equal solid angles to a few percent.
 *
 * A frame brings many vectors, one per column. Frames are taken one by one, each where it raises Σ_bins √count most: more in an empty bin counts more than in
 * a full one. The sum is submodular, so that this is within 1 − 1/e of the best choice (Nemhauser, Wolsey, Fisher, Math. Program. 14, 265 (1978)).
 */

import { fail } from '../../core/errors.ts';
import { breathe, quietTask, type Task } from '../../core/task.ts';
import { dot } from '../../crystal/lattice.ts';
import type { Vec3 } from '../../crystal/structure.ts';
import type { SamplingOptions } from '../options.ts';

export type Ball = Pick<SamplingOptions, 'p_max_uC_cm2' | 'directions' | 'sizes'>;

/** n unit vectors spread over the sphere. */
export function fibonacciSphere(n: number): Vec3[] {
  return Array.from({ length: n }, (_, i) => {
    const z = 1 - (2 * i + 1) / n;
    const angle = i * Math.PI * (3 - Math.sqrt(5));
    const r = Math.sqrt(1 - z * z);
    return [r * Math.cos(angle), r * Math.sin(angle), z];
  });
}

/** Bin of each vector of [n][3], size · directions + direction; −1 beyond P_max. */
export function binsOf(P_uC_cm2: Float64Array, { p_max_uC_cm2, directions, sizes }: Ball): Int32Array {
  const sphere = fibonacciSphere(directions);
  return Int32Array.from({ length: P_uC_cm2.length / 3 }, (_, i) => {
    const P: Vec3 = [P_uC_cm2[3 * i]!, P_uC_cm2[3 * i + 1]!, P_uC_cm2[3 * i + 2]!];
    const size = Math.hypot(...P);
    if (!(size <= p_max_uC_cm2)) return -1;
    let nearest = 0;
    let best = Number.NEGATIVE_INFINITY;
    sphere.forEach((direction, d) => {
      const along = dot(direction, P);
      if (along > best) [nearest, best] = [d, along];
    });
    return Math.min(sizes - 1, Math.floor((size / p_max_uC_cm2) * sizes)) * directions + nearest;
  });
}

/**
 * Frames that together cover the ball evenly.
 * @param frames vectors of each frame [µC/cm²], [n][3]
 * @returns indices of `keep` frames, ascending
 * @throws 'range' where there are fewer
 */
export async function chooseCovering(
  frames: readonly Float64Array[],
  keep: number,
  ball: Ball,
  task: Task = quietTask,
): Promise<number[]> {
  if (keep > frames.length) {
    fail('range', `${keep} frames to keep of ${frames.length}.`, 'Keep fewer frames, or make more.', { keep });
  }
  const bins: Map<number, number>[] = [];
  for (const P of frames) {
    await breathe(task);
    bins.push(tally(binsOf(P, ball)));
  }
  const counts = new Float64Array(ball.directions * ball.sizes);
  const gain = (frame: number) => {
    let sum = 0;
    for (const [bin, n] of bins[frame]!) sum += Math.sqrt(counts[bin]! + n) - Math.sqrt(counts[bin]!);
    return sum;
  };
  // Gains only fall as bins fill: an old one is an upper bound, and the best is found when a fresh gain beats all bounds.
  const bound = frames.map((_, frame) => gain(frame));
  const chosen: number[] = [];
  while (chosen.length < keep) {
    let best = 0;
    for (;;) {
      await breathe(task);
      for (let f = 0; f < bound.length; f++) if (bound[f]! > bound[best]!) best = f;
      const fresh = gain(best);
      if (fresh === bound[best]) break;
      bound[best] = fresh;
    }
    chosen.push(best);
    for (const [bin, n] of bins[best]!) counts[bin]! += n;
    bound[best] = Number.NEGATIVE_INFINITY;
  }
  return chosen.sort((a, b) => a - b);
}

/** How many vectors are in each bin that has any; those beyond P_max are left out. */
function tally(bins: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const bin of bins) if (bin >= 0) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  return counts;
}

export interface Coverage {
  /** Vectors inside the ball, and the share of all that lie beyond. */
  readonly inside: number;
  readonly beyond: number;
  /** By step of |P|, smallest first. */
  readonly steps: readonly {
    /** The step's bounds [µC/cm²]. */
    readonly from: number;
    readonly to: number;
    readonly count: number;
    /** Fewest and most vectors of one direction. */
    readonly least: number;
    readonly most: number;
    /** Angular radius of the largest cap without a vector of this step [degrees], to half a degree; 180 where the step has none. */
    readonly empty_cap_deg: number;
  }[];
  /** Fewest over most vectors of a bin, over all steps. */
  readonly least_over_most: number;
  /** The largest of the steps' empty caps [degrees]. */
  readonly empty_cap_deg: number;
}

/** Directions on which caps are centred: neighbours are 2° apart. */
const CAP_CENTRES = 10_000;
/** Vectors of a step that are looked at for its caps, spread over all: more would only show caps to be smaller. */
const CAP_VECTORS = 5000;

/** @param P_uC_cm2 vectors, [n][3] */
export async function coverage(P_uC_cm2: Float64Array, ball: Ball, task: Task = quietTask): Promise<Coverage> {
  const { p_max_uC_cm2, directions, sizes } = ball;
  const bins = binsOf(P_uC_cm2, ball);
  const counts = new Float64Array(directions * sizes);
  for (const bin of bins) if (bin >= 0) counts[bin]! += 1;
  const centres = fibonacciSphere(CAP_CENTRES);
  const steps: Coverage['steps'][number][] = [];
  for (let step = 0; step < sizes; step++) {
    const inStep = counts.subarray(step * directions, (step + 1) * directions);
    const vectors: Vec3[] = [];
    bins.forEach((bin, i) => {
      if (Math.floor(bin / directions) !== step) return;
      const P: Vec3 = [P_uC_cm2[3 * i]!, P_uC_cm2[3 * i + 1]!, P_uC_cm2[3 * i + 2]!];
      const size = Math.hypot(...P);
      if (size > 0) vectors.push([P[0] / size, P[1] / size, P[2] / size]);
    });
    steps.push({
      from: (step / sizes) * p_max_uC_cm2,
      to: ((step + 1) / sizes) * p_max_uC_cm2,
      count: inStep.reduce((a, b) => a + b, 0),
      least: Math.min(...inStep),
      most: Math.max(...inStep),
      empty_cap_deg: await emptyCap(vectors, centres, task),
    });
  }
  const inside = steps.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...counts);
  return {
    inside,
    beyond: bins.length > 0 ? 1 - inside / bins.length : 0,
    steps,
    least_over_most: most > 0 ? Math.min(...counts) / most : 0,
    empty_cap_deg: Math.max(...steps.map(({ empty_cap_deg }) => empty_cap_deg)),
  };
}

async function emptyCap(vectors: readonly Vec3[], centres: readonly Vec3[], task: Task): Promise<number> {
  const every = Math.ceil(vectors.length / CAP_VECTORS);
  const seen = vectors.filter((_, i) => i % every === 0);
  let least = 1;
  for (const centre of centres) {
    await breathe(task);
    let nearest = -1;
    for (const vector of seen) {
      nearest = Math.max(nearest, dot(centre, vector));
      // A cap smaller than the largest so far.
      if (nearest > least) break;
    }
    least = Math.min(least, nearest);
  }
  return Math.round(2 * (180 / Math.PI) * Math.acos(Math.max(-1, Math.min(1, least)))) / 2;
}
