/** NumPy's .npz: arrays in a ZIP archive, one of which is a scan. What an array has to be stands in npy.ts. */

import { FerroscopeError, fail } from '../../core/errors.ts';
import { quantity } from '../../core/numbers.ts';
import { orderOf } from '../axis-order.ts';
import { nionData } from '../hdf5-kinds/nion.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { statedOf } from '../stated.ts';
import { NPY, NPY_SILENCE } from './npy.ts';
import { KEPT_MB } from './part.ts';
import type { OpenOptions, ScanReader } from './reader.ts';
import { isZip, type ZipEntry, zipEntries, zipMember } from './zip.ts';

/** More are not looked into without --dataset. */
const MOST = 200;

const arrayName = ({ name }: ZipEntry): string => name.slice(0, -'.npy'.length);

async function open(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const all = (await zipEntries(file)).filter(({ name }) => name.endsWith('.npy'));
  const names = all.slice(0, 20).map(arrayName).join(', ') + (all.length > 20 ? ', …' : '');
  const { dataset } = options;
  if (dataset !== undefined) {
    const entry = all.find((one) => one.name === dataset || arrayName(one) === dataset);
    if (!entry) fail('shape', `${file.name} holds no array ${dataset}: it has ${names}.`, 'Choose one of these.');
    return opened(file, entry, options, all.length);
  }
  const scans: { entry: ZipEntry; source: PatternSource }[] = [];
  const others: string[] = [];
  let damaged: FerroscopeError | undefined;
  for (const entry of all.slice(0, MOST)) {
    try {
      scans.push({ entry, source: await opened(file, entry, options, all.length) });
    } catch (error) {
      if (!(error instanceof FerroscopeError) || error.tag === 'file-unreadable') throw error;
      // Text and the like; or damage, which is told where no other array is the scan.
      if (error.tag === 'format') damaged ??= error;
      others.push(error.message.replace(`${file.name}/${entry.name}`, arrayName(entry)));
    }
  }
  const unseen = all.length > MOST ? ` (${all.length - MOST} more were not looked at)` : '';
  if (scans.length === 1) return withNion(file, scans[0]!.source);
  if (scans.length > 1) {
    fail(
      'shape',
      `${file.name} holds ${scans.length} arrays that are scans: ${scans.map(({ entry }) => arrayName(entry)).join(', ')}${unseen}.`,
      'Give --dataset NAME.',
    );
  }
  if (damaged) throw damaged;
  const why = others.slice(0, 5).join(' ') + (others.length > 5 ? ' …' : '');
  fail(
    'shape',
    `${file.name} holds no array of four axes${unseen}. ${why}`.trim(),
    'Save the scan as [scan y][scan x][pattern y][pattern x]; or, with three axes, give --dataset NAME and --scan-shape ROWS,COLUMNS.',
  );
}

/** What has to be said of a packed array that is not kept unpacked as a whole. */
export const deflatedNote = ({ method, size_bytes }: ZipEntry): readonly string[] =>
  method !== 0 && size_bytes > KEPT_MB * 1e6
    ? [
        `Compressed: ${quantity(size_bytes / 1e6, 'MB')} are unpacked from the beginning for every look back. numpy.savez, without compression, is faster to read.`,
      ]
    : [];

/** An .ndata file of Nion Swift is such an archive, with its calibrations in JSON. */
async function withNion(file: ScanFile, source: PatternSource): Promise<PatternSource> {
  const entry = (await zipEntries(file)).find(({ name }) => name === 'metadata.json');
  if (!entry) return source;
  const text = new TextDecoder().decode(await (await zipMember(file, entry)).read(0, entry.size_bytes));
  const data = nionData(text, source.shape.length);
  if (!data) return source;
  const order = orderOf(file.name, source.shape, data.axes, true, ['ry', 'rx', 'qy', 'qx']);
  const { notes, ...stated } = statedOf({ layout: 'Nion Swift', ...data }, order);
  const rest = source.info.notes.filter((note) => note !== NPY_SILENCE);
  return { ...source, info: { ...source.info, ...stated, format: 'Nion Swift (ndata)', notes: [...rest, ...notes] } };
}

async function opened(file: ScanFile, entry: ZipEntry, options: OpenOptions, count: number): Promise<PatternSource> {
  const member = await zipMember(file, entry);
  if (!NPY.matches(await member.read(0, 6), entry.name)) {
    fail('format', `${member.name} is no NPY file.`, 'Save it again with numpy.savez.');
  }
  const source = await NPY.open(member, options);
  return {
    ...source,
    info: {
      ...source.info,
      format: 'NumPy archive',
      title: leafName(file),
      dataset: arrayName(entry),
      notes: [
        ...source.info.notes,
        ...(count > 1 ? [`${count - 1} other arrays of the archive are not read.`] : []),
        ...deflatedNote(entry),
      ],
    },
  };
}

export const NPZ: ScanReader = {
  kind: 'npz',
  name: 'NumPy archive',
  matches(head) {
    if (!isZip(head)) return false;
    const length = head[26]! + 256 * head[27]!;
    return new TextDecoder('latin1').decode(head.subarray(30, 30 + length)).endsWith('.npy');
  },
  open,
};
