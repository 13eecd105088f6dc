/** Skips a test for want of something that a clone elsewhere may lack, and says so where vitest's reporter does not. Not a test. */

import { existsSync } from 'node:fs';
import type { TestContext } from 'vitest';

/** Microscope files and simulated experiments, too large for the repository. */
export const SAMPLES = '/work/shared/samples';

export function skipAloud(context: TestContext, want: string): never {
  const note = `for want of ${want}`;
  console.warn(`SKIPPED: ${context.task.name}, ${note}`);
  return context.skip(note);
}

/** Full path of a sample ('' for all of them); without it the test is skipped, aloud. */
export function sample(context: TestContext, path: string): string {
  const full = path === '' ? SAMPLES : `${SAMPLES}/${path}`;
  return existsSync(full) ? full : skipAloud(context, full);
}
