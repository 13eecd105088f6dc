/**
 * `npm run cases [NAME…]`: every input of ../shared/cases, scans as a user would give them, judged by its right value: right, said, or wrong. Exit code 1 where one is wrong.
 * FERROSCOPE_PYTHON names a Python with numpy and h5py, which makes the scans (without it they are skipped, aloud); FERROSCOPE_CASES the folder they are kept in.
 */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { scanCase, scanCases, type Verdict } from './cases-scans.ts';
import { structureCases } from './cases-structures.ts';

const run = promisify(execFile);
const shared = resolve(import.meta.dirname, '../../shared');
const program = resolve(import.meta.dirname, '../bin/ferroscope.js');
const only = process.argv.slice(2);
const python = process.env.FERROSCOPE_PYTHON ?? 'python3';

async function ferroscope(args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [program, ...args], { maxBuffer: 1e8, timeout: 600_000 });
    return { ok: true, text: stderr + stdout };
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as { stdout?: string; stderr?: string };
    return { ok: false, text: stdout + stderr };
  }
}

const hasPython = await run(python, ['-c', 'import numpy, h5py']).then(
  () => true,
  () => false,
);
const verdicts: Verdict[] = [];
const tell = (verdict: Verdict): void => {
  verdicts.push(verdict);
  console.log(`${verdict.verdict.padEnd(6)} ${verdict.name.padEnd(28)} ${verdict.text}`);
};

if (!existsSync(shared)) {
  console.log(`${shared} is not here: no case can be run.`);
  process.exit(1);
}
for (const verdict of await structureCases(join(shared, 'cases/structures'))) {
  if (only.length === 0 || only.includes(verdict.name)) tell(verdict);
}
const names = scanCases(only);
if (!hasPython) {
  console.log(`SKIPPED: ${names.length} scans: ${python} has no numpy and h5py (FERROSCOPE_PYTHON).`);
} else {
  const options = {
    folder: join(shared, 'cases/scans'),
    twin: join(shared, 'samples/twin-a/twinA_4dstem.h5'),
    files: process.env.FERROSCOPE_CASES ?? join(tmpdir(), 'ferroscope-cases'),
    python,
    only,
  };
  const waiting = [...names];
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      tell(await scanCase(name, options, ferroscope));
    }
  };
  await Promise.all([worker(), worker()]);
}
const count = (verdict: string): number => verdicts.filter((one) => one.verdict === verdict).length;
console.log(`${verdicts.length} cases: ${count('right')} right, ${count('said')} said, ${count('wrong')} wrong`);
process.exitCode = count('wrong') > 0 ? 1 : 0;
