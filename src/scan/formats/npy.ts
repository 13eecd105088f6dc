/** NumPy's .npy of four axes, or of three with the user's scan shape (NEP 1): numbers alone, which say nothing of scan, detector or beam. */

import { fail } from '../../core/errors.ts';
import { NUMBER_BYTES, type NumberType } from '../decode-numbers.ts';
import { refuseLists } from '../look-lists.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf, withNotes } from './reader.ts';

const TYPES: Readonly<Record<string, NumberType>> = {
  u1: 'uint8',
  b1: 'bool',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** What has to be said of every array that comes alone. */
export const NPY_SILENCE =
  'The file says nothing of step, detector pixel, voltage or aperture, nor which axes are the scan: taken as [scan y][scan x][pattern y][pattern x].';

/** A header longer than this is none. */
const LONGEST = 65_536;

async function open(file: ScanFile, options: OpenOptions) {
  const bad = (why: string): never =>
    fail('format', `${file.name} is no readable NPY file: ${why}.`, 'Save it again with numpy.save.');
  const head = await file.read(0, LONGEST);
  if (head.length < 12) bad('it is cut off within its header');
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const wide = head[6]! >= 2;
  const start = wide ? 12 + view.getUint32(8, true) : 10 + view.getUint16(8, true);
  if (start > head.length) bad('it is cut off within its header');
  const header = new TextDecoder('latin1').decode(head.subarray(wide ? 12 : 10, start));
  const descr = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header) ?? bad('it has no plain dtype');
  const dtype = TYPES[descr[2]!];
  if (!dtype) {
    const complex = descr[2]!.startsWith('c');
    fail(
      'unsupported',
      `${file.name} holds ${complex ? 'complex numbers' : `numbers of type ${descr[2]}`}: no counts of electrons.`,
      complex ? 'Save the intensity, numpy.abs(a) ** 2.' : 'Save it as float32 or an integer type.',
      { dtype: descr[2] },
    );
  }
  if (/'fortran_order':\s*True/.test(header)) {
    fail(
      'unsupported',
      `${file.name} is stored column by column (Fortran order): a pattern is spread over all of it.`,
      'Save numpy.ascontiguousarray(a).',
    );
  }
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header) ?? bad('it has no shape'))[1]!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (shape.length !== 4 && shape.length !== 3) {
    fail(
      'shape',
      `${file.name} has ${shape.length} axes (${shape.join(' × ')}); a 4D-STEM scan has four: [scan y][scan x][pattern y][pattern x].`,
      'Save the scan with four axes, or with three and give --scan-shape ROWS,COLUMNS.',
      { shape },
    );
  }
  const [qy, qx] = shape.slice(-2) as [number, number];
  const frames = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const stated = shape.length === 4 ? ([shape[0]!, shape[1]!] as const) : undefined;
  const scan = scanShapeOf(file, frames, options, stated);
  const bytes = qy * qx * NUMBER_BYTES[dtype];
  const source = frameSource(
    file,
    {
      shape: [...scan.shape, qy, qx],
      dtype,
      little: descr[1] !== '>',
      offset: (index) => start + index * bytes,
    },
    {
      format: 'NumPy array',
      title: leafName(file),
      dataset: leafName(file),
      notes: [...scan.notes, NPY_SILENCE],
    },
  );
  return withNotes(source, await refuseLists(source, file.name));
}

export const NPY: ScanReader = {
  kind: 'npy',
  name: 'NumPy array',
  matches: (head) => head[0] === 0x93 && new TextDecoder('latin1').decode(head.subarray(1, 6)) === 'NUMPY',
  open,
};
