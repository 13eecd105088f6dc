/** Depths that do not repeat: which block stands where, what each has of its own, and what they are together. */

import { expect, test } from 'vitest';
import { parseRecipe } from '../recipe/recipe.ts';
import { buildLayers, cellFields, drawnInputs, labelFields, structureStream } from './build.ts';
import { eachOnce, joined, repeated } from './layers.ts';
import { requireSites, siteTable } from './structure.ts';
import { withoutMotion } from './thermal.ts';

const recipeOf = (extra: string) => parseRecipe(`[structures]\ncells = [3, 2, 2]\n${extra}`);
const layersOf = (extra: string, depth_A: number, index = 0) =>
  buildLayers(recipeOf(extra), index, structureStream(1, index, false), depth_A);

test('blocks follow each other in rounds, all once, in an order drawn anew', () => {
  const { blocks, order } = layersOf('depth_blocks = 5', 7.9 * 22.5);
  expect(blocks.length).toBe(5);
  expect(order.length).toBe(23);
  const rounds = [0, 5, 10, 15].map((at) => order.slice(at, at + 5));
  for (const round of rounds) expect(round.toSorted()).toEqual([0, 1, 2, 3, 4]);
  expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
});

test('blocks share their texture and have A sites and jitter of their own', () => {
  const still = layersOf('depth_blocks = 3\njitter_pm = 0', 24);
  const [first, second] = still.blocks as [(typeof still.blocks)[0], (typeof still.blocks)[0]];
  expect(second.positions_A).toEqual(first.positions_A);
  expect(second.symbols).not.toEqual(first.symbols);
  expect(second.symbols.filter((s) => s === 'Ba').length).toBe(first.symbols.filter((s) => s === 'Ba').length);
  const moved = layersOf('depth_blocks = 2\njitter_pm = 3', 16);
  const apart = moved.blocks[0]!.positions_A.map((x, i) => x - moved.blocks[1]!.positions_A[i]!);
  const rms_pm = 100 * Math.sqrt(apart.reduce((sum, x) => sum + x * x, 0) / apart.length);
  // Two independent draws of 3 pm, 180 coordinates.
  expect(rms_pm / (3 * Math.SQRT2)).toBeGreaterThan(0.85);
  expect(rms_pm / (3 * Math.SQRT2)).toBeLessThan(1.15);
});

test('joined blocks are one perovskite, whose cells are those of each block where blocks are alike', () => {
  const { blocks } = layersOf('depth_blocks = 1', 8);
  const three = joined(repeated(blocks[0]!, 23));
  expect(requireSites(three).cells).toEqual([3, 2, 6]);
  siteTable(three);
  const [one, all] = [cellFields(blocks[0]!, recipeOf('')), cellFields(three, recipeOf(''))];
  for (const [i, p] of all.P.entries()) expect(p).toBeCloseTo(one.P[i % one.P.length]!, 9);
});

test('a layer without polarization at the entrance, domains behind it', () => {
  const extra = 'depth_blocks = 6\ndepth_domains = 4\ndead_layer_nm = [2, 2]\njitter_pm = 0\np_max_uC_cm2 = 40';
  const indices = [0, 1, 2, 3, 4, 5, 6, 7];
  const domains = indices.map((index) => {
    const layers = layersOf(extra, 400, index);
    const { P } = cellFields(joined(layers), recipeOf(extra));
    const size = (layer: number) => Math.hypot(...P.subarray(18 * layer, 18 * (layer + 1)));
    // 20 Å are 5 layers: two or three blocks of two cells; the last of its layers touches polarized ones.
    for (const layer of [0, 1, 2]) expect(size(layer)).toBeLessThan(layer === 0 ? Number.POSITIVE_INFINITY : 1e-9);
    expect(size(8)).toBeGreaterThan(1);
    // Besides the layer, and the block in which it ends.
    return new Set(layers.order.map((b) => layers.blocks[b]!.positions_A.join())).size - 2;
  });
  expect(Math.min(...domains)).toBe(1);
  expect(Math.max(...domains)).toBeGreaterThan(2);
});

test('what a structure draws for itself lies within the spread, and fills it', () => {
  const recipe = recipeOf('ba_fraction_spread = 0.2\na_spread_percent = 1');
  const drawn = Array.from({ length: 60 }, (_, i) => drawnInputs(recipe, i, structureStream(1, i, false)).crystal);
  const [ba, a] = [drawn.map(({ ba_fraction }) => ba_fraction), drawn.map(({ a_A }) => a_A / 3.95 - 1)];
  expect(Math.min(...ba)).toBeGreaterThan(0.3);
  expect(Math.max(...ba) - Math.min(...ba)).toBeGreaterThan(0.3);
  expect(Math.max(...a.map(Math.abs))).toBeLessThan(0.01);
  expect(Math.max(...a) - Math.min(...a)).toBeGreaterThan(0.015);
  const compound = parseRecipe('crystal = { material = "BTO" }\nstructures = { ba_fraction_spread = 0.1 }');
  expect(() => drawnInputs(compound, 0, structureStream(1, 0, false))).toThrow(/one composition/);
});

test('each block once: its columns are means over all of them', () => {
  const layers = layersOf('depth_blocks = 4', 400);
  const structure = eachOnce(layers);
  expect(requireSites(structure).cells).toEqual([3, 2, 8]);
  expect(labelFields(structure, recipeOf('')).P.length).toBe(18);
});

test('jitter that is more than the stated motion leaves none, by element', () => {
  const u2 = recipeOf('').crystal.u2_A2;
  expect(withoutMotion(eachOnce(layersOf('jitter_pm = 2\np_max_uC_cm2 = 0', 100)), u2)).toEqual([]);
  expect(withoutMotion(eachOnce(layersOf('jitter_pm = 8.5\np_max_uC_cm2 = 0', 100)), u2)).toEqual(['Ba', 'Ti']);
});
