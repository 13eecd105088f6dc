/**
 * `ferroscope analyze` of three maps of 180 × 110 positions, the states of one film, with 200 resampled fields each: processor time, wall-clock time and memory of the whole command in
 * a process of its own, threads included. The maps are those of the command's own test, larger: P along the beam measured at half of the prior's σ, so that every number is worked
 * out. `npm run bench -- analyze`
 */

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filmMap, writeMap } from '../test/film-maps.ts';

const SHAPE = [110, 180] as const;
const BIASES = [-2, 0, 2];

/** A program that runs the command line with what follows its name, and prints what it took. */
const MEASURED = `
const start = performance.now();
const { main } = await import(process.argv[2]);
process.exitCode = await main(process.argv.slice(3));
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const main_thread = process.threadCpuUsage();
console.error(JSON.stringify({ wall_s: (performance.now() - start) / 1e3, cpu_s: (userCPUTime + systemCPUTime) / 1e6, main_s: (main_thread.user + main_thread.system) / 1e6, memory_MB: maxRSS / 1e3 }));
`;

export async function run(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ferroscope-bench-'));
  try {
    const maps: string[] = [];
    for (const bias of BIASES) {
      maps.push(await writeMap(join(folder, `${bias}V`), filmMap(bias, { shape: SHAPE, sigma: [1.5, 4] })));
    }
    const main = new URL('../src/cli/main.ts', import.meta.url).href;
    const asked = ['analyze', ...maps, '--bias', BIASES.join(','), '--out', join(folder, 'analysis'), '--json'];
    const program = join(folder, 'measured.mjs');
    await writeFile(program, MEASURED);
    const { stderr, status } = spawnSync(process.execPath, [program, main, ...asked], {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(stderr);
    const { wall_s, cpu_s, main_s, memory_MB } = JSON.parse(stderr.trim().split('\n').at(-1)!) as Record<
      string,
      number
    >;
    return [
      '| analyze, three maps of 180 × 110 | |',
      '|---|---|',
      `| processor time, s | ${cpu_s!.toFixed(1)} |`,
      `| of it the main thread, while others wait or before and after them, s | ${main_s!.toFixed(1)} |`,
      `| main thread + half of the rest: two cores that do nothing else, s | ${(main_s! + (cpu_s! - main_s!) / 2).toFixed(1)} |`,
      `| wall-clock time, s | ${wall_s!.toFixed(1)} |`,
      `| memory at most, MB | ${memory_MB!.toFixed(0)} |`,
    ].join('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
