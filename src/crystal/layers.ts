/**
 * A crystal whose depth does not repeat: blocks of one size on top of each other, in an order. What they share is their lattice; A sites and jitter are each
 * block's own, and so may be the texture.
 */

import { fail } from '../core/errors.ts';
import { requireSites, type Structure } from './structure.ts';

export interface LayeredStructure {
  /** Different blocks of one lattice and size. */
  readonly blocks: readonly Structure[];
  /** Which block stands at each place, from the entrance face on. */
  readonly order: readonly number[];
  /** Layers before the entrance face and behind the exit face, wherever that is. */
  readonly amorphous?: { readonly entrance?: Structure; readonly exit?: Structure };
  /** The last cells before the exit face, wherever that is, are those of blocks without polarization: twins of `blocks`. */
  readonly unpolarized?: { readonly cells: number; readonly blocks: readonly Structure[] };
}

/** One block again and again, down to `depth_A` at least. */
export function repeated(block: Structure, depth_A: number): LayeredStructure {
  return { blocks: [block], order: new Array<number>(placesFor(block.cell_A[2], depth_A)).fill(0) };
}

/** Blocks of height `height_A` that reach down to `depth_A`. */
export function placesFor(height_A: number, depth_A: number): number {
  return Math.max(1, Math.ceil(depth_A / height_A - 1e-9));
}

/** All different blocks on top of each other, once, as one structure. */
export function eachOnce({ blocks }: LayeredStructure): Structure {
  return joined({ blocks, order: blocks.map((_, b) => b) });
}

/**
 * The whole depth as one structure, its sites included, without what belongs to its faces. Its ends meet as if it repeated.
 * @throws 'shape' for blocks of different lattices, 'unsupported' without sites
 */
export function joined({ blocks, order }: Pick<LayeredStructure, 'blocks' | 'order'>): Structure {
  const stand = order.map((b) => blocks[b]!);
  const [x, y, height] = blocks[0]!.cell_A;
  const { cells, zone } = requireSites(blocks[0]!);
  if (blocks.some(({ cell_A }) => cell_A[0] !== x || cell_A[1] !== y || cell_A[2] !== height)) {
    fail('shape', 'Blocks of different sizes cannot stand on top of each other.', 'Give blocks of one lattice.');
  }
  /** Along z by what lies before: of one step [Å, or cells]. */
  const raised = (values: ArrayLike<number>, j: number, step: number) =>
    Array.from(values, (value, i) => (i % 3 === 2 ? value + j * step : value));
  const sites = stand.map(requireSites);
  return {
    cell_A: [x, y, height * order.length],
    symbols: stand.flatMap(({ symbols }) => symbols),
    positions_A: Float64Array.from(stand.flatMap(({ positions_A }, j) => raised(positions_A, j, height))),
    sites: {
      cells: [cells[0], cells[1], cells[2] * order.length],
      ...(zone && { zone }),
      cell: Int32Array.from(sites.flatMap(({ cell }, j) => raised(cell, j, cells[2]))),
      kind: Uint8Array.from(sites.flatMap(({ kind }) => [...kind])),
      ideal_A: Float64Array.from(sites.flatMap(({ ideal_A }, j) => raised(ideal_A, j, height))),
      ...(sites.some(({ rest_A }) => rest_A) && {
        rest_A: Float64Array.from(sites.flatMap(({ rest_A, ideal_A }, j) => raised(rest_A ?? ideal_A, j, height))),
      }),
    },
  };
}
