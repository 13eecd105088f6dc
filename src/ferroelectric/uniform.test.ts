import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { times } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { ReferenceHamiltonian } from './energy.ts';
import { CUBIC_OPERATIONS } from './landscape.ts';
import { strainSource } from './local.ts';
import {
  BARIUM_TITANATE_LDA,
  BARIUM_STRONTIUM_TITANATE as BST,
  BARIUM_TITANATE as BTO,
  type HamiltonianParameters,
  STRONTIUM_TITANATE as STO,
} from './parameters.ts';
import { clamped, elasticEnergy, epitaxial, FREE, type HeldStrain, type Voigt } from './strain.ts';
import type { Conditions } from './system.ts';
import {
  compositionPressure_GPa,
  paraelectricStrain,
  polarizationPerMode,
  uniformEnergy,
  zoneCentreKappa,
} from './uniform.ts';

const relaxed = (p: HamiltonianParameters) => uniformEnergy(p, { held: FREE });

test.each<[string, HamiltonianParameters, Vec3, number]>([
  ['LDA', BARIUM_TITANATE_LDA, [0, 0, 0.12], -0.013083901771],
  ['LDA', BARIUM_TITANATE_LDA, [0.1, 0.1, 0], -0.016425182876],
  ['LDA', BARIUM_TITANATE_LDA, [0.08, 0.08, 0.08], -0.018054287289],
  ['BaTiO3', BTO, [0.03, -0.05, 0.11], -0.0158131655],
  ['(Ba,Sr)TiO3', BST, [0.03, -0.05, 0.11], -0.0075366327],
])('published and recomputed energies, strain relaxed: %s at u = %j', (_, p, u, expected) => {
  expect(Math.abs(relaxed(p).energy(u) - expected)).toBeLessThan(1e-10);
});

test('zone-centre κ and polarization per mode', () => {
  expect(zoneCentreKappa(BTO)).toBeCloseTo(-1.51821, 4);
  expect(polarizationPerMode(BST)).toBeCloseTo(256.2, 1);
  expect(polarizationPerMode(BTO)).toBeCloseTo(261.3, 1);
});

const CONDITIONS: readonly [string, Conditions][] = [
  ['relaxed', { held: FREE }],
  ['clamped', { held: clamped([0.002, -0.003, 0.001, 0.004, -0.002, 0.003]) }],
  [
    'epitaxial, pressure, field',
    { held: epitaxial(-0.006, 'z'), pressure_GPa: 1.7, field_V_per_A: [0.001, -0.002, 0.003] },
  ],
  ['relaxed, pressure', { held: FREE, pressure_GPa: -2 }],
];

const component = fc.double({ min: -0.2, max: 0.2, noNaN: true });
const mode = fc.tuple(component, component, component);
const moved = (u: Vec3, axis: number, by: number): Vec3 =>
  u.map((v, i) => v + (i === axis ? by : 0)) as unknown as Vec3;

test.each(CONDITIONS)('gradient and Hessian are the derivatives of the energy: %s', (_, conditions) => {
  const of = uniformEnergy(BTO, conditions);
  const h = 1e-4;
  fc.assert(
    fc.property(mode, (u) => {
      const [gradient, hessian] = [of.gradient(u), of.hessian(u)];
      for (const i of [0, 1, 2]) {
        const [up, down] = [moved(u, i, h), moved(u, i, -h)];
        expect(gradient[i]).toBeCloseTo((of.energy(up) - of.energy(down)) / (2 * h), 5);
        for (const k of [0, 1, 2]) {
          expect(hessian[i]![k]).toBeCloseTo((of.gradient(up)[k]! - of.gradient(down)[k]!) / (2 * h), 3);
        }
      }
    }),
    { numRuns: 40 },
  );
});

