/** The atoms of a film seen across: which way it is turned, where the electrodes are, what is cut off, and that the truth says what was put in. */

import { expect, test } from 'vitest';
import { requireSites } from '../crystal/structure.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { biasPlan, columnAt } from './bias-plan.ts';
import { sectionTruth } from './bias-truth.ts';
import { bandAtoms, crossSection, type FilmModes, sectionFields, sectionShape } from './cross-section.ts';

const recipe = parseRecipe(`[crystal]
a_A = 4
[film]
cells = [16, 6, 8]
biases_V = [-1, 0, 1]
[structures]
jitter_pm = 0
[experiment]
seed = 3
shape = [12, 10]
thickness_nm = 5
wedge_nm = 0
[bias]
relief_nm = 0
bend_mrad = 0
drift_nm = 0.5`);
const [fx, fy, fz] = [16, 6, 8];

/** The same mode in every cell; Ba where `ba` says so. */
function modesOf(u: readonly [number, number, number], ba = (_i: number, _j: number, _k: number) => false): FilmModes {
  const u_A = new Float64Array(3 * fx * fy * fz);
  for (let c = 0; c < fx * fy * fz; c++) u_A.set(u, 3 * c);
  const aSites = Int8Array.from({ length: fx * fy * fz }, (_, c) =>
    ba(c % fx, Math.floor(c / fx) % fy, Math.floor(c / (fx * fy))) ? 1 : -1,
  );
  return { cells: [fx, fy, fz], u_A, aSites };
}

test('the film’s x, z and −y become x, y and z; electrodes are SrRuO3 and unpolarized', () => {
  const shape = sectionShape(recipe, [fx, fy, fz], 3);
  expect(shape.cells).toEqual([16, 14, 13]);
  const section = crossSection(recipe, modesOf([0.05, 0.03, 0.1]), shape);
  const { P } = sectionFields(section, recipe);
  const at = (i: number, j: number, k: number) => [...P.subarray(3 * ((k * 14 + j) * 16 + i)).subarray(0, 3)];
  const middle = at(5, 7, 4);
  // All of one ratio, that of the modes.
  expect(middle[1]! / middle[0]!).toBeCloseTo(2, 9);
  expect(middle[2]! / middle[0]!).toBeCloseTo(-0.6, 9);
  expect(middle[0]!).toBeGreaterThan(1);
  expect(at(5, 1, 4)).toEqual([0, 0, 0]);
  const { cell, kind } = requireSites(section.structure);
  section.structure.symbols.forEach((symbol, atom) => {
    const film = cell[3 * atom + 1]! >= 3 && cell[3 * atom + 1]! < 11;
    if (kind[atom] === 1) expect(symbol).toBe(film ? 'Ti' : 'Ru');
  });
});

test('an A site keeps its eight Ti: Ba of one site of the film stands among the same cells', () => {
  const shape = sectionShape(recipe, [fx, fy, fz], 3);
  // The site at the low corner of cell (2, 4, 5) touches cells (1…2, 3…4, 4…5).
  const u = modesOf([0, 0, 0], (i, j, k) => i === 2 && j === 4 && k === 5);
  for (const [i, j, k] of [
    [1, 3, 4],
    [2, 3, 4],
    [1, 4, 4],
    [2, 4, 5],
  ] as const) {
    u.u_A[3 * ((k * fy + j) * fx + i)] = 0.1;
  }
  const { structure } = crossSection(recipe, u, shape);
  const site = structure.symbols.indexOf('Ba');
  const { ideal_A, cell } = requireSites(structure);
  expect([cell[3 * site], cell[3 * site + 1]]).toEqual([2, 8]);
  // Four of its eight cells are displaced by 0.1 along x; a Ba elsewhere would have another share.
  const moved = structure.positions_A[3 * site]! - ideal_A[3 * site]!;
  const one = crossSection(recipe, { ...modesOf([0.1, 0, 0]), aSites: u.aSites }, shape);
  const whole = one.structure.positions_A[3 * site]! - ideal_A[3 * site]!;
  expect(moved / whole).toBeCloseTo(0.5, 9);
});

test('a band holds whole rows of cells, as deep as each column, with vacuum at both faces', () => {
  const shape = sectionShape(recipe, [fx, fy, fz], 3);
  const depth = shape.depth.map((n, column) => n - (column % 3));
  const section = { ...crossSection(recipe, modesOf([0, 0, 0]), shape), depth };
  const { cell_A, symbols, positions_A } = bandAtoms(section, [-2, 5], 4.8);
  expect(cell_A[0]).toBeCloseTo(64, 9);
  expect(cell_A[1]).toBeCloseTo(20, 9);
  expect(cell_A[2]).toBeCloseTo(13 * 4 + 9.6, 9);
  // Rows 12, 13, 0, 1, 2.
  const cells = [12, 13, 0, 1, 2].reduce(
    (sum, j) => sum + depth.slice(j * 16, (j + 1) * 16).reduce((a, b) => a + b),
    0,
  );
  expect(symbols.length).toBe(5 * cells);
  const z = positions_A.filter((_, i) => i % 3 === 2);
  expect(Math.min(...z)).toBeGreaterThanOrEqual(4.8 - 1e-9);
  expect(Math.max(...z)).toBeLessThan(cell_A[2] - 4.8);
});

test('the scan lies in the middle of the film; only other states drift; the truth is what was put in, and nothing in the electrodes', () => {
  const plan = biasPlan(recipe);
  expect(plan.reference).toBe(1);
  const [first] = plan.positions[1]!;
  const last = plan.positions[1]!.at(-1)!;
  const [nx, ny] = plan.section.cells;
  expect((first!.at_A[0] + last.at_A[0]) / 2).toBeCloseTo((nx * 4) / 2, 9);
  expect((first!.at_A[1] + last.at_A[1]) / 2).toBeCloseTo((ny * 4) / 2, 9);
  const moved = Math.hypot(
    plan.positions[0]![0]!.at_A[0] - first!.at_A[0],
    plan.positions[0]![0]!.at_A[1] - first!.at_A[1],
  );
  expect(moved).toBeGreaterThan(0.01);
  expect(moved).toBeLessThan(7.5 * Math.SQRT2);
  const section = crossSection(recipe, modesOf([0.05, 0, 0.1]), plan.section);
  const { channels } = sectionTruth(recipe, plan, section, plan.positions[1]!);
  const rows = Array.from({ length: 12 }, (_, row) => channels.P_y![row * 10 + 5]!);
  const film = plan.positions[1]!.filter((_, i) => i % 10 === 5).map(({ at_A }) => {
    const row = Math.floor(columnAt([nx, ny], 4, at_A) / nx);
    return row >= plan.section.film[0] && row < plan.section.film[1];
  });
  expect(rows.map(Number.isFinite)).toEqual(film);
  const { P } = sectionFields(section, recipe);
  const inside = 3 * ((2 * ny + (ny >> 1)) * nx + 3);
  // In the middle the probe's tails reach the electrodes, where there is no P.
  expect(rows[6]! / P[inside + 1]!).toBeGreaterThan(0.85);
  expect(rows[6]! / P[inside + 1]!).toBeLessThan(1.0001);
  expect(channels.P_x![65]! / rows[6]!).toBeCloseTo(0.5, 2);
  expect(channels.thickness![65]).toBeCloseTo(5.2, 6);
});
