/** Topological charge: analytic textures, a field of another program, symmetries of random fields, an oracle by Girard's theorem, and noise. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { directions } from './directions.ts';
import { solidAngle } from './solid-angle.ts';
import { readOvf } from './test-ovf.ts';
import {
  fieldOf,
  mirrored,
  noisy,
  skyrmionAngle,
  smoothField,
  texture,
  turned,
  vectorsOnly,
  withSigma,
} from './test-textures.ts';
import { type Boundary, latticeCharges, latticeDensity, topologicalDensity } from './topology.ts';
import { type ChargeOptions, chargeWithin, integratedCharge, totalCharge } from './total-charge.ts';
import type { VectorField } from './vector-field.ts';

const GRID = [128, 128] as const;
const onLattice = (field: VectorField, options?: ChargeOptions, boundary?: Boundary) =>
  totalCharge(latticeCharges(directions(field), boundary), options);
const byDerivatives = (field: VectorField, boundary?: Boundary) =>
  integratedCharge(topologicalDensity(directions(field), boundary));

test.each([
  ['Néel', 1, 0],
  ['Bloch', 1, Math.PI / 2],
  ['anti', -1, 0.3],
])('%s skyrmions: core down in up has charge −m, whole on the lattice', (_, m, gamma) => {
  for (const radius of [4, 10, 11, 40]) {
    for (const centre of [
      [63.5, 63.5],
      [64, 64],
      [63.7, 64.1],
    ] as const) {
      const field = texture(GRID, centre, skyrmionAngle(radius), m, gamma);
      const { value, integer, leftOut, boundary_deg } = onLattice(field);
      expect(Math.abs(value + m)).toBeLessThan(1e-12);
      expect([integer, leftOut]).toEqual([-m, 0]);
      expect(boundary_deg).toBeLessThan(1e-5);
      // Differences are short by about 3.5 (steps/R)²: 3.5% at R = 10, within 3% from R = 11 on.
      const error = Math.abs(byDerivatives(field).value + m);
      if (radius >= 11) expect(error).toBeLessThan(0.03);
      if (radius >= 10) expect(error * radius ** 2).toBeCloseTo(3.53, 1);
    }
  }
});

test('a meron has half a charge, and its boundary is not uniform', () => {
  const field = texture(GRID, [63.5, 63.5], (r) => (Math.PI / 2) * Math.min(1, r / 30), 1, 0);
  const { value, integer, boundary_deg } = onLattice(field);
  // Core up: + m/2.
  expect(value).toBeCloseTo(0.5, 10);
  expect(integer).toBeUndefined();
  expect(boundary_deg).toBeGreaterThan(90);
  expect(Math.abs(byDerivatives(field).value - 0.5)).toBeLessThan(0.005);
});

test('a lattice of skyrmions counts them, a uniform field none', () => {
  const pitch = 16;
  const one = texture([pitch, pitch], [7.5, 7.5], skyrmionAngle(6), 1, 1);
  const many = fieldOf([3 * pitch, 4 * pitch], (x, y) => {
    const at = (y % pitch) * pitch + (x % pitch);
    return [one.values.x[at]!, one.values.y[at]!, one.values.z[at]!];
  });
  for (const boundary of ['open', 'periodic'] as const) {
    expect(onLattice(many, {}, boundary)).toMatchObject({ integer: -12, leftOut: 0 });
  }
  const region = many.valid.map((_, at) => (at % (4 * pitch) < 2 * pitch && at < 4 * pitch * pitch ? 1 : 0));
  expect(onLattice(many, { region })).toMatchObject({ integer: -2, n: (pitch - 1) * (2 * pitch - 1) });
  const plaquettes = latticeCharges(directions(many));
  expect(chargeWithin(plaquettes, [7.5 * 0.4, 23.5 * 0.4], 8 * 0.4).value).toBeCloseTo(-1, 10);

  const uniform = fieldOf([9, 7], () => [1, -2, 3]);
  expect(onLattice(uniform)).toMatchObject({ value: 0, integer: 0, n: 48 });
  expect(onLattice(uniform).boundary_deg).toBeLessThan(1e-12);
  expect(byDerivatives(uniform)).toEqual({ value: 0, n: 35, leftOut: 28 });
});

test("OOMMF's skyrmion: 1.000000 periodic, 0.999949 open, 0.872 by derivatives", (context) => {
  const field = readOvf(readFileSync(sample(context, 'ovf/skyrmion.omf')));
  expect(onLattice(field, {}, 'periodic').value).toBeCloseTo(1, 10);
  expect(onLattice(field).value).toBeCloseTo(0.999949, 6);
  expect(onLattice(field).integer).toBe(1);
  expect(byDerivatives(field).value).toBeCloseTo(0.872, 3);
  expect(field.values.z[10 * 20 + 10]).toBeGreaterThan(0);
});

test('a binary OVF reads as the same as text', () => {
  const head = (kind: string) =>
    `# OOMMF OVF 2.0\n# xnodes: 2\n# ynodes: 1\n# znodes: 1\n# xstepsize: 5e-9\n# valuedim: 3\n# Begin: Data ${kind}\n`;
  const text = readOvf(new TextEncoder().encode(`${head('Text')}1 2 3\n0 0 0\n# End: Data Text\n`));
  expect(text).toMatchObject({ shape: [1, 2], valid: Uint8Array.of(1, 0), values: { y: Float64Array.of(2, 0) } });
  for (const [kind, mark, Type] of [
    ['Binary 4', 1234567, Float32Array],
    ['Binary 8', 123456789012345, Float64Array],
  ] as const) {
    const data = new Uint8Array(Type.of(mark, 1, 2, 3, 0, 0, 0).buffer);
    expect(readOvf(Uint8Array.of(...new TextEncoder().encode(head(kind)), ...data))).toEqual(text);
  }
});

const seeds = fc.integer({ min: 0, max: 1e6 });
const negate = ([x, y, z]: readonly [number, number, number]) => [-x, -y, -z] as const;

test('Q of random fields under turns and mirrors of grid and vectors', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const field = smoothField([13, 17], seed);
      for (const charge of [onLattice, byDerivatives]) {
        const q = charge(field).value;
        const same = [
          turned(field),
          mirrored(field, true),
          // Vectors alone, about an axis off the normal.
          vectorsOnly(field, ([x, y, z]) => [z, 0.6 * x - 0.8 * y, 0.8 * x + 0.6 * y]),
        ];
        const opposite = [
          mirrored(field, false),
          vectorsOnly(field, ([x, y, z]) => [x, y, -z]),
          vectorsOnly(field, negate),
          // A mirror of an axial vector, and the specimen from its other side: half a turn about y.
          mirrored(
            vectorsOnly(field, ([x, y, z]) => [x, -y, -z]),
            false,
          ),
          mirrored(
            vectorsOnly(field, ([x, y, z]) => [-x, y, -z]),
            false,
          ),
        ];
        for (const one of same) expect(charge(one).value).toBeCloseTo(q, 10);
        for (const one of opposite) expect(charge(one).value).toBeCloseTo(-q, 10);
      }
    }),
    { numRuns: 25, seed: 1 },
  );
});

test('a mirror of grid and vectors turns the helicity', () => {
  const at = (gamma: number) => texture([16, 16], [7.5, 7.5], skyrmionAngle(6), 1, gamma);
  const [left, right] = [mirrored(at(0.7), true).values, at(-0.7).values];
  for (const axis of ['x', 'y', 'z'] as const) {
    left[axis].forEach((value, i) => {
      expect(value).toBeCloseTo(right[axis][i]!, 10);
    });
  }
});

test('Q of any periodic field is whole; on the lattice T_d sums to it', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const smooth = smoothField([12, 15], seed, true);
      const rough = noisy(withSigma(smooth, { x: 2, y: 2, z: 2 }), new RandomStream(seed, 'rough'));
      const noise = onLattice({ ...rough, sigma: undefined }, {}, 'periodic');
      expect(Math.abs(noise.value - noise.integer!)).toBeLessThan(1e-12);
      const lattice = latticeCharges(directions(smooth), 'periodic');
      const { value, integer, boundary_deg } = totalCharge(lattice);
      expect(Math.abs(value - integer!)).toBeLessThan(1e-12);
      expect(boundary_deg).toBe(0);
      expect(integratedCharge(latticeDensity(lattice)).value).toBeCloseTo(value, 10);
    }),
    { numRuns: 25, seed: 2 },
  );
});

/** Girard: the angles of the triangle less π, with the sign of the triple product. */
function girard(corners: readonly (readonly number[])[]): number {
  const dot = (p: readonly number[], q: readonly number[]) => p.reduce((sum, value, i) => sum + value * q[i]!, 0);
  const cross = (p: readonly number[], q: readonly number[]) => [
    p[1]! * q[2]! - p[2]! * q[1]!,
    p[2]! * q[0]! - p[0]! * q[2]!,
    p[0]! * q[1]! - p[1]! * q[0]!,
  ];
  const angle = (k: number) => {
    const [here, one, other] = [0, 1, 2].map((n) => corners[(k + n) % 3]!) as [number[], number[], number[]];
    const [p, q] = [cross(here, one), cross(here, other)];
    return Math.acos(dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q)));
  };
  const area = angle(0) + angle(1) + angle(2) - Math.PI;
  return area * Math.sign(dot(corners[0]!, cross(corners[1]!, corners[2]!)));
}

