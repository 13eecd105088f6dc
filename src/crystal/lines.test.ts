/** Lines, read piece by piece, are those of the whole text. */

import { expect, test } from 'vitest';
import { Lines } from './lines.ts';
import { bytes } from './test-trajectories.ts';

test('those of split, over pieces of a mebibyte, as text and as bytes', () => {
  const text = Array.from({ length: 120_000 }, (_, i) => `${i % 3 ? 'Å line' : ''} ${i}${i % 5 ? '\n' : '\r\n'}`).join(
    '',
  );
  expect(text.length).toBeGreaterThan(1 << 20);
  for (const [data, end] of [
    [text, 0],
    [bytes(text), 0],
    [bytes(`\uFEFF${text}last`), 1],
    ['', 0],
    ['\n\n', 0],
    ['a', 0],
  ] as const) {
    const lines = new Lines(data, 'x');
    const read: string[] = [];
    for (let line = lines.next(); line !== undefined; line = lines.next()) read.push(line);
    const want = (typeof data === 'string' ? data : text + (end ? 'last' : '')).split(/\r?\n/);
    if (want.at(-1) === '') want.pop();
    expect(read.length).toBe(want.length);
    expect(read.every((line, i) => line === want[i])).toBe(true);
    expect(lines.number).toBe(want.length);
  }
});
