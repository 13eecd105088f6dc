/**
 * Frames of NorPix StreamPix (SEQ), as Direct Electron's Celeritas and others save them: monochrome, uncompressed, of 8 or 16 bits. The file says nothing
 * of the scan. Layout: the manual of StreamPix's sequence files, little-endian.
 */

import { fail } from '../../core/errors.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf } from './reader.ts';

const HEADER = 1024;
/** Where frames begin from version 5 on, whatever the header says of its own size [bytes]. */
const HEADER_5 = 8192;
const MONOCHROME = 100;

async function open(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const bytes = await file.read(0, HEADER);
  const bad = (why: string): never =>
    fail('format', `${file.name} is no readable SEQ file: ${why}.`, 'Copy it again from its source.');
  if (bytes.length < HEADER) bad('it is cut off within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => view.getUint32(at, true);
  const version = word(28);
  const start = version >= 5 ? HEADER_5 : HEADER;
  const [qx, qy, bits, real, size, kind, allocated] = [548, 552, 556, 560, 564, 568, 572].map(word) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const stride = word(580);
  const refuse = (what: string): never =>
    fail(
      'unsupported',
      `${file.name} holds ${what}.`,
      'Export it from StreamPix as monochrome, uncompressed, 8 or 16 bits.',
    );
  if (kind !== MONOCHROME) refuse(`images of format ${kind}: no monochrome frames`);
  if (version >= 5 && word(620) !== 0) refuse(`compressed frames (format ${word(620)})`);
  if (bits !== 8 && bits !== 16) refuse(`numbers of ${bits} bits`);
  const needed = (qx * qy * bits) / 8;
  if (needed === 0) bad(`its frames are ${qy} × ${qx}`);
  if (size !== needed) refuse(`frames of ${size} bytes, where ${qy} × ${qx} of ${bits} bits are ${needed}`);
  if (stride < needed) bad(`frames of ${needed} bytes lie ${stride} apart`);
  const frames = Math.max(0, Math.floor((file.size_bytes - start) / stride));
  if (frames === 0) bad('it is cut off before its first frame ends');
  const scan = scanShapeOf(file, frames, options);
  const leaf = leafName(file);
  const beside: string[] = [];
  for (const end of ['.dark.mrc', '.gain.mrc']) if (await file.sibling(leaf + end)) beside.push(leaf + end);
  return frameSource(
    file,
    {
      shape: [...scan.shape, qy, qx],
      dtype: bits === 8 ? 'uint8' : 'uint16',
      little: true,
      offset: (index) => start + index * stride,
    },
    {
      format: 'NorPix sequence',
      title: leaf,
      dataset: leaf,
      notes: [
        ...scan.notes,
        'The file says nothing of step, detector pixel, voltage or aperture, nor where the scan begins: its first frame is taken for the first position.',
        ...(allocated !== frames ? [`The header states ${allocated} frames; the file holds ${frames}.`] : []),
        ...(real < bits ? [`${real} of ${bits} bits of each number are used.`] : []),
        ...(view.getUint16(576, true) !== 0
          ? ['The header states another origin than the first row; rows are taken as they lie.']
          : []),
        ...(beside.length > 0 ? [`${beside.join(' and ')} beside the file is not applied.`] : []),
        ...(/_(top|bottom)(_|\.)/i.test(leaf)
          ? ['By its name the file holds half of a camera’s frames (top or bottom); the other half is not read.']
          : []),
      ],
    },
  );
}

export const SEQ: ScanReader = {
  kind: 'seq',
  name: 'NorPix sequence',
  matches: (head) => head[0] === 0xed && head[1] === 0xfe && head[2] === 0 && head[3] === 0,
  open,
};
