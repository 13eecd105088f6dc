import { expect, test } from 'vitest';
import { bariumTitanate, platinum, silicon, strontiumTitanate } from './known-crystals.ts';
import { dot, inverse, norm, transpose } from './lattice.ts';
import { orthogonalCell } from './orthogonal.ts';
import { zoneReflections } from './reflections.ts';
import type { Vec3 } from './structure.ts';
import type { Crystal } from './unit-cell.ts';

const cut = (crystal: Crystal, zone: Vec3) => orthogonalCell(crystal, { zone });
const names = (crystal: Crystal, zone: Vec3, most: number): string[] =>
  zoneReflections(cut(crystal, zone), most)
    .map(({ hkl }) => hkl.join(' '))
    .sort();

test('every reflection lies across the beam, at 1/d of its planes, and angles between them are the crystal’s', () => {
  for (const [crystal, zone] of [
    [strontiumTitanate(), [0, 0, 1]],
    [strontiumTitanate(), [1, 1, 0]],
    [silicon(), [1, 1, 0]],
    [silicon(), [1, 1, 1]],
    [bariumTitanate(), [1, 0, 0]],
    [platinum(), [2, 1, 1]],
  ] as const) {
    const reciprocal = transpose(inverse(crystal.lattice_A));
    const place = (hkl: Vec3): Vec3 => [0, 1, 2].map((k) => dot(hkl, transpose(reciprocal)[k]!)) as unknown as Vec3;
    const found = zoneReflections(cut(crystal, zone), 0.9);
    expect(found.length).toBeGreaterThan(4);
    for (const { hkl, q_invA } of found) {
      expect(dot(hkl, zone)).toBe(0);
      expect(Math.hypot(...q_invA)).toBeCloseTo(norm(place(hkl)), 6);
      for (const other of found) {
        const inPlane = q_invA[0] * other.q_invA[0] + q_invA[1] * other.q_invA[1];
        expect(inPlane).toBeCloseTo(dot(place(hkl), place(other.hkl)), 6);
      }
    }
  }
});

test('extinctions: fcc has no mixed indices, diamond no 002, a primitive cell has all', () => {
  expect(names(platinum(), [0, 0, 1], 0.53)).toEqual(['-2 0 0', '0 -2 0', '0 0 0', '0 2 0', '2 0 0']);
  // Si [110]: 111 at 0.319, 002 at 0.368 (extinct), 220 at 0.521 Å⁻¹.
  expect(names(silicon(), [1, 1, 0], 0.45)).toEqual(['-1 1 -1', '-1 1 1', '0 0 0', '1 -1 -1', '1 -1 1']);
  expect(names(strontiumTitanate(), [0, 0, 1], 0.3)).toEqual(['-1 0 0', '0 -1 0', '0 0 0', '0 1 0', '1 0 0']);
});
