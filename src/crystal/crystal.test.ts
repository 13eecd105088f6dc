/** Ideal blocks, materials, soft mode and local fields against closed forms. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { columnMean, localFields } from './local.ts';
import { cellSum, dTiPerDisplacement, type Material, materialOf, polarizationPerDisplacement } from './material.ts';
import { orderA, perovskite } from './perovskite.ts';
import { displaceBySoftMode } from './soft-mode.ts';
import { displacements, type Structure, siteTable, type Vec3 } from './structure.ts';
import { residualU2, withJitter } from './thermal.ts';

const BST = materialOf('(Ba,Sr)TiO3');
const A = 3.95;
const tagOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof FerroscopeError) return error.tag;
    throw error;
  }
  return 'none';
};

function block(cells: Vec3, fraction = 0.5): Structure {
  const order = orderA({ a_order: 'random', ba_fraction: fraction }, cells, new RandomStream(3, 'order'));
  return perovskite(cells, A, order);
}

const cellsArbitrary = fc.tuple(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 3 }),
);

test('the block stands where the conventions say, Ti bonded to six O at a/2 and twelve-fold A at a/√2', () => {
  const cells: Vec3 = [3, 4, 2];
  const s = block(cells);
  const at = (atom: number) => [...s.positions_A.slice(3 * atom, 3 * atom + 3)];
  const table = siteTable(s);
  const cell = (1 * 4 + 2) * 3 + 1; // (i, j, k) = (1, 2, 1)
  expect(at(table[5 * cell + 1]!)).toEqual([1.5 * A, 2.5 * A, 1.75 * A]);
  expect(at(table[5 * cell]!)).toEqual([1 * A, 2 * A, 1.25 * A]);
  const count = (from: number, symbols: string, radius: number) =>
    s.symbols.filter((symbol, atom) => {
      const d = at(atom).map((x, axis) => {
        const edge = s.cell_A[axis]!;
        const delta = x - at(from)[axis]!;
        return delta - edge * Math.round(delta / edge);
      });
      return symbols.includes(symbol) && Math.abs(Math.hypot(...d) - radius) < 1e-9;
    }).length;
  // nz = 2: one O of each z pair at distance a/2 appears on both sides
  expect(count(table[5 * cell + 1]!, 'O', A / 2)).toBe(6);
  expect(count(table[5 * cell]!, 'O', A / Math.SQRT2)).toBe(12);
});

test('A order: random is an exact count, a checkerboard alternates or is refused', () => {
  fc.assert(
    fc.property(cellsArbitrary, fc.double({ min: 0, max: 1, noNaN: true }), (cells, fraction) => {
      const order = orderA({ a_order: 'random', ba_fraction: fraction }, cells, new RandomStream(1, 'a'));
      expect(order.reduce((a, b) => a + b, 0)).toBe(Math.round(fraction * order.length));
    }),
  );
  const stream = new RandomStream(1, 'a');
  const board = orderA({ a_order: 'checkerboard', ba_fraction: 0.5 }, [2, 2, 2], stream);
  expect([...board]).toEqual([1, 0, 0, 1, 0, 1, 1, 0]);
  expect(tagOf(() => orderA({ a_order: 'checkerboard', ba_fraction: 0.5 }, [2, 3, 2], stream))).toBe('recipe');
  expect(tagOf(() => orderA({ a_order: 'checkerboard', ba_fraction: 0.4 }, [2, 2, 2], stream))).toBe('recipe');
});

test('materials: neutral charges, published Z*, derived off-centrings', () => {
  for (const name of ['(Ba,Sr)TiO3', 'BaTiO3', 'SrTiO3'] as const) {
    const material = materialOf(name);
    expect(cellSum(material.born)).toBeCloseTo(0, 12);
    expect(Math.abs(cellSum(material.bornPublished))).toBeLessThan(0.0051);
    expect(Math.abs(material.zStar / material.zStarPublished - 1)).toBeLessThan(5e-4);
  }
  const mean = (key: 'A' | 'Ti' | 'Opar' | 'Operp') =>
    (materialOf('BaTiO3').bornPublished[key] + materialOf('SrTiO3').bornPublished[key]) / 2;
  for (const key of ['A', 'Ti', 'Opar', 'Operp'] as const) expect(BST.bornPublished[key]).toBeCloseTo(mean(key), 10);
  expect(dTiPerDisplacement(BST)).toBeCloseTo(1.0393, 4);
  expect(dOPerDisplacement(BST)).toBeCloseTo(-0.6513, 4);
  expect(polarizationPerDisplacement(BST, 3.9435 ** 3)).toBeCloseTo(256.26, 1);
  expect(polarizationPerDisplacement(BST, 3.95 ** 3)).toBeCloseTo(255.0, 1);
  expect(polarizationPerDisplacement(materialOf('BaTiO3'), 3.98597 ** 3)).toBeCloseTo(261.4, 1);
});

/** δO per u: centroid of the six O relative to that of the eight A, for a uniform u. */
const dOPerDisplacement = ({ mode }: Material) => (mode.Opar + 2 * mode.Operp) / 3 - mode.A;

test('a uniform mode comes back from the atoms exactly: P, δTi, δO', () => {
  fc.assert(
    fc.property(
      cellsArbitrary,
      fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -0.2, max: 0.2, noNaN: true }))),
      (cells, u) => {
        const material = materialOf('BaTiO3');
        const s = block(cells);
        const field = Float64Array.from({ length: 3 * cells[0] * cells[1] * cells[2] }, (_, n) => u[n % 3]!);
        const local = localFields(displaceBySoftMode(s, material, field), material);
        const perA = polarizationPerDisplacement(material, A ** 3);
        field.forEach((value, n) => {
          expect(local.P[n]).toBeCloseTo(value * perA, 9);
          expect(local.dTi[n]).toBeCloseTo(100 * value * dTiPerDisplacement(material), 9);
          expect(local.dO[n]).toBeCloseTo(100 * value * dOPerDisplacement(material), 9);
        });
      },
    ),
    { numRuns: 30 },
  );
});

