import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { magnitudeDeconvolution, magnitudeKernel, richardsonLucy } from './deconvolve.ts';
import { equalEdges, kernelDensity, lengthsOf, minimumOf } from './densities.ts';
import { measuredOf, rowOf } from './test-noisy-field.ts';

const N = 8000;
const INDEPENDENT = { length_nm: 0 };
const meanOver = (centres: Float64Array, density: Float64Array): number =>
  centres.reduce((sum, p, i) => sum + p * density[i]!, 0) / density.reduce((a, b) => a + b, 0);

test.each([2, 3] as const)('kernel columns sum to 1 where nothing leaves the edges, %d dimensions', (d) => {
  const bins = 40;
  const kernel = magnitudeKernel(equalEdges(0, 20, bins), Float64Array.of(0.2, 1, 1.5), d);
  for (const i of [0, 3, 20, 25]) {
    let sum = 0;
    for (let j = 0; j < bins; j++) sum += kernel[j * bins + i]!;
    expect(sum).toBeCloseTo(1, 2);
  }
});

test('counts that the kernel makes of a known truth are given back, and the total is kept', () => {
  const edges = equalEdges(0, 20, 40);
  const kernel = magnitudeKernel(edges, Float64Array.of(1.5), 3);
  const truth = Float64Array.from({ length: 40 }, (_, i) => 500 * Math.exp(-((i - 14) ** 2) / 30));
  const counts = truth.map((_, j) => truth.reduce((sum, f, i) => sum + kernel[j * 40 + i]! * f, 0));
  const found = richardsonLucy(counts, kernel);
  expect(found.stopped).toBe('discrepancy');
  expect(found.counts.reduce((a, b) => a + b, 0) / truth.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
  expect(Math.abs(minimumOf(edges, found.counts) - minimumOf(edges, truth))).toBeLessThan(0.3);
});

describe.each([2, 3] as const)('from %d noisy components', (d) => {
  const deconvolved = (lengths: Float64Array, sigma: number, seed: number) => {
    const noisy = measuredOf(rowOf(lengths, sigma, d, seed), INDEPENDENT, seed);
    const raw = kernelDensity(lengthsOf(noisy, d), { reflect: true });
    return {
      rawMinimum: minimumOf(raw.at, raw.density),
      ...magnitudeDeconvolution(noisy, d, equalEdges(0, 30, 60))(noisy),
    };
  };
  test('|P| = 8 with σ = 3 comes back within 0.15, the raw minimum does not', () => {
    const { rawMinimum, centres, raw, density, stopped } = deconvolved(new Float64Array(N).fill(8), 3, 2);
    expect(stopped).toBe('discrepancy');
    expect(Math.abs(minimumOf(centres, density) - 8)).toBeLessThan(0.15);
    expect(rawMinimum).toBeGreaterThan(8.15);
    expect(Math.abs(meanOver(centres, density) - 8)).toBeLessThan(0.15);
    expect(meanOver(centres, raw)).toBeGreaterThan(8.5);
  });
  test('two lengths come back apart', () => {
    const stream = new RandomStream(1, 'mixture');
    const lengths = Float64Array.from({ length: N }, () => (stream.uniform() < 0.4 ? 4 : 12));
    const { centres, density } = deconvolved(lengths, 2, 3);
    const part = (low: number, high: number) => {
      const inside = density.map((rho, i) => (centres[i]! >= low && centres[i]! < high ? rho : 0));
      return [minimumOf(centres, inside), inside.reduce((a, b) => a + b, 0) / 2] as const;
    };
    const [[low, few], [high, many]] = [part(0, 8), part(8, 30)];
    expect(Math.abs(low - 4)).toBeLessThan(0.5);
    expect(Math.abs(high - 12)).toBeLessThan(0.25);
    expect(Math.abs(few - 0.4)).toBeLessThan(0.05);
    expect(Math.abs(few + many - 1)).toBeLessThan(1e-9);
  });
  test('nothing but noise goes back towards 0: no minimum at a finite |P|', () => {
    const { rawMinimum, centres, density } = deconvolved(new Float64Array(N), 2, 4);
    expect(rawMinimum).toBeGreaterThan(1.6);
    expect(minimumOf(centres, density)).toBeLessThan(0.5);
  });
});

test('σ of 0 and fields without σ are refused', () => {
  const row = rowOf(Float64Array.of(1, 2), 0, 3, 1);
  expect(() => magnitudeDeconvolution(row, 3, equalEdges(0, 4, 8))).toThrow('σ = 0');
  const { sigma: _, ...bare } = row;
  expect(() => magnitudeDeconvolution(bare, 3, equalEdges(0, 4, 8))).toThrow('no σ');
});
