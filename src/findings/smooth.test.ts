import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { smoothed } from './smooth.ts';

const shape = [24, 30] as const;
const [ny, nx] = shape;
const grid = (f: (x: number, y: number) => number) =>
  Float64Array.from({ length: ny * nx }, (_, i) => f(i % nx, Math.floor(i / nx)));

test('a plane comes out as it is, at edges and beside holes too', () => {
  const plane = grid((x, y) => (x > 8 && x < 14 && y === 10 ? Number.NaN : 3 + 2 * x - 5 * y));
  const { values, valid } = smoothed(plane, shape, 1.7);
  values.forEach((value, i) => {
    expect(valid[i]).toBe(Number.isNaN(plane[i]!) ? 0 : 1);
    if (valid[i]) expect(value).toBeCloseTo(plane[i]!, 9);
    else expect(value).toBeNaN();
  });
});

test('away from edges noise falls as that of a Gaussian mean: σ²/(4πw²)', () => {
  const stream = new RandomStream(5, 'noise');
  const width = 1.5;
  let [sum, n] = [0, 0];
  for (let draw = 0; draw < 60; draw++) {
    const { values } = smoothed(
      grid(() => stream.normal()),
      shape,
      width,
    );
    for (let y = 6; y < ny - 6; y += 3) for (let x = 6; x < nx - 6; x += 3, n++) sum += values[y * nx + x]! ** 2;
  }
  expect(sum / n / (1 / (4 * Math.PI * width ** 2))).toBeCloseTo(1, 1);
});

test('a width of 0 leaves all as it is', () => {
  const image = grid((x, y) => x * y);
  expect(smoothed(image, shape, 0).values).toEqual(image);
});
