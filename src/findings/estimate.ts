/**
 * From a statistic of a field to findings: value, σ, 95% interval.
 *
 * A measured field holds its noise already; noise drawn onto it is there twice. What follows from that depends on what the field's σ means, `correction`:
 *
 *     'simex'      value = truth + σ·g. The statistic is taken of fields with more noise and extrapolated to none (extrapolate.ts).
 *     'posterior'  truth = value + σ·g: values are means of what a model holds possible, drawn towards its prior, and vary less than the truth. Draws of σ·g then are
 *                  possible truths: mean and spread of the statistic over them are the answer, if the specimen is as the model's prior says and errors correlate as stated.
 *     'none'       the statistic as it is, noise and all; the interval is for its mean over other noise.
 *
 * A network's map holds posterior means. 'simex' on it takes away noise that is not there: of mean |P| with σ_z a quarter of the prior no interval of 25 held the truth.
 * 'posterior' on it held it as stated only for specimens that vary as the prior does. Brought to truth + noise first (unshrunk, unshrink.ts), 'simex' held it in 197 of 200, up
 * to σ_z = 0.89 of the prior; beyond that z is not measured and masked.
 *
 * `of` says what the interval is for. 'field': this very field, measured again. 'kind': the material, of which it is a piece; blocks of it are drawn as well (blocks.ts).
 *
 * Coverage (scripts/coverage-study.ts, 200 fields a row): 92–98% for mean and variance of a component and the value at one height up to σ = 1.5 |P| by component, for mean |P|
 * up to about 0.5 |P|. Beyond, how to take the noise away is itself unsure: `extrapolation` exceeds half of σ, and the interval is a bound that holds more often (mean |P|,
 * 98–100%). Where the ways to do it differ by more than chance and by a quarter of what they take away, or the statistic is not a number in some draw, nothing is stated but
 * why (`undetermined`).
 * Not here: statistics linear in the field, which go exactly (linear.ts); nulls (nulls.ts).
 */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import { type Block, blockCount, samplingVariance } from './blocks.ts';
import type { NoiseModel } from './draws.ts';
import { carriedVariance, extrapolated, LAMBDAS, third, varianceWithout } from './extrapolate.ts';
import type { Finding, IntervalOf } from './finding.ts';
import { type Redrawn, redrawn } from './redraw.ts';
import { meanOfSample, numbersOf, type Statistic, t95, varianceOfSample } from './statistic.ts';
import { type VectorField, validCount } from './vector-field.ts';

/** Of each number that a statistic gives. */
export interface Stated {
  readonly name: string;
  readonly unit: string;
  /** What it is a mean or a count of; valid positions where it is not given. */
  readonly n?: number | undefined;
  readonly nulls?: Finding['nulls'] | undefined;
  /** Never below 0: nor is its interval. */
  readonly positive?: boolean | undefined;
  /** Where it is not that of all; 'simex' or 'none', which the same draws serve. */
  readonly correction?: 'simex' | 'none' | undefined;
  /** Standard uncertainty of taking the noise away, at least, as a share of what it takes away: for a statistic that no polynomial follows. */
  readonly unsure?: number | undefined;
}

export interface EstimateOptions {
  readonly noise: NoiseModel;
  readonly correction: 'simex' | 'posterior' | 'none';
  readonly of: IntervalOf;
  /** With 'kind'. */
  readonly block?: Block | undefined;
  /** Pairs ±g of noise; the statistic is taken 8 times for each, for 'kind' 25 times. 25 are enough. */
  readonly pairs: number;
  readonly stream: RandomStream;
  /** Draws of the statistic that were taken already, as many pairs, not of the kind. */
  readonly drawn?: readonly Redrawn[] | undefined;
}

