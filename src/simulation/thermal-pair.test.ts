/** The pair of snapshots: mirrored about the crystal at rest, of the right spread. */

import { expect, test } from 'vitest';
import { joined } from '../crystal/layers.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { haadfSpecimen } from './haadf-window.ts';
import { thermalPair } from './thermal-pair.ts';

const recipe = parseRecipe(`[structures]\ncells = [8, 8, 2]\ndepth_blocks = 2\ntexture = "uniform"\njitter_pm = 2
[experiment]\nshape = [1, 1]\nthickness_nm = 8`);
const specimen = haadfSpecimen({ ...recipe, haadf: recipe.haadf! });
const whole = joined(specimen.layers);
const [moved, mirrored] = thermalPair(specimen, 5, 0);
const u = moved.positions_A.map((x, i) => x - whole.positions_A[i]!);

test('the second mirrors the first, and blocks that repeat move each in their own way', () => {
  for (const [i, x] of mirrored.positions_A.entries()) expect(whole.positions_A[i]! - x).toBeCloseTo(u[i]!, 9);
  const { order, blocks } = specimen.layers;
  const atoms = blocks[0]!.symbols.length;
  const again = order.indexOf(order[0]!, 1);
  expect(again).toBeGreaterThan(0);
  const [first, second] = [0, again].map((j) => u.subarray(3 * j * atoms, 3 * (j + 1) * atoms)) as [
    Float64Array,
    Float64Array,
  ];
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  expect(Math.abs(dot(first, second))).toBeLessThan((5 / Math.sqrt(3 * atoms)) * dot(first, first));
});

test('each element moves as far as its frozen displacements leave of u²', () => {
  for (const [symbol, u2] of Object.entries(specimen.u2_A2)) {
    const its = whole.symbols.flatMap((s, i) => (s === symbol ? [...u.subarray(3 * i, 3 * i + 3)] : []));
    const mean = its.reduce((sum, x) => sum + x * x, 0) / its.length;
    // A variance of n normal deviates is right to √(2/n).
    expect(Math.abs(mean / u2 - 1)).toBeLessThan(5 * Math.sqrt(2 / its.length));
  }
});
