/**
 * `ferroscope structures RECIPE` with a [dynamics]: runs of molecular dynamics, their frames as atoms, tables, figures and a report. Until all is done it lies in
 * OUT.unfinished, from where the same command goes on.
 */

import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fixedLabel, plural, quantity, setting } from '../core/numbers.ts';
import { RandomStream } from '../core/random.ts';
import { checkAborted } from '../core/task.ts';
import type { RunResult } from '../ferroelectric/dataset/collected.ts';
import { chooseCovering, coverage, fibonacciSphere } from '../ferroelectric/dataset/coverage.ts';
import { allFrames, type DatasetFrame, doRuns, trajectory } from '../ferroelectric/dataset/dataset.ts';
import { magnitudeDistributions } from '../ferroelectric/dataset/magnitudes.ts';
import { type DynamicsPlan, dynamicsBytes, dynamicsPlan } from '../ferroelectric/dataset/plan.ts';
import { trajectoryIdentity } from '../ferroelectric/dataset/store.ts';
import { runSummaries, runsCsv } from '../ferroelectric/dataset/table.ts';
import { strainState } from '../ferroelectric/strain-study.ts';
import type { Conditions } from '../ferroelectric/system.ts';
import { type MagnitudeGroup, renderDynamics } from '../figures/dynamics-report.ts';
import { fileError, refuseExisting, writeWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipeToToml } from '../recipe/recipe.ts';
import { option, workersOption } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { requireResources } from './resources.ts';
import { PROGRAM } from './version.ts';

/** @throws 'file-exists'; as dynamicsPlan and doRuns: 'stale' where OUT.unfinished was begun with other settings */
export async function runDynamics(line: CommandLine, recipe: Recipe): Promise<void> {
  const { seed } = recipe.library;
  const plan = dynamicsPlan(recipe, new RandomStream(seed));
  const identity = trajectoryIdentity(recipe, seed, PROGRAM);
  const out = option(line, 'out') ?? 'structures';
  const overwrite = line.options.overwrite === true;
  refuseExisting(out, overwrite);
  await requireResources(
    {
      what: `${plural(plan.runs.length, 'run')} of ${plural(plan.frames, 'frame')} of ${plan.cells.join(' × ')} cells`,
      ...dynamicsBytes(plan),
      hint: 'lower dynamics.frames or structures.cells, or list fewer seeds, temperatures or fields.',
    },
    out,
  );
  const unfinished = `${out}.unfinished`;
  const { task } = line.console;
  const place = { store: folderStore(unfinished), identity, host: nodeWorkers, overwrite };
  line.console.resumes();
  const results = await doRuns(plan, { ...place, ...workersOption(line) }, task);
  checkAborted(task);

  const frames = await allFrames(plan, results, task);
  const sampling = recipe.dynamics?.sampling;
  const kept = sampling
    ? (
        await chooseCovering(
          frames.map(({ columns }) => columns),
          sampling.keep,
          sampling,
          task,
        )
      ).map((i) => frames[i]!)
    : frames;
  const columns = joined(kept.map((frame) => frame.columns));
  const covered = sampling && (await coverage(columns, sampling, task));
  const summaries = runSummaries(plan, results, frames);
  const magnitudes = magnitudeGroups(plan, results);
  const strains = strainStates(plan, frames);
  // Read again it gives the same, whichever section the seed of the A sites came from.
  const recipe_toml = recipeToToml({ ...recipe, study: { seed } }, ['study', 'crystal', 'structures', 'dynamics']);
  const first = plan.runs[0]!;
  const report = renderDynamics({
    material: plan.parameters.name,
    cells: plan.cells.join(' × '),
    average_ps: plan.average_ps,
    thermostat: { langevin: 'Langevin thermostat', 'nose-hoover': 'Nosé–Hoover thermostat' }[plan.thermostat],
    summaries,
    inTime: {
      run: `${first.name}, ${setting(first.temperature_K, 'K')}, ${first.strain}`,
      series: results[0]!.series,
      temperature_K: first.temperature_K,
      equilibrate_ps: (plan.equilibrate * plan.timestep_fs) / 1000,
      held: first.target_uC_cm2 !== undefined,
    },
    magnitudes,
    columns_uC_cm2: columns,
    frames: { made: frames.length, kept: kept.length },
    ...(covered && {
      sampling: {
        coverage: covered,
        p_max_uC_cm2: sampling.p_max_uC_cm2,
        directions: fibonacciSphere(sampling.directions),
      },
    }),
    strains,
    notes: notes(recipe),
    recipe_toml,
    identity: identity.id,
    more: { 'Seed of the A sites': seed, 'Seeds of the runs': recipe.dynamics!.seeds.join(', ') },
    version: PROGRAM,
  });
  const data = {
    kind: 'ferroscope-dynamics/2',
    identity,
    recipe_toml,
    material: plan.parameters.name,
    average_ps: plan.average_ps,
    runs: summaries,
    frames: kept.map(({ run, frame }) => ({ run: plan.runs[run]!.name, frame: frame + 1 })),
    coverage: covered,
    magnitudes: magnitudes.map(({ of, distributions }) => ({
      of,
      distributions: distributions.map(({ density: _, ...numbers }) => numbers),
    })),
    strain: strains.map(({ strain, fits }) => ({ strain, fits })),
  };
  await writeWhole(join(unfinished, 'trajectory.extxyz'), await trajectory(plan, results, kept, identity, task));
  await writeWhole(join(unfinished, 'recipe.toml'), recipe_toml);
  await writeWhole(join(unfinished, 'runs.csv'), runsCsv(summaries, plan.average_ps));
  await writeWhole(join(unfinished, 'dynamics.json'), `${JSON.stringify(data, null, 1)}\n`);
  for (const [name, text] of report) await writeWhole(join(unfinished, name), text);
  await replace(unfinished, out);

  line.console.result(
    [
      `${plural(plan.runs.length, 'run')} of ${plan.parameters.name}, ${kept.length} of ${plural(frames.length, 'frame')} in ${join(out, 'trajectory.extxyz')}.`,
      ...(covered
        ? [
            `Columns cover |P| ≤ ${setting(sampling.p_max_uC_cm2, 'uC/cm2')}: largest empty cap ${quantity(covered.empty_cap_deg, '°')}, fewest over most of a bin ${fixedLabel(covered.least_over_most)}.`,
          ]
        : []),
      `Look at ${join(out, 'report.html')}`,
    ],
    {
      out,
      runs: plan.runs.length,
      frames: kept.length,
      coverage: covered,
      average_ps: plan.average_ps,
      identity: identity.id,
    },
  );
}

