/** Random fields turned by 90° and mirrored, grid and vectors together, and reversed: what is found turns with them. Topological charge: topology.test.ts. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { findDefects } from './defects.ts';
import { magnitudeMinimum } from './densities.ts';
import { curl, divergence } from './differential.ts';
import { meanLength } from './length-findings.ts';
import { linkAngles, representatives } from './misorientation.ts';
import type { Partition } from './partition.ts';
import { componentProfile } from './profile.ts';
import { segmentByNoise } from './segmentation.ts';
import { wallToWall } from './sizes.ts';
import { mirrored, noisy, smoothField, turned, vectorsOnly, withSigma } from './test-textures.ts';
import type { VectorField } from './vector-field.ts';
import { wallLinks } from './wall-links.ts';
import { linkCharges } from './wall-types.ts';
import { findWalls } from './walls.ts';

const SIGMA = { x: 0.3, y: 0.3, z: 0.3 };
const NOISE = { length_nm: 0 };
const seeds = fc.integer({ min: 0, max: 1e6 });
const runs = { numRuns: 12, seed: 3 };

const measured = (seed: number): VectorField =>
  noisy(withSigma(smoothField([16, 21], seed), SIGMA), new RandomStream(seed, 'noise'));
const again = (field: VectorField): VectorField => withSigma(field, SIGMA);
const reversed = (field: VectorField) => vectorsOnly(field, ([x, y, z]) => [-x, -y, -z]);

const sorted = (values: ArrayLike<number>, sign = 1): number[] =>
  Array.from(values, (value) => sign * value)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);

function expectSame(found: readonly number[], wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 9);
  });
}

test('divergence keeps its sign, curl along the beam flips in a mirror, both flip with P', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const field = measured(seed);
      const [div, rot] = [divergence(field).values, curl(field).z.values];
      for (const [other, ofDiv, ofRot] of [
        [turned(field), 1, 1],
        [mirrored(field, true), 1, -1],
        [reversed(field), -1, -1],
      ] as const) {
        expectSame(sorted(divergence(other).values), sorted(div, ofDiv));
        expectSame(sorted(curl(other).z.values), sorted(rot, ofRot));
      }
    }),
    runs,
  );
});

test('profiles across y are those across x of the turned field, backwards', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const field = measured(seed);
      const values = (one: VectorField, axis: 'x' | 'y') =>
        componentProfile(one, axis, axis, NOISE).points.map((point) => point!.value);
      // From x to y: P_y becomes −P_x, at x = ny − 1 − y.
      expectSame(
        values(again(turned(field)), 'x'),
        values(field, 'y')
          .reverse()
          .map((value) => -value),
      );
      expectSame(values(again(mirrored(field, true)), 'y'), values(field, 'y'));
    }),
    runs,
  );
});

test('lengths know of no direction, and defects keep their charges', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const field = measured(seed);
      const numbers = (one: VectorField) =>
        ([2, 3] as const).flatMap((d) => [meanLength(d)(one), magnitudeMinimum(d)(one)] as number[]);
      const charges = (one: VectorField) => sorted(findDefects(one, { radius_nm: 0.8 }).list.map((one) => one.charge));
      for (const other of [again(turned(field)), again(mirrored(field, true))]) {
        expectSame(numbers(other), numbers(field));
        expectSame(charges(other), charges(field));
      }
      expectSame(numbers(reversed(field)), numbers(field));
    }),
    runs,
  );
});

test.each([
  ['ridges of σ_P', (field: VectorField): Partition => findWalls(field, 0).partition],
  ['χ²', (field: VectorField): Partition => segmentByNoise(field)],
])(
  'domains by %s: as many, of the same sizes along turned axes, with the same angles; charges flip with P',
  (_, domains) => {
    const described = (field: VectorField) => {
      const partition = domains(field);
      const links = wallLinks(partition, field.step_nm);
      const sides = representatives(field, partition, links, NOISE);
      return {
        count: partition.count,
        x: sorted(wallToWall(partition, 1, 'x').sizes_nm),
        y: sorted(wallToWall(partition, 1, 'y').sizes_nm),
        angles: sorted(linkAngles(sides)),
        charges: linkCharges(links, sides).charge,
      };
    };
    fc.assert(
      fc.property(seeds, (seed) => {
        const field = measured(seed);
        const one = described(field);
        for (const [other, x, y, sign] of [
          [turned(field), 'y', 'x', 1],
          [mirrored(field, true), 'x', 'y', 1],
          [reversed(field), 'x', 'y', -1],
        ] as const) {
          const found = described(again(other));
          expect([found.count, found.x, found.y]).toEqual([one.count, one[x], one[y]]);
          expectSame(found.angles, one.angles);
          expectSame(sorted(found.charges), sorted(one.charges, sign));
        }
      }),
      runs,
    );
  },
);