test('the solid angle is that of the spherical triangle, an octant π/2', () => {
  const octant = { x: Float64Array.of(1, 0, 0), y: Float64Array.of(0, 1, 0), z: Float64Array.of(0, 0, 1) };
  expect(solidAngle(octant, 0, 1, 2)).toBeCloseTo(Math.PI / 2, 14);
  expect(solidAngle(octant, 0, 2, 1)).toBeCloseTo(-Math.PI / 2, 14);
  const { u } = directions(smoothField([3, 100], 4));
  for (let at = 0; at < 100; at++) {
    const corners = [at, at + 100, at + 200].map((i) => [u.x[i]!, u.y[i]!, u.z[i]!]);
    expect(solidAngle(u, at, at + 100, at + 200)).toBeCloseTo(girard(corners), 6);
  }
  // Nearly parallel: half the area of the square between them.
  const tiny = directions(fieldOf([2, 2], (x, y) => [1e-9 * x, 1e-9 * y, 1])).u;
  expect(solidAngle(tiny, 0, 1, 3) / 5e-19).toBeCloseTo(1, 9);
});

test('T_d of both kinds agree where the field is smooth', () => {
  const d = directions(texture([80, 80], [39.2, 40.1], (r) => Math.PI * Math.exp(-((r / 25) ** 2)), 1, 0.4));
  const [one, other] = [topologicalDensity(d), latticeDensity(latticeCharges(d))];
  const most = Math.max(...one.values.map((value) => Math.abs(value || 0)));
  const apart = one.values.map((value, i) => Math.abs(value - other.values[i]! || 0));
  expect(Math.max(...apart)).toBeLessThan(0.02 * most);
  expect([one.n, one.leftOut, other.n]).toEqual([78 * 78, 6400 - 78 * 78, 6400]);
});

