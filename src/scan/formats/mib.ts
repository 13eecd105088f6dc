/**
 * Quantum Detectors' Merlin (MIB): frames of one size, each behind an ASCII header 'MQ1,number,header bytes,chips,columns,rows,type,layout,…', counts with the
 * most significant byte first. A text file beside it (.hdr) tells of the acquisition. Neither states the scan's shape for sure, step, camera length or voltage.
 */

import { fail } from '../../core/errors.ts';
import { NUMBER_BYTES, type NumberType } from '../decode-numbers.ts';
import type { PatternSource, ScanInfo } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { type Flyback, flybackOf } from './mib-flyback.ts';
import { type RawFrame, rawFrame } from './mib-raw.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf } from './reader.ts';

const TYPES: Readonly<Record<string, NumberType>> = { U08: 'uint8', U16: 'uint16', U32: 'uint32' };
/** A header longer than this is none. */
const LONGEST = 65_536;

interface Header {
  readonly sequence: number;
  readonly bytes: number;
  readonly chips: number;
  readonly columns: number;
  readonly rows: number;
  readonly type: string;
  readonly layout: string;
  readonly exposure_s: number;
  readonly counter: string;
  /** Bits of a counter; undefined in old headers. */
  readonly depth: number | undefined;
}

function headerOf(bytes: Uint8Array): Header | undefined {
  const text = new TextDecoder('latin1').decode(bytes);
  const parts = text.split(',', 16);
  const size = Number(parts[2]);
  if (parts.length < 12 || parts[0] !== 'MQ1' || !Number.isInteger(size) || size < text.indexOf(parts[7]!)) {
    return undefined;
  }
  const newer = /,MQ1A,[^,]*,[^,]*,(\d+)/.exec(text.slice(0, size));
  const header = {
    sequence: Number(parts[1]),
    bytes: size,
    chips: Number(parts[3]),
    columns: Number(parts[4]),
    rows: Number(parts[5]),
    type: parts[6]!.trim(),
    layout: parts[7]!.trim(),
    exposure_s: Number(parts[10]),
    counter: parts[11]!.trim(),
    depth: newer ? Number(newer[1]) : undefined,
  };
  const whole = [header.chips, header.columns, header.rows].every((n) => Number.isInteger(n) && n > 0 && n < 65_536);
  return whole && size <= LONGEST ? header : undefined;
}

/** The frames themselves, for the .hdr beside them too. @throws 'unsupported' */
async function framesFile(file: ScanFile): Promise<ScanFile> {
  if (!isHdr(await file.read(0, 4))) return file;
  const leaf = leafName(file).replace(/\.hdr$/i, '.mib');
  const found = leaf === leafName(file) ? undefined : await file.sibling(leaf);
  return (
    found ?? fail('unsupported', `${file.name} tells of a scan, and ${leaf} is not beside it.`, 'Give the .mib file.')
  );
}

/** Lines 'name: ⇥value' of the .hdr; empty without one. */
async function acquisition(file: ScanFile): Promise<ReadonlyMap<string, string>> {
  const beside = await file.sibling(leafName(file).replace(/\.mib$/i, '.hdr'));
  const bytes = await beside?.read(0, LONGEST);
  if (!bytes || !isHdr(bytes)) return new Map();
  const lines = new TextDecoder('latin1').decode(bytes).split('\n');
  return new Map(lines.map((line) => line.split(/:?\t/, 2)).map(([name, value = '']) => [name!.trim(), value.trim()]));
}

async function open(given: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const file = await framesFile(given);
  const bad = (why: string): never =>
    fail('format', `${file.name} is no readable MIB file: ${why}.`, 'Copy it again from the camera’s computer.');
  const first = headerOf(await file.read(0, LONGEST)) ?? bad('its first header is damaged or cut off');
  const hdr = await acquisition(file);
  const depth = first.depth ?? (Number(hdr.get('Counter Depth (number)')) || undefined);
  const raw =
    first.type === 'R64' ? rawFrame(first.rows, first.columns, first.chips, first.layout, depth ?? 0) : undefined;
  const dtype = raw?.stored ?? TYPES[first.type];
  if (!dtype) {
    fail(
      'unsupported',
      `${file.name} holds counts of type ${first.type}, ${depth ?? '?'} bits, of ${first.chips} chips (${first.layout}), ${first.columns} × ${first.rows} as stored: an arrangement that is not known.`,
      'Save it unpacked (U08, U16 or U32) with the camera’s program.',
    );
  }
  const elements = raw?.elements ?? first.rows * first.columns;
  const stride = first.bytes + elements * NUMBER_BYTES[dtype];
  const frames = Math.floor(file.size_bytes / stride);
  if (frames === 0) bad(`it ends within its first pattern, after ${file.size_bytes} of ${stride} bytes`);
  const headerAt = async (frame: number) =>
    headerOf(await file.read(frame * stride, first.bytes)) ??
    bad(`no header of a frame stands at byte ${frame * stride}`);
  const second = await headerAt(Math.min(1, frames - 1));
  const last = await headerAt(frames - 1);
  const flyback = await flybackOf(frames, async (i) => headerOf(await file.read(i * stride, 512))?.exposure_s);
  const scan = shapeOf(file, frames, options, hdr, flyback);
  const info: Omit<ScanInfo, 'dtype'> = {
    format: 'Merlin (MIB)',
    title: leafName(file),
    dataset: leafName(file),
    notes: [
      ...scan.notes,
      ...(second.counter === first.counter
        ? []
        : [
            'Frames come from two counters by turns, as when the camera never pauses; were their thresholds different, every second one is another measurement.',
          ]),
      ...(last.sequence === first.sequence + frames - 1
        ? []
        : [
            `The last of its ${frames} frames is number ${last.sequence}, the first ${first.sequence}: where frames are missing, those behind are out of place.`,
          ]),
      ...remarks(file, first, frames, stride, hdr, raw),
    ],
  };
  const offset = (index: number) => scan.frame(index) * stride + first.bytes;
  if (!raw) {
    const shape = [...scan.shape, first.rows, first.columns] as const;
    return frameSource(file, { shape, dtype, little: false, offset }, info);
  }
  const packed = frameSource(file, { shape: [...scan.shape, 1, elements], dtype, little: false, offset }, info);
  return unpacked(packed, raw);
}

