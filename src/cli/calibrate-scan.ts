/** A scan calibrated for what a recipe or a model is for; one that it is not for is refused, and what there is to know of it is said. */

import type { Task } from '../core/task.ts';
import { detectorOf } from '../library/plan.ts';
import { checkModelFits, crystalName, type ModelScope } from '../network/model-scope.ts';
import { measuredFacts, scanRemarks, statedFacts } from '../polarization/scan-facts.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { calibrateGiven } from '../scan/calibrate-given.ts';
import { beamOf, type Calibration } from '../scan/calibration.ts';
import type { ScanOptions } from '../scan/options.ts';
import { orientationText } from '../scan/orientation.ts';
import type { PatternSource } from '../scan/pattern-source.ts';

/** What a recipe's library is for. */
export function recipeScope(recipe: Recipe): ModelScope {
  const { crystal, structures, training } = recipe;
  const { a_A, zone, voltage_kV, convergence_mrad } = detectorOf(recipe);
  return {
    // Whoever wrote the recipe says what the scan is of; a file of structures says nothing.
    material: structures.file === undefined ? crystal.material : undefined,
    crystal: structures.file ?? crystalName(crystal),
    a_A,
    zone,
    voltage_kV,
    convergence_mrad,
    dose_e: training.dose_e ?? null,
  };
}

/**
 * @param material what the scan is said to be of
 * @param note takes remarks on the scan, a sentence each
 * @throws 'model-mismatch' for a scan of another microscope or crystal, and as `calibrate`
 */
export async function calibrateFor(
  scope: ModelScope,
  source: PatternSource,
  known: ScanOptions,
  material: string | undefined,
  note: (text: string) => void,
  task: Task,
): Promise<Calibration> {
  checkModelFits(scope, { ...statedFacts(source.info), material });
  const calibration = await calibrateGiven(source, beamOf(scope), known, task);
  checkModelFits(scope, { ...measuredFacts(source.info, calibration), material });
  const { orientation } = calibration;
  const assumed = orientation?.from === 'assumed' ? [orientationText(orientation)] : [];
  for (const text of [
    ...(calibration.misread === undefined ? [] : [calibration.misread]),
    ...assumed,
    ...calibration.warnings,
    ...source.info.notes,
    ...scanRemarks(source.info, calibration),
  ]) {
    note(`take care: ${text}`);
  }
  return calibration;
}
