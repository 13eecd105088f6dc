import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import type { Answers } from './answers.ts';
import type { ModelInfo } from './model-info.ts';
import { gainsOf, isGain, isTold, noBetterThanMean } from './told.ts';

const PATTERNS = 200;
type One = { readonly truth: number; readonly mean: number; readonly sigma: number };

/** Of one label, `structures` × PATTERNS. */
function answers(structures: number, draw: (random: RandomStream, structure: number) => One): Answers {
  const random = new RandomStream(5, 'told', structures);
  const rows = Array.from({ length: structures * PATTERNS }, (_, i) => draw(random, Math.floor(i / PATTERNS)));
  const column = (of: (one: One) => number) => Float32Array.from(rows, of);
  const empty = new Float32Array();
  return {
    count: rows.length,
    structure: Int32Array.from(rows, (_, i) => Math.floor(i / PATTERNS)),
    truth: column(({ truth }) => truth),
    mean: column(({ mean }) => mean),
    sigma: column(({ sigma }) => sigma),
    spread: new Float32Array(rows.length),
    latent: empty,
    misfit: empty,
    counting: empty,
    instrument: empty,
    dose_e: new Float64Array(rows.length),
  };
}

const priors = { mean: [0], deviation: [10], halves: [[9.9, 19.6]] as const };
const gain = (structures: number, draw: (random: RandomStream, structure: number) => One) =>
  gainsOf(answers(structures, draw), priors, undefined)[0]!;

describe('what is told', () => {
  test('a Gaussian measurement gains ln(σ₀/σ): one of a tenth of the deviation 2.3 nats', () => {
    const found = gain(20, (r) => {
      const truth = 10 * r.normal();
      return { truth, mean: truth + r.normal(), sigma: 1 };
    });
    expect(found.nats).toBeCloseTo(Math.log(10), 1);
    expect(isGain(found)).toBe(true);
  });

  test('P along the beam of a tetragonal crystal: 0 ± 1 in domains across, of unknown sign in those along it, where the rms error is that of the mean', () => {
    const draw = (r: RandomStream, structure: number): One => {
      const along = structure % 3 === 0;
      const truth = along ? 17 * Math.sign(r.normal()) : r.normal();
      return { truth, mean: along ? 12 * Math.sign(r.normal()) : 0, sigma: along ? 17 : 1 };
    };
    const of = answers(12, draw);
    const rms = (f: (i: number) => number) =>
      Math.sqrt(Array.from(of.truth, (_, i) => f(i) ** 2).reduce((a, b) => a + b, 0) / of.count);
    expect(
      noBetterThanMean(
        rms((i) => of.mean[i]! - of.truth[i]!),
        rms((i) => of.truth[i]!),
      ),
    ).toBe(true);
    expect(isGain(gain(12, draw))).toBe(true);
  });

  test('structures without what the trained ones have: 0 ± 0.3, against a prior of 10, is told although no held-out truth varies', () => {
    const found = gain(4, (r) => ({ truth: 0.3 * r.normal(), mean: 0.3 * r.normal(), sigma: 0.5 }));
    expect(found.nats).toBeGreaterThan(2);
    expect(isGain(found)).toBe(true);
  });
});

describe('what is not', () => {
  test.each([
    ['as the trained structures are', 10],
    ['varying half as much', 5],
    ['varying twice as much', 20],
  ])('the mean and its deviation gain nothing of held-out structures %s', (_, spread) => {
    const found = gain(8, (r) => ({ truth: spread * r.normal(), mean: 0, sigma: 10 }));
    expect(Math.abs(found.nats)).toBeLessThan(1e-6);
    expect(isGain(found)).toBe(false);
  });

  test('what was learned by heart loses, whatever σ is stated with it', () => {
    for (const sigma of [3, 10]) {
      const found = gain(20, (r) => ({ truth: 10 * r.normal(), mean: 6 * r.normal(), sigma }));
      expect(found.nats).toBeLessThan(0);
    }
  });

  test('nor what a few structures tell by chance', () => {
    // One of two structures by luck.
    const found = gain(2, (r, structure) => ({ truth: structure * 10, mean: structure * r.between(5, 9), sigma: 10 }));
    expect(found.nats).toBeGreaterThan(0.01);
    expect(isGain(found)).toBe(false);
  });

  test('a label of one value', () => {
    const still = { mean: [7], deviation: [1], halves: [[0, 0]] as const };
    const [found] = gainsOf(
      answers(3, () => ({ truth: 7, mean: 7, sigma: 0.01 })),
      still,
      undefined,
    );
    expect(found).toEqual({ nats: 0, error: 0 });
  });
});

test('components that a network turns into each other are told alike', () => {
  const own = answers(6, (r) => ({ truth: 10 * r.normal(), mean: 0, sigma: 10 }));
  // x is told, y is not: truth, mean and σ of two labels.
  const two = (x: Float32Array, y: Float32Array) =>
    Float32Array.from({ length: 2 * own.count }, (_, i) => (i % 2 === 0 ? x : y)[i >> 1]!);
  const of = {
    ...own,
    truth: two(own.truth, own.truth),
    mean: two(own.truth, own.mean),
    sigma: two(
      own.sigma.map(() => 1),
      own.sigma,
    ),
  };
  const both = {
    mean: [0, 0],
    deviation: [10, 10],
    halves: [
      [9.9, 19.6],
      [9.9, 19.6],
    ] as const,
  };
  const [x, y] = gainsOf(of, both, {
    from: [
      [0, 1],
      [1, 0],
    ],
  });
  expect(x).toEqual(y);
  expect(gainsOf(of, both, undefined).map(isGain)).toEqual([true, false]);
});

test('a model without a gain is judged by its rms error; one without that either is not', () => {
  const score = { name: 'P_z', unit: 'uC/cm2', mae: 8, rmse: 10, bias: 0, correlation: 0, meanOnly: 10 };
  const of = (training: object[], labels?: object[]) =>
    ({ scores: { training }, uncertainty: labels && { labels } }) as unknown as ModelInfo;
  expect(isTold(of([score]), 'P_z')).toBe(false);
  expect(isTold(of([{ ...score, rmse: 9.8 }]), 'P_z')).toBe(true);
  expect(isTold(of([{ ...score, meanOnly: undefined }]), 'P_z')).toBeUndefined();
  expect(isTold(of([score], [{ name: 'P_z', gain: { nats: 0.3, error: 0.05 } }]), 'P_z')).toBe(true);
});
