/**
 * Which axes of an array are the scan and which the pattern: told by the user, else by units (lengths against angles and reciprocal lengths), else by names,
 * else by what the format says of them, else the first ones are the scan. What was not stated is noted. Not here: anything measured (look-reversed.ts).
 */

import { fail } from '../core/errors.ts';
import type { ScanAxes } from './block-source.ts';
import { lengthInNm, reciprocal } from './units.ts';

/** Rows and columns of scan and pattern; 'r' runs over all positions. */
export const AXIS_NAMES = ['ry', 'rx', 'r', 'qy', 'qx'] as const;
export type AxisName = (typeof AXIS_NAMES)[number];

type Role = 'scan' | 'pattern';

/** What a file says of an axis. */
export interface Axis {
  readonly name: string;
  readonly unit: string;
  /** Between neighbours, in `unit`; undefined where it is not stated. */
  readonly step?: number | undefined;
  /** As the format marks it: HyperSpy's navigate, Nion's counts of dimensions. */
  readonly role?: Role | undefined;
}

export interface Order {
  /** Of each axis of the array; undefined for one of length 1 that is passed over. */
  readonly names: readonly (AxisName | undefined)[];
  readonly axes: ScanAxes;
  /** Whether somebody said so, rather than a habit. */
  readonly stated: boolean;
  readonly notes: readonly string[];
}

