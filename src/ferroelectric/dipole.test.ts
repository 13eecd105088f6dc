import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Vec3 } from '../crystal/structure.ts';
import { dipoleTable, dipoleTensor } from './dipole.ts';

const component = fc.double({ min: -0.5, max: 0.5, noNaN: true });
const AXES: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [2, 0],
  [0, 1],
];

/** The defining sum with the factor exp(−εR²), which converges at every k ≠ 0. */
function dampedSum(q: Vec3, epsilon: number): number[] {
  const sum = [0, 0, 0, 0, 0, 0];
  const reach = Math.ceil(6 / Math.sqrt(epsilon));
  for (let x = -reach; x <= reach; x++) {
    for (let y = -reach; y <= reach; y++) {
      for (let z = -reach; z <= reach; z++) {
        const square = x * x + y * y + z * z;
        if (square === 0 || square > reach * reach) continue;
        const at = [x, y, z];
        const weight =
          Math.cos(2 * Math.PI * (q[0] * x + q[1] * y + q[2] * z)) * Math.exp(-epsilon * square) * square ** -2.5;
        for (const [i, [a, b]] of AXES.entries()) {
          sum[i]! += weight * ((a === b ? square : 0) - 3 * at[a]! * at[b]!);
        }
      }
    }
  }
  return sum;
}

test('the zone centre has the Lorentz field of a simple cubic lattice', () => {
  const tensor = dipoleTensor([0, 0, 0]);
  for (let i = 0; i < 6; i++) expect(tensor[i]).toBeCloseTo(i < 3 ? (-4 * Math.PI) / 3 : 0, 13);
});

test('is the lattice sum that defines it', () => {
  for (const q of [
    [0.5, 0, 0],
    [0.5, 0.5, 0],
    [0.31, -0.22, 0.43],
  ] as const) {
    // The damping's error is linear in ε, and quadratic after one extrapolation, and so on.
    const [a, b, c] = [0.08, 0.04, 0.02].map((epsilon) => dampedSum(q, epsilon)) as [number[], number[], number[]];
    dipoleTensor(q).forEach((value, i) => {
      const once = [2 * b[i]! - a[i]!, 2 * c[i]! - b[i]!] as const;
      expect(Math.abs((4 * once[1] - once[0]) / 3 - value)).toBeLessThan(5e-5);
    });
  }
});

test('has no trace, and is even and periodic', () => {
  fc.assert(
    fc.property(component, component, component, (x, y, z) => {
      fc.pre(x * x + y * y + z * z > 1e-6);
      const tensor = dipoleTensor([x, y, z]);
      expect(Math.abs(tensor[0]! + tensor[1]! + tensor[2]!)).toBeLessThan(1e-12);
      const same = [dipoleTensor([-x, -y, -z]), dipoleTensor([x + 1, y, z])];
      // One period on, the reciprocal sum is cut elsewhere: what it leaves out grows there.
      // A component of q carries the rounding of its neighbours q ± 1, …, and k̂ is that over |q|.
      const rounding = (4 * Math.PI * 1e-15) / Math.hypot(x, y, z);
      for (let i = 0; i < 6; i++) {
        expect(Math.abs(same[0]![i]! - tensor[i]!)).toBeLessThan(1e-13 + rounding);
        expect(Math.abs(same[1]![i]! - tensor[i]!)).toBeLessThan(1e-8);
      }
    }),
    { numRuns: 20 },
  );
});

test('long waves see the macroscopic field, 4π(k̂k̂ − 1/3)', () => {
  const direction = [0.36, 0.48, 0.8] as const;
  const tensor = dipoleTensor([0.36e-4, 0.48e-4, 0.8e-4]);
  for (const [i, [a, b]] of AXES.entries()) {
    expect(tensor[i]).toBeCloseTo(4 * Math.PI * (direction[a]! * direction[b]! - (a === b ? 1 / 3 : 0)), 6);
  }
});

test('a dipole does not act on itself but through its images', () => {
  // The mean of D(k) over a cubic supercell's wave vectors is the tensor at R = 0: the lattice of images, whose Lorentz field is N times weaker.
  for (const n of [3, 4]) {
    const table = dipoleTable([n, n, n]);
    for (let i = 0; i < 6; i++) {
      const mean = table.reduce((sum, value, at) => sum + (at % 6 === i ? value : 0), 0) / n ** 3;
      expect(mean).toBeCloseTo(i < 3 ? (-4 * Math.PI) / 3 / n ** 3 : 0, 12);
    }
  }
});

test('the table of a supercell holds D of every wave vector', () => {
  const [nx, ny, nz] = [4, 3, 5] as const;
  const table = dipoleTable([nx, ny, nz]);
  const wrap = (i: number, n: number) => (i > n / 2 ? i - n : i) / n;
  for (let at = 0; at < nx * ny * nz; at++) {
    const [i, j, k] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
    dipoleTensor([wrap(i, nx), wrap(j, ny), wrap(k, nz)]).forEach((value, c) => {
      expect(table[6 * at + c]).toBeCloseTo(value, 12);
    });
  }
});
