import { expect, test } from 'vitest';
import { diskOffset } from './centre.ts';
import type { DiskGeometry } from './disk-edge.ts';
import { hiddenDisks, hiddenText } from './hidden-disks.ts';

const N = 160;
const CENTRE = [80.2, 79.4] as const;
const GEOMETRY: DiskGeometry = {
  map: [
    [3.5, -0.4],
    [0.4, 3.5],
  ],
  radius_mrad: 2.2,
  edge_px: 1,
  spacing_mrad: 5,
  cell: [
    [1, 0],
    [0, 1],
  ],
};
const RADIUS = 2.2 * Math.hypot(3.5, 0.4);

/** Counts a pixel within a disk: alike for disks that a quarter turn leads to, as near a zone axis. */
const level = (h: number, k: number) => 400 * Math.exp(-(h * h + k * k) / 3);

/** Disks of a lattice; nothing where `dead`. */
function mean(dead: readonly number[]): Float64Array {
  const out = new Float64Array(N * N);
  for (let h = -3; h <= 3; h++) {
    for (let k = -3; k <= 3; k++) {
      const [oy, ox] = diskOffset(GEOMETRY, h, k);
      for (let p = 0; p < out.length; p++) {
        const r = Math.hypot(Math.floor(p / N) - CENTRE[0] - oy, (p % N) - CENTRE[1] - ox);
        if (r <= RADIUS) out[p] = level(h, k);
      }
    }
  }
  for (const p of dead) out[p] = 0;
  return out;
}

const all = Array.from({ length: N * N }, (_, p) => p);
const seen = (dead: readonly number[]) =>
  hiddenDisks({ mean: mean(dead), nx: N, centre: CENTRE, dead, on_camera: CENTRE }, GEOMETRY, 90);
const pixels = mean([]).filter((v) => v === 400).length;

test('a bar over the direct beam hides what the disks opposite hold, and the direct beam of which nothing is known', () => {
  const dead = all.filter((p) => Math.abs(Math.floor(p / N) - 80) < 14 && p % N < 88);
  const found = seen(dead)!;
  expect(found.direct_beam).toBe(true);
  const direct = level(0, 0) * pixels;
  const [whole, left] = [mean([]), mean(dead)].map((image) => image.reduce((a, b) => a + b, 0)) as [number, number];
  expect(Math.abs(found.counts / (whole - left - direct) - 1)).toBeLessThan(0.1);
  const text = hiddenText(found, 0.2, { dose_e: 5e5, dose_from: 'sum of the patterns' });
  expect(text).toMatch(/lower bound.*--vacuum/s);
  expect(hiddenText(found, 0.2, { dose_e: 5e5, dose_from: 'vacuum probe' })).not.toContain('lower bound');
});

test('where the opposite is hidden, too, a quarter turn helps; beside the direct beam the dose holds', () => {
  const [oy, ox] = diskOffset(GEOMETRY, 0, 1);
  const around = (sign: number) =>
    all.filter(
      (p) => Math.hypot(Math.floor(p / N) - CENTRE[0] - sign * oy, (p % N) - CENTRE[1] - sign * ox) < RADIUS + 1,
    );
  const found = seen([...around(1), ...around(-1)])!;
  expect([found.disks, found.direct_beam]).toEqual([2, false]);
  expect(Math.abs(found.counts / (2 * level(0, 1) * pixels) - 1)).toBeLessThan(0.05);
  expect(hiddenText(found, 0.1, { dose_e: 5e5, dose_from: 'sum of the patterns' })).toContain('includes them');
});

test('dead lines and single pixels hide no disk', () => {
  expect(seen(all.filter((p) => p % N === 80))).toBeUndefined();
  expect(seen([])).toBeUndefined();
});
