import { expect, test } from 'vitest';
import { Optics } from './experiment-optics.ts';

const size = 90;
const step_mrad = 0.5;
const none = {
  inelastic_fraction: 0,
  inelastic_hwhm_mrad: 1,
  background_fraction: 0,
  background_ring_mrad: 10,
  blur_mrad: 0,
};
const point = () => {
  const values = new Float64Array(size * size);
  values[(size / 2) * size + size / 2] = 1;
  return { values, size, step_mrad };
};
const sum = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0);
/** Value at (row, column) steps from the direct beam. */
const at = (x: ArrayLike<number>, row: number, column: number) => x[(size / 2 + row) * size + size / 2 + column]!;

test('nothing asked for changes nothing; what is asked for keeps the electrons', () => {
  const pattern = point();
  expect(new Optics(none, size, step_mrad).apply(pattern)).toBe(pattern);
  const options = { ...none, inelastic_fraction: 0.1, background_fraction: 0.05, blur_mrad: 0.7 };
  expect(sum(new Optics(options, size, step_mrad).apply(point()).values)).toBeCloseTo(1, 9);
});

test('the point spread has its rms in mrad, also without a specimen', () => {
  const optics = new Optics({ ...none, background_fraction: 0.2, blur_mrad: 1.2 }, size, step_mrad);
  const { values } = optics.apply(point(), false);
  const second = Array.from(
    values as Float64Array,
    (v, i) => v * ((Math.floor(i / size) - size / 2) * step_mrad) ** 2,
  ).reduce((a, b) => a + b, 0);
  expect(Math.sqrt(second)).toBeCloseTo(1.2, 6);
});

test('the inelastic kernel falls to half at its half width', () => {
  const optics = new Optics({ ...none, inelastic_fraction: 0.5, inelastic_hwhm_mrad: 2 }, size, step_mrad);
  const { values } = optics.apply(point());
  // θ₀ from the closed form; the lattice repeats the tails: a hundredth here.
  const theta0 = 2 / 0.7664;
  const kernel = (q: number) => ((0.5 * theta0) / (2 * Math.PI) / (q * q + theta0 ** 2) ** 1.5) * step_mrad ** 2;
  for (const q of [1, 2, 4]) expect(at(values, q / step_mrad, 0) / kernel(q)).toBeCloseTo(1, 1);
  expect(at(values, 4, 0) / kernel(0)).toBeCloseTo(0.5, 1);
});

test('the background takes its share and has its ring', () => {
  const options = { ...none, background_fraction: 0.3, background_ring_mrad: 12 };
  const { values } = new Optics(options, size, step_mrad).apply(point());
  const own = Float64Array.from(values as Float64Array);
  own[(size / 2) * size + size / 2] = 0;
  expect(sum(own)).toBeCloseTo(0.3, 2);
  expect(at(values, 24, 0)).toBeGreaterThan(at(values, 15, 0));
});
