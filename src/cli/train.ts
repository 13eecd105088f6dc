/** `ferroscope train RECIPE`: a model from a library, adapted to a scan where one is given. */

import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from '../core/errors.ts';
import { hashOf } from '../core/hash.ts';
import { duration, plural } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { libraryBytes } from '../library/cost.ts';
import { selectLabels } from '../library/dataset.ts';
import { PREDICTED_LABELS } from '../library/labels.ts';
import { detectorOf } from '../library/plan.ts';
import { openLibrary, requireSettings } from '../library/store.ts';
import { architecture } from '../network/architecture.ts';
import { trainingCost } from '../network/cost.ts';
import { openModel } from '../network/infer.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { train } from '../network/train.ts';
import type { TrainResult } from '../network/training-run.ts';
import { fileIdentity, refuseExisting, writeWhole } from '../node/files.ts';
import { folderStore, placeOf } from '../node/folder-store.ts';
import { nodeOnnx, requireOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { RECIPE_SCHEMA, type Recipe, recipeToToml } from '../recipe/recipe.ts';
import { calibratedPatterns } from '../scan/calibrated.ts';
import { beamOf, calibrationIdentity, saidOf } from '../scan/calibration.ts';
import { argument, option, readStudy, requireAtoms } from './arguments.ts';
import { calibrateFor, recipeScope } from './calibrate-scan.ts';
import type { CommandLine } from './command-line.ts';
import { openGivenScan } from './open-scan.ts';
import { requireResources } from './resources.ts';
import { scoreLines } from './score-lines.ts';
import { PROGRAM } from './version.ts';

export interface ScanToAdaptTo {
  readonly path: string;
  /** What images are relative to. */
  readonly folder: string;
  /** Takes remarks on the scan. */
  readonly note: (text: string) => void;
}

/**
 * Trains and writes the model; a checkpoint stands beside it until the model is there.
 * @param log where the losses by epoch go, as JSON, before the model does: a model is never without them
 * @throws 'stale' for a library that the recipe would not make, 'model-mismatch' for a scan that it is not for, and as `train`
 */
export async function trainToFile(
  recipe: Recipe,
  library: string,
  out: string,
  scan: ScanToAdaptTo | undefined,
  task: Task,
  log?: string,
): Promise<TrainResult & { readonly info: ModelInfo }> {
  requireOnnx();
  const { network, training } = recipe;
  const sizes = architecture(network, { detector: detectorOf(recipe), labels: PREDICTED_LABELS }, scan !== undefined);
  const { memory_bytes, disk_bytes } = trainingCost(sizes, training.batch);
  await requireResources(
    {
      what: 'Training',
      memory_bytes: memory_bytes + libraryBytes(recipe),
      disk_bytes,
      hint: 'lower training.batch, network.widths or the size of the library.',
    },
    out,
  );
  const experiment = scan && (await experimentOf(recipe, scan, task));
  const whole = await openLibrary(folderStore(library), task);
  requireSettings(whole.info, recipe, library);
  const checkpoint = placeOf(`${out}.checkpoint`);
  const result = await train(
    recipe,
    selectLabels(whole, PREDICTED_LABELS),
    {
      program: PROGRAM,
      host: nodeWorkers,
      runtime: nodeOnnx,
      experiment,
      checkpoint: checkpoint.store.within(checkpoint.folder),
      recipe: { toml: recipeToToml(recipe), hash: hashOf(recipe), schema: RECIPE_SCHEMA },
    },
    task,
  );
  if (log !== undefined) await writeWhole(log, JSON.stringify(result.history));
  await writeWhole(out, result.model);
  await checkpoint.store.remove(checkpoint.folder);
  return { ...result, info: openModel(result.model, nodeOnnx).info };
}

async function experimentOf(recipe: Recipe, { path, folder, note }: ScanToAdaptTo, task: Task) {
  const { source, given } = await openGivenScan(path, recipe.scan, folder);
  const scope = recipeScope(recipe);
  const calibration = await calibrateFor(scope, source, recipe.scan, scope.material, note, task);
  const files = { scan: await fileIdentity(path), ...given };
  const identity = calibrationIdentity(files, { ...beamOf(scope), ...saidOf(recipe.scan) }, PROGRAM);
  return { identity, ...calibratedPatterns(source, calibration, detectorOf(recipe)) };
}

export async function runTrain(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const recipe = await readStudy(path);
  const scan = option(line, 'scan');
  const out = option(line, 'out') ?? 'model.onnx';
  refuseExisting(out, line.options.overwrite === true);
  if (existsSync(out) && statSync(out).isDirectory()) {
    fail('usage', `${out} is a folder; a model is a file.`, 'Give --out a name such as model.onnx.');
  }
  requireAtoms(recipe, path);
  line.console.resumes();
  const start = performance.now();
  const result = await trainToFile(
    recipe,
    option(line, 'library') ?? 'library.zarr',
    out,
    scan === undefined
      ? undefined
      : { path: scan, folder: dirname(path), note: (text: string) => line.console.note(text) },
    line.console.task,
  );
  const train_s = (performance.now() - start) / 1e3;
  const best = result.history.findLast((record) => record.best);
  line.console.result(
    [
      `${out}: ${plural(result.history.length, 'epoch')} in ${duration(train_s)}, the best one number ${(best?.epoch ?? 0) + 1}. On held-out structures mean absolute errors, noise-free; as trained:`,
      ...scoreLines(result.info).map((line) => `  ${line}`),
    ],
    { out, train_s, history: result.history, scores: result.info.scores },
  );
}
