import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { expect, test } from 'vitest';
import { strainOfDisplacement, strainResponse } from './inhomogeneous.ts';
import { BARIUM_TITANATE } from './parameters.ts';

const number = fc.double({ min: -3, max: 3, noNaN: true });

test('is what the displacement that minimises elastic energy plus coupling gives', () => {
  const { B11, B12, B44 } = BARIUM_TITANATE;
  fc.assert(
    fc.property(fc.tuple(number, number, number), fc.array(number, { minLength: 6, maxLength: 6 }), (k, g) => {
      fc.pre(Math.hypot(...k) > 0.1);
      const square = k.reduce((sum, value) => sum + value * value, 0);
      const K = new Matrix(
        [0, 1, 2].map((a) =>
          [0, 1, 2].map((b) =>
            a === b ? B11 * k[a]! ** 2 + B44 * (square - k[a]! ** 2) : (B12 + B44) * k[a]! * k[b]!,
          ),
        ),
      );
      const S = new Matrix(strainOfDisplacement(k).map((row) => [...row]));
      // η = iSw and w = iK⁻¹Sᵀg, so η = −S K⁻¹Sᵀ g.
      const strain = S.mmul(solve(K, S.transpose().mmul(Matrix.columnVector(g)))).to1DArray();
      const triangle = strainResponse(BARIUM_TITANATE, k);
      const product = [0, 1, 2, 3, 4, 5].map((l) =>
        g.reduce((sum, value, m) => {
          const [low, high] = [Math.min(l, m), Math.max(l, m)];
          return sum + value * triangle[(low * (11 - low)) / 2 + high]!;
        }, 0),
      );
      strain.forEach((value, l) => {
        expect(product[l]).toBeCloseTo(value, 11);
      });
    }),
  );
});

test('elastic energy of the response is that of homogeneous strain with the same elastic constants along ⟨100⟩', () => {
  // A plane wave of normal strain along x against a load: a bar that cannot contract sideways, η1 = −g/B11. A shear: η6 = −g/B44.
  const triangle = strainResponse(BARIUM_TITANATE, [2, 0, 0]);
  expect(triangle[0]).toBeCloseTo(1 / BARIUM_TITANATE.B11, 14);
  expect(triangle[20]).toBeCloseTo(1 / BARIUM_TITANATE.B44, 14);
});
