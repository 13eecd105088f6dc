/** Fields with known domains, for tests. Not a test. */

import { RandomStream } from '../core/random.ts';
import { AXES, type Components, type VectorField } from './vector-field.ts';

type Vector = readonly [number, number, number];

/** 'uC/cm2', step 0.4 nm, all valid, no σ. */
export function fieldOf(ny: number, nx: number, vector: (x: number, y: number) => Vector): VectorField {
  const one = () => new Float64Array(ny * nx);
  const values = { x: one(), y: one(), z: one() };
  for (let i = 0; i < ny * nx; i++) {
    const [x, y, z] = vector(i % nx, Math.floor(i / nx));
    values.x[i] = x;
    values.y[i] = y;
    values.z[i] = z;
  }
  return { shape: [ny, nx], step_nm: 0.4, unit: 'uC/cm2', values, valid: new Uint8Array(ny * nx).fill(1) };
}

/** With independent noise of one σ, which the field then states. */
export function noisy(field: VectorField, sigma: number, seed: number): VectorField {
  const random = new RandomStream(seed, 'noise');
  const one = (axis: keyof Components) => field.values[axis].map((value) => value + sigma * random.normal());
  const values = { x: one('x'), y: one('y'), z: one('z') };
  const stated = () => new Float64Array(field.valid.length).fill(sigma);
  return { ...field, values, sigma: { x: stated(), y: stated(), z: stated() } };
}

/** Two vectors of length 10 with that angle between them, neither along an axis. */
export function pair(angle_deg: number): readonly [Vector, Vector] {
  const [c, s] = [10 * Math.cos((angle_deg * Math.PI) / 180), 10 * Math.sin((angle_deg * Math.PI) / 180)];
  const u: Vector = [0.48, 0.6, 0.64];
  const v: Vector = [0.8, 0, -0.6];
  return [
    [10 * u[0], 10 * u[1], 10 * u[2]],
    [c * u[0] + s * v[0], c * u[1] + s * v[1], c * u[2] + s * v[2]],
  ];
}

/** Stripes of width w [positions] whose normal is turned by an angle from x, of two vectors in turn. */
export function stripes(n: number, w: number, turn_deg: number, vectors: readonly [Vector, Vector], shift = 0.37) {
  const t = (turn_deg * Math.PI) / 180;
  return fieldOf(n, n, (x, y) => {
    const across = Math.floor((x * Math.cos(t) + y * Math.sin(t) + shift) / w);
    return vectors[((across % 2) + 2) % 2 === 0 ? 0 : 1];
  });
}

/** Grid and vectors turned by 90°: what is along x comes along y, and y along −x. */
export function turned(field: VectorField): VectorField {
  const [ny, nx] = field.shape;
  const moved = <T extends Float64Array | Uint8Array>(from: T, sign = 1): T => {
    const to = from.slice() as T;
    for (let i = 0; i < from.length; i++) to[turnedIndex(i, ny, nx)] = sign * from[i]!;
    return to;
  };
  const vectors = (c: Components, sign: number): Components => ({ x: moved(c.y, sign), y: moved(c.x), z: moved(c.z) });
  return {
    ...field,
    shape: [nx, ny],
    values: vectors(field.values, -1),
    ...(field.sigma && { sigma: vectors(field.sigma, 1) }),
    valid: moved(field.valid),
  };
}

/** Where position i of [ny][nx] comes to: (x, y) → (ny − 1 − y, x). */
export function turnedIndex(i: number, ny: number, nx: number): number {
  return (i % nx) * ny + (ny - 1 - Math.floor(i / nx));
}

/** Masked where `keep` says no, with NaN as a field has it. */
export function masked(field: VectorField, keep: (x: number, y: number) => boolean): VectorField {
  const [, nx] = field.shape;
  const valid = field.valid.map((mark, i) => (mark && keep(i % nx, Math.floor(i / nx)) ? 1 : 0));
  const values = { ...field.values };
  for (const axis of AXES) values[axis] = field.values[axis].map((value, i) => (valid[i] ? value : Number.NaN));
  return { ...field, values, valid };
}
