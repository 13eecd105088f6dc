/** One shard: every pattern of one structure, with labels. Pure computation; no files, no threads. */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import type { Task } from '../core/task.ts';
import { cellFields } from '../crystal/build.ts';
import { eachOnce, joined, type LayeredStructure, repeated } from '../crystal/layers.ts';
import { type CrystalOptions, cellSteps } from '../crystal/options.ts';
import { requireSites, type Structure } from '../crystal/structure.ts';
import { residualU2 } from '../crystal/thermal.ts';
import { columnAt } from '../crystal/zone.ts';
import { blockStack } from '../diffraction/block-stack.ts';
import { perOrder } from '../diffraction/detector.ts';
import type { PatternEngine } from '../diffraction/engine.ts';
import { withFaces } from '../diffraction/faces.ts';
import { type LatticeGeometry, latticeProbe } from '../diffraction/scattering-matrix.ts';
import { type SliceStack, sliceStack } from '../diffraction/slices.ts';
import { DepthFields } from './depth-means.ts';
import { incoherent, moved, sourcePlaces } from './incoherent.ts';
import { STORED_LABELS } from './labels.ts';
import type { LibraryInputs } from './options.ts';
import { geometryOf, planStream, planStructure, type StructurePlan } from './plan.ts';
import { blended, ProbeWeights } from './probe-weights.ts';
import { librarySlicer, type Sampling, slicesPerCell } from './sampling.ts';
import { depthOf, type Textured, texturedStructure } from './textured.ts';

export interface Shard {
  /** [count][pixels][pixels], fraction of the incident beam per pixel. */
  readonly patterns: Float32Array;
  /** [count][STORED_LABELS]. */
  readonly labels: Float32Array;
  readonly count: number;
  /** Plane-wave passes × slices × grid points, the work that was done. */
  readonly passes: number;
}

/** The slices of all of the depth, with the thermal motion that its frozen displacements leave. @throws 'range' where absorption is asked for and nothing vibrates */
export function stackOf(
  layers: LayeredStructure,
  { u2_A2 }: Pick<CrystalOptions, 'u2_A2'>,
  sampling: Sampling,
): SliceStack {
  const first = layers.blocks[0]!;
  const sites = requireSites(first);
  const cut = librarySlicer(sites, first.cell_A, residualU2(eachOnce(layers), u2_A2), sampling);
  const { blocks, order, amorphous, unpolarized } = layers;
  const ending = unpolarized && {
    slices: unpolarized.cells * slicesPerCell(sites.zone, sampling),
    order: order.map((b) => b + blocks.length),
  };
  const all = [...blocks, ...(unpolarized?.blocks ?? [])].map(cut);
  const layer = (atoms: Structure | undefined) =>
    atoms &&
    sliceStack(atoms, {
      nx: all[0]!.nx,
      ny: all[0]!.ny,
      nSlices: 1,
      slicing: 'whole-atom',
      factors: sampling.factors,
      bandLimit: sampling.band_limit,
    }).slice(0);
  return withFaces(blockStack(all, order, ending), {
    entrance: layer(amorphous?.entrance),
    exit: layer(amorphous?.exit),
  });
}

/**
 * @param structure of the shard where it is a frame of `structures.file`, on the recipe's lattice: it repeats along the beam; absent for the textures of its index
 * @throws 'not-finite' if a pattern comes out unphysical (a bug or a hopeless recipe), 'recipe' for what libraries cannot have, and what the engine throws
 */
export async function simulateShard(
  inputs: LibraryInputs,
  index: number,
  heldOut: boolean,
  engine: PatternEngine,
  task: Task,
  structure?: Structure,
): Promise<Shard> {
  const textured = structure
    ? { own: inputs, layers: repeated(structure, depthOf(inputs)), depth_A: depthOf(inputs) }
    : texturedStructure(inputs, index, heldOut);
  return simulateTextured(textured, planStream(inputs.library.seed, index, heldOut), engine, task);
}

/**
 * Patterns and labels of what stands under the probe.
 * @param planned draws positions, tilts and thicknesses
 * @throws as {@link simulateShard}
 */
export async function simulateTextured(
  { own, layers, depth_A }: Textured,
  planned: RandomStream,
  engine: PatternEngine,
  task: Task,
): Promise<Shard> {
  const whole = joined(layers);
  const [, , height_A] = cellSteps(own);
  const fields = new DepthFields(cellFields(whole, own), requireSites(whole).cells, height_A);
  const plan = planStructure(own, planned, fields.columnsDTi(depth_A));
  const geometry = geometryOf(own, plan.offset);
  let passes = 0;
  const computing = incoherent(engine)(
    {
      stack: stackOf(layers, own.crystal, own.library),
      bandLimit: own.library.band_limit,
      geometry,
      requests: plan.requests,
    },
    plan.source_rms_A,
    {
      signal: task.signal,
      progress: (done, total, what, note) => {
        passes = done;
        task.progress(done, total, what, note);
      },
    },
  );
  // While a GPU computes.
  const labels = labelsOf(own, plan, geometry, fields, (layers.unpolarized?.cells ?? 0) * height_A);
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
  { detector, defocus_nm, aberrations }: LatticeGeometry,
  fields: DepthFields,
  unpolarized_A: number,
): Float32Array {
  const { structures, library } = inputs;
  const [x_A, y_A] = cellSteps(inputs);
  // Of each focus, to so many nanometres: the probe changes little in less.
  const [least, most] = library.defocus_nm;
  const focusStep_nm = Math.max(2, (most - least) / 64);
  const probes = new Map<number, ProbeWeights>();
  const weightsAt = (own_nm: number): ProbeWeights => {
    const rounded_nm = focusStep_nm * Math.round(own_nm / focusStep_nm);
    const known = probes.get(rounded_nm);
    if (known) return known;
    const probe = latticeProbe(detector, defocus_nm + rounded_nm, aberrations);
    const made = new ProbeWeights(probe, [x_A, y_A], structures, perOrder(detector), depthOf(inputs));
    probes.set(rounded_nm, made);
    return made;
  };
  const width = STORED_LABELS.length;
  const labels = new Float32Array(plan.requests.length * width);
  for (const [i, { position_A, defocus_nm: own_nm = 0 }] of plan.requests.entries()) {
    const tilt: [number, number] = [plan.tilt_mrad[2 * i]!, plan.tilt_mrad[2 * i + 1]!];
    const nearest = columnAt(structures, [position_A[0] / x_A, position_A[1] / y_A]);
    const thickness_nm = plan.thickness_nm[i]!;
    const weights = weightsAt(own_nm);
    const sections = blended(
      sourcePlaces(plan.source_rms_A[i]!).map(({ offset_A, weight }) => ({
        weight,
        sections: weights.along(moved(position_A, offset_A), tilt, 10 * thickness_nm),
      })),
    );
    const { probe, column, spread } = fields.seenBy(sections, nearest, unpolarized_A);
    labels.set([...probe, ...tilt, thickness_nm, ...column, ...position_A, ...spread], i * width);
  }
  return labels;
}
