import { expect, test } from 'vitest';
import { identify } from '../core/identity.ts';
import type { Domain } from './domain.ts';
import { INSTRUMENT } from './instrument.ts';
import { marksOf, type PatternMarks } from './marks.ts';
import type { ModelInfo } from './model-info.ts';

const unit = { mean: [0], whitening: [1] };
const domain: Domain = {
  labels: [
    { name: 'thickness', min: 30, max: 40 },
    { name: 'P_z', min: -20, max: 20 },
  ],
  misfit: { median: 0.01, high: 0.02 },
  excess: { median: 0.005, high: 0.01 },
  distance: { median: 1, high: 2 },
  latent: unit,
  instrument: {
    // Amplitudes of 1 in each direction are a distance of 1.
    amplitudes: { mean: [0.1, 0, 0, 0], whitening: [1, 0, 1, 0, 0, 1, 0, 0, 0, 1] },
    distance: { median: 0.5, high: 1 },
  },
};
const score = { unit: '', mae: 1, rmse: 1, bias: 0 };
const info: ModelInfo = {
  identity: identify({ kind: 'model', schema: 3, program: 'test', settings: {}, inputs: {} }),
  recipe: '',
  recipeHash: '',
  recipeSchema: 2,
  seed: 1,
  labels: [
    { name: 'thickness', unit: 'nm' },
    { name: 'P_z', unit: 'uC/cm2' },
  ],
  detector: { pixels: 32, pixelsPerOrder: 4, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 },
  normalisation: '',
  input: 'sqrt',
  dose_e: [1e6, 1e8],
  adapts: false,
  scores: {
    training: [
      { name: 'thickness', correlation: 0.9, ...score },
      { name: 'P_z', correlation: 0.1, ...score },
    ],
    noiseFree: [],
    dose1e6: [],
  },
  domain,
};

/** Twenty patterns that fit. */
const fits: PatternMarks = {
  distance: new Array(20).fill(1),
  misfit: new Array(20).fill(0.012),
  counting: new Array(20).fill(0.006),
  instrument: Float32Array.from({ length: 20 * INSTRUMENT }, (_, i) => (i % INSTRUMENT === 0 ? 0.2 : 0)),
  values: [new Array(20).fill(35), new Array(20).fill(0)],
  sigma: [new Array(20).fill(0.2), undefined],
  dose_e: 1e7,
};
const first = (n: number, value: number, other: number) =>
  Array.from({ length: 20 }, (_, i) => (i < n ? value : other));
const marked = (change: Partial<PatternMarks>) => {
  const { outside, times } = marksOf(info, domain, { ...fits, ...change });
  return { n: outside.reduce((a, b) => a + b, 0), times };
};

test('patterns that fit are not marked, and nothing is widened', () => {
  const { outside, times, scan, beyond } = marksOf(info, domain, fits);
  expect([...outside]).toEqual(new Array(20).fill(0));
  expect([...times]).toEqual(new Array(20).fill(1));
  expect(Math.max(...Object.values(scan))).toBeLessThan(1);
  expect(beyond).toEqual([]);
});

test('one far pattern is marked alone; a tenth of them or more mark the scan', () => {
  const one = marked({ distance: first(1, 6, 1) });
  expect(one.n).toBe(1);
  expect([...one.times.subarray(0, 2)]).toEqual([3, 1]);
  const three = marked({ distance: first(3, 6, 1) });
  expect(three.n).toBe(20);
  expect(Math.min(...three.times)).toBe(3);
});

test('patterns apart neither mark the scan nor are marked by it', () => {
  const apart = first(3, 1, 0);
  const { n, times } = marked({ distance: first(3, 6, 1), apart });
  expect(n).toBe(3);
  expect([...times.subarray(0, 4)]).toEqual([3, 3, 3, 1]);
  // What the others leave over marks them alone.
  expect(marked({ misfit: first(3, 0.012, 0.026), apart }).n).toBe(17);
  // What they leave over marks them, as one of the others that leaves more.
  expect(marked({ misfit: first(3, 0.026, 0.012), apart }).n).toBe(3);
  expect(marked({ misfit: first(1, 0.026, 0.012) }).n).toBe(1);
});

test('what counting leaves does not count; what is left beside it does', () => {
  expect(marked({ misfit: new Array(20).fill(1.009), counting: new Array(20).fill(1) }).n).toBe(0);
  expect(marked({ misfit: first(3, 0.026, 0.012) }).n).toBe(20);
  // A model before format 3 has only the whole.
  const { excess: _, instrument: __, ...old } = domain;
  expect(marksOf({ ...info, domain: old }, old, { ...fits, misfit: first(3, 0.026, 0.012) }).scan.misfit).toBeCloseTo(
    1.3,
    6,
  );
});

test('background and blur that held-out patterns do not show mark the scan, and are said in their units', () => {
  const instrument = Float32Array.from({ length: 20 * INSTRUMENT }, (_, i) => [0.6, 0.05, 2.25, 0][i % INSTRUMENT]!);
  const { outside, scan, instrument: shown } = marksOf(info, domain, { ...fits, instrument });
  expect(scan.instrument).toBeCloseTo(Math.hypot(0.5, 0.05, 2.25), 5);
  expect(outside.every((one) => one === 1)).toBe(true);
  expect(shown.background).toBeCloseTo(0.55, 5);
  // A pixel is λ/(4a): 19.7 mÅ/(4 · 3.95 Å) = 1.246 mrad; the blur √2.25 = 1.5 of them.
  expect(shown.blur_mrad).toBeCloseTo(1.5 * 1.246, 2);
});

test('fewer electrons than in any training pattern mark the scan; more do not', () => {
  expect(marked({ dose_e: 9e5 }).n).toBe(0);
  expect(marked({ dose_e: 1e5 }).n).toBe(20);
  expect(marked({ dose_e: 1e5 }).times[0]).toBeCloseTo(Math.sqrt(10), 5);
  expect(marked({ dose_e: 1e12 }).n).toBe(0);
});

test('of a model that was trained without noise, counting marks the scan where it adds to its errors', () => {
  const scored = (rmse: number) => [{ name: 'thickness', correlation: 0.9, ...score, rmse }];
  const scores = { ...info.scores, noiseFree: scored(0.3), dose1e6: scored(0.5) };
  const silent = { ...info, dose_e: null, scores };
  const at = (dose_e: number) => marksOf(silent, domain, { ...fits, dose_e });
  // Variances: 0.09 without noise, 0.16 of counting at 1e6 electrons.
  expect(at(1e6).times[0]).toBeCloseTo(Math.sqrt(0.25 / 0.09), 5);
  expect(at(1e4).times[0]).toBeCloseTo(Math.sqrt((0.09 + 16) / 0.09), 5);
  expect([...at(1e8).outside]).toEqual(new Array(20).fill(0));
  expect(at(1e8).times[0]).toBe(1);
});

test('an answer beyond the range by more than 2σ is marked where the label is told at all', () => {
  expect(marked({ values: [first(1, 40.3, 35), new Array(20).fill(0)] }).n).toBe(0);
  expect(marked({ values: [first(1, 40.5, 35), new Array(20).fill(0)] }).n).toBe(1);
  expect(marked({ values: [first(1, 29.5, 35), new Array(20).fill(0)] }).n).toBe(1);
  expect(marked({ values: [new Array(20).fill(35), new Array(20).fill(60)] }).n).toBe(0);
});
