// One file, damaged in many ways and read: says after each how it went. Its parent (../fuzz.ts) ends it where it hangs.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { FerroscopeError } from '../../src/core/errors.ts';
import { readStructure } from '../../src/crystal/read-structure.ts';
import { readTrajectory } from '../../src/crystal/read-trajectory.ts';
import { scanFile } from '../../src/node/scan-file.ts';
import { describeFile } from '../../src/scan/describe.ts';
import { openScan } from '../../src/scan/open.ts';
import { damaged } from './mutations.ts';
import type { Seed } from './seeds.ts';

/** The largest array that was asked for at once, since it was last set to zero [bytes]. */
let largest = 0;
/** Arrays tell their size; what a reader makes of numbers in a file is seen before there is no memory. */
for (const name of [
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const) {
  const kind = globalThis[name];
  const watched = new Proxy(kind as Uint8ArrayConstructor, {
    construct(target, args, self) {
      if (typeof args[0] === 'number') largest = Math.max(largest, args[0] * kind.BYTES_PER_ELEMENT);
      return Reflect.construct(target, args, self) as Uint8Array;
    },
  });
  (kind.prototype as { constructor: unknown }).constructor = watched;
  (globalThis as unknown as Record<string, unknown>)[name] = watched;
}
/** Deflate at its best, and what is fetched in pieces whatever the file's size. */
const allowed = (size: number): number => 2 ** 27 + 1032 * size;
/** A damaged small file is done with in this [ms]. */
const LONGEST = 20_000;

async function readScan(path: string, name: string): Promise<void> {
  await describeFile(await scanFile(path));
  const file = await scanFile(path);
  const source = await openScan(file).catch((error: unknown) => {
    const frames = error instanceof FerroscopeError ? error.fields.frames : undefined;
    if (typeof frames !== 'number') throw error;
    return openScan(file, { scan_shape: [1, frames] });
  });
  try {
    const total = source.shape[0] * source.shape[1];
    await source.read(0, Math.min(2, total));
    await source.read(total - 1, 1);
  } finally {
    source.close();
  }
  void name;
}

async function outcomeOf(seed: Seed, path: string, bytes: Uint8Array): Promise<string> {
  const began = performance.now();
  largest = 0;
  let outcome = 'read';
  try {
    if (seed.kind === 'scan') {
      writeFileSync(path, bytes);
      await readScan(path, seed.name);
    } else {
      readTrajectory(bytes, basename(seed.name));
      readStructure(new TextDecoder().decode(bytes), basename(seed.name));
    }
  } catch (error) {
    outcome =
      error instanceof FerroscopeError
        ? error.tag
        : `BUG ${String((error as Error).stack ?? error)
            .split('\n')
            .slice(0, 4)
            .join(' | ')}`;
  }
  if (largest > allowed(bytes.length)) return `GREEDY ${largest} bytes of a file of ${bytes.length}; ${outcome}`;
  const took = performance.now() - began;
  return took > LONGEST ? `SLOW ${Math.round(took)} ms; ${outcome}` : outcome;
}

const [text, count, number] = process.argv.slice(2) as [string, string, string];
const seed = JSON.parse(text) as Seed;
const folder = mkdtempSync(join(tmpdir(), 'ferroscope-fuzz-'));
if (seed.kind === 'scan') {
  for (const beside of readdirSync(dirname(seed.path))) {
    const from = join(dirname(seed.path), beside);
    if (statSync(from).isFile() && statSync(from).size < 1e6) copyFileSync(from, join(folder, beside));
  }
}
const whole = new globalThis.Uint8Array(readFileSync(seed.path));
const isText = seed.kind === 'structure' || seed.path.endsWith('.xml');
for (const { how, bytes } of damaged(whole, isText, Number(count), Number(number))) {
  process.stdout.write(`${JSON.stringify({ how })}\n`);
  const outcome = await outcomeOf(seed, join(folder, basename(seed.path)), bytes);
  process.stdout.write(`${JSON.stringify({ how, outcome })}\n`);
}
rmSync(folder, { recursive: true, force: true });
process.exit(0);
