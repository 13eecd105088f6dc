import { expect, test } from 'vitest';
import { filmMap } from '../../test/film-maps.ts';
import { changeProfiles, meanProfile } from './change-profile.ts';
import type { Profile } from './profile.ts';
import { seriesOf } from './series.ts';

const series = seriesOf(
  [-2, 0, 2].map((bias_V) => ({
    name: `${bias_V}`,
    bias_V,
    map: filmMap(bias_V, { shape: [32, 48], sigma: [2, 7.8] }),
  })),
  { register: 'affine' },
);
const OPTIONS = { across: 'y', values: 'posterior', noise: { length_nm: 0 } } as const;

test('the change of P_y is that of the truth at each height, within its errors; shrunk values would fall short', () => {
  const [down, up] = changeProfiles(series, series.common, 'y', OPTIONS);
  for (const [profile, truth] of [
    [down!, 6],
    [up!, -6],
  ] as const) {
    expect(profile.name).toBe('ΔP_y');
    const points = profile.points.flatMap((point) => point ?? []);
    expect(points.length).toBeGreaterThan(25);
    const held = points.filter(({ interval }) => interval![0] <= truth && truth <= interval![1]).length;
    expect(held / points.length).toBeGreaterThan(0.8);
    const mean = points.reduce((sum, { value }) => sum + value, 0) / points.length;
    // The nearest position is up to 0.2 steps away, where P_y is 0.1 larger; noise leaves 0.08. Values as mapped fall short by 0.38.
    expect(Math.abs(mean - truth)).toBeLessThan(0.28);
  }
});

test('of a component that is not measured: what is mapped, and no interval', () => {
  const points = changeProfiles(series, series.common, 'z', OPTIONS)[0]!.points.flatMap((point) => point ?? []);
  expect(points.every(({ interval }) => interval === undefined)).toBe(true);
});

test('a mean of profiles: halves of intervals add in squares; a height that one lacks is left out', () => {
  const one = (value: number, half: number): Profile => ({
    name: 'T_d',
    unit: '1/nm2',
    at_nm: Float64Array.of(0, 0.4),
    points: [
      {
        name: 'T_d',
        unit: '1/nm2',
        value,
        interval: [value - half, value + half],
        n: 5,
        nulls: { noise: { mean: 1, interval: [0, 2] } },
      },
      undefined,
    ],
  });
  const { points } = meanProfile([one(2, 3), one(6, 4)]);
  expect(points[0]).toMatchObject({ value: 4, interval: [1.5, 6.5], n: 10 });
  expect(points[0]!.nulls.noise!.interval[1]).toBeCloseTo(1 + Math.SQRT1_2);
  expect(points[1]).toBeUndefined();
});
