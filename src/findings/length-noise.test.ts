import { expect, test } from 'vitest';
import { noiseAroundMean, noisyLengthDensity } from './length-noise.ts';
import { magnitudeDensity, meanMagnitude } from './magnitude-noise.ts';
import { fieldOf, withSigma } from './test-textures.ts';

const R = Float64Array.from({ length: 801 }, (_, i) => i * 0.05);
const sum = (density: Float64Array, weight = (_: number) => 1) =>
  density.reduce((total, p, i) => total + p * weight(R[i]!), 0) * 0.05;

test('one σ for all: the density of the noncentral χ, Maxwell’s at 0', () => {
  for (const nu of [0, 2, 6]) {
    for (const r of [0.5, 2, 5, 9]) {
      const [plane, z] = [nu * 0.8, nu * 0.6];
      expect(noisyLengthDensity(r, [plane, z], [1.5, 1.5])).toBeCloseTo(magnitudeDensity(r, nu, 1.5, 3), 4);
    }
  }
});

test('σ along the beam of its own: area 1, and the mean that the Laplace integral gives', () => {
  for (const [nu, sigma] of [
    [
      [3, -2],
      [1, 4],
    ],
    [
      [0, 0],
      [2, 0.3],
    ],
    [
      [5, 1],
      [0.5, 6],
    ],
  ] as const) {
    const density = R.map((r) => noisyLengthDensity(r, nu, sigma));
    expect(Math.abs(sum(density) - 1)).toBeLessThan(1e-3);
    const mean = meanMagnitude([nu[0], 0, nu[1]], [sigma[0], sigma[0], sigma[1]]);
    expect(Math.abs(sum(density, (r) => r) / mean - 1)).toBeLessThan(1e-3);
  }
});

test('of a field: around its mean vector, whatever its texture; where σ varies the mean over positions', () => {
  const calm = withSigma(
    fieldOf([10, 10], () => [3, 4, 0]),
    { x: 1, y: 1, z: 2 },
  );
  const waving = { ...calm, values: { ...calm.values, x: calm.values.x.map((v, i) => v + (i % 2 ? 5 : -5)) } };
  for (const dimensions of [2, 3] as const) {
    const [a, b] = [noiseAroundMean(calm, R, dimensions), noiseAroundMean(waving, R, dimensions)];
    for (const i of [40, 100, 130]) expect(b[i]).toBeCloseTo(a[i]!, 10);
  }
  expect(noiseAroundMean(calm, R, 2)[100]).toBeCloseTo(magnitudeDensity(5, 5, 1, 2), 10);
  // Half of the positions with three times the noise.
  const uneven = { ...calm, sigma: { ...calm.sigma!, x: calm.sigma!.x.map((_, i) => (i < 50 ? 1 : 3)) } };
  const both = { ...uneven, sigma: { ...uneven.sigma, y: uneven.sigma.x } };
  const half = (magnitudeDensity(5, 5, 1, 2) + magnitudeDensity(5, 5, 3, 2)) / 2;
  expect(noiseAroundMean(both, R, 2)[100]).toBeCloseTo(half, 10);
});
