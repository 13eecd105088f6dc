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
import { type Answers, answersOf } from '../src/network/answers.ts';
import { scoresOf } from '../src/network/evaluate.ts';
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
const SHOWN = ['dTi_x', 'dTi_y', 'tilt_x', 'tilt_y', 'thickness'];

interface Variant {
  readonly name: string;
  readonly network?: Partial<Recipe['network']>;
  readonly training?: Partial<Recipe['training']>;
  /** Only so many of the structures that train, and such a share of the patterns of each; as many steps as with all. */
  readonly structures?: number;
  readonly share?: number;
  /** What the network is given in place of the library's pixels. */
  readonly see?: (data: PatternDataset) => PatternDataset;
}

const CONVOLUTION = { batch: 32, learning_rate: 3e-3 };
const DEFAULT = 'dense 512, 512, 256, weights shared (default)';
const SEEDS = [2, 3];
const seedName = (seed: number) => `default, seed ${seed}`;
const VARIANTS: readonly Variant[] = [
  { name: DEFAULT },
  ...SEEDS.map((seed) => ({ name: seedName(seed), training: { seed } })),
  { name: 'convolutions, paper’s', network: { channels: PAPER }, training: CONVOLUTION },
  { name: 'convolutions, half the channels', network: { channels: THIN }, training: CONVOLUTION },
  { name: 'dense 1024, 1024, 512', network: { widths: [1024, 1024, 512] } },
  { name: 'dense 256, 256, 128', network: { widths: [256, 256, 128] } },
  { name: 'nothing shared', network: { share: false } },
  { name: 'nothing shared, twice as long', network: { share: false }, training: { epochs: 8 } },
  { name: 'predictor reads all 32 latents', network: { predictor_latent: 32 } },
  { name: '64 latents, all read', network: { latent: 64, predictor_latent: 64 } },
  { name: 'input I instead of √I', network: { input: 'linear' } },
  { name: 'sums of disks instead of pixels', see: diskSums },
  { name: '32 × 32 pixels', see: halfThePixels },
  { name: 'nothing shared, no symmetry', network: { share: false }, training: { symmetry: false } },
  { name: 'mean square error, no variance', network: { variance: false } },
  { name: 'no reconstruction, no MMD', training: { weights: { reconstruction: 0, mmd: 0, prediction: 5 } } },
  { name: 'batch 128', training: { batch: 128 } },
  { name: 'batch 128, learning rate 1e-3', training: { batch: 128, learning_rate: 1e-3 } },
  { name: 'learning rate 1e-3', training: { learning_rate: 1e-3 } },
  { name: 'learning rate 2.5e-4', training: { learning_rate: 2.5e-4 } },
  { name: 'constant learning rate', training: { learning_rate_final: 1 } },
  ...[5, 10, 20].map((structures) => ({ name: `${structures} of 40 structures`, structures })),
  { name: 'half the patterns of each structure', share: 0.5 },
  { name: 'twice as long', training: { epochs: 8 } },
  { name: 'four times as long', training: { epochs: 16 } },
  {
    name: 'dense 1024, 1024, 512, twice as long',
    network: { widths: [1024, 1024, 512] },
    training: { epochs: 8 },
  },
];

const fileOf = (name: string): string => `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.onnx`;

/** The dataset with all its held-out structures, and of the others the first `count` and `share` of the patterns of each. */
function fewer(data: PatternDataset, count: number, share: number): PatternDataset {
  const all = Array.from({ length: data.count }, (_, i) => i);
  const trained = [...new Set(all.filter((i) => !data.isHeldOut(i)).map((i) => data.structureOf(i)))].slice(0, count);
  const each = all.filter((i) => data.structureOf(i) === trained[0]).length;
  const kept = all.filter(
    (i) => data.isHeldOut(i) || (trained.includes(data.structureOf(i)) && i % each < share * each),
  );
  return {
    ...data,
    count: kept.length,
    structureOf: (i) => data.structureOf(kept[i]!),
    isHeldOut: (i) => data.isHeldOut(kept[i]!),
    read: (indices) => data.read(Array.from(indices, (i) => kept[i]!)),
  };
}

/** The dataset whose patterns are made of its own by `change`. */
function changed(
  data: PatternDataset,
  detector: PatternDataset['detector'],
  change: (from: Float32Array, to: Float32Array) => void,
): PatternDataset {
  const [from, to] = [data.detector.pixels ** 2, detector.pixels ** 2];
  return {
    ...data,
    detector,
    structureOf: (i) => data.structureOf(i),
    isHeldOut: (i) => data.isHeldOut(i),
    read: async (indices) => {
      const { patterns, labels } = await data.read(indices);
      const out = new Float32Array(indices.length * to);
      for (let i = 0; i < indices.length; i++) {
        change(patterns.subarray(i * from, (i + 1) * from), out.subarray(i * to, (i + 1) * to));
      }
      return { patterns: out, labels };
    },
  };
}

