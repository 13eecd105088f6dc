/**
 * What one state holds but for its walls and domains: how |P| and its components are spread, profiles across the film, topological density and charge, defects; every number
 * with its error and its null, and P in space only as far as the map measures it.
 *
 * A map of a network holds posterior means. Numbers of the map as it is (densities, T_d) are told as they are, with the scatter that values of such a map have (scatter.ts);
 * what is to be a number of the specimen (mean P, |P| and where −ln of its density is least) is taken of the field freed of its prior and of its noise (estimate.ts, minimum.ts).
 */

import { type Defect, findDefects } from './defects.ts';
import { directions } from './directions.ts';
import { type EstimateOptions, estimate } from './estimate.ts';
import type { Finding } from './finding.ts';
import { lengthFindings, meanLength, minimumOfLengths } from './length-findings.ts';
import { meanOf } from './linear.ts';
import { nullsOf } from './nulls.ts';
import { componentProfile, type Profile } from './profile.ts';
import type { ScalarMap } from './scalar-map.ts';
import { scattering } from './scatter.ts';
import { kindsOf, type StateOptions } from './state-options.ts';
import { type Statistic, together } from './statistic.ts';
import { freed, notMeasured, type Told, toldOf } from './told.ts';
import { latticeCharges, latticeDensity } from './topology.ts';
import { topological, topologicalNames, topologicalProfile } from './topology-findings.ts';
import { type TotalCharge, totalCharge } from './total-charge.ts';
import { AXES, type Axis, type VectorField } from './vector-field.ts';

export interface FieldFindings {
  readonly told: Told;
  /** P_x, P_y, P_z, T_d. */
  readonly profiles: readonly Profile[];
  readonly density: ScalarMap;
  readonly charge: TotalCharge;
  readonly defects: readonly Defect[];
  readonly findings: readonly Finding[];
}

/** [nm] around a defect in which its charge is counted. */
const DEFECT_nm = 1.2;

/** Share by which the prior draws components in unequally, above which a number of directions is not the specimen's. */
const TURNED = 0.05;

/** @throws 'incomplete' where no position is valid */
export function fieldFindings(said: VectorField, options: StateOptions): FieldFindings {
  const { noise, values, across } = options;
  const told = toldOf(said);
  const field = scattering(said, values);
  const stream = options.stream.fork('fields');
  const drawing = (correction: EstimateOptions['correction'], name: string): EstimateOptions => ({
    noise,
    correction,
    of: 'field',
    pairs: options.pairs,
    stream: stream.fork(name),
  });
  // Of every vector: what is left out where P is short would count as no charge (topology-findings.ts). Its density is drawn where directions are known.
  const charge = totalCharge(latticeCharges(directions(field, 0)));
  const density = latticeDensity(latticeCharges(directions(field)));
  // In the plane the prior has nothing to replace; what neighbours share tells of charges alone.
  const charges = topological(across);
  const inSpace = together(meanLength(3), minimumOfLengths(field, 3), charges);
  const nulls = kindsOf(said).map((kind) => {
    const lone: Statistic = kind === 'prior' ? inSpace : charges;
    // Charges take no σ: none is shuffled for them.
    const from = kind === 'shuffled' ? { ...said, sigma: undefined } : said;
    const found = nullsOf(from, lone, [kind], { ...options, stream: stream.fork('nulls') });
    return kind === 'prior' ? found : [{}, {}, ...found];
  });
  const [ofMean = {}, ofMinimum = {}, ...ofCharges] = nulls.reduce(
    (all, some) => some.map((one, i) => ({ ...all[i], ...one })),
    [],
  );
  const [Q, size, ...heights] = estimate(
    field,
    charges,
    topologicalNames(field, across, charge.n, ofCharges),
    drawing('none', 'field'),
  );
  /** Of directions in space: made of the prior where it is what P_z is. */
  const inAllOfP = (finding: Finding): Finding => {
    if (told.whole) return finding;
    const { name, unit, value, n, nulls: beside } = finding;
    return { name, unit, value, n, nulls: beside, undetermined: notMeasured(told, AXES) };
  };
  /** Of their slopes too, which the prior turns where it draws one component in by more than another. */
  const ofDirections = (finding: Finding): Finding => {
    if (!told.whole) return inAllOfP(finding);
    const { name, unit, value, n, nulls: beside, ...rest } = finding;
    const bare = { name, unit, value, n, nulls: beside };
    const kept = AXES.map((axis) => (values === 'posterior' ? 1 - (told.shares[axis]?.ratio ?? 0) ** 2 : 1));
    const turned = 1 - Math.min(...kept) / Math.max(...kept);
    if (turned < TURNED) return { ...bare, ...rest };
    const percent = (100 * turned).toFixed(0);
    return {
      ...bare,
      undetermined: `the prior draws one component in by ${percent}% more than another: directions are turned`,
    };
  };
  /** A component as the specimen has it, where it is measured. */
  const component = (axis: Axis): VectorField | undefined =>
    told.axes.includes(axis) ? freed(said, values, [axis]) : undefined;
  const meanComponent = (axis: Axis): Finding => {
    const { name, unit, value, n } = meanOf(said, axis, noise);
    const measured = component(axis);
    if (!measured) return { name, unit, value, n, nulls: {}, undetermined: notMeasured(told, [axis]) };
    const found = meanOf(measured, axis, noise);
    return { ...found, value, ...(measured !== said && { corrected: found.value }) };
  };
  const bare = { ...said, sigma: undefined };
  return {
    told,
    profiles: [
      ...AXES.map((axis) => componentProfile(component(axis) ?? bare, axis, across, noise)),
      topologicalProfile(heights.map(inAllOfP), field.step_nm),
    ],
    density,
    charge,
    defects: findDefects(field, { radius_nm: DEFECT_nm }).list,
    findings: [
      ...AXES.map(meanComponent),
      ...lengthFindings(said, field, told, { mean: ofMean, minimum: ofMinimum }, { ...options, stream }),
      inAllOfP(Q!),
      ofDirections(size!),
    ],
  };
}
