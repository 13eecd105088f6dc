/** Detectors against areas in closed form, partitions of the plane, and each other. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectorWeights, gridLimit_mrad, onCamera, segments } from './angular-detector.ts';
import { wavelength } from './optics.ts';

const lambda = wavelength(300);
/** Pixels of 1.26 × 1.13 mrad. */
const grid = { nx: 96, ny: 100, length_A: [15.62, 17.4] as const };
const pixelArea = (1e3 * lambda) ** 2 / (15.62 * 17.4);
const sum = (a: ArrayLike<number>) => Array.from(a).reduce((x, y) => x + y, 0);

test('property: a sector of an annulus anywhere has its closed-form area', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.double({ min: 0.1, max: 25, noNaN: true }),
      fc.double({ min: -400, max: 400, noNaN: true }),
      fc.double({ min: 1, max: 359, noNaN: true }),
      fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })),
      (inner, width, from, turn, centre_mrad) => {
        const outer = inner + width;
        const area = Math.PI * (outer ** 2 - inner ** 2);
        const ring = detectorWeights({ inner_mrad: inner, outer_mrad: outer, centre_mrad }, grid, lambda);
        expect(Math.abs((sum(ring) * pixelArea) / area - 1)).toBeLessThan(1e-9);
        const part = detectorWeights(
          { inner_mrad: inner, outer_mrad: outer, centre_mrad, sector_deg: [from, from + turn] },
          grid,
          lambda,
        );
        expect(Math.abs((sum(part) * pixelArea) / ((area * turn) / 360) - 1)).toBeLessThan(1e-8);
        expect(part.every((w) => w >= 0 && w <= 1)).toBe(true);
      },
    ),
    {
      numRuns: 40,
      // The sector's corner lies in a pixel, and an arc there once counted 1%.
      examples: [[0, 0.1, 0.01, 1, [0.3, 0]]],
    },
  );
});

test('detectors that tile the plane share every pixel once', () => {
  const total = new Float64Array(grid.nx * grid.ny);
  const parts = [
    { inner_mrad: 0, outer_mrad: 9.3 },
    ...segments(9.3, 31.7, 4, 20),
    { inner_mrad: 31.7, outer_mrad: 50, sector_deg: [-30, 250] as const },
    { inner_mrad: 31.7, outer_mrad: 50, sector_deg: [250, 330] as const },
    { inner_mrad: 50, outer_mrad: Number.POSITIVE_INFINITY },
  ];
  for (const part of parts)
    for (const [i, w] of detectorWeights(part, grid, lambda).entries()) total[i] = total[i]! + w;
  expect(total.reduce((worst, w) => Math.max(worst, Math.abs(w - 1)), 0)).toBeLessThan(1e-9);
});

test('quadrants: right, up, left, down; the moments of a centred detector cancel', () => {
  const [right, up, left, down] = segments(2, 40, 4).map((q) => detectorWeights(q, grid, lambda)) as Float64Array[];
  const at = (x: number, y: number) => ((y + grid.ny) % grid.ny) * grid.nx + ((x + grid.nx) % grid.nx);
  expect([right![at(9, 1)], up![at(-1, 9)], left![at(-9, 2)], down![at(3, -9)]].map((w) => w!.toFixed(12))).toEqual(
    Array(4).fill('1.000000000000'),
  );
  for (const moment of ['x', 'y'] as const) {
    const w = detectorWeights({ inner_mrad: 0, outer_mrad: 30, moment }, grid, lambda);
    expect(Math.abs(sum(w))).toBeLessThan(1e-9);
    // One pixel up along the axis weighs one pixel's angle.
    const pixel = (1e3 * lambda) / grid.length_A[moment === 'x' ? 0 : 1];
    expect(w[moment === 'x' ? at(1, 0) : at(0, 1)]).toBeCloseTo(pixel, 12);
  }
});

