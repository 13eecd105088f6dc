import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { directions } from './directions.ts';
import { estimate } from './estimate.ts';
import { fieldOf, noisy, skyrmionAngle, withSigma } from './test-textures.ts';
import { latticeCharges } from './topology.ts';
import { topological, topologicalNames } from './topology-findings.ts';
import { totalCharge } from './total-charge.ts';

/** Four skyrmions, core down in up: Q = −4, all of one sign. */
const theta = skyrmionAngle(8);
const SKYRMIONS = fieldOf([40, 40], (x, y) => {
  const [u, v] = [(x % 20) - 9.6, (y % 20) - 9.4];
  const [t, phi] = [theta(Math.hypot(u, v)), Math.atan2(v, u)];
  return [10 * Math.sin(t) * Math.cos(phi), 10 * Math.sin(t) * Math.sin(phi), 10 * Math.cos(t)];
});
const measured = (sigma: number, k: number) =>
  noisy(withSigma(SKYRMIONS, { x: sigma, y: sigma, z: sigma }), new RandomStream(k, 'skyrmions'));
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test('σ = 0.3 |P|: Q of every vector is that of the skyrmions, of those that are no shorter than 2σ it is not', () => {
  const fields = Array.from({ length: 20 }, (_, k) => measured(3, k));
  const all = fields.map((field) => (topological('y')(field) as number[])[0]!);
  // 0.06 of standard deviation.
  expect(Math.abs(mean(all) + 4)).toBeLessThan(0.06);
  expect(mean(fields.map((field) => totalCharge(latticeCharges(directions(field))).value))).toBeGreaterThan(-3.7);
});

test('intervals of Q and of the mean |T_d| hold −4 and 4 over the area, as often as they say or more', () => {
  const truths = [-4, 4 / (39 * 39 * 0.4 ** 2)];
  const held = [0, 0];
  for (let k = 0; k < 16; k++) {
    const field = measured(1, 100 + k);
    const statistic = topological('y');
    const found = estimate(
      field,
      (some) => (statistic(some) as number[]).slice(0, 2),
      topologicalNames(field, 'y', 39 * 39, []).slice(0, 2),
      { noise: { length_nm: 0 }, correction: 'none', of: 'field', pairs: 12, stream: new RandomStream(k, 'Q') },
    );
    for (const [i, { interval }] of found.entries()) {
      if (interval && interval[0] <= truths[i]! && truths[i]! <= interval[1]) held[i]!++;
    }
  }
  // 16 of 95%: below 13 once in 150.
  for (const some of held) expect(some).toBeGreaterThanOrEqual(13);
});
