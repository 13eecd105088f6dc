import { expect, test } from 'vitest';
import { RandomStream } from './random.ts';

test('normal deviates by the array are those one by one, wherever in a block the stream is', () => {
  for (const drawn of [0, 1, 2, 3, 4, 5]) {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 17]) {
      const [one, all] = [new RandomStream(7, 'test'), new RandomStream(7, 'test')];
      for (let k = 0; k < drawn; k++) expect(all.bits()).toBe(one.bits());
      expect(Array.from(all.normals(new Float64Array(n)))).toEqual(Array.from({ length: n }, () => one.normal()));
      // The second of a last pair is lost, and what follows is the same.
      expect(all.uniform()).toBe(one.uniform());
    }
  }
});
