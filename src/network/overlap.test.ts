import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { BINS, overlap, principalComponents, project, sampledOverlap } from './overlap.ts';

const stream = new RandomStream(5, 'latents');
const normals = (count: number) => Float64Array.from({ length: count }, () => stream.normal());

test('principal components are the eigenvectors of the covariance, as another program finds them', () => {
  const [count, n] = [500, 6];
  const mix = Matrix.from1DArray(n, n, [...normals(n * n)]);
  const vectors = Float64Array.from(
    Matrix.from1DArray(count, n, [...normals(count * n)])
      .mmul(mix)
      .to1DArray(),
  );
  const { mean, axes, share } = principalComponents(vectors, n, 2);
  const centred = Matrix.from1DArray(count, n, [...vectors]).subRowVector([...mean]);
  const covariance = centred.transpose().mmul(centred).div(count);
  const oracle = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const found = oracle.realEigenvalues.map((value, i) => ({ value, axis: oracle.eigenvectorMatrix.getColumn(i) }));
  found.sort((a, b) => b.value - a.value);
  const trace = found.reduce((sum, { value }) => sum + value, 0);
  for (const k of [0, 1]) {
    expect(share[k]).toBeCloseTo(found[k]!.value / trace, 9);
    const along = found[k]!.axis.reduce((sum, value, i) => sum + value * axes[k * n + i]!, 0);
    expect(Math.abs(along)).toBeCloseTo(1, 6);
  }
  const points = project({ mean, axes, share }, vectors);
  const variance = points.filter((_, i) => i % 2 === 0).reduce((sum, value) => sum + value ** 2, 0) / count;
  expect(variance).toBeCloseTo(found[0]!.value, 8);
});

test('fewer directions than are asked for, or one line of points, are no error', () => {
  const { share } = principalComponents(Float64Array.of(0, 0, 1, 2, 2, 4, 3, 6), 2, 2);
  expect(share[0]).toBeCloseTo(1, 12);
  expect(share[1]).toBeCloseTo(0, 12);
});

test('overlap: a cloud with itself 1, with one elsewhere 0, of halves that share half their place a half', () => {
  const square = (x0: number) =>
    Float64Array.from({ length: 2 * BINS * BINS }, (_, k) => {
      const i = k >> 1;
      return k % 2 === 0 ? x0 + ((i % BINS) + 0.5) / BINS : (Math.floor(i / BINS) + 0.5) / BINS;
    });
  expect(overlap(square(0), square(0))).toBeCloseTo(1, 12);
  expect(overlap(square(0), square(3))).toBe(0);
  expect(overlap(square(0), square(0.5))).toBeCloseTo(0.5, 1);
});

test('two samples of n even over B bins overlap by 1 − √(B/πn) where bins hold many: what counting leaves', () => {
  const cloud = Float64Array.from({ length: 2 * 16_000 }, () => stream.uniform());
  expect(sampledOverlap(cloud, 8000, stream)).toBeCloseTo(1 - Math.sqrt(BINS ** 2 / (Math.PI * 8000)), 1.7);
  // Few points fill few bins: n of B at most.
  expect(sampledOverlap(cloud, 40, stream)).toBeLessThan(40 / BINS ** 2 + 0.02);
});
