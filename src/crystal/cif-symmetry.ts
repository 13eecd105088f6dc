/**
 * Symmetry operators of a CIF block, of the core and of the magnetic dictionary, checked against the group that the block names.
 *
 * Magnetic operators 'x,y,z,-1' move atoms as 'x,y,z' does: the fourth part, time reversal, turns moments only. Their centring translations are combined
 * with them. https://www.iucr.org/resources/cif/dictionaries/cif_mag
 *
 * A list that is not closed, or not as long as the named group's, is refused: it would leave atoms out. A block without a list gets the operators of the
 * group that it names (`named-group.ts`); one that says P1, or nothing of symmetry, is read as it stands.
 *
 * What this is not: magnetic groups by name, or modulated structures; both are refused.
 */

import { fail } from '../core/errors.ts';
import type { CifBlock } from './cif-syntax.ts';
import { first } from './cif-values.ts';
import { determinant, IDENTITY, type Mat3 } from './lattice.ts';
import { namedGroup, type Setting } from './named-group.ts';
import { rotationsOfNumber, sizeOfName, translationsOfLetter } from './space-group.ts';
import { distinct, keyOf, type Operator, parseOperator, product } from './symmetry-operator.ts';

const CORE = ['_space_group_symop_operation_xyz', '_symmetry_equiv_pos_as_xyz'];
/** Also '_space_group_symop.magn_operation_xyz', as older files have it. */
const MAGNETIC = '_space_group_symop_magn_operation_xyz';
const CENTRING = '_space_group_symop_magn_centering_xyz';

const NAMES = ['alt', 'full', 'ref'].map((which) => `_space_group_name_h-m_${which}`);
const OLD_NAMES = ['_symmetry_space_group_name_h-m', '_symmetry_space_group_name_h-m_full'];
const HALL = ['_space_group_name_hall', '_symmetry_space_group_name_hall'];
const NUMBERS = ['_space_group_it_number', '_symmetry_int_tables_number'];
/** The number before the dot is that of the group without time reversal, or of one with the same rotations. */
const MAGNETIC_NUMBERS = ['_space_group_magn_number_bns', '_space_group_magn_number_og', '_space_group_magn_number'];
const MAGNETIC_NAMES = ['_space_group_magn_name_bns', '_space_group_magn_name_og', '_space_group_magn_name'];

const EXPORT =
  'Export it with all symmetry operators (_space_group_symop_operation_xyz), or with all atoms of the cell as P1.';
