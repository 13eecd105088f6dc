/**
 * `ferroscope demo`: the whole way on a small study. Simulate a library, train on it, make an experiment by direct multislice
 * with an imperfect camera, write it as EMD, map that file, compare with its truth. Every step is the one the other commands take.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readText, writeWhole } from '../core/files.ts';
import { hashOf } from '../core/hash.ts';
import { duration, electrons, fixedLabel, plural, quantity } from '../core/numbers.ts';
import type { ReportSection } from '../figures/report.ts';
import { trainingCurve } from '../figures/training-curve.ts';
import { simulateLibrary } from '../library/run.ts';
import { openModel } from '../network/infer.ts';
import type { EpochRecord } from '../network/train.ts';
import { readMapZarr, writeMapZarr } from '../polarization/map-files.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { usualUnit } from '../polarization/polarization-map.ts';
import type { ChannelScore } from '../polarization/score.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipeToToml } from '../recipe/recipe.ts';
import { type ScanTruth, simulateScan } from '../simulation/experiment.ts';
import { option, readStudy, workersOption } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { mapToFolder } from './map.ts';
import { trainToFile } from './train.ts';
import { PROGRAM } from './version.ts';

const BUILT_IN = fileURLToPath(new URL('../../examples/demo.toml', import.meta.url));

interface Triple {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export async function runDemo(line: CommandLine): Promise<void> {
  const { console } = line;
  const { task } = console;
  const recipe = await readStudy(option(line, 'recipe') ?? BUILT_IN);
  const out = option(line, 'out') ?? 'demo-out';
  const path = (name: string) => join(out, name);
  const begun = performance.now();
  const seconds = (since: number) => (performance.now() - since) / 1e3;
  await writeWhole(path('recipe.toml'), recipeToToml(recipe));

  console.note(
    `1 of 4  Library: ${recipe.structures.count} + ${recipe.structures.held_out} structures → ${path('library.zarr')}`,
  );
  let start = performance.now();
  const library = await simulateLibrary(
    recipe,
    path('library.zarr'),
    { program: PROGRAM, ...workersOption(line) },
    task,
  );
  const simulate_s = seconds(start);

  console.note(`2 of 4  Training → ${path('model.onnx')}`);
  start = performance.now();
  const history = await trainOnce(recipe, path('library.zarr'), path('model.onnx'), task);
  const train_s = seconds(start);

  console.note(`3 of 4  An experiment by direct multislice → ${path('scan.h5')}`);
  start = performance.now();
  const truth = await experimentOnce(recipe, out, task);
  const experiment_s = seconds(start);

  console.note(`4 of 4  Map → ${path('map')}`);
  const model = await openModel(path('model.onnx'));
  const map = await mapToFolder(
    {
      scan: path('scan.h5'),
      model: path('model.onnx'),
      out: path('map'),
      title: 'Ferroscope demo: a map of a simulated experiment',
      truth: async () => truth,
      extra: history.length > 0 ? [trainingSection(history)] : [],
    },
    task,
  );
  await model.close();

  const score = (name: string) => map.scores.find((s) => s.name === name);
  const triple = (stem: string, value: (s: ChannelScore) => number): Triple => {
    const [x, y, z] = ['x', 'y', 'z'].map((axis) => value(score(`${stem}_${axis}`)!)) as [number, number, number];
    return { x, y, z };
  };
  const heldOut = (scores: readonly { name: string; mae: number; correlation: number }[]) =>
    Object.fromEntries(scores.map(({ name, mae, correlation }) => [name, { mae, correlation }]));
  const summary = {
    patterns: library.patterns,
    passes: library.passes,
    simulate_s,
    train_s,
    experiment_s,
    map_s: map.map_s + map.calibrate_s,
    total_s: seconds(begun),
    mae_pm: triple('dTi', (s) => s.mae),
    mae_uC_cm2: triple('P', (s) => s.mae),
    mae_tilt_mrad: (score('tilt_x')!.mae + score('tilt_y')!.mae) / 2,
    mae_thickness_nm: score('thickness')!.mae,
    correlation: triple('P', (s) => s.correlation),
    dose: recipe.experiment.dose_e,
    seed: recipe.library.seed,
    recipe_hash: hashOf(recipe),
    version: PROGRAM,
    held_out: {
      noise_free: heldOut(model.info.scores.noiseFree),
      dose_1e6: heldOut(model.info.scores.dose1e6),
    },
  };
  await writeWhole(path('summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  await writeWhole(path('report.html'), await readText(join(out, 'map', 'report.html')));

  const noiseFree = summary.held_out.noise_free;
  const mae = (name: string) => fixedLabel(noiseFree[name]!.mae);
  console.result(
    [
      `Done in ${duration(summary.total_s)}: ${plural(summary.patterns, 'pattern')} simulated in ${duration(simulate_s)}, trained in ${duration(train_s)}, mapped in ${duration(summary.map_s)}.`,
      `Held-out structures, noise-free: δTi ${mae('dTi_x')} and ${mae('dTi_y')} pm across the beam (${mae('dTi_z')} along it), tilt ${mae('tilt_x')} and ${mae('tilt_y')} mrad, thickness ${mae('thickness')} nm.`,
      `The experiment at ${electrons(summary.dose)} per pattern: δTi ${fixedLabel(summary.mae_pm.x)} and ${quantity(summary.mae_pm.y, 'pm')} across the beam (${fixedLabel(summary.mae_pm.z)} along it), tilt ${quantity(summary.mae_tilt_mrad, 'mrad')}, thickness ${quantity(summary.mae_thickness_nm, 'nm')}.`,
      `Look at ${path('report.html')}`,
    ],
    summary,
  );
}

/** Trains unless the model of this very recipe is there already. */
async function trainOnce(
  recipe: Recipe,
  library: string,
  out: string,
  task: CommandLine['console']['task'],
): Promise<readonly EpochRecord[]> {
  const log = out.replace(/\.onnx$/, '.history.json');
  if (existsSync(out) && existsSync(log)) {
    const model = await openModel(out);
    await model.close();
    if (model.info.recipeHash === hashOf(recipe)) return JSON.parse(await readText(log)) as EpochRecord[];
  }
  const { history } = await trainToFile(recipe, library, out, undefined, task);
  await writeWhole(log, JSON.stringify(history));
  return history;
}

/** Simulates the experiment unless it is there already, and returns its truth. */
async function experimentOnce(
  recipe: Recipe,
  out: string,
  task: CommandLine['console']['task'],
): Promise<PolarizationMap> {
  const scan = join(out, 'scan.h5');
  const file = join(out, 'truth.zarr');
  const { crystal, structures, microscope, experiment } = recipe;
  const hash = hashOf({ crystal, structures, microscope, experiment });
  if (existsSync(scan) && existsSync(file)) {
    const kept = await readMapZarr(file);
    if (kept.meta.recipe_hash === hash) return kept;
  }
  const truth = truthMap(await simulateScan(recipe, scan, task), hash, experiment.seed);
  await writeMapZarr(file, truth, { overwrite: true });
  return truth;
}

function truthMap(truth: ScanTruth, recipe_hash: string, seed: number): PolarizationMap {
  return {
    shape: truth.shape,
    step_nm: truth.step_nm,
    channels: Object.entries(truth.channels).map(([name, values]) => ({ name, unit: usualUnit(name), values })),
    meta: { recipe_hash, version: PROGRAM, seed, source: 'truth of the simulated scan', held_out_mae: {} },
  };
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
