/**
 * Whether a model fits the scan that it maps, and what that does to the uncertainty. Three marks (network/domain.ts): what its reconstructions leave of the
 * patterns, how far their latents lie from those it was tested on, and answers at the edge of what it was trained on. A mark that is beyond 99 of 100 held-out
 * patterns widens σ: with s how many times beyond it is,
 *
 *     σ = s · √(σ_model² + (1 − 1/s²) σ_prior²),      σ_prior the spread of the label among held-out patterns:
 *
 * out of its domain a model knows no more than its prior, and the prior may be the wrong one.
 *
 * What this is not: a proof of fit. Errors that leave patterns as they are, such as a mirrored camera, show in none of the marks.
 */

import { percent, plural, quantity } from '../core/numbers.ts';
import type { Domain } from '../network/domain.ts';
import type { ModelInfo } from '../network/model-info.ts';

export interface MapWarning {
  /** 'wrong': what the map says is not to be trusted; 'care': something to know. */
  readonly level: 'wrong' | 'care';
  readonly text: string;
}

export interface FitMarks {
  /** Of positions across the scan. */
  readonly misfit: readonly number[];
  /** Of every position. */
  readonly distance: Float32Array;
}

export interface Fit {
  readonly warnings: readonly MapWarning[];
  /** s of every position, at least 1. */
  readonly widening: Float32Array;
}

/** Share of positions that must be marked before it is said of the map. */
const SHARE = 0.05;
/** Answers within this share of a label's range from its edge. */
const EDGE = 0.02;
/** Share of positions at an edge that is said. */
const EDGE_SHARE = 0.2;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** @param values of every label [labels][positions] */
export function fitOf(
  { domain, labels, dose_e: trained, scores }: ModelInfo,
  marks: FitMarks,
  values: readonly Float32Array[],
  dose_e: number,
): Fit {
  const count = marks.distance.length;
  const warnings: MapWarning[] = [];
  const care = (text: string) => warnings.push({ level: 'care', text });
  const wrong = (text: string) => warnings.push({ level: 'wrong', text });
  const widening = new Float32Array(count).fill(1);
  if (!domain) {
    care(
      'The model (format 1) does not say what it was trained on: whether it fits this scan is not known. Train it again.',
    );
  } else {
    const misfit = median(marks.misfit);
    const times = misfit / domain.misfit.high;
    if (times > 1) {
      wrong(
        `The model does not fit these patterns: its reconstructions leave ${percent(misfit)} of them over, ${quantity(times, 'times', 2)} what 99 of 100 held-out patterns leave (${percent(domain.misfit.high)}).`,
      );
    }
    let far = 0;
    for (let i = 0; i < count; i++) {
      const s = marks.distance[i]! / domain.distance.high;
      if (s > 1) far++;
      widening[i] = Math.max(1, s, times);
    }
    if (far > SHARE * count) {
      const say = far > count / 2 ? wrong : care;
      say(
        `${plural(far, 'position')} of ${count} are unlike anything the model was tested on (latents farther out than those of 99 of 100 held-out patterns): their σ is widened.`,
      );
    }
    for (const text of edges(domain, labels, values, scores.training)) care(text);
  }
  if (trained && (dose_e < 0.8 * trained[0] || dose_e > 1.25 * trained[1])) {
    care(
      `The scan has ${quantity(dose_e, 'electrons', 3)} a pattern; the model was trained on ${quantity(trained[0], '', 3)} to ${quantity(trained[1], 'electrons', 3)}.`,
    );
  }
  return { warnings, widening };
}

/** Labels that the model can tell whose answers pile up at an end of what it was trained on. */
function edges(
  domain: Domain,
  labels: ModelInfo['labels'],
  values: readonly Float32Array[],
  scores: ModelInfo['scores']['training'],
): string[] {
  return labels.flatMap(({ name, unit }, label) => {
    const range = domain.labels.find((one) => one.name === name);
    const score = scores.find((one) => one.name === name);
    // A label that is guessed is answered with the mean, wherever the truth is.
    if (!range || !score || score.correlation < 0.5) return [];
    const margin = EDGE * (range.max - range.min);
    const here = values[label]!;
    const at = here.reduce((n, v) => n + (v < range.min + margin || v > range.max - margin ? 1 : 0), 0);
    if (at <= EDGE_SHARE * here.length) return [];
    return [
      `${name} lies at or beyond the edge of what the model was trained on (${quantity(range.min, '', 3)} to ${quantity(range.max, unit, 3)}) at ${percent(at / here.length, 2)} of the positions: the truth may lie outside.`,
    ];
  });
}

/** σ of a value whose model states σ_model, widened by s. */
export function widened(sigma: number, s: number, prior: number): number {
  return s * Math.hypot(sigma, Math.sqrt(1 - 1 / (s * s)) * prior);
}