/** P1 by name, by number, by lattice; with time reversal (P11', No. 1.1), it moves no atom either. */
const saysP1 = (text: string) => /^\s*(p?\s*1(\s+1\s+1)?|p\s*1\.?1'|1\.[12]|a?p|triclinic)\s*$/i.test(text);

const IDENTITY_OPERATOR: Operator = { rotation: IDENTITY, translation: [0, 0, 0] };

/** Operators of a column; of a magnetic one without time reversal. */
function column(block: CifBlock, tag: string, name: string): Operator[] {
  const texts = (block.columns.get(tag) ?? []).filter((text) => text !== undefined);
  const magnetic = tag === MAGNETIC || tag === CENTRING;
  return texts.map((text) => parseOperator(magnetic ? text.replace(/,\s*[+-]?1\s*$/, '') : text, name));
}

export interface Symmetry {
  /** One, unless the file names a group without its origin. The identity is among the operators; no two differ by a lattice translation. */
  readonly settings: readonly Setting[];
  readonly notes: readonly string[];
}

/**
 * @throws 'format' for operators that are no group, or not the one named, and a group that the cell has not the axes of; 'unsupported' for a group that is in
 * no table, and a modulated structure
 */
export function readSymmetry(block: CifBlock, lattice_A: Mat3, name: string): Symmetry {
  const core = distinct(CORE.flatMap((tag) => column(block, tag, name)));
  const centring = [IDENTITY_OPERATOR, ...column(block, CENTRING, name)];
  const magnetic = distinct(
    column(block, MAGNETIC, name).flatMap((operator) => centring.map((t) => product(t, operator))),
  );
  const modulated = Number(first(block, '_cell_modulation_dimension') ?? 0) > 0;
  if (modulated || [...block.columns.keys()].some((tag) => /_(ssg|superspace)_/.test(tag))) {
    fail(
      'unsupported',
      `${name} is a modulated structure, in more than three dimensions.`,
      'Export a supercell (an approximant) with all its atoms.',
      { name },
    );
  }
  const operators = magnetic.length > 0 ? magnetic : core;
  if (operators.length === 0) return withoutOperators(block, lattice_A, name);
  if (magnetic.length > 0 && core.length > 0) {
    const keys = new Set(core.map(keyOf));
    if (core.length !== magnetic.length || !magnetic.every((operator) => keys.has(keyOf(operator)))) {
      fail(
        'format',
        `${name} lists ${core.length} symmetry operators and ${magnetic.length} magnetic ones, which are not the same.`,
        'Keep the list that belongs to its sites.',
        { name, core: core.length, magnetic: magnetic.length },
      );
    }
  }
  checkGroup(operators, name);
  checkNamed(block, operators, magnetic.length > 0, name);
  return { settings: [{ operators, group: statedGroup(block) }], notes: [] };
}

/** Items of a block that are given. */
function given(block: CifBlock, tags: readonly string[]): string[] {
  return tags.flatMap((tag) => block.columns.get(tag) ?? []).filter((text) => text !== undefined);
}

/** P1 where nothing in the block says otherwise; else the tables' operators of the group that it names. */
function withoutOperators(block: CifBlock, lattice_A: Mat3, name: string): Symmetry {
  const said = [...block.columns].filter(([tag]) => /^_(space_group|symmetry)_/.test(tag));
  const values = said.flatMap(([tag, list]) => list.flatMap((value) => (value === undefined ? [] : [{ tag, value }])));
  const other = values.find(({ value }) => !saysP1(value));
  if (!other) {
    const notes =
      values.length > 0
        ? []
        : [`${name} names no space group and lists no symmetry operators: its sites are taken as the whole cell (P1).`];
    return { settings: [{ operators: [IDENTITY_OPERATOR], group: { number: 1, name: 'P 1' } }], notes };
  }
  const magnetic = /_magn_/.test(other.tag);
  const [names, numbers, halls] = [[...NAMES, ...OLD_NAMES], NUMBERS, HALL].map((tags) => given(block, tags)) as [
    string[],
    string[],
    string[],
  ];
  const settings = magnetic ? [] : namedGroup({ names, numbers, halls }, lattice_A, name);
  if (settings.length === 0) {
    fail(
      'unsupported',
      `${name} names its ${magnetic ? 'magnetic' : 'space'} group (${other.value}) but does not list its symmetry operators${magnetic ? '' : ', and the name is none of the 530 usual settings'}.`,
      magnetic ? 'Export it with _space_group_symop_magn_operation.xyz, or with all atoms of the cell as P1.' : EXPORT,
      { name, group: other.value },
    );
  }
  const { operators, group } = settings[0]!;
  const which = settings.length > 1 ? '' : ` in the setting ${group?.name ?? halls[0]}`;
  return {
    settings,
    notes: [
      `${name} names its space group (${[...names, ...numbers.map((n) => `No. ${n}`), ...halls].join(', ')}) and lists no symmetry operators: the ${operators.length} of International Tables${which} are taken.`,
    ],
  };
}

/** The group that a file states beside its operators: the number, and the first of its names. */
function statedGroup(block: CifBlock): Setting['group'] {
  const number = Number(given(block, NUMBERS)[0]);
  const name = given(block, [...NAMES, ...OLD_NAMES])[0];
  return Number.isInteger(number) && number > 0 && name !== undefined ? { number, name } : undefined;
}

/** A list that was cut short would leave atoms out: products of its operators must be in it. */
function checkGroup(operators: readonly Operator[], name: string): void {
  const keys = new Set(operators.map(keyOf));
  const unimodular = operators.every(({ rotation }) => Math.abs(determinant(rotation)) === 1);
  if (unimodular && operators.every((a) => operators.every((b) => keys.has(keyOf(product(a, b)))))) return;
  fail(
    'format',
    `${name}: its ${operators.length} symmetry operators are not a group; some are missing or wrong.`,
    'Export the file again, with all symmetry operators.',
    { name, operators: operators.length },
  );
}

/** Each name and number of the group against the list: rotations, translations, inversion. */
function checkNamed(block: CifBlock, operators: readonly Operator[], magnetic: boolean, name: string): void {
  const rotations = new Set(operators.map(({ rotation }) => rotation.join())).size;
  const translations = operators.length / rotations;
  const check = (group: string, wanted: readonly number[], there: number, what: string) => {
    if (wanted.length === 0 || wanted.includes(there)) return;
    fail(
      'format',
      `${name} names the group ${group.trim()}, which has ${wanted.join(' or ')} ${what}; its operators have ${there}.`,
      EXPORT,
      { name, group, operators: operators.length },
    );
  };
  // R on hexagonal axes has three lattice points in its cell, and threefold axes along c; on its own axes one, and threefold axes along [111].
  const hexagonal = operators.every(({ rotation: [, , [x, y]] }) => x === 0 && y === 0);
  const centred = (group: string, wanted: readonly number[] = []) =>
    check(group, wanted.length > 1 ? [wanted[hexagonal ? 1 : 0]!] : wanted, translations, 'translations in its cell');
  const alone = (group: string) => {
    if (operators.length > 1 || saysP1(group)) return;
    fail('format', `${name} names the group ${group.trim()}, and lists the identity as its only operator.`, EXPORT, {
      name,
      group,
    });
  };
  // The core names of a magnetic file may be those of its parent.
  for (const number of given(block, magnetic ? MAGNETIC_NUMBERS : NUMBERS)) {
    const order = rotationsOfNumber(Number.parseInt(number, 10));
    if (order !== undefined) check(`No. ${number}`, [order], rotations, 'rotations');
  }
  if (magnetic) {
    const standard = (first(block, '_space_group_magn_transform_bns_pp_abc') ?? 'a,b,c;0,0,0').replaceAll(' ', '');
    for (const group of given(block, MAGNETIC_NAMES)) {
      alone(group);
      // 'C_c2/c' is centred, and by a translation with time reversal again. On other axes there are more, as in a larger cell.
      const [, letter = '', twice] = /^([A-Z])(_)?/.exec(group.trim()) ?? [];
      const wanted = translationsOfLetter(letter)?.map((n) => (twice ? 2 * n : n)) ?? [];
      if (standard.startsWith('a,b,c;') && translations < Math.max(...wanted)) centred(group, wanted);
    }
    return;
  }
  for (const group of given(block, [...NAMES, ...OLD_NAMES])) {
    alone(group);
    const size = sizeOfName(group);
    check(group, size.rotations, rotations, 'rotations');
    if (size.rotations.length > 0) centred(group, size.translations);
  }
  for (const group of given(block, HALL)) {
    alone(group);
    const [, centric, letter = '', changed] = /^\s*(-?)\s*([A-Z])[^(]*(\()?/i.exec(group) ?? [];
    if (!changed) centred(group, translationsOfLetter(letter));
    const inversion = IDENTITY.map((row) => row.map((x) => 0 - x)).join();
    if (centric)
      check(group, [1], operators.some(({ rotation }) => rotation.join() === inversion) ? 1 : 0, 'inversion');
  }
}
