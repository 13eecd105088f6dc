import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { neighbourDrift } from './neighbour-drift.ts';

const [NY, NX] = [72, 80];
const STEPS = { ry: [0.4, -1.3], rx: [-0.7, 2.6] } as const;

/** Nine disks 16 px apart; every position has another one as the brightest. */
function pattern(ry: number, rx: number): Float32Array {
  const cy = 35 + STEPS.ry[0] * ry + STEPS.rx[0] * rx;
  const cx = 33 + STEPS.ry[1] * ry + STEPS.rx[1] * rx;
  return Float32Array.from({ length: NY * NX }, (_, k) => {
    const [y, x] = [Math.floor(k / NX) - cy, (k % NX) - cx];
    const [h, j] = [Math.round(y / 16), Math.round(x / 16)];
    if (Math.abs(h) > 1 || Math.abs(j) > 1) return 1;
    const own = (h + 1) * 3 + j + 1 === (ry * 5 + rx * 2) % 9 ? 4 : 1;
    return 1 + (own * 100) / (1 + Math.exp((Math.hypot(y - 16 * h, x - 16 * j) - 5) / 0.6));
  });
}

test('the shift from one position to the next, whichever disk is the brightest and whichever positions are missing', async () => {
  const indices = Array.from({ length: 30 }, (_, i) => i).filter((i) => i % 7 !== 3);
  const patterns = indices.map((i) => pattern(Math.floor(i / 6), i % 6));
  const drift = await neighbourDrift({ shape: [5, 6, NY, NX], indices, patterns, empty: 0 }, 7, quietTask);
  for (const k of [0, 1] as const) {
    expect(Math.abs(drift.per_ry_px[k] - STEPS.ry[k])).toBeLessThan(0.15);
    expect(Math.abs(drift.per_rx_px[k] - STEPS.rx[k])).toBeLessThan(0.15);
  }
});

test('one row has no shift from row to row', async () => {
  const patterns = [0, 1, 2, 3].map((rx) => pattern(0, rx));
  const sample = { shape: [1, 4, NY, NX] as const, indices: [0, 1, 2, 3], patterns, empty: 0 };
  const { per_ry_px, per_rx_px } = await neighbourDrift(sample, 7, quietTask);
  expect(per_ry_px).toEqual([0, 0]);
  expect(Math.hypot(per_rx_px[0] - STEPS.rx[0], per_rx_px[1] - STEPS.rx[1])).toBeLessThan(0.15);
});
