import { expect, test } from 'vitest';
import { ascending } from './ascending.ts';
import { RandomStream } from './random.ts';

test('orders as a stable comparison does: signs, powers of ten, equal numbers, infinities', () => {
  const random = new RandomStream(1, 'order');
  const values = Float64Array.from({ length: 3000 }, () => Math.round(4 * random.normal()) * 10 ** random.integer(40));
  values[10] = Number.POSITIVE_INFINITY;
  values[20] = Number.NEGATIVE_INFINITY;
  values.fill(0.1, 100, 140);
  const order = Array.from(ascending(values));
  const compared = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]! || i - j);
  // −0 is before 0, which a comparison takes for one.
  expect(order.map((i) => values[i]! + 0)).toEqual(compared.map((i) => values[i]! + 0));
  const other = values.map((v) => v + 0);
  expect(Array.from(ascending(other))).toEqual(
    Array.from(other.keys()).sort((i, j) => (other[i]! < other[j]! ? -1 : other[i]! > other[j]! ? 1 : i - j)),
  );
  expect(ascending([])).toHaveLength(0);
});

test('a stream that skips is where one is that drew as much', () => {
  for (const n of [0, 1, 2, 3, 4, 5, 8, 1001]) {
    for (const before of [0, 1, 3, 4]) {
      const [one, other] = [new RandomStream(3, 'skip'), new RandomStream(3, 'skip')];
      for (let k = 0; k < before; k++) one.bits() === other.bits();
      one.skip(n);
      for (let k = 0; k < n; k++) other.bits();
      expect([one.bits(), one.bits()]).toEqual([other.bits(), other.bits()]);
    }
  }
});
