/**
 * Finds the unit cells of a perovskite ABO3 in an orthogonal box by themselves: which atom sits on which site of which cell, whatever the origin, the order of
 * the atoms and the wrapping; atoms may be displaced by some tenths of an Å, thermally or by polarization.
 *
 *     const block = findPerovskiteCells(structure);                          // with sites: localFields, the library
 *     const blocks = perovskiteFrames(readTrajectory(bytes, 'XDATCAR'));    // atoms keep their sites through all frames
 *
 * 1. All sites lie on a grid of half the cell's edge (`half-cell-grid.ts`).
 * 2. Of the grid's 8 classes of points (even or odd along x, y, z) one is A, one B, three are O and three are empty; the choice that fits most atoms is taken.
 *    B is then what has six O at half an edge, A what has twelve along the diagonals. No table of elements is asked.
 * 3. Ideal sites are the regular grid of the box, cell_A / n, its origin the least-squares one: displacements average to zero over all atoms, which is where
 *    the soft modes of `material.ts` leave the lattice, to 0.3 % of u. P, δTi and δO do not depend on the origin (`local.ts`).
 * 4. The block is moved by up to half a cell into the convention of `structure.ts`: AO planes at z = (k + 1/4)c. Every atom goes to the image nearest to its site.
 *
 * What this is not: cells at 45° to the box (√2 × √2), films with surfaces, vacancies, or other anions than O. These are refused.
 */

import { fail } from '../core/errors.ts';
import { halfCellGrid } from './half-cell-grid.ts';
import { cellCount, cellIndex, SITE, SITE_FRACTIONS, SITES_PER_CELL, type Structure, type Vec3 } from './structure.ts';
import type { Trajectory } from './trajectory.ts';

/** Farther from its site than this [Å], an atom has left it: tilts of the octahedra with thermal motion reach 0.6 Å, a neighbouring site is 1.9 Å away. */
const MOST_DISPLACED_A = 0.9;

/** Site of a grid point by its parity relative to A: bit 0 for x, 1 for y, 2 for z; −1 where none is. */
const SITE_OF_PARITY: readonly number[] = [SITE.A, -1, -1, SITE.Oz, -1, SITE.Oy, SITE.Ox, SITE.Ti];
const SITE_NAMES: readonly string[] = ['an A site', 'a B site', 'an O site', 'an O site', 'an O site'];

const isO = (site: number): boolean => site === SITE.Ox || site === SITE.Oy || site === SITE.Oz;
const mod = (value: number, n: number): number => ((value % n) + n) % n;

/** Whose sites they are: for messages. */
interface Named {
  readonly name: string;
  /** From 1, of a trajectory. */
  readonly frame?: number;
}

function label({ name, frame }: Named): string {
  return frame === undefined ? name : `${name}, frame ${frame}`;
}

function place({ positions_A }: Structure, atom: number): string {
  return `(${[0, 1, 2].map((axis) => positions_A[3 * atom + axis]!.toFixed(2)).join(', ')}) Å`;
}

function notPerovskite(of: Named, why: string, hint: string, fields: Record<string, unknown> = {}): never {
  fail('shape', `${label(of)} is not a whole perovskite: ${why}.`, hint, { name: of.name, frame: of.frame, ...fields });
}

const HINT_AXES =
  'Give whole pseudo-cubic cells ABO3 along x, y and z; a cell at 45° has to be cut along pseudo-cubic axes first.';

/** Cell and site of every atom, wherever the block's origin. */
interface Assignment {
  readonly cells: Vec3;
  readonly cell: Int32Array;
  readonly kind: Uint8Array;
}

