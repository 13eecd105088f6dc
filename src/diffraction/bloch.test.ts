/** Multislice against Bloch waves: two solutions of one equation that share only the potential. */

import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { frequency } from '../core/fft.ts';
import { type Beam, blochWaves, type SymmetricEigen } from './bloch.ts';
import { sliceStack } from './slices.ts';
import { averaged, planeWaveBeams, r1, virtualCrystal } from './test-structures.ts';

const eigen: SymmetricEigen = (matrix, n) => {
  const solution = new EigenvalueDecomposition(Matrix.from1DArray(n, n, matrix), { assumeSymmetric: true });
  return { values: solution.realEigenvalues, vectors: Float64Array.from(solution.eigenvectorMatrix.to1DArray()) };
};

const n = 16;
const beams: Beam[] = Array.from({ length: n * n }, (_, i) => [frequency(i % n, n), frequency(Math.floor(i / n), n)]);
const u2 = { Ba: 0.0064, Sr: 0.0064, Ti: 0.0064, O: 0.0064 };

test('multislice of a z-averaged polar crystal, tilted: R1 ≤ 6e-4 at 0.25 Å, ≤ 0.6% at 1 Å, 30–80 nm', () => {
  const crystal = virtualCrystal({ a_A: 4, planes: [0.25, 0.75], ti_A: [0.07, 0.03, 0] });
  const whole = sliceStack(crystal, { nx: n, ny: n, nSlices: 16, slicing: 'spline', u2_A2: u2 });
  const offset_invA: [number, number] = [0.021, -0.013];
  const exact = blochWaves(averaged(whole, 1), beams, { voltage_kV: 300, offset_invA }, eigen);
  for (const [dz, limit] of [
    [0.25, 6e-4],
    [1, 6e-3],
  ] as const) {
    const perCell = 4 / dz;
    const cells = [75, 125, 200];
    const got = planeWaveBeams(
      averaged(whole, perCell),
      cells.map((c) => c * perCell),
      { voltage_kV: 300, offset_invA },
    );
    for (const [i, c] of cells.entries()) {
      const { re, im } = exact(c * 4);
      const want = re.map((x, g) => x * x + im[g]! ** 2);
      expect(want.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
      const difference = r1(got[i]!, want);
      console.log(`Bloch against multislice, ${dz} Å, ${(c * 0.4).toFixed(0)} nm: R1 ${difference.toExponential(1)}`);
      expect(difference).toBeLessThan(limit);
    }
  }
});
