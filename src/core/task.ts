/** A task is long work that reports progress and can be stopped. It does not know how progress is shown. */

import { FerroscopeError } from './errors.ts';

export interface Task {
  readonly signal: AbortSignal;
  /** `done` of `total` units of `what` (a plural noun, 'patterns'); `note` is free text such as a loss. */
  progress(done: number, total: number, what: string, note?: string): void;
}

/** A task that nobody watches and nobody stops. */
export const quietTask: Task = { signal: new AbortController().signal, progress: () => {} };

export function abortedError(): FerroscopeError {
  return new FerroscopeError('aborted', 'Stopped before the end.', 'Run the same command again: it resumes.');
}

/** Throws an 'aborted' error once the task's signal is aborted. */
export function checkAborted(task: Task): void {
  if (task.signal.aborted) throw abortedError();
}
