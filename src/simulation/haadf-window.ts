/**
 * Windows of a dark-field image: the image is scanned in groups of 2 × 2 unit cells, each with a column of A sites in its middle, and of the crystal a group
 * sees a window of 4 × 4 cells around it that repeats. Every position is then one cell or more away from columns that are not its own neighbours.
 */

import { fail } from '../core/errors.ts';
import { eachOnce, type LayeredStructure } from '../crystal/layers.ts';
import { cellHeight, requireSites, SITE, type Structure } from '../crystal/structure.ts';
import { residualU2 } from '../crystal/thermal.ts';
import type { Atoms } from '../diffraction/slices.ts';
import { experimentStructure } from './experiment-structure.ts';
import type { HaadfInputs } from './options.ts';

/** Cells of a group and of its window, along x and y. */
export const GROUP = 2;
export const WINDOW_CELLS = 4;

/** What windows are cut from. */
export interface HaadfSpecimen {
  readonly layers: LayeredStructure;
  /** Unit cells of the block, across and along the beam; of the depth. */
  readonly block: number;
  readonly high: number;
  readonly depth: number;
  /** Thermal motion beyond the displacements frozen into the structure [Å²]. */
  readonly u2_A2: Readonly<Record<string, number>>;
}

/** @throws 'recipe' for a specimen that differs from position to position or has faces of its own */
export function haadfSpecimen(inputs: HaadfInputs): HaadfSpecimen {
  const { experiment, crystal } = inputs;
  const layers = experimentStructure(inputs);
  if (experiment.wedge_nm > 0 || layers.amorphous || layers.unpolarized) {
    fail(
      'recipe',
      'A [haadf] image is of one thickness, without layers at the faces.',
      'Set experiment.wedge_nm = 0, and leave out structures.dead_layer_nm and amorphous_nm.',
    );
  }
  const first = layers.blocks[0]!;
  return {
    layers,
    block: experiment.block_cells,
    high: requireSites(first).cells[2],
    depth: Math.round((10 * experiment.thickness_nm) / cellHeight(first)),
    u2_A2: residualU2(eachOnce(layers), crystal.u2_A2),
  };
}

/** Groups of the image along an edge: the A columns at the corners of `cells` unit cells. */
export const groupsAlong = (cells: number): number => Math.ceil((cells + 1) / GROUP);

/**
 * The window of group (gx, gy) in one of the blocks: A columns 2g − 1 … 2g + 2 of each axis, in a box of 4 × 4 cells whose corner is A column (2g − 1). The group's
 * positions lie from half a cell before column 2g on.
 */
export function haadfWindow(structure: Structure, block: number, [gx, gy]: readonly [number, number]): Atoms {
  const { cell } = requireSites(structure);
  const [a, b] = [structure.cell_A[0] / block, structure.cell_A[1] / block];
  const wrap = (i: number) => ((i % block) + block) % block;
  const symbols: string[] = [];
  const positions: number[] = [];
  const columns = Map.groupBy(structure.symbols.keys(), (i) => cell[3 * i + 1]! * block + cell[3 * i]!);
  for (let y = 0; y < WINDOW_CELLS; y++) {
    for (let x = 0; x < WINDOW_CELLS; x++) {
      const at = [wrap(GROUP * gx - 1 + x), wrap(GROUP * gy - 1 + y)] as const;
      const shift = [(x - at[0]) * a, (y - at[1]) * b, 0];
      for (const i of columns.get(at[1] * block + at[0])!) {
        symbols.push(structure.symbols[i]!);
        for (let axis = 0; axis < 3; axis++) positions.push(structure.positions_A[3 * i + axis]! + shift[axis]!);
      }
    }
  }
  return {
    cell_A: [WINDOW_CELLS * a, WINDOW_CELLS * b, structure.cell_A[2]],
    symbols,
    positions_A: Float64Array.from(positions),
  };
}

/** Share of A columns (i, j), i = 0 … nx − 1 and j = 0 … ny − 1, that is `element`: [ny][nx], over the depth. */
export function columnContent(
  { layers, block, high, depth }: HaadfSpecimen,
  element: string,
  [ny, nx]: readonly [number, number],
): Float64Array {
  const share = new Float64Array(block * block);
  for (const [place, number] of layers.order.entries()) {
    const { symbols, sites } = layers.blocks[number]!;
    const { cell, kind } = sites!;
    for (const [i, symbol] of symbols.entries()) {
      const counts = kind[i] === SITE.A && symbol === element && place * high + cell[3 * i + 2]! < depth;
      if (counts) share[cell[3 * i + 1]! * block + cell[3 * i]!]! += 1 / depth;
    }
  }
  return Float64Array.from(
    { length: ny * nx },
    (_, i) => share[(Math.floor(i / nx) % block) * block + ((i % nx) % block)]!,
  );
}
