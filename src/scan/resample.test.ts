import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { mapFrom } from './calibration.ts';
import { Resampler } from './resample.ts';

const random = new RandomStream(3, 'resample');

test('counts are conserved for a pattern inside the target, for any rotation and pixel size', () => {
  for (const [rotation, px] of [
    [0, 1],
    [4, 0.26],
    [-37.3, 0.4],
    [90, 0.5],
    [180, 0.7],
  ] as const) {
    const raw = Float32Array.from({ length: 30 * 40 }, () => random.poisson(20));
    const total = raw.reduce((a, b) => a + b, 0);
    const resampler = new Resampler(
      { pixels: 64, pixel_mrad: [px * 1.37, px * 1.37], map: mapFrom(px, rotation, 0.02, 30) },
      30,
      40,
    );
    const out = new Float32Array(64 * 64);
    resampler.resample(raw, [14.3, 19.8], 1, out);
    expect(Math.abs(out.reduce((a, b) => a + b, 0) / total - 1)).toBeLessThan(1e-6);
    expect(Math.min(...out)).toBeGreaterThan(-1e-3);
  }
});

test('a whole-pixel map copies the pattern', () => {
  const raw = Float32Array.from({ length: 16 * 16 }, (_, i) => i + 1);
  const out = new Float32Array(8 * 8);
  new Resampler({ pixels: 8, pixel_mrad: [2, 2], map: mapFrom(2, 0) }, 16, 16).resample(raw, [7, 9], 1, out);
  for (let j = 0; j < 8; j++)
    for (let i = 0; i < 8; i++) expect(out[j * 8 + i]).toBeCloseTo(raw[(j + 3) * 16 + i + 5]!, 3);
});

test('target pixels agree with brute-force supersampling', () => {
  const [ny, nx, n] = [24, 20, 9];
  const map = mapFrom(0.3, 17, 0.05, 20);
  const side = 0.7;
  const centre = [11.2, 9.4] as const;
  const raw = Float32Array.from({ length: ny * nx }, () => random.uniform());
  const out = new Float32Array(n * n);
  new Resampler({ pixels: n, pixel_mrad: [side, side], map }, ny, nx).resample(raw, centre, 1, out);
  const s = 60;
  const area = Math.abs(map[0][0] * map[1][1] - map[0][1] * map[1][0]) * side * side;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let u = 0; u < s * s; u++) {
        const qy = (j - n / 2 - 0.5 + (Math.floor(u / s) + 0.5) / s) * side;
        const qx = (i - n / 2 - 0.5 + ((u % s) + 0.5) / s) * side;
        const y = Math.round(centre[0] + map[0][0] * qy + map[0][1] * qx);
        const x = Math.round(centre[1] + map[1][0] * qy + map[1][1] * qx);
        if (y >= 0 && x >= 0 && y < ny && x < nx) sum += raw[y * nx + x]!;
      }
      expect(Math.abs(out[j * n + i]! - (sum * area) / (s * s))).toBeLessThan(0.02 * area);
    }
  }
});

test('a lattice of points lands on the right pixels, direct beam at pixels/2', () => {
  const [size, n, perOrder, order_mrad] = [200, 64, 8, 5];
  const map = mapFrom(0.26, 6);
  const raw = new Float32Array(size * size);
  const centre = [101.3, 97.6] as const;
  for (let h = -3; h <= 3; h++) {
    for (let k = -3; k <= 3; k++) {
      const y = centre[0] + order_mrad * (map[0][0] * h + map[0][1] * k);
      const x = centre[1] + order_mrad * (map[1][0] * h + map[1][1] * k);
      raw[Math.round(y) * size + Math.round(x)] = 100 + 10 * h + k;
    }
  }
  const out = new Float32Array(n * n);
  new Resampler({ pixels: n, pixel_mrad: [order_mrad / perOrder, order_mrad / perOrder], map }, size, size).resample(
    raw,
    centre,
    1,
    out,
  );
  for (let h = -3; h <= 3; h++) {
    for (let k = -3; k <= 3; k++) {
      let near = 0;
      for (let dj = -1; dj <= 1; dj++) {
        for (let di = -1; di <= 1; di++) near += out[(n / 2 + h * perOrder + dj) * n + n / 2 + k * perOrder + di]!;
      }
      expect(near).toBeCloseTo(100 + 10 * h + k, 2);
    }
  }
});
