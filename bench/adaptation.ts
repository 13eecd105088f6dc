/**
 * Whether adaptation to a scan's instrument helps, from known truth: one small library and model (bench/adaptation/study.toml), three simulated scans built unlike the library and one like it, each mapped by the
 * model as it is and by the adapted one, whatever the verdict was. Everything lies in adaptation-out/ and is made once: run it again and it goes on.
 * `npm run bench -- adaptation`
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adaptFiles } from '../src/cli/adapt.ts';
import { mapToFolder, truthOfMap } from '../src/cli/map.ts';
import { experimentOnce } from '../src/cli/study-experiment.ts';
import { trainToFile } from '../src/cli/train.ts';
import { PROGRAM } from '../src/cli/version.ts';
import { hashOf } from '../src/core/hash.ts';
import { decimalLabel, percent } from '../src/core/numbers.ts';
import type { Task } from '../src/core/task.ts';
import { simulateLibrary } from '../src/library/run.ts';
import { openLibrary } from '../src/library/store.ts';
import { openModel } from '../src/network/infer.ts';
import { modelIdentity } from '../src/network/train.ts';
import { fileIdentity, readBytes, readText, writeWhole } from '../src/node/files.ts';
import { folderStore } from '../src/node/folder-store.ts';
import { nodeOnnx } from '../src/node/onnx.ts';
import { nodeWorkers } from '../src/node/worker-host.ts';
import { parseRecipe, type Recipe } from '../src/recipe/recipe.ts';

const OUT = 'adaptation-out';
const STUDY = fileURLToPath(new URL('./adaptation/study.toml', import.meta.url));
const STEPS = 400;
const RATE = 3e-4;

/** Changes to the study: a scan, and what is unlike the library in it. */
export const SCANS: readonly {
  readonly name: string;
  readonly what: string;
  readonly crystal?: string;
  readonly experiment: string;
}[] = [
  { name: 'same', what: 'as the library: for comparison', experiment: '' },
  {
    name: 'background',
    what: '12% inelastic, 6% background, point spread 0.45 mrad, 1% gain',
    experiment: 'inelastic_fraction = 0.12\nbackground_fraction = 0.06\nblur_mrad = 0.45\ngain_rms = 0.01\n',
  },
  {
    name: 'absorption',
    what: 'u² 1.8 times the library’s',
    crystal: 'u2_A2 = { Ba = 0.0103, Sr = 0.0142, Ti = 0.0101, O = 0.0166 }\n',
    experiment: '',
  },
  {
    name: 'thickness',
    what: '40.5 to 43.5 nm, the library 30 to 40 nm',
    experiment: 'thickness_nm = 42\n',
  },
];

/** What the table shows of a map. */
const SHOWN = ['P_x', 'P_y', 'tilt_x', 'tilt_y', 'thickness'];

const plain: Task = { signal: new AbortController().signal, progress: () => {} };
const say = (text: string) => console.error(`  ${text}`);

/** The study with a scan's changes. @param text of the study */
export function recipeOf(text: string, { name, crystal = '', experiment }: (typeof SCANS)[number]): Recipe {
  const thicker = experiment.includes('thickness_nm');
  const base = text.replace('a_A = 3.95\n', `a_A = 3.95\n${crystal}`);
  return parseRecipe((thicker ? base.replace('thickness_nm = 35\n', '') : base).concat(experiment), name);
}

export async function run(): Promise<string> {
  const text = await readText(STUDY);
  const study = parseRecipe(text, STUDY);
  const path = (...names: string[]) => join(OUT, ...names);
  say(`library → ${path('library.zarr')}`);
  await simulateLibrary(study, folderStore(path('library.zarr')), { program: PROGRAM, host: nodeWorkers }, plain);
  say(`model → ${path('model.onnx')}`);
  await trainOnce(study, path('library.zarr'), path('model.onnx'));
  const rows: string[] = [];
  for (const scan of SCANS) {
    const recipe = recipeOf(text, scan);
    rows.push(...(await rowsOf(scan.name, scan.what, recipe, path)));
  }
  return [
    `| scan | model | ${SHOWN.map((name) => `${name} MAE (bias)`).join(' | ')} | r of P_x, P_y | out of domain | verdict |`,
    `|---|---|${SHOWN.map(() => '---|').join('')}---|---|---|`,
    ...rows,
    '',
    'P in µC/cm², tilt in mrad, thickness in nm. The adapted model is shown whatever the verdict; where that is no, `ferroscope adapt` keeps the model.',
  ].join('\n');
}

