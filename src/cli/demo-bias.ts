/**
 * `ferroscope demo --bias`: a bias experiment with a known truth. A film of the effective Hamiltonian between electrodes, under each bias, is cut across and scanned by
 * direct multislice; each scan is mapped by a model that was trained on other structures; maps and truth are analysed alike, and each number of the one stands
 * beside the same of the other. Goes on where it was stopped.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from '../core/errors.ts';
import { identify } from '../core/identity.ts';
import { correlationLabel, duration, plural, quantity, setting } from '../core/numbers.ts';
import { type BiasComparison, renderBiasStudy } from '../figures/bias-report.ts';
import type { Analysis } from '../findings/analyse.ts';
import type { StateMap } from '../findings/series.ts';
import { writeFolderWhole, writeWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { requireOnnx } from '../node/onnx.ts';
import { readMapZarr } from '../polarization/map-files.ts';
import { getChannel, type PolarizationMap } from '../polarization/polarization-map.ts';
import { type Recipe, recipeToToml } from '../recipe/recipe.ts';
import { biasPlan } from '../simulation/bias-plan.ts';
import { analysisFiles } from './analyze.ts';
import { option, readRecipe, workersOption } from './arguments.ts';
import { type BiasState, filmsOnce, scansOnce } from './bias-scans.ts';
import { chooseModel } from './choose-model.ts';
import type { CommandLine } from './command-line.ts';
import { shownPath } from './find-models.ts';
import { type MapSummary, mapToFolder, truthOfMap, warningLines } from './map.ts';
import { PROGRAM } from './version.ts';

const BUILT_IN = fileURLToPath(new URL('../../examples/bias.toml', import.meta.url));
const SECTIONS = [
  'crystal',
  'structures',
  'microscope',
  'library',
  'film',
  'experiment',
  'bias',
  'scan',
  'findings',
] as const;

export async function runBiasDemo(line: CommandLine): Promise<void> {
  requireOnnx();
  const { console } = line;
  const { task } = console;
  console.resumes();
  const recipe = await readRecipe(option(line, 'recipe') ?? BUILT_IN, SECTIONS);
  const out = option(line, 'out') ?? 'demo-bias-out';
  const { workers } = workersOption(line);
  const plan = biasPlan(recipe);
  const begun = performance.now();
  const took: Record<string, number> = {};
  const step = async <T>(n: number, what: string, words: string, work: () => Promise<T>): Promise<T> => {
    console.note(`${n} of 4  ${words}`);
    const start = performance.now();
    const made = await work();
    took[what] = (performance.now() - start) / 1e3;
    return made;
  };
  await writeWhole(join(out, 'recipe.toml'), recipeToToml(recipe));
  const cells = recipe.film!.cells.join(' × ');
  const modes = await step(
    1,
    'film_s',
    `Films of ${cells} cells under ${plural(plan.biases_V.length, 'bias', 'biases')} → ${join(out, 'film')}`,
    () => filmsOnce(recipe, out, workers, task),
  );
  const states = await step(
    2,
    'scan_s',
    `Scans by direct multislice → ${join(out, 'scan_*.h5')}: ${plan.shape.join(' × ')} positions a state, ${setting(plan.step_nm, 'nm')} apart, ${quantity(recipe.experiment.thickness_nm, 'nm')} along the beam`,
    () => scansOnce(recipe, out, modes, workers, task),
  );
  const summaries = await step(3, 'map_s', `Maps → ${join(out, 'map_*')}`, () => mapsOf(line, recipe, states, out));
  const maps = await Promise.all(
    states.map(async ({ bias_V, name }): Promise<StateMap> => {
      const path = join(out, `map_${name}`);
      return { name: path, bias_V, map: await readMapZarr(folderStore(join(path, 'map.zarr'))) };
    }),
  );
  const [found, truth] = await step(
    4,
    'analyse_s',
    `Analysis of maps and truth → ${join(out, 'analysis')}`,
    async () => {
      const found = await analysed(line, recipe, maps, 'affine', join(out, 'analysis'));
      const truth = await analysed(
        line,
        { ...recipe, findings: { ...recipe.findings, values: 'noisy', pairs: 4 } },
        states.map(({ bias_V, registered }, i) => {
          const { field } = found.series.states.find((state) => state.bias_V === bias_V)!;
          return { name: `truth at ${bias_V} V`, bias_V, map: asMeasured(registered, maps[i]!.map, field.valid) };
        }),
        'none',
        join(out, 'truth-analysis'),
      );
      return [found, truth] as const;
    },
  );
  const total_s = (performance.now() - begun) / 1e3;
  const study = renderBiasStudy({
    found,
    truth,
    summaries: summaries.map(({ summary, bias_V }) => ({
      bias_V,
      scores: summary.scores,
      warnings: summary.warnings,
    })),
    model: shownPath(summaries[0]!.model),
    recipe_toml: recipeToToml(recipe, SECTIONS),
    version: PROGRAM,
    seed: recipe.experiment.seed,
    times: { ...took, total_s },
  });
  for (const [name, text] of study.files) await writeWhole(join(out, name), text);
  console.result(linesOf(study.comparisons, summaries, total_s, out), {
    out,
    model: summaries[0]!.model,
    comparisons: study.comparisons,
    maps: summaries.map(({ summary, bias_V }) => ({ bias_V, ...summary })),
    ...took,
    total_s,
  });
}

interface MapOf {
  readonly bias_V: number;
  readonly summary: MapSummary;
  readonly model: string;
}

/** Each scan mapped, by the model that is named or the one at hand that fits. */
async function mapsOf(line: CommandLine, recipe: Recipe, states: readonly BiasState[], out: string): Promise<MapOf[]> {
  const { task } = line.console;
  const { material } = recipe.crystal;
  const named = option(line, 'model');
  const first = states[0]!;
  const chosen = named
    ? undefined
    : await chooseModel({ scan: first.scan, known: recipe.scan, folder: '.', material }, [], task);
  const model = named ?? chosen!.path;
  if (!existsSync(model))
    fail('file-missing', `${model} does not exist.`, 'Give a model file of ferroscope train.', { path: model });
  const maps: MapOf[] = [];
  for (const { bias_V, name, scan, truth } of states) {
    const summary = await mapToFolder(
      {
        scan,
        known: recipe.scan,
        analysis: recipe.analysis,
        folder: '.',
        model,
        choice: chosen?.choice,
        material,
        truth: truthOfMap(truth),
        out: join(out, `map_${name}`),
        title: `A film in cross-section at ${setting(bias_V, 'V')}`,
        keep: true,
      },
      task,
    );
    maps.push({ bias_V, summary, model });
  }
  return maps;
}

