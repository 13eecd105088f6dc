import { expect, test } from 'vitest';
import { problemOf } from '../core/test-problem.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { ReferenceHamiltonian } from './energy.ts';
import { KernelHamiltonian } from './kernel.ts';
import { BARIUM_TITANATE, BARIUM_TITANATE_LDA } from './parameters.ts';
import { FREE } from './strain.ts';
import type { Conditions } from './system.ts';
import { disordered, HELD, randomModes } from './test-systems.ts';

// Every radix, its combinations, single cells, odd and even rows.
const CELLS: readonly Vec3[] = [
  [1, 1, 1],
  [2, 1, 3],
  [4, 4, 4],
  [5, 3, 2],
  [3, 5, 4],
  [8, 6, 10],
  [9, 16, 5],
  [12, 2, 15],
  [1, 25, 8],
  [30, 4, 1],
  [1, 64, 2],
];

test.each(CELLS)('agrees with the reference in every number: %i × %i × %i cells', async (...cells) => {
  const system = {
    ...disordered(cells, 1),
    ...(cells[0] % 2 ? { parameters: { ...BARIUM_TITANATE_LDA, chemical_eV: -0.3 } } : {}),
  };
  for (const held of Object.values(HELD)) {
    const conditions: Conditions = { held, field_V_per_A: [0.01, -0.02, 0.015], pressure_GPa: 1.5 };
    const reference = new ReferenceHamiltonian(system, conditions);
    const kernel = await KernelHamiltonian.load(system, conditions);
    const u = randomModes(cells, 2, 0.1);
    reference.u_A.set(u);
    kernel.u_A.set(u);
    const [want, got] = [reference.evaluate(), kernel.evaluate()];
    expect(Math.abs(got.energy_eV - want.energy_eV)).toBeLessThan(1e-11 * u.length);
    reference.force.forEach((value, i) => {
      expect(Math.abs(kernel.force[i]! - value)).toBeLessThan(1e-11);
    });
    for (let l = 0; l < 6; l++) {
      expect(got.strain[l]).toBeCloseTo(want.strain[l]!, 13);
      expect(got.stress_eV[l]).toBeCloseTo(want.stress_eV[l]!, 9);
    }
  }
});

test('gives the same bits again, whatever came between', async () => {
  const cells: Vec3 = [6, 5, 4];
  const kernel = await KernelHamiltonian.load(disordered(cells, 3), { held: FREE });
  const u = randomModes(cells, 4);
  kernel.u_A.set(u);
  const first = kernel.evaluate().energy_eV;
  const force = kernel.force.slice();
  kernel.u_A.fill(0.1);
  kernel.conditions = { held: HELD.clamped!, field_V_per_A: [0, 0, 0.1] };
  kernel.evaluate();
  kernel.u_A.set(u);
  kernel.conditions = { held: FREE };
  expect(kernel.evaluate().energy_eV).toBe(first);
  expect(kernel.force).toEqual(force);
});

test('makes the reference’s noise, bit for bit', async () => {
  const cells: Vec3 = [9, 5, 15];
  const reference = new ReferenceHamiltonian(disordered(cells, 3), { held: FREE });
  const kernel = await KernelHamiltonian.load(reference.system, { held: FREE });
  kernel.u_A.set(randomModes(cells, 1));
  kernel.evaluate();
  for (const [seed, step] of [
    [1, 0],
    [2 ** 40 + 7, 2 ** 32 - 1],
  ] as const) {
    expect(kernel.normals(seed, step)).toEqual(reference.normals(seed, step));
  }
});

test('refuses cells that its transforms cannot do, and fields that are no numbers', async () => {
  const system = { parameters: BARIUM_TITANATE, cells: [4, 11, 4] as const };
  expect((await problemOf(KernelHamiltonian.load(system, { held: FREE }))).tag).toBe('range');
  const kernel = await KernelHamiltonian.load({ ...system, cells: [2, 2, 2] }, { held: FREE });
  kernel.u_A[3] = Number.NaN;
  expect((await problemOf((async () => kernel.evaluate())())).tag).toBe('not-finite');
});
