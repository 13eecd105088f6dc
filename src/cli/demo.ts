/**
 * `ferroscope demo`: the whole way on a small study. Simulate a library, train on it, make an experiment by direct multislice
 * with an imperfect camera, write it as EMD, map that file, compare with its truth. Every step is the one the other commands take.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf } from '../core/hash.ts';
import type { Identity } from '../core/identity.ts';
import { duration, electrons, fixedLabel, plural, quantity } from '../core/numbers.ts';
import type { ReportSection } from '../figures/report.ts';
import { trainingCurve } from '../figures/training-curve.ts';
import { simulateLibrary } from '../library/run.ts';
import { openLibrary } from '../library/store.ts';
import { openModel } from '../network/infer.ts';
import { type EpochRecord, modelIdentity } from '../network/train.ts';
import { writeEmd } from '../node/emd.ts';
import { readBytes, readText, writeWhole } from '../node/files.ts';
import { folderStore, placeOf } from '../node/folder-store.ts';
import { nodeOnnx, requireOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { encodeMapZarr, readMapZarr } from '../polarization/map-files.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { usualUnit } from '../polarization/polarization-map.ts';
import type { ChannelScore } from '../polarization/score.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipeToToml } from '../recipe/recipe.ts';
import { experimentIdentity, experimentScan, type ScanTruth } from '../simulation/experiment.ts';
import { option, readStudy, requireAtoms, workersOption } from './arguments.ts';
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
  requireOnnx();
  console.resumes();
  const recipe = await readStudy(option(line, 'recipe') ?? BUILT_IN);
  requireAtoms(recipe, option(line, 'recipe') ?? BUILT_IN);
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
    folderStore(path('library.zarr')),
    { program: PROGRAM, host: nodeWorkers, ...workersOption(line) },
    task,
  );
  const simulate_s = seconds(start);

  console.note(`2 of 4  Training → ${path('model.onnx')}`);
  start = performance.now();
  const { history, kept } = await trainOnce(recipe, path('library.zarr'), path('model.onnx'), task);
  const train_s = seconds(start);

  console.note(`3 of 4  An experiment by direct multislice → ${path('scan.h5')}`);
  start = performance.now();
  const truth = await experimentOnce(recipe, out, task);
  const experiment_s = seconds(start);

  console.note(`4 of 4  Map → ${path('map')}`);
  const model = openModel(await readBytes(path('model.onnx')), nodeOnnx);
  const map = await mapToFolder(
    {
      scan: path('scan.h5'),
      known: recipe.scan,
      folder: '.',
      model: path('model.onnx'),
      out: path('map'),
      title: 'Ferroscope demo: a map of a simulated experiment',
      truth: async () => truth,
      extra: history.length > 0 ? [trainingSection(history)] : [],
    },
    task,
  );

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
      `Done in ${duration(summary.total_s)}: ${plural(summary.patterns, 'pattern')} ${library.made > 0 ? `simulated in ${duration(simulate_s)}` : 'were there already'}, ${kept ? 'and so was the model' : `trained in ${duration(train_s)}`}, mapped in ${duration(summary.map_s)}.`,
      `Held-out structures, noise-free: δTi ${mae('dTi_x')} and ${mae('dTi_y')} pm across the beam (${mae('dTi_z')} along it), tilt ${mae('tilt_x')} and ${mae('tilt_y')} mrad, thickness ${mae('thickness')} nm.`,
      `The experiment at ${electrons(summary.dose)} per pattern: δTi ${fixedLabel(summary.mae_pm.x)} and ${quantity(summary.mae_pm.y, 'pm')} across the beam (${fixedLabel(summary.mae_pm.z)} along it), tilt ${quantity(summary.mae_tilt_mrad, 'mrad')}, thickness ${quantity(summary.mae_thickness_nm, 'nm')}.`,
      `Look at ${path('report.html')}`,
    ],
    summary,
  );
}

/** Trains unless the model that this recipe and library make is there already. */
async function trainOnce(
  recipe: Recipe,
  library: string,
  out: string,
  task: CommandLine['console']['task'],
): Promise<{ readonly history: readonly EpochRecord[]; readonly kept: boolean }> {
  const log = out.replace(/\.onnx$/, '.history.json');
  if (existsSync(out) && existsSync(log)) {
    const { info } = openModel(await readBytes(out), nodeOnnx);
    const { identity } = await openLibrary(folderStore(library), task);
    const now = modelIdentity(recipe, { program: PROGRAM, library: identity });
    if (info.identity.id === now.id) return { history: JSON.parse(await readText(log)) as EpochRecord[], kept: true };
  }
  const { history } = await trainToFile(recipe, library, out, undefined, task);
  await writeWhole(log, JSON.stringify(history));
  return { history, kept: false };
}

/** Simulates the experiment unless it is there already, and returns its truth. */
async function experimentOnce(
  recipe: Recipe,
  out: string,
  task: CommandLine['console']['task'],
): Promise<PolarizationMap> {
  const scan = join(out, 'scan.h5');
  const { store, folder } = placeOf(join(out, 'truth.zarr'));
  const now = experimentIdentity(recipe, PROGRAM);
  if (existsSync(scan) && existsSync(join(out, folder))) {
    const kept = await readMapZarr(store.within(folder));
    if (kept.meta.identity?.id === now.id) return kept;
  }
  const made = await experimentScan(recipe, { program: PROGRAM, host: nodeWorkers }, task);
  await writeEmd(scan, made.scan, task);
  const truth = truthMap(made.truth, made.identity, recipe.experiment.seed);
  await store.commit(folder, await encodeMapZarr(truth));
  return truth;
}

function truthMap(truth: ScanTruth, identity: Identity, seed: number): PolarizationMap {
  return {
    shape: truth.shape,
    step_nm: truth.step_nm,
    channels: Object.entries(truth.channels).map(([name, values]) => ({ name, unit: usualUnit(name), values })),
    meta: {
      identity,
      recipe_hash: identity.id,
      version: PROGRAM,
      seed,
      source: 'truth of the simulated scan',
      held_out_mae: {},
    },
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
