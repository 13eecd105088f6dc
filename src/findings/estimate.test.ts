import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { blockCount, resampled } from './blocks.ts';
import { type EstimateOptions, estimate } from './estimate.ts';
import { extrapolated, varianceWithout } from './extrapolate.ts';
import { meanOf } from './linear.ts';
import { meanMaxwell } from './magnitude-noise.ts';
import type { Statistic } from './statistic.ts';
import { measuredOf, textureOf } from './test-noisy-field.ts';
import { unshrunk } from './unshrink.ts';
import { mapComponents, restrict, validCount } from './vector-field.ts';

const NOISE = { length_nm: 0.4 };
const names = ['mean P_y', 'mean |P|', 'variance of P_x'].map((name) => ({ name, unit: 'uC/cm2' }));
const statistic: Statistic = ({ values: { x, y, z }, valid }) => {
  let [n, sx, sxx, sy, p] = [0, 0, 0, 0, 0];
  for (let i = 0; i < valid.length; i++) {
    if (!valid[i]) continue;
    n++;
    sx += x[i]!;
    sxx += x[i]! ** 2;
    sy += y[i]!;
    p += Math.sqrt(x[i]! ** 2 + y[i]! ** 2 + z[i]! ** 2);
  }
  return [sy / n, p / n, sxx / n - (sx / n) ** 2];
};
const options = (seed: number, some: Partial<EstimateOptions> = {}): EstimateOptions => ({
  noise: NOISE,
  correction: 'simex',
  of: 'field',
  pairs: 25,
  stream: new RandomStream(seed, 'estimate'),
  ...some,
});

describe('to no noise', () => {
  const at = (f: (lambda: number) => number) => extrapolated([0, 0.5, 1, 1.5, 2].map(f));
  test('polynomials and lengths go exactly', () => {
    const square = at((l) => 5 + 3 * l + 0.4 * l * l);
    expect(square.value).toBeCloseTo(2.4, 9);
    expect(at((l) => Math.sqrt(25 + 9 * (1 + l))).value).toBeCloseTo(5, 9);
    expect(at((l) => -Math.sqrt(25 + 9 * (1 + l))).value).toBeCloseTo(-5, 9);
  });
  test.each([0.3, 0.5, 0.7, 1])('|P| = 1 everywhere with σ = %d is inside twice the uncertainty', (sigma) => {
    const { value, uncertainty } = at((l) => meanMaxwell(1, sigma * Math.sqrt(1 + l)));
    expect(Math.abs(value - 1)).toBeLessThan(2 * uncertainty);
    expect(Math.abs(value - 1)).toBeLessThan(0.08);
  });
  test('the variance of a mean square, exactly: s² = (4λσ²m + 2λ²σ⁴)/n', () => {
    const s2 = [0.5, 1, 1.5, 2].map((l) => 4 * l * 9 * 34 + 2 * l * l * 81);
    expect(varianceWithout(s2)).toBeCloseTo(4 * 9 * 34 - 2 * 81, 6);
  });
});

