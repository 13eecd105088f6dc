import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { centreAt, type Pair } from './calibration.ts';
import { fitDescan, fitPlane, type MeasuredCentre } from './descan-fit.ts';

const SCAN: Pair = [16, 16];

/** Centres of a quarter of the positions, with errors of 0.1 px. */
function centres(place: (y: number, x: number) => Pair, seed = 1, scan = SCAN): MeasuredCentre[] {
  const random = new RandomStream(seed, 'centres');
  const all: MeasuredCentre[] = [];
  for (let y = 0; y < scan[0]; y++) {
    for (let x = (3 * y) % 4; x < scan[1]; x += 4) {
      const [cy, cx] = place(y, x);
      all.push({ ry: y, rx: x, centre: [cy + 0.1 * random.normal(), cx + 0.1 * random.normal()] });
    }
  }
  return all;
}

function worst(place: (y: number, x: number) => Pair, all: readonly MeasuredCentre[]): number {
  const { descan } = fitDescan(all, SCAN).best;
  let most = 0;
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 16; x++) {
      const [cy, cx] = centreAt(descan, y, x);
      most = Math.max(most, Math.hypot(cy - place(y, x)[0], cx - place(y, x)[1]));
    }
  }
  return most;
}

const plane = (y: number, x: number): Pair => [127 + 0.145 * y + 0.053 * x, 126 - 0.035 * y + 0.13 * x];

test('a plane stays a plane, for noise of any seed and with outliers', () => {
  for (let seed = 0; seed < 12; seed++) {
    const random = new RandomStream(seed, 'outliers');
    const all = centres(plane, seed).map((one): MeasuredCentre => {
      return random.uniform() < 0.15 ? { ...one, centre: [one.centre[0] + 8 * random.normal(), 100] } : one;
    });
    const { best } = fitDescan(all, SCAN);
    expect(best.descan.bend).toEqual([]);
    expect(best.descan.jumps).toEqual([]);
    expect(worst(plane, all)).toBeLessThan(0.15);
  }
});

test('a parabola, a cubic, a jump and a cubic with a jump are followed, beside outliers', () => {
  const u = (n: number) => (n - 7.5) / 7.5;
  const parabola = (y: number, x: number): Pair => [plane(y, x)[0] + 4 * u(x) ** 2, plane(y, x)[1]];
  const cubic = (y: number, x: number): Pair => [plane(y, x)[0], plane(y, x)[1] + 3 * u(y) ** 3 - 2 * u(y) * u(x)];
  const jump = (y: number, x: number): Pair => [plane(y, x)[0] + (y >= 6 ? 2.5 : 0), plane(y, x)[1] - (y >= 6 ? 1 : 0)];
  const both = (y: number, x: number): Pair => [cubic(y, x)[0] + (x >= 9 ? 2 : 0), cubic(y, x)[1] + (x >= 9 ? 1.5 : 0)];
  for (const place of [parabola, cubic, jump, both]) {
    const all = centres(place).map((one, i): MeasuredCentre => (i % 11 === 3 ? { ...one, centre: [100, 140] } : one));
    expect(worst(place, all)).toBeLessThan(0.35);
    expect(Math.abs(fitDescan(all, SCAN).best.sigma - 0.1)).toBeLessThan(0.04);
  }
  expect(fitDescan(centres(jump), SCAN).best.descan.jumps).toMatchObject([{ axis: 'ry', from: 6 }]);
  expect(fitDescan(centres(both), SCAN).best.descan.jumps).toMatchObject([{ axis: 'rx', from: 9 }]);
});

test('one position, one column and one row say what they can', () => {
  expect(fitPlane([{ ry: 0, rx: 0, centre: [5, 6] }], [1, 1]).descan.centre_px).toEqual([5, 6]);
  const column = Array.from({ length: 16 }, (_, y): MeasuredCentre => ({ ry: y, rx: 0, centre: plane(y, 0) }));
  const { descan } = fitDescan(column, [16, 1]).best;
  expect(descan.per_rx_px).toEqual([0, 0]);
  expect(descan.per_ry_px[0]).toBeCloseTo(0.145, 9);
  // Two centres of one row do not span a plane: their middle stands.
  const two = [0, 1].map((x): MeasuredCentre => ({ ry: 3, rx: x, centre: [10 + x, 10] }));
  expect(fitDescan(two, SCAN).best.descan.centre_px[0]).toBeCloseTo(10.5, 6);
});
