import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { materialOf, polarizationPerDisplacement } from '../crystal/material.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { samplingEngine } from '../diffraction/test-structures.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { centralDifference, patternDerivatives } from './derivatives.ts';
import { limitsPerElectron } from './fisher.ts';

/** Samples at pixel centres, as ../shared/physics/limits.md has them. */
const engine = samplingEngine(await SliceKernel.load());
/** Beams to 60 mrad, no absorption, as ../shared/physics/limits.md has it: 13 directions of the aperture, 16 slices a cell, pixels of 0.099 Å. */
const recipe = parseRecipe(`
[crystal]
a_A = 3.95
[structures]
cells = [2, 2, 1]
[microscope]
voltage_kV = 300
convergence_mrad = 2.2
[library]
pixels = 96
pixels_per_order = 4
grid_per_cell = 40
slices_per_cell = 16
absorption = false
`);
const found = await patternDerivatives(
  recipe,
  { P_uC_cm2: [0, 0, 0], tilt_mrad: [0, 0], thickness_nm: 20 },
  engine,
  quietTask,
);
const of = (name: string) => found.derivatives.find((one) => one.name === name)!;

test('central differences are exact for a parabola, and a doubled step shows three times the cubic term h²', () => {
  const f = (x: number) => Float32Array.of(2 + 3 * x + x * x, 3 * x + x ** 3);
  const { values, disagreement } = centralDifference([f(-0.5), f(-0.25), f(0.25), f(0.5)], 0.25);
  expect([...values]).toEqual([3, 3 + 0.25 ** 2]);
  expect(disagreement).toBeCloseTo((3 * 0.25 ** 2) / (6 + 0.25 ** 2), 9);
});

test('steps are small enough: a doubled one changes little', () => {
  for (const { name, disagreement } of found.derivatives) {
    expect(disagreement, name).toBeLessThan(name === 'thickness' ? 0.06 : 0.02);
  }
});

test('turned by 90°, what P along x does is what P along y does; so for tilt', () => {
  const n = 96;
  for (const stem of ['P', 'tilt']) {
    const [x, y] = [of(`${stem}_x`).values, of(`${stem}_y`).values];
    let [off, all] = [0, 0];
    for (let a = 1; a < n; a++) {
      for (let b = 1; b < n; b++) {
        // x → y, y → x mirrors along the diagonal.
        off += Math.abs(x[a * n + b]! - y[b * n + a]!);
        all += Math.abs(x[a * n + b]!);
      }
    }
    expect(off / all, stem).toBeLessThan(1e-3);
  }
});

test('electrons are conserved: what a state takes from one pixel it gives to another', () => {
  for (const { name, values } of found.derivatives) {
    const all = values.reduce((sum, value) => sum + Math.abs(value), 0);
    // Few leave the detector.
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0)) / all, name).toBeLessThan(0.05);
  }
});

test('by reciprocity the direct beam does not tell the sign of P along the beam; other disks do', () => {
  const n = 96;
  const share = (name: string) => {
    let [direct, all] = [0, 0];
    of(name).values.forEach((value, i) => {
      const [x, y] = [(i % n) - n / 2, Math.floor(i / n) - n / 2];
      const weight = Math.abs(value);
      all += weight;
      if (Math.hypot(x, y) <= 2) direct += weight;
    });
    return direct / all;
  };
  // It holds most electrons, and with them most of the rounding of 800 slices in float32.
  expect(share('P_z')).toBeLessThan(0.05);
  expect(share('thickness')).toBeGreaterThan(0.1);
});

test('the limits at 20 nm are those of ../shared/physics/limits.md: Ti 0.061 pm across the beam and about 8 along it, at 10⁶ electrons', () => {
  const limits = limitsPerElectron(found);
  const bst = materialOf('(Ba,Sr)TiO3');
  const Ti_pm = (100 * bst.mode.Ti) / polarizationPerDisplacement(bst, 3.95 ** 3);
  const [x, z] = ['P_x', 'P_z'].map((name) => limits.find((one) => one.name === name)!);
  expect((x!.known * Ti_pm) / 1e3).toBeCloseTo(0.061, 2);
  expect((x!.free * Ti_pm) / 1e3 / 0.061).toBeCloseTo(1, 1);
  expect((z!.free * Ti_pm) / 1e3).toBeGreaterThan(6.6);
  expect((z!.free * Ti_pm) / 1e3).toBeLessThan(8.6);
  // δTi is against the oxygens, which move the other way.
  const dTi = limits.find(({ name }) => name === 'dTi_x')!;
  const { mode } = bst;
  expect(dTi.known / (x!.known * Ti_pm)).toBeCloseTo(1 - (mode.Opar + 2 * mode.Operp) / 3 / mode.Ti, 9);
});
