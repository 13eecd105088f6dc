import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { type NullOptions, noiseFields, nullsOf, priorFields, shuffledField } from './nulls.ts';
import { smoothed } from './smooth.ts';
import { measuredOf, STEP_nm, textureOf } from './test-noisy-field.ts';
import { restrict } from './vector-field.ts';

const options: NullOptions = {
  noise: { length_nm: 0 },
  values: 'noisy',
  smooth_nm: 0.8,
  draws: 30,
  stream: new RandomStream(7, 'nulls'),
};
const whole = { ...measuredOf(textureOf([30, 40], 1.5, 1), options.noise, 2), prior: { x: 5, y: 5, z: 2 } };
const field = restrict(
  whole,
  Uint8Array.from({ length: 1200 }, (_, i) => (i % 7 ? 1 : 0)),
);
const variance = (values: Float64Array): number => {
  const some = values.filter((v) => !Number.isNaN(v));
  const mean = some.reduce((a, b) => a + b, 0) / some.length;
  return some.reduce((sum, v) => sum + (v - mean) ** 2, 0) / some.length;
};

test('shuffling keeps every vector whole and the mask in its place', () => {
  const mixed = shuffledField(field, new RandomStream(1));
  expect(mixed.valid).toEqual(field.valid);
  const vectors = ({ values: { x, y, z }, valid }: typeof mixed) =>
    Array.from(valid.keys())
      .filter((i) => valid[i])
      .map((i) => `${x[i]} ${y[i]} ${z[i]}`);
  expect(vectors(mixed)).not.toEqual(vectors(field));
  expect(vectors(mixed).toSorted()).toEqual(vectors(field).toSorted());
});

describe('z from the prior', () => {
  test.each([
    ['noisy', Math.sqrt(2 ** 2 + 1.5 ** 2)],
    ['posterior', Math.sqrt(2 ** 2 - 1.5 ** 2)],
  ] as const)('%s values: its spread is %d, its mean the field’s, x and y stay', (values, spread) => {
    const drawn = priorFields(field, { ...options, values })(new RandomStream(3));
    expect(drawn.values.x).toBe(field.values.x);
    // 1028 values: standard errors 2.2% and 0.08.
    expect(Math.abs(Math.sqrt(variance(drawn.values.z)) / spread - 1)).toBeLessThan(0.09);
    const mean = (z: Float64Array) => z.reduce((sum, v) => sum + (v || 0), 0) / 1028;
    expect(Math.abs(mean(drawn.values.z) - mean(field.values.z))).toBeLessThan(0.3);
    expect(drawn.values.z[0]).toBeNaN();
  });
  test('needs a prior', () => {
    const { prior: _, ...bare } = field;
    expect(() => nullsOf(bare, () => 1, ['prior'], options)).toThrow('no prior');
  });
});

test('noise around the smoothed field: what is left after it is σ', () => {
  const drawn = noiseFields(field, options)(new RandomStream(4));
  const smooth = smoothed(field.values.y, field.shape, options.smooth_nm / STEP_nm).values;
  expect(Math.abs(Math.sqrt(variance(drawn.values.y.map((v, i) => v - smooth[i]!))) / 1.5 - 1)).toBeLessThan(0.09);
});

test('a statistic of neighbours falls to nothing when positions are shuffled; a mean does not', () => {
  const statistic = ({ values: { y }, valid, shape: [ny, nx] }: typeof field) => {
    let [sum, pairs, all, n] = [0, 0, 0, 0];
    for (let i = 0; i < ny * nx; i++) {
      if (!valid[i]) continue;
      all += y[i]!;
      n++;
      if ((i + 1) % nx && valid[i + 1]) {
        sum += (y[i]! - 4) * (y[i + 1]! - 4);
        pairs++;
      }
    }
    return [sum / pairs, all / n];
  };
  const [value, mean] = statistic(field);
  const [neighbours, plain] = nullsOf(field, statistic, ['shuffled', 'noise'], options);
  expect(neighbours!.shuffled!.interval[1]).toBeLessThan(value! / 4);
  expect(neighbours!.noise!.mean).toBeGreaterThan(value! / 2);
  expect(plain!.shuffled!.mean).toBeCloseTo(mean!, 9);
  expect(nullsOf(field, statistic, ['shuffled'], options)[0]!.shuffled).toEqual(neighbours!.shuffled);
});

test('draws where the statistic is not a number do not count', () => {
  expect(nullsOf(field, () => Number.NaN, ['shuffled'], options)).toEqual([{}]);
  expect(() => nullsOf(field, () => 1, ['shuffled'], { ...options, draws: 1 })).toThrow('no null');
});
