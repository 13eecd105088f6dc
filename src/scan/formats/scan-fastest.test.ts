/** Patterns of arrays in which the scan runs fastest. */

import { expect, test } from 'vitest';
import { problemOf } from '../../core/test-problem.ts';
import { NUMBER_BYTES } from '../decode-numbers.ts';
import type { ScanFile } from '../scan-file.ts';
import { scanFastestSource } from './scan-fastest.ts';

const SAID = { format: '', title: '', dataset: '', notes: [] };

/** A file of two bytes and then, for each of 8 pixels, 7 positions: the number of position p and pixel k is 8·p + k + 1. @param log offsets and lengths that were read */
function imagesOf(dtype: 'uint8' | 'int16' | 'float32' | 'float64', log: number[][] = []): ScanFile {
  const size = NUMBER_BYTES[dtype];
  const view = new DataView(new ArrayBuffer(2 + 56 * size));
  for (let i = 0; i < 56; i++) {
    const value = 8 * (i % 7) + Math.floor(i / 7) + 1;
    if (dtype === 'uint8') view.setUint8(2 + i, value);
    else if (dtype === 'int16') view.setInt16(2 + 2 * i, value);
    else if (dtype === 'float32') view.setFloat32(2 + 4 * i, value);
    else view.setFloat64(2 + 8 * i, value);
  }
  return {
    name: 'images',
    size_bytes: view.byteLength,
    async read(offset, length) {
      log.push([offset, length]);
      // Within a larger buffer, at an odd place.
      const bytes = new Uint8Array(length + 1).subarray(1);
      bytes.set(new Uint8Array(view.buffer, offset, length));
      return bytes;
    },
    openHdf5: () => Promise.reject(new Error('none')),
    sibling: async () => undefined,
  };
}

test('slabs of any size and type, in any order of reading; in order each is read once', async () => {
  for (const dtype of ['uint8', 'int16', 'float32', 'float64'] as const) {
    const pattern = 8 * NUMBER_BYTES[dtype];
    for (const columns of [1, 2, 4, 6]) {
      const log: number[][] = [];
      const source = scanFastestSource(
        imagesOf(dtype, log),
        // The seventh position is left out.
        { shape: [2, 3, 2, 4], dtype, little: false, offset: 2, positions: 7, slab_bytes: columns * pattern + 5 },
        SAID,
      );
      expect([...(await source.read(0, 6))]).toEqual(Array.from({ length: 48 }, (_, i) => i + 1));
      expect(log.length).toBe(Math.ceil(6 / columns));
      for (const index of [5, 0, 3]) expect((await source.read(index, 1))[1]).toBe(8 * index + 2);
      expect((await problemOf(source.read(5, 2))).tag).toBe('range');
      expect(source.info.notes.length).toBe(columns === 6 ? 0 : 1);
    }
  }
});

test('wide gaps between what is needed are not read', async () => {
  // Two pixels, 300 000 positions of one byte: the one wanted is the last of a scan of 1 × 200 000.
  const positions = 300_000;
  const log: number[] = [];
  const file: ScanFile = {
    ...imagesOf('uint8'),
    size_bytes: 2 * positions,
    async read(offset, length) {
      log.push(length);
      return Uint8Array.from({ length }, (_, i) => (offset + i) % 251);
    },
  };
  const layout = { dtype: 'uint8', little: true, offset: 0, positions, slab_bytes: 2000 } as const;
  const source = scanFastestSource(file, { shape: [1, 200_000, 1, 2], ...layout }, SAID);
  expect([...(await source.read(199_999, 1))]).toEqual([199_999 % 251, (positions + 199_999) % 251]);
  expect(log).toEqual([1000, 1000]);
});

test('an array beyond the file’s end is refused, and a read that fails is tried again', async () => {
  const layout = { shape: [1, 7, 2, 4], dtype: 'uint8', little: true, positions: 7 } as const;
  const cut = () => scanFastestSource(imagesOf('uint8'), { ...layout, offset: 3 }, SAID);
  expect(cut).toThrow('need 59');
  let broken = true;
  const whole = imagesOf('uint8');
  const file: ScanFile = {
    ...whole,
    read: (at, length) => whole.read(at, broken ? length - 1 : length),
  };
  const source = scanFastestSource(file, { ...layout, offset: 2 }, SAID);
  expect((await problemOf(source.read(0, 1))).tag).toBe('format');
  broken = false;
  expect((await source.read(0, 1))[0]).toBe(1);
});