/** @throws 'shape' naming the first atom that fits no site, or the first site that is empty or holds two */
function assign(structure: Structure, of: Named): Assignment {
  const { symbols, positions_A, cell_A } = structure;
  const bad = positions_A.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    fail('not-finite', `${label(of)}: atom ${Math.floor(bad / 3) + 1} has no position.`, 'Export it again.');
  if (!symbols.includes('O'))
    notPerovskite(of, `it holds no O, only ${[...new Set(symbols)].join(', ')}`, 'Give an oxide perovskite ABO3.');
  const grids = [0, 1, 2].map((axis) => {
    const grid = halfCellGrid(structure, axis);
    if (grid) return grid;
    const along = `along ${'xyz'[axis]} (${cell_A[axis]} Å)`;
    return notPerovskite(of, `${along} its atoms do not lie in planes half a cell apart`, HINT_AXES, { axis });
  });
  const cells = grids.map(({ n }) => n) as unknown as Vec3;
  const half = cells.map((n, axis) => cell_A[axis]! / (2 * n));
  const points = Int32Array.from(positions_A, (x, i) => Math.round((x - grids[i % 3]!.origin_A) / half[i % 3]!));
  const siteOf = (atom: number, corner: number): number => {
    const bit = (axis: number) => ((points[3 * atom + axis]! - (corner >> axis)) & 1) << axis;
    return SITE_OF_PARITY[bit(0) | bit(1) | bit(2)]!;
  };
  const fits = (atom: number, corner: number): boolean => {
    const site = siteOf(atom, corner);
    return site >= 0 && isO(site) === (symbols[atom] === 'O');
  };
  const scores = Array.from({ length: 8 }, (_, corner) =>
    symbols.reduce((count, _symbol, atom) => count + Number(fits(atom, corner)), 0),
  );
  const most = Math.max(...scores);
  const corner = scores.indexOf(most);
  const first = symbols.findIndex((_, atom) => !fits(atom, corner));
  if (first >= 0) {
    const site = siteOf(first, corner);
    const where = site < 0 ? 'between the sites' : `on ${SITE_NAMES[site]}`;
    const others = symbols.length - most - 1;
    notPerovskite(
      of,
      `atom ${first + 1} (${symbols[first]}) at ${place(structure, first)} lies ${where} of ${cells.join(' × ')} cells` +
        `${others > 0 ? `, and ${others} more atoms fit no site` : ''}`,
      others > symbols.length / 10 ? HINT_AXES : 'Take it out, or move it to its site.',
      { atom: first + 1, misfits: others + 1 },
    );
  }
  // The A plane that lies nearest to its place in the convention is that of cell 0.
  const planes = [0, 1, 2].map((axis) => {
    const a = 2 * half[axis]!;
    const plane = grids[axis]!.origin_A + ((corner >> axis) & 1) * half[axis]!;
    return ((corner >> axis) & 1) + 2 * Math.round((SITE_FRACTIONS[SITE.A]![axis]! * a - plane) / a);
  });
  const cell = Int32Array.from(points, (point, i) => mod((point - planes[i % 3]!) >> 1, cells[i % 3]!));
  const kind = Uint8Array.from(symbols, (_, atom) => siteOf(atom, corner));
  checkFilled(structure, { cells, cell, kind }, of);
  checkRoles(structure, kind, of);
  return { cells, cell, kind };
}

/** @throws 'shape' where a site holds two atoms or none */
function checkFilled(structure: Structure, { cells, cell, kind }: Assignment, of: Named): void {
  const { symbols } = structure;
  const slots = cellCount(cells) * SITES_PER_CELL;
  const counts = `${symbols.length} atoms for ${slots} sites of ${cells.join(' × ')} cells`;
  // Before memory is taken for them.
  if (slots > SITES_PER_CELL * symbols.length) notPerovskite(of, counts, HINT_AXES);
  const table = new Int32Array(slots).fill(-1);
  for (const [atom, site] of kind.entries()) {
    const at: Vec3 = [cell[3 * atom]!, cell[3 * atom + 1]!, cell[3 * atom + 2]!];
    const slot = cellIndex(cells, ...at) * SITES_PER_CELL + site;
    const other = table[slot]!;
    if (other >= 0) {
      notPerovskite(
        of,
        `atoms ${other + 1} (${symbols[other]}) and ${atom + 1} (${symbols[atom]}) at ${place(structure, atom)} share ${SITE_NAMES[site]}`,
        'Take out what is too much; a site that two elements share needs a supercell.',
        { atoms: [other + 1, atom + 1] },
      );
    }
    table[slot] = atom;
  }
  const empty = table.indexOf(-1);
  if (empty < 0) return;
  const missing = table.reduce((count, atom) => count + Number(atom < 0), 0);
  notPerovskite(
    of,
    `${counts}; ${SITE_NAMES[empty % SITES_PER_CELL]} is empty` +
      `${missing > 1 ? `, and ${missing - 1} more sites are` : ''}`,
    'Fill the vacancies; films and slabs with surfaces are not read.',
    { missing },
  );
}

