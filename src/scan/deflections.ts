/**
 * Which way patterns lie against the scan, from the patterns themselves. Where the crystal is not the same in every column (a solid solution, defects), electrons are
 * deflected towards the heavier columns (Ehrenfest), and those scatter more to high angles: the shift of the direct beam's middle follows the gradient of the counts at
 * high angles along the scan, F = c·D·∇S with c > 0, D as in orientation.ts. So with g = ∇S, along both axes of the scan, and R(90°)g = (−g_x, g_y),
 *   a = ΣF·g, b = ΣF·R(90°)g, over √(ΣF²·Σg²),   ψ = atan2(b, a),
 * and the same with F's axes exchanged where the picture is mirrored. What varies slowly is taken off (descan, tilt, thickness), single outliers are cut. The noise of a and b is what
 * fields have that are moved against each other: chance, whatever their own order. Error of the angle: noise/√(a² + b²).
 *
 * What this is not: column resolution. A scan whose disks are apart, α < λ/2a, cannot show the lattice itself at any step (the probe's transfer ends at 2α/λ < 1/a); and a crystal
 * without disorder, or steps wider than the probe, tell nothing, which is said (docs/notes/0016-orientation.md has what was measured).
 */

import { breathe, type Task } from '../core/task.ts';
import { disksApart_mrad } from '../diffraction/detector.ts';
import { type Calibration, centreAt, type Orientation, type Pair } from './calibration.ts';
import { Corrector } from './correct.ts';
import { robustSigma } from './linear.ts';
import type { PatternSource } from './pattern-source.ts';

/** Side of the square of positions that is looked at, at most, and positions without which nothing is said. */
const SIDE = 32;
const FEWEST = 100;
/** High angles begin at so many spacings of the disks; at least this many lie on the camera beyond. */
const HIGH = 2.8;
const LEAST_RING = 0.8;
/** Half width of what is taken off as slow [positions]; robust sigmas at which a value is cut. */
const SLOW = 2;
const CUT = 3;

export interface Fields {
  readonly shape: Pair;
  /** Shift of the direct beam's middle on the camera, along y and x [mrad], and counts at high angles over their mean, [ry][rx]; NaN where a frame was lost. */
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly high: Float64Array;
}

/** Fields over a square in the middle of the scan; undefined where it or the camera is too small. @throws what reading throws, 'aborted' */
export async function deflectionFields(
  source: PatternSource,
  calibration: Calibration,
  task: Task,
): Promise<Fields | undefined> {
  const [ry, rx, ny, nx] = source.shape;
  const shape: Pair = [Math.min(SIDE, ry), Math.min(SIDE, rx)];
  const { crystal, px_mrad, centre0_px: middle, treatment = {} } = calibration;
  const inner = (HIGH * disksApart_mrad(crystal)) / px_mrad;
  const [y0, y1, x0, x1] = treatment.area ?? [0, ny, 0, nx];
  const room = Math.min(middle[0] - y0, y1 - 1 - middle[0], middle[1] - x0, x1 - 1 - middle[1]);
  const outer = room - 1 - Math.max(...spread(calibration, shape));
  if (Math.min(...shape) < 8 || shape[0] * shape[1] < FEWEST) return undefined;
  if (outer - inner < (LEAST_RING * disksApart_mrad(crystal)) / px_mrad) return undefined;
  const radius = calibration.disk_radius_mrad / px_mrad;
  const corrector = new Corrector(source, [...calibration.hot_pixels, ...calibration.dead_pixels], treatment);
  const [fy, fx, high] = [0, 1, 2].map(() => new Float64Array(shape[0] * shape[1])) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [top, left] = [Math.floor((ry - shape[0]) / 2), Math.floor((rx - shape[1]) / 2)];
  for (let i = 0; i < shape[0]; i++) {
    await breathe(task);
    const row = corrector.correct(await source.read((top + i) * rx + left, shape[1]));
    for (let j = 0; j < shape[1]; j++) {
      const pattern = row.subarray(j * ny * nx, (j + 1) * ny * nx);
      const k = i * shape[1] + j;
      const seen = look(pattern, nx, centreAt(calibration.descan, top + i, left + j), radius, inner, outer);
      [fy[k], fx[k], high[k]] = [seen[0] * px_mrad, seen[1] * px_mrad, seen[2]];
    }
    task.progress(i + 1, shape[0], 'deflections');
  }
  return { shape, y: fy, x: fx, high };
}

/** How far the descan moves the centre from the middle of the scan over the square [px]. */
function spread({ descan, centre0_px }: Calibration, [h, w]: Pair): number[] {
  const [my, mx] = descan.middle;
  return [-0.5, 0.5].flatMap((a) =>
    [-0.5, 0.5].map((b) => {
      const at = centreAt(descan, my + a * h, mx + b * w);
      return Math.hypot(at[0] - centre0_px[0], at[1] - centre0_px[1]);
    }),
  );
}

