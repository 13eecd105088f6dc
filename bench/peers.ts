/**
 * Other programs on this machine, in the same run: abTEM's multislice (`peers/abtem_slice.py`) against the slice kernel, 224² and 448², one and two threads.
 * `npm run bench -- peers`. Needs a Python that can import abtem: FERROSCOPE_PYTHON, or one is made under the temporary folder (pip install abtem pyfftw).
 */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sliceTimer } from './slice.ts';

export const call: typeof execFile.__promisify__ = promisify(execFile);
const script = fileURLToPath(new URL('./peers/abtem_slice.py', import.meta.url));

/** A Python with abTEM. @throws where there is none and none can be made */
export async function pythonWithAbtem(): Promise<string> {
  const given = process.env.FERROSCOPE_PYTHON;
  if (given) return given;
  const folder = join(tmpdir(), 'ferroscope-abtem');
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) await call('python3', ['-m', 'venv', folder]);
  await call(python, ['-m', 'pip', 'install', '-q', 'abtem', 'pyfftw']);
  return python;
}

interface AbtemTimes {
  readonly version: string;
  readonly batch: number;
  readonly probe: number;
}

export async function run(): Promise<string> {
  let python: string;
  try {
    python = await pythonWithAbtem();
  } catch (error) {
    return `SKIPPED: no abTEM to compare with (${(error as Error).message.split('\n')[0]}).`;
  }
  const rows: string[] = [];
  let version = '';
  const timer = sliceTimer();
  for (const n of [224, 448]) {
    for (const threads of [1, 2] as const) {
      // Ours before and after theirs; the better of the two, as theirs is the best of its rounds.
      const before = await timer.nsPerPixel(n, true, threads);
      const { stdout } = await call(python, [script, String(n), String(threads)]);
      const theirs = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as AbtemTimes;
      const ours = Math.min(before, await timer.nsPerPixel(n, true, threads));
      version = theirs.version;
      const cell = (ns: number) => `${ns.toFixed(1)} | ${(ns / ours).toFixed(1)}×`;
      rows.push(`| ${n} | ${threads} | ${ours.toFixed(2)} | ${cell(theirs.batch)} | ${cell(theirs.probe)} |`);
    }
  }
  await timer.stop();
  return [
    `ns per pixel·slice; abTEM ${version}, float32, pyFFTW. Two threads: ours are two waves side by side, abTEM's share each transform.`,
    '',
    '| N | threads | Ferroscope | abTEM, batch of 8 waves | ratio | abTEM, one probe | ratio |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
