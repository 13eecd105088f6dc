/** Profiles across a film: the mean of a quantity over the positions of one height, against height. */

import type { NoiseModel } from './draws.ts';
import { estimate } from './estimate.ts';
import type { Finding, NullKind } from './finding.ts';
import { meanOf } from './linear.ts';
import { type NullOptions, nullsOf } from './nulls.ts';
import { scattering } from './scatter.ts';
import type { Statistic } from './statistic.ts';
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

/**
 * Of what is not linear in the field: noise stays in the value, its interval is for the mean over other noise, and nulls say what noise alone gives.
 * @param said with the σ that the map states
 * @param quantity [ny][nx], NaN where there is none
 */
export function drawnProfile(
  said: VectorField,
  {
    name,
    unit,
    quantity,
  }: { readonly name: string; readonly unit: string; readonly quantity: (field: VectorField) => ArrayLike<number> },
  across: 'x' | 'y',
  options: { readonly pairs: number; readonly nulls: readonly NullKind[]; readonly null: NullOptions },
): Profile {
  const { shape, step_nm } = said;
  const field = scattering(said, options.null.values);
  const statistic: Statistic = (some) => meansAcross(quantity(some), shape, across);
  const first = statistic(field) as Float64Array;
  const present = Array.from(first.keys()).filter((line) => Number.isFinite(first[line]));
  const only: Statistic = (some) => {
    const all = statistic(some) as Float64Array;
    return present.map((line) => all[line]!);
  };
  const nulls = nullsOf(said, only, options.nulls, options.null);
  const found = estimate(
    field,
    only,
    present.map((line, k) => ({ name: `${name} at ${(line * step_nm).toFixed(2)} nm`, unit, nulls: nulls[k] ?? {} })),
    { noise: options.null.noise, correction: 'none', of: 'field', pairs: options.pairs, stream: options.null.stream },
  );
  return {
    name,
    unit,
    at_nm: Float64Array.from(first, (_, line) => line * step_nm),
    points: Array.from(first, (_, line) => found[present.indexOf(line)]),
  };
}
