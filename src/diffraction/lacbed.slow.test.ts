/** The P_z oracle (test-lacbed.ts) against every scheme of slices, in abTEM's aperture (test-abtem.ts). */

import { expect, test } from 'vitest';
import { planeWave } from './reference.ts';
import { abtemReference } from './test-abtem.ts';
import { againstOracle, type Pattern } from './test-lacbed.ts';
import { intensities } from './test-structures.ts';

const beams: Pattern = (stack, exit, options) => {
  let out: Float64Array = new Float64Array();
  abtemReference(stack, planeWave(stack.nx, stack.ny, 0, 0), [exit], options, (_, spectrum) => {
    out = intensities(spectrum);
  });
  return out;
};
const compare = (...[slicing, perCell]: [Parameters<typeof againstOracle>[0], number]) =>
  againstOracle(slicing, perCell, 48, beams);

test('box slices reproduce the oracle', () => {
  const exact = compare('box', 64);
  expect(exact.r1).toBeLessThan(2e-4);
  expect(exact.pz).toBeLessThan(5e-4);
  expect(exact.i000).toBeLessThan(1e-11);
});

test('a/16: box and smooth to 3%, spline to 13%; whole-atom slices are an artefact', () => {
  const box = compare('box', 16);
  expect(box.r1).toBeLessThan(3e-3);
  expect(box.pz).toBeLessThan(0.03);
  const smooth = compare('smooth', 16);
  expect(smooth.r1).toBeLessThan(5e-3);
  expect(smooth.pz).toBeLessThan(0.03);
  // The whole projection of each plane, with no extent along the beam: more wrong where the surface cuts atoms than in a slab of whole atoms (pz.slow.test.ts).
  const spline = compare('spline', 16);
  expect(spline.r1).toBeLessThan(3e-3);
  expect(spline.pz).toBeLessThan(0.13);
  expect(spline.i000).toBeLessThan(1e-11);
  const whole = compare('whole-atom', 16);
  expect(whole.pz).toBeGreaterThan(0.3);
  expect(whole.i000).toBeGreaterThan(1e-5);
});
