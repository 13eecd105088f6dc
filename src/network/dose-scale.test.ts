import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { doseScale, scaledDoses, scalesOf } from './dose-scale.ts';

const RANGE = [1e5, 1e7] as const;
/** Errors of the model's own, and of counting at 1e5 electrons, beside the σ that it states. */
const [OWN, COUNTING] = [0.4, 1.2];
const sizeAt = (dose_e: number) => Math.sqrt(OWN ** 2 + COUNTING ** 2 * (1e5 / dose_e));

/** |error|/σ of a network that states σ = 1 whatever the dose. */
function ratios(dose_e: number): number[][] {
  const random = new RandomStream(1, 'dose', dose_e);
  return Array.from({ length: 20 }, () =>
    Array.from({ length: 500 }, () => Math.abs(sizeAt(dose_e) * random.normal())),
  );
}

test.each([1e5, 2e5, 5e5, 1e6, 3e6, 1e7])('%d electrons: 68 of 100 errors lie within σ times g', (dose_e) => {
  const g = doseScale(scalesOf(scaledDoses(RANGE).map(ratios)), RANGE, dose_e);
  const all = ratios(dose_e).flat();
  expect(Math.abs(all.filter((ratio) => ratio <= g).length / all.length - 0.68)).toBeLessThan(0.03);
});

test('what is measured comes out there; beyond the range it is that of its end; without doses it is 1', () => {
  const g = [3, 2.5, 2, 1.5, 1];
  scaledDoses(RANGE).forEach((dose, i) => {
    expect(doseScale(g, RANGE, dose)).toBeCloseTo(g[i]!, 12);
  });
  expect([1e3, 1e9, Number.POSITIVE_INFINITY].map((dose) => doseScale(g, RANGE, dose))).toEqual([3, 1, 1]);
  expect(doseScale(undefined, RANGE, 1e6)).toBe(1);
  expect([scaledDoses(null), scaledDoses([1e6, 1e6])]).toEqual([[], []]);
  expect([scalesOf([]), scalesOf([[[1]], [[0]]])]).toEqual([undefined, undefined]);
});
