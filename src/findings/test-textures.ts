/** Textures of known topology, and turns and mirrors of fields. For tests. */

import { RandomStream } from '../core/random.ts';
import { AXES, type Axis, type VectorField } from './vector-field.ts';

type Vector = readonly [x: number, y: number, z: number];
type Shape = readonly [ny: number, nx: number];

/** A field without σ of what `f` says at (x, y) [steps]. */
export function fieldOf(shape: Shape, f: (x: number, y: number) => Vector, step_nm = 0.4): VectorField {
  const [ny, nx] = shape;
  const values = { x: new Float64Array(ny * nx), y: new Float64Array(ny * nx), z: new Float64Array(ny * nx) };
  for (let at = 0; at < ny * nx; at++) {
    [values.x[at], values.y[at], values.z[at]] = f(at % nx, Math.floor(at / nx));
  }
  return { shape, step_nm, unit: 'uC/cm2', values, valid: new Uint8Array(ny * nx).fill(1) };
}

/** The same field with σ of each component everywhere. */
export function withSigma(field: VectorField, sigma: Readonly<Record<Axis, number>>): VectorField {
  const full = (axis: Axis) => new Float64Array(field.valid.length).fill(sigma[axis]);
  return { ...field, sigma: { x: full('x'), y: full('y'), z: full('z') } };
}

/** A draw: independent normal errors of the stated σ added. */
export function noisy(field: VectorField, random: RandomStream): VectorField {
  const one = (axis: Axis) => field.values[axis].map((value, i) => value + field.sigma![axis][i]! * random.normal());
  return { ...field, values: { x: one('x'), y: one('y'), z: one('z') } };
}

/** |P| = 20; polar angle θ(r) and ψ = mφ + γ about (cx, cy). */
export function texture(
  shape: Shape,
  [cx, cy]: readonly [number, number],
  theta: (r: number) => number,
  m: number,
  gamma: number,
): VectorField {
  return fieldOf(shape, (x, y) => {
    const t = theta(Math.hypot(x - cx, y - cy));
    const psi = m * Math.atan2(y - cy, x - cx) + gamma;
    return [20 * Math.sin(t) * Math.cos(psi), 20 * Math.sin(t) * Math.sin(psi), 20 * Math.cos(t)];
  });
}

/** Core down in up: θ = π(1 − r/R), 0 from R on. */
export const skyrmionAngle =
  (radius: number) =>
  (r: number): number =>
    r < radius ? Math.PI * (1 - r / radius) : 0;

/** A few plane waves for each component, with the period of the grid or none, and a mean. */
export function smoothField(shape: Shape, seed: number, periodic = false): VectorField {
  const random = new RandomStream(seed, 'smooth');
  const [ny, nx] = shape;
  const waves = AXES.map(() =>
    Array.from({ length: 4 }, () => {
      const [u, v] = [random.integer(5) - 2, random.integer(5) - 2];
      const detune = periodic ? 0 : random.between(-0.4, 0.4);
      return [
        (2 * Math.PI * (u + detune)) / nx,
        (2 * Math.PI * (v - detune)) / ny,
        random.between(0, 7),
        random.normal(),
      ] as const;
    }),
  );
  const means = AXES.map(() => 0.5 * random.normal());
  const one = (axis: number, x: number, y: number) =>
    waves[axis]!.reduce((sum, [kx, ky, phase, size]) => sum + size * Math.cos(kx * x + ky * y + phase), means[axis]!);
  return fieldOf(shape, (x, y) => [one(0, x, y), one(1, x, y), one(2, x, y)]);
}

/** Moves the value at each position of `field` to where `to` says, on a grid of `shape`, turned by `vector`. */
function moved(
  field: VectorField,
  shape: Shape,
  to: (x: number, y: number) => readonly [x: number, y: number],
  vector: (p: Vector) => Vector,
): VectorField {
  const [ny, nx] = field.shape;
  const source = new Int32Array(ny * nx);
  for (let at = 0; at < ny * nx; at++) {
    const [x, y] = to(at % nx, Math.floor(at / nx));
    source[y * shape[1] + x] = at;
  }
  const { x, y, z } = field.values;
  const result = fieldOf(
    shape,
    (u, v) => {
      const at = source[v * shape[1] + u]!;
      return vector([x[at]!, y[at]!, z[at]!]);
    },
    field.step_nm,
  );
  return { ...result, valid: result.valid.map((_, at) => field.valid[source[at]!]!) };
}

/** Of the vectors where they are. */
export const vectorsOnly = (field: VectorField, vector: (p: Vector) => Vector): VectorField =>
  moved(field, field.shape, (x, y) => [x, y], vector);

/** Grid and vectors by 90° from x to y. */
export const turned = (field: VectorField): VectorField =>
  moved(
    field,
    [field.shape[1], field.shape[0]],
    (x, y) => [field.shape[0] - 1 - y, x],
    ([x, y, z]) => [-y, x, z],
  );

/** x → −x of the grid, and of the (polar) vectors where `vectors` is true. */
export const mirrored = (field: VectorField, vectors: boolean): VectorField =>
  moved(
    field,
    field.shape,
    (x, y) => [field.shape[1] - 1 - x, y],
    ([x, y, z]) => (vectors ? [-x, y, z] : [x, y, z]),
  );