test('what is opposite, on a great circle or masked is left out and counted', () => {
  // Up on the left, down on the right: each plaquette of the wall has opposite neighbours.
  const wall = onLattice(fieldOf([6, 8], (x) => [0, 0, x < 4 ? 1 : -1]));
  expect(wall).toMatchObject({ value: 0, n: 30, leftOut: 5, boundary_deg: expect.any(Number) });
  expect(wall.integer).toBeUndefined();
  const round = latticeCharges(directions(fieldOf([2, 2], (x, y) => [x - 0.5, y - 0.5, 0])));
  expect(round).toMatchObject({ n: 0, masked: 0, exceptional: 1 });
  expect(totalCharge(round)).toMatchObject({ value: 0, n: 0, leftOut: 1 });

  // Corners alternately above and below a great circle: as near along both diagonals, and half a charge up or down.
  const saddle = latticeCharges(directions(fieldOf([2, 2], (x, y) => [x - 0.5, y - 0.5, x === y ? 0.2 : -0.2])));
  expect(saddle).toMatchObject({ n: 0, exceptional: 1 });

  const field = texture([32, 32], [15.5, 15.5], skyrmionAngle(9), 1, 0);
  field.valid[4 * 32 + 5] = 0;
  field.values.x[4 * 32 + 5] = Number.NaN;
  const masked = onLattice(field);
  expect(masked).toMatchObject({ n: 31 * 31 - 4, leftOut: 4 });
  expect(masked.integer).toBeUndefined();
  expect(masked.value).toBeCloseTo(-1, 10);
  expect(byDerivatives(field)).toMatchObject({ n: 30 * 30 - 5, leftOut: 1024 - 900 + 5 });
  // A region without it is closed again.
  const region = field.valid.map((_, at) => (at >= 6 * 32 ? 1 : 0));
  expect(onLattice(field, { region })).toMatchObject({ integer: -1, leftOut: 0 });
});

