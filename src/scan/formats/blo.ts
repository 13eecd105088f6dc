/**
 * NanoMEGAS block files (BLO, ASTAR): a header, an image of the scan, then square patterns of bytes, each behind 6 bytes (a mark and its number). Fields as
 * LiberTEM and RosettaSciIO document them; both orders of bytes.
 */

import { fail } from '../../core/errors.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf } from './reader.ts';

/** Bytes of the header up to its free text. */
const HEADER = 240;
/** Bytes before each pattern, and the mark they begin with. */
const FRAME_HEADER = 6;
const MARK = 0x55aa;

async function open(file: ScanFile, options: OpenOptions) {
  const bad = (why: string): never =>
    fail('format', `${file.name} is no readable BLO file: ${why}.`, 'Copy it again from the camera’s computer.');
  const head = await file.read(0, HEADER);
  if (head.length < HEADER) bad('it is cut off within its header');
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  // 258 in newer and 259 in newest files: the order of bytes shows in it.
  const little = view.getUint16(6, true) >> 8 === 1;
  if (!little && view.getUint16(6) >> 8 !== 1) bad(`its version, ${view.getUint16(6, true)}, is not known`);
  const u2 = (at: number) => view.getUint16(at, little);
  const start = view.getUint32(12, little);
  const [size, rx, ry] = [u2(20), u2(24), u2(26)];
  if (size === 0 || start < HEADER) bad(`it states patterns of ${size} pixels from byte ${start} on`);
  const stride = FRAME_HEADER + size * size;
  const frames = Math.max(0, Math.floor((file.size_bytes - start) / stride));
  if (frames === 0) bad('it ends before its first pattern does');
  const mark = await file.read(start, FRAME_HEADER);
  const marked = new DataView(mark.buffer, mark.byteOffset, mark.length);
  if (![marked.getUint16(0), marked.getUint16(0, true)].includes(MARK)) bad(`no pattern begins at byte ${start}`);
  const scan = scanShapeOf(file, frames, options, rx > 0 && ry > 0 ? [ry, rx] : undefined);

  const steps = [view.getFloat64(30, little), view.getFloat64(38, little)];
  const step_nm = steps.every((step) => step > 0 && step < 1e6) ? (steps[0]! + steps[1]!) / 2 : undefined;
  const volts = view.getUint32(46, little);
  // Pixels per cm ×100, camera length in mm ×10.
  const [density, length] = [u2(50), view.getUint32(52, little)];
  const q_pixel = density > 0 && length > 0 ? 1e7 / (density * length) : undefined;
  const rest = file.size_bytes - start - frames * stride;
  return frameSource(
    file,
    {
      shape: [...scan.shape, size, size],
      dtype: 'uint8',
      little,
      offset: (index) => start + index * stride + FRAME_HEADER,
    },
    {
      format: 'NanoMEGAS block file (BLO)',
      title: leafName(file),
      dataset: leafName(file),
      step_nm,
      q_pixel,
      q_unit: q_pixel === undefined ? undefined : 'mrad',
      voltage_kV: volts > 0 ? volts / 1e3 : undefined,
      rotation_deg: u2(28) / 100,
      notes: [
        ...scan.notes,
        'Counts are bytes: what was above 255, and how the camera’s counts were scaled, is not in the file.',
        q_pixel === undefined
          ? 'The file states no camera length or no density of pixels: the size of a detector pixel is not known.'
          : `The size of a detector pixel follows from ${density / 100} pixels per cm at a camera length of ${length / 10} mm: nominal.`,
        ...(step_nm === undefined ? ['The file states no step that makes sense.'] : []),
        ...(step_nm !== undefined && steps[0] !== steps[1]
          ? [`The step is ${steps[0]} nm along x and ${steps[1]} nm along y: the mean is taken.`]
          : []),
        ...(u2(22) > 0 ? [`The file states a rotation of the patterns, ${u2(22) / 100}°: not applied.`] : []),
        'Centring and distortion that the file may state are not applied.',
        ...(rest > 0 ? [`${rest} bytes behind the last whole pattern are left out.`] : []),
      ],
    },
  );
}

export const BLO: ScanReader = {
  kind: 'blo',
  name: 'NanoMEGAS block file (BLO)',
  matches: (head) => new TextDecoder('latin1').decode(head.subarray(0, 6)) === 'IMGBLO',
  open,
};
