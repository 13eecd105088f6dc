import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { correlationTaps, NoiseSource, withNoise } from './draws.ts';
import { noiseLength } from './noise-length.ts';
import { measuredOf, STEP_nm, textureOf } from './test-noisy-field.ts';
import { restrict } from './vector-field.ts';

test('normals are what normal gives, one by one', () => {
  const one = new RandomStream(3, 'a');
  expect(new RandomStream(3, 'a').normals(new Float64Array(7))).toEqual(
    Float64Array.from({ length: 7 }, () => one.normal()),
  );
});

test.each([0.1, 0.5, 0.8, 1.5, 4])(
  'a kernel for %d steps has unit variance and a Gaussian autocorrelation',
  (length) => {
    const taps = correlationTaps(length);
    const at = (i: number): number => taps[Math.abs(i)] ?? 0;
    for (let lag = 0; lag < 6; lag++) {
      let sum = 0;
      for (let i = -80; i <= 80; i++) sum += at(i) * at(i + lag);
      expect(Math.abs(sum - Math.exp(-(lag * lag) / (2 * length * length)))).toBeLessThan(lag === 0 ? 1e-12 : 1e-3);
    }
  },
);

describe('a field of unit noise', () => {
  const shape = [12, 15] as const;
  const source = new NoiseSource({ shape, step_nm: STEP_nm }, { length_nm: 0.6, between: { xy: 0.6, yz: -0.3 } });
  const stream = new RandomStream(1, 'draws');
  const draws = Array.from({ length: 3000 }, () => source.next(stream));
  const mean = (f: (k: number) => number): number => draws.reduce((sum, _, k) => sum + f(k), 0) / draws.length;

  test('has variance 1 in corners and inside, and the stated correlation of neighbours', () => {
    // Standard errors: 2.6% and 1.5%.
    for (const i of [0, 14, 7 * 15 + 7, 12 * 15 - 1])
      expect(Math.abs(mean((k) => draws[k]!.x[i]! ** 2) - 1)).toBeLessThan(0.1);
    const [dx, dy] = [mean((k) => draws[k]!.z[0]! * draws[k]!.z[1]!), mean((k) => draws[k]!.z[0]! * draws[k]!.z[15]!)];
    const stated = Math.exp(-(0.4 ** 2) / (2 * 0.6 ** 2));
    expect(Math.abs(dx - stated)).toBeLessThan(0.08);
    expect(Math.abs(dy - stated)).toBeLessThan(0.08);
  });

  test('has the stated correlation of components', () => {
    const of = (a: 'x' | 'y' | 'z', b: 'x' | 'y' | 'z') => mean((k) => draws[k]![a][50]! * draws[k]![b][50]!);
    expect(Math.abs(of('x', 'y') - 0.6)).toBeLessThan(0.08);
    expect(Math.abs(of('x', 'z'))).toBeLessThan(0.08);
    expect(Math.abs(of('y', 'z') + 0.3)).toBeLessThan(0.08);
    expect(Math.abs(of('y', 'y') - 1)).toBeLessThan(0.1);
  });

  test('is the same for the same stream, and keeps masks', () => {
    const again = source.next(new RandomStream(1, 'draws'));
    expect(again).toEqual(draws[0]);
    const truth = textureOf(shape, 2, 1);
    const keep = new Uint8Array(180).fill(1);
    keep[3] = 0;
    const noisy = withNoise(restrict(truth, keep), again, 0.5);
    expect(noisy.values.x[3]).toBeNaN();
    expect(noisy.values.x[4]).toBe(truth.values.x[4]! + 0.5 * 2 * again.x[4]!);
  });
});

test('correlations that contradict each other are refused, and a field without σ', () => {
  const at = { shape: [2, 2] as const, step_nm: 1 };
  expect(() => new NoiseSource(at, { length_nm: 0, between: { xy: 0.9, xz: 0.9, yz: -0.9 } })).toThrow('contradict');
  expect(() => new NoiseSource(at, { length_nm: -1 })).toThrow('correlation length');
  const { sigma: _, ...bare } = textureOf([2, 2], 1, 1);
  expect(() => withNoise(bare, new NoiseSource(at, { length_nm: 0 }).next(new RandomStream(1)))).toThrow('states no σ');
});

describe('the correlation length of a field', () => {
  test.each([0, 0.4, 0.7])('is found where the truth is smooth: %d nm', (length_nm) => {
    const field = measuredOf(textureOf([90, 90], 1, 4, 5, 4), { length_nm }, 5);
    const found = noiseLength(field, 'x');
    expect(Math.abs(found.length_nm! - length_nm)).toBeLessThan(0.04);
  });

  test('is not told where the truth is as rough as its noise, where σ is nothing, or where little is there', () => {
    expect(noiseLength(measuredOf(textureOf([60, 60], 0.5, 4, 5, 0.8), { length_nm: 0.5 }, 5), 'x').why).toContain(
      'like lengths',
    );
    expect(
      noiseLength(measuredOf(textureOf([60, 60], 1, 4, 5, 1.4), { length_nm: 1 }, 5), 'x').length_nm,
    ).toBeUndefined();
    expect(noiseLength(measuredOf(textureOf([8, 9], 1, 4), { length_nm: 0 }, 5), 'x').why).toContain('unmasked');
  });
});

test('z alone is the z of all three, with and without a length, and the stream goes on from the same place', () => {
  for (const length_nm of [0, 0.7]) {
    const source = new NoiseSource({ shape: [7, 9], step_nm: STEP_nm }, { length_nm });
    const [one, other] = [new RandomStream(5, 'z'), new RandomStream(5, 'z')];
    for (let n = 0; n < 2; n++) {
      expect(source.nextZ(one, new Float64Array(63))).toEqual(source.next(other).z);
    }
    expect(one.bits()).toBe(other.bits());
  }
});
