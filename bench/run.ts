/**
 * `npm run bench` runs every measurement of this folder, `npm run bench -- slice peers` only those. Each is one file beside this one that exports
 * `run(): Promise<string>` and returns Markdown. Numbers are wall-clock times of this machine at this moment: compare them within one run.
 */

import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';

interface Measurement {
  run(): Promise<string>;
}

const known = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'run.ts')
  .map((entry) => entry.name.replace(/\.ts$/, ''))
  .sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark '${unknown.join("', '")}'. Known: ${known.join(', ')}.`);
  process.exit(2);
}

console.log(`${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, Node ${process.versions.node}`);
for (const name of asked.length > 0 ? asked : known) {
  const { run } = (await import(new URL(`./${name}.ts`, import.meta.url).href)) as Measurement;
  console.log(`\n## ${name}\n\n${await run()}`);
}