/** Sums along both axes of the pixels within `reach` of every `step`-th, n/2 among them, the outermost by half: [n/step][n/step], and symmetric about the direct beam. */
function summed(from: Float32Array, n: number, step: number): Float32Array {
  const reach = step / 2;
  const out = new Float32Array((n / step) ** 2);
  const weight = (d: number) => (Math.abs(d) === reach ? 0.5 : 1);
  for (let y = 0; y < n / step; y++) {
    for (let x = 0; x < n / step; x++) {
      let sum = 0;
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const [v, u] = [y * step + dy, x * step + dx];
          if (v >= 0 && u >= 0 && v < n && u < n) sum += weight(dy) * weight(dx) * from[v * n + u]!;
        }
      }
      out[y * (n / step) + x] = sum;
    }
  }
  return out;
}

/** Every pixel has the mean of the square of one order that it lies in: a disk says how bright it is, and nothing else. */
function diskSums(data: PatternDataset): PatternDataset {
  const { pixels, pixelsPerOrder } = data.detector;
  const order = pixelsPerOrder as number;
  return changed(data, data.detector, (from, to) => {
    const sums = summed(from, pixels, order);
    for (let i = 0; i < to.length; i++) {
      const [y, x] = [Math.floor(i / pixels), i % pixels].map((at) => Math.round(at / order)) as [number, number];
      const between = [Math.floor(i / pixels), i % pixels].some((at) => at % order === order / 2);
      to[i] = between ? 0 : (sums[y * (pixels / order) + x] ?? 0) / order ** 2;
    }
  });
}

function halfThePixels(data: PatternDataset): PatternDataset {
  const { pixels, pixelsPerOrder } = data.detector;
  const detector = { ...data.detector, pixels: pixels / 2, pixelsPerOrder: (pixelsPerOrder as number) / 2 };
  return changed(data, detector, (from, to) => to.set(summed(from, pixels, 2)));
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

/** The row of an ensemble: the mean of what several models say. */
async function together(data: PatternDataset, files: readonly string[]): Promise<string> {
  const heldOut = Array.from({ length: data.count }, (_, i) => i).filter((i) => data.isHeldOut(i));
  const cells: string[] = [];
  for (const dose of [undefined, 1e6]) {
    let sum: Answers | undefined;
    for (const file of files) {
      const model = openModel(await readBytes(file), nodeOnnx);
      const said = await answersOf(model, data, heldOut, { seed: 1, dose }, quietTask);
      await model.close();
      sum = sum ? { ...sum, mean: sum.mean.map((x, i) => x + said.mean[i]!) } : said;
    }
    const mean = { ...sum!, mean: sum!.mean.map((x) => x / files.length) };
    const scores = scoresOf(mean, data.labels);
    cells.push(SHOWN.map((name) => decimalLabel(scores.find((score) => score.name === name)!.mae, 3)).join(', '));
  }
  return `| the first ${files.length} together | ${cells.join(' | ')} | | |`;
}

export async function run(): Promise<string> {
  const demo = parseRecipe(await readText(DEMO), DEMO);
  const place = (name: string) => join(OUT, name);
  const library = place('library.zarr');
  await simulateLibrary(demo, folderStore(library), { program: PROGRAM, host: nodeWorkers }, quietTask);
  const data = selectLabels(await openLibrary(folderStore(library), quietTask), PREDICTED_LABELS);
  const rows: string[] = [];
  for (const { name, network, training, structures, share = 1, see } of VARIANTS) {
    const file = place(fileOf(name));
    const time = file.replace(/onnx$/, 'json');
    const count = structures ?? demo.structures.count;
    const epochs = Math.round((demo.training.epochs * demo.structures.count) / count / share);
    const recipe: Recipe = {
      ...demo,
      network: { ...demo.network, ...network },
      training: { ...demo.training, epochs, ...training },
    };
    if (!existsSync(file)) {
      console.error(`  ${name} …`);
      const start = performance.now();
      const given = see ? see(data) : data;
      const { model } = await train(
        recipe,
        count < demo.structures.count || share < 1 ? fewer(given, count, share) : given,
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
      SHOWN.map((label) => decimalLabel(list.find((score) => score.name === label)!.mae, 3)).join(', ');
    const size = (bytes.length / 1e6).toFixed(1);
    rows.push(`| ${name} | ${of(scores.noiseFree)} | ${of(scores.dose1e6)} | ${seconds.toFixed(0)} s | ${size} MB |`);
  }
  rows.push(
    await together(
      data,
      [DEFAULT, ...SEEDS.map(seedName)].map((name) => place(fileOf(name))),
    ),
  );
  const model = openModel(await readBytes(place(fileOf(DEFAULT))), nodeOnnx);
  const { apart, error } = await disorderFloor(demo, model);
  await model.close();
  const at = (list: readonly number[]) =>
    SHOWN.map((label) => decimalLabel(list[PREDICTED_LABELS.findIndex(({ name }) => name === label)]!, 3)).join(', ');
  return [
    `Held-out MAE of ${SHOWN.join(', ')} [pm, mrad, nm]:`,
    '',
    '| variant | noise-free | 10⁶ electrons | training | model |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `Disorder: ${PAIRS} textures, each with two draws of A sites and jitter, ${PAIR_PATTERNS} patterns of each without noise. Mean |e₁ − e₂|/√2 of the first variant: ${at(apart)}; its mean |e| there: ${at(error)}.`,
  ].join('\n');
}
