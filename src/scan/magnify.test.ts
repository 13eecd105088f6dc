import { expect, test } from 'vitest';
import { magnification, magnify, onto } from './magnify.ts';

test.each([2, 3, 4])('drawing out by %i keeps the sum and what is linear, exactly', (f) => {
  const [ny, nx] = [7, 9];
  const ramp = Float32Array.from({ length: ny * nx }, (_, k) => 5 + 2 * Math.floor(k / nx) - 0.5 * (k % nx));
  const fine = magnify(ramp, ny, nx, f);
  const sum = (image: Float32Array) => image.reduce((a, b) => a + b, 0);
  expect(sum(fine) / sum(ramp)).toBeCloseTo(1, 5);
  // Away from the rim, a place of the fine grid has the ramp's value there, over f² for the smaller pixel.
  for (const [y, x] of [
    [3, 4],
    [4, 3],
  ] as const) {
    for (let i = 0; i < f; i++) {
      const [fy, fx] = [f * y + i, f * x + (f - 1 - i)];
      const [cy, cx] = [(fy + 0.5) / f - 0.5, (fx + 0.5) / f - 0.5];
      expect(fine[fy * f * nx + fx]! * f * f).toBeCloseTo(5 + 2 * cy - 0.5 * cx, 4);
    }
  }
});

test('a place keeps its place', () => {
  // The first pixel of three lies a third of a pixel before the middle one.
  expect(onto([0, 0], 3)).toEqual([1, 1]);
  expect(onto([-1 / 3, 1 / 3], 3).map((v) => v.toFixed(9))).toEqual(['0.000000000', '2.000000000']);
  expect([1.9, 2.1, 2.8, 3.6, 12].map(magnification)).toEqual([4, 3, 3, 1, 1]);
});