/** Puts a finished folder in its place. */
async function replace(finished: string, out: string): Promise<void> {
  try {
    await rm(out, { recursive: true, force: true });
    await rename(finished, out);
  } catch (error) {
    throw fileError(error, out);
  }
}

function joined(fields: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(fields.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const field of fields) {
    all.set(field, at);
    at += field.length;
  }
  return all;
}

/** Distributions of |P| over all runs of one temperature and strain; runs under a field, and runs whose P is held, by themselves. */
function magnitudeGroups(plan: DynamicsPlan, results: readonly RunResult[]): MagnitudeGroup[] {
  const groups = new Map<string, { counts: Float64Array; comparable: boolean }>();
  plan.runs.forEach(({ temperature_K, strain, target_uC_cm2, conditions }, r) => {
    const driven = conditions.field_V_per_A?.some((E) => E !== 0);
    const way = target_uC_cm2 ? ', all targets together' : driven ? ', all fields together' : '';
    const comparable = way === '' && strain === 'free' && temperature_K === 300 && isHalfAndHalf(plan, conditions);
    const of = `${setting(temperature_K, 'K')}, ${strain}${way}`;
    const { counts } = groups.get(of) ?? { counts: new Float64Array(results[r]!.magnitudes.length) };
    results[r]!.magnitudes.forEach((n, i) => {
      counts[i]! += n;
    });
    groups.set(of, { counts, comparable });
  });
  return [...groups].map(([of, { counts, comparable }]) => ({
    of,
    comparable,
    distributions: magnitudeDistributions(counts, plan.cells),
  }));
}

/** Ba0.5Sr0.5TiO3 without pressure. */
function isHalfAndHalf({ material }: DynamicsPlan, { pressure_GPa = 0 }: Conditions): boolean {
  return material.name === '(Ba,Sr)TiO3' && Math.abs(pressure_GPa) < 1e-9;
}

/** By what holds the crystal; nothing where that is the same in all runs. */
function strainStates(plan: DynamicsPlan, frames: readonly DatasetFrame[]) {
  const strains = [...new Set(plan.runs.map(({ strain }) => strain))];
  if (strains.length < 2) return [];
  return strains.map((strain) =>
    strainState(
      strain,
      frames.filter(({ run }) => plan.runs[run]!.strain === strain).map(({ cells }) => cells),
    ),
  );
}

function notes({ crystal, dynamics }: Recipe): string[] {
  return [
    'Frames keep the displacements of the soft modes; homogeneous shear and acoustic displacements are left out of the atoms.',
    'Disorder of Ba and Sr acts through strain only, so that there are almost no static nanodomains at 300 K.',
    ...(crystal.material === '(Ba,Sr)TiO3' && crystal.ba_fraction !== 0.5 && dynamics?.pressure_GPa === undefined
      ? ['The composition stands as a pressure on the Ba0.5Sr0.5TiO3 parameters.']
      : []),
    ...([dynamics?.strain].flat().includes('epitaxial')
      ? ['A film between ideal electrodes, without surfaces: no depolarising field acts against P along z.']
      : []),
  ];
}
