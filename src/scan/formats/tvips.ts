/**
 * TVIPS streams (EMMENU): a header of 256 bytes in the first part, then frames, each behind a header of its own, over as many parts (_000.tvips, _001.tvips, …)
 * as it takes. A frame's header (version 2) holds the scan's index, 'rotidx', and in newer files its position. Fields as LiberTEM documents them.
 */

import { fail } from '../../core/errors.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf } from './reader.ts';
import { orderOf } from './tvips-order.ts';

const HEADER = 256;
/** Parts are numbered by three digits. */
const MOST_PARTS = 1000;
/** Of a frame's header: magnification mode, scan index, position along x and y [bytes from its start]. */
const [MODE, ROTIDX, SCAN_X, SCAN_Y] = [24, 48, 68, 72];
/** Bytes of a frame's header in version 1. */
const OLD_FRAME_HEADER = 12;
/** More than 2048 × 2048 positions are none of a scan's. */
const MOST_FRAMES = 2 ** 22;
/** Frame headers read at once. */
const AT_ONCE = 64;

/** All parts of the stream, the first one first, whichever was given. @throws 'unsupported' */
async function partsOf(file: ScanFile): Promise<ScanFile[]> {
  const leaf = leafName(file);
  const name = /^(.*_)\d{3}(\.tvips)$/i.exec(leaf);
  if (!name) return [file];
  const parts: ScanFile[] = [];
  for (let i = 0; i < MOST_PARTS; i++) {
    const part = `${name[1]}${String(i).padStart(3, '0')}${name[2]}`;
    const found = part === leaf ? file : await file.sibling(part);
    if (!found) break;
    parts.push(found);
  }
  if (parts.includes(file)) return parts;
  const missing = `${name[1]}${String(parts.length).padStart(3, '0')}${name[2]}`;
  return fail(
    'unsupported',
    `${file.name} is a part of a stream, and ${missing} is not beside it.`,
    'Put all parts into one folder.',
    { missing },
  );
}

/** Files one behind another, as one. @param cuts where each begins and ends [bytes] */
function joined(parts: readonly ScanFile[], cuts: readonly (readonly [from: number, to: number])[]): ScanFile {
  if (parts.length === 1 && cuts[0]![1] === parts[0]!.size_bytes && cuts[0]![0] === 0) return parts[0]!;
  const size_bytes = cuts.reduce((sum, [from, to]) => sum + to - from, 0);
  return {
    ...parts[0]!,
    size_bytes,
    async read(offset, length) {
      const out = new Uint8Array(Math.max(0, Math.min(length, size_bytes - offset)));
      let start = 0;
      let filled = 0;
      for (const [i, [from, to]] of cuts.entries()) {
        const within = offset + filled - start;
        if (filled < out.length && within < to - from) {
          const piece = await parts[i]!.read(from + within, Math.min(out.length - filled, to - from - within));
          out.set(piece, filled);
          filled += piece.length;
        }
        start += to - from;
      }
      return out.subarray(0, filled);
    },
  };
}