/** An extrapolation is unsure where it is so by more than this share of what it takes away, and by more than chance. */
const UNSURE = 0.25;
/** What taking the noise away is unsure by, in σ, above which the interval is a bound (Finding.extrapolation). */
const BOUND = 0.5;
/** Student's t of fewer is no statement. */
const LEAST_FREEDOM = 4;
/** Resampled fields for each pair, of each of two sides. */
const RESAMPLES = 4;
/**
 * Findings of a statistic, in its order. A field without σ gives values, and intervals of its kind where those are asked for.
 * @param stated one for each number of the statistic
 * @throws 'usage' where `stated` does not fit, 'kind' has no block, or pairs are below 4; 'range' as blocks.ts
 */
export function estimate(
  field: VectorField,
  statistic: Statistic,
  stated: readonly Stated[],
  options: EstimateOptions,
): Finding[] {
  const values = numbersOf(statistic, field);
  const { correction, of, block, pairs, noise, stream } = options;
  if (values.length !== stated.length) {
    fail('usage', `The statistic gives ${values.length} numbers, ${stated.length} are named.`, 'Name each of them.');
  }
  if (of === 'kind' && !block) fail('usage', 'An interval of the kind needs blocks.', 'Give the length of a block.');
  if (!(pairs >= 4)) fail('usage', `${pairs} pairs of draws state no interval.`, 'Draw 4 at least; 25 are enough.');
  const count = validCount(field);
  const plain = stated.map(
    ({ name, unit, n, nulls }, i): Finding => ({ name, unit, value: values[i]!, n: n ?? count, nulls: nulls ?? {} }),
  );
  if (!field.sigma && of === 'field') return plain;
  const used = of === 'kind' ? block : undefined;
  // What blocks miss is known from the same blocks: their variance scatters as that of half as many (24 blocks: by 0.46 of itself).
  const blocks = used && 1 + (blockCount(field, used) - 1) / 2;
  const sampling = used && samplingVariance(field, statistic, used, RESAMPLES * pairs, stream);
  const finite = (i: number, numbers: readonly number[], errors: (value: number) => Errors): Finding => {
    const finding = plain[i]!;
    const lost = numbers.filter((number) => !Number.isFinite(number)).length;
    if (lost === 0 && Number.isFinite(finding.value)) {
      const found = errors(finding.value);
      const [low, high] = found.interval ?? [];
      const above = stated[i]!.positive && low !== undefined && low < 0;
      return { ...finding, ...found, ...(above && { interval: [0, high!] as const }) };
    }
    return { ...finding, undetermined: 'the statistic is not a number in the field or in some of its draws' };
  };
  if (!field.sigma) {
    return plain.map((_, i) =>
      finite(i, [sampling![i]!], (value) => intervalOf(value, Math.sqrt(sampling![i]!), blocks!)),
    );
  }
  const posterior = correction === 'posterior';
  // As many evaluations whatever the correction.
  const found =
    options.drawn ??
    redrawn(
      field,
      statistic,
      values.length,
      posterior ? [1] : LAMBDAS,
      noise,
      used,
      posterior ? pairs * LAMBDAS.length : pairs,
      stream,
    );
  return plain.map((_, i) => {
    const one = found[i]!;
    return finite(i, [...one.even, ...one.odd, ...one.evenBlocks, one.blocks, sampling?.[i] ?? 0].flat(), (value) =>
      errorsOf(
        value,
        one,
        stated[i]!.correction ?? correction,
        stated[i]!.unsure ?? 0,
        blocks === undefined ? undefined : { blocks, variance: sampling![i]! },
      ),
    );
  });
}

type Errors = Pick<Finding, 'sigma' | 'interval' | 'corrected' | 'extrapolation' | 'undetermined' | 'of'>;

/** @param freedom how many pairs or blocks σ is as well known as from @param unsure beside σ */
function intervalOf(middle: number, sigma: number, freedom: number, unsure = 0): Errors {
  const k = t95(freedom - 1);
  // As two chances while it is small; beyond, it may lie to one side in full.
  const half = Math.max(k * Math.hypot(sigma, unsure), unsure > BOUND * sigma ? k * sigma + unsure : 0);
  return { sigma, interval: [middle - half, middle + half], of: 'kind' };
}

