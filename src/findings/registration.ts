/**
 * Where the positions of one map lie in another map of the same place: an affine map, from channels that the experiment should not change (thickness, tilt), so that
 * what does change, the polarization, has no say in it.
 *
 * Gauss–Newton on the sum of squares of (moved − reference − offset)/σ over channels and positions (Lucas and Kanade, IJCAI 1981; Baker and Matthews, Int. J. Comput.
 * Vis. 56, 221 (2004)), from the best whole shift by masked correlation. Each channel has an offset of its own: a specimen that tilts or is contaminated between two scans
 * is still the same place. The linear part (drift during a scan, another magnification) is held near none by a prior of `LINEAR_PRIOR`: where channels are
 * featureless along a direction the shift then comes out with a large error instead of a wild number.
 */

import { cholesky, inverseOfLower, solveByLower } from '../core/cholesky.ts';
import { fail } from '../core/errors.ts';
import { type Bilinear, bilinear, place } from './bilinear.ts';
import { type Image, smoothed } from './smooth.ts';
import { wholeShift } from './whole-shift.ts';

/** A channel of both maps with its σ. NaN: not measured. */
export interface Pair {
  readonly name: string;
  /** [ny][nx] of either map. */
  readonly reference: ArrayLike<number>;
  readonly moved: ArrayLike<number>;
  /** Of the difference of the two at one position, in the channel's unit. */
  readonly sigma: number;
}

/**
 * (x, y) of the reference, counted from the centre of the map [nm], lies at (x, y) + shift + linear·(x, y) in the moved map, also counted from its centre.
 */
export interface Registration {
  /** [nm], along x and y, and its standard error. */
  readonly shift_nm: readonly [x: number, y: number];
  readonly shift_error_nm: readonly [x: number, y: number];
  /** [[xx, xy], [yx, yy]], no unit, 0 for none, and its standard error. */
  readonly linear: Linear;
  readonly linear_error: Linear;
  /** Of each channel: moved − reference on average, and rms of what is left, in σ (1: noise alone). */
  readonly channels: readonly { readonly name: string; readonly offset: number; readonly residual_sigma: number }[];
  /** Share of the reference's positions that lie in the moved map. */
  readonly overlap: number;
}

type Linear = readonly [readonly [number, number], readonly [number, number]];

/** Standard deviation of each element of the linear part before anything is known: 2% over the map. */
const LINEAR_PRIOR = 0.02;
const STEPS = 40;
/** A shift along either direction that is known no better is not known [steps]. */
const WORST_ERROR_STEPS = 1;
/** What gradients tell beyond what those of noise would, in standard deviations of the latter. */
const SIGNIFICANT = 5;
/** [positions], σ of a Gaussian. Less, and interpolation, which smooths most between two positions, pulls shifts there: 0.05 positions at 1, 0.01 at 2. */
const SMOOTHING = 2;

/** Changes of the shift below which an answer stands [positions]. */
const SETTLED = 1e-4;

/** Bilinear value at (x, y) [positions] with its slopes, written to `out`; false where a neighbour is missing. */
function sample(
  { values }: Image,
  shape: readonly [number, number],
  x: number,
  y: number,
  spot: Bilinear,
  out: Float64Array,
): boolean {
  if (!place(shape, x, y, spot)) return false;
  const { at, weights } = spot;
  const nx = shape[1];
  const [a, b, c, d] = [values[at]!, values[at + 1]!, values[at + nx]!, values[at + nx + 1]!];
  const [fx, fy] = [weights[1]! + weights[3]!, weights[2]! + weights[3]!];
  out[0] = weights[0]! * a + weights[1]! * b + weights[2]! * c + weights[3]! * d;
  out[1] = (1 - fy) * (b - a) + fy * (d - c);
  out[2] = (1 - fx) * (c - a) + fx * (d - b);
  return Number.isFinite(out[0]);
}

