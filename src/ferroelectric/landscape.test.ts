import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { norm, times } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import {
  apart,
  eigenvalues,
  familyOf,
  indexAt,
  indexSum,
  lowestAlong,
  plus,
  REACH_A,
  stationaryPoints,
  symmetries,
} from './landscape.ts';
import { BARIUM_TITANATE_LDA, BARIUM_STRONTIUM_TITANATE as BST, BARIUM_TITANATE as BTO } from './parameters.ts';
import { clamped, epitaxial, FREE } from './strain.ts';
import { uniformEnergy } from './uniform.ts';

const summary = (of: Parameters<typeof stationaryPoints>[0]) =>
  stationaryPoints(of).map(({ kind, family, equivalents }) => `${equivalents.length} ${kind} ${family}`);

// Wells recomputed independently from the published parameters [meV], each to its last digit.
test.each([
  ['BaTiO3', BTO, FREE, [-21.02, -20.19, -17.41]],
  ['BTO, clamped', BTO, clamped(), [-15.71, -12.35, -7.55]],
  ['(Ba,Sr)TiO3', BST, FREE, [-9.01, -8.41, -6.94]],
  ['BST, clamped', BST, clamped(), [-6.96, -5.57, -3.5]],
] as const)(
  'wells of %s: ⟨111⟩ lowest, ⟨110⟩ the saddles between, ⟨001⟩ the tops between those',
  (_, p, held, wells) => {
    const points = stationaryPoints(uniformEnergy(p, { held }));
    points.slice(0, 3).forEach(({ energy_eV }, i) => {
      expect(Math.abs(1e3 * energy_eV - wells[i]!)).toBeLessThan(0.0051);
    });
    expect(points.map(({ kind, family, equivalents }) => [equivalents.length, kind, family])).toEqual([
      [8, 'minimum', '⟨111⟩'],
      [12, 'saddle', '⟨110⟩'],
      [6, 'second-order saddle', '⟨001⟩'],
      [1, 'maximum', 'u = 0'],
    ]);
    expect(points[0]!.u_A.every((v) => v > 0)).toBe(true);
  },
);

test('where there is only the fourth order, |u|² and the energy have a closed form', () => {
  // E = κu² + (α + γ/3) u⁴ along ⟨111⟩ of the clamped LDA set.
  const of = uniformEnergy(BARIUM_TITANATE_LDA, { held: clamped() });
  const kappa = of.hessian([0, 0, 0])[0][0] / 2;
  const quartic = BARIUM_TITANATE_LDA.alpha + BARIUM_TITANATE_LDA.gamma / 3;
  const [lowest] = stationaryPoints(of);
  expect(norm(lowest!.u_A) ** 2).toBeCloseTo(-kappa / (2 * quartic), 12);
  expect(lowest!.energy_eV).toBeCloseTo(-(kappa ** 2) / (4 * quartic), 12);
});

test('BST has 22.5 µC/cm² per component along ⟨111⟩, and stretches along it', () => {
  const [lowest] = stationaryPoints(uniformEnergy(BST, { held: FREE }));
  for (const i of [0, 1, 2]) expect(lowest!.P_uC_cm2[i]).toBeCloseTo(256.22 * lowest!.u_A[i]!, 2);
  expect(lowest!.P_uC_cm2[0]).toBeCloseTo(22.48, 2);
  // Rhombohedral: the three shears are equal and positive.
  const [, , , yz, zx, xy] = lowest!.strain;
  expect(yz).toBeGreaterThan(0);
  expect(zx).toBeCloseTo(yz, 12);
  expect(xy).toBeCloseTo(yz, 12);
});

test.each([
  ['relaxed', { held: FREE }],
  ['epitaxial −1%', { held: epitaxial(-0.01, 'z') }],
  ['epitaxial −0.4%', { held: epitaxial(-0.004, 'z') }],
  ['epitaxial +1%', { held: epitaxial(0.01, 'z') }],
  ['field along y', { held: FREE, field_V_per_A: [0, 0.002, 0] as const }],
  ['field along no axis', { held: FREE, field_V_per_A: [0.001, 0.002, 0.003] as const }],
  ['under pressure', { held: FREE, pressure_GPa: 3 }],
])('nothing is missing or wrong: %s', (_, conditions) => {
  const of = uniformEnergy(BST, conditions);
  const points = stationaryPoints(of);
  expect(indexSum(points)).toBe(1);
  for (const { equivalents, energy_eV, curvatures } of points) {
    for (const u of equivalents) {
      expect(norm(of.gradient(u))).toBeLessThan(1e-9);
      expect(of.energy(u)).toBeCloseTo(energy_eV, 12);
    }
    // The kind is the sign of the energy's change along the axes of curvature, whose product and sum the Hessian has.
    const hessian = of.hessian(equivalents[0]!);
    expect(curvatures[0] + curvatures[1] + curvatures[2]).toBeCloseTo(hessian[0][0] + hessian[1][1] + hessian[2][2], 9);
  }
  // No point of a grid is lower than the lowest minimum.
  const least = Math.min(...[...ball()].map((u) => of.energy(u)));
  expect(points[0]!.energy_eV).toBeLessThanOrEqual(least + 1e-12);
});

