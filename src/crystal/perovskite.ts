/**
 * The undistorted perovskite ABO3: a block of nx × ny × nz cells with right angles. Lengths in Å.
 * Every atom sits on its ideal site; displacements come after (`soft-mode.ts`, `tilts.ts`, `thermal.ts`).
 */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import type { CrystalOptions } from './options.ts';
import { cellCount, cellIndex, SITE, SITE_FRACTIONS, SITES_PER_CELL, type Structure, type Vec3 } from './structure.ts';

/**
 * Which A sites hold Ba, [nz][ny][nx] of 0 (Sr) and 1 (Ba).
 * 'random': exactly round(fraction · sites) Ba, shuffled; the count never fluctuates from structure to structure.
 * 'checkerboard': Ba where i + j + k is even; needs a fraction of 0.5 and an even number of cells along every axis.
 * @throws 'recipe' for a checkerboard that cannot be
 */
export function orderA(
  crystal: Pick<CrystalOptions, 'a_order' | 'ba_fraction'>,
  cells: Vec3,
  stream: RandomStream,
): Uint8Array {
  const sites = new Uint8Array(cellCount(cells));
  if (crystal.a_order === 'random') {
    sites.fill(1, 0, Math.round(crystal.ba_fraction * sites.length));
    return stream.shuffle(sites);
  }
  if (crystal.ba_fraction !== 0.5 || cells.some((n) => n % 2 !== 0)) {
    fail(
      'recipe',
      `A checkerboard needs ba_fraction 0.5 and even cell counts, not ${crystal.ba_fraction} and ${cells.join(' × ')}.`,
      "Set a_order = 'random', or mend ba_fraction and cells.",
      { ba_fraction: crystal.ba_fraction, cells },
    );
  }
  for (let k = 0; k < cells[2]; k++) {
    for (let j = 0; j < cells[1]; j++) {
      for (let i = 0; i < cells[0]; i++) sites[cellIndex(cells, i, j, k)] = (i + j + k) % 2 === 0 ? 1 : 0;
    }
  }
  return sites;
}

/**
 * The ideal block of (Ba,Sr)TiO3, cubic cells.
 * @param cells unit cells along x, y, z
 * @param a_A lattice parameter [Å]
 * @param ba which A sites hold Ba, [nz][ny][nx], as {@link orderA} gives it
 */
export function perovskite(cells: Vec3, a_A: number, ba: ArrayLike<number>): Structure {
  const A = Array.from(ba, (barium) => (barium ? 'Ba' : 'Sr'));
  return idealBlock(cells, [a_A, a_A, a_A], { A, B: A.map(() => 'Ti') });
}

/**
 * The ideal block. Atoms in the order [z][y][x][site].
 * @param cells unit cells along x, y, z
 * @param edges_A of a cell [Å]
 * @param elements on the A and the B sites, [nz][ny][nx] each
 * @throws 'shape' unless there is one of each a cell
 */
export function idealBlock(
  cells: Vec3,
  edges_A: Vec3,
  { A, B }: { readonly A: readonly string[]; readonly B: readonly string[] },
): Structure {
  const wrong = [A, B].find((on) => on.length !== cellCount(cells));
  if (wrong || cells.some((n) => !Number.isInteger(n) || n < 1)) {
    fail(
      'shape',
      `${(wrong ?? A).length} sites for ${cells.join(' × ')} cells.`,
      'Give one A and one B site per cell.',
      {
        cells,
      },
    );
  }
  const atoms = cellCount(cells) * SITES_PER_CELL;
  const symbols: string[] = [];
  const cell = new Int32Array(3 * atoms);
  const kind = new Uint8Array(atoms);
  const ideal_A = new Float64Array(3 * atoms);
  for (let atom = 0; atom < atoms; atom++) {
    const site = atom % SITES_PER_CELL;
    const index = Math.floor(atom / SITES_PER_CELL);
    const at = [index % cells[0], Math.floor(index / cells[0]) % cells[1], Math.floor(index / (cells[0] * cells[1]))];
    symbols.push(site === SITE.A ? A[index]! : site === SITE.Ti ? B[index]! : 'O');
    kind[atom] = site;
    for (let axis = 0; axis < 3; axis++) {
      cell[3 * atom + axis] = at[axis]!;
      ideal_A[3 * atom + axis] = (at[axis]! + SITE_FRACTIONS[site]![axis]!) * edges_A[axis]!;
    }
  }
  return {
    cell_A: [cells[0] * edges_A[0], cells[1] * edges_A[1], cells[2] * edges_A[2]],
    symbols,
    positions_A: ideal_A.slice(),
    sites: { cells, cell, kind, ideal_A },
  };
}
