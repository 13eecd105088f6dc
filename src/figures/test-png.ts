/** Reads the PNG files of `png.ts` (filters 0 and 2, not interlaced) with Node's own zlib, checking every CRC. */

import { crc32, inflateSync } from 'node:zlib';
import type { Rgb } from './colour.ts';
import type { Pixels } from './png.ts';

const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 3: 1, 6: 4 };

/** The pixels of a file. Throws where a chunk is damaged or the file is of another kind. */
export function decodePng(file: Uint8Array): Pixels {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < file.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (crc32(file.subarray(at + 4, end)) !== view.getUint32(end)) throw new Error('a chunk is damaged');
    chunks.set(new TextDecoder().decode(file.subarray(at + 4, at + 8)), file.subarray(at + 8, end));
    at = end + 4;
  }
  const header = chunks.get('IHDR')!;
  const size = new DataView(header.buffer, header.byteOffset);
  const [width, height, channels] = [size.getUint32(0), size.getUint32(4), CHANNELS[header[9]!]];
  if (channels === undefined) throw new Error(`colour type ${header[9]}`);
  const rows = inflateSync(chunks.get('IDAT')!);
  const stride = width * channels;
  const data = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)]!;
    if (filter !== 0 && filter !== 2) throw new Error(`filter ${filter}`);
    for (let i = 0; i < stride; i++) {
      data[y * stride + i] = rows[y * (stride + 1) + 1 + i]! + (filter === 2 ? data[(y - 1) * stride + i]! : 0);
    }
  }
  const colours = chunks.get('PLTE');
  if (!colours) return { width, height, data };
  const palette = Array.from(
    { length: colours.length / 3 },
    (_, i): Rgb => [colours[3 * i]!, colours[3 * i + 1]!, colours[3 * i + 2]!],
  );
  return { width, height, data, palette };
}
