/**
 * `npm run cases [-- NAME…]`: every input of ../shared/cases, scans as a user would give them, judged by its right value: right, said, or wrong. Exit code 1 where one is wrong or was not run.
 * FERROSCOPE_PYTHON names a Python with what makes the scans (cases/scans.ts; what it lacks is said); FERROSCOPE_CASES the folder they are kept in. `--kept`
 * judges what earlier runs left there, and runs nothing. Without names docs/cases.md is written.
 */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Verdict } from './cases/judge.ts';
import { countsOf, writeCasesPage } from './cases/page.ts';
import { scanCase, scanCases } from './cases/scans.ts';
import { structureCases } from './cases/structures.ts';

const run = promisify(execFile);
const shared = resolve(import.meta.dirname, '../../shared');
const program = resolve(import.meta.dirname, '../bin/ferroscope.js');
const only = process.argv.slice(2).filter((argument) => argument !== '--kept');
const python = process.env.FERROSCOPE_PYTHON ?? 'python3';
/** What makes the scans. */
const MODULES = ['numpy', 'scipy', 'h5py', 'hdf5plugin', 'hyperspy'];

async function ferroscope(args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [program, ...args], { maxBuffer: 1e8, timeout: 900_000 });
    return { ok: true, text: stderr + stdout };
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as { stdout?: string; stderr?: string };
    return { ok: false, text: stdout + stderr };
  }
}

/** What Python lacks, in words; undefined where it has all. */
async function lackingModules(): Promise<string | undefined> {
  const missing = `import importlib.util as u; print(*[m for m in ${JSON.stringify(MODULES)} if not u.find_spec(m)])`;
  try {
    const { stdout } = await run(python, ['-c', missing]);
    const names = stdout.trim().split(/\s+/).filter(Boolean);
    return names.length > 0 ? `lacks ${names.join(', ')}` : undefined;
  } catch {
    return 'does not run';
  }
}

const tell = (verdict: Verdict): Verdict => {
  console.log(`${verdict.verdict.padEnd(6)} ${verdict.name.padEnd(28)} ${verdict.text}`);
  return verdict;
};

if (!existsSync(shared)) {
  console.log(`${shared} is not here: no case can be run.`);
  process.exit(1);
}
const structures = (await structureCases(join(shared, 'cases/structures')))
  .filter(({ name }) => only.length === 0 || only.includes(name))
  .map(tell);
const scans: Verdict[] = [];
const names = scanCases(only);
const lacking = await lackingModules();
if (lacking) {
  console.log(
    `NOT RUN: ${names.length} scans are made by Python, and ${python} ${lacking}.`,
    `Give one that has all: python3 -m venv cases-python && cases-python/bin/pip install ${MODULES.join(' ')},`,
    'then FERROSCOPE_PYTHON=$PWD/cases-python/bin/python npm run cases.',
  );
  scans.push(...names.map((name): Verdict => ({ name, verdict: 'not run', text: '' })));
} else if (only.length === 0 || names.some((name) => only.includes(name))) {
  const options = {
    folder: join(shared, 'cases/scans'),
    twin: join(shared, 'samples/twin-a/twinA_4dstem.h5'),
    files: process.env.FERROSCOPE_CASES ?? join(tmpdir(), 'ferroscope-cases'),
    python,
    kept: process.argv.includes('--kept'),
  };
  for (const name of names) scans.push(tell(await scanCase(name, options, ferroscope)));
}
const all = [...structures, ...scans];
console.log(countsOf(all));
if (only.length === 0 && !lacking) writeCasesPage(scans, structures);
process.exitCode = all.some(({ verdict }) => verdict === 'wrong' || verdict === 'not run') ? 1 : 0;
