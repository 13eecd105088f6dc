/** Textures over many seeds: isotropy, the distribution of |P|, the correlation function, the gradient's step. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { gaussianField, ringCorrelation, ringWidth } from './gaussian-field.ts';
import type { Vec3 } from './structure.ts';
import { divergingTexture, gradientTexture, maxwellCdf, smoothTexture, uniformTexture } from './textures.ts';

/** Largest distance between the empirical distribution of the samples and the uniform one on [0, 1] (Kolmogorov). */
function distanceToUniform(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return Math.max(...sorted.map((x, n) => Math.max((n + 1) / sorted.length - x, x - n / sorted.length)));
}

/** One vector from each of many textures: independent samples. */
function samples(make: (stream: RandomStream) => Float64Array, count = 2000): Float64Array[] {
  return Array.from({ length: count }, (_, seed) => {
    const texture = make(new RandomStream(seed, 'texture test'));
    const at = 3 * Math.floor((seed * 7) % (texture.length / 3));
    return texture.slice(at, at + 3);
  });
}

const MAKERS: Record<string, (distribution: 'magnitude' | 'volume') => (stream: RandomStream) => Float64Array> = {
  uniform: (distribution) => (stream) => uniformTexture([4, 3, 2], 30, distribution, stream),
  smooth: (distribution) => (stream) => smoothTexture({ cells: [4, 3, 2] }, 30, distribution, 1.5, stream),
};

for (const [name, make] of Object.entries(MAKERS)) {
  for (const distribution of ['magnitude', 'volume'] as const) {
    test(`${name} textures: directions isotropic, |P| as '${distribution}' says`, () => {
      const vectors = samples(make(distribution));
      const limit = 1.95 / Math.sqrt(vectors.length); // a chance of 1 in 1000; the seeds are fixed
      const lengths = vectors.map((v) => Math.hypot(...v));
      expect(Math.max(...lengths)).toBeLessThanOrEqual(30);
      const share = lengths.map((p) => (distribution === 'magnitude' ? p / 30 : (p / 30) ** 3));
      expect(distanceToUniform(share)).toBeLessThan(limit);
      for (let axis = 0; axis < 3; axis++) {
        // the cosine to any axis of an isotropic direction is uniform on [−1, 1]
        const cosines = vectors.map((v, n) => (v[axis]! / lengths[n]! + 1) / 2);
        expect(distanceToUniform(cosines)).toBeLessThan(limit);
        for (let other = 0; other < 3; other++) {
          const moment = vectors.reduce((sum, v, n) => sum + (v[axis]! * v[other]!) / lengths[n]! ** 2, 0) / 2000;
          expect(Math.abs(moment - (axis === other ? 1 / 3 : 0))).toBeLessThan(0.025);
        }
      }
    });
  }
}

test('Maxwell distribution against its median, tail and small-r law', () => {
  expect(maxwellCdf(1.5381722544550522)).toBeCloseTo(0.5, 12);
  expect(maxwellCdf(1)).toBeCloseTo(0.198748043098799, 12);
  expect(maxwellCdf(5)).toBeCloseTo(0.9999845595017, 10);
  expect(maxwellCdf(1e-4) / (Math.sqrt(2 / Math.PI) * (1e-12 / 3))).toBeCloseTo(1, 6);
  expect(maxwellCdf(50)).toBe(1);
  expect(maxwellCdf(0)).toBe(0);
});

test('the Gaussian field has unit variance and falls to exp(−1/2) at the stated length, in wide and in narrow boxes', () => {
  for (const [cells, correlation] of [
    [[24, 4, 1], 3],
    [[8, 8, 2], 3],
  ] as [Vec3, number][]) {
    let variance = 0;
    let product = 0;
    let count = 0;
    for (let seed = 0; seed < 1500; seed++) {
      const field = gaussianField(cells, [correlation, correlation, correlation], new RandomStream(seed, 'field'));
      const at = (i: number) => field[i % cells[0]]!;
      for (let i = 0; i < cells[0]; i += 4) {
        variance += at(i) ** 2;
        product += at(i) * at(i + 3);
        count++;
      }
    }
    expect(Math.abs(variance / count - 1)).toBeLessThan(0.06);
    expect(Math.abs(product / variance - Math.exp(-0.5))).toBeLessThan(0.03);
  }
  expect(ringWidth(3, 100)).toBeCloseTo(3, 6);
  expect(ringCorrelation(3, ringWidth(3, 8), 8)).toBeCloseTo(Math.exp(-0.5), 9);
  expect(ringWidth(4.0001, 8) / ringWidth(3.9999, 8)).toBeCloseTo(1, 3);
});

