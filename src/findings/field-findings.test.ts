/** What is said of a state and what is not. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { fieldFindings } from './field-findings.ts';
import { textureOf } from './test-noisy-field.ts';
import { mapComponents } from './vector-field.ts';

const PRIOR = 8;

/** Findings of a field whose components state these σ. */
function findingsOf(plane: number, along: number) {
  const field = textureOf([24, 30], 1, 1);
  const sigma = mapComponents(field.values, (_, __, axis) => (axis === 'z' ? along : plane));
  const said = { ...field, sigma, prior: { x: PRIOR, y: PRIOR, z: PRIOR } };
  const { findings } = fieldFindings(said, {
    noise: { length_nm: 0 },
    values: 'posterior',
    across: 'y',
    smooth_nm: 0.6,
    pairs: 5,
    draws: 3,
    wallDraws: 2,
    stream: new RandomStream(1, 'state'),
  });
  return (name: string) => findings.find((one) => one.name === name)!;
}

test('the prior draws P_z in by more than P_x: directions are turned, and no number of them is the specimen’s', () => {
  const of = findingsOf(0.5, 4);
  // 1 − (4/8)² over 1 − (0.5/8)².
  expect(of('mean |T_d|').undetermined).toMatch(/by 25% more than another/);
  expect(of('mean |T_d|').interval).toBeUndefined();
  expect(of('mean |P|').interval).toBeDefined();
  expect(findingsOf(0.5, 0.5)('mean |T_d|').undetermined).toBeUndefined();
});

test('what is never below 0 has no interval below 0', () => {
  const [low, high] = findingsOf(0.8, 0.8)('mean |T_d|').interval ?? [0, 0];
  expect(low).toBeGreaterThanOrEqual(0);
  expect(high).toBeGreaterThanOrEqual(low);
});

test('where P_z is not measured nothing made with it has an interval', () => {
  const of = findingsOf(0.5, 7.9);
  for (const name of ['mean P_z', 'mean |P|', '|P| where −ln ρ is least', 'topological charge Q', 'mean |T_d|']) {
    expect(of(name).undetermined, name).toMatch(/does not measure P along z/);
  }
  expect(of('mean |P| in the plane').interval).toBeDefined();
});
