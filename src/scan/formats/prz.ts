/**
 * Panta Rhei (CEOS): a NumPy archive whose data.npy is the array and whose meta_data_json.npy says what of. Axes are calibrated from the fastest one on
 * (`device.calib` of the camera, `inherited.calib` of all of them), a pixel being `value` × `pixel_factor` of `unit`. Facts from files, and from what RosettaSciIO
 * makes of them. Not here: metadata of versions that pickle it, which is a program of Python's and is not run.
 */

import { fail } from '../../core/errors.ts';
import { type Axis, orderOf } from '../axis-order.ts';
import { usable } from '../hdf5-kinds/found.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { statedOf } from '../stated.ts';
import { NPY, NPY_SILENCE } from './npy.ts';
import { deflatedNote, NPZ } from './npz.ts';
import type { OpenOptions, ScanReader } from './reader.ts';
import { zipEntries, zipMember } from './zip.ts';

type Json = Readonly<Record<string, unknown>>;

/** Longer texts are none [bytes]. */
const LONGEST = 2 ** 24;

async function open(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const entries = await zipEntries(file);
  const data = entries.find(({ name }) => name === 'data.npy');
  if (!data) {
    fail('format', `${file.name} is no readable Panta Rhei file: it holds no data.npy.`, 'Copy it again.', {
      members: entries.slice(0, 20).map(({ name }) => name),
    });
  }
  const source = await NPY.open(await zipMember(file, data), { scan_shape: options.scan_shape });
  const entry = entries.find(({ name }) => name === 'meta_data_json.npy');
  const metadata = entry && entry.size_bytes <= LONGEST ? await textOf(await zipMember(file, entry)) : undefined;
  const { notes, ...stated } = metadata
    ? statedBy(file, metadata, source.shape)
    : {
        notes: [
          'Its metadata is pickled, a program of Python’s that is not run, or damaged: step, detector pixel and voltage are not known. Newer versions of Panta Rhei save it as text, too.',
          NPY_SILENCE,
        ],
      };
  const kept = source.info.notes.filter((note) => note !== NPY_SILENCE);
  return {
    ...source,
    info: {
      ...source.info,
      ...stated,
      format: 'Panta Rhei',
      title: leafName(file),
      dataset: 'data',
      notes: [...kept, ...deflatedNote(data), ...notes],
    },
  };
}

/** The first object of the list in an array of one text (UTF-32). */
async function textOf(member: ScanFile): Promise<Json | undefined> {
  const bytes = await member.read(0, member.size_bytes);
  if (bytes.length < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [from, length] = bytes[6]! >= 2 ? [12, view.getUint32(8, true)] : [10, view.getUint16(8, true)];
  const descr = /'descr':\s*'([<>])U\d+'/.exec(new TextDecoder('latin1').decode(bytes.subarray(from, from + length)));
  if (!descr) return undefined;
  let text = '';
  for (let at = from + length; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, descr[1] === '<');
    if (code > 0x10ffff) return undefined;
    if (code > 0) text += String.fromCodePoint(code);
  }
  try {
    const all: unknown = JSON.parse(text);
    const first: unknown = Array.isArray(all) ? all[0] : all;
    return typeof first === 'object' && first !== null ? (first as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** @throws 'shape' where units say that the first axes are the pattern */
function statedBy(file: ScanFile, metadata: Json, shape: PatternSource['shape']) {
  const calibrations = [metadata['device.calib'], metadata['inherited.calib']].filter(Array.isArray) as unknown[][];
  const enough = calibrations.find((list) => list.slice(0, 4).filter((one) => one !== null).length === 4);
  const fastestFirst = enough ?? calibrations[0] ?? [];
  const axes = [3, 2, 1, 0].map((at): Axis | undefined => {
    const one = fastestFirst[at] as Json | null | undefined;
    if (typeof one !== 'object' || one === null) return undefined;
    const factor = typeof one.pixel_factor === 'number' ? one.pixel_factor : 1;
    return {
      name: '',
      unit: typeof one.unit === 'string' ? one.unit : '',
      step: usable(typeof one.value === 'number' ? one.value * factor : undefined),
    };
  });
  const order = orderOf(file.name, shape, axes, true);
  if (order.names.join() !== 'ry,rx,qy,qx') {
    fail(
      'shape',
      `${file.name} is ${shape.join(' × ')}, and by the units of its axes (${axes.map((axis) => axis?.unit || 'none').join(', ')}) the scan does not come first.`,
      'Save it with the axes of the scan first.',
    );
  }
  const volts = metadata['electron_gun.voltage'];
  const values = new Map(typeof volts === 'number' && volts > 0 ? [['accelerating_voltage', volts] as const] : []);
  return statedOf({ layout: 'Panta Rhei', axes, metadata: values }, order);
}

export const PRZ: ScanReader = {
  kind: 'prz',
  name: 'Panta Rhei',
  matches: (head, leaf) => /\.prz$/i.test(leaf) && NPZ.matches(head, leaf),
  open,
};
