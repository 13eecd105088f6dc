/** For tests: the tagged error that a call must end in. */

import { FerroscopeError } from './errors.ts';

/** @throws where it ends otherwise */
export function problem(run: () => unknown): FerroscopeError {
  try {
    run();
  } catch (error) {
    if (error instanceof FerroscopeError) return error;
    throw error;
  }
  throw new Error('no error');
}

/** The same for a promise. */
export async function problemOf(action: Promise<unknown>): Promise<FerroscopeError> {
  const error = await action.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (error instanceof FerroscopeError) return error;
  throw error ?? new Error('no error');
}
