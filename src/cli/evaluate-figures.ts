/**
 * The figures by which the paper judges its network, of any model and library: Extended Data Fig. 2 (parity), 3 (derivatives), 4 (dose) and 5 (latents). What is
 * computed for them goes into evaluation.json, too.
 */

import { FerroscopeError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import type { Task } from '../core/task.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { pixelSide_mrad } from '../diffraction/detector.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import type { AccuracyInput } from '../figures/accuracy-section.ts';
import type { DerivativeInput } from '../figures/derivative-section.ts';
import type { LatentInput } from '../figures/latent-section.ts';
import type { PatternDataset } from '../library/dataset.ts';
import type { LibraryInputs } from '../library/options.ts';
import { detectorOf } from '../library/plan.ts';
import { patternDerivatives } from '../limit/derivatives.ts';
import { limitsPerElectron, MEAN_ABSOLUTE } from '../limit/fisher.ts';
import { type Answers, answersOf } from '../network/answers.ts';
import { pearson, residuals, shuffledCorrelation } from '../network/correlation.ts';
import { doseCurves, meanAbsoluteError, meanOnlyError } from '../network/dose-curve.ts';
import { spread } from '../network/finish.ts';
import type { Model } from '../network/infer.ts';
import { networkOf } from '../network/model-info.ts';

/** Held-out patterns of the parity plots and of the latents, and of the curves against dose, at most. */
const PATTERNS = 2400;
const CURVE = 768;
/** Of the noisy parity plots, the paper's; and of the curves [electrons per pattern]. */
const DOSE = 1e6;
const DOSES = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/** Labels that are drawn: δO goes with P. */
const DRAWN = /^(P|dTi|tilt)_[xyz]$|^thickness$/;
/** Labels that the latents are compared with, and those that points are coloured by. */
export const STATE: readonly string[] = ['thickness', 'tilt_x', 'tilt_y', 'P_x', 'P_y', 'P_z'];
const COLOURED = ['P_y', 'P_z', 'thickness'];

export interface PaperFigures {
  readonly accuracy: AccuracyInput;
  readonly derivatives: DerivativeInput | { readonly reason: string };
  readonly latents: LatentInput;
  /** For evaluation.json. */
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * @param data with the model's labels @param heldOut its patterns that the training never saw
 * @param inputs what the library was made with, or why it cannot be said
 */
export async function paperFigures(
  model: Model,
  data: PatternDataset,
  heldOut: readonly number[],
  inputs: LibraryInputs | string,
  task: Task,
): Promise<PaperFigures> {
  const { info } = model;
  const limited = await derivativesOf(inputs, task);
  const limits = 'limits' in limited ? limited.limits : [];
  const shown = spread(heldOut, PATTERNS);
  const { seed } = info;
  const clean = await answersOf(model, data, shown, { seed }, task);
  const noisy = await answersOf(model, data, shown, { seed, dose: DOSE }, task);
  const fewer = spread(shown, CURVE);
  const curves = (await doseCurves(model, data, fewer, DOSES, seed, task))
    .filter(({ name }) => DRAWN.test(name))
    .map((curve) => {
      const limit = limits.find(({ name }) => name === curve.name)?.free;
      return {
        ...curve,
        limit_1e: limit === undefined ? undefined : MEAN_ABSOLUTE * limit,
        trained_e: info.dose_e ?? undefined,
      };
    });
  const structures = new Set(clean.structure).size;
  const drawn = info.labels.map((label, at) => ({ ...label, at })).filter(({ name }) => DRAWN.test(name));
  const accuracy: AccuracyInput = {
    patterns: shown.length,
    structures,
    curve_patterns: fewer.length,
    dose_e: DOSE,
    adapted: info.adaptation !== undefined,
    parity: drawn.map(({ name, unit, at }) => ({
      name,
      unit,
      truth: columns(clean, clean.truth, [at]),
      noise_free: columns(clean, clean.mean, [at]),
      noisy: columns(noisy, noisy.mean, [at]),
    })),
    curves,
  };
  const latents = latentsOf(model, clean, structures);
  const { scatters, ...correlations } = latents;
  return {
    accuracy,
    derivatives: limited,
    latents,
    json: {
      accuracy: {
        patterns: shown.length,
        structures,
        dose_e: DOSE,
        labels: drawn.map(({ name, unit, at }) => ({
          name,
          unit,
          mae_noise_free: meanAbsoluteError(clean, at),
          mae_at_dose: meanAbsoluteError(noisy, at),
          mae_mean_only: meanOnlyError(clean, at),
        })),
        curve_patterns: fewer.length,
        curves: curves.map(({ trained_e: _, limit_1e, ...curve }) => ({ ...curve, mae_limit_1e: limit_1e ?? null })),
      },
      limit:
        'reason' in limited
          ? limited
          : {
              thickness_nm: limited.thickness_nm,
              P_uC_cm2: limited.P_uC_cm2,
              tilt_mrad: limited.tilt_mrad,
              steps: limited.rows.map(({ values: _, ...row }) => row),
              sigma_1e: limited.limits,
            },
      latents: {
        ...correlations,
        between_labels: Array.from(correlations.between_labels),
        with_latents: Array.from(correlations.with_latents),
        best: scatters.map(({ name, latents: pair, r, partial }) => ({ name, latents: pair, r, partial })),
      },
    },
  };
}

/** Columns of [count][labels] as [count][at.length]. */
export function columns({ count }: Pick<Answers, 'count'>, rows: Float32Array, at: readonly number[]): Float32Array {
  const width = rows.length / count;
  return Float32Array.from(
    { length: count * at.length },
    (_, i) => rows[Math.floor(i / at.length) * width + at[i % at.length]!]!,
  );
}

async function derivativesOf(
  inputs: LibraryInputs | string,
  task: Task,
): Promise<DerivativeInput | { readonly reason: string }> {
  if (typeof inputs === 'string') return { reason: inputs };
  const { min, max } = inputs.library.thickness_nm;
  const state = { P_uC_cm2: [0, 0, 0], tilt_mrad: [0, 0], thickness_nm: (min + max) / 2 } as const;
  try {
    const found = await patternDerivatives(inputs, state, cpuEngine(await SliceKernel.load()), task);
    return {
      ...found.state,
      pattern: found.pattern,
      pixel_mrad: pixelSide_mrad(detectorOf(inputs)),
      rows: found.derivatives,
      limits: limitsPerElectron(found),
    };
  } catch (error) {
    // What a uniform crystal cannot be, or patterns that do not tell their causes apart.
    if (error instanceof FerroscopeError && ['unsupported', 'range'].includes(error.tag)) {
      return { reason: error.message };
    }
    throw error;
  }
}

function latentsOf({ info, latent: width }: Model, answers: Answers, structures: number): LatentInput {
  const latents = Math.min(width, networkOf(info)?.predictor_latent ?? width);
  const known = STATE.map((name) => info.labels.findIndex((one) => one.name === name)).filter((at) => at >= 0);
  const labels = known.map((at) => info.labels[at]!);
  const truth = columns(answers, answers.truth, known);
  const own = columns(
    answers,
    answers.latent,
    Array.from({ length: latents }, (_, i) => i),
  );
  const withLatents = pearson(truth, labels.length, own, latents);
  return {
    patterns: answers.count,
    structures,
    labels: labels.map(({ name }) => name),
    latents,
    between_labels: pearson(truth, labels.length, truth, labels.length),
    with_latents: withLatents,
    chance: shuffledCorrelation(truth, labels.length, own, latents, new RandomStream(info.seed, 'evaluate', 'latents')),
    scatters: labels.flatMap(({ name, unit }, label) => {
      if (!COLOURED.includes(name) || latents < 2) return [];
      const r = (latent: number) => withLatents[label * latents + latent]!;
      const order = Array.from({ length: latents }, (_, i) => i).sort((a, b) => Math.abs(r(b)) - Math.abs(r(a)));
      const pair = [order[0]!, order[1]!] as const;
      const others = columns(
        answers,
        answers.truth,
        known.filter((_, k) => k !== label),
      );
      const left = (rows: Float32Array, n: number) => residuals(rows, n, others, known.length - 1);
      const values = columns(answers, answers.truth, [known[label]!]);
      const points = columns(answers, own, pair);
      const partial = pearson(left(values, 1), 1, left(points, 2), 2);
      return [
        {
          name,
          unit,
          values,
          latents: pair,
          r: [r(pair[0]), r(pair[1])] as const,
          partial: [partial[0]!, partial[1]!] as const,
          points,
        },
      ];
    }),
  };
}
