import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import type { Pair } from './calibration.ts';
import { fitDescan, type MeasuredCentre } from './descan-fit.ts';
import { orderWarning, weighOrders } from './scan-order.ts';

/** Centres of a 16 × 16 scan at every fourth position, as the place of each position says, with errors of 0.1 px. */
function centres(
  place: (y: number, x: number) => Pair,
  scan: Pair = [16, 16],
  seed = 1,
  error = 0.1,
): MeasuredCentre[] {
  const random = new RandomStream(seed, 'centres');
  const all: MeasuredCentre[] = [];
  for (let i = 0; i < scan[0] * scan[1]; i++) {
    if ((i * 7) % 4 !== Math.floor(i / 16) % 4) continue;
    const [ry, rx] = [Math.floor(i / scan[1]), i % scan[1]];
    const [y, x] = place(ry, rx);
    all.push({
      ry,
      rx,
      centre: [
        127 + 0.145 * y + 0.053 * x + error * random.normal(),
        126 - 0.035 * y + 0.13 * x + error * random.normal(),
      ],
    });
  }
  return all;
}

const verdict = (all: MeasuredCentre[], scan: Pair = [16, 16]) => {
  const { best, smooth } = fitDescan(all, scan);
  return weighOrders(all, scan, best, smooth).other;
};

test('rows to and fro, rows of another length and a rolled scan are told from centres', () => {
  const snake = verdict(centres((y, x) => [y, y % 2 ? 15 - x : x]));
  expect(snake?.order).toEqual({ kind: 'snake' });
  expect(orderWarning(snake!, [16, 16])).toContain('snake');
  const square = (y: number, x: number): Pair => [Math.floor((32 * y + x) / 16), (32 * y + x) % 16];
  const long = verdict(centres(square, [8, 32]), [8, 32]);
  expect(long?.order).toEqual({ kind: 'shape', length: 16 });
  expect(orderWarning(long!, [8, 32])).toContain('16,16');
  for (const by of [1, 2, 5]) {
    const rolled = (y: number, x: number): Pair => {
      const index = (16 * y + x - by + 256) % 256;
      return [Math.floor(index / 16), index % 16];
    };
    expect(verdict(centres(rolled))?.order).toEqual({ kind: 'rolled', by });
  }
  // A position too many in each row: rows of 17 read as rows of 16.
  const slipping = (y: number, x: number): Pair => [Math.floor((16 * y + x) / 17), (16 * y + x) % 17];
  expect(verdict(centres(slipping))?.order).toEqual({ kind: 'shape', length: 17 });
});

test.each([
  { every: 3, first: 2, by: 1 },
  { every: 2, first: 0, by: -1 },
  { every: 4, first: 1, by: 2 },
  { every: 3, first: 1, by: 5 },
  { every: 6, first: 4, by: -2 },
])('rows that are rolled on within themselves are told: %o', ({ every, first, by }) => {
  const place = (y: number, x: number): Pair => [y, y % every === first ? (x - by + 24) % 24 : x];
  const found = verdict(centres(place, [24, 24], 1, 0.06), [24, 24]);
  expect(found?.order).toEqual({ kind: 'rows', every, first, by });
  expect(orderWarning(found!, [24, 24])).toMatch(/Every (second|third|fourth|sixth) row.*Roll them back/s);
});

test('good scans are not suspected, whatever their residuals', () => {
  let suspected = 0;
  const random = new RandomStream(3, 'null');
  for (let trial = 0; trial < 16; trial++) {
    // Residuals of a good scan in another order: heavy tails, and a specimen that moves centres in stripes.
    const all = centres((y, x) => [y, x], [16, 16], trial).map((one): MeasuredCentre => {
      const heavy = () => (random.uniform() < 0.1 ? 1.5 * random.normal() : 0);
      const stripe = one.rx % 8 < 4 ? 0.1 : -0.1;
      return { ...one, centre: [one.centre[0] + heavy() + stripe, one.centre[1] + heavy()] };
    });
    if (verdict(all)) suspected++;
  }
  expect(suspected).toBe(0);
  // Without descan nothing can be told.
  const still = centres((y, x) => [y, y % 2 ? 15 - x : x]).map((one) => ({ ...one, centre: [127, 126] as const }));
  expect(verdict(still)).toBeUndefined();
});
