/**
 * A known truth to score a map against, from an NPZ whose arrays are [axis 0][axis 1][3] vectors with
 * components along the array's own axis 0, its axis 1, and the beam. Ferroscope calls axis 0 y and axis 1 x, so component 0
 * becomes P_y. Only for scoring; nothing that maps a scan reads it.
 */

import { fail } from '../core/errors.ts';
import { type NdArray, readNpz } from '../core/npy.ts';
import type { MapChannel, PolarizationMap } from './polarization-map.ts';

/** Stems and units of vectors, with the NPZ arrays that may hold them, best first. */
const VECTORS = [
  { stem: 'P', unit: 'uC/cm2', arrays: ['P_probe', 'P'] },
  { stem: 'dTi', unit: 'pm', arrays: ['dTi_probe_pm', 'dTi_pm'] },
] as const;

/** @param file its name, for messages @throws 'format', 'shape' */
export function truthOfNpz(bytes: Uint8Array, file: string, step_nm: number | undefined): PolarizationMap {
  const arrays = readNpz(bytes, file);
  const channels: MapChannel[] = [];
  let shape: readonly [number, number] | undefined;
  const take = (name: string, array: NdArray, components: number): Float64Array => {
    const [ry = 0, rx = 0, n = 1] = array.shape;
    if (array.shape.length !== (components > 1 ? 3 : 2) || n !== components) {
      fail(
        'shape',
        `${file}: ${name} is ${array.shape.join('×')}.`,
        `It must be [axis 0][axis 1]${components > 1 ? `[${components}]` : ''}.`,
      );
    }
    shape ??= [ry, rx];
    if (ry !== shape[0] || rx !== shape[1]) fail('shape', `${file}: ${name} has another shape.`, 'Give one scan.');
    return Float64Array.from(array.data as ArrayLike<number>, Number);
  };
  const component = (values: Float64Array, n: number, at: number) =>
    Float32Array.from({ length: values.length / n }, (_, i) => values[i * n + at]!);
  for (const { stem, unit, arrays: names } of VECTORS) {
    const name = names.find((candidate) => arrays[candidate]);
    if (!name) continue;
    const values = take(name, arrays[name]!, 3);
    for (const [axis, at] of [
      ['x', 1],
      ['y', 0],
      ['z', 2],
    ] as const) {
      channels.push({ name: `${stem}_${axis}`, unit, values: component(values, 3, at) });
    }
  }
  if (arrays.tilt_mrad) {
    const values = take('tilt_mrad', arrays.tilt_mrad, 2);
    channels.push({ name: 'tilt_x', unit: 'mrad', values: component(values, 2, 1) });
    channels.push({ name: 'tilt_y', unit: 'mrad', values: component(values, 2, 0) });
  }
  if (arrays.thickness_nm) {
    channels.push({
      name: 'thickness',
      unit: 'nm',
      values: Float32Array.from(take('thickness_nm', arrays.thickness_nm, 1)),
    });
  }
  if (!shape || channels.length === 0) {
    fail(
      'format',
      `${file} holds no truth.`,
      'It needs at least one of P_probe, dTi_probe_pm, tilt_mrad, thickness_nm.',
    );
  }
  const meta = { recipe_hash: '', version: '', seed: 0, source: file, held_out_mae: {} };
  return { shape, step_nm, channels, meta };
}