test('an open boundary that is nearly uniform is filled', () => {
  const field = texture([40, 40], [19.5, 19.5], (r) => Math.PI * Math.exp(-r / 8), 1, 0);
  const { value, integer, boundary_deg } = onLattice(field, { uniform_deg: 20 });
  expect(integer).toBe(-1);
  expect(boundary_deg).toBeCloseTo(180 * Math.exp(-19.5 / 8), 1);
  // What is missing is about the cap that the boundary surrounds.
  expect(value + 1).toBeGreaterThan(0.5 * (1 - Math.cos(Math.PI * Math.exp(-27.6 / 8))));
  expect(value + 1).toBeLessThan(0.5 * (1 - Math.cos(Math.PI * Math.exp(-19.5 / 8))));
  expect(onLattice(field, { uniform_deg: 10 }).integer).toBeUndefined();
  // 80° wide, where the sum alone is nearer to −1/2.
  const wide = onLattice(
    texture([40, 40], [19.5, 19.5], (r) => Math.PI * Math.exp(-r / 24), 1, 0),
    { uniform_deg: 85 },
  );
  expect(wide.integer).toBe(-1);
  expect(wide.value).toBeGreaterThan(-0.75);
});

test('noise about a constant vector has no mean charge', () => {
  const field = withSigma(
    fieldOf([10, 10], () => [3, 2, -4]),
    { x: 8, y: 8, z: 8 },
  );
  const random = new RandomStream(7, 'noise');
  const draws = Array.from(
    { length: 400 },
    () => totalCharge(latticeCharges(directions(noisy(field, random), 0))).value,
  );
  const mean = draws.reduce((sum, q) => sum + q, 0) / draws.length;
  const spread = Math.sqrt(draws.reduce((sum, q) => sum + (q - mean) ** 2, 0) / draws.length);
  expect(spread).toBeGreaterThan(0.5);
  expect(Math.abs(mean)).toBeLessThan((3 * spread) / Math.sqrt(draws.length));
});

test('bad input', () => {
  const field = smoothField([4, 5], 1);
  expect(problem(() => onLattice(field, { region: new Uint8Array(3) }))).toMatchObject({ tag: 'shape' });
  expect(problem(() => onLattice(field, { uniform_deg: 90 }))).toMatchObject({ tag: 'range' });
  expect(problem(() => onLattice(smoothField([1, 5], 1)))).toMatchObject({ tag: 'shape' });
  expect(problem(() => directions(field, Number.NaN))).toMatchObject({ tag: 'range' });
});
