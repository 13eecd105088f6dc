/** What lies on the faces of a library's crystals: an unpolarized layer against a crystal that has it; amorphous layers. */

import { expect, test } from 'vitest';
import { buildLayers, structureStream } from '../crystal/build.ts';
import type { LayeredStructure } from '../crystal/layers.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import { panelIndex } from '../diffraction/cpu/panels.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { stackOf } from './shard.ts';

const recipeOf = (more: string, p_max = 60, head = '') =>
  parseRecipe(
    `${head}[structures]\ncells = [2, 2, 2]\ndepth_blocks = 3\np_max_uC_cm2 = ${p_max}\np_distribution = "volume"\n${more}`,
  );

async function spectrum(layers: LayeredStructure, cells: number, recipe: Recipe): Promise<Float64Array> {
  const { crystal, library } = recipe;
  const multislice = new Multislice(await SliceKernel.load(), stackOf(layers, crystal, library), 300);
  const { nx, ny } = multislice;
  const out = new Float64Array(nx * ny);
  const plane = (panels: Float32Array) => {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        panels[panelIndex(x, y, ny)] = 1;
        panels[panelIndex(x, y, ny) + 4] = 0;
      }
    }
  };
  multislice.run(plane, [cells * library.slices_per_cell], { offset_invA: [0.02, 0.01] }, (_, panels) => {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const at = panelIndex(x, y, ny);
        out[y * nx + x] = (panels[at]! ** 2 + panels[at + 4]! ** 2) / (nx * ny) ** 2;
      }
    }
  });
  return out;
}

const r1 = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, x, i) => sum + Math.abs(x - b[i]!), 0) / b.reduce((sum, x) => sum + x, 0);
const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

test('cells without polarization before the exit face are those of a crystal that has them', async () => {
  // Atoms at rest: a Debye–Waller factor would depend on how many blocks are there.
  const atRest = 'library = { absorption = false }\ncrystal = { u2_A2 = { Ba = 0, Sr = 0, Ti = 0, O = 0 } }\n';
  const recipe = recipeOf('', 60, atRest);
  const stream = structureStream(1, 3, false);
  const depth_A = 40 * 3.95;
  const polar = buildLayers(recipe, 3, stream, depth_A);
  // The same draws of A sites and jitter, all without polarization.
  const still = buildLayers(recipeOf('', 0, atRest), 3, stream, depth_A);
  const n = polar.blocks.length;
  const ending = { ...polar, unpolarized: { cells: 4, blocks: still.blocks } };
  for (const cells of [20, 28]) {
    const exact = {
      blocks: [...polar.blocks, ...still.blocks],
      order: polar.order.map((b, j) => (2 * j < cells - 4 ? b : b + n)),
    };
    const [got, want, bare] = [
      await spectrum(ending, cells, recipe),
      await spectrum(exact, cells, recipe),
      await spectrum(polar, cells, recipe),
    ];
    expect(r1(bare, want)).toBeGreaterThan(0.02);
    // But for the tails at the inner boundary.
    expect(r1(got, want)).toBeLessThan(5e-4);
  }
});

test('amorphous layers scatter out of the beams and lose nothing', async () => {
  const bare = recipeOf('');
  const recipe = recipeOf('amorphous_nm = [2, 2]');
  const options = { ...bare, library: { ...bare.library, absorption: false } };
  const layers = (of: typeof bare) => buildLayers(of, 0, structureStream(1, 0, false), 80);
  const covered = layers(recipe);
  expect(covered.blocks).toEqual(layers(bare).blocks);
  const [with2, without] = [await spectrum(covered, 10, options), await spectrum(layers(bare), 10, options)];
  expect(sum(with2)).toBeCloseTo(1, 4);
  expect(sum(without)).toBeCloseTo(1, 4);
  expect(r1(with2, without)).toBeGreaterThan(0.1);
  for (const layer of [covered.amorphous!.entrance!, covered.amorphous!.exit!]) {
    // 20 Å of the crystal's density: 2 × 2 cells of 5 atoms each 3.95 Å.
    expect(layer.symbols.length).toBe(Math.round((20 * 20) / 3.95));
    expect(layer.cell_A).toEqual([7.9, 7.9, 20]);
    const n = layer.symbols.length;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const d = [0, 1, 2].map((axis) => {
          const x = layer.positions_A[3 * i + axis]! - layer.positions_A[3 * j + axis]!;
          return x - layer.cell_A[axis]! * Math.round(x / layer.cell_A[axis]!);
        });
        expect(Math.hypot(...d)).toBeGreaterThan(1.8 - 1e-9);
      }
    }
  }
  expect(covered.amorphous!.entrance!.positions_A).not.toEqual(covered.amorphous!.exit!.positions_A);
});
