/**
 * MATLAB's files of level 5 ("MAT-File Level 5 File Format", The MathWorks): a numeric array of four axes, or of three with the user's scan shape,
 * stored as it is or compressed. Not here: level 4, and 7.3, which is HDF5; structs and cells are not looked into.
 */

import { fail } from '../../core/errors.ts';
import { NUMBER_BYTES, type NumberType } from '../decode-numbers.ts';
import { refuseLists } from '../look-lists.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { inflatedFile, inflatedHead, partOf } from './part.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf, withNotes } from './reader.ts';

/** Types of stored data. */
const STORED: Readonly<Record<number, NumberType>> = {
  1: 'int8',
  2: 'uint8',
  3: 'int16',
  4: 'uint16',
  5: 'int32',
  6: 'uint32',
  7: 'float32',
  9: 'float64',
  12: 'int64',
  13: 'uint64',
};
const MATRIX = 14;
const COMPRESSED = 15;
/** Classes of arrays that are no numbers. */
const OTHER: Readonly<Record<number, string>> = {
  1: 'a cell array',
  2: 'a struct',
  3: 'an object',
  4: 'text',
  5: 'a sparse matrix',
};

/** Flags, axes, name and the tag of the numbers lie within this [bytes]. */
const HEAD = 4096;
/** More variables are not looked at. */
const MOST = 10_000;

/** A variable of the file. */
interface Variable {
  readonly name: string;
  /** As MATLAB says it, the fastest axis first. */
  readonly shape: readonly number[];
  /** Why it is no array of real numbers. */
  readonly other?: string | undefined;
  /** Where its numbers lie, and what. */
  readonly numbers?: { readonly file: ScanFile; readonly offset: number; readonly dtype: NumberType } | undefined;
}

/** A tag: what follows and how much of it. Up to four bytes of data may stand in the tag itself. */
function tagAt(view: DataView, at: number, little: boolean) {
  const word = view.getUint32(at, little);
  const small = word >>> 16;
  return small > 0
    ? { type: word & 0xffff, bytes: small, data: at + 4, next: at + 8 }
    : { type: word, bytes: view.getUint32(at + 4, little), data: at + 8, next: at + 8 };
}

const even = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** @param element its bytes behind the tag, @param head the first of them */
function variableOf(element: ScanFile, head: Uint8Array, little: boolean): Variable | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (head.length < 16) return undefined;
  const flags = view.getUint32(8, little);
  const kind = flags & 255;
  // Tables, strings and functions have no axes here.
  if (kind > 15) return { name: 'a variable', shape: [], other: `of class ${kind}` };
  // The tags of axes and name, at least.
  if (head.length < 40) return undefined;
  const axes = tagAt(view, 16, little);
  if (axes.type !== 5 || axes.bytes % 4 !== 0 || axes.data + axes.bytes + 8 > head.length) return undefined;
  const shape = Array.from({ length: axes.bytes / 4 }, (_, i) => view.getInt32(axes.data + 4 * i, little));
  const labelAt = Math.max(axes.next, even(axes.data + axes.bytes));
  if (labelAt + 8 > head.length) return undefined;
  const label = tagAt(view, labelAt, little);
  if (label.data + label.bytes > head.length) return undefined;
  const name = new TextDecoder('latin1').decode(head.subarray(label.data, label.data + label.bytes));
  const other = OTHER[kind] ?? (flags & 0x800 ? 'complex' : shape.includes(0) ? 'empty' : undefined);
  if (other) return { name, shape, other };
  const at = Math.max(label.next, even(label.data + label.bytes));
  if (at + 8 > head.length) return undefined;
  const { type, bytes, data } = tagAt(view, at, little);
  const dtype = STORED[type];
  const count = shape.reduce((a, b) => a * b, 1);
  if (!dtype || shape.some((n) => n < 0) || bytes !== count * NUMBER_BYTES[dtype]) return undefined;
  return { name, shape, numbers: { file: element, offset: data, dtype } };
}

