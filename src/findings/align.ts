/**
 * A field brought onto the positions of another by a registration: each position takes the vector and σ of the nearest one in the moved map, at most half a step away along x and y.
 *
 * Not interpolated: a weighted mean of neighbours shortens vectors and has less noise than σ says, by an amount that goes with the shift, so that states would differ by how they were
 * moved. Vectors are not turned: the linear part of a registration is drift and magnification of the scan, not of the specimen.
 */

import type { Registration } from './registration.ts';
import type { AXES, Components, VectorField } from './vector-field.ts';

/** Where a position (column, row) of the reference lies in the moved map, in positions. */
export function placeIn(
  { shift_nm, linear }: Pick<Registration, 'shift_nm' | 'linear'>,
  [ny, nx]: readonly [number, number],
  step_nm: number,
  ix: number,
  iy: number,
): [x: number, y: number] {
  const [x, y] = [ix - (nx - 1) / 2, iy - (ny - 1) / 2];
  const [[xx, xy], [yx, yy]] = linear;
  return [ix + shift_nm[0] / step_nm + xx * x + xy * y, iy + shift_nm[1] / step_nm + yx * x + yy * y];
}

/** Index in the moved map of the position nearest to each of the reference, −1 outside of it: [ny][nx]. */
export function nearestIn(
  registration: Pick<Registration, 'shift_nm' | 'linear'>,
  shape: readonly [ny: number, nx: number],
  step_nm: number,
): Int32Array {
  const [ny, nx] = shape;
  return Int32Array.from({ length: ny * nx }, (_, i) => {
    const [x, y] = placeIn(registration, shape, step_nm, i % nx, Math.floor(i / nx)).map(Math.round) as [
      number,
      number,
    ];
    return x >= 0 && y >= 0 && x < nx && y < ny ? y * nx + x : -1;
  });
}

/** The moved map's field at the positions of the reference; not valid outside of it. */
export function alignField(moved: VectorField, registration: Pick<Registration, 'shift_nm' | 'linear'>): VectorField {
  const from = nearestIn(registration, moved.shape, moved.step_nm);
  const valid = Uint8Array.from(from, (i) => (i >= 0 ? moved.valid[i]! : 0));
  const taken = (components: Components): Components => {
    const one = (array: Float64Array) => Float64Array.from(from, (i) => (i >= 0 ? array[i]! : Number.NaN));
    return { x: one(components.x), y: one(components.y), z: one(components.z) };
  };
  return { ...moved, values: taken(moved.values), ...(moved.sigma && { sigma: taken(moved.sigma) }), valid };
}

/** b − a at each position valid in both; σ of independent errors. Both are of one series (series.ts), so of one shape. */
export function difference(a: VectorField, b: VectorField): VectorField {
  const valid = a.valid.map((mark, i) => mark & b.valid[i]!);
  const each = (f: (axis: (typeof AXES)[number], i: number) => number): Components => {
    const one = (axis: (typeof AXES)[number]) =>
      Float64Array.from(valid, (mark, i) => (mark ? f(axis, i) : Number.NaN));
    return { x: one('x'), y: one('y'), z: one('z') };
  };
  return {
    shape: a.shape,
    step_nm: a.step_nm,
    unit: a.unit,
    values: each((axis, i) => b.values[axis][i]! - a.values[axis][i]!),
    ...(a.sigma && b.sigma && { sigma: each((axis, i) => Math.hypot(a.sigma![axis][i]!, b.sigma![axis][i]!)) }),
    // What each state's positions share need not cancel: it goes with P, as far as anybody knows.
    ...(a.shared && { shared: a.shared }),
    valid,
  };
}
