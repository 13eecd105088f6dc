import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { fitComponent, strainState } from './strain-study.ts';

/** Directions of normal vectors with that mean and standard deviation along z. */
function directions(mean: number, deviation: number, n = 20_000): Float64Array {
  const stream = new RandomStream(1, 'directions');
  return Float64Array.from({ length: 3 * n }, (_, i) =>
    i % 3 === 2 ? mean + deviation * stream.normal() : stream.normal(),
  );
}

test('directions all alike are uniform in every component: f = 1/2', () => {
  const { fits } = strainState('free', [directions(0, 1)]);
  for (const fit of fits) {
    // ⟨t⟩ of 20,000 values errs by 0.0041, κ by 3 times that; β and γ err together, the density little.
    expect(Math.abs(fit.kappa)).toBeLessThan(0.05);
    for (const t of [-0.9, -0.5, 0, 0.3, 0.8]) expect(Math.abs(fit.density(t) - 0.5)).toBeLessThan(0.025);
    expect(fit.error).toBeLessThan(0.015);
  }
});

test('finds the parameters of its own density', () => {
  for (const [kappa, beta, gamma] of [
    [0, 2, 0],
    [-1.5, 3, -4],
    [2, -4, 1],
  ] as const) {
    // By rejection: no exponent exceeds |κ| + max(β, 0) + max(γ, 0).
    const top = Math.abs(kappa) + Math.max(0, beta) + Math.max(0, gamma);
    const stream = new RandomStream(2, 'fit', kappa, beta);
    const values: number[] = [];
    while (values.length < 30_000) {
      const t = stream.between(-1, 1);
      if (stream.uniform() < Math.exp(kappa * t + beta * t * t + gamma * t ** 4 - top)) values.push(t);
    }
    const fit = fitComponent(Float64Array.from(values));
    expect(Math.abs(fit.kappa - kappa)).toBeLessThan(0.1);
    expect(Math.abs(fit.beta - beta)).toBeLessThan(0.6);
    expect(Math.abs(fit.gamma - gamma)).toBeLessThan(0.8);
    expect(fit.error).toBeLessThan(1.63 / Math.sqrt(values.length));
    const [first] = fit.moments;
    let [area, mean] = [0, 0];
    for (let i = 0; i < 4000; i++) {
      const t = -1 + (i + 0.5) / 2000;
      area += fit.density(t) / 2000;
      mean += (t * fit.density(t)) / 2000;
    }
    expect(area).toBeCloseTo(1, 5);
    expect(mean).toBeCloseTo(first, 5);
  }
});

test('along one axis: both ways or one way', () => {
  const both = strainState('both', [directions(0, 3)]).fits;
  // Of normal components, one of them three times as wide: f(t) = (1/6)(1 − 8t²/9)^(−3/2), angular central Gaussian.
  for (const t of [0, 0.5, 0.9]) {
    expect(Math.abs(both[2].density(t) * 6 * (1 - (8 / 9) * t * t) ** 1.5 - 1)).toBeLessThan(0.35);
  }
  expect(Math.abs(both[2].kappa)).toBeLessThan(0.1);
  expect(both[0].density(0)).toBeGreaterThan(3 * both[0].density(0.9));
  const up = strainState('up', [directions(3, 1)]).fits;
  expect(up[2].kappa).toBeGreaterThan(1);
  expect(up[2].density(0.9)).toBeGreaterThan(5 * up[2].density(0));
});

test('a crystal that likes ⟨111⟩ has humps near ±1/√3', () => {
  const stream = new RandomStream(4, 'corners');
  const sign = () => (stream.uniform() < 0.5 ? -1 : 1);
  const P = Float64Array.from({ length: 30_000 }, () => 1.2 * sign() + stream.normal());
  for (const fit of strainState('cubic', [P]).fits) {
    expect(fit.beta).toBeGreaterThan(0);
    expect(fit.gamma).toBeLessThan(0);
    // Wells are wide: the mode lies a little beyond 1/√3 = 0.577.
    expect(Math.abs(Math.sqrt(-fit.beta / (2 * fit.gamma)) - 0.6)).toBeLessThan(0.08);
    // Equal in x, y and z: ⟨t²⟩ = 1/3.
    expect(Math.abs(fit.moments[1] - 1 / 3)).toBeLessThan(0.01);
    expect(fit.error).toBeLessThan(0.02);
  }
});

test('says how wrong it is where the density has another shape, and refuses what is no distribution', () => {
  const peaks = Float64Array.from({ length: 1000 }, (_, i) => [-0.5, 0, 0.5][i % 3]! + 1e-4 * (i % 7));
  expect(fitComponent(peaks).error).toBeGreaterThan(0.1);
  expect(problem(() => fitComponent(new Float64Array(50).fill(1))).tag).toBe('range');
  expect(problem(() => fitComponent(Float64Array.of(0.1, 0.5))).tag).toBe('range');
});
