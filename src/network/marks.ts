/**
 * Which patterns of a scan are out of the domain of a model, and by how much. A pattern is, where
 * - its latents lie farther out than those of 99 of 100 held-out patterns (domain.ts),
 * - its reconstruction leaves more over, beside what counting leaves, than that of 99 of 100 held-out ones, or
 * - a label that the model can tell is answered beyond the range that it was trained on, by more than 2σ;
 * and every pattern of the scan is, but those that are judged by themselves, where
 * - a tenth of the patterns or more, three at least or all, lie farther out than 99 of 100 held-out ones,
 * - a tenth or more leave more over, beside what counting leaves, than 99 of 100 held-out ones,
 * - a tenth or more show an instrument (background, blur: instrument.ts) unlike that of 99 of 100 held-out ones, or
 * - the scan has fewer electrons a pattern than any that the model was trained on; a model that was trained without noise, so few that counting adds to its errors.
 * By how much, s, is the largest of the ratios that exceed 1: the pattern's distance and what it leaves over, and what a tenth of the patterns exceed of distance, of what is left and of the instrument's amplitudes, each over what
 * 99 of 100 held-out patterns have, and √(least dose/dose), or what counting multiplies errors by ({@link byCounting}).
 *
 * What this is not: what becomes of σ (polarization/fit.ts), or a proof of fit.
 */

import { pixelSide_mrad } from '../diffraction/detector.ts';
import { type Domain, distancesOf, quantile } from './domain.ts';
import { type ModelInfo, networkOf } from './model-info.ts';

/** Share, and number, of a scan's patterns that are beyond before all count as such. */
const SHARE = 0.1;
const LEAST = 3;
/** A scan's dose is known to a few per cent. */
const DOSE_TOLERANCE = 0.8;
/** A label whose correlation with the truth is less is answered with the mean, wherever the truth is: it has no edge. */
const TELLS = 0.5;

export interface PatternMarks {
  /** Of every pattern: how far its latents lie, what the reconstruction leaves, and what counting makes of that. */
  readonly distance: ArrayLike<number>;
  readonly misfit: ArrayLike<number>;
  readonly counting: ArrayLike<number>;
  /** [patterns][INSTRUMENT] of some of them, evenly chosen. */
  readonly instrument: Float32Array;
  /** Answers and σ, calibrated, of every pattern, [labels][patterns]; σ absent where a label has none. */
  readonly values: readonly ArrayLike<number>[];
  readonly sigma: readonly (ArrayLike<number> | undefined)[];
  /** Electrons per pattern. */
  readonly dose_e: number;
  /** 1 for patterns that are judged by themselves, such as those of another layer of a film: the scan as a whole is neither judged by them nor marks them. */
  readonly apart?: ArrayLike<number> | undefined;
}

export interface ScanMarks {
  /** s of every pattern, at least 1. */
  readonly times: Float32Array;
  /** 1 where out of domain. */
  readonly outside: Uint8Array;
  /** Patterns whose latents are far out, those apart left out. */
  readonly far: number;
  /** s of the whole scan by each of its marks; at most 1 where the scan fits. */
  readonly scan: Readonly<Record<'distance' | 'misfit' | 'instrument' | 'dose', number>>;
  /** Median background [share of the beam] and blur (rms, negative where there is less) beyond those of held-out patterns, to first order. */
  readonly instrument: { readonly background: number; readonly blur_mrad: number };
  /** Patterns answered beyond the range, by label; labels with none are left out. */
  readonly beyond: readonly { readonly name: string; readonly unit: string; readonly count: number }[];
}

/** s of a scan's dose; 0 where the model has learned from as few electrons. */
function byDose(info: ModelInfo, dose_e: number): number {
  const least = 1 / Math.sqrt(DOSE_TOLERANCE);
  const s = info.dose_e ? Math.sqrt(info.dose_e[0] / dose_e) : byCounting(info, dose_e);
  return s > least ? s : 0;
}

/**
 * By what counting multiplies the rms error of a model that was trained without noise, the most over its labels: its variance goes as 1/dose, and at 1e6 electrons and
 * without noise the model's file states the error.
 */
