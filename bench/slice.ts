/**
 * The slice kernel: ns per pixel·slice for square grids of N points, relaxed and plain SIMD, one thread and two. `npm run bench -- slice`
 * Two threads run the same work each; their figure is time over the work of both. The best of several rounds.
 */

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Multislice } from '../src/diffraction/cpu/multislice.ts';
import { toPanels } from '../src/diffraction/cpu/panels.ts';
import { hasRelaxedSimd, SliceKernel } from '../src/diffraction/cpu/wasm.ts';
import { planeWave } from '../src/diffraction/reference.ts';

const SIZES = [112, 224, 256, 320, 448];
const ROUNDS = 6;
/** Slices of the block that repeats, as in a library of two cells of a/16. */
const PERIOD = 32;

/** A function that runs `slices` slices on an N×N grid. */
export async function sliceRunner(n: number, relaxed: boolean): Promise<(slices: number) => void> {
  const pixel = 0.141;
  const potential = Float64Array.from({ length: n * n }, (_, i) => 40 * Math.sin(i) ** 2);
  const stack = {
    nx: n,
    ny: n,
    nSlices: PERIOD,
    cell_A: [n * pixel, n * pixel, 7.9] as const,
    dz_A: 7.9 / PERIOD,
    slice: () => potential,
  };
  const multislice = new Multislice(await SliceKernel.load(relaxed), stack, 300);
  const wave = planeWave(n, n, 0, 0);
  return (slices) =>
    multislice.run(
      (panels) => toPanels(wave.re, wave.im, n, n, panels),
      [slices],
      {},
      () => {},
    );
}

interface Job {
  readonly n: number;
  readonly relaxed: boolean;
  readonly slices: number;
}

/** A worker that answers each job with its duration [ms]. */
function startWorker(): { time(job: Job): Promise<number>; stop(): Promise<unknown> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: 'slice' });
  return {
    time: (job) =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.postMessage(job);
      }),
    stop: () => worker.terminate(),
  };
}

if (!isMainThread && workerData === 'slice') {
  const runners = new Map<string, (slices: number) => void>();
  parentPort?.on('message', async ({ n, relaxed, slices }: Job) => {
    const key = `${n} ${relaxed}`;
    const runner = runners.get(key) ?? (await sliceRunner(n, relaxed));
    if (!runners.has(key)) {
      runners.clear(); // one grid's memory at a time
      runners.set(key, runner);
      runner(2);
    }
    const start = performance.now();
    runner(slices);
    parentPort?.postMessage(performance.now() - start);
  });
}

/** Times the kernel on worker threads: best of several rounds, ns per pixel·slice over the work of all threads. */
export function sliceTimer(): {
  nsPerPixel(n: number, relaxed: boolean, threads: 1 | 2): Promise<number>;
  stop(): Promise<unknown>;
} {
  const workers = [startWorker(), startWorker()];
  return {
    async nsPerPixel(n, relaxed, threads) {
      const job = { n, relaxed, slices: Math.ceil(1.5e7 / n ** 2) };
      const used = workers.slice(0, threads);
      for (const worker of used) await worker.time(job); // loads the grid
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < ROUNDS; round++) {
        best = Math.min(best, Math.max(...(await Promise.all(used.map((worker) => worker.time(job))))) / threads);
      }
      return (best * 1e6) / (job.slices * n * n);
    },
    stop: () => Promise.all(workers.map((worker) => worker.stop())),
  };
}

export async function run(): Promise<string> {
  const timer = sliceTimer();
  const builds = hasRelaxedSimd() ? [true, false] : [false];
  const rows: string[] = [];
  for (const n of SIZES) {
    const cells: string[] = [];
    for (const relaxed of builds) {
      for (const threads of [1, 2] as const) cells.push((await timer.nsPerPixel(n, relaxed, threads)).toFixed(2));
    }
    rows.push(`| ${n} | ${cells.join(' | ')} |`);
  }
  await timer.stop();
  const names = builds.map((relaxed) => (relaxed ? 'relaxed' : 'plain'));
  return [
    'ns per pixel·slice',
    '',
    `| N | ${names.map((name) => `${name}, 1 thread | ${name}, 2 threads`).join(' | ')} |`,
    `|---|${'---|'.repeat(2 * names.length)}`,
    ...rows,
  ].join('\n');
}