describe('intervals of this field', () => {
  test('hold the truth about as often as they say: 40 fields, σ a fifth and a half of |P|', () => {
    for (const sigma of [2, 5]) {
      const held = [0, 0, 0];
      for (let k = 0; k < 40; k++) {
        const truth = textureOf([20, 24], sigma, 100 + k);
        const findings = estimate(measuredOf(truth, NOISE, 200 + k), statistic, names, options(k, { pairs: 12 }));
        const truths = statistic(truth) as number[];
        for (const [i, { interval, n }] of findings.entries()) {
          expect(n).toBe(480);
          if (interval && interval[0] <= truths[i]! && truths[i]! <= interval[1]) held[i]!++;
        }
      }
      // 40 of 95%: below 34 once in 300.
      for (const some of held) expect(some).toBeGreaterThanOrEqual(34);
    }
  });

  test('of a statistic of second order in the noise, whose variance pairs tell badly: 60 fields', () => {
    const product: Statistic = ({ values: { x, y } }) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
    const truth = mapComponents(textureOf([10, 10], 3, 1).values, () => 0);
    const clean = { ...textureOf([10, 10], 3, 1), values: truth };
    let held = 0;
    for (let k = 0; k < 60; k++) {
      const [found] = estimate(
        measuredOf(clean, NOISE, 300 + k),
        product,
        [{ name: 'Σxy', unit: '1' }],
        options(k, { correction: 'none' }),
      );
      if (Math.abs(found!.value) <= found!.interval![1] - found!.value) held++;
    }
    // 60 of 95%: below 52 once in 200.
    expect(held).toBeGreaterThanOrEqual(52);
  });

  test('take away what noise adds, and agree with exact propagation where that is exact', () => {
    const truth = textureOf([40, 50], 4, 1);
    const field = measuredOf(truth, NOISE, 5);
    const found = estimate(field, statistic, names, options(3));
    const exact = meanOf(field, 'y', NOISE);
    expect(found[0]!.value).toBeCloseTo(exact.value, 12);
    expect(found[0]!.corrected).toBeCloseTo(exact.value, 9);
    // 25 pairs: σ within 14%.
    expect(Math.abs(found[0]!.sigma! / exact.sigma! - 1)).toBeLessThan(0.45);
    const truths = statistic(truth) as number[];
    for (const i of [1, 2]) {
      expect(Math.abs(found[i]!.corrected! - truths[i]!)).toBeLessThan(Math.abs(found[i]!.value - truths[i]!) / 3);
    }
    expect(estimate(field, statistic, names, options(3))).toEqual(found);
  });

  test('values that are posterior means: noise is added, not taken away', () => {
    const told = textureOf([40, 50], 4, 1, 3);
    const truths = statistic(measuredOf(told, NOISE, 5)) as number[];
    const found = estimate(told, statistic, names, options(3, { correction: 'posterior' }));
    for (const [i, { corrected, interval }] of found.entries()) {
      expect(interval![0] < truths[i]! && truths[i]! < interval![1]).toBe(true);
      if (i > 0) expect(corrected).toBeGreaterThan(found[i]!.value);
    }
  });

  test('an unshrunk map of known shrinkage has the spread of truth + noise', () => {
    const truth = textureOf([60, 60], 4, 1, 5);
    const prior = { x: 5, y: 5, z: 5 };
    const mean = { x: 2, y: 4, z: 3 };
    const noisy = measuredOf(truth, NOISE, 2);
    const gain = 25 / (25 + 16);
    const shrunk = {
      ...noisy,
      prior,
      values: mapComponents(noisy.values, (v, _, axis) => mean[axis] + gain * (v - mean[axis])),
      sigma: mapComponents(noisy.values, () => Math.sqrt(gain * 16)),
    };
    const back = unshrunk(shrunk, mean);
    for (const i of [0, 1000, 3599]) {
      expect(back.values.z[i]).toBeCloseTo(noisy.values.z[i]!, 10);
      expect(back.sigma!.z[i]).toBeCloseTo(4, 10);
    }
    const untold = { ...shrunk, sigma: { ...shrunk.sigma, z: shrunk.sigma.z.map((s, i) => (i < 7 ? 4.9 : s)) } };
    expect(validCount(unshrunk(untold, mean))).toBe(3593);
    const plane = unshrunk(untold, mean, ['x', 'y']);
    expect(validCount(plane)).toBe(3600);
    expect(plane.values.z).toEqual(shrunk.values.z);
  });
});

