/** One shard: every pattern of one structure, with labels. Pure computation; no files, no threads. */

import { fail } from '../core/errors.ts';
import type { Recipe } from '../core/recipe.ts';
import type { Task } from '../core/task.ts';
import { buildStructure, labelFields } from '../crystal/build.ts';
import type { LocalFields } from '../crystal/local.ts';
import type { Structure } from '../crystal/structure.ts';
import { residualU2 } from '../crystal/thermal.ts';
import { type LatticeGeometry, latticeProbe } from '../diffraction/scattering-matrix.ts';
import { type SliceStack, sliceStack } from '../diffraction/slices.ts';
import type { PatternEngine } from './engine.ts';
import { STORED_LABELS } from './labels.ts';
import { geometryOf, planStructure, type StructurePlan, thicknessCells } from './plan.ts';
import { ProbeWeights } from './probe-weights.ts';

export interface Shard {
  /** [count][pixels][pixels], fraction of the incident beam per pixel. */
  readonly patterns: Float32Array;
  /** [count][STORED_LABELS]. */
  readonly labels: Float32Array;
  readonly count: number;
  /** Plane-wave passes × slices × grid points, the work that was done. */
  readonly passes: number;
}

/** The structure's slices on the recipe's grid, with the thermal motion that its frozen displacements leave. */
export function stackOf(recipe: Recipe, structure: Structure): SliceStack {
  const { library, structures } = recipe;
  return sliceStack(structure, {
    nx: library.grid_per_cell * structures.cells[0],
    ny: library.grid_per_cell * structures.cells[1],
    nSlices: library.slices_per_cell * structures.cells[2],
    slicing: library.slicing,
    factors: library.factors,
    bandLimit: library.band_limit,
    u2_A2: residualU2(structure, recipe.crystal.u2_A2),
  });
}

/**
 * @param structure of the shard: a frame of `structures.file`, on the recipe's lattice, or the texture that the recipe makes
 * @throws 'not-finite' if a pattern comes out unphysical (a bug or a hopeless recipe), 'recipe' for what libraries cannot have, and what the engine throws
 */
export async function simulateShard(
  recipe: Recipe,
  index: number,
  heldOut: boolean,
  engine: PatternEngine,
  task: Task,
  structure: Structure = buildStructure(recipe, index, heldOut),
): Promise<Shard> {
  const fields = labelFields(structure, recipe);
  const plan = planStructure(recipe, index, heldOut, fields.dTi);
  const geometry = geometryOf(recipe, plan.offset);
  let passes = 0;
  const computing = engine(
    { stack: stackOf(recipe, structure), bandLimit: recipe.library.band_limit, geometry, requests: plan.requests },
    {
      signal: task.signal,
      progress: (done, total, what, note) => {
        passes = done;
        task.progress(done, total, what, note);
      },
    },
  );
  // While a GPU computes.
  const labels = labelsOf(recipe, plan, geometry, fields);
  const patterns = await computing;
  for (let i = 0; i < patterns.length; i++) {
    if (!(patterns[i]! >= 0 && patterns[i]! <= 1)) {
      fail('not-finite', 'A simulated intensity is not between 0 and 1.', 'Raise grid_per_cell or slices_per_cell.');
    }
  }
  return { patterns, labels, count: plan.requests.length, passes };
}

/** [requests][STORED_LABELS]. */
function labelsOf(
  recipe: Recipe,
  plan: StructurePlan,
  { detector, defocus_nm, aberrations, cells }: LatticeGeometry,
  fields: LocalFields,
): Float32Array {
  const { crystal, library } = recipe;
  const weights = new ProbeWeights(
    latticeProbe(detector, defocus_nm, aberrations),
    crystal.a_A,
    cells,
    library.pixels_per_order,
    thicknessCells(recipe).at(-1)! * crystal.a_A,
  );
  const width = STORED_LABELS.length;
  const labels = new Float32Array(plan.requests.length * width);
  for (const [i, request] of plan.requests.entries()) {
    const tilt: [number, number] = [plan.tilt_mrad[2 * i]!, plan.tilt_mrad[2 * i + 1]!];
    const weight = weights.at(request.position_A, tilt, plan.thickness_nm[i]! * 10);
    const nearest =
      (Math.floor(request.position_A[1] / crystal.a_A) % cells[1]) * cells[0] +
      (Math.floor(request.position_A[0] / crystal.a_A) % cells[0]);
    const means: number[] = [];
    const column: number[] = [];
    for (const field of [fields.P, fields.dTi, fields.dO]) {
      for (let axis = 0; axis < 3; axis++) {
        let mean = 0;
        for (let c = 0; c < weight.length; c++) mean += weight[c]! * field[3 * c + axis]!;
        means.push(mean);
        column.push(field[3 * nearest + axis]!);
      }
    }
    labels.set([...means, ...tilt, plan.thickness_nm[i]!, ...column, ...request.position_A], i * width);
  }
  return labels;
}
