/**
 * A vector at each point of a square grid in a plane, with what is known of its error: one type for a measured map, a simulated film and a texture.
 *
 * Axes: y is the first axis of the grid and x the second; z is normal to the plane, along the beam from source to detector for a map; (x, y, z) is right-handed. Whatever
 * has a handedness (topological charge, curl, helicity) is meant in that frame: a figure with y downwards is seen along +z, from the source.
 * Not here: where a field comes from (from-map.ts), what is found in it.
 */

import { fail } from '../core/errors.ts';

/** One number for each component at each position, [ny][nx] row by row. */
export interface Components {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

export const AXES = ['x', 'y', 'z'] as const;
export type Axis = (typeof AXES)[number];

export interface VectorField {
  /** Positions along y and x. */
  readonly shape: readonly [ny: number, nx: number];
  /** Between neighbours, the same along y and x [nm]. */
  readonly step_nm: number;
  /** Of values, σ and prior: 'uC/cm2'. */
  readonly unit: string;
  /** NaN where `valid` is 0. */
  readonly values: Components;
  /** Standard uncertainty; absent where none is stated (a truth, a film). */
  readonly sigma?: Components | undefined;
  /** 1 where there is a value to be used, else 0: [ny][nx]. */
  readonly valid: Uint8Array;
  /** σ of somebody who knows only the mean of the model's structures, by component; absent where nobody states it. */
  readonly prior?: Readonly<Record<Axis, number>> | undefined;
  /** Share of σ² that all positions have in common, 0 to 1, by component: errors that no mean over positions takes away; 0 where nobody states it. */
  readonly shared?: Readonly<Record<Axis, number>> | undefined;
}

/** @throws 'shape', 'range' where arrays do not fill the shape, the step is not above zero, or a valid position has no number or a σ that is not one */
export function checkField({ shape: [ny, nx], step_nm, values, sigma, valid }: VectorField): void {
  const count = ny * nx;
  if (!(Number.isInteger(ny) && Number.isInteger(nx) && count > 0)) {
    fail('shape', `A field of ${ny} × ${nx} positions is empty.`, 'Give it at least one row and one column.');
  }
  if (!(step_nm > 0))
    fail('range', `The step is ${step_nm} nm.`, 'Give the distance between positions in nm, above zero.');
  if (valid.length !== count) {
    fail('shape', `${valid.length} marks of validity for ${ny} × ${nx} positions.`, 'Fill [ny][nx] row by row.');
  }
  for (const [what, components] of [
    ['values', values],
    ['σ', sigma],
  ] as const) {
    if (!components) continue;
    for (const axis of AXES) {
      const array = components[axis];
      if (array.length !== count) {
        fail(
          'shape',
          `${array.length} ${what} along ${axis} for ${ny} × ${nx} positions.`,
          'Fill [ny][nx] row by row.',
        );
      }
      const bad = array.findIndex(
        (value, i) => valid[i] === 1 && !(Number.isFinite(value) && (what === 'values' || value >= 0)),
      );
      if (bad >= 0) {
        const place = `y = ${Math.floor(bad / nx)}, x = ${bad % nx}`;
        fail('range', `${what} along ${axis} at ${place} is ${array[bad]}.`, 'Mask positions that hold no number.', {
          at: bad,
        });
      }
    }
  }
}

/** How many positions are valid. */
export function validCount({ valid }: VectorField): number {
  let count = 0;
  for (const mark of valid) count += mark;
  return count;
}

/** The same field where `keep` is 1 too; positions left out become NaN. @param keep [ny][nx] */
export function restrict(field: VectorField, keep: Uint8Array): VectorField {
  const valid = field.valid.map((mark, i) => mark & keep[i]!);
  const masked = (components: Components): Components =>
    mapComponents(components, (value, i) => (valid[i] ? value : Number.NaN));
  return { ...field, values: masked(field.values), ...(field.sigma && { sigma: masked(field.sigma) }), valid };
}

/** So many zeros for each component. */
export function componentsOf(count: number): Components {
  return { x: new Float64Array(count), y: new Float64Array(count), z: new Float64Array(count) };
}

/** `f` of each number of each component. */
export function mapComponents(components: Components, f: (value: number, i: number, axis: Axis) => number): Components {
  const one = (axis: Axis) => components[axis].map((value, i) => f(value, i, axis));
  return { x: one('x'), y: one('y'), z: one('z') };
}

/** |P| at each position, NaN where the field is not valid: [ny][nx]. */
export function magnitudes({ values: { x, y, z } }: VectorField): Float64Array {
  return x.map((value, i) => Math.sqrt(value * value + y[i]! * y[i]! + z[i]! * z[i]!));
}
