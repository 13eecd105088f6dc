import { expect, test } from 'vitest';
import type { FerroscopeError } from '../core/errors.ts';
import type { PolarizationMap } from './polarization-map.ts';
import { scoreMap, scoreValues } from './score.ts';

const meta = { recipe_hash: '0', version: '0', seed: 1, source: 'none', held_out_mae: {} };
const make = (values: number[], unit = 'pm', sigma?: number[]): PolarizationMap => ({
  shape: [1, values.length],
  step_nm: 0.4,
  channels: [
    { name: 'dTi_x', unit, values: Float32Array.from(values), ...(sigma ? { sigma: Float32Array.from(sigma) } : {}) },
  ],
  meta,
});

test('closed form: errors +1, −1, +3, −3 on a truth of 0, 1, 2, 3', () => {
  const score = scoreValues([1, 0, 5, 0], [0, 1, 2, 3]);
  expect(score.count).toBe(4);
  expect(score.mae).toBe(2);
  expect(score.rmse).toBeCloseTo(Math.sqrt(5), 14);
  expect(score.bias).toBe(0);
  // Covariance 0.25, variances 17/4 and 5/4: r = 0.25/√(85/16) = 1/√85.
  expect(score.correlation).toBeCloseTo(1 / Math.sqrt(85), 14);
  expect(score.truth_sd).toBeCloseTo(Math.sqrt(1.25), 14);
});

test('a shift is all bias and leaves the correlation at 1; a sign change makes it −1', () => {
  const truth = [1, 2, 4, 8];
  const shifted = scoreValues(
    truth.map((v) => v - 2.5),
    truth,
  );
  expect(shifted).toMatchObject({ bias: -2.5, mae: 2.5, rmse: 2.5 });
  expect(shifted.correlation).toBeCloseTo(1, 14);
  expect(
    scoreValues(
      truth.map((v) => -3 * v),
      truth,
    ).correlation,
  ).toBeCloseTo(-1, 14);
});

test('a constant prediction has no correlation, and its RMSE is the spread of the truth', () => {
  const score = scoreValues([2, 2, 2], [1, 2, 3]);
  expect(score.correlation).toBeNaN();
  expect(score.rmse).toBeCloseTo(score.truth_sd, 14);
});

test('unmeasured positions are left out on either side', () => {
  expect(scoreValues([1, Number.NaN, 3], [0, 0, Number.NaN])).toMatchObject({ count: 1, mae: 1, bias: 1 });
});

test('honest uncertainties have a pull of 1', () => {
  const [score] = scoreMap(make([2, -4], 'pm', [2, 4]), make([0, 0]));
  expect(score?.pull_rms).toBe(1);
  expect(score).toMatchObject({ name: 'dTi_x', unit: 'pm', mae: 3, bias: -1 });
});

test('maps of other shape or unit are refused', () => {
  const tagOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as FerroscopeError).tag;
    }
    return 'none';
  };
  expect(tagOf(() => scoreMap(make([1, 2]), make([1, 2, 3])))).toBe('shape');
  expect(tagOf(() => scoreMap(make([1]), make([1], 'nm')))).toBe('model-mismatch');
});
