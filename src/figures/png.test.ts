import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { encodePng } from './png.ts';
import { decodePng } from './test-png.ts';

const noise = (length: number): Uint8Array => {
  const random = new RandomStream(3, 'png');
  return Uint8Array.from({ length }, () => random.integer(256));
};

test('one red pixel is the file that everyone writes: signature, header, CRC', () => {
  const file = encodePng({ width: 1, height: 1, data: Uint8Array.of(255, 0, 0) });
  expect([...file.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  // IHDR of a 1 × 1 RGB image and its CRC, 0x907753de, as in any such file.
  expect(Buffer.from(file.subarray(8, 33)).toString('hex')).toBe(
    '0000000d49484452000000010000000108020000' + '00' + '907753de',
  );
  expect(Buffer.from(file.subarray(-12)).toString('hex')).toBe('0000000049454e44ae426082');
});

test.each([3, 4])('%i channels come back', (channels) => {
  const data = noise(7 * 5 * channels);
  expect(decodePng(encodePng({ width: 7, height: 5, data }))).toEqual({ width: 7, height: 5, data });
});

test('a palette comes back', () => {
  const palette = [
    [1, 2, 3],
    [250, 0, 9],
  ] as const;
  const pixels = { width: 2, height: 2, data: Uint8Array.of(0, 1, 1, 0), palette };
  expect(decodePng(encodePng(pixels))).toEqual(pixels);
});

test('damage and wrong sizes are seen', () => {
  const file = encodePng({ width: 2, height: 2, data: noise(12) });
  file[file.length - 20]! ^= 1;
  expect(() => decodePng(file)).toThrow('damaged');
  expect(() => encodePng({ width: 2, height: 2, data: noise(11) })).toThrow('11 bytes');
});
