/** Pictures of cells: what is drawn where, from fractions known by hand. */

import { expect, test } from 'vitest';
import { latticeOf } from '../crystal/lattice.ts';
import { type PicturedCrystal, structureFigure } from './structure-figure.ts';

function cell(atoms: readonly (readonly [string, number, number, number, number?])[], a_A = 4): PicturedCrystal {
  return {
    lattice_A: latticeOf([a_A, a_A, a_A], [90, 90, 90]),
    symbols: atoms.map(([symbol]) => symbol),
    fractional: Float64Array.from(atoms.flatMap(([, x, y, z]) => [x, y, z])),
    occupancy: Float64Array.from(atoms, ([, , , , share = 1]) => share),
  };
}

/** Disks of the first view, along a: [x, y] on the page. */
function firstView(svg: string): number[][] {
  const view = svg.split('class="view"')[1]!;
  return [...view.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
}
const disks = (svg: string): number => (svg.split('class="key"')[0]!.match(/<circle/g) ?? []).length;

test('an atom on a corner is drawn on all eight, in each of three views; one on an edge on four, one inside once', () => {
  expect(disks(structureFigure(cell([['Sr', 0, 0, 0]])))).toBe(3 * 8);
  expect(disks(structureFigure(cell([['O', 0.5, 0, 0]])))).toBe(3 * 4);
  expect(disks(structureFigure(cell([['Ti', 0.5, 0.5, 0.5]])))).toBe(3);
  expect(disks(structureFigure(cell([['Ti', -0.0001, 1.5, 0.5]])))).toBe(3 * 2);
});

test('along a: b to the right, c up; what is nearer to the reader, at larger a, comes later', () => {
  const svg = structureFigure(
    cell([
      ['Ti', 0.2, 0.75, 0.75],
      ['O', 0.8, 0.25, 0.25],
      ['Sr', 0.5, 0.5, 0.5],
    ]),
  );
  const [ti, sr, o] = firstView(svg) as [number[], number[], number[]];
  expect([ti[0]! > sr[0]!, ti[1]! < sr[1]!, o[0]! < sr[0]!, o[1]! > sr[1]!]).toEqual([true, true, true, true]);
});

test('a shared site is one disk of sectors; what is missing is named', () => {
  const shared = structureFigure(
    cell([
      ['Zr', 0.5, 0.5, 0.5, 0.5],
      ['Ti', 0.5, 0.5, 0.5, 0.5],
    ]),
  );
  expect(shared.match(/A[\d.]+ [\d.]+ 0/g)).toHaveLength(3 * 2);
  expect(shared).not.toContain('not occupied');
  expect(structureFigure(cell([['O', 0.5, 0.5, 0.5, 0.9]]))).toContain('not occupied');
});

test('the scale bar is in proportion to the cell', () => {
  const svg = structureFigure(cell([['Sr', 0, 0, 0]], 10));
  const xs = firstView(svg).map(([x]) => x!);
  const edge = Math.max(...xs) - Math.min(...xs);
  const bar = /class="scale-bar"><rect [^>]*width="([\d.]+)"[\s\S]*?>([\d.]+) Å</.exec(svg)!;
  expect(Number(bar[1]) / Number(bar[2])).toBeCloseTo(edge / 10, 1);
});