const NAMES: readonly (readonly [Role, RegExp])[] = [
  ['pattern', /^([qkuv]([_\s]?[xy])?($|[_\s(])|det|diff|theta|alpha|angle|pattern|frame_?[xy]|camera|sig)/i],
  ['scan', /^(r([_\s]?[xy])?($|[_\s(])|scan|probe|pos|stage|sample|nav|real)/i],
];

const byUnit = ({ unit }: Axis): Role | undefined =>
  lengthInNm(unit) !== undefined ? 'scan' : reciprocal(1, unit) ? 'pattern' : undefined;
const byName = ({ name }: Axis): Role | undefined => NAMES.find(([, pattern]) => pattern.test(name))?.[0];

/** Roles of all axes where two are the pattern and the rest the scan; those that say nothing are what is left. */
function complete(roles: readonly (Role | undefined)[]): readonly Role[] | undefined {
  const count = (role: Role) => roles.filter((one) => one === role).length;
  const scans = roles.length - 2;
  if (count('pattern') === 2 && count('scan') <= scans) return roles.map((role) => role ?? 'scan');
  if (count('scan') === scans && count('pattern') <= 2) return roles.map((role) => role ?? 'pattern');
  return undefined;
}

const letter = (axis: Axis | undefined): string | undefined =>
  /([xy])([_\s]?axis)?$/i.exec(axis?.name ?? '')?.[1]?.toLowerCase();

const list = (names: readonly (AxisName | undefined)[]): string => names.map((name) => name ?? '1').join(',');

/**
 * @param conventional whether the format defines that the scan comes first, and calls the first of two axes x (py4DSTEM)
 * @param given the user's --order
 * @throws 'shape' where the axes are none of a scan, or the user's do not fit
 */
export function orderOf(
  where: string,
  shape: readonly number[],
  axes: readonly (Axis | undefined)[],
  conventional: boolean,
  given?: readonly AxisName[],
): Order {
  const notes: string[] = [];
  let used = shape.map((_, axis) => axis);
  if (used.length > 4) {
    used = used.filter((axis) => shape[axis] !== 1);
    if (used.length < 3 || used.length > 4) {
      const four = used.length > 4 ? `${used.length} axes longer than 1` : 'too few axes longer than 1';
      fail(
        'shape',
        `${where} has ${shape.length} axes (${shape.join(' × ')}), ${four}; a 4D-STEM scan has four: [scan y][scan x][pattern y][pattern x].`,
        'Choose another dataset with --dataset, or save one scan by itself.',
        { shape },
      );
    }
    notes.push(`Axes of length 1 of ${shape.join(' × ')} are passed over.`);
  }
  const rank = used.length;
  if (given) return givenOrder(where, shape, used, given, notes);

  const known = used.map((axis) => axes[axis]);
  const roles = (how: (axis: Axis) => Role | undefined) => complete(known.map((axis) => axis && how(axis)));
  const marked = roles(({ role }) => role);
  const units = known.some((axis) => axis && byUnit(axis)) ? roles(byUnit) : undefined;
  const named = known.some((axis) => axis && byName(axis)) ? roles(byName) : undefined;
  const mixed = units ?? named ?? marked;
  const stated = mixed !== undefined && known.some((axis) => axis && (byUnit(axis) ?? byName(axis) ?? axis.role));
  const final = mixed ?? known.map((_, i): Role => (i < rank - 2 ? 'scan' : 'pattern'));
  if (marked && units && marked.join() !== units.join() && known.some((axis) => axis?.role)) {
    notes.push(
      'Units of the axes say otherwise than their marks which are the scan: units are taken; --order corrects it.',
    );
  }

  const of = (role: Role): number[] => used.filter((_, i) => final[i] === role);
  const [scan, pattern] = [of('scan'), of('pattern')];
  const scanFirst = scan.at(-1)! < pattern[0]!;
  // Rows come first, unless names say otherwise; where scan and pattern are exchanged and nothing is named, all of it is taken for turned round.
  const pairs = [...(scan.length === 2 ? [scan] : []), pattern];
  const letters = pairs.map((pair) => pair.map((axis) => letter(axes[axis])).join(''));
  const py4DSTEM = conventional || known.every((axis) => /^[RQ]_?[xy]$/.test(axis?.name ?? ''));
  const turned =
    !py4DSTEM &&
    (letters.every((two) => two === 'xy') || (!scanFirst && pairs.length === 2 && letters.every((two) => two === '')));
  if (!py4DSTEM && !turned && letters.includes('xy'))
    notes.push(
      'Names of the axes say x before y for one pair alone: rows are taken to come first; --order corrects it.',
    );
  const ordered = <Pair extends number[]>(pair: Pair): Pair => (turned ? (pair.toReversed() as Pair) : pair);
  const names = shape.map((_, axis): AxisName | undefined => {
    const [s, p] = [ordered(scan).indexOf(axis), ordered(pattern).indexOf(axis)];
    if (p >= 0) return p === 0 ? 'qy' : 'qx';
    return s < 0 ? undefined : scan.length === 1 ? 'r' : s === 0 ? 'ry' : 'rx';
  });
  if (!stated && !conventional) {
    notes.push(
      `The file does not say which axes are the scan: ${shape.join(' × ')} is taken as ${list(names)}; --order corrects it.`,
    );
  } else if (!scanFirst || turned) {
    const called = known.map((axis) => `${axis?.name || '?'}${axis?.unit ? ` [${axis.unit}]` : ''}`).join(', ');
    notes.push(`The file's axes are ${called}: read as ${list(names)}; --order corrects it.`);
  }
  return { names, axes: axesOf(names), stated: stated || conventional, notes };
}

function axesOf(names: readonly (AxisName | undefined)[]): ScanAxes {
  const at = (name: AxisName): number => names.indexOf(name);
  return {
    scan: names.includes('r') ? [at('r')] : [at('ry'), at('rx')],
    pattern: [at('qy'), at('qx')],
  };
}

function givenOrder(
  where: string,
  shape: readonly number[],
  used: readonly number[],
  given: readonly AxisName[],
  notes: readonly string[],
): Order {
  const form = used.length === 3 ? 'r,qy,qx' : 'ry,rx,qy,qx';
  if (given.toSorted().join() !== form.split(',').toSorted().join()) {
    fail(
      'shape',
      `--order ${given.join(',')} does not fit ${where}, which has ${used.length} axes: ${used.map((axis) => shape[axis]).join(' × ')}.`,
      `Give each of ${form} once, in the order of the file's axes.`,
      { shape },
    );
  }
  const names = shape.map((_, axis) => (used.includes(axis) ? given[used.indexOf(axis)] : undefined));
  return {
    names,
    axes: axesOf(names),
    stated: true,
    notes: [...notes, `The order of the axes is the given one, ${given.join(',')}.`],
  };
}