async function open(given: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const parts = await partsOf(given);
  const file = parts[0]!;
  const bad = (why: string): never =>
    fail('format', `${file.name} is no readable TVIPS file: ${why}.`, 'Copy it again from the camera’s computer.');
  const head = await file.read(0, HEADER);
  if (head.length < HEADER) bad('it is cut off within its header');
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const i4 = (index: number) => view.getInt32(4 * index, true);
  const [size, version, qx, qy, bits] = [i4(0), i4(1), i4(2), i4(3), i4(4)];
  if (size !== HEADER || (version !== 1 && version !== 2)) bad(`it states version ${version} and a header of ${size}`);
  if ((bits !== 8 && bits !== 16) || qx < 1 || qy < 1) bad(`it states patterns of ${qy} × ${qx}, ${bits} bits`);
  const frame_header = version === 1 ? OLD_FRAME_HEADER : i4(12);
  if (frame_header < OLD_FRAME_HEADER || frame_header > file.size_bytes)
    bad(`it states frame headers of ${frame_header} bytes`);
  const stride = frame_header + (qx * qy * bits) / 8;

  const notes: string[] = [];
  const cuts = parts.map((part, i): [number, number] => {
    const from = i === 0 ? HEADER : 0;
    const frames = Math.max(0, Math.floor((part.size_bytes - from) / stride));
    const rest = part.size_bytes - from - frames * stride;
    if (rest > 0) notes.push(`${leafName(part)} ends within a pattern: its last ${rest} bytes are left out.`);
    return [from, from + frames * stride];
  });
  const stream = joined(parts, cuts);
  const frames = stream.size_bytes / stride;
  if (frames === 0) bad('it ends within its first pattern');
  if (frames > MOST_FRAMES) bad(`it would hold ${frames} patterns of ${qy} × ${qx}`);
  if (parts.length > 1) notes.push(`${parts.length} parts, ${leafName(parts.at(-1)!)} the last.`);

  const headers = await frameHeaders(stream, frames, stride, frame_header);
  notes.push(...headers.notes);
  const order = orderOf(headers.rotidx, headers.positions, options.scan_shape);
  const scan = scanShapeOf(file, order.frames.length, options, order.shape);
  const [pixel_nm, kV, magnification] = [i4(9), i4(10), i4(11)];
  const binned = pixel_nm * Math.max(1, i4(7));
  return frameSource(
    stream,
    {
      shape: [...scan.shape, qy, qx],
      dtype: bits === 8 ? 'uint8' : 'uint16',
      little: true,
      offset: (index) => order.frames[index]! * stride + frame_header,
    },
    {
      format: `TVIPS stream ${version}`,
      title: leafName(file),
      dataset: leafName(file),
      voltage_kV: kV > 0 ? kV : undefined,
      notes: [
        ...scan.notes,
        ...order.notes,
        ...notes,
        'The file says nothing of the step or the aperture.',
        `Pixels of ${binned} nm on the camera, magnification ${magnification}${
          magnification > 0 && pixel_nm > 0
            ? `: ${Number((binned / magnification / 1e3).toPrecision(4))} mrad a pixel if that is the camera length in mm, which the file does not say; not taken`
            : ''
        }.`,
      ],
    },
  );
}

/** What the frames' headers say. @param bytes of each */
async function frameHeaders(file: ScanFile, frames: number, stride: number, bytes: number) {
  const rotidx = new Uint32Array(frames);
  const positions = bytes >= SCAN_Y + 4 ? { y: new Float32Array(frames), x: new Float32Array(frames) } : undefined;
  const length = Math.min(bytes, SCAN_Y + 4);
  let [first, numbered, gap, imaging] = [0, false, 0, false];
  for (let from = 0; from < frames; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, frames - from);
    const some = await Promise.all(Array.from({ length: count }, (_, i) => file.read((from + i) * stride, length)));
    for (const [k, head] of some.entries()) {
      if (head.length < length) fail('file-unreadable', `${file.name} became shorter while it was read.`, 'Try again.');
      const view = new DataView(head.buffer, head.byteOffset, length);
      const i = from + k;
      const number = view.getUint32(0, true);
      if (i === 0) first = number;
      if (number !== first) numbered = true;
      if (gap === 0 && number !== first + i) gap = i;
      if (length >= MODE + 4 && view.getUint32(MODE, true) === 1) imaging = true;
      if (length >= ROTIDX + 4) rotidx[i] = view.getUint32(ROTIDX, true);
      if (positions) {
        positions.x[i] = view.getFloat32(SCAN_X, true);
        positions.y[i] = view.getFloat32(SCAN_Y, true);
      }
    }
  }
  const notes = [
    ...(numbered && gap > 0 ? [`The numbers of the frames do not run on at frame ${gap}: some are missing.`] : []),
    ...(imaging ? ['By its headers the microscope was in imaging mode, not in diffraction.'] : []),
  ];
  return { rotidx, positions, notes };
}

export const TVIPS: ScanReader = {
  kind: 'tvips',
  name: 'TVIPS stream',
  matches: (_, leaf) => /\.tvips$/i.test(leaf),
  open,
};
