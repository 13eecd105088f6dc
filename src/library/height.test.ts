/** Structures whose cells are not cubes: thickness, exits and slices count in the structure's own edge along the beam. */

import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { eachOnce } from '../crystal/layers.ts';
import { cellHeight } from '../crystal/structure.ts';
import { residualU2 } from '../crystal/thermal.ts';
import type { PatternEngine } from '../diffraction/engine.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { STORED_LABELS } from './labels.ts';
import { thicknessCells } from './plan.ts';
import { simulateShard } from './shard.ts';
import { texturedStructure } from './textured.ts';

const recipe = parseRecipe(`
[crystal]
material = "PTO"
[structures]
cells = [2, 2, 2]
texture = "domains"
domains = { wall_fraction = 0 }
[library]
thickness_nm = { min = 10, max = 30, step = 1 }
tilt_max_mrad = 0.5
patterns_per_structure = 40
pixels = 16
pixels_per_order = 4
slices_per_cell = 10
`);
const THICKNESS = STORED_LABELS.findIndex(({ name }) => name === 'thickness');

test('a-domains and c-domains have the recipe’s thicknesses, each in cells of its own', async () => {
  const heights = new Set<number>();
  for (let index = 0; index < 8; index++) {
    let dz_A = 0;
    let exits: number[] = [];
    // What an engine is asked for, without the work.
    const engine: PatternEngine = async ({ stack, requests }) => {
      ({ dz_A } = stack);
      expect([stack.cell_A[0], stack.cell_A[1]]).toEqual([2 * recipe.crystal.a_A, 2 * recipe.crystal.a_A]);
      exits = requests.map(({ exit }) => exit);
      return new Float32Array(requests.length * 16 * 16);
    };
    const { labels, count } = await simulateShard(recipe, index, false, engine, quietTask);
    heights.add(Number((10 * dz_A).toFixed(3)));
    for (let i = 0; i < count; i++) {
      const t_nm = labels[i * STORED_LABELS.length + THICKNESS]!;
      expect(t_nm).toBeCloseTo(exits[i]! * dz_A * 0.1, 4);
      expect(Math.abs(t_nm - Math.round(t_nm))).toBeLessThan(dz_A / 2 + 1e-6);
    }
  }
  expect([...heights].sort()).toEqual([3.902, 4.156]);
  const cells = (c_A: number) => thicknessCells({ ...recipe, crystal: { ...recipe.crystal, c_A } }).at(-1);
  expect([cells(4.156), cells(3.902)]).toEqual([72, 77]);
});

test('an edge along the beam that the recipe gives holds for every texture', () => {
  const { crystal } = recipe;
  for (const texture of ['domains', 'smooth'] as const) {
    const given = { ...recipe, crystal: { ...crystal, c_A: 4.1 }, structures: { ...recipe.structures, texture } };
    const { layers, depth_A, own } = texturedStructure(given, 1, false);
    for (const block of layers.blocks) expect(cellHeight(block)).toBeCloseTo(4.1, 12);
    expect(own.crystal.c_A).toBe(4.1);
    expect(depth_A).toBeCloseTo(73 * 4.1, 9);
  }
});

test('of a depth of many blocks in domains, only the jitter is taken off U', () => {
  const { layers, own } = texturedStructure(
    { ...recipe, structures: { ...recipe.structures, cells: [4, 4, 2], depth_domains: 3 } },
    2,
    false,
  );
  const left = residualU2(eachOnce(layers), own.crystal.u2_A2);
  // 3 pm rms: 9e-4 Å² per axis.
  for (const [element, u2] of Object.entries(own.crystal.u2_A2)) {
    expect(Math.abs(left[element]! - (u2 - 9e-4))).toBeLessThan(1.5e-4);
  }
});
