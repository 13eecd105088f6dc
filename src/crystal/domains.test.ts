/** Variants, domains and turned octahedra: counts by symmetry, walls without charge, what turns do to atoms and to labels, what is left of U. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { buildLayers, buildStructure, drawnInputs, labelFields, structureStream } from './build.ts';
import { type DomainSetting, domainTexture, wallShare } from './domains.ts';
import { joined } from './layers.ts';
import { localFields } from './local.ts';
import { materialOf } from './material.ts';
import { perovskite } from './perovskite.ts';
import type { PolarAxis } from './phase.ts';
import { cellHeight, displacements, requireSites, type Structure, siteTable, type Vec3 } from './structure.ts';
import { residualU2 } from './thermal.ts';
import { displaceByTilts, tiltSign } from './tilts.ts';
import { variants } from './variants.ts';

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

test('variants by symmetry: 6, 12 and 8; two senses of a⁻a⁻a⁻ for each P; a tetragonal turn about P; a⁻a⁻c⁺', () => {
  const count = (axis: PolarAxis, angle?: Vec3, phase = '---') =>
    variants(axis, angle && { angle_deg: angle, phase }).length;
  expect([count('001'), count('110'), count('111')]).toEqual([6, 12, 8]);
  expect([count('111', [7, 7, 7]), count('001', [0, 0, 5])]).toEqual([16, 12]);
  // Without P: 3 axes of '+', and 8 senses of (±, ±, ±).
  const orthorhombic = variants('001', { angle_deg: [9, 9, 8], phase: '--+' });
  expect(new Set(orthorhombic.map(({ turn, phase }) => JSON.stringify([turn, phase]))).size).toBe(24);
  for (const { turn, phase } of orthorhombic) {
    expect(Math.abs(turn[phase.indexOf('+')]!)).toBeCloseTo(Math.tan((8 * Math.PI) / 180), 12);
  }
  for (const { p, turn } of variants('111', { angle_deg: [7, 7, 7], phase: '---' })) {
    expect(Math.hypot(...p)).toBeCloseTo(1, 12);
    expect(Math.abs(dot(p, turn)) / Math.hypot(...turn)).toBeCloseTo(1, 12);
  }
});

const setting = (axis: PolarAxis, cells: Vec3, more: Partial<DomainSetting> = {}): DomainSetting => ({
  cells,
  a_A: 4,
  options: { wall_fraction: 1, wall_nm: 0.4 },
  p_uC_cm2: [50, 50],
  variants: variants(axis, undefined),
  ...more,
});

test('the share of the second domain is periodic, between 0 and 1, and 1/2 at either wall', () => {
  for (const width of [0.5, 2, 9]) {
    for (const x of [0.1, 3.3, 7.9]) {
      expect(wallShare(x, 2, 6, width, 10)).toBeCloseTo(wallShare(x + 10, 2, 6, width, 10), 12);
      expect(wallShare(x, 2, 6, width, 10)).toBeGreaterThan(-1e-12);
      expect(wallShare(x, 2, 6, width, 10)).toBeLessThan(1 + 1e-12);
    }
  }
  expect([wallShare(2, 2, 6, 0.5, 10), wallShare(4, 2, 6, 0.5, 10), wallShare(9, 2, 6, 0.5, 10)]).toEqual([
    expect.closeTo(0.5, 6),
    expect.closeTo(1, 6),
    expect.closeTo(0, 6),
  ]);
});

test('walls carry no bound charge, contain the beam, and P is that of a variant away from them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000 }),
      fc.constantFrom<PolarAxis>('001', '110', '111'),
      fc.constantFrom<Vec3>([12, 12, 1], [12, 8, 2]),
      (seed, axis, cells) => {
        const { P } = domainTexture(
          setting(axis, cells, { options: { wall_fraction: 1, wall_nm: 0.1 } }),
          new RandomStream(seed, 'domains'),
        );
        const [nx, ny, nz] = cells;
        const at = (i: number, j: number, k: number) => {
          const from = 3 * ((k * ny + (j % ny)) * nx + (i % nx));
          return [...P.slice(from, from + 3)];
        };
        const unit = variants(axis, undefined).map(({ p }) => p.map((x) => 50 * x));
        const pure = (p: readonly number[]) => unit.some((v) => Math.hypot(...v.map((x, i) => x - p[i]!)) < 0.5);
        let whole = 0;
        for (let k = 0; k < nz; k++) {
          for (let j = 0; j < ny; j++) {
            for (let i = 0; i < nx; i++) {
              expect(at(i, j, k)).toEqual(at(i, j, 0));
              whole += Number(pure(at(i, j, k)));
              // ∂P_x/∂x + ∂P_y/∂y over one cell, from its four corners: the charge of a straight wall through the block.
              const div =
                (at(i + 1, j, 0)[0]! + at(i + 1, j + 1, 0)[0]! - at(i, j, 0)[0]! - at(i, j + 1, 0)[0]!) / 2 +
                (at(i, j + 1, 0)[1]! + at(i + 1, j + 1, 0)[1]! - at(i, j, 0)[1]! - at(i + 1, j, 0)[1]!) / 2;
              expect(Math.abs(div)).toBeLessThan(1e-9);
            }
          }
        }
        expect(whole / (nx * ny * nz)).toBeGreaterThan(0.3);
      },
    ),
    { numRuns: 60 },
  );
});

test('all variants come equally often, with and without walls; one domain is uniform', () => {
  const seen = new Map<string, number>();
  for (let seed = 0; seed < 1200; seed++) {
    const { P } = domainTexture(
      setting('001', [2, 2, 1], { options: { wall_fraction: 0, wall_nm: 0.4 } }),
      new RandomStream(seed, 'one'),
    );
    const p = P.slice(0, 3).join();
    expect(P.every((value, i) => value === P[i % 3])).toBe(true);
    seen.set(p, (seen.get(p) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  // Binomial, n = 1200, 1/6: 200 ± 12.9.
  for (const n of seen.values()) expect(Math.abs(n - 200)).toBeLessThan(4 * 12.9);
});

test('along the beam a structure has the mean edge of its domains', () => {
  const phase = { axis: '001', u_A: 0.3, along_A: 4.2, across_A: 3.9 } as const;
  const edges = Array.from({ length: 60 }, (_, seed) => {
    const { P, edge_A } = domainTexture(setting('001', [8, 8, 1], { phase }), new RandomStream(seed, 'edge'));
    // The share of the c-domain: |P_z| summed, since the other domain has none, or the same edge.
    const both =
      Math.abs(P[2]!) > 0 && Array.from({ length: 64 }, (_, c) => P[3 * c + 2]!).some((z) => z < 0 !== P[2]! < 0);
    const share = Array.from({ length: 64 }, (_, c) => Math.abs(P[3 * c + 2]!)).reduce((a, b) => a + b) / (64 * 50);
    if (!both) expect(edge_A).toBeCloseTo(3.9 + 0.3 * share, 9);
    return edge_A;
  });
  expect(Math.min(...edges)).toBeCloseTo(3.9, 9);
  expect(Math.max(...edges)).toBeGreaterThan(4.05);
});

const cubic = (cells: Vec3): Structure => perovskite(cells, 4, new Uint8Array(cells[0] * cells[1] * cells[2]));

/** Turns of every cell for a uniform tilt of the pattern. */
function turnsOf(cells: Vec3, turn: Vec3, phase: string): Float64Array {
  return Float64Array.from({ length: 3 * cells[0] * cells[1] * cells[2] }, (_, index) => {
    const cell = Math.floor(index / 3);
    const at: Vec3 = [
      cell % cells[0],
      Math.floor(cell / cells[0]) % cells[1],
      Math.floor(cell / (cells[0] * cells[1])),
    ];
    return turn[index % 3]! * tiltSign(phase, index % 3, at);
  });
}

