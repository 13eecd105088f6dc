import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import type { Series, State } from './series.ts';
import { changesOf, constancyOf, reluctance } from './switching.ts';
import type { VectorField } from './vector-field.ts';

const [ny, nx] = [24, 26];
const COUNT = ny * nx;
const all = new Uint8Array(COUNT).fill(1);

function field(
  of: (x: number, y: number) => readonly [number, number, number],
  sigma: number,
  seed: number,
): VectorField {
  const stream = new RandomStream(seed, 'field');
  const values = { x: new Float64Array(COUNT), y: new Float64Array(COUNT), z: new Float64Array(COUNT) };
  for (let i = 0; i < COUNT; i++) {
    const P = of(i % nx, Math.floor(i / nx));
    (['x', 'y', 'z'] as const).forEach((axis, k) => {
      values[axis][i] = P[k]! + sigma * stream.normal();
    });
  }
  const one = new Float64Array(COUNT).fill(sigma);
  return {
    shape: [ny, nx],
    step_nm: 0.4,
    unit: 'uC/cm2',
    values,
    sigma: { x: one, y: one, z: one },
    valid: all.slice(),
  };
}

function series(fields: readonly VectorField[], tilts: readonly Float64Array[] = []): Series {
  const states = fields.map(
    (one, i): State => ({
      name: String(i),
      bias_V: 2 * i,
      field: one,
      left_out: { not_measured: 0, out_of_domain: 0 },
      unchanged: tilts[i]
        ? [{ name: 'tilt_x', unit: 'mrad', values: tilts[i], sigma: new Float64Array(COUNT).fill(0.02) }]
        : [],
    }),
  );
  return { shape: [ny, nx], step_nm: 0.4, states, reference: 0, common: all };
}

const options = (seed: number) => ({
  noise: { length_nm: 0 },
  values: 'noisy' as const,
  smooth_nm: 0.8,
  draws: 30,
  stream: new RandomStream(seed, 'nulls'),
});

/** A Néel skyrmion of radius R about a place, |P| = 10. */
const skyrmion = (cx: number, cy: number, R: number) => (x: number, y: number) => {
  const [dx, dy] = [x - cx, y - cy];
  const r = Math.hypot(dx, dy);
  const angle = r < R ? Math.PI * (1 - r / R) : 0;
  const [s, c] = [Math.sin(angle), Math.cos(angle)];
  return r > 0 ? ([(10 * s * dx) / r, (10 * s * dy) / r, 10 * c] as const) : ([0, 0, 10 * c] as const);
};

describe('reluctance', () => {
  test('where the topological density protects, P changes less, at fixed |P| too, and beyond what nulls give', () => {
    const texture = skyrmion(9.3, 11.2, 7);
    const before = field(texture, 0.3, 1);
    const after = field(
      (x, y) => {
        const [px, py, pz] = texture(x, y);
        const r = Math.hypot(x - 9.3, y - 11.2);
        // Outside the vector turns towards +y, |P| kept; within it stays.
        return r < 8 ? [px, py, pz] : [0, 8, 6];
      },
      0.3,
      2,
    );
    const { findings, bins, counts, noiseBins } = reluctance(series([before, after]), 'y', all, options(1));
    for (const { value, nulls } of findings) {
      expect(value).toBeLessThan(-0.3);
      expect(value).toBeLessThan(nulls.shuffled!.interval[0]);
    }
    expect(bins.b[0]!).toBeGreaterThan(bins.b.at(-1)! + 2);
    expect(noiseBins.n.length).toBeGreaterThan(1);
    expect(counts.counts.reduce((sum, one) => sum + one, 0) + counts.outside).toBe(findings[0]!.n);
    expect(findings[0]!.nulls.prior).toBeUndefined();
  });

  test('of noise about a uniform P the relation is what its null says, as often as it says', () => {
    let inside = 0;
    const tries = 16;
    for (let seed = 0; seed < tries; seed++) {
      const uniform = () => [2, 5, 1] as const;
      const { findings } = reluctance(
        series([field(uniform, 2, 10 + seed), field(uniform, 2, 60 + seed)]),
        'y',
        all,
        options(seed),
      );
      const { value, nulls } = findings[1]!;
      const [low, high] = nulls.shuffled!.interval;
      if (value >= low && value <= high) inside++;
    }
    // 95% in the long run; 30 draws make ends of the interval rough.
    expect(inside).toBeGreaterThanOrEqual(tries - 4);
  });
});

test('changes are from the reference, with the angle that vectors turn by', () => {
  const a = field(() => [10, 0, 0], 0, 1);
  const b = field(() => [0, 10, 0], 0, 1);
  b.valid[3] = 0;
  const [change] = changesOf(series([a, b]), all);
  expect(change!.bias_V).toBe(2);
  expect(change!.field.values.y[5]).toBe(10);
  expect(change!.turn_deg[5]).toBeCloseTo(90, 12);
  expect(change!.turn_deg[3]).toBeNaN();
});

test('what stays as it is changes by noise alone, what does not by more', () => {
  const stream = new RandomStream(8, 'tilt');
  const noise = () => Float64Array.from({ length: COUNT }, () => 0.02 * stream.normal());
  const P = field(() => [1, 2, 3], 1, 1);
  const still = constancyOf(series([P, P], [noise(), noise()]), all)[0]!;
  expect(still.in_sigma).toBeCloseTo(1, 1);
  expect(still.n).toBe(COUNT);
  const bent = noise().map((value, i) => value + 0.004 * (i % nx));
  expect(constancyOf(series([P, P], [noise(), bent]), all)[0]!.in_sigma).toBeGreaterThan(1.15);
  const moved = constancyOf(series([P, P], [noise(), noise().map((value) => value + 0.5)]), all)[0]!;
  expect(moved.mean).toBeCloseTo(0.5, 2);
  expect(moved.in_sigma).toBeCloseTo(1, 1);
});
