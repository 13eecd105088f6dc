import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import {
  besselScaled,
  isotropicMinimum,
  magnitudeDensity,
  meanMagnitude,
  meanMaxwell,
  meanRice,
} from './magnitude-noise.ts';
import { erf } from './normal.ts';

/** ∫ f dr by Simpson's rule. */
function integral(f: (r: number) => number, high: number, n = 2000): number {
  let sum = f(0) + f(high);
  for (let i = 1; i < n; i++) sum += (i % 2 ? 4 : 2) * f((i * high) / n);
  return (sum * high) / (3 * n);
}

test('Bessel and error functions against tables (Abramowitz and Stegun 7.1, 9.8)', () => {
  expect(besselScaled(0, 1)).toBeCloseTo(0.4657596, 7);
  expect(besselScaled(1, 1)).toBeCloseTo(0.2079104, 7);
  expect(besselScaled(0, 10)).toBeCloseTo(0.1278333, 7);
  for (const n of [0, 1] as const) expect(besselScaled(n, 25 - 1e-9) / besselScaled(n, 25 + 1e-9)).toBeCloseTo(1, 9);
  expect(erf(0.5)).toBeCloseTo(0.520499877813, 11);
  expect(erf(2)).toBeCloseTo(0.995322265019, 11);
  expect(erf(3 - 1e-12) - erf(3 + 1e-12)).toBeCloseTo(0, 11);
  expect(erf(-1)).toBeCloseTo(-0.84270079295, 11);
});

describe.each([2, 3] as const)('%d dimensions', (d) => {
  const closed = d === 2 ? meanRice : meanMaxwell;
  test('of nothing: Rayleigh σ√(π/2), Maxwell σ√(8/π); of much more than σ: ν + (d − 1)σ²/2ν', () => {
    expect(closed(0, 2)).toBeCloseTo(2 * Math.sqrt(d === 2 ? Math.PI / 2 : 8 / Math.PI), 12);
    expect(closed(100, 1)).toBeCloseTo(100 + (d - 1) / 200, 5);
    expect(closed(7, 0)).toBe(7);
  });
  test.each([0, 1e-5, 1e-3, 0.5, 2, 8, 30])('ν = %d: closed form, general integral and the density agree', (nu) => {
    const truth = d === 2 ? [0.6 * nu, 0.8 * nu] : [0.6 * nu, 0, 0.8 * nu];
    expect(
      meanMagnitude(
        truth,
        truth.map(() => 1),
      ) / closed(nu, 1),
    ).toBeCloseTo(1, 11);
    const high = nu + 12;
    expect(integral((r) => magnitudeDensity(r, nu, 1, d), high)).toBeCloseTo(1, 9);
    expect(integral((r) => r * magnitudeDensity(r, nu, 1, d), high)).toBeCloseTo(closed(nu, 1), 8);
    // ⟨r²⟩ = ν² + dσ².
    expect(integral((r) => r * r * magnitudeDensity(r, nu, 1, d), high)).toBeCloseTo(nu * nu + d, 6);
  });
  test('the density of a cloud around 0 is greatest where isotropicMinimum says', () => {
    const at = isotropicMinimum(d * 9, d);
    expect(at).toBeCloseTo(3 * Math.sqrt(d - 1), 12);
    for (const r of [at - 0.01, at + 0.01]) {
      expect(magnitudeDensity(r, 0, 3, d)).toBeLessThan(magnitudeDensity(at, 0, 3, d));
    }
  });
});

test('σ that differs by component, against draws', () => {
  const [truth, sigma] = [
    [3, -1, 2],
    [0.5, 1, 6],
  ] as const;
  const stream = new RandomStream(5, 'mean');
  let sum = 0;
  const n = 100_000;
  for (let i = 0; i < n; i++) sum += Math.hypot(...truth.map((nu, k) => nu + sigma[k]! * stream.normal()));
  // Standard error 0.011.
  expect(Math.abs(meanMagnitude(truth, sigma) - sum / n)).toBeLessThan(0.04);
  expect(meanMagnitude([3, 4], [0, 0])).toBeCloseTo(5, 10);
  expect(meanMagnitude([0, 0], [0, 0])).toBe(0);
});
