/** P of imported blocks: the formula of neighbours, charges by composition or given. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { bornCharges } from './born-charges.ts';
import { localFields } from './local.ts';
import { materialOf } from './material.ts';
import { perovskite } from './perovskite.ts';
import { findPerovskiteCells } from './perovskite-cells.ts';
import { requireSites, SITE, type Structure } from './structure.ts';
import { byTi, foreign, polarBlock } from './test-perovskites.ts';

test('P is the formula of neighbours: six nearest O, eight nearest A around each Ti', () => {
  const { structure } = foreign(
    polarBlock([3, 4, 3], { u: 0.1, thermal_pm: 6 }),
    [1, -7, 30],
    [1, 1.01, 1],
    new RandomStream(5, 'p'),
  );
  const found = findPerovskiteCells(structure);
  const charges = bornCharges(found, { A: 2.7, B: 7.4, O_parallel: -5.8, O_perpendicular: -2.1 });
  const { born } = charges;
  const { P, dTi } = localFields(found, charges);
  const volume = found.cell_A.reduce((a, b) => a * b) / 36;
  const edges = found.cell_A.map((edge, axis) => edge / [3, 4, 3][axis]!);
  /** Vectors from Ti to the n nearest atoms of a sort, nearest first, by distances alone. */
  const neighbours = (ti: number, sort: (symbol: string) => boolean, n: number) =>
    structure.symbols
      .flatMap((symbol, atom) =>
        sort(symbol)
          ? [
              [0, 1, 2].map((axis) => {
                const d = structure.positions_A[3 * atom + axis]! - structure.positions_A[3 * ti + axis]!;
                return d - structure.cell_A[axis]! * Math.round(d / structure.cell_A[axis]!);
              }),
            ]
          : [],
      )
      .sort((a, b) => Math.hypot(...a) - Math.hypot(...b))
      .slice(0, n);
  const values = byTi(found, { P, dTi, dO: dTi }, (atom) => atom);
  expect(values.size).toBe(36);
  for (const [ti, got] of values) {
    const oxygens = neighbours(ti, (symbol) => symbol === 'O', 6);
    const corners = neighbours(ti, (symbol) => symbol === 'Ba' || symbol === 'Sr', 8);
    for (let axis = 0; axis < 3; axis++) {
      // Displacements relative to Ti's own: charges are neutral, so that d_Ti drops out.
      let dipole = 0;
      let centre = 0;
      for (const v of oxygens) {
        const bond = v.map(Math.abs).indexOf(Math.max(...v.map(Math.abs)));
        const ideal = bond === axis ? (Math.sign(v[axis]!) * edges[axis]!) / 2 : 0;
        dipole += 0.5 * (bond === axis ? born.Opar : born.Operp) * (v[axis]! - ideal);
        centre += v[axis]! / 6;
      }
      for (const v of corners) dipole += (born.A / 8) * (v[axis]! - (Math.sign(v[axis]!) * edges[axis]!) / 2);
      expect(got[axis]).toBeCloseTo((1602.176634 / volume) * dipole, 7);
      expect(got[3 + axis]).toBeCloseTo(-100 * centre, 7);
    }
  }
});

test('any A and B: CaZrO3 tilted by 8°, (K,Na)NbO3', () => {
  const lime = tilted(perovskite([4, 4, 2], 4.15, new Uint8Array(32)), 8);
  const renamed = (structure: Structure, names: Record<string, string>): Structure => ({
    ...structure,
    symbols: structure.symbols.map((s) => names[s] ?? s),
  });
  for (const [structure, elements] of [
    [renamed(lime, { Sr: 'Ca', Ti: 'Zr' }), 'A = Ca, B = Zr'],
    [renamed(polarBlock([2, 2, 2], { a_A: 3.99 }), { Ba: 'K', Sr: 'Na', Ti: 'Nb' }), 'A = K, Na, B = Nb'],
  ] as const) {
    const found = findPerovskiteCells(structure);
    const error = problem(() => bornCharges(found));
    expect([error.tag, error.message, error.hint]).toEqual([
      'unsupported',
      expect.stringContaining(elements),
      expect.stringContaining('O_parallel'),
    ]);
    const { P } = localFields(found, bornCharges(found, { A: 1.1, B: 8.5, O_parallel: -6.4, O_perpendicular: -1.55 }));
    expect(P.every(Number.isFinite)).toBe(true);
  }
});

/** Octahedra turned about z, neighbours the opposite way (a⁰a⁰c⁻), as rigid as small angles are. */
function tilted(structure: Structure, degrees: number): Structure {
  const { cell, kind } = requireSites(structure);
  const positions_A = structure.positions_A.slice();
  const shift = (structure.cell_A[0] / 8) * Math.tan((degrees * Math.PI) / 180);
  for (const [atom, site] of kind.entries()) {
    const [i, j, k] = [cell[3 * atom]!, cell[3 * atom + 1]!, cell[3 * atom + 2]!];
    const sign = (i + j + k) % 2 === 0 ? 1 : -1;
    // The O at the octahedron's −x side moves along ∓y, that at its −y side along ±x.
    if (site === SITE.Ox) positions_A[3 * atom + 1]! -= sign * shift;
    if (site === SITE.Oy) positions_A[3 * atom]! += sign * shift;
  }
  return { ...structure, positions_A };
}

test('Born charges: those of the materials by composition; given ones have to be neutral', () => {
  const block = (ba: number) => perovskite([2, 2, 1], 4, [1, 1, 1, 1].fill(0, ba));
  expect(bornCharges(block(4)).born).toEqual(materialOf('BaTiO3').born);
  expect(bornCharges(block(0)).born).toEqual(materialOf('SrTiO3').born);
  const half = bornCharges(block(2)).born;
  for (const key of ['A', 'Ti', 'Opar', 'Operp'] as const)
    expect(half[key]).toBeCloseTo(materialOf('(Ba,Sr)TiO3').born[key], 12);
  expect(bornCharges(block(1)).born.A).toBeCloseTo(
    0.25 * materialOf('BaTiO3').born.A + 0.75 * materialOf('SrTiO3').born.A,
    12,
  );
  const given = bornCharges(block(0), { A: 3, B: 7, O_parallel: -6.1, O_perpendicular: -2 }).born;
  expect(given.A + given.Ti + given.Opar + 2 * given.Operp).toBeCloseTo(0, 12);
  for (const O_perpendicular of [2, -1, Number.NaN])
    expect(problem(() => bornCharges(block(0), { A: 3, B: 7, O_parallel: -6, O_perpendicular })).tag).toBe('range');
  expect(problem(() => bornCharges({ ...block(0), sites: undefined })).tag).toBe('unsupported');
});