/** Middle of the direct beam off the centre [y, x] [px], and counts between two radii. */
function look(
  pattern: Float32Array,
  nx: number,
  [cy, cx]: Pair,
  radius: number,
  inner: number,
  outer: number,
): [number, number, number] {
  let [sum, sy, sx, high] = [0, 0, 0, 0];
  for (let y = Math.ceil(cy - outer); y <= cy + outer; y++) {
    for (let x = Math.ceil(cx - outer); x <= cx + outer; x++) {
      const [dy, dx] = [y - cy, x - cx];
      const r = Math.hypot(dy, dx);
      const v = pattern[y * nx + x]!;
      if (r < radius) {
        sum += v;
        sy += v * dy;
        sx += v * dx;
      } else if (r >= inner && r < outer) high += v;
    }
  }
  return [sy / sum, sx / sum, high];
}

export type SeenTurn = NonNullable<Orientation['seen']>;

/** What the fields say of D; undefined where they are not whole enough. */
export function seenTurn({ shape, y, x, high }: Fields): SeenTurn | undefined {
  const positions = y.length;
  const whole = [...y.keys()].filter((k) => Number.isFinite(y[k]! + x[k]! + high[k]!));
  if (whole.length < 0.9 * positions) return undefined;
  const level = whole.reduce((sum, k) => sum + high[k]! / whole.length, 0);
  const [fy, fx, s] = [y, x, high.map((v) => v / level)].map((field) => fast(field, shape)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const g = gradient(s, shape);
  const F = [cut(fy), cut(fx)] as const;
  const G = [cut(g[0]), cut(g[1])] as const;
  const norm = Math.sqrt(F.reduce(power, 0) * G.reduce(power, 0));
  const at = (dy: number, dx: number) => sums(F, G, shape, dy, dx).map((v) => v / norm);
  const here = at(0, 0);
  let [squares, n] = [0, 0];
  for (let dy = 0; dy < shape[0]; dy++) {
    for (let dx = 0; dx < shape[1]; dx++) {
      if (Math.min(dy, shape[0] - dy) <= 2 * SLOW && Math.min(dx, shape[1] - dx) <= 2 * SLOW) continue;
      for (const v of at(dy, dx)) {
        squares += v * v;
        n++;
      }
    }
  }
  const noise = Math.sqrt(squares / n);
  const amplitude = (mirror: boolean) => Math.hypot(here[mirror ? 2 : 0]!, here[mirror ? 3 : 1]!);
  const mirror = amplitude(true) > amplitude(false);
  const [a, b] = mirror ? [here[2]!, here[3]!] : [here[0]!, here[1]!];
  return {
    angle_deg: (Math.atan2(b, a) * 180) / Math.PI,
    angle_se_deg: ((noise / amplitude(mirror)) * 180) / Math.PI,
    mirror,
    correlation: amplitude(mirror),
    sigmas: amplitude(mirror) / noise,
    other_sigmas: amplitude(!mirror) / noise,
    positions: whole.length,
  };
}

const power = (sum: number, field: Float64Array): number => sum + field.reduce((all, v) => all + v * v, 0);

/** a and b, not mirrored and mirrored, of F against G moved on by (dy, dx), cyclically. */
function sums(
  [fy, fx]: readonly [Float64Array, Float64Array],
  [gy, gx]: readonly [Float64Array, Float64Array],
  [h, w]: Pair,
  dy: number,
  dx: number,
): number[] {
  let [yy, yx, xy, xx] = [0, 0, 0, 0];
  for (let i = 0; i < h; i++) {
    for (let j = 0; j < w; j++) {
      const [k, m] = [i * w + j, ((i + dy) % h) * w + ((j + dx) % w)];
      yy += fy[k]! * gy[m]!;
      yx += fy[k]! * gx[m]!;
      xy += fx[k]! * gy[m]!;
      xx += fx[k]! * gx[m]!;
    }
  }
  return [yy + xx, xy - yx, xy + yx, yy - xx];
}

/** A field less its mean over the square around each position; 0 where there is no number. */
function fast(field: Float64Array, [h, w]: Pair): Float64Array {
  return field.map((own, k) => {
    if (!Number.isFinite(own)) return 0;
    const [y, x] = [Math.floor(k / w), k % w];
    let [sum, n] = [0, 0];
    for (let i = Math.max(0, y - SLOW); i <= Math.min(h - 1, y + SLOW); i++) {
      for (let j = Math.max(0, x - SLOW); j <= Math.min(w - 1, x + SLOW); j++) {
        const v = field[i * w + j]!;
        if (!Number.isFinite(v)) continue;
        sum += v;
        n++;
      }
    }
    return own - sum / n;
  });
}

/** Central differences along y and x, 0 at the border. */
function gradient(field: Float64Array, [h, w]: Pair): [Float64Array, Float64Array] {
  const [gy, gx] = [new Float64Array(field.length), new Float64Array(field.length)];
  for (let i = 1; i < h - 1; i++) {
    for (let j = 1; j < w - 1; j++) {
      const k = i * w + j;
      gy[k] = (field[k + w]! - field[k - w]!) / 2;
      gx[k] = (field[k + 1]! - field[k - 1]!) / 2;
    }
  }
  return [gy, gx];
}

function cut(field: Float64Array): Float64Array {
  const limit = CUT * robustSigma(field, 0);
  return field.map((v) => Math.min(limit, Math.max(-limit, v)));
}
