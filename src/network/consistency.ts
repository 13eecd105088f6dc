/**
 * How well a model agrees with a scan whose truth nobody knows, pattern by pattern; less is better:
 *
 * - reconstruction: what it leaves of the pattern beside what counting leaves, Σ(√x − √r)²/Σx less its expectation (domain.ts)
 * - latents: their distance from those of the model's own held-out patterns, over that of 99 of 100 of these
 * - looks: standard deviation of the answers over the turned and mirrored views of the pattern (eight along [001]), turned back, over σ of knowing the mean only; rms over labels
 * - library: thickness and tilt against those of the library patterns that look like the pattern once the fitted instrument is applied to them (match.ts), likewise;
 *   look-alikes tell no polarization: on a scan of 36 positions they err by 7 µC/cm², the network by 2
 *
 * Labels that the model cannot tell are left out. The last two see what the first two cannot: an adaptation that makes a scan look familiar by moving its thickness
 * (docs/notes/0005-adaptation.md) departs from what the patterns look like.
 *
 * What this is not: an error. All four may agree on a scan that is outside the library.
 */

import type { ConsistencyMeasure } from './adaptation-info.ts';
import { countingMisfit, distanceOf, misfitOf } from './domain.ts';
import type { Model } from './infer.ts';
import { toldRanges } from './marks.ts';
import { INVERSE, labelPairs, looksOf, operationsOf, pixelTables, turnLabels } from './symmetry.ts';
import { sigmaRule } from './uncertainty.ts';

const WHAT = {
  reconstruction: 'left over by the reconstruction, beside counting',
  latents: 'distance of the latents, over that of 99 of 100 held-out patterns',
  looks: 'spread over turned and mirrored views, over σ of the mean only',
  library: 'thickness and tilt against look-alikes in the library, over σ of the mean only',
} as const;
type Name = keyof typeof WHAT;

/** What a pattern's whole looks tell. */
const WHOLE = /^(thickness|tilt_[xy])$/;

/** Of every pattern. */
export type Consistency = Readonly<Record<Name, Float64Array>>;

/** A label that counts, where it stands, and σ of somebody who knows its mean only. */
export interface ToldLabel {
  readonly name: string;
  readonly label: number;
  readonly prior: number;
}

/** Labels that a model can tell. */
export function toldLabels(info: Model['info']): ToldLabel[] {
  return toldRanges(info).flatMap(({ name, label }) => {
    const prior = sigmaRule(info, name)?.prior ?? 0;
    return prior > 0 ? [{ name, label, prior }] : [];
  });
}

/**
 * @param patterns [count][pixels²], fractions of the beam @param dose_e electrons per pattern
 * @param alike labels of look-alikes, [count][labels] @param told by the model before adaptation: both are asked about the same labels
 */
export async function consistencyOf(
  model: Model,
  patterns: Float32Array,
  dose_e: number,
  alike: Float32Array,
  told: readonly ToldLabel[],
): Promise<Consistency> {
  const { info } = model;
  const n = info.detector.pixels;
  const size = n * n;
  const count = patterns.length / size;
  const width = info.labels.length;
  const pairs = labelPairs(info.labels.map(({ name }) => name));
  const out = {
    reconstruction: new Float64Array(count),
    latents: new Float64Array(count),
    looks: new Float64Array(count),
    library: new Float64Array(count),
  };
  const operations = operationsOf(info.detector);
  const tables = operations.map((operation) => pixelTables(n)[operation]!);
  const looked = looksOf(info.detector).map((operation) => operations.indexOf(operation));
  const views = new Float32Array(operations.length * size);
  for (let i = 0; i < count; i++) {
    const pattern = patterns.subarray(i * size, (i + 1) * size);
    const { reconstruction, latent } = await model.predict(pattern, 1);
    out.reconstruction[i] = misfitOf(pattern, reconstruction) - countingMisfit(reconstruction, dose_e);
    out.latents[i] = info.domain ? distanceOf(info.domain.latent, latent) / info.domain.distance.high : 0;
    tables.forEach((table, view) => {
      for (let k = 0; k < size; k++) views[view * size + k] = pattern[table[k]!]!;
    });
    const { labels } = await model.predict(views, operations.length, { reconstruction: false });
    const answers = operations.map((operation, view) => {
      const own = labels.slice(view * width, (view + 1) * width);
      turnLabels(own, pairs, INVERSE[operation]!);
      return own;
    });
    let [looks, library, whole] = [0, 0, 0];
    for (const { name, label, prior } of told) {
      const mean = answers.reduce((sum, own) => sum + own[label]!, 0) / answers.length;
      looks += answers.reduce((sum, own) => sum + (own[label]! - mean) ** 2, 0) / answers.length / prior ** 2;
      if (!WHOLE.test(name)) continue;
      whole++;
      // Two looks, as a map has them.
      const both = looked.reduce((sum, view) => sum + answers[view]![label]! / looked.length, 0);
      library += ((both - alike[i * width + label]!) / prior) ** 2;
    }
    out.looks[i] = Math.sqrt(looks / Math.max(1, told.length));
    out.library[i] = Math.sqrt(library / Math.max(1, whole));
  }
  return out;
}

/** Standard errors, and share of the value before, by which a mean must change to count. */
const ERRORS = 2;
const SHARE = 0.05;
/** Below this a measure is rounding: that over looks, of a network that shares weights among them (sharing.ts). */
const NOTHING = 1e-4;

/** What became of each measure. */
export function compareConsistency(before: Consistency, after: Consistency): ConsistencyMeasure[] {
  return (Object.keys(WHAT) as Name[]).map((name) => {
    const [a, b] = [before[name], after[name]];
    const n = a.length;
    const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / n;
    const difference = b.map((value, i) => value - a[i]!);
    const change = mean(difference);
    const error = Math.sqrt(mean(difference.map((value) => (value - change) ** 2)) / Math.max(1, n - 1));
    const counts = Math.abs(change) > Math.max(ERRORS * error, SHARE * Math.abs(mean(a)), NOTHING);
    return {
      name,
      what: WHAT[name],
      before: mean(a),
      after: mean(b),
      error,
      verdict: counts ? (change < 0 ? 'better' : 'worse') : 'same',
    };
  });
}
