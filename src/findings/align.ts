/**
 * A field brought onto the positions of another by a registration: bilinear interpolation, σ propagated with the correlation that the noise of neighbours has. Vectors
 * are not turned: the linear part of a registration is drift and magnification of the scan, not of the specimen.
 */

import { bilinear, place } from './bilinear.ts';
import type { NoiseModel } from './draws.ts';
import type { Registration } from './registration.ts';
import { AXES, type Components, type VectorField } from './vector-field.ts';

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

/**
 * The moved map's field at the positions of the reference; a position is valid where all neighbours that count are.
 * σ² = Σ wᵢwⱼσᵢσⱼ exp(−d²ᵢⱼ/2L²), the variance of a weighted mean (draws.ts).
 * @param noise of the moved map's neighbours
 */
export function alignField(moved: VectorField, registration: Registration, { length_nm }: NoiseModel): VectorField {
  const { shape, step_nm } = moved;
  const [ny, nx] = shape;
  const count = ny * nx;
  const empty = (): Components => ({
    x: new Float64Array(count).fill(Number.NaN),
    y: new Float64Array(count).fill(Number.NaN),
    z: new Float64Array(count).fill(Number.NaN),
  });
  const values = empty();
  const sigma = moved.sigma && empty();
  const valid = new Uint8Array(count);
  const offsets = [0, 1, nx, nx + 1];
  const near = (steps2: number): number =>
    steps2 === 0 ? 1 : length_nm > 0 ? Math.exp((-steps2 * step_nm ** 2) / (2 * length_nm ** 2)) : 0;
  // Of the four corners of a square: distance² between them [steps²].
  const correlation = offsets.map((_, a) => offsets.map((_, b) => near(((a ^ b) & 1) + (((a ^ b) >> 1) & 1))));
  const spot = bilinear();
  for (let iy = 0, i = 0; iy < ny; iy++) {
    for (let ix = 0; ix < nx; ix++, i++) {
      const [x, y] = placeIn(registration, shape, step_nm, ix, iy);
      if (!place(shape, x, y, spot)) continue;
      const { at, weights } = spot;
      if (offsets.some((offset, k) => weights[k]! > 1e-9 && !moved.valid[at + offset])) continue;
      valid[i] = 1;
      for (const axis of AXES) {
        let value = 0;
        for (let k = 0; k < 4; k++)
          if (weights[k]! > 1e-9) value += weights[k]! * moved.values[axis][at + offsets[k]!]!;
        values[axis][i] = value;
        if (!sigma || !moved.sigma) continue;
        let variance = 0;
        for (let a = 0; a < 4; a++) {
          for (let b = 0; b < 4; b++) {
            const weight = weights[a]! * weights[b]! * correlation[a]![b]!;
            if (weight > 1e-12)
              variance += weight * moved.sigma[axis][at + offsets[a]!]! * moved.sigma[axis][at + offsets[b]!]!;
          }
        }
        sigma[axis][i] = Math.sqrt(variance);
      }
    }
  }
  return { ...moved, values, ...(sigma && { sigma }), valid };
}

/** b − a at each position valid in both; σ of independent noises. @throws nothing: fields of one series have one shape (series.ts) */
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
    valid,
  };
}
