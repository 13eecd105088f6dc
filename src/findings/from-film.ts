/**
 * A film in cross-section as a field, seen as a microscope sees it: the beam runs along the film's −y, so that what is measured is the mean over that direction. The
 * field's x is the film's x, its y the film's normal z with the lower electrode at y = 0, its z the film's −y; (x, y, z) stays right-handed.
 */

import { fail } from '../core/errors.ts';
import { checkField, type VectorField } from './vector-field.ts';

/**
 * @param film soft modes [Å], [nz][ny][nx][3], and the film's µC/cm² for each Å of them
 * @throws 'shape' where modes do not fill the cells
 */
export function fieldOfFilm(film: {
  readonly cells: readonly [nx: number, ny: number, nz: number];
  readonly a_A: number;
  readonly modes_A: ArrayLike<number>;
  readonly uC_cm2_per_A: number;
}): VectorField {
  const { cells, a_A, modes_A, uC_cm2_per_A } = film;
  const [nx, ny, nz] = cells;
  if (modes_A.length !== 3 * nx * ny * nz) {
    fail('shape', `${modes_A.length} numbers for ${nx} × ${ny} × ${nz} cells.`, 'Give three components of each cell.');
  }
  const values = { x: new Float64Array(nz * nx), y: new Float64Array(nz * nx), z: new Float64Array(nz * nx) };
  const share = uC_cm2_per_A / ny;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        const cell = 3 * ((k * ny + j) * nx + i);
        const at = k * nx + i;
        values.x[at]! += share * modes_A[cell]!;
        values.y[at]! += share * modes_A[cell + 2]!;
        values.z[at]! -= share * modes_A[cell + 1]!;
      }
    }
  }
  const field = {
    shape: [nz, nx],
    step_nm: a_A / 10,
    unit: 'uC/cm2',
    values,
    valid: new Uint8Array(nz * nx).fill(1),
  } as const;
  checkField(field);
  return field;
}
