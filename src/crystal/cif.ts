/**
 * A CIF to a crystal with every atom of its cell. Names of the core dictionary: https://www.iucr.org/resources/cif/dictionaries/cif_core
 *
 *     const crystal = readCif(text, 'STO.cif');
 *
 * The first block with atom sites counts. Operators (`cif-symmetry.ts`) are applied; images of a site that meet within the rounding of its coordinates, or
 * 0.05 Å, become one atom at their mean, which puts (0.33, 0.67) onto the threefold axis. Rows of one element on one site are one atom. U_iso [Å²] is taken
 * as given, from B = 8π²U, or as a third of the trace of U_ij; a U of 0 is none. Occupancy that is not given is 1. What was repaired stands in `notes`.
 */

import { fail } from '../core/errors.ts';
import { readSymmetry } from './cif-symmetry.ts';
import { type CifBlock, type CifValue, readCifBlocks } from './cif-syntax.ts';
import { elementOfLabel, elementOfType } from './elements.ts';
import { dot, inverse, latticeOf, type Mat3, norm, transpose } from './lattice.ts';
import { listed, placeSites, type Remarks, type Site } from './place-sites.ts';
import type { Vec3 } from './structure.ts';
import { type Crystal, checkedCrystal } from './unit-cell.ts';

const B_PER_U = 8 * Math.PI * Math.PI;

/** A number, its standard uncertainty in brackets dropped: 3.905(2). @throws 'format' */
function numberOf(text: string, what: string, name: string): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\(\d*\))?$/.exec(text.trim());
  return match
    ? Number(match[1])
    : fail('format', `${name}: ${what} is '${text}', which is not a number.`, 'Write it as 3.905 or 3.905(2).', {
        name,
      });
}

function first(block: CifBlock, tag: string): CifValue {
  return block.columns.get(tag)?.[0];
}

function readLattice(block: CifBlock, name: string): Mat3 {
  const value = (tag: string, fallback?: number): number => {
    const text = first(block, tag);
    if (text === undefined) {
      return (
        fallback ??
        fail(
          'format',
          `${name}: ${tag} is not given.`,
          'Export the file with its cell: three lengths [Å], three angles [°].',
          { name },
        )
      );
    }
    const number = numberOf(text, tag, name);
    return number > 0 && (fallback === undefined || number < 180)
      ? number
      : fail('format', `${name}: ${tag} is ${text}.`, 'Lengths are above 0 Å, angles between 0 and 180°.', { name });
  };
  return latticeOf(
    [value('_cell_length_a'), value('_cell_length_b'), value('_cell_length_c')],
    [value('_cell_angle_alpha', 90), value('_cell_angle_beta', 90), value('_cell_angle_gamma', 90)],
  );
}

/** U_eq [Å²] of each label with U_ij or B_ij: Σ U_ij a*_i a*_j (a_i·a_j) / 3. */
function readAnisotropic(block: CifBlock, lattice: Mat3, name: string): Map<string, number> {
  const labels = block.columns.get('_atom_site_aniso_label') ?? [];
  const stars = transpose(inverse(lattice)).map(norm);
  const pairs: [i: 0 | 1 | 2, j: 0 | 1 | 2][] = [
    [0, 0],
    [1, 1],
    [2, 2],
    [1, 2],
    [0, 2],
    [0, 1],
  ];
  const result = new Map<string, number>();
  for (const [row, label] of labels.entries()) {
    for (const [letter, factor] of [
      ['b', 1 / B_PER_U],
      ['u', 1],
    ] as const) {
      const values = pairs.map(([i, j]) => block.columns.get(`_atom_site_aniso_${letter}_${i + 1}${j + 1}`)?.[row]);
      if (label === undefined || !values.every((value) => value !== undefined)) continue;
      const sum = pairs.reduce((total, [i, j], p) => {
        const u = factor * numberOf(values[p]!, `${letter.toUpperCase()}_${i + 1}${j + 1} of ${label}`, name);
        return total + (i === j ? 1 : 2) * u * stars[i]! * stars[j]! * dot(lattice[i], lattice[j]);
      }, 0);
      result.set(label, sum / 3);
    }
  }
  return result;
}

/**
 * Half of the last digit of each coordinate: 0.33 is 0.33 ± 0.005. Zeros at the end do not count, as programs add them. One of fewer than two digits is as
 * fine as the coarsest of the others: 0.2 beside 0.39 has lost a zero.
 */
function roundingOf(texts: readonly string[]): Vec3 {
  const own = texts.map((text) => {
    const digits = /^[+-]?\d*\.(\d*?)0*(?:\(\d*\))?$/.exec(text.trim())?.[1]?.length ?? 0;
    return digits < 2 ? undefined : 0.5 * 10 ** -digits;
  });
  const coarsest = Math.max(0, ...own.map((half) => half ?? 0));
  return own.map((half) => half ?? coarsest) as unknown as Vec3;
}

