/** Sites of a CIF block: element, position, occupancy and U. Positions may be Cartesian. */

import { fail } from '../core/errors.ts';
import { B_PER_U, readAnisotropic } from './cif-adp.ts';
import { readCartesian } from './cif-cartesian.ts';
import type { CifBlock } from './cif-syntax.ts';
import { first, numberOf } from './cif-values.ts';
import { elementOfType } from './elements.ts';
import { labelElements } from './label-elements.ts';
import { type Mat3, planeSpacings } from './lattice.ts';
import { listed, type Remarks, type Site } from './place-sites.ts';
import type { Vec3 } from './structure.ts';

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

/** Elements of the block's formula, and how many of each, to a common factor; D counts as H. */
export function readFormula(block: CifBlock): ReadonlyMap<string, number> {
  const text = first(block, '_chemical_formula_sum') ?? '';
  const sums = new Map<string, number>();
  for (const [, letters = '', count] of text.matchAll(/([A-Z][a-z]?)\s*(\d+\.?\d*|\.\d+)?/g)) {
    const symbol = elementOfType(letters);
    if (symbol) sums.set(symbol, (sums.get(symbol) ?? 0) + Number(count ?? 1));
  }
  return sums;
}

const AXES = ['x', 'y', 'z'] as const;

/** @throws 'format' for a site without an element or a position, and for an occupancy outside 0 to 1 */
export function readSites(block: CifBlock, lattice: Mat3, name: string, { notes, u2Notes }: Remarks): Site[] {
  const column = (tag: string) => block.columns.get(`_atom_site_${tag}`) ?? [];
  const cartesian = column('fract_x').length === 0 ? readCartesian(block, lattice, name) : undefined;
  const kind = cartesian ? 'cartn' : 'fract';
  const tags = AXES.map((axis) => `${kind}_${axis}`);
  if (cartesian) notes.push(cartesian.note);
  const anisotropic = readAnisotropic(block, lattice, name);
  const labelOf = (row: number) => column('label')[row] ?? column('type_symbol')[row] ?? `site ${row + 1}`;
  const dummy = (row: number) => column('calc_flag')[row]?.toLowerCase() === 'dum';
  const rows = [...column(tags[0]!).keys()].filter((row) => !dummy(row));
  const untyped = rows.filter((row) => column('type_symbol')[row] === undefined).map(labelOf);
  const elements = labelElements(untyped, new Set(readFormula(block).keys()));
  const guessed = [...elements].flatMap(([label, e]) => (e.guessed ? [`${label} as ${e.symbol}`] : []));
  if (guessed.length > 0) {
    notes.push(
      `${name} gives labels and no elements (_atom_site_type_symbol): ${listed(guessed)} ${guessed.length > 1 ? 'are' : 'is'} read so.`,
    );
  }
  const zero: string[] = [];
  const sites = rows.flatMap((row): Site[] => {
    const label = labelOf(row);
    const type = column('type_symbol')[row];
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
      (type === undefined ? elements.get(label)?.symbol : elementOfType(type)) ??
      fail(
        'format',
        `${name}: it is not clear which element the site ${label}${type === undefined ? '' : ` of type ${type}`} is.`,
        'Give _atom_site_type_symbol a chemical symbol such as Ti, or the file its _chemical_formula_sum.',
        { name, label },
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
    const read = tags.map(coordinate) as unknown as Vec3;
    const half = roundingOf(tags.map((tag) => column(tag)[row]!));
    const spacings = planeSpacings(lattice);
    const rounding = cartesian ? (spacings.map((d) => Math.max(...half) / d) as unknown as Vec3) : half;
    const f = cartesian ? cartesian.fractional(read) : read;
    return occupancy === 0 ? [] : [{ label, symbol, f, rounding, occupancy: Math.min(1, occupancy), u }];
  });
  if (zero.length > 0) u2Notes.push(`${name}: U of ${listed(zero)} is taken as not given.`);
  return sites;
}
