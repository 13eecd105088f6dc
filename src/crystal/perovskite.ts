/**
 * The undistorted perovskite ABO3: a block of nx × ny × nz cells with right angles. Lengths in Å.
 * Every atom sits on its ideal site; displacements come after (`soft-mode.ts`, `tilts.ts`, `thermal.ts`).
 */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import type { CrystalOptions } from './options.ts';
import { cellAt, cellCount, SITE, SITE_FRACTIONS, SITES_PER_CELL, type Structure, type Vec3 } from './structure.ts';
import { alongSteps, blockProblem, cubicPlace, stepsOf, type Zone, zoneOf } from './zone.ts';

/**
 * Which A sites hold Ba, [nz][ny][nx] of 0 (Sr) and 1 (Ba).
 * 'random': exactly round(fraction · sites) Ba, shuffled; the count never fluctuates from structure to structure.
 * 'checkerboard': Ba where the sum of the cell's cubic indices is even; needs a fraction of 0.5 and a block that repeats it: an even number of cells along every
 * axis, of [001].
 * @throws 'recipe' for a checkerboard that cannot be
 */
export function orderA(
  crystal: Pick<CrystalOptions, 'a_order' | 'ba_fraction'>,
  cells: Vec3,
  stream: RandomStream,
  axis?: Vec3,
): Uint8Array {
  const sites = new Uint8Array(cellCount(cells));
  if (crystal.a_order === 'random') {
    sites.fill(1, 0, Math.round(crystal.ba_fraction * sites.length));
    return stream.shuffle(sites);
  }
  const zone = zoneOf(axis);
  const even = (at: Vec3) => (at[0] + at[1] + at[2]) % 2 === 0;
  const odd = zone.lab.some((row, along) => {
    const repeats = cells[along]! / zone.least[along]!;
    return repeats % 2 !== 0 && !even(row);
  });
  if (crystal.ba_fraction !== 0.5 || odd) {
    fail(
      'recipe',
      `A checkerboard needs ba_fraction 0.5 and even cell counts, not ${crystal.ba_fraction} and ${cells.join(' × ')}.`,
      "Set a_order = 'random', or mend ba_fraction and cells.",
      { ba_fraction: crystal.ba_fraction, cells },
    );
  }
  return sites.map((_, cell) => (even(cubicPlace(zone, cellAt(cells, cell))) ? 1 : 0));
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
 * @param cells along x, y, z
 * @param edges_A steps from one to the next [Å]; the edges of a cell along [001]
 * @param elements on the A and the B sites, [nz][ny][nx] each
 * @param axis the zone along the beam
 * @throws 'shape' unless there is one of each a cell, and for a block that does not repeat
 */
export function idealBlock(
  cells: Vec3,
  edges_A: Vec3,
  { A, B }: { readonly A: readonly string[]; readonly B: readonly string[] },
  axis?: Vec3,
): Structure {
  const problem = blockProblem({ cells, zone: axis });
  if (problem) fail('shape', `There is no such block: ${problem}.`, 'Give other cells.', { cells });
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
  const zone = zoneOf(axis);
  const fractions = sitesInSteps(zone);
  for (let atom = 0; atom < atoms; atom++) {
    const site = atom % SITES_PER_CELL;
    const index = Math.floor(atom / SITES_PER_CELL);
    const at = cellAt(cells, index);
    const place = stepsOf(zone, at);
    symbols.push(site === SITE.A ? A[index]! : site === SITE.Ti ? B[index]! : 'O');
    kind[atom] = site;
    for (let axis = 0; axis < 3; axis++) {
      cell[3 * atom + axis] = at[axis]!;
      ideal_A[3 * atom + axis] = (place[axis]! + fractions[site]![axis]!) * edges_A[axis]!;
    }
  }
  return {
    cell_A: [cells[0] * edges_A[0], cells[1] * edges_A[1], cells[2] * edges_A[2]],
    symbols,
    positions_A: ideal_A.slice(),
    sites: { cells, ...(axis && { zone: axis }), cell, kind, ideal_A },
  };
}

/** The sites of a cell from where it stands, in steps: B in the middle of its column, z = 0 midway between two planes. */
function sitesInSteps(zone: Zone): Vec3[] {
  const [x, y] = alongSteps(zone, [0.5, 0.5, 0.5]);
  const origin: Vec3 = [0.5 - x, 0.5 - y, 1 / (4 * zone.per[2])];
  const [first] = SITE_FRACTIONS;
  return SITE_FRACTIONS.map((fraction) => {
    const along = alongSteps(zone, fraction.map((f, axis) => f - first![axis]!) as unknown as Vec3);
    return along.map((step, axis) => step + origin[axis]!) as unknown as Vec3;
  });
}
