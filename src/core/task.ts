/** A task is long work that reports progress and can be stopped. It does not know how progress is shown. */

import { FerroscopeError } from './errors.ts';

export interface Task {
  readonly signal: AbortSignal;
  /** `done` of `total` units of `what` (a plural noun, 'patterns'), a share of the unit in hand included; `note` is free text such as a loss. */
  progress(done: number, total: number, what: string, note?: string): void;
}

/** A task that nobody watches and nobody stops. */
export const quietTask: Task = { signal: new AbortController().signal, progress: () => {} };

export function abortedError(): FerroscopeError {
  return new FerroscopeError('aborted', 'Stopped before the end.', '');
}

/** Throws an 'aborted' error once the task's signal is aborted. */
export function checkAborted(task: Task): void {
  if (task.signal.aborted) throw abortedError();
}

/** Longest stretch between breaths [ms]. */
const BREATH = 50;
let breathed = 0;

/**
 * For loops that compute for more than a second on the main thread: lets signals, messages and timers in now and then; calls in between cost nothing.
 * @throws 'aborted'
 */
export async function breathe(task: Task): Promise<void> {
  if (performance.now() - breathed > BREATH) {
    await new Promise((resolve) => setTimeout(resolve));
    breathed = performance.now();
  }
  checkAborted(task);
}