/** ½ Σ r × d / Σ r² over the six O of each octahedron: its turn to first order, and what of the displacements that leaves. */
function measured(structure: Structure, a_A = 4): { turns: Float64Array; left: number } {
  const { cells, ideal_A } = requireSites(structure);
  const table = siteTable(structure);
  const d = displacements(structure);
  const [nx, ny, nz] = cells;
  const turns = new Float64Array(3 * nx * ny * nz);
  let left = 0;
  for (let cell = 0; cell < nx * ny * nz; cell++) {
    const at = [cell % nx, Math.floor(cell / nx) % ny, Math.floor(cell / (nx * ny))];
    const oxygens = [2, 3, 4].flatMap((site) => {
      const bond = site === 4 ? 0 : site === 3 ? 1 : 2;
      return [0, 1].map((up) => {
        const other = at.map((n, axis) => (n + (axis === bond ? up : 0)) % cells[axis]!);
        const atom = table[5 * ((other[2]! * ny + other[1]!) * nx + other[0]!) + site]!;
        const r = [0, 0, 0];
        r[bond] = ((up ? 1 : -1) * a_A) / 2;
        return { r, d: [...d.slice(3 * atom, 3 * atom + 3)] };
      });
    });
    const cross = (a: readonly number[], b: readonly number[]) => [
      a[1]! * b[2]! - a[2]! * b[1]!,
      a[2]! * b[0]! - a[0]! * b[2]!,
      a[0]! * b[1]! - a[1]! * b[0]!,
    ];
    for (const { r, d: moved } of oxygens) {
      // Four of the six O see a turn about an axis: Σ r × d = 4 (a/2)² t.
      cross(r, moved).forEach((value, axis) => {
        turns[3 * cell + axis]! += value / a_A ** 2;
      });
    }
    const t = [...turns.slice(3 * cell, 3 * cell + 3)];
    for (const { r, d: moved } of oxygens) left = Math.max(left, ...cross(t, r).map((x, i) => Math.abs(x - moved[i]!)));
  }
  expect(ideal_A.length).toBe(3 * structure.symbols.length);
  return { turns, left };
}

