/**
 * How a map of patterns whose truth is known would have fared: the patterns are taken for a scan, marked, and their σ made as a map's is (map-scan.ts). Coverage is
 * the share of truths inside the 68 and the 95% interval, the mean over structures, with its standard error from the spread between structures.
 *
 * What this is not: a scan. Its positions would be neighbours, of one thickness and one tilt.
 */

import type { Answers } from '../network/answers.ts';
import { conformalFactor, coverageOf, LEVELS, ratioOf } from '../network/conformal.ts';
import { distancesOf } from '../network/domain.ts';
import { marksOf, type ScanMarks } from '../network/marks.ts';
import type { ModelInfo } from '../network/model-info.ts';
import type { Posteriors } from '../network/rank-checks.ts';
import { isGain } from '../network/told.ts';
import { ratiosOf, type SigmaRule, sigmaRule, uncalibrated } from '../network/uncertainty.ts';
import { tellsNothing } from './abstention.ts';
import { widened } from './fit.ts';

/** Shares of truths in each interval [68%, 95%]; NaN where there is no pattern. */
type Pair = readonly [number, number];

export interface LabelCoverage {
  readonly name: string;
  readonly unit: string;
  /** Mean absolute error of all patterns, and that of somebody who knows only the mean. */
  readonly mae: number;
  readonly prior_mae: number;
  /** Of all patterns, with σ as if none were marked; standard error of that over structures. */
  readonly plain: Pair;
  readonly plain_error: Pair;
  /** Of the patterns that are not marked, and of all with σ widened where they are. */
  readonly unmarked: Pair;
  readonly widened: Pair;
  /** Share of unmarked patterns whose value carries no information. */
  readonly abstained: number;
}

export interface CoverageOf {
  readonly count: number;
  readonly structures: number;
  /** Patterns marked as out of domain. */
  readonly outside: number;
  readonly scan: ScanMarks['scan'];
  readonly labels: readonly LabelCoverage[];
  /** Of the unmarked patterns, widened as a map's. */
  readonly posteriors: Posteriors;
}

/**
 * @param answers with reconstruction, to patterns of one kind
 * @param own the patterns are those that the model was calibrated on: each structure is then judged by factors from the others
 *
 * A model without domain has no marks; one without calibration gets the factors 1 and 2.
 */
export function coverageOfAnswers(info: ModelInfo, answers: Answers, own: boolean): CoverageOf {
  const { count, structure } = answers;
  const width = info.labels.length;
  const structures = [...new Set(structure)];
  const rules = info.labels.map(({ name }) => sigmaRule(info, name));
  const factors = info.labels.map((_, label) => factorsOf(info, answers, label, own));
  const column = (values: Float32Array, label: number) =>
    Float32Array.from({ length: count }, (_, i) => values[i * width + label]!);
  const raw = info.labels.map((_, label) =>
    Float32Array.from({ length: count }, (_, i) => {
      const rule = rules[label];
      return uncalibrated(answers, i * width + label, rule?.rmse ?? 0, rule?.scale(answers.dose_e[i]!) ?? 1);
    }),
  );
  const at68 = raw.map((sigma, label) => sigma.map((s, i) => s * factors[label]!(structure[i]!)[0]));
  const marks =
    info.domain &&
    marksOf(info, info.domain, {
      distance: distancesOf(info.domain.latent, answers.latent),
      misfit: answers.misfit,
      counting: answers.counting,
      instrument: answers.instrument,
      values: info.labels.map((_, label) => column(answers.mean, label)),
      sigma: at68,
      dose_e: answers.dose_e.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    });
  const times = marks?.times ?? new Float32Array(count).fill(1);
  const inside = Array.from({ length: count }, (_, i) => i).filter((i) => marks?.outside[i] !== 1);
  const all = Array.from({ length: count }, (_, i) => i);
  const labels = info.labels.map(({ name, unit }, label): LabelCoverage => {
    const truth = column(answers.truth, label);
    const error = column(answers.mean, label).map((value, i) => Math.abs(value - truth[i]!));
    const mean = truth.reduce((a, b) => a + b, 0) / count;
    const prior = rules[label]?.prior ?? 0;
    const wide = (i: number, level: number): number => {
      const [f68, f95] = factors[label]!(structure[i]!);
      const sigma = widened(raw[label]![i]! * f68, times[i]!, prior);
      return level === 0 || !(f68 > 0) ? sigma : (sigma * f95) / f68;
    };
    const covered = (which: readonly number[], half: (i: number, level: number) => number) =>
      LEVELS.map((_, level) => {
        const shares = structures
          .map((s) => which.filter((i) => structure[i] === s).map((i) => ratioOf(error[i]!, half(i, level))))
          .filter((some) => some.length > 0);
        return shares.length > 0 ? coverageOf(shares, () => 1) : { mean: Number.NaN, spread: Number.NaN };
      });
    const plain = covered(all, (i, level) => raw[label]![i]! * factors[label]!(structure[i]!)[level]!);
    const pair = (list: readonly { mean: number }[]): Pair => pairOf((level) => list[level]!.mean);
    return {
      name,
      unit,
      mae: error.reduce((a, b) => a + b, 0) / count,
      prior_mae: truth.reduce((sum, value) => sum + Math.abs(value - mean), 0) / count,
      plain: pair(plain),
      plain_error: pairOf((level) => standardError(plain[level]!.spread, structures.length, info, name, level, own)),
      unmarked: pair(covered(inside, wide)),
      widened: pair(covered(all, wide)),
      abstained: inside.filter((i) => tellsNothing(wide(i, 0), prior)).length / Math.max(1, inside.length),
    };
  });
  const posteriors: Posteriors = {
    count: inside.length,
    width,
    truth: rowsOf(answers.truth, inside, width),
    mean: rowsOf(answers.mean, inside, width),
    sigma: Float32Array.from(inside.flatMap((i) => at68.map((s) => s[i]!))),
  };
  const scan = marks?.scan ?? { distance: 0, misfit: 0, instrument: 0, dose: 0 };
  return { count, structures: structures.length, outside: count - inside.length, scan, labels, posteriors };
}

