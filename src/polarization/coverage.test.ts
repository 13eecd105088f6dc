import { expect, test } from 'vitest';
import { identify } from '../core/identity.ts';
import { RandomStream } from '../core/random.ts';
import type { Answers } from '../network/answers.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { gainsOf } from '../network/told.ts';
import { calibrateSigma } from '../network/uncertainty.ts';
import { coverageOfAnswers, verdictOf } from './coverage.ts';

const [STRUCTURES, PATTERNS] = [12, 200];

/** Answers whose errors are `times` the σ that is stated; P_z is not told at all: its mean is 0 and its σ that of the truth. */
function answers(seed: number, times: number): Answers {
  const random = new RandomStream(seed, 'answers');
  const count = STRUCTURES * PATTERNS;
  const truth = Float32Array.from({ length: 2 * count }, () => 10 * random.normal());
  const sigma = Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? random.between(0.5, 2) : 10));
  const mean = truth.map((t, i) => (i % 2 === 0 ? t + times * sigma[i]! * random.normal() : 0));
  const empty = new Float32Array();
  return {
    count,
    structure: Int32Array.from({ length: count }, (_, i) => i % STRUCTURES),
    truth,
    mean,
    spread: new Float32Array(2 * count),
    sigma,
    latent: empty,
    misfit: empty,
    counting: empty,
    instrument: empty,
    dose_e: new Float64Array(count).fill(1e7),
  };
}

/** A model without a domain that was calibrated on errors twice the stated σ. */
const scores = ['P_x', 'P_z'].map((name) => ({
  name,
  unit: 'uC/cm2',
  mae: 1,
  rmse: 1,
  bias: 0,
  correlation: 1,
  meanOnly: 10,
}));
/** Truths are drawn from N(0, 10²). */
const priors = { mean: [0, 0], deviation: [10, 10], halves: scores.map(() => [9.94, 19.6] as const) };
const gains = gainsOf(answers(1, 2), priors, undefined);
const info = {
  identity: identify({ kind: 'model', schema: 3, program: 'test', settings: {}, inputs: {} }),
  labels: scores.map(({ name, unit }) => ({ name, unit })),
  scores: { training: scores, noiseFree: [], dose1e6: [] },
  uncertainty: calibrateSigma(answers(1, 2), scores, priors, gains, { range: null, atDoses: [] }),
} as unknown as ModelInfo;

test('calibrated σ covers new answers of the same kind, and says that P_z is not told', () => {
  const found = coverageOfAnswers(info, answers(2, 2), false);
  const [x, z] = found.labels;
  expect(Math.abs(x!.unmarked[0] - 0.68)).toBeLessThan(0.03);
  expect(Math.abs(x!.unmarked[1] - 0.95)).toBeLessThan(0.02);
  expect([x!.abstained, z!.abstained]).toEqual([0, 1]);
  expect(found.outside).toBe(0);
  expect(verdictOf(found, false).kind).toBe('kept');
  // Half-widths grew twofold: errors were twice what was stated.
  expect(info.uncertainty!.labels[0]!.factors[0]).toBeCloseTo(2, 0);
});

test('errors half as large again as in the calibration are called broken', () => {
  const verdict = verdictOf(coverageOfAnswers(info, answers(3, 3), false), true);
  expect(verdict).toMatchObject({ kind: 'broken', worst: { name: 'P_x' } });
});

test('on the structures of the calibration each is judged by factors from the others', () => {
  const own = answers(1, 2);
  const { labels } = coverageOfAnswers(info, own, true);
  const plain = coverageOfAnswers(info, own, false).labels;
  // In the sample the quantile is met exactly.
  expect(plain[0]!.plain[0]).toBeCloseTo(0.68, 2);
  expect(Math.abs(labels[0]!.plain[0] - 0.68)).toBeLessThan(0.02);
});
