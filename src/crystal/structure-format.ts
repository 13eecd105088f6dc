/** Which format a structure or a trajectory is in: told by its content, else by its name. */

import { fail } from '../core/errors.ts';
import { numbersIn } from './lines.ts';

export type StructureFormat = 'extxyz' | 'cif' | 'poscar';
/** Formats that hold one frame after the other; extxyz may, too. */
export type TrajectoryFormat = 'xdatcar' | 'lammps' | 'vasprun';

/** Characters looked at. */
const HEAD = 20_000;

/** The format's name as people write it. */
export const FORMAT_NAMES: Readonly<Record<StructureFormat | TrajectoryFormat, string>> = {
  extxyz: 'extxyz',
  cif: 'CIF',
  poscar: 'POSCAR',
  xdatcar: 'XDATCAR',
  lammps: 'LAMMPS dump',
  vasprun: 'vasprun.xml',
};

/** How compressed files begin: gzip, zip, bzip2, xz; bytes that are no UTF-8 have become U+FFFD. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: gzip begins so
const COMPRESSED = /^(\x1f\ufffd|PK\x03\x04|BZh\d|\ufffd7zXZ)/;

/** @param text the file, or its first 20 000 characters. @throws 'format' where neither the text nor the name is known */
export function structureFormat(text: string, name: string): StructureFormat | TrajectoryFormat {
  const head = text.replace(/^\uFEFF/, '').slice(0, HEAD);
  if (COMPRESSED.test(head))
    fail('format', `${name} is compressed.`, 'Uncompress it first: gunzip, unzip, …', { name });
  if (/^\s*(<\?xml[^>]*>\s*)?<modeling\b/.test(head)) return 'vasprun';
  if (/^\s*ITEM: /.test(head)) return 'lammps';
  const lines = head.split(/\r\n|\r|\n/);
  if (lines.some((line) => /^\s*(data_\S*\s*$|data_\S+\s|_cell[_.]length_a\s)/i.test(line))) return 'cif';
  if (/^\s*\d+\s*$/.test(lines[0]!) && /\b(Lattice|Properties)\s*=/.test(lines[1] ?? '')) return 'extxyz';
  if (numbersIn(lines[1] ?? '', 1) && [2, 3, 4].every((l) => numbersIn(lines[l] ?? '', 3))) {
    // XDATCARs of older versions have a blank line where the newer ones have 'Direct configuration='.
    const blank = lines[7]?.trim() === '' && numbersIn(lines[8] ?? '', 3) !== undefined;
    return isConfiguration(lines[7]) || blank ? 'xdatcar' : 'poscar';
  }
  const file = name.split(/[/\\]/).at(-1)!.toLowerCase().replace(/\.gz$/, '');
  if (/\.m?cif$/.test(file)) return 'cif';
  if (/\.(ext)?xyz$/.test(file)) return 'extxyz';
  if (/^(poscar|contcar)|\.(vasp|poscar|contcar)$/.test(file)) return 'poscar';
  if (/^xdatcar|\.xdatcar$/.test(file)) return 'xdatcar';
  if (/\.(lammpstrj|dump)$|^dump\./.test(file)) return 'lammps';
  if (/^vasprun.*\.xml$/.test(file)) return 'vasprun';
  return fail(
    'format',
    `${name} is none of ${Object.values(FORMAT_NAMES).join(', ')}.`,
    'Give a crystal structure in one of these formats, not compressed.',
    { name },
  );
}

/** Whether a line starts a frame of an XDATCAR. */
export function isConfiguration(line: string | undefined): boolean {
  return /^\s*direct\s+configuration\s*=/i.test(line ?? '');
}