function errorsOf(
  value: number,
  { even, odd, blocks, evenBlocks }: Redrawn,
  correction: EstimateOptions['correction'],
  least: number,
  kind: { blocks: number; variance: number } | undefined,
): Errors {
  const of: IntervalOf = kind ? 'kind' : 'field';
  // ±g cancel in the mean of odd parts, so only even ones have a sample mean to take off.
  const between = even.map((some, row) => varianceOfSample(some) + meanOfSample(odd[row]!.map((d) => d * d)));
  const freedom = Math.min(
    correction === 'posterior' ? even[0]!.length : freedomOf(even, odd),
    kind?.blocks ?? Number.POSITIVE_INFINITY,
  );
  if (correction === 'posterior') {
    const corrected = meanOfSample(even[0]!);
    // Of blocks of possible truths, as much more than of the field's own as these tell.
    const sampling = kind ? kind.variance * ratioOf(evenBlocks[0]!, blocks) : 0;
    return { corrected, ...intervalOf(corrected, Math.sqrt(between[0]! + sampling), freedom), of };
  }
  const measurement = varianceWithout(between);
  if (correction === 'none') {
    // Where a statistic jumps (a mode, a count) little noise makes it vary as much as all, and −s²(−1) is too large; then what as much noise again does is nearer.
    const own = Math.min(measurement, between[LAMBDAS.indexOf(1)]!);
    return { ...intervalOf(value, Math.sqrt(kind ? Math.max(kind.variance, own) : own), freedom), of };
  }
  const { value: corrected, uncertainty: found } = extrapolated([value, ...even.map(meanOfSample)]);
  const taken = Math.abs(value - corrected);
  const uncertainty = Math.max(found, least * taken);
  const pairs = even[0]!.map((_, pair) => third([value, ...even.map((some) => some[pair]!)]));
  const chance = varianceOfSample(pairs);
  let total = measurement;
  if (kind) {
    const ofBlocks = blocks.map((own, pair) => third([own, ...evenBlocks.map((some) => some[pair]!)]));
    total = Math.max(measurement, kind.variance * ratioOf(ofBlocks, blocks, chance));
  }
  const sigma = Math.sqrt(total + chance / pairs.length);
  if (uncertainty > sigma && uncertainty > UNSURE * taken) {
    const share = ((200 * uncertainty) / taken).toFixed(0);
    return { sigma, of, undetermined: `ways to take the noise away differ by ${share}% of what they take away` };
  }
  return { corrected, ...intervalOf(corrected, sigma, freedom, uncertainty), extrapolation: uncertainty, of };
}

/**
 * How many pairs the variance without noise is as well known as from: where it is what is left of two larger ones (a statistic of second order in the noise, such as Q of a
 * uniform field) it scatters far more than one sample's variance of as many pairs. From the scatter of what each pair says (Satterthwaite).
 */
function freedomOf(even: Redrawn['even'], odd: Redrawn['odd']): number {
  const means = even.map(meanOfSample);
  const pairs = even[0]!.length;
  const each = Array.from({ length: pairs }, (_, pair) =>
    carriedVariance(even.map((some, row) => (some[pair]! - means[row]!) ** 2 + odd[row]![pair]! ** 2)),
  );
  const scatter = varianceOfSample(each) / pairs;
  const found = scatter > 0 ? (2 * meanOfSample(each) ** 2) / scatter : pairs;
  return Math.min(pairs, Math.max(LEAST_FREEDOM, found));
}

/** How much more the corrected statistic varies than the plain one over the same blocks. @param chance variance that draws of noise add to `corrected` */
function ratioOf(corrected: readonly number[], plain: readonly number[], chance = 0): number {
  const spread = varianceOfSample(plain);
  return spread > 0 ? Math.max(0, varianceOfSample(corrected) - chance) / spread : 1;
}
