/** `ferroscope train RECIPE`: a model from a library, adapted to a scan where one is given. */

import { refuseExisting, writeWhole } from '../core/files.ts';
import { hashOf } from '../core/hash.ts';
import { duration, fixedLabel, plural, quantity } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { selectLabels } from '../library/dataset.ts';
import { PREDICTED_LABELS } from '../library/labels.ts';
import { detectorOf } from '../library/plan.ts';
import { openLibrary } from '../library/store.ts';
import type { ExperimentSource } from '../network/batches.ts';
import { openModel } from '../network/infer.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { type TrainResult, train } from '../network/train.ts';
import { type Recipe, recipeToToml } from '../recipe/recipe.ts';
import { calibrate } from '../scan/calibrate.ts';
import { calibratedPatterns } from '../scan/calibrated.ts';
import { openScan } from '../scan/open.ts';
import { argument, option, readStudy } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { PROGRAM } from './version.ts';

/** Trains and writes the model; a checkpoint stands beside it until the model is there. */
export async function trainToFile(
  recipe: Recipe,
  library: string,
  out: string,
  scan: string | undefined,
  task: Task,
): Promise<TrainResult & { readonly info: ModelInfo }> {
  const data = selectLabels(await openLibrary(library), PREDICTED_LABELS);
  const experiment = scan === undefined ? undefined : await experimentOf(recipe, scan, task);
  const result = await train(
    recipe,
    data,
    {
      experiment,
      checkpoint: `${out}.checkpoint`,
      programVersion: PROGRAM,
      recipe: { toml: recipeToToml(recipe), hash: hashOf(recipe) },
    },
    task,
  );
  await writeWhole(out, result.model);
  const model = await openModel(result.model);
  await model.close();
  return { ...result, info: model.info };
}

async function experimentOf(recipe: Recipe, path: string, task: Task): Promise<ExperimentSource> {
  const source = await openScan(path);
  const detector = detectorOf(recipe);
  const { a_A, voltage_kV, convergence_mrad } = detector;
  const calibration = await calibrate(source, { a_A, voltage_kV, convergence_mrad, ...recipe.scan }, task);
  return calibratedPatterns(source, calibration, detector);
}

export async function runTrain(line: CommandLine): Promise<void> {
  const recipe = await readStudy(argument(line, 0));
  const out = option(line, 'out') ?? 'model.onnx';
  refuseExisting(out, line.options.overwrite === true);
  const start = performance.now();
  const result = await trainToFile(
    recipe,
    option(line, 'library') ?? 'library.zarr',
    out,
    option(line, 'scan'),
    line.console.task,
  );
  const train_s = (performance.now() - start) / 1e3;
  const best = result.history.findLast((record) => record.best);
  line.console.result(
    [
      `${out}: ${plural(result.history.length, 'epoch')} in ${duration(train_s)}, best ${best?.epoch ?? '-'}. On held-out structures (noise-free; as trained):`,
      ...result.info.scores.noiseFree.map(
        (score, i) =>
          `  ${score.name.padEnd(10)} MAE ${fixedLabel(score.mae)}; ${quantity(result.info.scores.training[i]!.mae, score.unit)}`,
      ),
    ],
    { out, train_s, history: result.history, scores: result.info.scores },
  );
}
