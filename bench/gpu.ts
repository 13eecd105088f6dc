/**
 * The GPU engine: ns per pixel·slice, its share of the memory's bandwidth, and patterns per second of the paper's library. `npm run bench -- gpu`
 * The peak bandwidth is FERROSCOPE_GPU_GBPS [GB/s] if set, else what a copy within the device reaches. On a software adapter (FERROSCOPE_VK_ICD) the sizes
 * are tiny and the numbers only show that it runs.
 */

import { FerroscopeError } from '../src/core/errors.ts';
import { RandomStream } from '../src/core/random.ts';
import { quietTask } from '../src/core/task.ts';
import { allocate } from '../src/diffraction/gpu/buffers.ts';
import { type Gpu, openGpu } from '../src/diffraction/gpu/device.ts';
import { GpuMultislice, type GpuMultisliceOptions } from '../src/diffraction/gpu/multislice.ts';
import { simulatePatternsGpu } from '../src/diffraction/gpu/patterns.ts';
import { Stopwatch } from '../src/diffraction/gpu/stopwatch.ts';
import { type PatternRequest, pixel_mrad } from '../src/diffraction/scattering-matrix.ts';
import type { SliceStack } from '../src/diffraction/slices.ts';

/** Slices of the block that repeats, as in a library of two cells of a/16. */
const PERIOD = 32;
const A_A = 3.95;
/** Bytes to and from memory per pixel·slice: the wave read and written on each axis. Transmission functions are shared by all waves and come from cache. */
const BYTES = 32;

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

/** Seconds for the patterns of one structure of the paper's library: 8×8 cells at 28 pixels, ±2 mrad, 30–80 nm, a/16, 103,200/9 patterns of 128². */
async function structure(gpu: Gpu): Promise<{ seconds: number; count: number; waves: number }> {
  const small = gpu.software;
  const cells = small ? 2 : 8;
  const grid = small ? 16 : 28;
  const detector = {
    pixels: small ? 16 : 128,
    pixelsPerOrder: 8,
    a_A: A_A,
    voltage_kV: 300,
    convergence_mrad: 2.2,
  };
  const random = new RandomStream(1, 'bench-gpu');
  const reach = Math.floor(2 / pixel_mrad(detector));
  const count = small ? 20 : Math.round(103_200 / 9);
  const requests = Array.from({ length: count }, (): PatternRequest => {
    const tilt = () => Math.floor(random.uniform() * (2 * reach + 1)) - reach;
    return {
      position_A: [random.uniform() * cells * A_A, random.uniform() * cells * A_A],
      tilt: [tilt(), tilt()],
      exit: small ? 16 : 16 * (76 + random.integer(128)),
    };
  });
  const geometry = { detector, defocus_nm: 0, cells: [cells, cells], offset: [0.3, 0.6] } as const;
  const start = performance.now();
  const multislice = new GpuMultislice(gpu, block(grid * cells, cells), 300);
  let waves = 0;
  await simulatePatternsGpu(multislice, geometry, requests, {
    ...quietTask,
    progress: (_, total) => {
      waves = total;
    },
  });
  const seconds = (performance.now() - start) / 1e3;
  multislice.close();
  return { seconds, count, waves };
}

export async function run(): Promise<string> {
  let gpu: Gpu;
  try {
    gpu = await openGpu();
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
    const given = Number(process.env.FERROSCOPE_GPU_GBPS ?? Number.NaN);
    const peak = given > 0 ? given : await copyBandwidth(gpu, software ? 2 ** 22 : 2 ** 29);
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
    const { seconds, count, waves } = await structure(gpu);
    return [
      `${gpu.name}${software ? ': a software adapter, computing on the CPU; these numbers say nothing about GPUs' : ''}. ` +
        `Bandwidth ${peak.toFixed(0)} GB/s (${given > 0 ? 'given' : 'measured by copying'}). ` +
        `${gpu.timestamps ? '' : 'No timestamps: wall clock only.'}`,
      '',
      '| N | waves | largest radix | threads | ns per pixel·slice | by the GPU’s clock | share of bandwidth |',
      '|---|---|---|---|---|---|---|',
      ...rows,
      '',
      `One structure of ${software ? 'a toy' : 'the paper’s'} library, potentials not counted: ${count} patterns from ${waves} plane waves in ${seconds.toFixed(2)} s, ` +
        `${(count / seconds).toFixed(0)} patterns/s${software ? '' : `; 103,200 patterns in ${((103_200 * seconds) / count).toFixed(1)} s`}.`,
    ].join('\n');
  } finally {
    gpu.close();
  }
}