test('smooth textures decorrelate at the stated length as the field they come from does', () => {
  let dot = 0;
  let square = 0;
  for (let seed = 0; seed < 300; seed++) {
    const cells: Vec3 = [16, 16, 1];
    const texture = smoothTexture({ cells }, 30, 'magnitude', 3, new RandomStream(seed, 'smooth'));
    for (let cell = 0; cell < 256; cell++) {
      const shifted = cell - (cell % 16) + ((cell + 3) % 16);
      for (let axis = 0; axis < 3; axis++) {
        dot += texture[3 * cell + axis]! * texture[3 * shifted + axis]!;
        square += texture[3 * cell + axis]! ** 2;
      }
    }
  }
  expect(Math.abs(dot / square - Math.exp(-0.5))).toBeLessThan(0.06);
});

test('gradient: equal steps, through zero, periodic, within the maximum', () => {
  for (let seed = 0; seed < 40; seed++) {
    const [nx, ny] = [8, 12];
    const texture = gradientTexture({ cells: [nx, ny, 2] }, 30, 5, new RandomStream(seed, 'gradient'));
    const axis = [0, 1, 2].toSorted((a, b) => Math.abs(texture[3 * 0 + b]!) - Math.abs(texture[3 * 0 + a]!))[0]!;
    const unit = texture.slice(0, 3).map((v) => v / Math.hypot(...texture.slice(0, 3)));
    const along = (i: number, j: number, k = 0) =>
      texture[3 * ((k * ny + (j % ny)) * nx + (i % nx)) + axis]! / unit[axis]!;
    if (!Number.isFinite(along(0, 0))) continue; // the first cell has P = 0
    const steps = (di: number, dj: number) => {
      const all = Array.from({ length: nx * ny }, (_, n) => {
        const [i, j] = [n % nx, Math.floor(n / nx)];
        return Math.abs(along(i + di, j + dj) - along(i, j));
      });
      return Math.max(...all);
    };
    expect(Math.max(steps(1, 0), steps(0, 1))).toBeCloseTo(5, 9);
    const values = Array.from({ length: nx * ny }, (_, n) => along(n % nx, Math.floor(n / nx)));
    expect(Math.min(...values)).toBeLessThan(0);
    expect(Math.max(...values)).toBeGreaterThan(0);
    expect(Math.max(...texture.map(Math.abs))).toBeLessThanOrEqual(30);
    expect(along(3, 5, 1)).toBe(along(3, 5, 0));
  }
  const clipped = gradientTexture({ cells: [32, 32, 1] }, 6, 5, new RandomStream(1, 'gradient'));
  const lengths = Array.from({ length: 1024 }, (_, n) => Math.hypot(...clipped.slice(3 * n, 3 * n + 3)));
  expect(Math.max(...lengths)).toBeCloseTo(6, 9);
});

test('diverging: equal steps away from one cell over half of the block and back over the other, periodic, in the plane', () => {
  const [nx, ny] = [16, 8];
  const texture = divergingTexture([nx, ny, 2], 5);
  const at = (i: number, j: number, axis: number) => texture[3 * ((j % ny) * nx + (i % nx)) + axis]!;
  for (let i = 0; i < nx; i++) {
    for (let j = 0; j < ny; j++) {
      expect(at(i, j, 2)).toBe(0);
      // x depends on i alone, y on j alone.
      expect([at(i, j, 0), at(i, j, 1)]).toEqual([at(i, 0, 0), at(0, j, 1)]);
      expect(Math.abs(at(i + 1, j, 0) - at(i, j, 0))).toBe(5);
      expect(Math.abs(at(i, j + 1, 1) - at(i, j, 1))).toBe(5);
    }
  }
  expect([0, 4, 8, 12].map((i) => at(i, 0, 0))).toEqual([-20, 0, 20, 0]);
  expect([0, 2, 4, 6].map((j) => at(0, j, 1))).toEqual([-10, 0, 10, 0]);
  expect(texture.slice(3 * nx * ny)).toEqual(texture.slice(0, 3 * nx * ny));
});
