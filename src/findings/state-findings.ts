/**
 * What one state holds: how |P| and its components are spread, profiles across the film, topological density and charge, defects, walls and domains; every number with its
 * error and its null, and P in space only as far as the map measures it.
 *
 * A map of a network holds posterior means. Numbers of the map as it is (densities, walls, T_d) are told as they are, with the scatter that values of such a map have (scatter.ts); what
 * is to be a number of the specimen (mean P, |P|) is taken of the field freed of its prior and of its noise (estimate.ts).
 */

import type { RandomStream } from '../core/random.ts';
import { type Defect, findDefects } from './defects.ts';
import { lengthsOf, magnitudeMinimum, silverman } from './densities.ts';
import { directions } from './directions.ts';
import { type DomainFindings, domainFindings } from './domain-findings.ts';
import type { NoiseModel } from './draws.ts';
import { estimate } from './estimate.ts';
import type { Finding, NullKind } from './finding.ts';
import { meanOf } from './linear.ts';
import { isotropicMinimum } from './magnitude-noise.ts';
import { type NullOptions, nullsOf } from './nulls.ts';
import { componentProfile, drawnProfile, type Profile } from './profile.ts';
import type { ScalarMap } from './scalar-map.ts';
import { scattering } from './scatter.ts';
import type { Statistic } from './statistic.ts';
import { freed, type Told, toldOf } from './told.ts';
import { latticeCharges, latticeDensity } from './topology.ts';
import { type TotalCharge, totalCharge } from './total-charge.ts';
import { AXES, type Axis, type VectorField } from './vector-field.ts';

export interface StateOptions {
  readonly noise: NoiseModel;
  readonly values: 'posterior' | 'noisy';
  readonly across: 'x' | 'y';
  /** Of the smoothing of null 'noise' [nm]. */
  readonly smooth_nm: number;
  readonly pairs: number;
  /** Fields of each null; of walls and domains fewer (`wallDraws`). */
  readonly draws: number;
  readonly wallDraws: number;
  readonly stream: RandomStream;
}

export interface StateFindings {
  readonly told: Told;
  /** P_x, P_y, P_z, T_d. */
  readonly profiles: readonly Profile[];
  readonly density: ScalarMap;
  readonly charge: TotalCharge;
  readonly defects: readonly Defect[];
  readonly domains: DomainFindings;
  readonly findings: readonly Finding[];
}

/** [nm] around a defect in which its charge is counted. */
const DEFECT_nm = 1.2;

const density = (field: VectorField): ScalarMap => latticeDensity(latticeCharges(directions(field)));

