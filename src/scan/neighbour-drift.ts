/**
 * How far patterns move on the camera from one scan position to the next, from the cross-correlation of neighbours, counts compressed to their square roots.
 * It asks of no disk to be the brightest, which rough centres do: where several disks take turns, those make no plane. A shift is told up to half of the disks' spacing.
 * What this is not: a centre; that comes from a lattice. Units px per scan position, axes [y, x].
 */

import { Fft2 } from '../core/fft.ts';
import { breathe, type Task } from '../core/task.ts';
import type { Pair } from './calibration.ts';
import { median } from './linear.ts';
import { indexPosition } from './pattern-source.ts';
import type { Sample } from './survey.ts';

/** Pairs of neighbours looked at along each axis, at most. */
const PAIRS = 24;
/** Shifts that lie further from the median are chance [px]. */
const NEAR_PX = 1;

/** Shift [y, x] per scan position along ry, and along rx; zero where the sample has no neighbours. @param reach_px largest shift between neighbours */
export async function neighbourDrift(
  sample: Sample,
  reach_px: number,
  task: Task,
): Promise<{ per_ry_px: Pair; per_rx_px: Pair }> {
  const [, , ny, nx] = sample.shape;
  const fft = new Fft2(nx, ny);
  const along = async (axis: 0 | 1): Promise<Pair> => {
    const pairs = neighbours(sample, axis);
    const every = Math.max(1, Math.ceil(pairs.length / PAIRS));
    const shifts: Pair[] = [];
    for (const { from, to, steps } of pairs.filter((_, i) => i % every === 0)) {
      await breathe(task);
      const [y, x] = shiftBetween(sample.patterns[from]!, sample.patterns[to]!, ny, nx, fft, reach_px);
      shifts.push([y / steps, x / steps]);
    }
    if (shifts.length === 0) return [0, 0];
    const middle = [0, 1].map((k) => median(shifts.map((shift) => shift[k]!)));
    const near = shifts.filter((shift) => Math.hypot(shift[0] - middle[0]!, shift[1] - middle[1]!) <= NEAR_PX);
    const meanOf = (k: 0 | 1) =>
      near.length > 0 ? near.reduce((sum, shift) => sum + shift[k], 0) / near.length : middle[k]!;
    return [meanOf(0), meanOf(1)];
  };
  return { per_ry_px: await along(0), per_rx_px: await along(1) };
}

/** Patterns of the sample that follow each other along an axis of the scan, and how many positions lie between. */
function neighbours(sample: Sample, axis: 0 | 1): { from: number; to: number; steps: number }[] {
  const lines = new Map<number, { at: number; i: number }[]>();
  for (const [i, index] of sample.indices.entries()) {
    const position = indexPosition(sample, index);
    const line = lines.get(position[1 - axis]!) ?? [];
    line.push({ at: position[axis], i });
    lines.set(position[1 - axis]!, line);
  }
  return [...lines.values()].flatMap((line) => {
    const sorted = line.toSorted((a, b) => a.at - b.at);
    return sorted.slice(1).map((one, k) => ({ from: sorted[k]!.i, to: one.i, steps: one.at - sorted[k]!.at }));
  });
}

/** Shift [y, x] px that brings `a` [ny][nx] onto `b`, at most `reach_px` along each axis; the peak by parabolas. */
function shiftBetween(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  ny: number,
  nx: number,
  fft: Fft2,
  reach_px: number,
): Pair {
  // Both at once: a real, b imaginary. Of F = A + iB, conj(A)·B follows from F at k and −k.
  const re = Float64Array.from(a, (v) => Math.sqrt(Math.max(0, v)));
  const im = Float64Array.from(b, (v) => Math.sqrt(Math.max(0, v)));
  fft.run(re, im, -1);
  const cr = new Float64Array(re.length);
  const ci = new Float64Array(re.length);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const k = y * nx + x;
      const m = ((ny - y) % ny) * nx + ((nx - x) % nx);
      const [ar, ai] = [(re[k]! + re[m]!) / 2, (im[k]! - im[m]!) / 2];
      const [br, bi] = [(im[k]! + im[m]!) / 2, (re[m]! - re[k]!) / 2];
      cr[k] = ar * br + ai * bi;
      ci[k] = ar * bi - ai * br;
    }
  }
  fft.run(cr, ci, 1);
  const value = (y: number, x: number): number => cr[((y + ny) % ny) * nx + ((x + nx) % nx)]!;
  const reach = Math.max(1, Math.floor(Math.min(reach_px, ny / 2 - 1, nx / 2 - 1)));
  let [py, px] = [0, 0];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) if (value(y, x) > value(py, px)) [py, px] = [y, x];
  }
  const top = (before: number, at: number, after: number): number => {
    const curve = before - 2 * at + after;
    return curve < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / 2 / curve)) : 0;
  };
  const peak = value(py, px);
  return [py + top(value(py - 1, px), peak, value(py + 1, px)), px + top(value(py, px - 1), peak, value(py, px + 1))];
}
