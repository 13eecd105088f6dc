/**
 * FEI's TIA: a series of patterns (.ser), and the .emi file beside it, which describes up to several of them. Fields of .ser as FEI's "TIA Series Data (ESD) file
 * format" and C. Boothroyd's description give them; of .emi nothing is published: only the XML in it is read. Not here: spectra, complex numbers.
 */

import { FerroscopeError, fail } from '../../core/errors.ts';
import { NUMBER_BYTES, type NumberType } from '../decode-numbers.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf } from './reader.ts';
import { emiInfo } from './tia-emi.ts';
import { IMAGES, type Series, seriesOf } from './tia-series.ts';

const TYPES: Readonly<Record<number, NumberType>> = {
  1: 'uint8',
  2: 'uint16',
  3: 'uint32',
  4: 'int8',
  5: 'int16',
  6: 'int32',
  7: 'float32',
  8: 'float64',
};
/** Calibrations, type and size before the numbers of an image [bytes]. */
const IMAGE_HEADER = 50;
/** Per pixel; more is no length [1/m]. */
const LEAST_FREQUENCY = 1e3;
/** More series of one .emi are not looked for. */
const MOST_SERIES = 30;

async function imageAt(file: ScanFile, offset: number) {
  const bytes = await file.read(offset, IMAGE_HEADER);
  if (bytes.length < IMAGE_HEADER)
    fail('format', `${file.name} ends within the head of a pattern at byte ${offset}.`, 'Copy it again.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    per_pixel: [view.getFloat64(8, true), view.getFloat64(28, true)] as const,
    type: view.getUint16(40, true),
    qx: view.getInt32(42, true),
    qy: view.getInt32(46, true),
  };
}

async function openSeries(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const series = await seriesOf(file);
  const { offsets, valid } = series;
  if (series.kind !== IMAGES)
    fail('unsupported', `${file.name} holds spectra: no patterns.`, 'Choose the .ser file that holds images.');
  const first = await imageAt(file, offsets[0]!);
  const { type, qx, qy } = first;
  const dtype = TYPES[type];
  if (!dtype) {
    const complex = type === 9 || type === 10;
    fail(
      'unsupported',
      `${file.name} holds ${complex ? 'complex numbers' : `numbers of type ${type}`}: no counts of electrons.`,
      'Export the intensity.',
    );
  }
  if (qx < 1 || qy < 1) fail('format', `${file.name} states patterns of ${qy} × ${qx} pixels.`, 'Copy it again.');
  for (const index of [Math.floor(valid / 2), valid - 1]) {
    const other = await imageAt(file, offsets[index]!);
    if (other.type !== type || other.qx !== qx || other.qy !== qy) {
      fail(
        'unsupported',
        `${file.name}: pattern 0 has ${qy} × ${qx} pixels of type ${type}, pattern ${index} ${other.qy} × ${other.qx} of type ${other.type}.`,
        'Save images of one size by themselves.',
      );
    }
  }
  const size = IMAGE_HEADER + qx * qy * NUMBER_BYTES[dtype!];
  const close = offsets.findIndex((offset, i) => i > 0 && i < valid && Math.abs(offset - offsets[i - 1]!) < size);
  if (close > 0)
    fail('format', `${file.name}: patterns ${close - 1} and ${close} lie over each other.`, 'Copy it again.');

  const scan = scanShapeOf(file, valid, options, series.shape);
  const beside = await emiInfo(file);
  const q = pixelOf(first.per_pixel);
  return frameSource(
    file,
    {
      shape: [...scan.shape, qy, qx],
      dtype: dtype!,
      little: true,
      offset: (index) => offsets[index]! + IMAGE_HEADER,
      bottomUp: !series.upwards,
    },
    {
      format: 'TIA series',
      title: leafName(file),
      dataset: leafName(file),
      step_nm: series.step_nm,
      rotation_deg: series.rotation_deg,
      q_pixel: q.per_nm,
      q_unit: q.per_nm === undefined ? undefined : '1/nm',
      voltage_kV: beside.voltage_kV,
      notes: [...scan.notes, ...rowNotes(series), ...series.notes, ...q.notes, ...beside.notes],
    },
  );
}

const rowNotes = ({ upwards }: Series): readonly string[] => [
  upwards
    ? 'By its positions the scan’s rows run upwards, as rows of patterns are stored: both are read so, upside down against TIA’s pictures.'
    : 'Rows of a pattern are stored from the bottom up; they are read from the top down, as TIA shows them.',
];

/** TIA writes metres or 1/m, and not which. */
function pixelOf([x, y]: readonly [number, number]): { per_nm?: number; notes: readonly string[] } {
  const size = (Math.abs(x) + Math.abs(y)) / 2;
  if (!(size >= LEAST_FREQUENCY && size < Number.POSITIVE_INFINITY)) {
    return {
      notes: [`A detector pixel is ${size} of a unit that the file does not say, too small for 1/m: not taken.`],
    };
  }
  const differ = Math.abs(Math.abs(x) / Math.abs(y) - 1) > 1e-6;
  return {
    per_nm: size * 1e-9,
    notes: [
      `The file does not say the unit of a detector pixel, ${size}: it can only be 1/m.`,
      ...(differ ? [`A detector pixel is ${x} along x and ${y} along y: the mean is taken.`] : []),
    ],
  };
}

/** The series that an .emi file belongs to: NAME_1.ser, NAME_2.ser … beside NAME.emi. */
async function openEmi(file: ScanFile, { dataset, ...options }: OpenOptions): Promise<PatternSource> {
  const stem = leafName(file).replace(/\.emi$/i, '');
  const found: ScanFile[] = [];
  for (let n = 1; n <= MOST_SERIES; n++) {
    const one = await file.sibling(`${stem}_${n}.ser`);
    if (one && (dataset === undefined || [String(n), leafName(one)].includes(dataset))) found.push(one);
  }
  if (found.length === 0) {
    fail(
      'shape',
      `${file.name} describes patterns that lie in ${stem}_1.ser or its like, and ${dataset === undefined ? 'none is' : `${dataset} is not`} beside it.`,
      'Copy the .ser files into the same folder.',
    );
  }
  if (found.length === 1) return openSeries(found[0]!, options);
  const scans: PatternSource[] = [];
  const others: string[] = [];
  for (const one of found) {
    try {
      scans.push(await openSeries(one, options));
    } catch (error) {
      if (!(error instanceof FerroscopeError) || error.tag === 'file-unreadable') throw error;
      others.push(error.message.replace(one.name, leafName(one)));
    }
  }
  if (scans.length === 1) return scans[0]!;
  fail(
    'shape',
    `${file.name} belongs to ${found.length} series, of which ${scans.length} are scans as they are. ${others.slice(0, 5).join(' ')}`.trim(),
    'Give --dataset NUMBER, and --scan-shape ROWS,COLUMNS where it is a stack.',
  );
}

export const SER: ScanReader = {
  kind: 'ser',
  name: 'TIA series',
  matches: (head) => head[0] === 0x49 && head[1] === 0x49 && head[2] === 0x97 && head[3] === 0x01,
  open: openSeries,
};

export const EMI: ScanReader = {
  kind: 'emi',
  name: 'TIA description',
  matches: (head, leaf) => /\.emi$/i.test(leaf) && head[0] === 0x4a && head[1] === 0x4b,
  open: openEmi,
};
