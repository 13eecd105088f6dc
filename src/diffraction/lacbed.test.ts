/** The P_z oracle (test-lacbed.ts) against slices and multislice as they come. lacbed.slow.test.ts goes to its last digits. */

import { expect, test } from 'vitest';
import { againstOracle, type Pattern } from './test-lacbed.ts';
import { planeWaveBeams } from './test-structures.ts';

const beams: Pattern = (stack, exit, options) => planeWaveBeams(stack, [exit], options)[0]!;

// 0.4% and 4% are what the oracle's band (a circle of 16/a, ours a square of the same) leaves: with the same band smooth slices are 0.2% off.
test('P_z of converged slices: smooth a/16 has it, whole-atom slices an artefact', () => {
  const smooth = againstOracle('smooth', 16, 32, beams);
  expect(smooth.r1).toBeLessThan(6e-3);
  expect(smooth.pz).toBeLessThan(0.06);
  expect(smooth.i000).toBeLessThan(1e-11);
  const whole = againstOracle('whole-atom', 16, 32, beams);
  expect(whole.pz).toBeGreaterThan(0.3);
  expect(whole.i000).toBeGreaterThan(1e-5);
});
