import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { Adam } from './adam.ts';

test('steps equal Adam as published, for every length', async () => {
  for (const count of [1, 3, 4, 17, 1000]) {
    const adam = await Adam.load(count);
    const random = new RandomStream(count, 'adam');
    const expected = Array.from({ length: count }, () => random.between(-3, 3));
    adam.p.set(expected);
    const [m, v] = [new Float64Array(count), new Float64Array(count)];
    for (let t = 1; t <= 5; t++) {
      const scale = 10 ** random.between(-4, 1);
      for (let k = 0; k < count; k++) {
        const g = scale * random.between(-1, 1);
        adam.gradient[k] = g;
        m[k] = 0.9 * m[k]! + 0.1 * g;
        v[k] = 0.999 * v[k]! + 0.001 * g * g;
        expected[k]! -= (0.01 * (m[k]! / (1 - 0.9 ** t))) / (Math.sqrt(v[k]! / (1 - 0.999 ** t)) + 1e-8);
      }
      adam.step(0.01, t);
      for (let k = 0; k < count; k++) {
        expect(adam.p[k]).toBeCloseTo(expected[k]!, 5);
        expect(adam.m[k]! * (1 - 0.9)).toBeCloseTo(m[k]!, 5);
        expect(adam.v[k]! * (1 - 0.999)).toBeCloseTo(v[k]!, 5);
      }
    }
  }
});

test('a gradient of zeros from the start moves nothing', async () => {
  const adam = await Adam.load(5);
  adam.p.set([1, 2, 3, 4, 5]);
  adam.step(1, 1);
  expect([...adam.p]).toEqual([1, 2, 3, 4, 5]);
});