/** An analysis in its folder. Always made anew: it takes seconds. */
async function analysed(
  line: CommandLine,
  recipe: Recipe,
  maps: readonly StateMap[],
  register: 'affine' | 'none',
  out: string,
): Promise<Analysis> {
  const { analysis, files } = await analysisFiles(line, maps, recipe, register);
  const encoder = new TextEncoder();
  await writeFolderWhole(out, new Map([...files].map(([name, text]) => [name, encoder.encode(text)])));
  return analysis;
}

/**
 * A truth with the σ of a map (its median), so that what is found by σ is found in it by the same one, at the positions that the map has a value for. Nothing is added to
 * its values.
 * @param valid of the registered map, [ry][rx]
 */
function asMeasured(truth: PolarizationMap, map: PolarizationMap, valid: Uint8Array): PolarizationMap {
  const known = new Set(map.channels.map(({ name }) => name));
  const [own, of] = [truth.meta.identity!, map.meta.identity!];
  const identity = identify({
    kind: 'truth-as-measured',
    schema: 1,
    program: PROGRAM,
    settings: {},
    inputs: { truth: own, map: of, ...(of.inputs.model && { model: of.inputs.model }) },
  });
  return {
    ...truth,
    meta: { ...truth.meta, identity },
    channels: truth.channels
      .filter(({ name }) => known.has(name))
      .map((channel) => {
        const sigma = getChannel(map, channel.name).sigma?.filter(Number.isFinite).sort() ?? new Float32Array([0]);
        const median = sigma[sigma.length >> 1] ?? 0;
        const values = channel.values.map((value, at) => (valid[at] ? value : Number.NaN));
        return { ...channel, values, sigma: new Float32Array(values.length).fill(median) };
      }),
  };
}

function linesOf(
  comparisons: readonly BiasComparison[],
  maps: readonly MapOf[],
  total_s: number,
  out: string,
): string[] {
  return [
    ...maps.flatMap(({ bias_V, summary }) => [
      ...warningLines(summary.warnings).map((text) => `${setting(bias_V, 'V')}: ${text}`),
      `At ${setting(bias_V, 'V')}: ${plural(summary.outside, 'position')} of ${summary.patterns} out of the model's domain; ${summary.scores
        .filter(({ name }) => /^(?:P_|thickness)/.test(name))
        .map(
          ({ name, mae, unit, correlation }) => `${name} MAE ${quantity(mae, unit)}, ${correlationLabel(correlation)}`,
        )
        .join('; ')}.`,
    ]),
    ...comparisons.map(({ line: text }) => text),
    `Of ${plural(comparisons.filter(({ held }) => held !== undefined).length, 'stated interval')} of 95%, ${comparisons.filter(({ held }) => held).length} hold the truth.`,
    `All in ${duration(total_s)}. Look at ${join(out, 'report.html')}`,
  ];
}
