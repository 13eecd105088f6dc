import { expect, test } from 'vitest';
import { fieldOfFilm } from './from-film.ts';

test('a film’s normal is the field’s y, the beam averages its y, and the frame stays right-handed', () => {
  const [nx, ny, nz] = [2, 3, 4] as const;
  const modes_A = Float64Array.from({ length: 3 * nx * ny * nz }, (_, at) => {
    const cell = Math.floor(at / 3);
    const [i, j, k] = [cell % nx, Math.floor(cell / nx) % ny, Math.floor(cell / nx / ny)];
    return [i, j, k][at % 3]!;
  });
  const { shape, values, step_nm, unit } = fieldOfFilm({ cells: [nx, ny, nz], a_A: 4, modes_A, uC_cm2_per_A: 10 });
  expect([shape, step_nm, unit]).toEqual([[4, 2], 0.4, 'uC/cm2']);
  // At layer 3, column 1: u = (1, mean of j = 1, 3).
  expect([values.x[7], values.y[7], values.z[7]]).toEqual([10, 30, -10]);
  // film x × film z = −film y.
  const cross = (a: number[], b: number[]) => [
    a[1]! * b[2]! - a[2]! * b[1]!,
    a[2]! * b[0]! - a[0]! * b[2]!,
    a[0]! * b[1]! - a[1]! * b[0]!,
  ];
  expect(cross([1, 0, 0], [0, 0, 1])).toEqual([0, -1, 0]);
});

test('numbers that do not fill the cells are a tagged error', () => {
  expect(() => fieldOfFilm({ cells: [2, 2, 2], a_A: 4, modes_A: [1, 2], uC_cm2_per_A: 1 })).toThrow(/2 numbers for/);
});
