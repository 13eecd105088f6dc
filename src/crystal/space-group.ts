/**
 * How many operators a space group has, by its number or its name: rotations, and translations of its cell. Enough to see that a list of operators is not
 * that of the group a file names. International Tables A.
 *
 * What this is not: a table of space groups; no operators come from here.
 */

/** Last number of each run of groups, and the order of their point groups. */
const RUNS: readonly (readonly [last: number, rotations: number])[] = [
  [1, 1],
  [9, 2],
  [46, 4],
  [74, 8],
  [82, 4],
  [122, 8],
  [142, 16],
  [146, 3],
  [161, 6],
  [167, 12],
  [174, 6],
  [190, 12],
  [194, 24],
  [199, 12],
  [220, 24],
  [230, 48],
];

/** Rotations of the point group of group `number`; undefined where there is none of that number. */
export function rotationsOfNumber(number: number): number | undefined {
  if (!Number.isInteger(number) || number < 1) return undefined;
  return RUNS.find(([last]) => number <= last)?.[1];
}

const POINT_GROUPS: Readonly<Record<number, string>> = {
  1: '1',
  2: '-1 2 m',
  3: '3',
  4: '2/m 222 mm2 m2m 2mm 4 -4',
  6: '-3 32 3m 6 -6',
  8: 'mmm 2/m2/m2/m 4/m 422 4mm -42m -4m2',
  12: '-3m -32/m 6/m 622 6mm -6m2 -62m 23',
  16: '4/mmm 4/m2/m2/m',
  24: '6/mmm 6/m2/m2/m m-3 m3 2/m-3 432 -43m',
  48: 'm-3m m3m 4/m-32/m',
};
const ORDER = new Map(
  Object.entries(POINT_GROUPS).flatMap(([order, names]) => names.split(' ').map((name) => [name, Number(order)])),
);

/** Ways to read '3121' as elements along axes, screws and glides made rotations and mirrors: 3 2 1 and 3 1 2 1. */
function readings(text: string): string[][] {
  if (text === '') return [[]];
  const found: string[][] = [];
  for (const pattern of [
    /^(-?[12346])(\/[abcdemn])?/,
    /^(2(?=1)|3(?=[12])|4(?=[123])|6(?=[1-5]))\d(\/[abcdemn])?/,
    /^([abcdemn])()/,
  ]) {
    const match = pattern.exec(text);
    if (!match) continue;
    const element = /[a-z]/.test(match[1]!) ? 'm' : match[1]!;
    for (const rest of readings(text.slice(match[0].length))) found.push([element + (match[2] ? '/m' : ''), ...rest]);
  }
  return found;
}

const TRANSLATIONS: Readonly<Record<string, readonly number[]>> = {
  P: [1],
  A: [2],
  B: [2],
  C: [2],
  I: [2],
  F: [4],
  R: [1, 3],
  H: [3],
};

/** Translations that a lattice letter stands for; R is rhombohedral or hexagonal axes. */
export function translationsOfLetter(letter: string): readonly number[] | undefined {
  return TRANSLATIONS[letter.toUpperCase()];
}

export interface GroupSize {
  /** Orders that the point group can have; more than one where the name has no blanks: 'P321'. Empty where the name is not understood. */
  readonly rotations: readonly number[];
  readonly translations: readonly number[] | undefined;
}

/** What a Hermann–Mauguin name says, short or full, with or without blanks, with or without the choice of axes (':R', ':2', ' H'). */
export function sizeOfName(name: string): GroupSize {
  // 2(1) and 2~1~ are screw axes.
  const plain = name.trim().replaceAll(/[(~](\d)[)~]/g, '$1');
  const [, text = '', axes = ''] = /^[\s*]*(.*?)\s*(?:[:(].*?([HR]?)\W*)?$/i.exec(plain) ?? [];
  const suffix = /^.*[a-z\d\s]([HRSZ])$/.exec(text)?.[1];
  const symbol = suffix ? text.slice(0, -1) : text;
  const pieces = symbol
    .slice(1)
    .replaceAll('_', '')
    .replaceAll(/\s*\/\s*/g, '/')
    .toLowerCase()
    .split(/\s+/)
    .filter((piece) => piece !== '');
  const whole = pieces.reduce<string[][]>(
    (starts, piece) => starts.flatMap((start) => readings(piece).map((rest) => [...start, ...rest])),
    [[]],
  );
  const orders = whole.map((elements) => {
    const turning = elements.filter((element) => element !== '1');
    return ORDER.get(turning.join('') || '1');
  });
  const letter = symbol.charAt(0).toUpperCase();
  const chosen = (axes || suffix || '').toUpperCase();
  const translations =
    letter === 'R' && (chosen === 'H' || chosen === 'R') ? [chosen === 'H' ? 3 : 1] : translationsOfLetter(letter);
  return {
    rotations: pieces.length === 0 || !translations ? [] : [...new Set(orders.filter((order) => order !== undefined))],
    translations,
  };
}