test('turned octahedra turn as wholes, by the angle asked for, about every axis and in every pattern', () => {
  const component = fc.double({ min: -0.2, max: 0.2, noNaN: true });
  const sign = fc.constantFrom('+', '-');
  fc.assert(
    fc.property(fc.tuple(component, component, component), fc.tuple(sign, sign, sign), (turn, signs) => {
      const cells: Vec3 = [2, 4, 2];
      const turns = turnsOf(cells, turn, signs.join(''));
      const structure = displaceByTilts(cubic(cells), turns);
      const { turns: got, left } = measured(structure);
      expect(left).toBeLessThan(1e-12);
      got.forEach((value, i) => void expect(value).toBeCloseTo(turns[i]!, 12));
      // Turns alone polarize nothing and move no centre.
      const { P, dTi, dO } = localFields(structure, materialOf('BaTiO3'));
      for (const field of [P, dTi, dO]) expect(Math.max(...field.map(Math.abs))).toBeLessThan(1e-9);
    }),
    { numRuns: 40 },
  );
});

test('neighbours along an axis turn oppositely about it for −, alike for +, and always oppositely across it', () => {
  for (const axis of [0, 1, 2]) {
    for (const along of [0, 1, 2]) {
      const step: Vec3 = [Number(along === 0), Number(along === 1), Number(along === 2)];
      for (const sign of ['+', '-']) {
        const same = axis === along && sign === '+';
        expect(tiltSign(sign.repeat(3), axis, step)).toBe(same ? 1 : -1);
      }
    }
  }
});

test('beside a wall octahedra turn in the sense nearer to the first domain’s', () => {
  const all = variants('111', { angle_deg: [7, 7, 7], phase: '---' });
  for (let seed = 0; seed < 60; seed++) {
    const { P, turns } = domainTexture(
      setting('111', [16, 16, 2], { variants: all, options: { wall_fraction: 1, wall_nm: 0.2 } }),
      new RandomStream(seed, 'turns'),
    );
    const staggered = Array.from({ length: 256 }, (_, cell) => {
      const s = ((cell % 16) + Math.floor(cell / 16)) % 2 === 0 ? 1 : -1;
      return [0, 1, 2].map((axis) => s * turns[3 * cell + axis]!);
    });
    const far = staggered.map((t) => dot(t, staggered[0]!));
    // cos of the angle between two ⟨111⟩ axes nearest to each other is at least 1/3.
    const t2 = 3 * Math.tan((7 * Math.PI) / 180) ** 2;
    expect(Math.min(...far) / t2).toBeGreaterThan(1 / 3 - 0.02);
    // Turns lie along P, in either sense, away from walls.
    const pure = staggered.filter(
      (t, cell) => Math.abs(Math.abs(dot(t, [...P.slice(3 * cell, 3 * cell + 3)])) / (50 * Math.sqrt(t2)) - 1) < 1e-3,
    );
    expect(pure.length).toBeGreaterThan(100);
  }
});

test('domains and turns are no thermal motion: only the jitter is taken off U', () => {
  const recipe = parseRecipe(
    '[crystal]\nmaterial = "BFO"\n[structures]\ncells = [8, 8, 2]\ntexture = "domains"\njitter_pm = 3\ndomains = { wall_fraction = 1 }\n',
  );
  const structure = buildStructure(recipe, 0, structureStream(1, 0, false));
  const left = residualU2(structure, recipe.crystal.u2_A2);
  for (const [element, u2] of Object.entries(recipe.crystal.u2_A2)) {
    // 3 pm rms is 9e-4 Å² per axis; of 128 atoms, a tenth of it off at most.
    expect(Math.abs(left[element]! - (u2 - 9e-4))).toBeLessThan(9e-5 * 2);
  }
});

