/**
 * Curl, divergence and bound charge of a field by central differences, ∂f = (f₊ − f₋)/2h, at positions that are valid and have valid neighbours on both sides along the
 * axes that are needed: none at edges nor beside masked positions.
 *
 *     curl P = (∂y P_z, −∂x P_z, ∂x P_y − ∂y P_x),   div P = ∂x P_x + ∂y P_y,   ρ = −div P,
 *
 * all with ∂z = 0: a map is a mean along the beam, and what changes along it (∂z P_z in ρ) is not seen. σ is exact for errors that are independent between positions and
 * components; neighbouring patterns share some of theirs, so draw with that where it matters.
 * Axes as in VectorField, (x, y, z) right-handed. Not here: derivatives of directions (topology.ts).
 */

import { E_PER_A2_IN_UC_CM2 } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import type { ScalarMap } from './scalar-map.ts';
import type { Axis, VectorField } from './vector-field.ts';

/** ±∂along P_of. */
interface Term {
  readonly of: Axis;
  readonly along: 'x' | 'y';
  readonly sign: 1 | -1;
}

/** Sum of derivatives [unit of the field / nm]. */
function sumOf(field: VectorField, terms: readonly Term[]): ScalarMap {
  const { shape, step_nm, unit, values, sigma, valid } = field;
  const [ny, nx] = shape;
  const alongX = terms.some(({ along }) => along === 'x') ? 1 : 0;
  const alongY = terms.some(({ along }) => along === 'y') ? 1 : 0;
  const out = new Float64Array(ny * nx).fill(Number.NaN);
  const error = sigma && new Float64Array(ny * nx).fill(Number.NaN);
  const arrays = terms.map(({ of, along, sign }) => ({
    p: values[of],
    s: sigma?.[of],
    stride: along === 'x' ? 1 : nx,
    scale: sign / (2 * step_nm),
  }));
  let n = 0;
  for (let j = alongY; j < ny - alongY; j++) {
    for (let i = alongX; i < nx - alongX; i++) {
      const at = j * nx + i;
      if (!valid[at] || (alongX && !(valid[at - 1]! & valid[at + 1]!))) continue;
      if (alongY && !(valid[at - nx]! & valid[at + nx]!)) continue;
      let [sum, variance] = [0, 0];
      for (const { p, s, stride, scale } of arrays) {
        sum += (p[at + stride]! - p[at - stride]!) * scale;
        if (s) variance += (s[at + stride]! ** 2 + s[at - stride]! ** 2) * scale * scale;
      }
      out[at] = sum;
      if (error) error[at] = Math.sqrt(variance);
      n++;
    }
  }
  return { shape, step_nm, unit: `${unit}/nm`, values: out, sigma: error, n, leftOut: ny * nx - n };
}

/** The three components of the curl, with ∂z = 0 [unit of the field / nm]; positive z turns from x to y. */
export function curl(field: VectorField): Readonly<Record<Axis, ScalarMap>> {
  return {
    x: sumOf(field, [{ of: 'z', along: 'y', sign: 1 }]),
    y: sumOf(field, [{ of: 'z', along: 'x', sign: -1 }]),
    z: sumOf(field, [
      { of: 'y', along: 'x', sign: 1 },
      { of: 'x', along: 'y', sign: -1 },
    ]),
  };
}

/** ∂x P_x + ∂y P_y [unit of the field / nm]; positive where P flows out. */
export function divergence(field: VectorField): ScalarMap {
  return sumOf(field, [
    { of: 'x', along: 'x', sign: 1 },
    { of: 'y', along: 'y', sign: 1 },
  ]);
}

/** Units of a charge density. */
export type ChargeUnit = 'C/m3' | 'e/nm3';

/** One µC/cm²/nm: 10⁻⁶ C / 10⁻⁴ m² / 10⁻⁹ m, and the same in elementary charges. */
const PER_UC_CM2_NM: Readonly<Record<ChargeUnit, number>> = {
  'C/m3': 1e7,
  'e/nm3': 100 / E_PER_A2_IN_UC_CM2,
};

/**
 * Bound charge ρ = −div P in the plane: positive where P meets head to head, negative tail to tail. Default unit e/nm³, 0.0624 of which are 1e7 C/m³.
 * @throws 'unsupported' for a field that is not in µC/cm²
 */
export function boundCharge(field: VectorField, unit: ChargeUnit = 'e/nm3'): ScalarMap {
  if (field.unit !== 'uC/cm2') {
    fail('unsupported', `A field in '${field.unit}' has no bound charge.`, "Give polarization in 'uC/cm2'.", {
      unit: field.unit,
    });
  }
  const map = divergence(field);
  const scale = PER_UC_CM2_NM[unit];
  return {
    ...map,
    unit,
    values: map.values.map((value) => -value * scale),
    sigma: map.sigma?.map((value) => value * scale),
  };
}