function readSites(block: CifBlock, lattice: Mat3, name: string, { notes, u2Notes }: Remarks): Site[] {
  const column = (tag: string) => block.columns.get(`_atom_site_${tag}`) ?? [];
  const anisotropic = readAnisotropic(block, lattice, name);
  const zero: string[] = [];
  const sites = column('fract_x').flatMap((_, row): Site[] => {
    const label = column('label')[row] ?? column('type_symbol')[row] ?? `site ${row + 1}`;
    const type = column('type_symbol')[row];
    if (column('calc_flag')[row]?.toLowerCase() === 'dum') return [];
    const value = (tag: string): number | undefined => {
      const text = column(tag)[row];
      return text === undefined ? undefined : numberOf(text, `_atom_site_${tag} of ${label}`, name);
    };
    const coordinate = (tag: string): number =>
      value(tag) ??
      fail(
        'format',
        `${name}: the site ${label} has no _atom_site_${tag}.`,
        'Give its position, or take the site out.',
        { name, label },
      );
    const symbol =
      (type === undefined ? elementOfLabel(label) : elementOfType(type)) ??
      fail(
        'format',
        `${name}: it is not clear which element the site ${label}${type === undefined ? '' : ` of type ${type}`} is.`,
        'Give _atom_site_type_symbol a chemical symbol such as Ti.',
        {
          name,
          label,
        },
      );
    const occupancy = value('occupancy') ?? 1;
    if (occupancy < 0 || occupancy > 1.05) {
      fail('format', `${name}: the site ${label} has occupancy ${occupancy}.`, 'Occupancies lie between 0 and 1.', {
        name,
        label,
      });
    }
    if (occupancy > 1) notes.push(`${name} gives ${label} an occupancy of ${occupancy}: 1 is taken.`);
    const b = value('b_iso_or_equiv');
    const given = [value('u_iso_or_equiv'), b === undefined ? undefined : b / B_PER_U, anisotropic.get(label)].filter(
      (u) => u !== undefined,
    );
    // A zero is a column that nobody filled, a negative U a failed refinement: neither was measured.
    const u = given.find((value) => value > 0) ?? Number.NaN;
    if (given.length > 0 && Number.isNaN(u)) zero.push(`${label} (${given[0]})`);
    const tags = ['fract_x', 'fract_y', 'fract_z'] as const;
    const f = tags.map(coordinate) as unknown as Vec3;
    const rounding = roundingOf(tags.map((tag) => column(tag)[row]!));
    return occupancy === 0 ? [] : [{ label, symbol, f, rounding, occupancy: Math.min(1, occupancy), u }];
  });
  if (zero.length > 0) u2Notes.push(`${name}: U of ${listed(zero)} is taken as not given.`);
  return sites;
}

/** Where some sites of an element have a U and others have none. */
function unevenU(sites: readonly Site[], name: string): string[] {
  const without = sites.filter(({ u, symbol }) => Number.isNaN(u) && sites.some((s) => s.symbol === symbol && s.u > 0));
  return without.length === 0
    ? []
    : [
        `${name} gives no U for ${listed(without.map(({ label }) => label))}: the mean of the element's other sites stands.`,
      ];
}

/**
 * @throws 'format' for a file that cannot be read, or whose operators are not those of its group; 'unsupported' for one that names its group only, or is
 * modulated
 */
export function readCif(text: string, name = 'CIF'): Crystal {
  const blocks = readCifBlocks(text, name).filter(
    ({ columns }) => (columns.get('_atom_site_fract_x')?.length ?? 0) > 0,
  );
  const block =
    blocks[0] ??
    fail(
      'format',
      `${name} has no fractional atom positions (_atom_site_fract_x).`,
      'Export the crystal structure, not only its reflections; fractional coordinates are needed.',
      { name },
    );
  const lattice_A = readLattice(block, name);
  // Before atoms are placed: a flat cell has no places.
  checkedCrystal({
    name,
    lattice_A,
    symbols: ['X'],
    fractional: new Float64Array(3),
    occupancy: Float64Array.of(1),
    uIso_A2: Float64Array.of(0),
  });
  const { operators, notes } = readSymmetry(block, name);
  const remarks: Remarks = { notes: [...notes], u2Notes: [] };
  if (blocks.length > 1) {
    const others = blocks.slice(1).map((other) => `data_${other.name}`);
    remarks.notes.push(
      `${name} holds ${blocks.length} structures: the first, data_${block.name}, is taken, and ${listed(others)} left out.`,
    );
  }
  const sites = placeSites(readSites(block, lattice_A, name, remarks), operators, lattice_A, name, remarks);
  const atoms = sites.flatMap((site) => site.places.map((f) => ({ ...site, f })));
  return checkedCrystal({
    name,
    lattice_A,
    symbols: atoms.map(({ symbol }) => symbol),
    fractional: Float64Array.from(atoms.flatMap(({ f }) => f)),
    occupancy: Float64Array.from(atoms, ({ occupancy }) => occupancy),
    uIso_A2: Float64Array.from(atoms, ({ u }) => u),
    notes: remarks.notes,
    u2Notes: [...remarks.u2Notes, ...unevenU(sites, name)],
  });
}