/** Q, and the mean of |T_d|. */
const topological: Statistic = (field) => {
  const { charges } = latticeCharges(directions(field));
  let [sum, size, n] = [0, 0, 0];
  for (const charge of charges) {
    if (Number.isNaN(charge)) continue;
    sum += charge;
    size += Math.abs(charge);
    n++;
  }
  return [sum, n > 0 ? size / n / field.step_nm ** 2 : Number.NaN];
};

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @throws 'incomplete' where no position is valid */
export function stateFindings(said: VectorField, options: StateOptions): StateFindings {
  const { noise, values, across, pairs, stream } = options;
  const told = toldOf(said);
  const field = scattering(said, values);
  const nullOptions = (name: string, draws = options.draws): NullOptions => ({
    noise,
    values,
    smooth_nm: options.smooth_nm,
    draws,
    stream: stream.fork(name),
  });
  const stated = field.sigma !== undefined;
  const kinds: NullKind[] = [
    'shuffled',
    ...(stated && field.prior ? (['prior'] as const) : []),
    ...(stated ? (['noise'] as const) : []),
  ];
  const notMeasured = (axes: readonly Axis[]) =>
    `the map does not measure P along ${axes.filter((axis) => !told.axes.includes(axis)).join(', ')}: σ is as large as the prior's`;

  /** What P_z of the prior gives of a length in space; in the plane there is nothing to replace. */
  const priorNull = (name: string, statistic: Statistic, dimensions: 2 | 3): Finding['nulls'] =>
    (dimensions === 3 && kinds.includes('prior') && nullsOf(said, statistic, ['prior'], nullOptions(name))[0]) || {};
  // Lengths: those of the specimen from the freed field; where −ln ρ of the map is least as it is.
  const length = (name: string, dimensions: 2 | 3): Finding => {
    const axes: readonly Axis[] = dimensions === 2 ? ['x', 'y'] : AXES;
    const statistic: Statistic = (some) => mean(lengthsOf(some, dimensions));
    const plain = { name, unit: field.unit, value: statistic(field) as number, n: lengthsOf(field, dimensions).length };
    const nulls = priorNull(name, statistic, dimensions);
    if (!axes.every((axis) => told.axes.includes(axis))) return { ...plain, nulls, undetermined: notMeasured(axes) };
    const [found] = estimate(freed(said, values, axes), statistic, [{ name, unit: field.unit, nulls }], {
      noise,
      correction: 'simex',
      of: 'field',
      pairs,
      stream: stream.fork(name),
    });
    return { ...found!, value: plain.value };
  };
  const minimum = (name: string, dimensions: 2 | 3): Finding => {
    // One bandwidth for all draws: what is looked for is where the maximum moves, not how wide a kernel each draw would choose.
    const statistic = magnitudeMinimum(dimensions, silverman(lengthsOf(field, dimensions)));
    const nulls = priorNull(name, statistic, dimensions);
    const square = mean(lengthsOf(field, dimensions).map((value) => value * value));
    // What a cloud without any direction or preferred length has, of the same mean square.
    const none = isotropicMinimum(square, dimensions);
    const [found] = estimate(
      field,
      statistic,
      [{ name, unit: field.unit, nulls: { ...nulls, shapeless: { mean: none, interval: [none, none] } } }],
      {
        noise,
        correction: 'none',
        of: 'field',
        pairs,
        stream: stream.fork(name),
      },
    );
    return found!;
  };
  /** A component as the specimen has it, where it is measured. */
  const component = (axis: Axis): VectorField | undefined =>
    told.axes.includes(axis) ? freed(said, values, [axis]) : undefined;
  const meanComponent = (axis: Axis): Finding => {
    const { name, unit, value, n } = meanOf(said, axis, noise);
    const measured = component(axis);
    if (!measured) return { name, unit, value, n, nulls: {}, undetermined: notMeasured([axis]) };
    const found = meanOf(measured, axis, noise);
    return { ...found, value, ...(measured !== said && { corrected: found.value }) };
  };
  const bare = { ...said, sigma: undefined };
  const lattice = latticeCharges(directions(field));
  const charge = totalCharge(lattice);
  const names = [
    { name: 'topological charge Q', unit: '1', n: charge.n },
    { name: 'mean |T_d|', unit: '1/nm2', n: charge.n },
  ];
  const charges = estimate(
    field,
    topological,
    nullsOf(said, topological, kinds, nullOptions('topology')).map((nulls, i) => ({ ...names[i]!, nulls })),
    { noise, correction: 'none', of: 'field', pairs, stream: stream.fork('topology') },
  );
  const domains = domainFindings(said, kinds, nullOptions('domains', options.wallDraws));
  return {
    told,
    profiles: [
      ...AXES.map((axis) => componentProfile(component(axis) ?? bare, axis, across, noise)),
      drawnProfile(said, { name: 'T_d', unit: '1/nm2', quantity: (some) => density(some).values }, across, {
        pairs,
        nulls: kinds.filter((kind) => kind !== 'shuffled'),
        null: nullOptions('profile'),
      }),
    ],
    density: latticeDensity(lattice),
    charge,
    defects: findDefects(field, { radius_nm: DEFECT_nm }).list,
    domains,
    findings: [
      ...AXES.map(meanComponent),
      length('mean |P| in the plane', 2),
      length('mean |P|', 3),
      minimum('|P| in the plane where −ln ρ is least', 2),
      minimum('|P| where −ln ρ is least', 3),
      ...charges,
      ...domains.paper.findings,
      ...(domains.merged?.findings ?? []),
    ],
  };
}
