/**
 * `ferroscope study RECIPE [SCAN]`: recipe → library → model → map, scored where a truth is given. Without a scan it ends at the model, or, where the recipe has
 * an [experiment], makes that scan and maps it: what `ferroscope demo` does with its built-in recipe. Each step is the one that its own command takes, and is
 * left out where its outcome is there with the same identity; a study that was killed goes on where it was.
 */

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../core/errors.ts';
import { difference, inWords } from '../core/identity.ts';
import type { ReportSection } from '../figures/report.ts';
import { trainingCurve } from '../figures/training-curve.ts';
import { PREDICTED_LABELS } from '../library/labels.ts';
import { detectorOf } from '../library/plan.ts';
import { simulateLibrary } from '../library/run.ts';
import { openLibrary } from '../library/store.ts';
import { architecture } from '../network/architecture.ts';
import { openModel } from '../network/infer.ts';
import { checkModelFits } from '../network/model-scope.ts';
import { modelIdentity } from '../network/train.ts';
import type { EpochRecord } from '../network/training-run.ts';
import { readBytes, readText, writeWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx, requireOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { statedFacts } from '../polarization/scan-facts.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipeToToml } from '../recipe/recipe.ts';
import { checkExperiment } from '../simulation/experiment-structure.ts';
import { argument, hasSection, LIBRARY_SECTIONS, option, readImported, readStudy, workersOption } from './arguments.ts';
import { calibrateFor, recipeScope } from './calibrate-scan.ts';
import type { CommandLine } from './command-line.ts';
import { mapToFolder, type Truth, truthOf, truthOfMap } from './map.ts';
import { openGivenScan } from './open-scan.ts';
import { announcement, requireLibrary } from './simulate.ts';
import { experimentOnce } from './study-experiment.ts';
import { studyLines, summaryOf } from './study-summary.ts';
import { trainToFile } from './train.ts';
import { PROGRAM } from './version.ts';

export interface StudyRequest {
  /** The recipe's file; what it names is relative to it. */
  readonly path: string;
  readonly out: string;
  /** A scan of a microscope. */
  readonly scan?: string | undefined;
  /** A file to score its map against. */
  readonly truth?: string | undefined;
  /** Without a scan: make and map the recipe's [experiment]. */
  readonly experiment: boolean;
  /** Of the report. */
  readonly title: string;
}

export async function runStudy(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const scan = line.positional[1];
  const name = basename(path).replace(/\.toml$/, '');
  const experiment = await hasSection(path, 'experiment');
  if (scan !== undefined && experiment) line.console.note('A scan is given: the recipe’s [experiment] is left out.');
  await study(line, {
    path,
    out: option(line, 'out') ?? `${name}-study`,
    scan,
    truth: option(line, 'truth'),
    experiment,
    title: scan === undefined ? `${name}: a map of a simulated experiment` : `Polarization map of ${basename(scan)}`,
  });
}

/** @throws 'stale' where `out` holds a library or a half-trained model of other settings, 'model-mismatch' for a scan that the recipe is not for, and what each step throws */
export async function study(line: CommandLine, request: StudyRequest): Promise<void> {
  const { console } = line;
  const { task } = console;
  const { path, out, scan } = request;
  requireOnnx();
  console.resumes();
  const recipe = await readStudy(path, LIBRARY_SECTIONS);
  const imported = await readImported(line, recipe, path);
  if (scan === undefined && request.experiment && imported) {
    fail(
      'recipe',
      `${path} has a library of ${recipe.structures.file}; its [experiment] would be a texture of ${recipe.crystal.material}.`,
      'Leave [experiment] out, or give a scan.',
    );
  }
  // Nor are hours of work begun whose next step cannot be done.
  architecture(recipe.network, { detector: detectorOf(recipe), labels: PREDICTED_LABELS }, false);
  if (scan === undefined && request.experiment) checkExperiment(recipe);
  const { workers } = workersOption(line);
  const place = (name: string) => join(out, name);
  const begun = performance.now();
  const seconds = (since: number) => (performance.now() - since) / 1e3;
  const steps = scan !== undefined ? 3 : request.experiment ? 4 : 2;
  const step = (n: number, text: string) => console.note(`${n} of ${steps}  ${text}`);
  await requireLibrary(recipe, place('library.zarr'), workers ?? nodeWorkers.cores);
  const truth = request.truth === undefined ? undefined : await truthOf(request.truth);
  // Hours of work are not begun for a scan that they do not serve.
  if (scan !== undefined) await requireScan(line, recipe, scan, dirname(path), !existsSync(place('model.onnx')));
  await writeWhole(place('recipe.toml'), recipeToToml(recipe));

  step(1, `Library → ${place('library.zarr')}: ${announcement(recipe, undefined, workers ?? nodeWorkers.cores)}`);
  let start = performance.now();
  const library = await simulateLibrary(
    recipe,
    folderStore(place('library.zarr')),
    { program: PROGRAM, host: nodeWorkers, imported, workers },
    task,
  );
  const simulate_s = seconds(start);

  step(2, `Training → ${place('model.onnx')}`);
  start = performance.now();
  const { history, kept } = await trainOnce(line, recipe, out);
  const train_s = seconds(start);

  let experiment_s: number | undefined;
  let source: { readonly scan: string; readonly truth: Truth | undefined } | undefined;
  if (scan !== undefined) source = { scan, truth };
  else if (request.experiment) {
    step(3, `An experiment by direct multislice → ${place('scan.h5')}`);
    start = performance.now();
    const made = await experimentOnce(recipe, out, workers, console);
    source = { scan: place('scan.h5'), truth: truthOfMap(made) };
    experiment_s = seconds(start);
  }
  if (source) step(steps, `Map → ${place('map')}`);
  const { kept: mapKept, ...summary } = source
    ? await mapToFolder(
        {
          ...source,
          known: recipe.scan,
          analysis: recipe.analysis,
          folder: dirname(path),
          model: place('model.onnx'),
          out: place('map'),
          title: request.title,
          material: recipe.structures.file === undefined ? recipe.crystal.material : undefined,
          extra: history.length > 0 ? [trainingSection(history)] : [],
          keep: true,
        },
        task,
      )
    : { kept: false };

  const { info } = openModel(await readBytes(place('model.onnx')), nodeOnnx);
  const result = {
    recipe,
    library,
    model: { path: place('model.onnx'), kept, scores: info.scores },
    map: 'identity' in summary ? { summary, kept: mapKept, experiment: scan === undefined } : undefined,
    simulate_s,
    train_s,
    experiment_s,
    total_s: seconds(begun),
  };
  const said = summaryOf(result);
  await writeWhole(place('summary.json'), `${JSON.stringify(said, null, 2)}\n`);
  if (source) await writeWhole(place('report.html'), await readText(place('map/report.html')));
  console.result(studyLines(result, place('report.html')), said);
}

/** Refuses a scan of another microscope or lattice than the recipe's. @param measure calibrate it, too @throws 'model-mismatch', and what reading and calibrating throw */
async function requireScan(
  { console }: CommandLine,
  recipe: Recipe,
  scan: string,
  folder: string,
  measure: boolean,
): Promise<void> {
  const scope = recipeScope(recipe);
  const { material } = scope;
  const { source } = await openGivenScan(scan, recipe.scan, folder);
  try {
    if (measure) {
      await calibrateFor(scope, source, recipe.scan, material, (text) => console.note(text), console.task);
    } else checkModelFits(scope, { ...statedFacts(source.info), material });
  } finally {
    source.close();
  }
}

/** Trains unless the model that this recipe and library make is there already. */
async function trainOnce(
  { console }: CommandLine,
  recipe: Recipe,
  out: string,
): Promise<{ readonly history: readonly EpochRecord[]; readonly kept: boolean }> {
  const [library, model, log] = ['library.zarr', 'model.onnx', 'model.history.json'].map((name) => join(out, name)) as [
    string,
    string,
    string,
  ];
  if (existsSync(model) && existsSync(log)) {
    const { info } = openModel(await readBytes(model), nodeOnnx);
    const { identity } = await openLibrary(folderStore(library), console.task);
    const found = difference(info.identity, modelIdentity(recipe, { program: PROGRAM, library: identity }));
    if (!found) return { history: JSON.parse(await readText(log)) as EpochRecord[], kept: true };
    console.note(
      `  The model there is another one: ${found.what} was ${inWords(found.kept)}, and is ${inWords(found.now)}. It is trained anew.`,
    );
  }
  const { history } = await trainToFile(recipe, library, model, undefined, console.task, log);
  return { history, kept: false };
}

function trainingSection(history: readonly EpochRecord[]): ReportSection {
  const best = history.findLast((record) => record.best);
  const series = (name: string, pick: (record: EpochRecord) => number, dashed = false) => ({
    name,
    values: history.map(pick),
    dashed,
  });
  return {
    heading: 'Training',
    svg: trainingCurve(
      [
        series('labels, held-out', (r) => r.validation.prediction),
        series('labels, training', (r) => r.training.prediction, true),
        series('reconstruction, held-out', (r) => r.validation.reconstruction),
        series('reconstruction, training', (r) => r.training.reconstruction, true),
      ],
      { ...(best ? { best: best.epoch + 1 } : {}), yLabel: 'mean square, standardised' },
    ),
  };
}
