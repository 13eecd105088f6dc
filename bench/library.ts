/**
 * Patterns per second of a library, all cores, written to disk; and what the paper's library (103,200 patterns) would take at the cost
 * measured for its plane waves. `npm run bench -- library`
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRecipe } from '../src/core/recipe-schema.ts';
import { quietTask } from '../src/core/task.ts';
import { simulateLibrary } from '../src/library/run.ts';

/** A stated subset of the paper's library: its structures' size, grid, slices and tilts, to 12 nm instead of 80. */
const SUBSET = `
[structures]
count = 1
held_out = 1
cells = [8, 8, 2]
[library]
thickness_nm = { min = 10, max = 12 }
tilt_max_mrad = 2
patterns_per_structure = 1000
pixels = 64
`;

export async function run(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ferroscope-bench-'));
  try {
    const recipe = parseRecipe(SUBSET);
    const start = performance.now();
    const { patterns, passes } = await simulateLibrary(recipe, join(folder, 'l.zarr'), { program: 'bench' }, quietTask);
    const seconds = (performance.now() - start) / 1e3;
    const cells = Math.round(120 / recipe.crystal.a_A);
    const perCell = recipe.library.slices_per_cell;
    const work = passes * cells * perCell * (8 * recipe.library.grid_per_cell) ** 2;
    // The paper: 516 columns of 64-column blocks, so 9 structures; the passes of one, to 80 nm.
    const paper = (seconds / work) * 9 * (passes / 2) * 203 * perCell * 224 ** 2;
    return [
      '| library, all cores | |',
      '|---|---|',
      `| threads | ${availableParallelism()} |`,
      `| patterns/s (8×8×2 cells, 224², a/${perCell}, ±2 mrad, 10–12 nm) | ${(patterns / seconds).toFixed(0)} |`,
      `| ns per pixel·slice, everything included | ${((seconds / work) * 1e9).toFixed(2)} |`,
      `| the paper’s 103,200 patterns, 30–80 nm, extrapolated by pixel·slices | ${(paper / 60).toFixed(0)} min |`,
    ].join('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
