/**
 * A CIF to a crystal with every atom of its cell. Names of the core dictionary: https://www.iucr.org/resources/cif/dictionaries/cif_core
 *
 *     const crystal = readCif(text, 'STO.cif');
 *
 * The first block with atom sites counts. Operators are applied; images of a site that meet within 0.05 Å become one atom at their mean, which puts
 * (0.333, 0.667) onto the threefold axis. U_iso [Å²] is taken as given, from B = 8π²U, or as a third of the trace of U_ij. Occupancy that is not given is 1.
 *
 * What this is not: a table of space groups. A file that only names its group, and is not P1, is refused.
 */

import { fail } from '../core/errors.ts';
import { type CifBlock, type CifValue, readCifBlocks } from './cif-syntax.ts';
import { elementOfLabel, elementOfType } from './elements.ts';
import { dot, inverse, latticeOf, type Mat3, nearestImage, norm, times, transpose, wrapped } from './lattice.ts';
import { Places } from './places.ts';
import type { Vec3 } from './structure.ts';
import { applyOperator, type Operator, parseOperator } from './symmetry-operator.ts';
import { type Crystal, checkedCrystal } from './unit-cell.ts';

/**
 * Images of one site that meet within this distance [Å] are one atom. Those of a site that is at most half occupied may be a split atom's places, as in
 * an eight-site model of a ferroelectric: they stay apart unless they are the same but for rounding.
 */
const MERGE_A = 0.05;
const MERGE_SPLIT_A = 0.005;
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

const OPERATORS = ['_space_group_symop_operation_xyz', '_symmetry_equiv_pos_as_xyz'];
const NAMES = [
  '_space_group_name_h-m_alt',
  '_symmetry_space_group_name_h-m',
  '_space_group_name_h-m_full',
  '_space_group_name_h-m_ref',
  '_space_group_name_hall',
  '_symmetry_space_group_name_hall',
];
const NUMBERS = ['_space_group_it_number', '_symmetry_int_tables_number'];

function readOperators(block: CifBlock, name: string): Operator[] {
  const texts = OPERATORS.flatMap((tag) => [...(block.columns.get(tag) ?? [])]).filter((text) => text !== undefined);
  if (texts.length === 0) {
    const group = [...NAMES, ...NUMBERS].map((tag) => first(block, tag)).find((text) => text !== undefined);
    if (group === undefined || /^(p\s*1(\s+1\s+1)?|1)$/i.test(group.trim())) return [parseOperator('x,y,z', name)];
    fail(
      'unsupported',
      `${name} names its space group (${group}) but does not list its symmetry operators.`,
      'Export it with symmetry operators (_space_group_symop_operation_xyz), or with all atoms of the cell as P1.',
      { name, group },
    );
  }
  const operators = texts.map((text) => parseOperator(text, name));
  // A list that was cut short would leave atoms out: products of its operators must be in it.
  const key = ({ rotation, translation }: Operator) =>
    `${rotation.join()} ${translation.map((t) => Math.round((t - Math.floor(t)) * 48) % 48).join()}`;
  const keys = new Set(operators.map(key));
  const product = (a: Operator, b: Operator): Operator => ({
    rotation: a.rotation.map((row) => times(row, b.rotation)) as unknown as Mat3,
    translation: applyOperator(a, b.translation),
  });
  if (!operators.every((a) => operators.every((b) => keys.has(key(product(a, b)))))) {
    fail(
      'format',
      `${name}: its ${texts.length} symmetry operators are not a group; some are missing or wrong.`,
      'Export the file again, with all symmetry operators.',
      {
        name,
        operators: texts.length,
      },
    );
  }
  return operators;
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

interface Site {
  readonly symbol: string;
  readonly f: Vec3;
  readonly occupancy: number;
  readonly u: number;
}

function readSites(block: CifBlock, lattice: Mat3, name: string): Site[] {
  const column = (tag: string) => block.columns.get(`_atom_site_${tag}`) ?? [];
  const anisotropic = readAnisotropic(block, lattice, name);
  return column('fract_x').flatMap((_, row): Site[] => {
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
    const b = value('b_iso_or_equiv');
    const u = value('u_iso_or_equiv') ?? (b === undefined ? anisotropic.get(label) : b / B_PER_U) ?? Number.NaN;
    const f: Vec3 = [coordinate('fract_x'), coordinate('fract_y'), coordinate('fract_z')];
    // A negative U is a failed refinement: not known.
    return occupancy === 0 ? [] : [{ symbol, f, occupancy: Math.min(1, occupancy), u: u >= 0 ? u : Number.NaN }];
  });
}

/** Images of a site under the operators, those that meet merged at their mean. */
function orbit({ f, occupancy }: Site, operators: readonly Operator[], lattice: Mat3): Vec3[] {
  const places = new Places(lattice, occupancy > 0.5 ? MERGE_A : MERGE_SPLIT_A);
  const means: { sum: [number, number, number]; n: number }[] = [];
  for (const operator of operators) {
    const image = wrapped(applyOperator(operator, f));
    const found = places.near(image)[0];
    if (found === undefined) {
      places.add(image);
      means.push({ sum: [0, 0, 0], n: 1 });
      continue;
    }
    const mean = means[found]!;
    nearestImage(image, places.points[found]!).forEach((d, axis) => {
      mean.sum[axis as 0 | 1 | 2] += d;
    });
    mean.n++;
  }
  return places.points.map((p, i) => {
    const { sum, n } = means[i]!;
    return wrapped([p[0] + sum[0] / n, p[1] + sum[1] / n, p[2] + sum[2] / n]);
  });
}

/** @throws 'format' for a file that cannot be read, 'unsupported' for one that names its space group only */
export function readCif(text: string, name = 'CIF'): Crystal {
  const blocks = readCifBlocks(text, name);
  const block =
    blocks.find(({ columns }) => (columns.get('_atom_site_fract_x')?.length ?? 0) > 0) ??
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
  const operators = readOperators(block, name);
  const places = new Places(lattice_A, MERGE_A);
  const atoms: Site[] = [];
  for (const site of readSites(block, lattice_A, name)) {
    for (const f of orbit(site, operators, lattice_A)) {
      // The same atom listed twice, as where a file gives all atoms of the cell and the operators too.
      const twice = (other: number) =>
        atoms[other]!.symbol === site.symbol && atoms[other]!.occupancy + site.occupancy > 1.05;
      if (places.near(f).some(twice)) continue;
      places.add(f);
      atoms.push({ ...site, f });
    }
  }
  return checkedCrystal({
    name,
    lattice_A,
    symbols: atoms.map(({ symbol }) => symbol),
    fractional: Float64Array.from(atoms.flatMap(({ f }) => f)),
    occupancy: Float64Array.from(atoms, ({ occupancy }) => occupancy),
    uIso_A2: Float64Array.from(atoms, ({ u }) => u),
  });
}
