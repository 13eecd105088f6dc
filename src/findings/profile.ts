/** Profiles across a film: the mean of a quantity over the positions of one height, against height. */

import type { NoiseModel } from './draws.ts';
import type { Finding } from './finding.ts';
import { meanOf } from './linear.ts';
import type { Axis, Components, VectorField } from './vector-field.ts';

export interface Profile {
  readonly name: string;
  readonly unit: string;
  /** Of each row or column, from the map's first position [nm]. */
  readonly at_nm: Float64Array;
  /** At each height; undefined where no position of it is valid. */
  readonly points: readonly (Finding | undefined)[];
}

/** One height of a field, as a field of one row or column. @param across the axis along which heights change */
function lineOf(field: VectorField, across: 'x' | 'y', line: number): VectorField {
  const [ny, nx] = field.shape;
  const cut = <T extends Float64Array | Uint8Array>(array: T): T =>
    (across === 'y' ? array.slice(line * nx, (line + 1) * nx) : array.filter((_, i) => i % nx === line)) as T;
  const each = ({ x, y, z }: Components): Components => ({ x: cut(x), y: cut(y), z: cut(z) });
  return {
    ...field,
    shape: across === 'y' ? [1, nx] : [ny, 1],
    values: each(field.values),
    ...(field.sigma && { sigma: each(field.sigma) }),
    valid: cut(field.valid),
  };
}

/** Of one component: exact, with the noise that neighbours share (linear.ts). */
export function componentProfile(field: VectorField, axis: Axis, across: 'x' | 'y', noise: NoiseModel): Profile {
  const heights = field.shape[across === 'y' ? 0 : 1];
  return {
    name: `P_${axis}`,
    unit: field.unit,
    at_nm: Float64Array.from({ length: heights }, (_, line) => line * field.step_nm),
    points: Array.from({ length: heights }, (_, line) => {
      const one = lineOf(field, across, line);
      return one.valid.includes(1) ? meanOf(one, axis, noise) : undefined;
    }),
  };
}

/** Mean of a map of numbers, [ny][nx] with NaN where there is none, at each height; NaN where there is none at all. */
export function meansAcross(
  values: ArrayLike<number>,
  [ny, nx]: readonly [number, number],
  across: 'x' | 'y',
): Float64Array {
  const length = across === 'y' ? ny : nx;
  const sum = new Float64Array(length);
  const count = new Uint32Array(length);
  for (let i = 0; i < ny * nx; i++) {
    if (!Number.isFinite(values[i])) continue;
    const line = across === 'y' ? Math.floor(i / nx) : i % nx;
    sum[line]! += values[i]!;
    count[line]!++;
  }
  return sum.map((total, line) => (count[line] ? total / count[line]! : Number.NaN));
}
