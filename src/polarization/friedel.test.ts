/** Friedel pairs: made disks, counting, and crystals whose symmetry says what must come out. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { quietTask } from '../core/task.ts';
import { problem } from '../core/test-problem.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import { detectorOf } from '../library/plan.ts';
import { UniformCrystal } from '../library/uniform-crystal.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { asymmetryVectors, fitFactor, friedelAsymmetry, friedelKind, vectorSigma } from './friedel.ts';

const detector = { pixels: 48, pixelsPerOrder: 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2 } as const;

/** Disks of even intensity, fractions of the beam by 'h k', the pixels between them full of what must not count. */
function pattern(disks: Readonly<Record<string, number>>): Float32Array {
  const out = new Float32Array(48 * 48).fill(1e-6);
  for (const [name, share] of Object.entries(disks)) {
    const [h, k] = name.split(' ').map(Number) as [number, number];
    const inside = Array.from(out.keys()).filter(
      (i) => Math.hypot((i % 48) - 24 - 8 * h, Math.floor(i / 48) - 24 - 8 * k) <= 3.22,
    );
    for (const i of inside) out[i] = share / inside.length;
  }
  return out;
}

test('A of disks whose intensities are known, and its sum; x is h, y is k', () => {
  const one = pattern({ '1 0': 0.06, '-1 0': 0.02, '0 1': 0.01, '0 -1': 0.03, '2 2': 0.04, '-2 -2': 0.04 });
  const { asymmetry, sum } = friedelAsymmetry(one, detector, [...friedelKind(1, 'h0'), [2, 2]]);
  for (const [i, a] of [0.5, -0.5, 0].entries()) expect(asymmetry[i]).toBeCloseTo(a, 6);
  for (const [i, s] of [0.08, 0.04, 0.08].entries()) expect(sum[i]).toBeCloseTo(s, 6);
  const back = friedelAsymmetry(one, detector, [[-1, 0]]);
  expect(back.asymmetry[0]).toBeCloseTo(-0.5, 6);
});

test('perpendicular pairs give the vector: a diagonal pair adds to both components', () => {
  const one = pattern({ '1 1': 0.03, '-1 -1': 0.01, '1 -1': 0.02, '-1 1': 0.02 });
  const found = friedelAsymmetry(one, detector, friedelKind(1, 'hh'), 1e5);
  const vectors = asymmetryVectors(found, 0);
  for (const v of vectors) expect(v).toBeCloseTo(0.5 / Math.SQRT2, 6);
  const [first, second] = found.sigma!;
  expect(vectorSigma(found, 0)[0]).toBeCloseTo(Math.hypot(first!, second!) / Math.SQRT2, 9);
});

test('σ is what counting does', () => {
  const one = pattern({ '1 0': 0.003, '-1 0': 0.001 });
  const random = new RandomStream(3, 'friedel');
  const dose = 1e5;
  const many = Float32Array.from(
    { length: 400 * one.length },
    (_, i) => random.poisson(dose * one[i % one.length]!) / dose,
  );
  const [clean, counted] = [one, many].map((patterns) => friedelAsymmetry(patterns, detector, [[1, 0]], dose));
  const scatter = Math.sqrt(counted!.asymmetry.reduce((sum, a) => sum + (a - clean!.asymmetry[0]!) ** 2, 0) / 400);
  expect(scatter / clean!.sigma![0]!).toBeGreaterThan(0.9);
  expect(scatter / clean!.sigma![0]!).toBeLessThan(1.1);
});

test('a crystal with a centre has none, the reversed one the reversed, a quarter turn turns it', async () => {
  const recipe = parseRecipe(`
[crystal]
material = "BaTiO3"
[structures]
cells = [2, 2, 1]
texture = "uniform"
jitter_pm = 2
[library]
thickness_nm = { min = 6, max = 9, step = 1 }
pixels = 32
pixels_per_order = 8
grid_per_cell = 20
slices_per_cell = 8
`);
  const engine = cpuEngine(await SliceKernel.load());
  const crystal = new UniformCrystal(recipe);
  const at = async (x: number, y: number) => {
    const state = { P_uC_cm2: [x, y, 0], tilt_mrad: [0, 0] } as const;
    const patterns = await crystal.patterns(state, [8], engine, quietTask);
    return asymmetryVectors(friedelAsymmetry(patterns, detectorOf(recipe), friedelKind(1, 'h0')), 0);
  };
  const [none, plus, minus, turned] = [await at(0, 0), await at(20, 6), await at(-20, -6), await at(-6, 20)];
  for (const a of none) expect(Math.abs(a)).toBeLessThan(1e-4);
  expect(Math.abs(plus[0]!)).toBeGreaterThan(0.02);
  for (const i of [0, 1]) expect(minus[i]! / plus[i]!).toBeCloseTo(-1, 2);
  expect([turned[0]! / -plus[1]!, turned[1]! / plus[0]!].every((ratio) => Math.abs(ratio - 1) < 0.01)).toBe(true);
});

test('the factor is the slope through zero; too few patterns, overlapping disks, pairs that are not there are refused', () => {
  const a = Array.from({ length: 40 }, (_, i) => i / 40 - 0.4);
  const exact = fitFactor(
    a,
    a.map((v) => -30 * v),
  );
  expect(exact.factor_pm).toBeCloseTo(-30, 9);
  expect(exact.correlation).toBeCloseTo(-1, 9);
  expect(problem(() => fitFactor([1, 2], [1, 2])).tag).toBe('range');
  const blank = new Float32Array(48 * 48);
  for (const pair of [
    [0, 0],
    [3, 0],
    [0.5, 0],
  ] as const) {
    expect(problem(() => friedelAsymmetry(blank, detector, [pair])).message).toContain('no Friedel pair');
  }
  expect(problem(() => friedelAsymmetry(blank, { ...detector, convergence_mrad: 2.6 }, [[1, 0]])).message).toContain(
    'overlap',
  );
  expect(problem(() => friedelAsymmetry(blank.subarray(1), detector, [[1, 0]])).tag).toBe('shape');
});
