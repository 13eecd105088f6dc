/**
 * Whether a model fits the scan that it maps (network/marks.ts), what that does to the uncertainty, and how it is said. Out of domain σ is widened: with s how
 * many times beyond the usual the position is,
 *
 *     σ = s · √(σ_model² + (1 − 1/s²) σ_prior²),      σ_prior that of somebody who knows only the label's mean:
 *
 * out of its domain a model knows no more than its prior, and the prior may be the wrong one.
 *
 * What this is not: a proof of fit. Errors that leave patterns as they are, such as a mirrored camera, show in none of the marks.
 */

import { percent, plural, quantity } from '../core/numbers.ts';
import { marksOf, type PatternMarks, type ScanMarks, toldRanges } from '../network/marks.ts';
import type { ModelInfo } from '../network/model-info.ts';

export interface MapWarning {
  /** 'wrong': what the map says is not to be trusted; 'care': something to know. */
  readonly level: 'wrong' | 'care';
  readonly text: string;
}

export interface Fit {
  readonly warnings: readonly MapWarning[];
  /** s of every position, at least 1. */
  readonly widening: Float32Array;
  /** 1 where a position is out of the model's domain. */
  readonly outside: Uint8Array;
}

/** Share of positions that must be marked before it is said of the map. */
const SHARE = 0.05;
/** Answers within this share of a label's range from its edge. */
const EDGE = 0.02;
/** Times beyond held-out patterns from which on an instrument's effect makes the whole map wrong, not only its σ: blur by half a pixel of the patterns, 5% of background. */
const GRAVE = 2;
/** Share of positions at an edge that is said. */
const EDGE_SHARE = 0.2;

export function fitOf(info: ModelInfo, patterns: PatternMarks): Fit {
  const { domain, dose_e: trained } = info;
  const { dose_e } = patterns;
  const count = patterns.distance.length;
  const warnings: MapWarning[] = [];
  let widening: Float32Array = new Float32Array(count).fill(1);
  let outside: Uint8Array = new Uint8Array(count);
  if (domain) {
    const marks = marksOf(info, domain, patterns);
    widening = marks.times;
    outside = marks.outside;
    warnings.push(...misfitWarnings(marks, count), ...edges(info, patterns.values));
    const marked = outside.reduce((sum, one) => sum + one, 0);
    if (marked > SHARE * count) {
      warnings.push({
        level: marked > count / 2 && Math.max(...widening) > GRAVE ? 'wrong' : 'care',
        text: `${plural(marked, 'position')} of ${count} ${marked === 1 ? 'is' : 'are'} out of the model's domain (channel out_of_domain): their σ is widened, and is a guess.`,
      });
    }
  } else {
    const text =
      'The model (format 1) does not say what it was trained on: whether it fits this scan is not known. Train it again.';
    warnings.push({ level: 'care', text });
  }
  if (!trained) {
    warnings.push({
      level: 'care',
      text: `The model was trained without noise, and the scan has ${quantity(dose_e, 'electrons', 3)} a pattern: its σ holds no counting noise. Set training.dose_e.`,
    });
  } else if (dose_e < 0.8 * trained[0] || dose_e > 1.25 * trained[1]) {
    warnings.push({
      level: 'care',
      text: `The scan has ${quantity(dose_e, 'electrons', 3)} a pattern; the model was trained on ${quantity(trained[0], '', 3)} to ${quantity(trained[1], 'electrons', 3)}: ${
        dose_e < trained[0]
          ? `σ is widened ${quantity(Math.sqrt(trained[0] / dose_e), 'times', 2)}, as counting would have it, and is a guess. Train with training.dose_e that holds it, or record for longer.`
          : 'its σ is that of its own doses, too wide if anything. Train with training.dose_e that holds it.'
      }`,
    });
  }
  return { warnings, widening, outside };
}

function misfitWarnings({ scan, far, beyond, instrument }: ScanMarks, count: number): MapWarning[] {
  const list: MapWarning[] = [];
  if (scan.misfit > 1) {
    list.push({
      level: 'wrong',
      text: `The model does not fit these patterns: a tenth of them or more leave ${quantity(scan.misfit, 'times', 3)} as much over as 99 of 100 held-out patterns, beside what counting leaves.`,
    });
  }
  if (scan.instrument > 1) {
    const { background, blur_mrad } = instrument;
    list.push({
      level: scan.instrument > GRAVE ? 'wrong' : 'care',
      text: `The patterns differ from the library's as an instrument or an amorphous layer would make them differ: ${percent(Math.abs(background), 2)} ${background < 0 ? 'less' : 'more'} background, ${quantity(Math.abs(blur_mrad), 'mrad', 2)} ${blur_mrad < 0 ? 'less' : 'more'} blur (rms; both to first order), ${quantity(scan.instrument, 'times', 2)} what 99 of 100 held-out patterns show. Train with background_fraction, inelastic_fraction and blur_mrad that hold them.`,
    });
  }
  if (far > SHARE * count) {
    list.push({
      level: far > count / 2 ? 'wrong' : 'care',
      text: `${plural(far, 'position')} of ${count} are unlike anything the model was tested on (latents farther out than those of 99 of 100 held-out patterns).`,
    });
  }
  for (const { name, count: n } of beyond) {
    if (n > SHARE * count) {
      list.push({
        level: 'care',
        text: `${name} is answered beyond what the model was trained on, by more than 2σ, at ${percent(n / count, 2)} of the positions.`,
      });
    }
  }
  return list;
}

/** Labels that the model can tell whose answers pile up at an end of what it was trained on. */
function edges(info: ModelInfo, values: readonly ArrayLike<number>[]): MapWarning[] {
  return toldRanges(info).flatMap(({ name, unit, label, min, max }) => {
    const margin = EDGE * (max - min);
    const here = Array.from(values[label]!);
    const at = here.reduce((n, v) => n + (v < min + margin || v > max - margin ? 1 : 0), 0);
    if (at <= EDGE_SHARE * here.length) return [];
    const text = `${name} lies at or beyond the edge of what the model was trained on (${quantity(min, '', 3)} to ${quantity(max, unit, 3)}) at ${percent(at / here.length, 2)} of the positions: the truth may lie outside.`;
    return [{ level: 'care', text }];
  });
}

/** σ of a value whose model states σ_model, widened by s. */
export function widened(sigma: number, s: number, prior: number): number {
  return s * Math.hypot(sigma, Math.sqrt(1 - 1 / (s * s)) * prior);
}
