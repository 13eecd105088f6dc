import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNpy, readNpz, writeNpy, writeNpz } from './npy.ts';

test('writes what it reads, for any shape', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), (shape) => {
      const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sqrt(i) - 2);
      expect(readNpy(writeNpy({ data, shape }))).toEqual({ data, shape });
      expect(readNpz(writeNpz({ x: { data, shape } })).x).toEqual({ data, shape });
    }),
  );
});

test('reads column-major arrays as their values, not their bytes', () => {
  const bytes = writeNpy({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
  const text = new TextDecoder('latin1').decode(bytes);
  const at = text.indexOf('False');
  bytes.set(new TextEncoder().encode('True '), at);
  expect([...readNpy(bytes).data]).toEqual([1, 3, 5, 2, 4, 6]);
});

test('a truncated file is a format error that names it', () => {
  const bytes = writeNpy({ data: Float32Array.of(1, 2, 3), shape: [3] });
  expect(() => readNpy(bytes.subarray(0, bytes.length - 4), 'x.npy')).toThrow(
    /x\.npy .* 2 values where the shape says 3/,
  );
});

test('reads Node buffers, which share their memory', () => {
  const bytes = Buffer.from(writeNpy({ data: Float64Array.of(1, 2, 3), shape: [3] }));
  expect([...readNpy(bytes).data]).toEqual([1, 2, 3]);
});
