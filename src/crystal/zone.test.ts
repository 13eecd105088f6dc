/** Zones: cells against the cubic lattice they are cut from, atoms against the block that `orthogonalCell` cuts, P, walls and turns in the laboratory's frame. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { buildStructure, labelFields, structureStream } from './build.ts';
import { readExtxyz, writeExtxyz } from './extxyz.ts';
import { knownCrystal } from './known-crystals.ts';
import { dot, norm } from './lattice.ts';
import { joined } from './layers.ts';
import { localFields } from './local.ts';
import { materialOf, polarizationPerDisplacement } from './material.ts';
import { orthogonalCell } from './orthogonal.ts';
import { idealBlock } from './perovskite.ts';
import { displaceBySoftMode } from './soft-mode.ts';
import {
  cellAt,
  cellCount,
  cellIndex,
  displacements,
  requireSites,
  SITE,
  type Structure,
  type Vec3,
} from './structure.ts';
import { smoothTexture } from './textures.ts';
import { displaceByTilts } from './tilts.ts';
import { beside, cubicPlace, neighbour, stepsOf, toCubic, toLab, ZONES, zoneName } from './zone.ts';

const A = 4;
const block = (axis: Vec3, cells: Vec3, steps: Vec3): Structure => {
  const n = cellCount(cells);
  const on = (symbol: string) => new Array<string>(n).fill(symbol);
  return idealBlock(cells, steps.map((step) => step * A) as unknown as Vec3, { A: on('Ba'), B: on('Ti') }, axis);
};
/** Twice the smallest block along x and y, with two and one cells a column. */
const cellsOf = (least: Vec3, nz = 2): Vec3 => [2 * least[0], 2 * least[1], nz];

/** Distances of an atom to others within reach, by element and to 1e-6, in a periodic box. */
function shells({ cell_A, symbols, positions_A }: Structure, atom: number, reach: number): string {
  const found: string[] = [];
  for (let other = 0; other < symbols.length; other++) {
    const images = cell_A.map((edge) => Math.ceil(reach / edge) + 1);
    for (let x = -images[0]!; x <= images[0]!; x++) {
      for (let y = -images[1]!; y <= images[1]!; y++) {
        for (let z = -images[2]!; z <= images[2]!; z++) {
          const r = Math.hypot(
            ...[x, y, z].map(
              (n, axis) => positions_A[3 * other + axis]! + n * cell_A[axis]! - positions_A[3 * atom + axis]!,
            ),
          );
          if (r < reach && r > 1e-6) found.push(`${symbols[other]} ${r.toFixed(5)}`);
        }
      }
    }
  }
  return found.sort().join();
}