async function variables(file: ScanFile): Promise<{ readonly all: readonly Variable[]; readonly little: boolean }> {
  const bad = (why: string): never =>
    fail('format', `${file.name} is no readable MATLAB file: ${why}.`, 'Copy it again, or save it again with -v7.');
  const little = (await file.read(126, 1))[0] === 0x49;
  const all: Variable[] = [];
  for (let at = 128; at < file.size_bytes; ) {
    if (all.length >= MOST) bad(`it has more than ${MOST} variables`);
    const bytes = await file.read(at, 8);
    if (bytes.length < 8) bad('it is cut off');
    const { type, bytes: length } = tagAt(new DataView(bytes.buffer, bytes.byteOffset, 8), 0, little);
    if (type !== MATRIX && type !== COMPRESSED) bad(`at byte ${at} stands no variable`);
    const what = `${file.name}, variable ${all.length + 1}`;
    const part = partOf(file, what, at + 8, length);
    let found: Variable | undefined;
    if (type === MATRIX) found = variableOf(part, await part.read(0, HEAD), little);
    else {
      const head = await inflatedHead(part, 'deflate', 8 + HEAD);
      if (head.length < 8) bad('a compressed variable is cut off');
      const inner = tagAt(new DataView(head.buffer, head.byteOffset, 8), 0, little);
      if (inner.type !== MATRIX) bad('a compressed variable is none');
      const whole = inflatedFile(part, 'deflate', 8 + inner.bytes);
      found = variableOf(partOf(whole, what, 8, inner.bytes), head.subarray(8, 8 + inner.bytes), little);
    }
    if (!found) bad(`variable ${all.length + 1} is damaged`);
    all.push(found!);
    at += 8 + (type === MATRIX ? even(length) : length);
  }
  return { all, little };
}

const said = ({ name, shape, other }: Variable): string => `${name} (${other ?? shape.join(' × ')})`;

function chosen(file: ScanFile, all: readonly Variable[], { dataset, scan_shape }: OpenOptions): Variable {
  const names = all.slice(0, 20).map(said).join(', ') + (all.length > 20 ? ', …' : '');
  const fits = all.filter((one) => one.numbers && (one.shape.length === 4 || (scan_shape && one.shape.length === 3)));
  const named = all.filter((one) => one.name === dataset);
  const found = dataset === undefined ? fits : named;
  if (found.length !== 1) {
    const what =
      dataset !== undefined
        ? `no variable ${dataset}`
        : fits.length > 1
          ? 'several arrays that are scans'
          : 'no array of four axes';
    fail(
      'shape',
      `${file.name} holds ${what}: it has ${names || 'nothing'}.`,
      fits.length === 0
        ? 'Save the scan as an array of four axes; of three, give --scan-shape ROWS,COLUMNS.'
        : 'Give --dataset NAME.',
    );
  }
  const one = found[0]!;
  if (one.other) {
    fail(
      'unsupported',
      `${one.name} of ${file.name} is ${one.other}: no counts of electrons.`,
      one.other === 'complex' ? 'Save abs(a).^2.' : 'Save the array itself, of four axes.',
    );
  }
  if (one.shape.length !== 4 && one.shape.length !== 3) {
    fail(
      'shape',
      `${one.name} of ${file.name} has ${one.shape.length} axes (${one.shape.join(' × ')}); a 4D-STEM scan has four.`,
      'Save it with four axes, or with three and give --scan-shape ROWS,COLUMNS.',
    );
  }
  return one;
}

async function open(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const { all, little } = await variables(file);
  const one = chosen(file, all, options);
  const { file: part, offset, dtype } = one.numbers!;
  // In column order the first axis runs fastest: read row by row, the axes are reversed.
  const shape = one.shape.toReversed();
  const [qy, qx] = shape.slice(-2) as [number, number];
  const frames = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const scan = scanShapeOf(file, frames, options, shape.length === 4 ? [shape[0]!, shape[1]!] : undefined);
  const bytes = qy * qx * NUMBER_BYTES[dtype];
  const others = all.filter((other) => other !== one);
  const source = frameSource(
    part,
    { shape: [...scan.shape, qy, qx], dtype, little, offset: (index) => offset + index * bytes },
    {
      format: 'MATLAB 5 file',
      title: leafName(file),
      dataset: one.name,
      notes: [
        ...scan.notes,
        `The axes are reversed: MATLAB's ${one.name}(a, b, ${shape.length === 4 ? 'c, d' : 'n'}) is read as ${shape.length === 4 ? '[d][c]' : '[n]'}[b][a], so that x runs along a of the pattern${shape.length === 4 ? ' and c of the scan' : ''}. As MATLAB draws rows and columns, both are mirrored along their diagonals.`,
        'The file says nothing of step, detector pixel, voltage or aperture, nor which axes are the scan: the last ones are taken for it.',
        ...(others.length > 0
          ? [`Not read: ${others.slice(0, 8).map(said).join(', ')}${others.length > 8 ? ', …' : ''}.`]
          : []),
      ],
    },
  );
  return withNotes(source, await refuseLists(source, `${one.name} of ${file.name}`));
}

export const MAT: ScanReader = {
  kind: 'mat',
  name: 'MATLAB 5 file',
  matches: (head) =>
    new TextDecoder('latin1').decode(head.subarray(0, 6)) === 'MATLAB' &&
    // Version 1 in the file's own order; 2 is HDF5.
    ['\x00\x01IM', '\x01\x00MI'].includes(new TextDecoder('latin1').decode(head.subarray(124, 128))),
  open,
};
