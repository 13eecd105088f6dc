/** One shard: every pattern of one structure, with labels. Pure computation; no files, no threads. */

import { fail } from '../core/errors.ts';
import type { Task } from '../core/task.ts';
import { buildStructure, labelFields, structureStream } from '../crystal/build.ts';
import type { LocalFields } from '../crystal/local.ts';
import type { CrystalOptions } from '../crystal/options.ts';
import { requireSites, type Structure } from '../crystal/structure.ts';
import { residualU2 } from '../crystal/thermal.ts';
import type { PatternEngine } from '../diffraction/engine.ts';
import { type LatticeGeometry, latticeProbe } from '../diffraction/scattering-matrix.ts';
import { type SliceStack, sliceStack } from '../diffraction/slices.ts';
import { STORED_LABELS } from './labels.ts';
import type { LibraryInputs, LibraryOptions } from './options.ts';
import { geometryOf, planStream, planStructure, type StructurePlan, thicknessCells } from './plan.ts';
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

/** How finely a library's blocks are sampled. */
export type Sampling = Pick<LibraryOptions, 'grid_per_cell' | 'slices_per_cell' | 'slicing' | 'factors' | 'band_limit'>;

/** The structure's slices, with the thermal motion that its frozen displacements leave. */
export function stackOf(
  structure: Structure,
  { u2_A2 }: Pick<CrystalOptions, 'u2_A2'>,
  sampling: Sampling,
): SliceStack {
  const [nx, ny, nz] = requireSites(structure).cells;
  return sliceStack(structure, {
    nx: sampling.grid_per_cell * nx,
    ny: sampling.grid_per_cell * ny,
    nSlices: sampling.slices_per_cell * nz,
    slicing: sampling.slicing,
    factors: sampling.factors,
    bandLimit: sampling.band_limit,
    u2_A2: residualU2(structure, u2_A2),
  });
}

/**
 * @param structure of the shard: a frame of `structures.file`, on the recipe's lattice, or the texture of its index
 * @throws 'not-finite' if a pattern comes out unphysical (a bug or a hopeless recipe), 'recipe' for what libraries cannot have, and what the engine throws
 */
export async function simulateShard(
  inputs: LibraryInputs,
  index: number,
  heldOut: boolean,
  engine: PatternEngine,
  task: Task,
  structure: Structure = buildStructure(inputs, index, structureStream(inputs.library.seed, index, heldOut)),
): Promise<Shard> {
  const fields = labelFields(structure, inputs);
  const plan = planStructure(inputs, planStream(inputs.library.seed, index, heldOut), fields.dTi);
  const geometry = geometryOf(inputs, plan.offset);
  let passes = 0;
  const computing = engine(
    {
      stack: stackOf(structure, inputs.crystal, inputs.library),
      bandLimit: inputs.library.band_limit,
      geometry,
      requests: plan.requests,
    },
    {
      signal: task.signal,
      progress: (done, total, what, note) => {
        passes = done;
        task.progress(done, total, what, note);
      },
    },
  );
  // While a GPU computes.
  const labels = labelsOf(inputs, plan, geometry, fields);
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
  inputs: LibraryInputs,
  plan: StructurePlan,
  { detector, defocus_nm, aberrations, cells }: LatticeGeometry,
  fields: LocalFields,
): Float32Array {
  const { crystal, library } = inputs;
  const weights = new ProbeWeights(
    latticeProbe(detector, defocus_nm, aberrations),
    crystal.a_A,
    cells,
    library.pixels_per_order,
    thicknessCells(inputs).at(-1)! * crystal.a_A,
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
