import { expect, test } from 'vitest';
import { E_PER_A2_IN_UC_CM2 } from '../core/constants.ts';
import { readExtxyz, writeExtxyz } from '../crystal/extxyz.ts';
import { localFields } from '../crystal/local.ts';
import { materialOf } from '../crystal/material.ts';
import { cellCount, requireSites, SITE, siteTable, type Vec3 } from '../crystal/structure.ts';
import { cellEdges, frameInfo, softModeAtoms } from './atoms.ts';
import { randomModes } from './test-systems.ts';

const BST = materialOf('(Ba,Sr)TiO3');
const BTO = materialOf('BaTiO3');
const CELLS: Vec3 = [4, 3, 2];
const ba = Uint8Array.from({ length: cellCount(CELLS) }, (_, i) => i % 2);
const cube = (a: number): Vec3 => [a, a, a];
const uniform = (u: Vec3) => Float64Array.from({ length: 3 * cellCount(CELLS) }, (_, i) => u[i % 3]!);

test.each([BST, BTO])('Born charges give back P = 1602.18 Z* u / Ω of a uniform mode: $name', (material) => {
  const edges_A = cellEdges(material.a0_A, [0.002, -0.004, 0.01, 0.003, 0, 0]);
  const volume = edges_A[0] * edges_A[1] * edges_A[2];
  const u: Vec3 = [0.05, -0.03, 0.08];
  const { P, dTi } = localFields(softModeAtoms({ cells: CELLS, u_A: uniform(u), ba, material, edges_A }), material);
  u.forEach((value, axis) => {
    const want = (E_PER_A2_IN_UC_CM2 * material.zStarPublished * value) / volume;
    for (let i = axis; i < P.length; i += 3) expect(Math.abs(P[i]! / want - 1)).toBeLessThan(6e-4);
    if (material === BST) expect(dTi[axis]! / (100 * value)).toBeCloseTo(1.04, 2);
  });
});

test('10 µC/cm² are u 0.0390 Å and Ti 4.06 pm off the centre of its octahedron in BST', () => {
  const u_A = uniform([0, 0, 0.039]);
  const { P, dTi } = localFields(softModeAtoms({ cells: CELLS, u_A, ba, material: BST, edges_A: cube(BST.a0_A) }), BST);
  expect(P[2]).toBeCloseTo(10, 1);
  expect(dTi[2]).toBeCloseTo(4.06, 1);
});

test('Ti moves with its own cell, each O with the mean of two, each A with the mean of eight', () => {
  const edges_A: Vec3 = [3.9, 3.92, 3.98];
  const u_A = randomModes(CELLS, 5);
  const structure = softModeAtoms({ cells: CELLS, u_A, ba, material: BST, edges_A });
  const { ideal_A } = requireSites(structure);
  const table = siteTable(structure);
  const [nx, ny, nz] = CELLS;
  const u = (i: number, j: number, k: number, axis: number) =>
    u_A[3 * ((((k + nz) % nz) * ny + ((j + ny) % ny)) * nx + ((i + nx) % nx)) + axis]!;
  const moved = (i: number, j: number, k: number, site: number) => {
    const atom = table[((k * ny + j) * nx + i) * 5 + site]!;
    return [0, 1, 2].map((axis) => structure.positions_A[3 * atom + axis]! - ideal_A[3 * atom + axis]!);
  };
  const [i, j, k] = [2, 1, 1];
  moved(i, j, k, SITE.Ti).forEach((d, axis) => void expect(d).toBeCloseTo(0.7 * u(i, j, k, axis), 12));
  moved(i, j, k, SITE.Ox).forEach((d, axis) => {
    const mean = (u(i, j, k, axis) + u(i - 1, j, k, axis)) / 2;
    expect(d).toBeCloseTo((axis === 0 ? -0.45 : -0.284) * mean, 12);
  });
  moved(i, j, k, SITE.A).forEach((d, axis) => {
    let mean = 0;
    for (const di of [0, 1])
      for (const dj of [0, 1]) for (const dk of [0, 1]) mean += u(i - di, j - dj, k - dk, axis) / 8;
    expect(d).toBeCloseTo(0.312 * mean, 12);
  });
  // The mean over the block is that of a uniform mode: sharing moves no polarization away.
  const { P } = localFields(structure, BST);
  for (let axis = 0; axis < 3; axis++) {
    const mean = (field: Float64Array) =>
      field.reduce((sum, v, n) => (n % 3 === axis ? sum + v : sum), 0) / (P.length / 3);
    const volume = edges_A[0] * edges_A[1] * edges_A[2];
    expect(mean(P)).toBeCloseTo((E_PER_A2_IN_UC_CM2 * BST.zStar * mean(u_A)) / volume, 10);
  }
});

test('the box and the ideal sites follow the strain; Ba and Sr sit where they were put', () => {
  const edges_A = cellEdges(3.9435, [0.01, -0.01, 0.02, 0, 0, 0]);
  const structure = softModeAtoms({ cells: CELLS, u_A: uniform([0, 0, 0]), ba, material: BST, edges_A });
  structure.cell_A.forEach((edge, axis) => void expect(edge).toBeCloseTo(CELLS[axis]! * edges_A[axis]!, 12));
  // Ti of cell (1, 2, 0) at (3/2, 5/2, 3/4) of the edges.
  const ti = siteTable(structure)[(2 * 4 + 1) * 5 + SITE.Ti]!;
  [1.5, 2.5, 0.75].forEach(
    (share, axis) => void expect(structure.positions_A[3 * ti + axis]).toBeCloseTo(share * edges_A[axis]!, 12),
  );
  expect(structure.symbols.filter((_, atom) => atom % 5 === SITE.A)).toEqual([...ba].map((b) => (b ? 'Ba' : 'Sr')));
});

test('a frame says where it comes from', () => {
  const structure = softModeAtoms({ cells: CELLS, u_A: uniform([0, 0, 0]), ba, material: BST, edges_A: cube(3.95) });
  const info = frameInfo({
    run: 'run-0002',
    temperature_K: 300,
    strain: 'epitaxial, misfit −1 %',
    eta: [-0.01, -0.01, 0.0123456789, 0, 0, 0],
    field_V_per_A: [0, 0, 0.002],
    seed: 4,
    time_ps: 12.4,
    average_ps: 0.2,
  });
  expect(readExtxyz(writeExtxyz(structure, info)).info).toMatchObject({
    strain: 'epitaxial, misfit −1 %',
    eta: '-0.01 -0.01 0.0123457 0 0 0',
    field_V_per_A: '0 0 0.002',
    average_ps: '0.2',
    time_ps: '12.4',
    temperature_K: '300',
    seed: '4',
  });
});
