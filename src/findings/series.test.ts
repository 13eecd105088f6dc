import { describe, expect, test } from 'vitest';
import { identityOfMap } from '../../test/film-maps.ts';
import { FerroscopeError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import type { MapChannel, PolarizationMap } from '../polarization/polarization-map.ts';
import { fieldOfMap } from './from-map.ts';
import { type StateMap, seriesOf } from './series.ts';

const shape = [40, 50] as const;
const [ny, nx] = shape;
const AFFINE = { register: 'affine' } as const;

/** A specimen with features in thickness and a polarization along y of `P`, seen `dx` positions to the right of where it is. */
function mapOf(bias_V: number, P: number, dx: number, change: Partial<PolarizationMap> = {}): StateMap {
  const stream = new RandomStream(11 + bias_V, 'map');
  const channel = (
    name: string,
    unit: string,
    sigma: number,
    f: (x: number, y: number) => number,
    more = {},
  ): MapChannel => ({
    name,
    unit,
    values: Float32Array.from(
      { length: ny * nx },
      (_, i) => f((i % nx) - dx, Math.floor(i / nx)) + sigma * stream.normal(),
    ),
    sigma: new Float32Array(ny * nx).fill(sigma),
    ...more,
  });
  const channels = [
    channel('P_x', 'uC/cm2', 0.5, () => 1, { prior: 8 }),
    channel('P_y', 'uC/cm2', 0.5, (x, y) => P + 0.1 * x - 0.05 * y, { prior: 8 }),
    channel('P_z', 'uC/cm2', 4, () => 0, { prior: 8 }),
    channel('thickness', 'nm', 0.2, (x, y) => 40 + 2 * Math.sin(x / 5) * Math.cos(y / 4)),
    channel('tilt_x', 'mrad', 0.02, (x, y) => 0.2 * Math.cos(x / 6 + y / 9)),
  ];
  const meta = {
    identity: identityOfMap({}),
    recipe_hash: '',
    version: '0',
    seed: 1,
    source: `${bias_V} V.h5`,
    held_out_mae: {},
  };
  return { name: `${bias_V} V`, bias_V, map: { shape, step_nm: 0.4, channels, meta, ...change } };
}

function failure(work: () => unknown): FerroscopeError {
  try {
    work();
  } catch (error) {
    if (error instanceof FerroscopeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('states come by rising bias, on the positions of the one nearest to none', () => {
  const series = seriesOf([mapOf(2, 5, 3.4), mapOf(0, 0, 0), mapOf(-2, -5, -2.2)], AFFINE);
  expect(series.states.map(({ bias_V }) => bias_V)).toEqual([-2, 0, 2]);
  expect(series.reference).toBe(1);
  const [low, , high] = series.states;
  expect(low!.registration!.shift_nm[0]).toBeCloseTo(-2.2 * 0.4, 1);
  expect(high!.registration!.shift_nm[0]).toBeCloseTo(3.4 * 0.4, 1);
  // P_y has a slope along x: only where positions were brought together do states differ by their bias alone.
  let [sum, n] = [0, 0];
  series.common.forEach((mark, i) => {
    if (!mark) return;
    sum += high!.field.values.y[i]! - low!.field.values.y[i]!;
    n++;
  });
  expect(n).toBeLessThan(ny * nx);
  expect(n).toBeGreaterThan(0.8 * ny * nx);
  // The nearest position is half a step away at most, along x and y; as they lie it would be 0.56 off.
  expect(Math.abs(sum / n - 10)).toBeLessThan(0.5 * (0.1 + 0.05) + 0.02);
  const thickness = high!.unchanged.find(({ name }) => name === 'thickness')!;
  const mine = series.states[1]!.unchanged.find(({ name }) => name === 'thickness')!;
  const rms = Math.sqrt(
    thickness.values.reduce(
      (total, value, i) => total + (Number.isFinite(value) ? (value - mine.values[i]!) ** 2 : 0),
      0,
    ) / thickness.values.filter(Number.isFinite).length,
  );
  expect(rms).toBeLessThan(0.32);
});

test('taken as they lie, nothing is moved', () => {
  const { states, common } = seriesOf([mapOf(0, 0, 0), mapOf(2, 5, 3)], { register: 'none' });
  expect(states[1]!.registration).toBeUndefined();
  expect(common.every((mark) => mark === 1)).toBe(true);
});

test('states may be datasets of one file', () => {
  const { meta } = mapOf(2, 5, 0).map;
  const of = (dataset: string) => ({ meta: { ...meta, identity: identityOfMap({ dataset }) } });
  const { states } = seriesOf([mapOf(0, 0, 0, of('/a')), mapOf(2, 5, 0, of('/b'))], { register: 'none' });
  expect(states).toHaveLength(2);
});

describe('bad input', () => {
  const other = (change: Partial<PolarizationMap>) => () => seriesOf([mapOf(0, 0, 0), mapOf(2, 0, 0, change)], AFFINE);
  const { meta, channels } = mapOf(2, 0, 0).map;
  const bare = channels.map(({ sigma: _, ...channel }) => channel);
  const marked: MapChannel = { name: 'out_of_domain', unit: '1', values: new Float32Array(ny * nx).fill(1) };

  test.each([
    ['another shape', other({ shape: [nx, ny] }), 'shape', /50 × 40/],
    ['another step', other({ step_nm: 0.5 }), 'range', /0\.5 nm/],
    [
      'another model',
      other({ meta: { ...meta, identity: identityOfMap({ model: 'bb' }) } }),
      'model-mismatch',
      /another model/,
    ],
    [
      'another rotation',
      other({ meta: { ...meta, identity: identityOfMap({ rotation_deg: 90 }) } }),
      'model-mismatch',
      /rotation_deg was 90 against 0/,
    ],
    ['no identity', other({ meta: { ...meta, identity: undefined } }), 'incomplete', /does not say/],
    ['no σ', other({ channels: bare }), 'incomplete', /has no σ/],
    ['all marked', other({ channels: [...channels, marked] }), 'incomplete', /2000 are out of the model's domain/],
    ['one bias twice', () => seriesOf([mapOf(2, 0, 0), mapOf(2, 0, 0)], AFFINE), 'usage', /both at 2 V/],
    ['no map', () => seriesOf([], AFFINE), 'usage', /needs a map/],
  ] as const)('%s is a tagged error', (_, work, tag, message) => {
    const error = failure(work);
    expect(error.tag).toBe(tag);
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe('');
  });
});

test('positions without a value and positions out of the domain are masked and counted', () => {
  const { map } = mapOf(0, 3, 0);
  const P_y = map.channels[1]!;
  const values = P_y.values.slice();
  values[7] = Number.NaN;
  const marks = new Float32Array(ny * nx);
  marks[7] = 1;
  marks[9] = 1;
  const channels = [
    map.channels[0]!,
    { ...P_y, values },
    map.channels[2]!,
    { name: 'out_of_domain', unit: '1', values: marks },
  ];
  const { field, left_out } = fieldOfMap({ ...map, channels }, { sigma: 'needed' });
  expect(left_out).toEqual({ not_measured: 1, out_of_domain: 1 });
  expect([6, 7, 8, 9].map((i) => field.valid[i])).toEqual([1, 0, 1, 0]);
  expect(field.values.x[9]).toBeNaN();
  expect(field.prior).toEqual({ x: 8, y: 8, z: 8 });
});
