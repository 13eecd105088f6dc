/**
 * MRC stacks of patterns ("MRC2014", Cheng et al., J. Struct. Biol. 192 (2015) 146): modes 0, 1, 2 and 6, in both byte orders. What Direct Electron's server
 * writes beside its movies gives scan and beam (de-scan.ts); of the extended headers of Thermo Fisher (FEI1, FEI2) the voltage is read, of others nothing.
 */

import { fail } from '../../core/errors.ts';
import { NUMBER_BYTES, type NumberType } from '../decode-numbers.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { deScan } from './de-scan.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf } from './reader.ts';

const HEADER = 1024;
const MODES: Readonly<Record<number, NumberType>> = { 0: 'int8', 1: 'int16', 2: 'float32', 6: 'uint16' };
const REFUSED: Readonly<Record<number, string>> = {
  3: 'complex numbers',
  4: 'complex numbers',
  12: 'numbers of 16-bit floating point',
  101: 'numbers of 4 bits',
};
/** What IMOD leaves in a header: 'IMOD'. */
const IMOD = 1146047817;

/** Least significant byte first; undefined where the header does not say. */
function byteOrder(head: Uint8Array): boolean | undefined {
  if (head[212] === 0x44) return true;
  return head[212] === 0x11 ? false : undefined;
}

const hasMap = (head: Uint8Array): boolean =>
  new TextDecoder('latin1').decode(head.subarray(208, 212)).trimEnd() === 'MAP';

/** [kV] of the first frame's metadata, where they say that they state it. */
async function extendedVoltage(
  file: ScanFile,
  bytes: number,
  kind: string,
  little: boolean,
): Promise<number | undefined> {
  if (!/^FEI[12]$/.test(kind) || bytes < 92) return undefined;
  const head = await file.read(HEADER, 92);
  if (head.length < 92) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const volts = view.getFloat64(84, little);
  return view.getUint32(8, little) & 0x20 && volts >= 1e3 && volts <= 2e6 ? volts / 1000 : undefined;
}

async function open(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const head = await file.read(0, HEADER);
  const bad = (why: string): never =>
    fail('format', `${file.name} is no readable MRC file: ${why}.`, 'Copy it again from its source.');
  if (head.length < HEADER) bad('it is cut off within its header');
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const notes: string[] = [];
  const little = byteOrder(head) ?? view.getInt32(12, true) < 256;
  if (byteOrder(head) === undefined) {
    notes.push(`The header does not state its byte order: taken as ${little ? 'little' : 'big'}-endian by its mode.`);
  }
  const [qx, qy, sections, mode] = [0, 4, 8, 12].map((at) => view.getInt32(at, little)) as [
    number,
    number,
    number,
    number,
  ];
  let dtype = MODES[mode];
  if (!dtype) {
    const what = REFUSED[mode];
    if (!what) bad(`its mode ${mode} is unknown`);
    fail('unsupported', `${file.name} holds ${what} (mode ${mode}).`, 'Save it in mode 0, 1, 2 or 6.', { mode });
  }
  if (qx < 1 || qy < 1 || sections < 1) bad(`its size is ${sections} × ${qy} × ${qx}`);
  if (sections === 1) {
    fail('shape', `${file.name} is one image of ${qy} × ${qx}: no scan.`, 'Give the movie of the scan itself.');
  }
  const extended = view.getInt32(92, little);
  const start = HEADER + extended;
  if (extended < 0 || start > file.size_bytes) bad(`its extended header has ${extended} bytes`);
  const bytes = qx * qy * NUMBER_BYTES[dtype];
  const whole = Math.floor((file.size_bytes - start) / bytes);
  if (whole === 0) bad('it is cut off before its first pattern ends');
  const frames = Math.min(sections, whole);
  if (whole !== sections) notes.push(`The header states ${sections} patterns; the file holds ${whole}.`);
  const beside = await deScan(file, frames);
  if (mode === 0) {
    const imod = view.getInt32(152, little) === IMOD;
    const unsigned = imod ? (view.getInt32(156, little) & 1) === 0 : (beside?.unsigned ?? false);
    if (unsigned) dtype = 'uint8';
    const why = imod ? 'IMOD’s flag says' : unsigned ? 'the camera’s info says' : 'MRC2014 says';
    notes.push(`Bytes are taken as ${unsigned ? 'unsigned' : 'signed'}, as ${why}; other programs may differ.`);
  }
  const given = options.scan_shape;
  const same = !given || (given[0] === beside?.shape?.[0] && given[1] === beside?.shape?.[1]);
  const order = same ? beside?.frames : undefined;
  // What the points leave out of the movie they say themselves.
  const scan = scanShapeOf(file, order?.length ?? frames, options, beside?.shape);
  if (!same && beside?.frames)
    notes.push('With the given shape, patterns are taken in the order in which they lie in the file.');
  const cell = view.getFloat32(40, little) / view.getInt32(28, little);
  if (cell > 0 && Number.isFinite(cell)) {
    notes.push(
      `The header’s pixel of ${Number(cell.toPrecision(6))} Å is not used: it does not say whether of scan or detector.`,
    );
  }
  const kind = new TextDecoder('latin1').decode(head.subarray(104, 108)).replaceAll('\0', '').trim();
  const voltage_kV = beside?.voltage_kV ?? (await extendedVoltage(file, extended, kind, little));
  if (extended > 0) {
    const read = voltage_kV !== undefined && !beside?.voltage_kV ? ' but for the voltage' : '';
    notes.push(`The extended header (${kind || 'of no stated kind'}, ${extended} bytes) is not read${read}.`);
  }
  return frameSource(
    file,
    {
      shape: [...scan.shape, qy, qx],
      dtype,
      little,
      offset: order ? (index) => start + order[index]! * bytes : (index) => start + index * bytes,
    },
    {
      format: beside ? 'MRC movie (Direct Electron)' : 'MRC stack',
      title: leafName(file),
      dataset: leafName(file),
      step_nm: beside?.step_nm,
      q_pixel: beside?.q_pixel,
      q_unit: beside?.q_pixel === undefined ? undefined : '1/nm',
      voltage_kV,
      notes: [
        ...scan.notes,
        ...(beside?.notes ?? []),
        ...notes,
        'Rows are taken as they lie; programs of tomography draw the first one at the bottom.',
      ],
    },
  );
}

export const MRC: ScanReader = {
  kind: 'mrc',
  name: 'MRC stack',
  // Before 2014 nothing but the name tells them.
  matches: (head, leaf) => hasMap(head) || /\.mrcs?$/i.test(leaf),
  open,
};