test('cells that do not fit a pattern, and domains without a size, are refused when the recipe is read', () => {
  const refused = (text: string) => problem(() => parseRecipe(text));
  const odd = refused('[crystal]\nmaterial = "BFO"\n[structures]\ncells = [4, 3, 2]\n');
  expect([odd.tag, odd.message]).toEqual(['recipe', expect.stringContaining('along y')]);
  // About z alone, alike along z: x and y need even cells, and z for the variants that turn about x or y.
  const tilt = (phase: string) => `[crystal]\nmaterial = "STO"\ntilt = { angle_deg = [0, 0, 5], phase = "${phase}" }\n`;
  expect(refused(`${tilt('--+')}[structures]\ncells = [4, 4, 1]\n`).message).toContain('along z');
  expect(parseRecipe(`${tilt('--+')}[structures]\ncells = [4, 4, 2]\n`).structures.cells[2]).toBe(2);
  expect(refused(`${tilt('---')}[structures]\ncells = [4, 4, 1]\n`).message).toContain('along z');
  expect(refused('[structures]\ntexture = "domains"\n').message).toContain('axis and p_uC_cm2');
  expect(refused('[structures]\ndomains = { axis = "001" }\n').message).toContain("texture = 'domains'");
  expect(refused(`${tilt('-+')}`).message).toContain('tilt.phase');
  const given = parseRecipe('[structures]\ntexture = "domains"\ndomains = { axis = "110", p_uC_cm2 = [10, 20] }\n');
  const { P } = labelFields(buildStructure(given, 0, structureStream(1, 0, false)), given);
  expect(Math.max(...P.map(Math.abs))).toBeLessThan(20);
});

test('a texture that is no domain has its turns too, one sense throughout', () => {
  const recipe = parseRecipe(
    '[crystal]\nmaterial = "BFO"\n[structures]\ncells = [4, 4, 2]\ntexture = "uniform"\njitter_pm = 0\np_max_uC_cm2 = 0\n',
  );
  const senses = new Set<string>();
  for (let index = 0; index < 40; index++) {
    const { turns } = measured(buildStructure(recipe, index, structureStream(1, index, false)));
    senses.add([...turns.slice(0, 3)].map((t) => Math.sign(t)).join());
  }
  expect(senses.size).toBe(8);
});

test('domains on top of each other share one edge, the mean of theirs; layers without polarization keep their turns', () => {
  const recipe = parseRecipe(
    '[crystal]\nmaterial = "PTO"\n[structures]\ncells = [2, 2, 2]\ntexture = "domains"\njitter_pm = 0\ndepth_domains = 4\ndomains = { wall_fraction = 0 }\n',
  );
  const heights = new Set<string>();
  for (let index = 0; index < 12; index++) {
    const stream = structureStream(1, index, false);
    const own = drawnInputs(recipe, index, stream);
    const { blocks, order } = buildLayers(own, index, stream, 200);
    const height = cellHeight(blocks[0]!);
    heights.add(height.toFixed(3));
    expect(cellHeight(joined({ blocks, order }))).toBeCloseTo(height, 12);
    // n of 1 to 4 domains have the c edge.
    const c = (height - 3.902) / (4.156 - 3.902);
    expect([0, 1, 1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4].some((share) => Math.abs(share - c) < 1e-9)).toBe(true);
  }
  expect(heights.size).toBeGreaterThan(2);

  const dead = parseRecipe(
    '[crystal]\nmaterial = "BFO"\n[structures]\ncells = [2, 2, 2]\ntexture = "domains"\njitter_pm = 0\ndead_layer_nm = [2, 2]\ndomains = { wall_fraction = 0 }\n',
  );
  const stream = structureStream(1, 0, false);
  const layers = buildLayers(drawnInputs(dead, 0, stream), 0, stream, 200);
  const entrance = layers.blocks[layers.order[0]!]!;
  const twin = layers.unpolarized!.blocks.at(-1)!;
  const polar = layers.blocks[layers.order.at(-1)!]!;
  expect(Math.max(...labelFields(polar, dead).P.map(Math.abs))).toBeGreaterThan(50);
  for (const still of [entrance, twin]) {
    expect(Math.max(...labelFields(still, dead).P.map(Math.abs))).toBeLessThan(1e-9);
    const { turns } = measured(still, still.cell_A[0] / 2);
    for (const turn of turns) expect(Math.abs(turn)).toBeCloseTo(Math.tan((7.09 * Math.PI) / 180), 9);
  }
});
