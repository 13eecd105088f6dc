/**
 * Opening and calibrating large scans: `npm run bench -- open`, with FERROSCOPE_OPEN_GB (10) and FERROSCOPE_OPEN_KINDS (all). Each file is made, forgotten by the
 * system's memory, opened and calibrated by Ferroscope, which reads a sample of patterns; the same patterns are then read once more by it and by h5py, NumPy or
 * RosettaSciIO, the file forgotten before each; then it is removed. Needs a Python with h5py, hdf5plugin and rosettasciio (FERROSCOPE_PYTHON) and ../shared/samples/twin-a.
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call } from './peers.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const TWIN_A = here('../../shared/samples/twin-a/twinA_4dstem.h5');

/** What is made, as which file; by whom the same patterns are read; whether its shape has to be said. */
const KINDS = [
  ['dectris', 'Dectris, bitshuffle and LZ4, linked files', 'scan_master.h5', 'h5py', true],
  ['hspy', 'HyperSpy, gzip', 'scan.hspy', 'h5py', false],
  ['emd-gzip', 'EMD 1.0, gzip, a chunk a pattern', 'scan.h5', 'h5py', false],
  ['empad', 'EMPAD', 'scan.raw', 'NumPy', true],
  ['emd', 'EMD 1.0, contiguous', 'scan.h5', 'h5py', false],
  ['npy', 'NPY', 'scan.npy', 'NumPy', false],
  ['mib', 'Merlin MIB', 'scan.mib', 'RosettaSciIO', true],
  ['mrc', 'MRC', 'scan.mrc', 'RosettaSciIO', true],
] as const;

interface Made {
  readonly shape: readonly [number, number, number, number];
  readonly bytes: number;
}

interface Times {
  readonly wall_s: number;
  readonly cpu_s: number;
  readonly memory_MB: number;
  /** Of every 16th count that was read. */
  readonly sum: number;
}

interface Ours extends Times {
  /** Runs of patterns, as they were asked for. */
  readonly read: readonly (readonly [first: number, count: number])[];
}

async function json<T>(program: string, args: readonly string[]): Promise<T> {
  const { stdout } = await call(program, args, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as T;
}

export async function run(): Promise<string> {
  const {
    FERROSCOPE_PYTHON: python = 'python3',
    FERROSCOPE_OPEN_GB: gb = '10',
    FERROSCOPE_OPEN_KINDS: only,
  } = process.env;
  if (!existsSync(TWIN_A)) return `SKIPPED: no ${TWIN_A}.`;
  const peer = <T>(...args: string[]) => json<T>(python, [here('./peers/big_scan.py'), ...args]);
  const rows: string[] = [];
  for (const [kind, name, leaf, reader, stack] of KINDS) {
    if (only && !only.split(',').includes(kind)) continue;
    const folder = mkdtempSync(join(tmpdir(), 'ferroscope-open-'));
    try {
      const path = join(folder, leaf);
      const { shape, bytes } = await peer<Made>('make', kind, path, gb, TWIN_A);
      await peer('forget', kind, path);
      const given = stack ? shape.slice(0, 2).join() : '-';
      const own = (...more: string[]) =>
        json<Ours>(process.execPath, ['--no-warnings', here('./open/calibrate.ts'), path, given, ...more]);
      const ours = await own();
      const indices = join(folder, 'indices.json');
      writeFileSync(indices, JSON.stringify(ours.read));
      // Once more without calibrating: a disk that keeps what was read keeps it for both.
      await peer('forget', kind, path);
      const again = await own(indices);
      await peer('forget', kind, path);
      const theirs = await peer<Times>('read', kind, path, String(shape[1]), indices);
      if (Math.abs(theirs.sum / ours.sum - 1) > 1e-6)
        throw new Error(`${name}: sums differ, ${ours.sum} and ${theirs.sum}`);
      rows.push(rowOf(name, reader, shape, bytes, ours, again, theirs));
      console.error(rows.at(-1));
    } catch (error) {
      // One that fails, its peer's reader too, takes nothing from the others.
      rows.push(`| ${name} | FAILED: ${(error as Error).message.split('\n').at(0)} |`);
      console.error(error);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return [
    `Files of ${gb} GB of numbers; seconds by the clock and of CPU; memory is the most that the process held, calibrating.`,
    '',
    '| file | on disk | patterns read | open and read | its peer | ratio (of CPU) | computing the calibration | memory, peer’s |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function rowOf(
  name: string,
  reader: string,
  shape: Made['shape'],
  bytes: number,
  ours: Ours,
  again: Ours,
  theirs: Times,
): string {
  const both = (wall: number, cpu: number): string => `${wall.toFixed(2)} (CPU ${cpu.toFixed(2)})`;
  return `| ${[
    `${name}, ${shape.join(' × ')}`,
    `${(bytes / 1e9).toFixed(1)} GB`,
    `${new Set(ours.read.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i))).size} of ${shape[0] * shape[1]}`,
    both(again.wall_s, again.cpu_s),
    `${reader} ${both(theirs.wall_s, theirs.cpu_s)}`,
    `${(again.wall_s / theirs.wall_s).toFixed(2)}× (${(again.cpu_s / theirs.cpu_s).toFixed(2)}×)`,
    both(ours.wall_s - again.wall_s, ours.cpu_s - again.cpu_s),
    `${Math.round(ours.memory_MB)} MB, ${Math.round(theirs.memory_MB)} MB`,
  ].join(' | ')} |`;
}
