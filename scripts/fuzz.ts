// `npm run fuzz [-- RUNS [SEED]]`: every reader against damaged files. Counts by outcome; whatever is no tagged error, takes too long or asks for too much memory is
// printed with how the file was damaged, and ends with exit code 1.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Seed, seeds } from './fuzz/seeds.ts';

const [runs = '120', number = '1', only = ''] = process.argv.slice(2);
/** Without a word for so long a reader hangs [ms]: a busy machine is slow, too. */
const HANGS = 120_000;
const CHILD = fileURLToPath(new URL('./fuzz/child.ts', import.meta.url));

interface Result {
  readonly how: string;
  readonly outcome: string;
}

function fuzzed(seed: Seed): Promise<Result[]> {
  const child = spawn(process.execPath, ['--no-warnings', CHILD, JSON.stringify(seed), runs, number], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const results: Result[] = [];
  let now = 'starting';
  let errors = '';
  let hung = false;
  const end = () => {
    hung = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(end, HANGS);
  child.stderr.on('data', (text) => {
    errors = (errors + String(text)).slice(-400);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    clearTimeout(timer);
    timer = setTimeout(end, HANGS);
    const said = JSON.parse(line) as { how: string; outcome?: string };
    now = said.how;
    if (said.outcome !== undefined) results.push({ how: said.how, outcome: said.outcome });
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      if (hung) results.push({ how: now, outcome: 'HANG' });
      else if (code !== 0) results.push({ how: now, outcome: `CRASH ${errors.replaceAll('\n', ' | ')}` });
      resolve(results);
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-seeds-'));
const counts = new Map<string, number>();
let files = 0;
let bad = 0;
for (const seed of await seeds(folder)) {
  if (!seed.name.includes(only)) continue;
  files++;
  for (const { how, outcome } of await fuzzed(seed)) {
    const kind = outcome.split(' ')[0]!;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (kind !== kind.toUpperCase()) continue;
    bad++;
    console.log(`${seed.name}, ${how}: ${outcome}`);
  }
}
rmSync(folder, { recursive: true });
const total = [...counts.values()].reduce((a, b) => a + b, 0);
const list = [...counts].toSorted((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${n}`);
console.log(`${files} files, ${total} damaged versions: ${list.join(', ')}`);
process.exitCode = bad > 0 ? 1 : 0;
