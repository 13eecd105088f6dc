import { describe, expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { alignField, difference, placeIn } from './align.ts';
import { type Pair, register } from './registration.ts';
import type { VectorField } from './vector-field.ts';

const shape = [60, 80] as const;
const [ny, nx] = shape;
const STEP = 0.4;

const thickness = (x: number, y: number) => 40 + 3 * Math.sin(x / 9) * Math.cos(y / 7) + 0.05 * x;
const tilt = (x: number, y: number) => 0.3 * Math.sin(x / 13 + 1) + 0.2 * Math.cos(y / 11 + x / 20);

type Linear = readonly [readonly [number, number], readonly [number, number]];
const NONE: Linear = [
  [0, 0],
  [0, 0],
];

/** `f` at each position (column, row), with noise. */
function image(f: (x: number, y: number) => number, noise: number, seed: number): Float64Array {
  const stream = new RandomStream(seed, 'image');
  return Float64Array.from({ length: ny * nx }, (_, i) => f(i % nx, Math.floor(i / nx)) + noise * stream.normal());
}

/** `f` of the reference as it looks in a map where the reference's (x, y) lies at (x, y) + shift + linear·(x, y), from the centre, in positions. */
function moved(f: (x: number, y: number) => number, [sx, sy]: readonly number[], [[a, b], [c, d]]: Linear) {
  const [cx, cy] = [(nx - 1) / 2, (ny - 1) / 2];
  const det = (1 + a!) * (1 + d!) - b! * c!;
  return (x: number, y: number) => {
    const [u, v] = [x - cx - sx!, y - cy - sy!];
    return f(((1 + d!) * u - b! * v) / det + cx, ((1 + a!) * v - c! * u) / det + cy);
  };
}

function pairs(shift: readonly number[], linear: Linear, seed: number): Pair[] {
  const one = (name: string, f: (x: number, y: number) => number, noise: number, offset: number, at: number): Pair => ({
    name,
    reference: image(f, noise, seed + at),
    moved: image((x, y) => moved(f, shift, linear)(x, y) + offset, noise, seed + at + 50),
    sigma: noise * Math.SQRT2,
  });
  return [one('thickness', thickness, 0.3, 0.7, 1), one('tilt_x', tilt, 0.03, 0, 2)];
}

describe('register', () => {
  test.each([
    ['none', [0, 0], NONE],
    ['a part of a step', [0.3, -0.7], NONE],
    ['many steps', [14.4, -9.2], NONE],
    [
      'drift',
      [3.2, 1.6],
      [
        [0.01, 0.004],
        [-0.006, -0.012],
      ],
    ],
  ] as const)('finds the shift within its error: %s', (_, shift, linear) => {
    const pulls: number[] = [];
    for (let seed = 0; seed < 6; seed++) {
      const found = register(pairs(shift, linear, 100 * seed), { shape, step_nm: STEP });
      for (const k of [0, 1]) pulls.push((found.shift_nm[k]! - shift[k]! * STEP) / found.shift_error_nm[k]!);
      expect(Math.max(...found.shift_error_nm)).toBeLessThan(0.06 * STEP);
      expect(found.channels[0]!.offset).toBeCloseTo(0.7, 1);
      const errors = found.linear_error.flat();
      found.linear.flat().forEach((value, i) => {
        pulls.push((value - linear[i >> 1]![i & 1]!) / errors[i]!);
      });
      expect(Math.max(...errors)).toBeLessThan(0.005);
      // Interpolation takes noise out of one of the two maps.
      for (const { residual_sigma } of found.channels) {
        expect(residual_sigma).toBeGreaterThan(0.75);
        expect(residual_sigma).toBeLessThan(1.05);
      }
    }
    const rms = Math.sqrt(pulls.reduce((sum, one) => sum + one * one, 0) / pulls.length);
    expect(rms).toBeLessThan(1.4);
    expect(rms).toBeGreaterThan(0.6);
  });

  test('positions that were not measured are left out', () => {
    const holes = pairs([2.5, 1.5], NONE, 7).map((pair) => ({
      ...pair,
      moved: Float64Array.from(pair.moved as Float64Array, (value, i) => (i % 11 === 0 ? Number.NaN : value)),
    }));
    const { shift_nm } = register(holes, { shape, step_nm: STEP });
    expect(shift_nm[0]).toBeCloseTo(2.5 * STEP, 1);
    expect(shift_nm[1]).toBeCloseTo(1.5 * STEP, 1);
  });

  test('maps without features are refused', () => {
    const ramp = (x: number) => 40 + 0.05 * x;
    for (let seed = 0; seed < 5; seed++) {
      const plain: Pair = {
        name: 'thickness',
        reference: image(ramp, 0.3, seed),
        moved: image(ramp, 0.3, seed + 50),
        sigma: 0.42,
      };
      try {
        register([plain], { shape, step_nm: STEP });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(FerroscopeError);
        expect((error as FerroscopeError).message).toContain('too few features');
      }
    }
  });
});

describe('alignField', () => {
  const plane = (of: (x: number, y: number) => number, sigma: number): VectorField => {
    const values = Float64Array.from({ length: ny * nx }, (_, i) => of(i % nx, Math.floor(i / nx)));
    const error = new Float64Array(ny * nx).fill(sigma);
    return {
      shape,
      step_nm: STEP,
      unit: 'uC/cm2',
      values: { x: values, y: values, z: values },
      sigma: { x: error, y: error, z: error },
      valid: new Uint8Array(ny * nx).fill(1),
    };
  };
  const registration = {
    shift_nm: [1.3 * STEP, -2.6 * STEP],
    linear: [
      [0.01, 0],
      [0.002, -0.01],
    ],
  } as const;

  test('takes what is nearest to where the registration says, whole and with its σ', () => {
    const field = plane((x, y) => 1000 * x + y, 3);
    const aligned = alignField(field, registration);
    let seen = 0;
    aligned.valid.forEach((mark, i) => {
      const [x, y] = placeIn(registration, shape, STEP, i % nx, Math.floor(i / nx));
      const inside = x >= -0.5 && y >= -0.5 && x < nx - 0.5 && y < ny - 0.5;
      expect(mark).toBe(inside ? 1 : 0);
      if (!inside) {
        expect(aligned.values.x[i]).toBeNaN();
        return;
      }
      seen++;
      const [column, row] = [Math.floor(aligned.values.y[i]! / 1000), aligned.values.y[i]! % 1000];
      expect(Math.abs(column - x)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(row - y)).toBeLessThanOrEqual(0.5);
      expect(aligned.sigma!.z[i]).toBe(3);
    });
    expect(seen).toBeGreaterThan(0.9 * ny * nx);
  });

  test('what is masked stays masked', () => {
    const field = plane(() => 1, 1);
    field.valid[10 * nx + 10] = 0;
    const { valid } = alignField(field, { shift_nm: [2 * STEP, -STEP], linear: NONE });
    expect(valid[11 * nx + 8]).toBe(0);
    expect(valid[11 * nx + 9]).toBe(1);
  });

  test('a difference has both noises', () => {
    const d = difference(
      plane((x) => x, 3),
      plane((x, y) => x + y, 4),
    );
    expect(d.values.z[7 * nx + 3]).toBe(7);
    expect(d.sigma!.z[0]).toBe(5);
  });
});