function byCounting({ scores: { noiseFree, dose1e6 } }: ModelInfo, dose_e: number): number {
  const grown = noiseFree.map(({ name, rmse }) => {
    const noisy = dose1e6.find((one) => one.name === name)?.rmse ?? rmse;
    return rmse > 0 ? Math.sqrt(1 + (Math.max(0, (noisy / rmse) ** 2 - 1) * 1e6) / dose_e) : 1;
  });
  return Math.max(1, ...grown);
}

/** Components that the square symmetry of [001] turns into each other and into their opposites. */
const IN_PLANE = /^(.+)_[xy]$/;

/**
 * The ranges of labels that the model can tell. Weights that symmetry operations share have seen, with a pattern, its turned and mirrored ones: along [001] a component in the
 * plane then was as large along x and y, and to either side, as it was anywhere.
 */
export function toldRanges(info: ModelInfo) {
  const { domain, labels, scores, detector } = info;
  const square = networkOf(info)?.share === true && detector.zone === undefined;
  const rangeOf = (name: string) => {
    const stem = square ? IN_PLANE.exec(name)?.[1] : undefined;
    const own = domain?.labels.find((one) => one.name === name);
    if (!own || stem === undefined) return own;
    const alike = domain!.labels.filter((one) => IN_PLANE.exec(one.name)?.[1] === stem);
    const most = Math.max(...alike.flatMap(({ min, max }) => [Math.abs(min), Math.abs(max)]));
    return { name, min: -most, max: most };
  };
  return labels.flatMap(({ name, unit }, label) => {
    const range = rangeOf(name);
    const score = scores.training.find((one) => one.name === name);
    return range && score && score.correlation >= TELLS ? [{ name, unit, label, min: range.min, max: range.max }] : [];
  });
}

/** What each pattern leaves over, beside what counting leaves, over what 99 of 100 held-out patterns do; models before format 3 know it with counting noise in it. */
export function leftOver(domain: Domain, misfit: ArrayLike<number>, counting: ArrayLike<number>): Float64Array {
  return Float64Array.from(misfit, (m, i) => {
    const s = domain.excess ? (m - counting[i]!) / domain.excess.high : m / domain.misfit.high;
    return Number.isFinite(s) ? s : 0;
  });
}

/** Marks of a scan's patterns. @param info of a model that says what it was trained on: `domain` is its own */
export function marksOf(info: ModelInfo, domain: Domain, patterns: PatternMarks): ScanMarks {
  const { distance, misfit, counting, instrument, values, sigma, dose_e, apart } = patterns;
  const count = distance.length;
  const far = Float64Array.from(distance, (d) => d / domain.distance.high);
  const left = leftOver(domain, misfit, counting);
  const seen = domain.instrument
    ? distancesOf(domain.instrument.amplitudes, instrument).map((d) => d / domain.instrument!.distance.high)
    : new Float64Array();
  const share = (s: Float64Array): number =>
    s.toSorted().at(-Math.min(s.length, Math.max(LEAST, Math.ceil(SHARE * s.length)))) ?? 0;
  const scan = {
    distance: share(far.filter((_, i) => !apart?.[i])),
    misfit: share(left.filter((_, i) => !apart?.[i])),
    instrument: share(seen),
    dose: byDose(info, dose_e),
  };
  const whole = Math.max(1, ...Object.values(scan));
  const times = Float32Array.from(far, (s, i) => Math.max(s, left[i]!, apart?.[i] ? 1 : whole));
  const outside = Uint8Array.from(times, (s) => (s > 1 ? 1 : 0));
  const beyond = toldRanges(info).flatMap(({ name, unit, label, min, max }) => {
    let n = 0;
    for (let i = 0; i < count; i++) {
      const value = values[label]![i]!;
      const margin = 2 * (sigma[label]?.[i] ?? 0);
      if (value >= min - margin && value <= max + margin) continue;
      n++;
      outside[i] = 1;
    }
    return n > 0 ? [{ name, unit, count: n }] : [];
  });
  const [even = 0, central = 0, blur = 0] = (domain.instrument?.amplitudes.mean ?? []).map((mean, k, { length }) => {
    const own = instrument.filter((_, i) => i % length === k);
    return own.length > 0 ? quantile(own, 0.5) - mean : 0;
  });
  const blur_mrad = Math.sign(blur) * Math.sqrt(Math.abs(blur)) * pixelSide_mrad(info.detector);
  const shown = { background: even + central, blur_mrad };
  return { times, outside, far: far.filter((s, i) => s > 1 && !apart?.[i]).length, scan, instrument: shown, beyond };
}
