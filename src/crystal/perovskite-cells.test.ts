/** Cells found by themselves: a built block without its sites gives the same labels again. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { bornCharges } from './born-charges.ts';
import { readExtxyz } from './extxyz.ts';
import { type LocalFields, localFields } from './local.ts';
import { materialOf } from './material.ts';
import { perovskite } from './perovskite.ts';
import { findPerovskiteCells, perovskiteFrames } from './perovskite-cells.ts';
import { displacements, requireSites, type Structure, type Vec3 } from './structure.ts';
import { byTi, foreign, polarBlock } from './test-perovskites.ts';

const cellsArbitrary = fc.tuple(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 4 }),
);
const vector = (limit: number) =>
  fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -limit, max: limit, noNaN: true }))) as fc.Arbitrary<
    [number, number, number]
  >;

test('without its sites, moved, wrapped, shuffled and strained, a polar hot block gives the same P, δTi and δO', () => {
  fc.assert(
    fc.property(
      cellsArbitrary,
      vector(20),
      vector(0.03),
      fc.boolean(),
      fc.integer({ min: 0, max: 1e6 }),
      (cells, shift, strain, field, seed) => {
        const block = polarBlock(cells, { seed, field });
        const stretch = strain.map((e) => 1 + e) as unknown as Vec3;
        const { structure, order } = foreign(block, shift, stretch, new RandomStream(seed, 'foreign'));
        const found = findPerovskiteCells(structure);
        expect(found.symbols).toEqual(structure.symbols);
        // The same strain with the sites that are known.
        const scale = (x: number, i: number) => x * stretch[i % 3]!;
        const sites = requireSites(block);
        const known: Structure = {
          ...block,
          cell_A: structure.cell_A,
          positions_A: block.positions_A.map(scale),
          sites: { ...sites, ideal_A: sites.ideal_A.map(scale) },
        };
        const charges = bornCharges(known);
        const [want, got] = [
          byTi(known, localFields(known, charges), (atom) => atom),
          byTi(found, localFields(found, charges), (atom) => order[atom]!),
        ];
        expect(got.size).toBe(want.size);
        for (const [ti, values] of want)
          for (const [i, value] of values.entries()) expect(got.get(ti)![i]).toBeCloseTo(value, 7);
        // The convention of structure.ts: Ti planes around z = (k + 3/4)c, atoms near their sites.
        expect(Math.max(...displacements(found).map(Math.abs))).toBeLessThan(0.9);
        for (let i = 0; i < found.positions_A.length; i++)
          expect(Math.abs(found.positions_A[i]! - found.sites!.ideal_A[i]!)).toBeLessThan(0.9);
      },
    ),
    { numRuns: 60 },
  );
});

test('a block that was not moved keeps its cells, and its atoms their places but for the mean', () => {
  for (const [seed, cells] of (
    [
      [3, 3, 3],
      [8, 2, 1],
      [1, 1, 1],
      [2, 5, 4],
    ] as Vec3[]
  ).entries()) {
    const block = polarBlock(cells, { seed });
    const found = findPerovskiteCells(block);
    expect(found.sites!.cells).toEqual(cells);
    expect([...found.sites!.cell]).toEqual([...block.sites!.cell]);
    expect([...found.sites!.kind]).toEqual([...block.sites!.kind]);
    const rigid = found.positions_A.map((x, i) => x - block.positions_A[i]!);
    for (let i = 3; i < rigid.length; i++) expect(rigid[i]).toBeCloseTo(rigid[i % 3]!, 9);
  }
});

test('displacements of 0.3 Å of every atom, in any direction, leave cells and sites as they are', () => {
  for (let seed = 0; seed < 20; seed++) {
    const ideal = perovskite([3, 2, 4], 4, new Uint8Array(24));
    const stream = new RandomStream(seed, 'far');
    const positions_A = ideal.positions_A.slice();
    for (let atom = 0; atom < 120; atom++) {
      const v = [stream.normal(), stream.normal(), stream.normal()];
      for (let axis = 0; axis < 3; axis++) positions_A[3 * atom + axis]! += (0.3 * v[axis]!) / Math.hypot(...v);
    }
    expect([...findPerovskiteCells({ ...ideal, positions_A }).sites!.cell]).toEqual([...ideal.sites!.cell]);
  }
});

test('frames: atoms keep their cells while the crystal drifts and the box breathes', () => {
  const block = polarBlock([2, 3, 2]);
  const { structure } = foreign(block, [0.3, 5, -2], [1, 1, 1], new RandomStream(0, 'f'));
  const frames = Array.from({ length: 8 }, (_, f): Structure => {
    const breathing = 1 + 0.002 * Math.sin(f);
    const drift = [0.9 * f, -0.35 * f, 11 * f];
    return {
      ...structure,
      cell_A: structure.cell_A.map((x) => x * breathing) as unknown as Vec3,
      positions_A: structure.positions_A.map((x, i) => x * breathing + drift[i % 3]!),
    };
  });
  const found = perovskiteFrames({ name: 'md', frames, notes: [] });
  const want = localFields(found[0]!, bornCharges(found[0]!));
  for (const frame of found) {
    expect(frame.sites!.cell).toEqual(found[0]!.sites!.cell);
    const { dTi } = localFields(frame, bornCharges(frame));
    for (const [i, value] of dTi.entries()) expect(Math.abs(value - want.dTi[i]!)).toBeLessThan(0.003 * 100);
  }
  const gone = frames.map((frame) => ({ ...frame, positions_A: frame.positions_A.slice() }));
  gone[5]!.positions_A[3 * 7]! += 1.2;
  const error = problem(() => perovskiteFrames({ name: 'md', frames: gone, notes: [] }));
  expect([error.tag, error.fields.frame, error.fields.atom]).toEqual(['shape', 6, 8]);
  // Sites that a file brings are kept.
  expect(perovskiteFrames({ name: 'own', frames: [block], notes: [] })).toEqual([block]);
});

test('twin A: its own sites are found again', (context) => {
  const path = sample(context, 'twin-a/twinA_structure.extxyz');
  const { structure } = readExtxyz(readFileSync(path, 'utf8'), path);
  const found = findPerovskiteCells({ ...structure, sites: undefined }, path);
  expect([...found.sites!.cell]).toEqual([...structure.sites!.cell]);
  expect([...found.sites!.kind]).toEqual([...structure.sites!.kind]);
  const [want, got] = [structure, found].map((s) => localFields(s, materialOf('(Ba,Sr)TiO3'))) as [
    LocalFields,
    LocalFields,
  ];
  let worst = 0;
  for (const [i, value] of want.P.entries()) worst = Math.max(worst, Math.abs(got.P[i]! - value));
  expect(worst).toBeLessThan(1e-5);
});