describe('what cannot be said', () => {
  test('a count that noise drives has no interval', () => {
    // Positions far below their neighbours: none in the truth.
    const rough: Statistic = ({ values: { x } }) => x.reduce((n, v, i) => n + (v < (x[i - 1] ?? v) - 7 ? 1 : 0), 0);
    const field = measuredOf(textureOf([40, 50], 2, 1, 5, 3), { length_nm: 0 }, 2);
    const [found] = estimate(field, rough, [{ name: 'steps', unit: '' }], options(1, { noise: { length_nm: 0 } }));
    expect(found!.interval === undefined || found!.interval[0] <= 0).toBe(true);
  });
  test('a statistic that is not a number in some draws is not determined; without σ there is only a value', () => {
    const field = measuredOf(textureOf([10, 10], 4, 1), NOISE, 2);
    let calls = 0;
    const [lost] = estimate(field, () => (calls++ === 7 ? Number.NaN : 1), [{ name: 'a', unit: '' }], options(1));
    expect(lost).toMatchObject({ value: 1, undetermined: expect.stringContaining('not a number') });
    expect(lost).not.toHaveProperty('interval');
    const { sigma: _, ...bare } = field;
    expect(estimate(bare, () => 2, [{ name: 'a', unit: '' }], options(1))).toEqual([
      { name: 'a', unit: '', value: 2, n: 100, nulls: {} },
    ]);
  });
  test('wrong use is refused', () => {
    const field = measuredOf(textureOf([10, 10], 4, 1), NOISE, 2);
    expect(() => estimate(field, () => [1, 2], [{ name: 'a', unit: '' }], options(1))).toThrow('named');
    expect(() => estimate(field, () => 1, [{ name: 'a', unit: '' }], options(1, { of: 'kind' }))).toThrow('blocks');
    expect(() => estimate(field, () => 1, [{ name: 'a', unit: '' }], options(1, { pairs: 2 }))).toThrow('pairs');
    const block = { length_nm: 3, along: 'both' } as const;
    expect(() => estimate(field, () => 1, [{ name: 'a', unit: '' }], options(1, { of: 'kind', block }))).toThrow(
      'Blocks of 3 nm',
    );
  });
});

describe('blocks', () => {
  const field = restrict(
    textureOf([12, 20], 1, 1),
    Uint8Array.from({ length: 240 }, (_, i) => (i % 11 ? 1 : 0)),
  );
  test('along x keep heights; values, σ and mask move together', () => {
    const marked = {
      ...field,
      values: mapComponents(field.values, (v, i) => (Number.isNaN(v) ? v : Math.floor(i / 20))),
    };
    const found = resampled(marked, { length_nm: 2, along: 'x' }, new RandomStream(1));
    for (let i = 0; i < 240; i++) {
      if (found.valid[i]) expect(found.values.x[i]).toBe(Math.floor(i / 20));
      else expect(found.values.x[i]).toBeNaN();
      expect(Number.isNaN(found.sigma!.z[i])).toBe(found.valid[i] === 0);
    }
  });
  test('a gap masks the seams alone', () => {
    const block = { length_nm: 2, along: 'both', gap: 1 } as const;
    const whole = textureOf([12, 20], 1, 1);
    const found = resampled(whole, block, new RandomStream(1));
    // Sides of 5: seams at rows 5 and 10, columns 5, 10 and 15.
    expect(found.valid.reduce((a, b) => a + b, 0)).toBe((12 - 2) * (20 - 3));
    expect(blockCount(whole, block)).toBeCloseTo(240 / 25, 12);
  });
  test('what is the same in all blocks has σ 0', () => {
    const block = { length_nm: 2, along: 'x' } as const;
    const [found] = estimate(field, () => 3, [{ name: 'a', unit: '' }], options(1, { of: 'kind', block, pairs: 4 }));
    expect(found!.of).toBe('kind');
    for (const number of [found!.corrected!, ...found!.interval!]) expect(number).toBeCloseTo(3, 6);
  });
  test('of the kind: σ of the mean of a texture whose correlation is known, within a third', () => {
    const [ny, nx] = [60, 60];
    const length = 4;
    let sum = 0;
    for (let dy = -ny + 1; dy < ny; dy++) {
      for (let dx = -nx + 1; dx < nx; dx++) {
        sum += (ny - Math.abs(dy)) * (nx - Math.abs(dx)) * Math.exp(-(dx * dx + dy * dy) / (2 * length * length));
      }
    }
    const known = (5 * Math.sqrt(sum)) / (ny * nx);
    const block = { length_nm: 8, along: 'both' } as const;
    const sigmas = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { sigma: _, ...truth } = textureOf([ny, nx], 1, seed);
      return estimate(truth, statistic, names, options(seed, { of: 'kind', block, pairs: 12 }))[0]!.sigma!;
    });
    expect(Math.abs(Math.sqrt(sigmas.reduce((a, s) => a + s * s, 0) / 6) / known - 1)).toBeLessThan(0.34);
  });
});