const pairOf = (f: (level: 0 | 1) => number): Pair => [f(0), f(1)];

/**
 * Of a coverage over n structures, with factors from K others: s·√(1/n + 1/K), s the spread between structures. A few structures may be alike by chance: s is not less
 * than among those of the calibration.
 */
function standardError(
  spread: number,
  n: number,
  { uncertainty }: ModelInfo,
  name: string,
  level: 0 | 1,
  own: boolean,
): number {
  const known = uncertainty?.labels.find((one) => one.name === name)?.spread?.[level] ?? 0;
  return Math.max(spread, known) * Math.sqrt(1 / n + (own || !uncertainty ? 0 : 1 / uncertainty.structures));
}

function rowsOf(values: Float32Array, rows: readonly number[], width: number): Float32Array {
  return Float32Array.from(rows.flatMap((i) => [...values.subarray(i * width, (i + 1) * width)]));
}

/** Factors of one label by structure. */
function factorsOf(info: ModelInfo, answers: Answers, label: number, own: boolean): (structure: number) => Pair {
  const { name } = info.labels[label]!;
  const calibrated = info.uncertainty?.labels.find((one) => one.name === name);
  const stored = calibrated?.factors ?? ([1, 2] as const);
  // What is answered with its mean has the prior's intervals, whichever structures are asked.
  if (!own || (calibrated?.gain && !isGain(calibrated.gain))) return () => stored;
  const rule: SigmaRule | undefined = sigmaRule(info, name);
  const ratios = ratiosOf(answers, label, info.labels.length, rule?.rmse ?? 0, rule?.scale ?? (() => 1));
  if (ratios.length < 2) return () => stored;
  const order = [...new Set(answers.structure)];
  const byStructure = new Map(
    order.map((structure, k) => {
      const others = ratios.filter((_, other) => other !== k);
      return [structure, [conformalFactor(others, LEVELS[0]), conformalFactor(others, LEVELS[1])] as const];
    }),
  );
  return (structure) => byStructure.get(structure)!;
}

/** What is allowed beside two standard errors [share of patterns]. */
const ALLOWED = { usual: 0.03, shifted: 0.08 } as const;
/** A set of which so much is marked is not believed: what its unmarked rest covers does not matter. */
const MARKED = 0.9;

export interface Verdict {
  /** 'marked': the set is called out of domain; 'kept': no label covers less than allowed; 'broken': one does, unmarked. */
  readonly kind: 'marked' | 'kept' | 'broken';
  /** Label and level [0: 68%, 1: 95%] that covers least, against its level, of the unmarked patterns; undefined where all are marked. */
  readonly worst: { readonly name: string; readonly level: 0 | 1; readonly coverage: number } | undefined;
}

/** Whether stated intervals can be believed: unmarked patterns are covered as stated, less 3 points (8 in a set unlike the library) and two standard errors over structures. */
export function verdictOf({ count, outside, labels }: CoverageOf, shifted: boolean): Verdict {
  const allowed = shifted ? ALLOWED.shifted : ALLOWED.usual;
  const rows = labels.flatMap(({ name, unmarked, plain_error }) =>
    ([0, 1] as const).map((level) => ({
      name,
      level,
      coverage: unmarked[level],
      lack: LEVELS[level] - unmarked[level],
      bound: allowed + 2 * plain_error[level],
    })),
  );
  const known = rows
    .filter(({ lack }) => Number.isFinite(lack))
    .toSorted((a, b) => b.lack - b.bound - (a.lack - a.bound));
  const worst = known[0];
  const broken = worst !== undefined && worst.lack > worst.bound;
  const kind = outside >= MARKED * count ? 'marked' : broken ? 'broken' : 'kept';
  return { kind, worst: worst && { name: worst.name, level: worst.level, coverage: worst.coverage } };
}
