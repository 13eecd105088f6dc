import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The whole set with more runs: `npm run fuzz`. */
test('damaged files are told by tagged errors, in bounded time and memory', () => {
  const script = fileURLToPath(new URL('../scripts/fuzz.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', script, '8', '7'], {
    encoding: 'utf8',
  });
  expect(stdout + stderr).toMatch(/^\d+ files, \d+ damaged versions: /);
  expect(status).toBe(0);
}, 1_800_000);
