// Checks what each room under src/ imports: only rooms that the table allows, no circle between files, no room that is not there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rooms in the order in which data moves, and what each may import beside itself (docs/design.md). */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  crystal: ['core'],
  ferroelectric: ['core', 'crystal'],
  diffraction: ['core', 'crystal'],
  library: ['core', 'crystal', 'diffraction'],
  network: ['core', 'diffraction', 'library'],
  limit: ['core', 'diffraction', 'library'],
  scan: ['core', 'diffraction'],
  simulation: ['core', 'crystal', 'diffraction', 'library', 'scan'],
  polarization: ['core', 'diffraction', 'library', 'network', 'scan'],
  findings: ['core', 'polarization'],
  figures: ['core', 'crystal', 'ferroelectric', 'polarization', 'findings'],
  recipe: [
    'core',
    'crystal',
    'ferroelectric',
    'diffraction',
    'library',
    'network',
    'scan',
    'simulation',
    'polarization',
    'findings',
  ],
  /** The rims: what Node and what browsers give to rooms. */
  node: ['*'],
  web: ['*'],
  cli: ['*'],
};
/** A test speaks as a user does: it may read a recipe, structures and files. */
const TESTS_TOO = ['recipe', 'crystal', 'node'];

const src = join(dirname(fileURLToPath(import.meta.url)), '../src');
const problems: string[] = [];
const used = new Set<string>();
/** Imports of each file but tests, types included. */
const graph = new Map<string, string[]>();
for (const room of Object.keys(ROOMS)) if (!existsSync(join(src, room))) problems.push(`'${room}' is not there`);
for (const entry of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
  if (!entry.endsWith('.ts')) continue;
  const file = join(src, entry);
  const room = entry.split('/')[0]!;
  const allowed = ROOMS[room];
  if (!allowed) {
    problems.push(`${entry}: '${room}' is not a room`);
    continue;
  }
  const isTest = /\.test\.ts$|(^|\/)test-/.test(entry);
  const targets = [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) =>
    relative(src, resolve(dirname(file), path!)),
  );
  if (!isTest) graph.set(entry, targets);
  for (const target of targets) {
    const other = target.split('/')[0]!;
    if (target.endsWith('/index.ts')) problems.push(`${entry} imports ${target}: rooms import files`);
    if (other === room || other === '..') continue;
    if (!isTest) used.add(`${room} → ${other}`);
    if (allowed.includes('*') || allowed.includes(other) || (isTest && TESTS_TOO.includes(other))) continue;
    problems.push(`${entry} imports ${target}: '${room}' must not know of '${other}'`);
  }
}
for (const [room, allowed] of Object.entries(ROOMS)) {
  for (const other of allowed) {
    if (other !== '*' && !used.has(`${room} → ${other}`))
      problems.push(`'${room}' needs no '${other}': take it out of the table`);
  }
}

/** The first circle of imports between files, if there is one. */
function circle(): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const found = visit(next);
      if (found) return found;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const found = visit(file);
    if (found) return found;
  }
  return undefined;
}
const found = circle();
if (found) problems.push(`a circle: ${found.join(' → ')}`);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  console.log(
    `rooms: ${graph.size} files in ${Object.keys(ROOMS).length} rooms, ${used.size} edges, all in the table; no circle`,
  );
}
