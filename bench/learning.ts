/**
 * What the network's choices are worth: the library of examples/demo.toml, each variant trained on the same patterns as often, scored on the same held-out structures.
 * Everything lies in learning-out/ (or the folder that FERROSCOPE_LEARNING names) and is made once: run it again and it goes on. Times are of one run; where other work
 * runs beside it they are not to be compared. `npm run bench -- learning`
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM } from '../src/cli/version.ts';
import { hashOf } from '../src/core/hash.ts';
import { decimalLabel } from '../src/core/numbers.ts';
import { RandomStream } from '../src/core/random.ts';
import { quietTask } from '../src/core/task.ts';
import { buildLayers, drawnInputs } from '../src/crystal/build.ts';
import { SliceKernel } from '../src/diffraction/cpu/wasm.ts';
import { cpuEngine } from '../src/diffraction/engine.ts';
import { type PatternDataset, selectLabels } from '../src/library/dataset.ts';
import { PREDICTED_LABELS } from '../src/library/labels.ts';
import { simulateLibrary } from '../src/library/run.ts';
import { simulateTextured } from '../src/library/shard.ts';
import { openLibrary } from '../src/library/store.ts';
import { depthOf } from '../src/library/textured.ts';
import { type Model, openModel } from '../src/network/infer.ts';
import { predictSymmetric } from '../src/network/symmetric.ts';
import { train } from '../src/network/train.ts';
import { readBytes, readText, writeWhole } from '../src/node/files.ts';
import { folderStore } from '../src/node/folder-store.ts';
import { nodeOnnx } from '../src/node/onnx.ts';
import { nodeWorkers } from '../src/node/worker-host.ts';
import { parseRecipe, RECIPE_SCHEMA, type Recipe, recipeToToml } from '../src/recipe/recipe.ts';

const OUT = process.env.FERROSCOPE_LEARNING ?? 'learning-out';
const DEMO = fileURLToPath(new URL('../examples/demo.toml', import.meta.url));
/** As the paper's, and with half as many channels. */
const PAPER = [16, 32, 64, 128, 256, 512];
const THIN = [8, 16, 32, 64, 128, 256];

/** Structures of one texture and two draws of disorder, and patterns of each. */
const PAIRS = 4;
const PAIR_PATTERNS = 200;

interface Variant {
  readonly name: string;
  readonly network?: Partial<Recipe['network']>;
  readonly training?: Partial<Recipe['training']>;
  /** Only so many of the structures that train, as many steps as with all. */
  readonly structures?: number;
}

const CONVOLUTION = { batch: 32, learning_rate: 3e-3 };
const VARIANTS: readonly Variant[] = [
  { name: 'dense 512, 512, 256 (default)' },
  { name: 'convolutions, paper’s', network: { channels: PAPER }, training: CONVOLUTION },
  { name: 'convolutions, half the channels', network: { channels: THIN }, training: CONVOLUTION },
  { name: 'dense 1024, 1024, 512', network: { widths: [1024, 1024, 512] } },
  { name: 'dense 256, 256, 128', network: { widths: [256, 256, 128] } },
  { name: 'input I instead of √I', network: { input: 'linear' } },
  { name: 'no symmetry', training: { symmetry: false } },
  { name: 'mean square error, no variance', network: { variance: false } },
  { name: 'no reconstruction, no MMD', training: { weights: { reconstruction: 0, mmd: 0, prediction: 5 } } },
  { name: 'learning rate 2e-3', training: { learning_rate: 2e-3 } },
  { name: 'constant learning rate', training: { learning_rate_final: 1 } },
  ...[5, 10, 20].map((structures) => ({ name: `${structures} of 40 structures`, structures })),
  { name: 'twice as long', training: { epochs: 6 } },
];

const fileOf = (name: string): string => `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.onnx`;

/** The dataset with all its held-out structures and the first `count` of the others. */
function firstStructures(data: PatternDataset, count: number): PatternDataset {
  const all = Array.from({ length: data.count }, (_, i) => i);
  const trained = [...new Set(all.filter((i) => !data.isHeldOut(i)).map((i) => data.structureOf(i)))].slice(0, count);
  const kept = all.filter((i) => data.isHeldOut(i) || trained.includes(data.structureOf(i)));
  return {
    ...data,
    count: kept.length,
    structureOf: (i) => data.structureOf(kept[i]!),
    isHeldOut: (i) => data.isHeldOut(kept[i]!),
    read: (indices) => data.read(Array.from(indices, (i) => kept[i]!)),
  };
}

/** A stream from which elements and jitter are drawn otherwise, and all else alike. */
class OtherDisorder extends RandomStream {
  override fork(...keys: readonly (string | number)[]): RandomStream {
    return super.fork(...(['a-order', 'b-order', 'jitter'].includes(String(keys[0])) ? ['other', ...keys] : keys));
  }
}