/** One linearised problem: normal matrix and right side of six parameters (shift x, y; linear xx, xy, yx, yy), offsets eliminated. */
interface Normal {
  readonly matrix: Float64Array;
  readonly right: Float64Array;
  readonly channels: readonly { readonly offset: number; readonly residual_sigma: number; readonly n: number }[];
}

function linearise(
  images: readonly { r: Image; m: Image; sigma: number }[],
  shape: readonly [number, number],
  p: Float64Array,
): Normal {
  const [ny, nx] = shape;
  const [cx, cy] = [(nx - 1) / 2, (ny - 1) / 2];
  const matrix = new Float64Array(36);
  const right = new Float64Array(6);
  const out = new Float64Array(3);
  const spot = bilinear();
  const j = new Float64Array(6);
  const channels = images.map(({ r, m, sigma }) => {
    let [n, sum, squares] = [0, 0, 0];
    const jSum = new Float64Array(6);
    const jr = new Float64Array(6);
    const jj = new Float64Array(36);
    for (let iy = 0, i = 0; iy < ny; iy++) {
      for (let ix = 0; ix < nx; ix++, i++) {
        if (!r.valid[i]) continue;
        const [x, y] = [ix - cx, iy - cy];
        const atX = ix + p[0]! + p[2]! * x + p[3]! * y;
        const atY = iy + p[1]! + p[4]! * x + p[5]! * y;
        if (!sample(m, shape, atX, atY, spot, out)) continue;
        const difference = (out[0]! - r.values[i]!) / sigma;
        const [gx, gy] = [out[1]! / sigma, out[2]! / sigma];
        j[0] = gx;
        j[1] = gy;
        j[2] = gx * x;
        j[3] = gx * y;
        j[4] = gy * x;
        j[5] = gy * y;
        n++;
        sum += difference;
        squares += difference * difference;
        for (let a = 0; a < 6; a++) {
          jSum[a]! += j[a]!;
          jr[a]! += j[a]! * difference;
          for (let b = 0; b <= a; b++) jj[a * 6 + b]! += j[a]! * j[b]!;
        }
      }
    }
    if (n === 0) return { offset: 0, residual_sigma: Number.NaN, n };
    for (let a = 0; a < 6; a++) {
      right[a]! -= jr[a]! - (jSum[a]! * sum) / n;
      for (let b = 0; b <= a; b++) matrix[a * 6 + b]! += jj[a * 6 + b]! - (jSum[a]! * jSum[b]!) / n;
    }
    return { offset: (sum / n) * sigma, residual_sigma: Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)), n };
  });
  for (let a = 2; a < 6; a++) {
    matrix[a * 6 + a]! += 1 / LINEAR_PRIOR ** 2;
    right[a]! -= p[a]! / LINEAR_PRIOR ** 2;
  }
  for (let a = 0; a < 6; a++) for (let b = a + 1; b < 6; b++) matrix[a * 6 + b] = matrix[b * 6 + a]!;
  return { matrix, right, channels };
}

/**
 * Finds the reference's positions in the moved map.
 * @param pairs channels that do not change between the two, at least one with features
 * @throws 'shape' where arrays do not fill the shape, 'incomplete' where nothing is common to both, 'range' where the channels do not say where the maps lie against each other
 */