/** E(u, η) written out, with no strain eliminated. */
function explicit(
  p: HamiltonianParameters,
  u: Vec3,
  strain: Voigt,
  { pressure_GPa = 0, field_V_per_A = [0, 0, 0] }: Conditions,
): number {
  const s = u.map((v) => v * v) as unknown as Vec3;
  const [x, y, z] = s;
  const u2 = x + y + z;
  const self =
    zoneCentreKappa(p) * u2 +
    p.alpha * u2 ** 2 +
    p.gamma * (x * y + y * z + z * x) +
    p.k1 * u2 ** 3 +
    p.k2 * (x * x * (y + z) + y * y * (z + x) + z * z * (x + y)) +
    p.k3 * x * y * z +
    p.k4 * u2 ** 4;
  const source = strainSource(p, ...u);
  const coupling = strain.reduce((sum, value, l) => sum + value * source[l]!, 0);
  const work = ((pressure_GPa * p.a0_A ** 3) / 160.2176634) * (strain[0] + strain[1] + strain[2]);
  const field = p.zStar * u.reduce((sum, v, i) => sum + v * field_V_per_A[i]!, 0);
  return self + elasticEnergy(p, strain) + coupling + work - field;
}

test.each(CONDITIONS)('the strain it reports gives its energy, and no free strain gives less: %s', (_, conditions) => {
  const of = uniformEnergy(BST, conditions);
  fc.assert(
    fc.property(mode, (u) => {
      const strain = of.strain(u);
      const at = (eta: Voigt) => explicit(BST, u, eta, conditions);
      const zero = explicit(BST, [0, 0, 0], of.strain([0, 0, 0]), conditions);
      expect(at(strain) - zero).toBeCloseTo(of.energy(u), 10);
      (conditions.held as HeldStrain).forEach((held, l) => {
        if (held !== undefined) expect(strain[l]).toBe(held);
        else {
          for (const by of [-1e-4, 1e-4]) {
            expect(at(strain.map((v, m) => v + (m === l ? by : 0)) as unknown as Voigt)).toBeGreaterThan(at(strain));
          }
        }
      });
    }),
    { numRuns: 30 },
  );
});

test.each(CONDITIONS)('the supercell Hamiltonian says the same of cells that move alike: %s', (_, conditions) => {
  const supercell = new ReferenceHamiltonian({ parameters: BTO, cells: [2, 2, 3] }, conditions);
  const of = uniformEnergy(BTO, conditions);
  const perCell = (u: Vec3): number => {
    supercell.u_A.forEach((_, i, all) => {
      all[i] = u[i % 3]!;
    });
    return supercell.evaluate().energy_eV / 12;
  };
  const zero = perCell([0, 0, 0]);
  for (const u of [
    [0.03, -0.05, 0.11],
    [0.12, 0.09, -0.02],
  ] as const) {
    expect(perCell(u) - zero).toBeCloseTo(of.energy(u), 10);
  }
});

test('cubic symmetry, which a field and epitaxy break', () => {
  fc.assert(
    fc.property(mode, fc.nat(47), (u, n) => {
      const operation = CUBIC_OPERATIONS[n]!;
      expect(relaxed(BST).energy(times(u, operation))).toBeCloseTo(relaxed(BST).energy(u), 13);
      expect(uniformEnergy(BTO, { held: clamped() }).energy(times(u, operation))).toBeCloseTo(
        uniformEnergy(BTO, { held: clamped() }).energy(u),
        13,
      );
    }),
    { numRuns: 100 },
  );
  const film = uniformEnergy(BST, { held: epitaxial(-0.01, 'z') });
  expect(film.energy([0, 0, 0.1])).toBeLessThan(film.energy([0.1, 0, 0]) - 0.005);
});

test('composition by pressure: more barium, deeper wells; the paraelectric cell shrinks under pressure', () => {
  expect([0, 0.5, 1].map(compositionPressure_GPa)).toEqual([3, 0, -3]);
  const depth = (x: number) =>
    uniformEnergy(BST, { held: FREE, pressure_GPa: compositionPressure_GPa(x) }).energy([0.08, 0.08, 0.08]);
  expect(depth(0)).toBeGreaterThan(depth(0.5));
  expect(depth(0.5)).toBeGreaterThan(depth(1));
  const strain = uniformEnergy(STO, { held: FREE, pressure_GPa: 2 }).strain([0, 0, 0]);
  for (const l of [0, 1, 2]) expect(strain[l]).toBeCloseTo(paraelectricStrain(STO, 2), 15);
  expect(paraelectricStrain(STO, 2)).toBeLessThan(0);
});

test('what is not a number is refused', () => {
  expect(problem(() => uniformEnergy(BST, { held: FREE, pressure_GPa: Number.NaN })).tag).toBe('range');
});