/** A scan of raw frames as counts. @param packed [ry][rx][1][elements] */
function unpacked(packed: PatternSource, raw: RawFrame): PatternSource {
  const [ry, rx] = packed.shape;
  const size = raw.shape[0] * raw.shape[1];
  return {
    ...packed,
    shape: [ry, rx, ...raw.shape],
    info: { ...packed.info, dtype: raw.dtype },
    async read(first, count) {
      const out = new Float32Array(count * size);
      // In one piece, all would be held twice.
      const at_once = Math.max(1, Math.floor(2 ** 22 / raw.elements));
      for (let done = 0; done === 0 || done < count; done += at_once) {
        const some = Math.min(at_once, count - done);
        const piece = await packed.read(first + done, some);
        for (let i = 0; i < some; i++) {
          const to = (done + i) * size;
          raw.decode(piece.subarray(i * raw.elements, (i + 1) * raw.elements), out.subarray(to, to + size));
        }
      }
      return out;
    },
  };
}

/** The scan's shape, and the frame of each of its positions. @throws 'shape' */
function shapeOf(
  file: ScanFile,
  frames: number,
  options: OpenOptions,
  hdr: ReadonlyMap<string, string>,
  flyback: Flyback | undefined,
) {
  const number = (name: string) => Math.round(Number(hdr.get(name))) || 0;
  const per_line = number('Frames per Trigger (Number)');
  const [sx, sy] = [number('ScanX'), number('ScanY')];
  const by_trigger = per_line > 1 && per_line < frames && frames % per_line === 0;
  const stated: [number, number] | undefined =
    sx > 0 && sy > 0 ? [sy, sx] : by_trigger ? [frames / per_line, per_line] : undefined;
  const asked = (options.scan_shape ?? stated)?.[1];
  if (flyback && (asked === undefined || asked === flyback.period - 1)) {
    const { start, period, times } = flyback;
    const rows = Math.floor((frames - start + 1) / period);
    const scan = scanShapeOf(file, rows * (period - 1), options, [rows, period - 1]);
    return {
      ...scan,
      frame: (i: number) => start + Math.floor(i / (period - 1)) * period + (i % (period - 1)),
      notes: [
        ...scan.notes,
        `One frame in ${period} was exposed ${times.toFixed(1)} times as long as the others: taken for the beam's way back, and left out${options.scan_shape ? '' : '; the rows follow from that'}.`,
        ...(start > 0 && start < period ? [`${start} frames before the first whole row are left out.`] : []),
      ],
    };
  }
  const scan = scanShapeOf(file, frames, options, stated);
  const [ry, rx] = scan.shape;
  const notes = [...scan.notes];
  if (!options.scan_shape && sx === 0)
    notes.push(`A row is taken to be the ${per_line} frames of one trigger (.hdr): a guess; else give --scan-shape.`);
  if (frames === ry * (rx + 1)) {
    notes.push(
      `The frames are just as many as one more in each row (${ry} × ${rx + 1}): if those are the beam's way back, each row here is shifted; then give --scan-shape ${ry},${rx + 1} and leave out the last column.`,
    );
  }
  if (flyback)
    notes.push(
      `One frame in ${flyback.period} was exposed longer than the others, the beam's way back perhaps; it is kept.`,
    );
  return { shape: scan.shape, notes, frame: (i: number) => i };
}

function remarks(
  file: ScanFile,
  first: Header,
  frames: number,
  stride: number,
  hdr: ReadonlyMap<string, string>,
  raw: RawFrame | undefined,
): string[] {
  const notes = [
    'The file says nothing of step, detector pixel, voltage or aperture.',
    'Rows of a pattern are in the order of the file; RosettaSciIO takes the first for the lowest, which mirrors patterns against the scan.',
  ];
  const acquired = Number(hdr.get('Frames in Acquisition (Number)'));
  const rest = file.size_bytes - frames * stride;
  if (acquired > 0 && acquired !== frames)
    notes.push(`The .hdr speaks of ${acquired} frames; the file holds ${frames}.`);
  if (rest > 0) notes.push(`The file ends within a pattern: its last ${rest} bytes are left out.`);
  if (first.sequence !== 1) notes.push(`Its first frame is number ${first.sequence}: it may be a part of a scan.`);
  if (first.chips > 1 && !first.layout.endsWith('G'))
    notes.push(`${first.chips} chips lie edge to edge as stored: the gap between them is not in the patterns.`);
  if (raw?.dtype === 'uint32' && first.chips > 1)
    notes.push('24 raw bits of four chips are taken to lie as 12 bits do, upper bits first: no such file was seen.');
  return notes;
}

const isHdr = (head: Uint8Array) => new TextDecoder('latin1').decode(head.subarray(0, 4)) === 'HDR,';

export const MIB: ScanReader = {
  kind: 'mib',
  name: 'Quantum Detectors Merlin (MIB)',
  matches: (head) => new TextDecoder('latin1').decode(head.subarray(0, 4)) === 'MQ1,' || isHdr(head),
  open,
};