for (const zone of ZONES) {
  const { axis, lab, least, steps } = zone;
  const name = zoneName(zone);

  test(`${name}: axes are right-handed, and every cell of a block is one of the cubic lattice, once`, () => {
    const [x, y, z] = lab;
    expect([dot(x, y), dot(y, z), dot(x, z)]).toEqual([0, 0, 0]);
    expect(x[1] * y[2] - x[2] * y[1]).toBeCloseTo((z[0] * norm(x) * norm(y)) / norm(z), 12);
    expect(steps[0] * steps[1] * steps[2]).toBeCloseTo(1, 12);
    const cells = cellsOf(least);
    const places = new Set<string>();
    for (let index = 0; index < cellCount(cells); index++) {
      const at = cellAt(cells, index);
      const R = cubicPlace(zone, at);
      places.add(R.join());
      // Where the steps say it is, along x, y and z.
      const along = stepsOf(zone, at).map((n, i) => n * steps[i]!);
      for (const [i, row] of lab.entries()) expect(along[i]).toBeCloseTo(dot(row, R) / norm(row), 9);
      for (const step of [
        [1, 0, 0],
        [0, 1, 0],
        [-1, 0, 1],
      ] as const) {
        const next = beside(zone, at, step);
        expect(cubicPlace(zone, next)).toEqual(R.map((r, i) => r + step[i]!));
        expect(neighbour({ cells, zone: axis }, at, step)).toBe(cellIndex(cells, ...next));
      }
    }
    expect(places.size).toBe(cellCount(cells));
  });

  test(`${name}: every atom has the surroundings that it has along [001], and B stands in the middle of its column`, () => {
    const cells = cellsOf(least, 1);
    const here = block(axis, cells, steps);
    const cubic = block([0, 0, 1], [2, 2, 2], [1, 1, 1]);
    const { kind, cell } = requireSites(here);
    for (let atom = 0; atom < kind.length; atom++) {
      expect(shells(here, atom, 1.3 * A)).toBe(shells(cubic, kind[atom]!, 1.3 * A));
      if (kind[atom] !== SITE.Ti) continue;
      const [x, y] = stepsOf(zone, [cell[3 * atom]!, cell[3 * atom + 1]!, 0]);
      expect(here.positions_A[3 * atom]! / (A * steps[0])).toBeCloseTo(x + 0.5, 9);
      expect(here.positions_A[3 * atom + 1]! / (A * steps[1])).toBeCloseTo(y + 0.5, 9);
    }
    // No plane of atoms at the faces: a cut after any column's cells meets none.
    for (let i = 2; i < here.positions_A.length; i += 3) {
      const z = here.positions_A[i]! / here.cell_A[2];
      expect(Math.abs(z - Math.round(z)) * here.cell_A[2]).toBeGreaterThan(0.5);
    }
  });

  test(`${name}: the edges and atoms of the block that orthogonalCell cuts`, () => {
    const crystal = knownCrystal('SrTiO3');
    const cut = orthogonalCell(crystal, { zone: axis });
    const a = norm(crystal.lattice_A[0]);
    const own = least.map((n, i) => n * steps[i]! * a);
    for (const [i, edge] of own.entries()) expect(cut.cell_A[i]).toBeCloseTo(edge, 9);
    expect(cut.symbols.length).toBe(5 * cellCount(least));
  });

  test(`${name}: P of a uniform mode is Z*u/Ω along whatever it points, and axes turn there and back`, () => {
    const cells = cellsOf(least);
    const material = materialOf('BaTiO3');
    const u: Vec3 = [0.05, -0.03, 0.08];
    const field = Float64Array.from({ length: 3 * cellCount(cells) }, (_, i) => u[i % 3]!);
    const moved = displaceBySoftMode(block(axis, cells, steps), material, field);
    const { P } = localFields(moved, material);
    const per = polarizationPerDisplacement(material, A ** 3);
    for (const [i, p] of P.entries()) expect(p).toBeCloseTo(per * u[i % 3]!, 9);
    for (const [i, x] of toLab(zone, toCubic(zone, field)).entries()) expect(x).toBeCloseTo(field[i]!, 12);
    // B goes against O along the beam, and along the bond O goes farther than across it.
    const d = toCubic(zone, displacements(moved));
    const cubic = toCubic(zone, Float64Array.from(u));
    const { kind } = requireSites(moved);
    const { mode } = material;
    for (let atom = 0; atom < kind.length; atom++) {
      const bond = kind[atom] === SITE.Ox ? 0 : kind[atom] === SITE.Oy ? 1 : kind[atom] === SITE.Oz ? 2 : -1;
      for (let i = 0; i < 3; i++) {
        const xi =
          kind[atom] === SITE.A ? mode.A : kind[atom] === SITE.Ti ? mode.Ti : i === bond ? mode.Opar : mode.Operp;
        expect(d[3 * atom + i]).toBeCloseTo(xi * cubic[i]!, 9);
      }
    }
  });

  test(`${name}: a rigid shift and a turn of octahedra make no P, and a turned octahedron keeps its B–O lengths to first order`, () => {
    const cells: Vec3 = [4 * least[0], 4 * least[1], 2];
    const ideal = block(axis, cells, steps);
    const t = Math.tan(0.02);
    const turns = Float64Array.from({ length: 3 * cellCount(cells) }, (_, i) => {
      const R = cubicPlace(zone, cellAt(cells, Math.floor(i / 3)));
      return (R[0] + R[1] + R[2]) % 2 === 0 ? t : -t;
    });
    const turned = displaceByTilts(ideal, turns);
    const { P } = localFields(turned, materialOf('BaTiO3'));
    for (const p of P) expect(Math.abs(p)).toBeLessThan(1e-9);
    const { kind } = requireSites(turned);
    const d = toCubic(zone, displacements(turned));
    for (let atom = 0; atom < kind.length; atom++) {
      const bond = kind[atom] === SITE.Ox ? 0 : kind[atom] === SITE.Oy ? 1 : kind[atom] === SITE.Oz ? 2 : -1;
      const size = [0, 1, 2].map((i) => Math.abs(d[3 * atom + i]!));
      for (const [i, moved] of size.entries()) expect(moved).toBeCloseTo(bond < 0 || i === bond ? 0 : (t * A) / 2, 9);
    }
  });

  test(`${name}: labels of a smooth texture are those of its atoms, on top of each other too, and come back from a file`, () => {
    const recipe = parseRecipe(
      `[crystal]\nmaterial = "BTO"\n[structures]\nzone = [${axis.join(', ')}]\ncells = [${cellsOf(least).join(', ')}]\njitter_pm = 0\ncorrelation_nm = 100\n`,
    );
    const structure = buildStructure(recipe, 0, structureStream(1, 0, false));
    const { P } = labelFields(structure, recipe);
    // So long a correlation leaves one vector.
    for (let i = 3; i < P.length; i++) expect(Math.abs(P[i]! - P[i % 3]!)).toBeLessThan(0.5);
    const twice = joined({ blocks: [structure], order: [0, 0] });
    for (const [i, p] of labelFields(twice, recipe).P.entries()) expect(p).toBeCloseTo(P[i % P.length]!, 9);
    const read = readExtxyz(writeExtxyz(structure)).structure;
    for (const [i, p] of labelFields(read, recipe).P.entries()) expect(p).toBeCloseTo(P[i]!, 9);
  });

  test(`${name}: domains have the variants' P, seen from the laboratory, and neutral walls`, () => {
    const recipe = parseRecipe(
      `[crystal]\nmaterial = "BTO"\n[structures]\nzone = [${axis.join(', ')}]\ncells = [${[8 * least[0], 8 * least[1], 1].join(', ')}]\njitter_pm = 0\ntexture = "domains"\ndomains = { axis = "001", p_uC_cm2 = [20, 20], wall_nm = 0.1 }\n`,
    );
    const wanted = [0, 1, 2].flatMap((i) => [20, -20].map((p) => lab.map((row) => (p * row[i]!) / norm(row))));
    const seen = new Set<number>();
    for (let index = 0; index < 40; index++) {
      const structure = buildStructure(recipe, index, structureStream(1, index, false));
      const { P } = labelFields(structure, recipe);
      for (let c = 0; c < P.length; c += 3) {
        const which = wanted.findIndex((p) => p.every((value, i) => Math.abs(value - P[c + i]!) < 0.5));
        if (which < 0) continue;
        seen.add(which);
      }
      // What is between two variants at a wall is no longer than they are, and its divergence is none: P along the wall's normal is one.
      const { cells } = requireSites(structure);
      const along = (i: 0 | 1) => {
        const values = Array.from({ length: P.length / 3 }, (_, c) => P[3 * c + i]!);
        return Math.max(...values) - Math.min(...values);
      };
      expect(Math.min(along(0), along(1)) < 0.5 || cells[0] === cells[1]).toBe(true);
    }
    expect(seen.size).toBe(6);
  });
}

