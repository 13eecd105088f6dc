/**
 * What the calibration's own error does to a map: positions of the scan are read again with each of its values off by its standard error (pixel, both components of the
 * ellipse, rotation, both components of the centre), and what that changes in the answers (rms over these positions), added in quadrature, is a part of σ. All
 * positions are off together: no mean over them takes it away.
 *
 * Not here: an error that the calibration does not state, such as that of the convergence semi-angle or of the dose.
 */

import { quantity } from '../core/numbers.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { Model } from '../network/infer.ts';
import { predictSymmetric } from '../network/symmetric.ts';
import { LatticeView } from '../scan/calibrated.ts';
import { type Calibration, type Pair, type Quad, times } from '../scan/calibration.ts';
import type { PatternSource } from '../scan/pattern-source.ts';

/** Positions, evenly over those given, at most. */
const POSITIONS = 64;

export type CalibratedValue = 'pixel' | 'ellipse' | 'rotation' | 'centre';

/** Of one label, in its unit. */
export interface CalibrationError {
  readonly name: string;
  readonly unit: string;
  /** Of all values together, in quadrature, and of each. */
  readonly sigma: number;
  readonly by: Readonly<Record<CalibratedValue, number>>;
}

/** M·change: what is changed is what the crystal's angles mean. */
const moved = (calibration: Calibration, change: Quad): Calibration => ({
  ...calibration,
  map_px_per_mrad: times(calibration.map_px_per_mrad, change),
});

function recentred(calibration: Calibration, axis: 0 | 1): Calibration {
  const shift = (pair: Pair): [number, number] => {
    const out: [number, number] = [...pair];
    out[axis] += calibration.centre0_se_px[axis];
    return out;
  };
  const { centre0_px, descan } = calibration;
  return { ...calibration, centre0_px: shift(centre0_px), descan: { ...descan, centre_px: shift(descan.centre_px) } };
}

/** The calibration with one value after another off by its standard error. */
function offByOne(calibration: Calibration): { readonly value: CalibratedValue; readonly as: Calibration }[] {
  const { px_mrad, px_se_mrad, ellipse_se_percent, rotation_se_deg } = calibration;
  const scale = 1 / (1 + px_se_mrad / px_mrad);
  // S has the eigenvalues (1 ± e/2)/p.
  const e = ellipse_se_percent / 200;
  const turn = (rotation_se_deg * Math.PI) / 180;
  return [
    {
      value: 'pixel',
      as: moved(calibration, [
        [scale, 0],
        [0, scale],
      ]),
    },
    {
      value: 'ellipse',
      as: moved(calibration, [
        [1 + e, 0],
        [0, 1 - e],
      ]),
    },
    {
      value: 'ellipse',
      as: moved(calibration, [
        [1, e],
        [e, 1],
      ]),
    },
    {
      value: 'rotation',
      as: moved(calibration, [
        [Math.cos(turn), -Math.sin(turn)],
        [Math.sin(turn), Math.cos(turn)],
      ]),
    },
    { value: 'centre', as: recentred(calibration, 0) },
    { value: 'centre', as: recentred(calibration, 1) },
  ];
}

/**
 * @param positions linear indices of those that are of the crystal; none gives errors of 0
 * @returns in the order of the model's labels
 * @throws 'aborted', and what reading throws
 */
export async function calibrationErrors(
  source: PatternSource,
  model: Model,
  calibration: Calibration,
  positions: readonly number[],
  task: Task,
): Promise<CalibrationError[]> {
  const { detector, labels, adapts } = model.info;
  const stride = Math.max(1, Math.ceil(positions.length / POSITIONS));
  const chosen = positions.filter((_, k) => k % stride === 0);
  const changes = offByOne(calibration);
  const views = [calibration, ...changes.map(({ as }) => as)].map((one) => new LatticeView(source, one, detector));
  const squares = changes.map(() => new Float64Array(labels.length));
  for (const index of chosen) {
    checkAborted(task);
    const raw = await source.read(index, 1);
    const patterns = views.map((view) => view.convert(raw.slice(), index));
    const size = detector.pixels ** 2;
    const all = new Float32Array(views.length * size);
    for (const [k, pattern] of patterns.entries()) all.set(pattern, k * size);
    const { labels: answers } = await predictSymmetric(model, all, views.length, { experimental: adapts });
    for (const [k, sum] of squares.entries()) {
      for (let l = 0; l < labels.length; l++) {
        sum[l]! += (answers[(k + 1) * labels.length + l]! - answers[l]!) ** 2 / chosen.length;
      }
    }
  }
  return labels.map(({ name, unit }, l) => {
    const of = (value: CalibratedValue) =>
      Math.sqrt(squares.reduce((sum, square, k) => sum + (changes[k]!.value === value ? square[l]! : 0), 0));
    const by = { pixel: of('pixel'), ellipse: of('ellipse'), rotation: of('rotation'), centre: of('centre') };
    return { name, unit, sigma: Math.hypot(...Object.values(by)), by };
  });
}

/**
 * Share of σ² that all positions have in common, once the calibration's error is a part of it.
 * @param shared of the model's own σ²; undefined where the model does not state it
 * @param sigmas with the calibration's error in them
 */
export function sharedWith(shared: number | undefined, sigmas: readonly number[], error: number): number | undefined {
  const sorted = sigmas.filter(Number.isFinite).toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  if (shared === undefined || median === undefined || !(median > 0)) return shared;
  return shared + (1 - shared) * Math.min(1, (error / median) ** 2);
}

/** What a map's σ holds of its calibration's error, in one line; undefined where it holds none. */
export function calibrationErrorLine(errors: readonly CalibrationError[]): string | undefined {
  const said = errors.filter(({ sigma }) => sigma > 0);
  if (said.length === 0) return undefined;
  const list = said.map(({ name, unit, sigma, by }) => {
    const [most] = Object.entries(by).toSorted(([, a], [, b]) => b - a);
    return `${name} ${quantity(sigma, unit, 2)} (most by the ${most![0]})`;
  });
  return `Of σ, the calibration’s own error is ${list.join(', ')}: the same way at all positions.`;
}
