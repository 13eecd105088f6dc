/** The polarization of a map as a field. Not here: files (polarization/map-files.ts). */

import { fail } from '../core/errors.ts';
import { getChannel, OUT_OF_DOMAIN, type PolarizationMap, requireStep } from '../polarization/polarization-map.ts';
import { AXES, type Axis, type Components, checkField, type VectorField } from './vector-field.ts';

/** A map's polarization, and why positions are left out. */
export interface MapField {
  readonly field: VectorField;
  readonly left_out: {
    /** Positions with no value: not measured. */
    readonly not_measured: number;
    /** Positions out of the model's domain. */
    readonly out_of_domain: number;
  };
}

/**
 * P_x, P_y, P_z of a map [µC/cm²] with σ and prior. Positions without a value in all three, and those marked out of the model's domain, are masked and counted.
 * @param options.sigma 'needed' refuses a map without σ; 'absent' leaves σ out, for a truth
 * @throws 'model-mismatch' without a component, 'incomplete' for a map without σ, or with no position that can be used
 */
export function fieldOfMap(map: PolarizationMap, options: { readonly sigma: 'needed' | 'absent' }): MapField {
  const { shape, meta } = map;
  const step_nm = requireStep(map, meta.source);
  const channels = AXES.map((axis) => getChannel(map, `P_${axis}`));
  const needed = options.sigma === 'needed';
  const bare = channels.find(({ sigma }) => !sigma);
  if (needed && bare) {
    fail(
      'incomplete',
      `${meta.source}: ${bare.name} has no σ.`,
      'Map the scan again with this version: what is found in a map is stated with its error.',
      { channel: bare.name },
    );
  }
  const marked = map.channels.find(({ name }) => name === OUT_OF_DOMAIN)?.values;
  const left_out = { not_measured: 0, out_of_domain: 0 };
  const valid = new Uint8Array(shape[0] * shape[1]);
  for (let i = 0; i < valid.length; i++) {
    const measured = channels.every(
      ({ values, sigma }) =>
        Number.isFinite(values[i]) && !(needed && !(Number.isFinite(sigma![i]) && sigma![i]! >= 0)),
    );
    if (!measured) left_out.not_measured++;
    else if (marked && marked[i] !== 0) left_out.out_of_domain++;
    else valid[i] = 1;
  }
  if (!valid.includes(1)) {
    fail(
      'incomplete',
      `${meta.source}: no position of the map can be used; ${left_out.not_measured} were not measured, ${left_out.out_of_domain} are out of the model's domain.`,
      "Look at the map's report: what it says of the domain says what to train, or that the scan is none of this crystal.",
      left_out,
    );
  }
  const components = (arrays: readonly Float32Array[]): Components => {
    const one = (at: number) => Float64Array.from(valid, (mark, i) => (mark ? arrays[at]![i]! : Number.NaN));
    return { x: one(0), y: one(1), z: one(2) };
  };
  const priors = channels.map(({ prior }) => prior);
  const shares = channels.map(({ shared }) => shared);
  const field: VectorField = {
    shape,
    step_nm,
    unit: channels[0]!.unit,
    values: components(channels.map(({ values }) => values)),
    ...(needed && { sigma: components(channels.map(({ sigma }) => sigma!)) }),
    valid,
    ...(priors.every((prior) => prior !== undefined) && {
      prior: Object.fromEntries(AXES.map((axis, i) => [axis, priors[i]!])) as Record<Axis, number>,
    }),
    ...(needed &&
      shares.every((shared) => shared !== undefined) && {
        shared: Object.fromEntries(AXES.map((axis, i) => [axis, shares[i]!])) as Record<Axis, number>,
      }),
  };
  checkField(field);
  return { field, left_out };
}