test('a smooth texture is as correlated along x as along y and z, by distance and not by columns', () => {
  for (const zone of ZONES) {
    const cells: Vec3 = [8 * zone.least[0], 8 * zone.least[1], 6];
    const sums = new Map<string, { n: number; sum: number }>();
    for (let seed = 0; seed < 40; seed++) {
      const P = smoothTexture({ cells, zone: zone.axis }, 30, 'volume', 2, new RandomStream(seed, 'zone'));
      for (let index = 0; index < cellCount(cells); index += 7) {
        const at = cellAt(cells, index);
        // Steps of √2 along and across the beam.
        for (const [kind, step] of Object.entries({ a: [1, -1, 0], b: [1, 1, 0], c: [0, 1, 1] } as const)) {
          const other = 3 * neighbour({ cells, zone: zone.axis }, at, step);
          const entry = sums.get(kind) ?? { n: 0, sum: 0 };
          entry.n++;
          for (let i = 0; i < 3; i++) entry.sum += P[3 * index + i]! * P[other + i]!;
          sums.set(kind, entry);
        }
      }
    }
    const means = [...sums.values()].map(({ n, sum }) => sum / n);
    for (const mean of means) expect(Math.abs(mean / means[0]! - 1)).toBeLessThan(0.06);
  }
});

test('other zones, cells that do not repeat and turns that do not fit are refused, with what does', () => {
  const refused = (text: string) => problem(() => parseRecipe(`[structures]\n${text}\n`));
  expect(refused('zone = [2, 1, 0]').message).toContain('[0, 0, 1], [1, 1, 0], [1, 1, 1]');
  expect(refused('zone = [1, 1, 0]\ncells = [4, 3, 1]').message).toContain('1 × 2 × 1');
  expect(refused('zone = [1, 1, 1]\ncells = [4, 4, 1]').message).toContain('2 × 3 × 1');
  expect(refused('zone = [1, 1, 0]\ncells = [4, 4, 1]\nfile = "run.extxyz"').message).toContain('[001]');
  expect(
    problem(() => parseRecipe('[crystal]\nmaterial = "BFO"\n[structures]\nzone = [1, 1, 0]\ncells = [3, 4, 1]\n'))
      .message,
  ).toContain('along x');
  expect(parseRecipe('[structures]\nzone = [0, 0, 1]\n').structures.zone).toBeUndefined();
});
