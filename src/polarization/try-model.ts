/**
 * A model on a sample of a scan: at how many positions the pattern is like those it was tested on, and the thickness that it answers lies within what it was
 * trained on. What tells apart models of one crystal and one microscope, of other thicknesses or tilts. Marks are those of `fit.ts`.
 */

import { checkAborted, type Task } from '../core/task.ts';
import { distanceOf } from '../network/domain.ts';
import type { Model } from '../network/infer.ts';
import { predictSymmetric } from '../network/symmetric.ts';
import { calibratedPatterns } from '../scan/calibrated.ts';
import type { Calibration } from '../scan/calibration.ts';
import type { PatternSource } from '../scan/pattern-source.ts';

/** Positions, evenly over the scan, at most; and how many at once. */
const POSITIONS = 64;
const BATCH = 16;
/** An answer within this share of the range from its end counts as outside. */
const EDGE = 0.02;

export interface Trial {
  readonly positions: number;
  /** Share of them inside; 0 for a model of format 1, which does not say what it was trained on. */
  readonly inside: number;
}

/** @param calibration for the model's crystal and microscope @throws 'aborted', and what reading throws */
export async function tryModel(
  source: PatternSource,
  model: Model,
  calibration: Calibration,
  task: Task,
): Promise<Trial> {
  const { domain, labels, detector, adapts } = model.info;
  const scan = calibratedPatterns(source, calibration, detector);
  const stride = Math.ceil(scan.count / POSITIONS);
  const chosen = Array.from({ length: Math.ceil(scan.count / stride) }, (_, i) => i * stride);
  const thickness = labels.findIndex(({ name }) => name === 'thickness');
  const range = domain?.labels.find(({ name }) => name === 'thickness');
  let inside = 0;
  for (let first = 0; domain && first < chosen.length; first += BATCH) {
    checkAborted(task);
    const here = chosen.slice(first, first + BATCH);
    const patterns = await scan.read(here);
    const said = await predictSymmetric(model, patterns, here.length, { experimental: adapts });
    const dim = said.latent.length / here.length;
    for (let i = 0; i < here.length; i++) {
      const far = distanceOf(domain.latent, said.latent.subarray(i * dim, (i + 1) * dim)) > domain.distance.high;
      const nm = said.labels[i * labels.length + thickness];
      const margin = range ? EDGE * (range.max - range.min) : 0;
      const edge = range && nm !== undefined && !(nm >= range.min + margin && nm <= range.max - margin);
      if (!far && !edge) inside++;
    }
    task.progress(first + here.length, chosen.length, 'positions tried');
  }
  return { positions: chosen.length, inside: inside / chosen.length };
}