interface Verdict {
  /** What it follows from. */
  readonly key: string;
  readonly adapted: boolean;
  readonly reasons: readonly string[];
}

/** Trains unless the model that this study and library make is there already. */
async function trainOnce(study: Recipe, library: string, out: string): Promise<void> {
  if (existsSync(out)) {
    const { identity } = await openLibrary(folderStore(library), plain);
    const wanted = modelIdentity(study, { program: PROGRAM, library: identity });
    if (openModel(await readBytes(out), nodeOnnx).info.identity.id === wanted.id) return;
  }
  await trainToFile(study, library, out, undefined, plain);
}

async function rowsOf(
  name: string,
  what: string,
  recipe: Recipe,
  path: (...names: string[]) => string,
): Promise<string[]> {
  const folder = path(name);
  say(`scan '${name}': ${what} → ${folder}`);
  const truth = await experimentOnce(recipe, folder, undefined, { note: say, task: plain });
  const scan = join(folder, 'scan.h5');
  // The first scan's calibration is 2% off, which would be another crystal's if nobody said what it is of.
  const { material } = recipe.crystal;
  const adaptedFile = join(folder, 'adapted.onnx');
  const verdictFile = join(folder, 'verdict.json');
  const files = [path('model.onnx'), scan];
  const key = hashOf({ program: PROGRAM, STEPS, RATE, files: await Promise.all(files.map(fileIdentity)) });
  const kept = existsSync(verdictFile) ? (JSON.parse(await readText(verdictFile)) as Verdict) : undefined;
  if (kept?.key !== key || !existsSync(adaptedFile)) {
    const request = {
      model: path('model.onnx'),
      scan,
      library: path('library.zarr'),
      known: recipe.scan,
      material,
      note: say,
    };
    const result = await adaptFiles({ ...request, steps: STEPS, learning_rate: RATE }, plain);
    const { model, adapted, reasons, consistency, adaptation } = result;
    await writeWhole(adaptedFile, model);
    await writeWhole(verdictFile, JSON.stringify({ key, adapted, reasons, consistency, adaptation }, null, 2));
  }
  const { adapted, reasons } = JSON.parse(await readText(verdictFile)) as Verdict;
  const rows: string[] = [];
  for (const [which, model] of [
    ['before', path('model.onnx')],
    ['after', adaptedFile],
  ] as const) {
    const out = join(folder, `map-${which}`);
    const request = {
      scan,
      known: recipe.scan,
      folder: '.',
      model,
      out,
      title: `${name}, ${which}`,
      material,
      keep: true,
    };
    const { scores, outside, patterns } = await mapToFolder({ ...request, truth: truthOfMap(truth) }, plain);
    const score = (label: string) => scores.find((one) => one.name === label)!;
    const cells = SHOWN.map((label) => {
      const { mae, bias } = score(label);
      const places = label.startsWith('tilt') ? 3 : 2;
      return `${decimalLabel(mae, places)} (${decimalLabel(bias, places)})`;
    });
    const r = ['P_x', 'P_y'].map((label) => decimalLabel(score(label).correlation, 2)).join(', ');
    const verdict = which === 'before' ? what : `${adapted ? 'adapted' : 'NOT ADAPTED'}: ${reasons.join('; ')}`;
    rows.push(`| ${name} | ${which} | ${cells.join(' | ')} | ${r} | ${percent(outside / patterns, 2)} | ${verdict} |`);
  }
  return rows;
}
