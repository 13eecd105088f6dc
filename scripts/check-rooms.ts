// Checks that every room under src/ imports only from itself and from rooms above it in the table of docs/design.md.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOMS = [
  'core',
  'crystal',
  'ferroelectric',
  'diffraction',
  'simulation',
  'library',
  'network',
  'scan',
  'limit',
  'polarization',
  'figures',
  'cli',
  'server',
];

const src = join(dirname(fileURLToPath(import.meta.url)), '../src');
const problems: string[] = [];
for (const entry of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
  if (!entry.endsWith('.ts')) continue;
  const file = join(src, entry);
  const room = entry.split('/')[0] ?? '';
  const rank = ROOMS.indexOf(room);
  if (rank < 0) problems.push(`${entry}: '${room}' is not a room`);
  for (const match of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    const target = relative(src, resolve(dirname(file), match[1] ?? ''));
    const other = ROOMS.indexOf(target.split('/')[0] ?? '');
    if (other > rank) problems.push(`${entry} imports ${target}: '${room}' must not know of a room below it`);
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  console.log(`rooms: imports go upward only in all ${ROOMS.length} rooms`);
}
