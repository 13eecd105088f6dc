/**
 * A small PNG writer (ISO/IEC 15948): 8 bits per channel, palette, RGB or RGBA, not interlaced. Deterministic: the same
 * pixels give the same bytes. Embedded in SVG as data URIs.
 */

import { zlibSync } from 'fflate';
import { fail } from '../core/errors.ts';
import type { Rgb } from './colour.ts';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Row by row: one index per pixel with a palette, otherwise 3 (RGB) or 4 (RGBA) bytes per pixel. */
  readonly data: Uint8Array;
  /** At most 256 colours. */
  readonly palette?: readonly Rgb[];
}

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC_TABLE[(c ^ byte) & 255]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(body, 8);
  view.setUint32(8 + body.length, crc32(out.subarray(4, 8 + body.length)));
  return out;
}

const SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
const COLOUR_TYPE: Readonly<Record<number, number>> = { 1: 3, 3: 2, 4: 6 };

/** The image as a PNG file. @throws 'shape' */
export function encodePng({ width, height, data, palette }: Pixels): Uint8Array {
  const channels = data.length / (width * height);
  if (palette ? channels !== 1 : channels !== 3 && channels !== 4) {
    fail(
      'shape',
      `${data.length} bytes do not make ${width} × ${height} pixels.`,
      'Give 1 (palette), 3 or 4 per pixel.',
    );
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPE[channels]!, 0, 0, 0], 8);
  // Filter 2 (difference to the row above): rows of enlarged cells repeat, and repeat to zeros.
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    rows[start] = y === 0 ? 0 : 2;
    const row = y * stride;
    if (y === 0) rows.set(data.subarray(0, stride), 1);
    else for (let i = 0; i < stride; i++) rows[start + 1 + i] = data[row + i]! - data[row - stride + i]!;
  }
  const parts = [SIGNATURE, chunk('IHDR', header)];
  if (palette) parts.push(chunk('PLTE', Uint8Array.from(palette.flat())));
  parts.push(chunk('IDAT', zlibSync(rows, { level: 6 })), chunk('IEND', new Uint8Array(0)));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The image as a data URI. */
export function pngDataUri(pixels: Pixels): string {
  const bytes = encodePng(pixels);
  let binary = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:image/png;base64,${btoa(binary)}`;
}