export function register(
  pairs: readonly Pair[],
  { shape, step_nm }: { readonly shape: readonly [ny: number, nx: number]; readonly step_nm: number },
): Registration {
  const [ny, nx] = shape;
  if (
    pairs.length === 0 ||
    pairs.some(({ reference, moved }) => reference.length !== ny * nx || moved.length !== ny * nx)
  ) {
    fail(
      'shape',
      `Channels do not fill ${ny} × ${nx} positions.`,
      'Give both maps of one shape, at least one channel.',
    );
  }
  if (ny < 2 || nx < 2)
    fail('shape', 'A line of positions cannot be registered.', 'Give maps of two rows and columns at least.');
  const images = pairs.map(({ reference, moved, sigma }) => ({
    r: smoothed(reference, shape, SMOOTHING),
    m: smoothed(moved, shape, SMOOTHING),
    sigma,
  }));
  const p = new Float64Array(6);
  p.set(wholeShift(images, shape));
  let normal = linearise(images, shape, p);
  for (let step = 0; step < STEPS; step++) {
    const change = solveByLower(cholesky(normal.matrix, 6), normal.right);
    if (!change.every(Number.isFinite)) break;
    for (let a = 0; a < 6; a++) p[a]! += change[a]!;
    normal = linearise(images, shape, p);
    if (Math.hypot(change[0]!, change[1]!) < SETTLED) break;
  }
  const raw = pairs.map(({ reference, moved, sigma }) => ({
    r: smoothed(reference, shape, 0),
    m: smoothed(moved, shape, 0),
    sigma,
  }));
  const { channels } = linearise(raw, shape, p);
  if (channels.some(({ n }) => n === 0)) {
    fail(
      'incomplete',
      'The two maps have no position in common.',
      'Are they of the same place? Map the same region in each state.',
    );
  }
  const misfit = Math.max(1, ...channels.map(({ residual_sigma }) => residual_sigma));
  // Gradients of smoothed noise tell nothing but count in the normal matrix: σ²/(8πw⁴) each.
  const common = normal.channels.reduce((sum, { n }) => sum + n, 0);
  const idle = common / 2 / (8 * Math.PI * SMOOTHING ** 4);
  const wavering = idle * Math.sqrt((8 * Math.PI * SMOOTHING ** 2) / common);
  const told = normal.matrix.slice();
  for (const a of [0, 7]) told[a]! -= idle;
  const featureless = [0, 7].some((a) => !(told[a]! > SIGNIFICANT * wavering));
  const inverse = inverseOfLower(cholesky(told, 6), 6);
  const error = (a: number): number => {
    let sum = 0;
    for (let k = a; k < 6; k++) sum += inverse[k * 6 + a]! ** 2;
    return misfit * Math.sqrt(sum);
  };
  const errors = [error(0), error(1)] as const;
  if (featureless || !(errors[0] < WORST_ERROR_STEPS && errors[1] < WORST_ERROR_STEPS)) {
    const known = pairs.map(({ name }) => name).join(', ');
    fail(
      'range',
      `The maps cannot be registered: ${known} have too few features to say how they lie against each other.`,
      'If the scans lie on each other as they are, say so: --register none.',
      { error_nm: errors.map((one) => one * step_nm) },
    );
  }
  return {
    shift_nm: [p[0]! * step_nm, p[1]! * step_nm],
    shift_error_nm: [errors[0] * step_nm, errors[1] * step_nm],
    linear: [
      [p[2]!, p[3]!],
      [p[4]!, p[5]!],
    ],
    linear_error: [
      [error(2), error(3)],
      [error(4), error(5)],
    ],
    channels: channels.map(({ offset, residual_sigma }, i) => ({ name: pairs[i]!.name, offset, residual_sigma })),
    overlap: overlapOf(p, shape),
  };
}

/** Share of the reference's positions that lie in the moved map. */
function overlapOf(p: Float64Array, [ny, nx]: readonly [number, number]): number {
  const [cx, cy] = [(nx - 1) / 2, (ny - 1) / 2];
  let inside = 0;
  for (let iy = 0; iy < ny; iy++) {
    for (let ix = 0; ix < nx; ix++) {
      const x = ix + p[0]! + p[2]! * (ix - cx) + p[3]! * (iy - cy);
      const y = iy + p[1]! + p[4]! * (ix - cx) + p[5]! * (iy - cy);
      if (x >= 0 && y >= 0 && x <= nx - 1 && y <= ny - 1) inside++;
    }
  }
  return inside / (ny * nx);
}
