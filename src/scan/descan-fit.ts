/**
 * The surface that the direct beam's centres follow over a scan: a plane, or where that does not do, a polynomial of order 2 to 4, or one of order 1 to 3 with one jump
 * between two rows or two columns. Each by iteratively reweighted least squares with Tukey's biweight (rejects beyond 4.685 robust sigmas), begun from least absolute
 * deviations. The form is chosen by the bounded loss Σρ(r/σ) with the Bayesian information criterion, and only where the plane leaves {@link WORSE} times as much.
 * What this is not: the order in which positions were scanned (scan-order.ts). Units px.
 */

import { fail } from '../core/errors.ts';
import { centreAt, type Descan, halfOf, type Pair } from './calibration.ts';
import { median, NormalEquations, robustSigma } from './linear.ts';

export interface MeasuredCentre {
  /** Scan position. */
  readonly ry: number;
  readonly rx: number;
  /** Centre [y, x]. */
  readonly centre: Pair;
}

export interface DescanFit {
  readonly descan: Descan;
  /** Standard errors of the centre at the middle of the scan, per axis. */
  readonly centre_se: Pair;
  /** Residual per axis, rms over the centres kept; and robust sigma over all. */
  readonly rms: number;
  readonly sigma: number;
  readonly outliers: number;
  /** What the form is chosen by: less is better. */
  readonly cost: number;
}

/** Times that a plane's loss must exceed another form's. */
export const WORSE = 1.5;
/** Highest order of a polynomial, and centres that each of its terms needs. */
const HIGHEST = 4;
const PER_TERM = 4;
/** Centres that are to be had on either side of a jump. */
const BESIDE = 3;
const TUKEY = 4.685;
/** A centre is not known better than this, whatever it scatters [px]. */
const LEAST_PX = 0.03;

interface Form {
  readonly powers: readonly Pair[];
  readonly jump?: { readonly axis: 'ry' | 'rx'; readonly from: number };
}

/** The plane through the centres. */
export function fitPlane(centres: readonly MeasuredCentre[], scan: Pair, smallest = 1e-3): DescanFit {
  const { form, fitted } = planeOf(centres, scan, smallest);
  return resultOf(centres, scan, form, fitted, Math.max(LEAST_PX, fitted.sigma), 1);
}

/** The plane, or where the centres do not span one, their middle. */
function planeOf(centres: readonly MeasuredCentre[], scan: Pair, smallest: number): Tried {
  for (const powers of [powersOf(1, scan), powersOf(0, scan)]) {
    const fitted = fitForm(centres, scan, { powers }, smallest);
    if (fitted) return { form: { powers }, fitted };
  }
  fail('incomplete', 'No centre of any pattern was measured.', 'Check that the disks are visible in single patterns.');
}

/** The surface of the form that the centres follow best, and the best one without a jump. */
export function fitDescan(
  centres: readonly MeasuredCentre[],
  scan: Pair,
  smallest = 1e-3,
): { readonly best: DescanFit; readonly smooth: DescanFit } {
  const enough = ({ powers, jump }: Form) => centres.length >= PER_TERM * (powers.length + (jump ? 1 : 0));
  const smooth: Form[] = [];
  for (let order = 2; order <= HIGHEST; order++) {
    const powers = powersOf(order, scan);
    if (powers.length > powersOf(order - 1, scan).length && enough({ powers })) smooth.push({ powers });
  }
  const places = jumpPlaces(centres);
  const jumps = [1, 2, 3]
    .map((order) => powersOf(order, scan))
    .flatMap((powers) => places.map((jump): Form => ({ powers, jump })))
    .filter(enough);
  const others = [...smooth, ...jumps].flatMap((form): Tried[] => {
    const fitted = fitForm(centres, scan, form, smallest);
    return fitted ? [{ form, fitted }] : [];
  });
  const tried = [planeOf(centres, scan, smallest), ...others];
  const sigma = Math.max(LEAST_PX, Math.min(...tried.map(({ fitted }) => fitted.sigma)));
  const all = tried.map(({ form, fitted }) => resultOf(centres, scan, form, fitted, sigma, places.length));
  const [plane] = all as [DescanFit];
  const lossOf = (one: DescanFit) => centres.reduce((sum, c) => sum + loss(c, one.descan, sigma), 0);
  const choose = (among: readonly DescanFit[]): DescanFit => {
    const best = among.reduce((a, b) => (b.cost < a.cost ? b : a));
    return lossOf(plane) > WORSE * lossOf(best) ? best : plane;
  };
  return { best: choose(all), smooth: choose(all.filter(({ descan }) => descan.jumps.length === 0)) };
}

/** ρ of a centre's distances from the surface along both axes, Tukey's, in units of σ²: r² near 0, bounded. */
export function loss({ ry, rx, centre }: MeasuredCentre, descan: Descan, sigma: number): number {
  const at = centreAt(descan, ry, rx);
  return bounded((centre[0] - at[0]) / sigma) + bounded((centre[1] - at[1]) / sigma);
}

function bounded(u: number): number {
  const t = Math.min(1, (u / TUKEY) ** 2);
  return (TUKEY ** 2 / 3) * (1 - (1 - t) ** 3);
}

/** Powers (i, j) of u^i·v^j up to an order; a scan of n positions along an axis says nothing about the n-th power. */
function powersOf(order: number, [ry, rx]: Pair): Pair[] {
  const powers: Pair[] = [];
  for (let sum = 0; sum <= order; sum++) {
    for (let j = 0; j <= sum; j++) if (sum - j < ry && j < rx) powers.push([sum - j, j]);
  }
  return powers;
}

