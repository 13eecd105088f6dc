/**
 * The GPU engine: ns per pixel·slice, its share of the memory's bandwidth, and patterns per second of the paper's library. `npm run bench -- gpu`
 * The peak bandwidth is FERROSCOPE_GPU_GBPS [GB/s] if set, else what a copy within the device reaches. On a software adapter (FERROSCOPE_VK_ICD) the sizes
 * are tiny and the numbers only show that it runs.
 */

import { readFile } from 'node:fs/promises';
import { FerroscopeError } from '../src/core/errors.ts';
import { quietTask } from '../src/core/task.ts';
import { buildStructure, labelFields, structureStream } from '../src/crystal/build.ts';
import { allocate } from '../src/diffraction/gpu/buffers.ts';
import type { Gpu } from '../src/diffraction/gpu/device.ts';
import { GpuMultislice, type GpuMultisliceOptions } from '../src/diffraction/gpu/multislice.ts';
import { simulatePatternsGpu } from '../src/diffraction/gpu/patterns.ts';
import { Stopwatch } from '../src/diffraction/gpu/stopwatch.ts';
import type { SliceStack } from '../src/diffraction/slices.ts';
import { detectorOf, planStream, planStructure } from '../src/library/plan.ts';
import { openNodeGpu } from '../src/node/gpu.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { parseRecipe } from '../src/recipe/recipe.ts';

/** Slices of the block that repeats, as in a library of two cells of a/10. */
const PERIOD = 20;
const A_A = 3.95;
/** Bytes to and from memory per pixel·slice: the wave read and written on each axis. Transmission functions are shared by all waves and come from cache. */
const BYTES = 32;

/** In place of the paper's library on a software adapter. */
const TOY = `
[structures]
count = 1
cells = [2, 2, 2]
[library]
thickness_nm = { min = 0.6, max = 0.8 }
tilt_max_mrad = 0.7
patterns_per_structure = 20
pixels = 16
grid_per_cell = 16
`;

/** A made-up block of N×N points, so that setting up potentials is not measured. */
function block(n: number, cells: number): SliceStack {
  const potential = Float64Array.from({ length: n * n }, (_, i) => 40 * Math.sin(i) ** 2);
  return {
    nx: n,
    ny: n,
    nSlices: PERIOD,
    cell_A: [cells * A_A, cells * A_A, 2 * A_A],
    dz_A: (2 * A_A) / PERIOD,
    slice: () => potential,
  };
}

/** GB/s of copies within the device, reading and writing. */
async function copyBandwidth({ device, settled }: Gpu, bytes: number): Promise<number> {
  const [from, to] = [allocate(device, bytes), allocate(device, bytes)];
  const copy = async (times: number): Promise<number> => {
    const start = performance.now();
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < times; i++) encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await settled();
    return performance.now() - start;
  };
  await copy(2);
  const times = 20;
  const rate = (2 * bytes * times) / (await copy(times)) / 1e6;
  from.destroy();
  to.destroy();
  return rate;
}

/** ns per pixel·slice by the wall and, where there is one, by the GPU's clock. Best of three. */
async function slices(
  gpu: Gpu,
  n: number,
  bytes: number,
  work: number,
  options: GpuMultisliceOptions = {},
): Promise<{ waves: number; wall: number; clock: number | undefined }> {
  const multislice = new GpuMultislice(gpu, block(n, 8), 300, options);
  const waves = Math.max(1, Math.min(multislice.maxWaves, Math.floor(bytes / (8 * n * n))));
  const plane = Array.from({ length: waves }, (_, i) => [i % 8, 0] as const);
  const count = Math.max(PERIOD, Math.ceil(work / (n * n * waves)));
  const window = { low: [0, 0], width: 8, height: 8 } as const;
  const stopwatch = gpu.timestamps ? new Stopwatch(gpu) : undefined;
  const pass = (slices: number) =>
    multislice.propagate({ plane }, [slices], {}, window, () => {}, undefined, stopwatch);
  await pass(1);
  await stopwatch?.seconds();
  let wall = Number.POSITIVE_INFINITY;
  let clock: number | undefined;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    await pass(count);
    wall = Math.min(wall, performance.now() - start);
    const seconds = await stopwatch?.seconds();
    if (seconds !== undefined) clock = Math.min(clock ?? Number.POSITIVE_INFINITY, seconds);
  }
  multislice.close();
  const total = n * n * waves * count;
  return { waves, wall: (wall * 1e6) / total, clock: clock === undefined ? undefined : (clock * 1e9) / total };
}

/** The paper's library as a recipe. */
export async function paperLibrary(): Promise<Recipe> {
  return parseRecipe(await readFile(new URL('../examples/paper.toml', import.meta.url), 'utf8'));
}

