/** Half precision against the language's own Float16Array. */

import { expect, test } from 'vitest';
import { halfFloats } from './half-floats.ts';

test('half precision is what the language makes of the same bits', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  expect(halfFloats(bits)).toEqual(new Float32Array(new Float16Array(bits.buffer)));
});
