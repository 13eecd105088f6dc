import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { Corrector } from './correct.ts';
import { withGiven } from './given.ts';
import { memorySource } from './pattern-source.ts';

const [qy, qx] = [3, 4];
const patterns = Float32Array.from({ length: 2 * qy * qx }, (_, i) => 100 + i);
const source = memorySource([1, 2, qy, qx], patterns, {
  dark: new Float32Array(qy * qx).fill(7),
  vacuum: Float32Array.from({ length: qy * qx }, (_, i) => i),
});
const at = (data: Float32Array, width: number, y: number, x: number) => data[y * width + x];
const square = [10, 10];
const image = (data: ArrayLike<number>, shape: readonly number[]) => ({ data, shape });

test('flips turn patterns and their companions alike, one after the other', async () => {
  const turned = withGiven(source, {}, ['transpose', 'x']);
  expect(turned.shape).toEqual([1, 2, 4, 3]);
  const [before, after] = [await source.read(1, 1), await turned.read(1, 1)];
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 3; x++) {
      expect(at(after, 3, y, x)).toBe(at(before, 4, 2 - x, y));
      expect(at(turned.vacuum!, 3, y, x)).toBe(at(source.vacuum!, 4, 2 - x, y));
    }
  }
  expect(turned.info.notes.at(-1)).toContain('transpose, x');
  // Each flip undoes itself.
  for (const flip of ['y', 'x', 'transpose'] as const) {
    expect(await withGiven(source, {}, [flip, flip]).read(0, 2)).toEqual(await source.read(0, 2));
  }
});

test('given images replace the file’s, and the notes say so; masked pixels come from their neighbours', async () => {
  const mask = new Uint8Array(qy * qx);
  expect(problem(() => withGiven(source, { mask: image(mask.fill(1, 0, 4), [qy, qx]) })).message).toContain('33.3');
  const wide = memorySource([1, 1, 10, 10], new Float32Array(100).fill(5), { dark: new Float32Array(100).fill(1) });
  const hole = new Uint8Array(100);
  hole[55] = 1;
  const given = withGiven(wide, {
    dark: image(new Float32Array(100).fill(2), square),
    gain: image(new Float32Array(100).fill(3), square),
    mask: image(hole, square),
  });
  const raw = await given.read(0, 1);
  raw[55] = 1e6;
  expect([...new Corrector(given).correct(raw)]).toEqual(new Array(100).fill(1));
  expect(given.info.notes).toEqual([
    'The dark reference is the given one, not the one in the file.',
    'The gain image is the given one.',
    '1 pixel left out by the given mask.',
  ]);
});

test('an image of another shape, without numbers, or a gain that is none, is refused', () => {
  const wide = memorySource([1, 1, 10, 10], new Float32Array(100).fill(5));
  const ones = () => new Float32Array(100).fill(1);
  for (const shape of [[20, 5], [100], [1, 10, 10]]) {
    expect(problem(() => withGiven(wide, { dark: image(ones(), shape) })).tag).toBe('shape');
  }
  const holed = ones();
  holed[23] = Number.NaN;
  for (const what of ['dark', 'gain', 'mask'] as const) {
    expect(problem(() => withGiven(wide, { [what]: image(holed, square) })).message).toContain('row 2, column 3');
  }
  for (const gain of [0, -1, 1e-30, 1e9]) {
    expect(problem(() => withGiven(wide, { gain: image(ones().fill(gain), square) })).tag).toBe('range');
  }
});