/** Between which rows, and columns, that centres were measured in a jump may stand. */
function jumpPlaces(centres: readonly MeasuredCentre[]): NonNullable<Form['jump']>[] {
  return (['ry', 'rx'] as const).flatMap((axis) => {
    const at = centres.map((c) => c[axis]);
    return [...new Set(at)]
      .toSorted((a, b) => a - b)
      .filter((from) => {
        const before = at.filter((n) => n < from).length;
        return before >= BESIDE && at.length - before >= BESIDE;
      })
      .map((from) => ({ axis, from }));
  });
}

interface Tried {
  readonly form: Form;
  readonly fitted: Fitted;
}

interface Fitted {
  /** Coefficients of the powers, then of the jump, [y, x] [px]. */
  readonly terms: readonly Pair[];
  readonly se: Pair;
  /** Robust sigma per axis, for the number of terms. */
  readonly sigma: number;
  readonly kept: readonly boolean[];
}

const middleOf = (scan: Pair): Pair => [(scan[0] - 1) / 2, (scan[1] - 1) / 2];

function fitForm(
  centres: readonly MeasuredCentre[],
  scan: Pair,
  { powers, jump }: Form,
  smallest: number,
): Fitted | undefined {
  const middle = middleOf(scan);
  const half = halfOf(middle);
  const rows = centres.map((c) => {
    const [u, v] = [(c.ry - middle[0]) / half[0], (c.rx - middle[1]) / half[1]];
    const row = powers.map(([i, j]) => u ** i * v ** j);
    return jump ? [...row, c[jump.axis] >= jump.from ? 1 : 0] : row;
  });
  const along = (axis: 0 | 1) =>
    robustFit(
      rows,
      centres.map((c) => c.centre[axis]),
      smallest,
    );
  const [y, x] = [along(0), along(1)];
  if (!y || !x) return undefined;
  return {
    terms: y.x.map((value, k): Pair => [value, x.x[k]!]),
    se: [y.se, x.se],
    sigma: Math.hypot(y.sigma, x.sigma) * Math.SQRT1_2,
    kept: centres.map((_, i) => y.weights[i]! > 0 && x.weights[i]! > 0),
  };
}

interface RobustFit {
  readonly x: readonly number[];
  readonly se: number;
  readonly sigma: number;
  readonly weights: Float64Array;
}

function robustFit(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  smallest: number,
): RobustFit | undefined {
  const n = rows[0]?.length ?? 1;
  let x: number[] = [median(values), ...Array.from({ length: n - 1 }, () => 0)];
  const weights = new Float64Array(rows.length).fill(1);
  let [se, sigma] = [Number.NaN, Number.NaN];
  for (let pass = 0; pass < 14; pass++) {
    const equations = new NormalEquations(n);
    for (const [i, row] of rows.entries()) equations.add(row, values[i]!, weights[i]!);
    const solved = equations.solve();
    if (!solved) return pass === 0 ? undefined : { x, se, sigma, weights };
    x = [...solved.x];
    const residuals = Float64Array.from(
      rows,
      (row, i) => values[i]! - row.reduce((sum, one, k) => sum + one * x[k]!, 0),
    );
    sigma = Math.max(smallest, robustSigma(residuals, 0) * Math.sqrt(rows.length / Math.max(1, rows.length - n)));
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      const u = residuals[i]! / (TUKEY * sigma);
      const biweight = Math.abs(u) < 1 ? (1 - u * u) ** 2 : 0;
      weights[i] = pass < 4 ? sigma / Math.max(sigma / 2, Math.abs(residuals[i]!)) : biweight;
      total += biweight;
    }
    se = sigma * Math.sqrt(solved.inverse[0]! > 0 ? 1 / Math.max(1, total) : 0);
  }
  return { x, se, sigma, weights };
}

function resultOf(
  centres: readonly MeasuredCentre[],
  scan: Pair,
  { powers, jump }: Form,
  { terms, se, kept, sigma: own }: Fitted,
  sigma: number,
  places: number,
): DescanFit {
  const middle = middleOf(scan);
  const half = halfOf(middle);
  const of = (i: number, j: number): Pair => terms[powers.findIndex(([a, b]) => a === i && b === j)] ?? [0, 0];
  const over = ([y, x]: Pair, by: number): [number, number] => [y / by, x / by];
  const descan: Descan = {
    centre_px: over(of(0, 0), 1),
    per_ry_px: over(of(1, 0), half[0]),
    per_rx_px: over(of(0, 1), half[1]),
    middle: [...middle],
    bend: powers.flatMap(([i, j]) =>
      i + j > 1 ? [{ powers: [i, j] as [number, number], px: over(of(i, j), 1) }] : [],
    ),
    jumps: jump ? [{ ...jump, px: over(terms.at(-1)!, 1) }] : [],
  };
  let [sum, count] = [0, 0];
  for (const [i, c] of centres.entries()) {
    if (!kept[i]) continue;
    const at = centreAt(descan, c.ry, c.rx);
    count++;
    sum += (c.centre[0] - at[0]) ** 2 + (c.centre[1] - at[1]) ** 2;
  }
  const information = Math.log(Math.max(2, centres.length)) * 2 * terms.length + (jump ? 2 * Math.log(places) : 0);
  return {
    descan,
    centre_se: se,
    rms: Math.sqrt(sum / (2 * Math.max(1, count))),
    sigma: own,
    outliers: 1 - count / Math.max(1, centres.length),
    cost: centres.reduce((total, c) => total + loss(c, descan, sigma), information),
  };
}
