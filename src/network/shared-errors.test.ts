/** The share of an error that positions of one map have in common: errors made of known parts. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import type { Answers } from './answers.ts';
import { sharedErrors } from './shared-errors.ts';

const NAMES = ['P_x', 'tilt_x', 'tilt_y', 'thickness'];

/** Errors of P_x: `common` of the structure, `slow` times a wave over the tilt, the rest of each pattern; of the tilts, of each pattern alone. */
function answers(common: number, slow: number, rest: number, structures = 60, patterns = 60): Answers {
  const random = new RandomStream(3, 'shared');
  const count = structures * patterns;
  const truth = new Float32Array(4 * count);
  const mean = new Float32Array(4 * count);
  const structure = new Int32Array(count);
  for (let s = 0, i = 0; s < structures; s++) {
    const own = common * random.normal();
    const phase = 2 * Math.PI * random.uniform();
    for (let p = 0; p < patterns; p++, i++) {
      structure[i] = s;
      const tilt = random.between(-2, 2);
      truth.set([random.between(-30, 30), tilt, random.between(-2, 2), random.between(10, 80)], 4 * i);
      const wave = slow * Math.SQRT2 * Math.cos((Math.PI / 4) * tilt + phase);
      const errors = [own + wave + rest * random.normal(), 0.1 * random.normal(), 0.1 * random.normal(), 0];
      for (let label = 0; label < 4; label++) mean[4 * i + label] = truth[4 * i + label]! + errors[label]!;
    }
  }
  const none = new Float32Array(0);
  return {
    count,
    structure,
    truth,
    mean,
    spread: none,
    sigma: none,
    latent: none,
    misfit: none,
    counting: none,
    instrument: none,
    dose_e: new Float64Array(count),
  };
}

test('what a structure shares is found, what counting adds is not', () => {
  const [P, tilt, , thickness] = sharedErrors(answers(1, 0, 1), NAMES)!;
  expect(P).toBeGreaterThan(0.35);
  expect(P).toBeLessThan(0.65);
  expect(tilt).toBeLessThan(0.05);
  expect(thickness).toBe(0);
  expect(sharedErrors(answers(0, 0, 1), NAMES)![0]).toBeLessThan(0.05);
});

test('an error that goes with the tilt is shared, though a structure’s mean over all tilts has none of it', () => {
  // ⟨cos(a) cos(a + πΔ/4)⟩ over |Δ| ≤ 1, with triangular weight: 0.93 of the wave’s variance.
  const [P] = sharedErrors(answers(0, 1, 0.5), NAMES)!;
  expect(P).toBeGreaterThan(0.6);
  expect(P).toBeLessThan(0.85);
});

test('of too few patterns nothing is said', () => {
  expect(sharedErrors(answers(1, 0, 1, 5, 3), NAMES)).toBeUndefined();
});