/** @throws 'shape' where an element sits on A and on B sites */
function checkRoles({ symbols }: Structure, kind: Uint8Array, of: Named): void {
  const onA = new Map<string, number>();
  for (const [atom, symbol] of symbols.entries()) if (kind[atom] === SITE.A) onA.set(symbol, atom);
  for (const [atom, symbol] of symbols.entries()) {
    const other = onA.get(symbol);
    if (kind[atom] !== SITE.Ti || other === undefined) continue;
    notPerovskite(
      of,
      `${symbol} sits on A sites (atom ${other + 1}) and on B sites (atom ${atom + 1})`,
      'Mend the antisites; an element has one role here.',
      { symbol, atoms: [other + 1, atom + 1] },
    );
  }
}

/** The structure with its sites, moved into the convention. @throws 'shape' where an atom has left its site */
function settle(structure: Structure, { cells, cell, kind }: Assignment, of: Named): Structure {
  const { cell_A, symbols } = structure;
  const ideal_A = Float64Array.from(cell, (index, i) => {
    const site = kind[Math.floor(i / 3)]!;
    return ((index + SITE_FRACTIONS[site]![i % 3]!) * cell_A[i % 3]!) / cells[i % 3]!;
  });
  const d = structure.positions_A.map((x, i) => x - ideal_A[i]!);
  for (let axis = 0; axis < 3; axis++) {
    const edge = cell_A[axis]!;
    // A first estimate of the origin that wrapping does not touch, then the mean.
    let [re, im] = [0, 0];
    for (let i = axis; i < d.length; i += 3) {
      re += Math.cos((2 * Math.PI * d[i]!) / edge);
      im += Math.sin((2 * Math.PI * d[i]!) / edge);
    }
    const origin = (Math.atan2(im, re) * edge) / (2 * Math.PI);
    let mean = 0;
    for (let i = axis; i < d.length; i += 3) {
      const from = d[i]! - origin;
      d[i] = from - edge * Math.round(from / edge);
      mean += d[i]! / symbols.length;
    }
    for (let i = axis; i < d.length; i += 3) d[i] = d[i]! - mean;
  }
  for (const [atom, symbol] of symbols.entries()) {
    const distance = Math.hypot(d[3 * atom]!, d[3 * atom + 1]!, d[3 * atom + 2]!);
    if (distance <= MOST_DISPLACED_A) continue;
    notPerovskite(
      of,
      `atom ${atom + 1} (${symbol}) at ${place(structure, atom)} lies ${distance.toFixed(2)} Å from ${SITE_NAMES[kind[atom]!]}`,
      `Displacements up to ${MOST_DISPLACED_A} Å are followed; take out frames in which atoms leave their sites.`,
      { atom: atom + 1, distance_A: distance },
    );
  }
  const positions_A = d.map((x, i) => ideal_A[i]! + x);
  return { cell_A, symbols, positions_A, sites: { cells, cell, kind, ideal_A } };
}

/**
 * The structure with its perovskite sites; any sites that it came with are not looked at. Atoms keep their order.
 * @throws 'shape' saying which atom or site does not fit, and why; 'not-finite' for an atom without a position
 */
export function findPerovskiteCells(structure: Structure, name = 'The structure'): Structure {
  return settle(structure, assign(structure, { name }), { name });
}

/**
 * Every frame with its perovskite sites. Cells are found in the first frame; atoms keep them, however the crystal drifts. Sites that came with the file stay.
 * @param which indices of the frames wanted, from 0, where not all are
 * @throws as findPerovskiteCells, naming the frame, counted from 1, also for an atom that leaves its site
 */
export function perovskiteFrames(
  { name, frames }: Trajectory,
  which: readonly number[] = Array.from(frames.keys()),
): Structure[] {
  if (frames.every(({ sites }) => sites)) return which.map((i) => frames[i]!);
  const found = assign(frames[0]!, { name, frame: 1 });
  return which.map((i) => settle(frames[i]!, found, { name, frame: i + 1 }));
}
