import { expect, test } from 'vitest';
import { fieldOf } from './test-textures.ts';
import { bestWindow, windowOf } from './windows.ts';

test('the window is where the mean is largest, never over a gap, and holds that part of the field', () => {
  const [ny, nx] = [9, 11];
  const score = Float64Array.from({ length: ny * nx }, (_, i) => {
    const [y, x] = [Math.floor(i / nx), i % nx];
    return y === 4 && x === 7 ? Number.NaN : 10 - Math.hypot(y - 4, x - 6);
  });
  const found = bestWindow(score, [ny, nx], 3)!;
  // The peak itself needs column 7 unless the window ends at 6.
  expect(found).toMatchObject({ y: 3, x: 4, size: 3 });
  const field = fieldOf([ny, nx], (x, y) => [x, y, 1]);
  const cut = windowOf(field, found);
  expect(cut.shape).toEqual([3, 3]);
  expect([cut.values.x[0], cut.values.y[0], cut.values.x[8], cut.values.y[8]]).toEqual([4, 3, 6, 5]);
  expect(bestWindow(new Float64Array(99).fill(Number.NaN), [ny, nx], 3)).toBeUndefined();
});
