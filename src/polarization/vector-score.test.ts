import { expect, test } from 'vitest';
import { scoreVectors } from './vector-score.ts';

test('a shrunk prediction has r = 1 and its slope; the null is that of the mean; what is not measured does not count', () => {
  const truth = [-4, 2, 0, 6, Number.NaN, 1];
  const score = scoreVectors(
    truth.map((t) => 0.5 * t + 0.5),
    truth,
    truth.map(() => 2),
  );
  expect(score.count).toBe(5);
  expect(score.correlation).toBeCloseTo(1, 12);
  expect(score.slope).toBeCloseTo(0.5, 12);
  expect(score.mae).toBeCloseTo((2.5 + 0.5 + 0.5 + 2.5 + 0) / 5, 12);
  expect(score.mean_only_mae).toBeCloseTo((5 + 1 + 1 + 5 + 0) / 5, 12);
  expect(score.mean_only_rmse).toBeCloseTo(Math.sqrt(52 / 5), 12);
  expect(score.pull_rms).toBeCloseTo(Math.sqrt(13 / 5) / 2, 12);
});
