/**
 * A CIF to a crystal with every atom of its cell. Names of the core dictionary: https://www.iucr.org/resources/cif/dictionaries/cif_core
 *
 *     const crystal = readCif(text, 'STO.cif');
 *
 * The first block with atom sites counts, or the one asked for. Operators (`cif-symmetry.ts`) are applied; images of a site that meet within the rounding of its coordinates, or
 * 0.05 Å, become one atom at their mean, which puts (0.33, 0.67) onto the threefold axis. Rows of one element on one site are one atom. U_iso [Å²] is taken
 * as given, from B = 8π²U, or as a third of the trace of U_ij, B_ij or β_ij; a U of 0 is none. Occupancy that is not given is 1. What was repaired stands in `notes`.
 */

import { fail } from '../core/errors.ts';
import { chooseSetting } from './choose-setting.ts';
import { readFormula, readSites } from './cif-sites.ts';
import { readSymmetry } from './cif-symmetry.ts';
import { type CifBlock, readCifBlocks } from './cif-syntax.ts';
import { first, numberOf } from './cif-values.ts';
import { latticeOf, type Mat3 } from './lattice.ts';
import type { Setting } from './named-group.ts';
import { listed, placeSites, type Remarks, type Site } from './place-sites.ts';
import { type Crystal, checkCell, checkedCrystal } from './unit-cell.ts';

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

/** Where some sites of an element have a U and others have none. */
function unevenU(sites: readonly Site[], name: string): string[] {
  const without = sites.filter(({ u, symbol }) => Number.isNaN(u) && sites.some((s) => s.symbol === symbol && s.u > 0));
  return without.length === 0
    ? []
    : [
        `${name} gives no U for ${listed(without.map(({ label }) => label))}: the mean of the element's other sites stands.`,
      ];
}

export interface CifOptions {
  /** Which data block, by its name without 'data_', where the file holds several structures; the first where left out. */
  readonly data_block?: string | undefined;
}

/** The block, and what to say of the others. */
function chooseBlock(text: string, name: string, wanted: string | undefined): { block: CifBlock; notes: string[] } {
  const blocks = readCifBlocks(text, name).filter(({ columns }) =>
    ['fract_x', 'cartn_x'].some((tag) => (columns.get(`_atom_site_${tag}`)?.length ?? 0) > 0),
  );
  if (blocks.length === 0) {
    fail(
      'format',
      `${name} has no atom positions (_atom_site_fract_x).`,
      'Export the crystal structure, not only its reflections.',
      { name },
    );
  }
  const names = blocks.map((block) => block.name);
  const asked = wanted?.replace(/^data_/i, '').toLowerCase();
  const index = asked === undefined ? 0 : names.findIndex((other) => other.toLowerCase() === asked);
  if (index < 0) {
    fail(
      'range',
      `${name} holds no structure data_${asked}.`,
      `It holds ${listed(names.map((other) => `data_${other}`))}.`,
      {
        name,
        data_blocks: names,
      },
    );
  }
  const others = names.filter((_, i) => i !== index).map((other) => `data_${other}`);
  const notes =
    others.length === 0 || wanted !== undefined
      ? []
      : [
          `${name} holds ${names.length} structures: the first, data_${names[0]}, is taken, and ${listed(others)} left out; data_block = '${names[1]}' in the recipe takes another.`,
        ];
  return { block: blocks[index]!, notes };
}

/** The crystal of a block under one of the settings that its group can be meant in. */
function build(block: CifBlock, lattice_A: Mat3, { operators, group }: Setting, name: string): Crystal {
  const remarks: Remarks = { notes: [], u2Notes: [] };
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
    symmetry: { operators, group },
  });
}

/**
 * @throws 'format' for a file that cannot be read, or whose operators are not those of its group; 'range' for a data block that is not there; 'unsupported'
 * for a group that is not in the tables, or named without its origin where both fit, and for modulated structures
 */
export function readCif(text: string, name = 'CIF', { data_block }: CifOptions = {}): Crystal {
  const { block, notes } = chooseBlock(text, name, data_block);
  const lattice_A = readLattice(block, name);
  // Before atoms are placed: a flat cell has no places.
  checkCell(name, lattice_A);
  const symmetry = readSymmetry(block, lattice_A, name);
  const { crystal, note } = chooseSetting(
    symmetry.settings,
    (setting) => build(block, lattice_A, setting, name),
    readFormula(block),
    name,
  );
  const said = [...notes, ...symmetry.notes, ...note, ...crystal.notes!];
  return { ...crystal, notes: said };
}
