/**
 * What one structure of a library costs on one thread: time and memory, from the recipe alone. An estimate for job schedulers, not a measurement.
 * Time: plane waves × slices to the greatest depth × pixels of the grid × 5 ns (README, "Measured"), and as much for each atom, slice and pixel of the different
 * blocks, which have to be set up. Memory: the transmission functions, the scattering matrix and the patterns.
 */

import { extent } from '../core/extent.ts';
import { placesFor } from '../crystal/layers.ts';
import { cellSteps } from '../crystal/options.ts';
import { SITES_PER_CELL } from '../crystal/structure.ts';
import { planPatterns } from '../diffraction/scattering-matrix.ts';
import { PLACES } from './incoherent.ts';
import { STORED_LABELS } from './labels.ts';
import type { LibraryInputs } from './options.ts';
import { geometryOf, planStream, planStructure } from './plan.ts';
import { gridOf, slicesPerCell } from './sampling.ts';
import { checkTextures, depthOf } from './textured.ts';

/** Of one thread, per pixel and slice of a plane wave, or per pixel, slice and atom of a block, everything included [ns]. */
export const COST_NS = 5;

/** What a library takes on disk [bytes]. */
export function libraryBytes({ library, structures }: Pick<LibraryInputs, 'library' | 'structures'>): number {
  const patterns = (structures.count + structures.held_out) * library.patterns_per_structure;
  return 4 * patterns * (library.pixels ** 2 + STORED_LABELS.length);
}

export interface ShardCost {
  /** Plane waves that are sent through the block. */
  readonly waves: number;
  /** Slices that each passes. */
  readonly slices: number;
  /** Pixels of the real-space grid along x and y. */
  readonly grid: readonly [number, number];
  readonly time_s: number;
  readonly memory_bytes: number;
}

/** @throws 'recipe' for what libraries cannot have */
export function shardCost(inputs: LibraryInputs): ShardCost {
  const { library, structures } = inputs;
  checkTextures(inputs);
  const [nx, ny, nz] = structures.cells;
  const grid = gridOf(structures, library);
  const [, , height_A] = cellSteps(inputs);
  const perCell = slicesPerCell(structures.zone, library);
  // The first structure's own tilts and depths; those of the others may differ by a few.
  const { requests, offset } = planStructure(inputs, planStream(library.seed, 0, false), new Float64Array(3 * nx * ny));
  const {
    total: waves,
    exits,
    modulus,
  } = planPatterns({ nx: grid[0], ny: grid[1] }, geometryOf(inputs, offset), requests);
  const slices = exits.at(-1)!;
  const field = 8 * grid[0] * grid[1];
  const places = placesFor(nz * height_A, depthOf(inputs));
  const blocks = structures.file === undefined ? Math.min(places, structures.depth_blocks) : 1;
  const blockSlices = perCell * nz;
  // Unpolarized cells at the exit, on average: passed again for every thickness, by twins of the blocks.
  const [least_nm, most_nm] = structures.file === undefined ? structures.dead_layer_nm : [0, 0];
  const endingSlices = Math.round((5 * (least_nm + most_nm)) / height_A) * perCell;
  const different = blocks * (most_nm > 0 ? 2 : 1);
  // Slices of the blocks, one more where each meets another, and every exit face.
  const seams = Math.min(places, blocks * (blocks - 1)) * (most_nm > 0 ? 2 : 1);
  const kernel = field * (blockSlices * different + seams + exits.length + 8);
  const span = [0, 1].map((axis) => {
    const [least, greatest] = extent(requests.map(({ tilt }) => tilt[axis]!));
    return library.pixels + greatest - least;
  });
  // One class of the scattering matrix at a time (1/m of its waves and 1/m of its pixels), and the one before it, not yet collected.
  const classes = modulus[0] * modulus[1];
  const matrix = (8 * Math.min(2, classes) * waves * exits.length * span[0]! * span[1]!) / classes ** 2;
  // As simulated, as chunks and as files; and before the places of an extended source are added up.
  const coherent = library.source_fwhm_A[1] > 0 ? PLACES : 0;
  const patterns = (3 + coherent) * 4 * requests.length * library.pixels ** 2;
  const pixels = grid[0] * grid[1];
  const setUp = different * blockSlices * pixels * (SITES_PER_CELL * nx * ny * nz);
  return {
    waves,
    slices,
    grid,
    time_s: (waves * (slices + exits.length * endingSlices) * pixels + setUp) * COST_NS * 1e-9,
    memory_bytes: kernel + matrix + patterns,
  };
}
