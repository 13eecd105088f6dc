import { expect, test } from 'vitest';
import { abstentions, abstentionWarnings, noBetterThanMean, tellsNothing } from './abstention.ts';
import type { MapChannel } from './polarization-map.ts';

const channel = (name: string, sigma: readonly number[], prior?: number): MapChannel => ({
  name,
  unit: 'uC/cm2',
  values: new Float32Array(sigma.length),
  sigma: Float32Array.from(sigma),
  prior,
});

test('a component whose σ is that of its prior is not measured, and the prior is said beside it', () => {
  const list = abstentions([channel('P_x', [1, 1, 2, 1], 9), channel('P_z', [8.9, 9.2, 9, 4], 9)], []);
  expect(list).toEqual([{ name: 'P_z', unit: 'uC/cm2', share: 0.75, sigma: 9, prior: 9 }]);
  const [warning] = abstentionWarnings(list);
  expect(warning?.level).toBe('care');
  expect(warning?.text).toContain('P_z is not measured at 75 % of the positions: σ is 9.00 µC/cm²');
});

test('without a prior nothing is said; a tenth of the variance is something', () => {
  expect(abstentions([channel('P_z', [9, 9])], [])).toEqual([]);
  expect(tellsNothing(0.96, 1)).toBe(true);
  expect(tellsNothing(Math.sqrt(0.9), 1)).toBe(false);
});

test('what has one value in all that the model learned from is not measured, however small σ is', () => {
  const [found] = abstentions([channel('thickness', [0.02, 0.01, 0.02], 0)], []);
  expect(found).toMatchObject({ name: 'thickness', share: 1, prior: 0 });
  expect(abstentionWarnings([found!])[0]?.text).toMatch(/thickness is not measured: .* one value of it/);
});

test('what the model’s file answers with its mean is said to be that', () => {
  const [found] = abstentions([channel('P_z', [9, 9.0001, 9], 9)], ['P_z']);
  expect(abstentionWarnings([found!])[0]?.text).toMatch(/P_z is not measured: .* with the mean of .*, ± 9.00 µC/);
});

test('what the model tells no better than the mean carries no information anywhere', () => {
  const [found] = abstentions([channel('P_z', [8, 8, 8], 9)], ['P_z']);
  expect(found).toMatchObject({ share: 1, sigma: 8 });
  expect([noBetterThanMean(0.995, 1), noBetterThanMean(0.98, 1)]).toEqual([true, false]);
});