test('by centres: whole pixels, inner edge in, outer edge out', () => {
  const square = { nx: 64, ny: 64, length_A: [1e3 * lambda, 1e3 * lambda] as const };
  const w = detectorWeights({ inner_mrad: 3, outer_mrad: 5, edges: 'centre' }, square, lambda);
  expect([w[2], w[3], w[4], w[5]]).toEqual([0, 1, 1, 0]);
  // Lattice points with 9 ≤ x² + y² < 25.
  expect(sum(w)).toBe(44);
});

test('what the grid does not hold, and what is no detector, is refused', () => {
  const limit = gridLimit_mrad(grid, lambda);
  const weigh = (detector: Parameters<typeof detectorWeights>[0]) => detectorWeights(detector, grid, lambda);
  expect(() => weigh({ inner_mrad: 10, outer_mrad: limit + 0.1 })).toThrow(/reaches to/);
  expect(() => weigh({ inner_mrad: 10, outer_mrad: limit, centre_mrad: [1, 0] })).toThrow(/reaches to/);
  expect(() => weigh({ inner_mrad: 10, outer_mrad: 10 })).toThrow(/no annulus/);
  expect(() => weigh({ inner_mrad: Number.NaN, outer_mrad: 10 })).toThrow(/no annulus/);
  expect(() => weigh({ inner_mrad: 0, outer_mrad: 10, sector_deg: [30, 30] })).toThrow(/sector/);
  expect(() => detectorWeights({ inner_mrad: 62, outer_mrad: 200 }, grid, lambda)).toThrow(
    expect.objectContaining({ tag: 'range' }),
  );
  expect(() => segments(0, 1, 1.5)).toThrow(/segments/);
});

test('a camera keeps every electron it covers, and is the pattern itself at its own pixel', () => {
  const size = 32;
  const pattern = Float64Array.from({ length: size * size }, (_, i) =>
    Math.floor(i / size) === 0 || i % size === 0 ? 0 : 1 + (i % 7),
  );
  const square = (intensity: Float64Array) => ({
    intensity,
    width: size,
    height: size,
    pixel_mrad: [0.3, 0.3] as const,
  });
  for (const [i, I] of onCamera(square(pattern), size, 0.3).entries()) expect(I).toBeCloseTo(pattern[i]!, 12);
  const half = onCamera(square(pattern), 14, 0.6);
  // The centre of the middle camera pixel is the direct beam: it takes it whole and half of its neighbours.
  const middle = [-1, 0, 1].flatMap((y) =>
    [-1, 0, 1].map((x) => pattern[(16 + y) * size + 16 + x]! * (y ? 0.5 : 1) * (x ? 0.5 : 1)),
  );
  expect(half[7 * 14 + 7]).toBeCloseTo(sum(middle), 12);
  // An odd camera over a smooth pattern that it covers: nothing is lost.
  const spot = pattern.map((_, i) => Math.exp(-((Math.floor(i / size) - 15) ** 2 + ((i % size) - 17.3) ** 2) / 8));
  expect(sum(onCamera(square(spot), 13, 0.3 * (30.9 / 13))) / sum(spot)).toBeCloseTo(1, 5);
  expect(() => onCamera(square(pattern), 32, 0.31)).toThrow(/camera/);
  // Oblong pixels: a spot that is round in angle comes out round.
  const [width, height] = [61, 31];
  const round = Float64Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [0.1 * ((i % width) - 30), 0.2 * (Math.floor(i / width) - 15)];
    return Math.exp(-(x * x + y * y) / 0.5);
  });
  const seen = onCamera({ intensity: round, width, height, pixel_mrad: [0.1, 0.2] }, 15, 0.4);
  expect(sum(seen) / sum(round)).toBeCloseTo(1, 4);
  expect(Math.abs(seen[7 * 15 + 8]! / seen[8 * 15 + 7]! - 1)).toBeLessThan(0.01);
});