function* ball(): Generator<Vec3> {
  const n = 10;
  for (let x = -n; x <= n; x++)
    for (let y = -n; y <= n; y++) for (let z = -n; z <= n; z++) yield [0.018 * x, 0.018 * y, 0.018 * z];
}

test('compression along the substrate turns P to its normal, tension into its plane', () => {
  expect(summary(uniformEnergy(BST, { held: epitaxial(-0.01, 'z') }))[0]).toBe('2 minimum ⟨001⟩');
  expect(summary(uniformEnergy(BST, { held: epitaxial(0.01, 'z') }))[0]).toBe('4 minimum ⟨110⟩');
  const [tilted] = stationaryPoints(uniformEnergy(BST, { held: epitaxial(-0.004, 'z') }));
  // At −0.4% still off the normal, by 22°, along ⟨111⟩'s side.
  expect(tilted!.u_A[0]).toBeCloseTo(tilted!.u_A[1], 9);
  expect((Math.atan2(Math.hypot(tilted!.u_A[0], tilted!.u_A[1]), tilted!.u_A[2]) * 180) / Math.PI).toBeCloseTo(22.4, 0);
});

test('symmetry: 48 operations for the free crystal, 16 for a film, 8 with a field along an axis', () => {
  const count = (conditions: Parameters<typeof uniformEnergy>[1]) => symmetries(uniformEnergy(BST, conditions)).length;
  expect(count({ held: FREE })).toBe(48);
  expect(count({ held: epitaxial(-0.01, 'z') })).toBe(16);
  expect(count({ held: FREE, field_V_per_A: [0, 0, 0.001] })).toBe(8);
  expect(count({ held: FREE, field_V_per_A: [0.001, 0.002, 0.003] })).toBe(1);
});

test('the lowest energy along a direction: no |u| has less; with a field against it, u = 0', () => {
  const of = uniformEnergy(BST, { held: FREE });
  const component = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(component, component, component), (n) => {
      fc.pre(norm(n) > 0.1);
      const { u_A, energy_eV } = lowestAlong(of, n);
      expect(apart(u_A, plus([0, 0, 0], n, norm(u_A) / norm(n)))).toBeLessThan(1e-12);
      for (let r = 0; r < REACH_A; r += 0.004) {
        expect(of.energy(plus([0, 0, 0], n, r / norm(n)))).toBeGreaterThanOrEqual(energy_eV - 1e-12);
      }
    }),
    { numRuns: 30 },
  );
  const strong = uniformEnergy(BST, { held: FREE, field_V_per_A: [0, 0, 0.1] });
  expect(lowestAlong(strong, [0, 0, -1])).toEqual({ u_A: [0, 0, -0], energy_eV: 0 });
  expect(problem(() => lowestAlong(of, [0, 0, 0])).tag).toBe('range');
});

test('families, and index in a plane', () => {
  expect(familyOf([0, -2, 0])).toBe('⟨001⟩');
  expect(familyOf([0.1, 0, -0.1])).toBe('⟨110⟩');
  expect(familyOf([1, -1, -1])).toBe('⟨111⟩');
  expect(familyOf([1, 1, 1.01])).toBe('other');
  expect(familyOf([0, 0, 0])).toBe('u = 0');
  const of = uniformEnergy(BST, { held: FREE });
  const [, saddle, top] = stationaryPoints(of);
  // In the plane z = 0, ⟨110⟩ is a minimum and ⟨001⟩ a saddle.
  const inPlane = (us: readonly Vec3[]) => us.find((u) => u[2] === 0)!;
  expect(indexAt(of, inPlane(saddle!.equivalents), [0, 0, 1])).toBe(0);
  expect(indexAt(of, inPlane(top!.equivalents), [0, 0, 1])).toBe(1);
});

test('eigenvalues of a turned diagonal matrix', () => {
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const rows = [
    [c, s, 0],
    [-s * 0.6, c * 0.6, 0.8],
    [s * 0.8, -c * 0.8, 0.6],
  ] as const;
  for (const values of [
    [-2, 1, 5],
    [3, 3, 4],
    [-1, -1, -1],
  ] as const) {
    const columns = ([0, 1, 2] as const).map((i) =>
      times([values[0] * rows[0][i], values[1] * rows[1][i], values[2] * rows[2][i]], rows),
    );
    eigenvalues([columns[0]!, columns[1]!, columns[2]!]).forEach((v, i) => void expect(v).toBeCloseTo(values[i]!, 7));
  }
});
