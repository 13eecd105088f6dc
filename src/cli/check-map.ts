/** `ferroscope map --check`: the recipe that a model embeds, taken for what its library was, and the check's result in a map. */

import { FerroscopeError, fail } from '../core/errors.ts';
import { fixedLabel, percent, plural } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { detectorDifference } from '../diffraction/detector.ts';
import { detectorOf } from '../library/plan.ts';
import { requireUniform } from '../library/uniform-crystal.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { STATE_LABELS } from '../polarization/check-job.ts';
import { type CheckInputs, checkScan } from '../polarization/check-scan.ts';
import type { MapResult } from '../polarization/map-scan.ts';
import type { Check } from '../polarization/polarization-map.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import type { PatternSource } from '../scan/pattern-source.ts';

/** What a check simulates, from the recipe in a model's file. @throws 'unsupported' for a recipe of another version's keys, and as `requireUniform`; 'model-mismatch' for one of another detector */
export function checkInputsOf(info: ModelInfo): CheckInputs {
  const train = 'Train the model again with this version, or map without --check.';
  if (info.recipeSchema === 1) {
    fail('unsupported', 'The model’s recipe is of format 1, whose library cannot be simulated again.', train);
  }
  let recipe: Recipe;
  try {
    recipe = parseRecipe(info.recipe, 'the model’s recipe');
  } catch (error) {
    if (!(error instanceof FerroscopeError)) throw error;
    fail('unsupported', `The check cannot read the model's recipe: ${error.message}`, train);
  }
  requireUniform(recipe);
  const off = detectorDifference(info.detector, detectorOf(recipe));
  if (off) fail('model-mismatch', `The model and the recipe in its file are of different detectors: ${off}.`, train);
  const { scores } = info;
  const error = Object.fromEntries(
    STATE_LABELS.map((label) => [label, scores.training.find(({ name }) => name === label)?.rmse ?? 0]),
  ) as CheckInputs['error'];
  return { library: recipe, inelastic_hwhm_mrad: recipe.training.inelastic_hwhm_mrad, error };
}

/** The map with its check: channel, provenance and warnings. @throws as `checkScan` */
export async function checked(
  source: PatternSource,
  result: MapResult,
  inputs: CheckInputs,
  task: Task,
): Promise<MapResult> {
  const { map, calibration } = result;
  const { channel, check, warnings } = await checkScan(source, map, calibration, inputs, nodeWorkers, task);
  const meta = { ...map.meta, check, warnings: [...(map.meta.warnings ?? []), ...warnings] };
  return { ...result, map: { ...map, channels: [...map.channels, channel], meta } };
}

/** In one line. */
export function checkLine({ positions, every, median, threshold, above, floor, check_s }: Check): string {
  const which = every === 1 ? '' : ` (every ${every}th along y and x)`;
  return `Check of ${plural(positions, 'predicted state')}${which} in ${Math.round(check_s)} s: χ² per degree of freedom ${fixedLabel(median)} (median), ${percent(above, 2)} above ${fixedLabel(threshold)}; simulated patterns of true states leave ${fixedLabel(floor.truth)}, of P reversed ${fixedLabel(floor.reversed)}, 5 nm thicker ${fixedLabel(floor.thicker)}`;
}
