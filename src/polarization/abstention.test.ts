import { expect, test } from 'vitest';
import { abstentions, abstentionWarnings, tellsNothing } from './abstention.ts';
import type { MapChannel } from './polarization-map.ts';

const channel = (name: string, sigma: readonly number[], prior?: number): MapChannel => ({
  name,
  unit: 'uC/cm2',
  values: new Float32Array(sigma.length),
  sigma: Float32Array.from(sigma),
  prior,
});

test('a component whose σ is that of its prior is not measured, and the prior is said beside it', () => {
  const list = abstentions([channel('P_x', [1, 1, 2, 1], 9), channel('P_z', [8.9, 9.2, 9, 4], 9)], new Uint8Array(4));
  expect(list).toEqual([{ name: 'P_z', unit: 'uC/cm2', share: 0.75, sigma: 9, prior: 9 }]);
  const [warning] = abstentionWarnings(list);
  expect(warning?.level).toBe('care');
  expect(warning?.text).toContain('P_z is not measured at 75 % of the positions: σ is 9.00 µC/cm²');
});

test('positions out of domain, whose σ is widened, do not make a component unmeasured', () => {
  const sigma = [1, 30, 30, 30];
  expect(abstentions([channel('P_x', sigma, 9)], Uint8Array.of(0, 1, 1, 1))).toEqual([]);
  expect(abstentions([channel('P_x', sigma, 9)], new Uint8Array(4))).toHaveLength(1);
  // Where all are marked there is nothing to say of components.
  expect(abstentions([channel('P_x', sigma, 9)], Uint8Array.of(1, 1, 1, 1))).toEqual([]);
});

test('without a prior nothing is said; a tenth of the variance is something', () => {
  expect(abstentions([channel('P_z', [9, 9])], new Uint8Array(2))).toEqual([]);
  expect(tellsNothing(0.96, 1)).toBe(true);
  expect(tellsNothing(Math.sqrt(0.9), 1)).toBe(false);
});