/**
 * What disorder alone does to predictions: structures that differ in nothing but A sites and jitter, at the same positions, tilts and thicknesses, without noise. Of the
 * difference between two errors e₁ − e₂, mean of |e₁ − e₂|/√2 per label; beside it the mean |e| of the same patterns.
 */
async function disorderFloor(demo: Recipe, model: Model): Promise<{ apart: number[]; error: number[] }> {
  const inputs = { ...demo, library: { ...demo.library, patterns_per_structure: PAIR_PATTERNS, duplicate_pm: 0 } };
  const labels = PREDICTED_LABELS.length;
  const apart = new Array<number>(labels).fill(0);
  const error = new Array<number>(labels).fill(0);
  const engine = cpuEngine(await SliceKernel.load());
  for (let pair = 0; pair < PAIRS; pair++) {
    const errors: Float32Array[] = [];
    for (const Kind of [RandomStream, OtherDisorder]) {
      const of = new Kind(inputs.library.seed, 'structure', 'pair', pair);
      const own = drawnInputs(inputs, pair, of);
      const depth_A = depthOf(own);
      const textured = { own, layers: buildLayers(own, pair, of, depth_A), depth_A };
      const plan = new RandomStream(inputs.library.seed, 'plan', 'pair', pair);
      const shard = await simulateTextured(textured, plan, engine, quietTask);
      const said = await predictSymmetric(model, shard.patterns, shard.count);
      const width = shard.labels.length / shard.count;
      errors.push(said.labels.map((v, i) => v - shard.labels[Math.floor(i / labels) * width + (i % labels)]!));
    }
    const [a, b] = errors as [Float32Array, Float32Array];
    for (let i = 0; i < a.length; i++) {
      apart[i % labels]! += Math.abs(a[i]! - b[i]!) / Math.SQRT2 / PAIRS / PAIR_PATTERNS;
      error[i % labels]! += (Math.abs(a[i]!) + Math.abs(b[i]!)) / 2 / PAIRS / PAIR_PATTERNS;
    }
  }
  return { apart, error };
}

export async function run(): Promise<string> {
  const demo = parseRecipe(await readText(DEMO), DEMO);
  const place = (name: string) => join(OUT, name);
  const library = place('library.zarr');
  await simulateLibrary(demo, folderStore(library), { program: PROGRAM, host: nodeWorkers }, quietTask);
  const data = selectLabels(await openLibrary(folderStore(library), quietTask), PREDICTED_LABELS);
  const shown = ['dTi_x', 'dTi_y', 'tilt_x', 'tilt_y', 'thickness'];
  const rows: string[] = [];
  for (const { name, network, training, structures } of VARIANTS) {
    const file = place(fileOf(name));
    const time = file.replace(/onnx$/, 'json');
    const epochs =
      demo.training.epochs * (structures === undefined ? 1 : Math.round(demo.structures.count / structures));
    const recipe: Recipe = {
      ...demo,
      network: { ...demo.network, ...network },
      training: { ...demo.training, epochs, ...training },
    };
    if (!existsSync(file)) {
      console.error(`  ${name} …`);
      const start = performance.now();
      const { model } = await train(
        recipe,
        structures === undefined ? data : firstStructures(data, structures),
        {
          program: PROGRAM,
          host: nodeWorkers,
          runtime: nodeOnnx,
          checkpoint: folderStore(`${file}.checkpoint`),
          recipe: { toml: recipeToToml(recipe), hash: hashOf(recipe), schema: RECIPE_SCHEMA },
        },
        quietTask,
      );
      await writeWhole(time, JSON.stringify({ seconds: (performance.now() - start) / 1e3 }));
      await writeWhole(file, model);
    }
    const { seconds } = JSON.parse(await readText(time)) as { seconds: number };
    const bytes = await readBytes(file);
    const { scores } = openModel(bytes, nodeOnnx).info;
    const of = (list: typeof scores.noiseFree) =>
      shown.map((label) => decimalLabel(list.find((score) => score.name === label)!.mae, 3)).join(', ');
    const size = (bytes.length / 1e6).toFixed(1);
    rows.push(`| ${name} | ${of(scores.noiseFree)} | ${of(scores.dose1e6)} | ${seconds.toFixed(0)} s | ${size} MB |`);
  }
  const model = openModel(await readBytes(place(fileOf(VARIANTS[0]!.name))), nodeOnnx);
  const { apart, error } = await disorderFloor(demo, model);
  await model.close();
  const at = (list: readonly number[]) =>
    shown.map((label) => decimalLabel(list[PREDICTED_LABELS.findIndex(({ name }) => name === label)]!, 3)).join(', ');
  return [
    `Held-out MAE of ${shown.join(', ')} [pm, mrad, nm]:`,
    '',
    '| variant | noise-free | 10⁶ electrons | training | model |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `Disorder: ${PAIRS} textures, each with two draws of A sites and jitter, ${PAIR_PATTERNS} patterns of each without noise. Mean |e₁ − e₂|/√2 of the first variant: ${at(apart)}; its mean |e| there: ${at(error)}.`,
  ].join('\n');
}
