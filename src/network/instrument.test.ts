import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { Blurrer } from './blur.ts';
import { INSTRUMENT, instrumentOf } from './instrument.ts';
import { addNoise } from './noise.ts';

const n = 64;
/** Disks on a square lattice, the direct beam brightest, of sum 1; edges a pixel wide. */
const crystal = (() => {
  const pattern = Float32Array.from({ length: n * n }, (_, i) => {
    const [y, x] = [Math.floor(i / n) - n / 2, (i % n) - n / 2];
    const [gy, gx] = [Math.round(y / 12), Math.round(x / 12)];
    const edge = 1 / (1 + Math.exp(3 * (Math.hypot(y - 12 * gy, x - 12 * gx) - 4)));
    return 1e-6 + edge * Math.exp(-1.2 * Math.hypot(gy, gx));
  });
  const sum = pattern.reduce((a, b) => a + b, 0);
  return pattern.map((value) => value / sum);
})();

describe.each([Number.POSITIVE_INFINITY, 1e7, 1e6])('at %d electrons', (dose) => {
  const noisy = (pattern: Float32Array) => {
    const copy = pattern.slice();
    if (Number.isFinite(dose)) addNoise(copy, dose, new RandomStream(3, 'instrument'));
    return copy;
  };
  test('a pattern that is its own reconstruction has no background and no blur', () => {
    const amplitudes = instrumentOf(noisy(crystal), crystal, dose);
    expect(amplitudes.length).toBe(INSTRUMENT);
    for (const a of amplitudes) expect(Math.abs(a)).toBeLessThan(Number.isFinite(dose) ? 0.005 : 1e-9);
  });
  test('even background, blur and intensity are told, each from the others', () => {
    const background = noisy(crystal.map((value) => 0.99 * value + 0.01 / (n * n)));
    const blurred = crystal.slice();
    new Blurrer(n).pair(blurred, { fraction: 0, theta0: 0, sigma: 0.3 }, new Float32Array(n * n), {
      fraction: 0,
      theta0: 0,
      sigma: 0,
    });
    const [even, central, blur, scale] = instrumentOf(background, crystal, dose) as unknown as number[];
    expect(even! + central!).toBeGreaterThan(0.007);
    expect(even! + central!).toBeLessThan(0.013);
    // Not more than a seventh of a pixel of blur for a hundredth of background: square roots are not linear.
    expect(Math.abs(blur!)).toBeLessThan(0.02);
    expect(Math.abs(scale!)).toBeLessThan(0.02);
    const found = instrumentOf(noisy(blurred), crystal, dose)[2]!;
    expect(found / 0.3 ** 2).toBeGreaterThan(0.4);
    expect(found / 0.3 ** 2).toBeLessThan(1.2);
  });
});

test('a reconstruction of nothing has no amplitudes', () => {
  expect([...instrumentOf(crystal, new Float32Array(n * n), 1e6)]).toEqual([0, 0, 0, 0]);
});