/** What sharing leaves of a plane wave of P, from the published formula and not from the code. */
function response({ born, mode, zStar }: Material, phase: readonly number[], axis: number): number {
  const c = phase.map((p) => Math.cos(p / 2) ** 2);
  const oxygen = c.map((value, bond) => value * (bond === axis ? born.Opar * mode.Opar : born.Operp * mode.Operp));
  return (born.Ti * mode.Ti + oxygen[0]! + oxygen[1]! + oxygen[2]! + born.A * mode.A * c[0]! * c[1]! * c[2]!) / zStar;
}

test('a plane wave of the mode keeps its shape and loses what the sharing of atoms takes', () => {
  const cells: Vec3 = [6, 5, 4];
  const s = block(cells);
  const perA = polarizationPerDisplacement(BST, A ** 3);
  const wave = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(wave, fc.integer({ min: 0, max: 2 }), fc.double({ min: 0, max: 6, noNaN: true }), (m, axis, origin) => {
      const phase = m.map((value, n) => (2 * Math.PI * value) / cells[n]!);
      const u = new Float64Array(3 * 120);
      for (let cell = 0; cell < 120; cell++) {
        const [i, j, k] = [cell % 6, Math.floor(cell / 6) % 5, Math.floor(cell / 30)];
        u[3 * cell + axis] = 0.05 * Math.cos(phase[0]! * i + phase[1]! * j + phase[2]! * k + origin);
      }
      const { P } = localFields(displaceBySoftMode(s, BST, u), BST);
      const kept = perA * response(BST, phase, axis);
      P.forEach((p, n) => {
        expect(p).toBeCloseTo(u[n]! * kept, 9);
      });
    }),
    { numRuns: 40 },
  );
});

test('a rigid shift changes nothing, and leaving the box by a period neither', () => {
  const cells: Vec3 = [3, 2, 2];
  const stream = new RandomStream(5, 'shift');
  const s = withJitter(block(cells), 8, stream);
  const before = localFields(s, BST);
  const moved = { ...s, positions_A: s.positions_A.map((x, n) => x + [0.31, -0.4, 0.22][n % 3]! + s.cell_A[n % 3]!) };
  const after = localFields(moved, BST);
  for (const key of ['P', 'dTi', 'dO'] as const) {
    before[key].forEach((value, n) => {
      expect(after[key][n]).toBeCloseTo(value, 8);
    });
  }
  expect([
    ...columnMean(
      Float64Array.from({ length: 12 }, (_, n) => n),
      [2, 1, 2],
    ),
  ]).toEqual([3, 4, 5, 6, 7, 8]);
});

test('one displaced Ti polarizes its own cell; one displaced A polarizes eight by an eighth', () => {
  const s = block([3, 3, 3]);
  const table = siteTable(s);
  const push = (site: number) => {
    const positions_A = s.positions_A.slice();
    positions_A[3 * table[5 * 13 + site]! + 1]! += 0.1; // along y
    return localFields({ ...s, positions_A }, BST).P.map((p) => (p * A ** 3) / 160.2176634);
  };
  const nonzero = (values: Float64Array) => [...values].filter((v) => Math.abs(v) > 1e-9);
  expect(nonzero(push(1))).toEqual([expect.closeTo(BST.born.Ti, 9)]);
  expect(nonzero(push(0))).toEqual(Array(8).fill(expect.closeTo(BST.born.A / 8, 9)));
  expect(nonzero(push(3))).toEqual(Array(2).fill(expect.closeTo(BST.born.Opar / 2, 9)));
  expect(nonzero(push(4))).toEqual(Array(2).fill(expect.closeTo(BST.born.Operp / 2, 9)));
});

test('jitter has the rms asked for, and the Debye–Waller factor is what it leaves', () => {
  const s = withJitter(block([8, 8, 4]), 3, new RandomStream(9, 'jitter'));
  const d = displacements(s);
  const rms = Math.sqrt(d.reduce((sum, x) => sum + x * x, 0) / d.length);
  expect(rms).toBeGreaterThan(0.0291);
  expect(rms).toBeLessThan(0.0309);
  const total = { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0003 };
  const left = residualU2(s, total);
  for (const species of ['Ba', 'Sr', 'Ti'] as const)
    expect(Math.abs(left[species] - total[species] + 9e-4)).toBeLessThan(1e-4);
  expect(left.O).toBe(0);
  const uniform = displaceBySoftMode(block([4, 4, 2]), BST, new Float64Array(96).fill(0.1));
  const kept = residualU2(uniform, total);
  for (const species of ['Ba', 'Sr', 'Ti', 'O'] as const) expect(kept[species]).toBeCloseTo(total[species], 12);
});

test('what cannot be is said so', () => {
  const s = block([2, 2, 1]);
  const kind = s.sites!.kind.slice();
  kind[3] = 2;
  expect(tagOf(() => localFields({ ...s, sites: undefined }, BST))).toBe('unsupported');
  expect(tagOf(() => localFields({ ...s, sites: { ...s.sites!, kind } }, BST))).toBe('shape');
  expect(tagOf(() => displaceBySoftMode(s, BST, new Float64Array(3)))).toBe('shape');
  expect(tagOf(() => perovskite([2, 2, 1], A, [1]))).toBe('shape');
  expect(tagOf(() => residualU2(s, { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056 }))).toBe('recipe');
});