/** The patterns of one structure of a recipe, its positions, tilts and thicknesses, from a made-up block. */
async function structure(gpu: Gpu, recipe: Recipe): Promise<{ seconds: number; count: number; waves: number }> {
  const { cells } = recipe.structures;
  const { dTi } = labelFields(buildStructure(recipe, 0, structureStream(recipe.library.seed, 0, false)), recipe);
  const { requests, offset } = planStructure(recipe, planStream(recipe.library.seed, 0, false), dTi);
  const geometry = {
    detector: detectorOf(recipe),
    defocus_nm: recipe.microscope.defocus_nm,
    cells: [cells[0], cells[1]],
    offset,
  } as const;
  const start = performance.now();
  const multislice = new GpuMultislice(gpu, block(recipe.library.grid_per_cell * cells[0], cells[0]), 300);
  let waves = 0;
  await simulatePatternsGpu(multislice, geometry, requests, {
    ...quietTask,
    progress: (_, total) => {
      waves = total;
    },
  });
  const seconds = (performance.now() - start) / 1e3;
  multislice.close();
  return { seconds, count: requests.length, waves };
}

/** Peak bandwidth [GB/s], given or else measured. */
async function peakBandwidth(gpu: Gpu): Promise<{ peak: number; given: boolean }> {
  const given = Number(process.env.FERROSCOPE_GPU_GBPS ?? Number.NaN);
  if (given > 0) return { peak: given, given: true };
  return { peak: await copyBandwidth(gpu, gpu.software ? 2 ** 22 : 2 ** 29), given: false };
}

/** Patterns per second of the paper's library and the share of the bandwidth that its slices reach, in one line; for a software adapter of a toy. */
export async function paperOnGpu(gpu: Gpu): Promise<string> {
  const paper = await paperLibrary();
  const recipe = gpu.software ? parseRecipe(TOY) : paper;
  const grid = recipe.library.grid_per_cell * recipe.structures.cells[0];
  const { count, waves, seconds } = await structure(gpu, recipe);
  const { peak, given } = await peakBandwidth(gpu);
  const { wall, clock } = await slices(gpu, grid, gpu.software ? 1e5 : 5e8, gpu.software ? 4e5 : 1e10);
  const all = paper.library.patterns_per_structure * (paper.structures.count + paper.structures.held_out);
  return (
    `${gpu.name}, one structure of ${gpu.software ? 'a toy' : 'the paper’s'} library, potentials not counted: ${count} patterns from ${waves} plane waves of ${grid}² in ${seconds.toFixed(2)} s, ` +
    `${(count / seconds).toFixed(0)} patterns/s${gpu.software ? '' : `; ${all} patterns in ${((all * seconds) / count).toFixed(1)} s`}. Its slices reach ` +
    `${((BYTES / (clock ?? wall) / peak) * 100).toFixed(0)}% of the memory’s bandwidth (${peak.toFixed(0)} GB/s, ${given ? 'given' : 'measured by copying'}).`
  );
}

export async function run(): Promise<string> {
  let gpu: Gpu;
  try {
    gpu = await openNodeGpu();
  } catch (error) {
    if (error instanceof FerroscopeError) return `Not measured: ${error.message} ${error.hint}`;
    throw error;
  }
  try {
    const { software } = gpu;
    const sizes = software ? [32, 56] : [112, 224, 256, 320, 448];
    const work = software ? 4e5 : 1e10;
    // A batch that a large GPU's cache holds (both fields), and one that it does not.
    const batches = software ? [1e5] : [1.2e7, 5e8];
    const { peak, given } = await peakBandwidth(gpu);
    const row = async (n: number, bytes: number, options: GpuMultisliceOptions = {}): Promise<string> => {
      const { waves, wall, clock } = await slices(gpu, n, bytes, work, options);
      const share = (BYTES / (clock ?? wall) / peak) * 100;
      const kind = `${options.largestRadix ?? 8} | ${options.threads ?? 'default'}`;
      return `| ${n} | ${waves} | ${kind} | ${wall.toPrecision(3)} | ${clock?.toPrecision(3) ?? '–'} | ${share.toFixed(0)}% |`;
    };
    const rows: string[] = [];
    for (const n of sizes) for (const bytes of batches) rows.push(await row(n, bytes));
    // Which radices and workgroups suit this GPU.
    for (const largestRadix of [4, 8, 16] as const) {
      for (const threads of software ? [8, 16] : [64, 128, 256, 512]) {
        rows.push(await row(software ? 56 : 224, batches.at(-1)!, { largestRadix, threads }));
      }
    }
    return [
      `${gpu.name}${software ? ': a software adapter, computing on the CPU; these numbers say nothing about GPUs' : ''}. ` +
        `Bandwidth ${peak.toFixed(0)} GB/s (${given ? 'given' : 'measured by copying'}). ` +
        `${gpu.timestamps ? '' : 'No timestamps: wall clock only.'}`,
      '',
      '| N | waves | largest radix | threads | ns per pixel·slice | by the GPU’s clock | share of bandwidth |',
      '|---|---|---|---|---|---|---|',
      ...rows,
      '',
      await paperOnGpu(gpu),
    ].join('\n');
  } finally {
    gpu.close();
  }
}
