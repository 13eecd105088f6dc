/**
 * SIGINT (Ctrl-C) and SIGTERM, as an AbortSignal. The first one asks the command to stop; a second one, or four seconds without an end, ends the process
 * by that signal itself: nothing that native libraries do at an exit is run, which would abort in C++ where a model is running. Files are whole either way
 * (`core/files.ts`).
 */

import { constants } from 'node:os';

/** Signals this close together are one: npx passes Ctrl-C on to a process that had it from the terminal already [ms]. */
const TOGETHER = 500;
/** [ms] */
const GRACE = 4000;

export interface Stopping {
  readonly signal: AbortSignal;
  /** Of a process that was stopped: 130 for SIGINT, 143 for SIGTERM, as in shells. */
  exitCode(): number | undefined;
  /** Listens no more. A process that was stopped and still does not end is ended when its time is over. */
  off(): void;
}

/** @param say shows a line to the user */
export function listenForStop(say: (text: string) => void): Stopping {
  const stop = new AbortController();
  let by: 'SIGINT' | 'SIGTERM' | undefined;
  let since = 0;
  let saying: NodeJS.Timeout | undefined;
  const off = (): void => {
    clearTimeout(saying);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  const endNow = (): void => {
    off();
    process.kill(process.pid, by);
    // The first process of a container does not die of it.
    process.exit(128 + constants.signals[by!]);
  };
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (by !== undefined) {
      if (performance.now() - since > TOGETHER) endNow();
      return;
    }
    by = name;
    since = performance.now();
    saying = setTimeout(() => say('Stopping; Ctrl-C again ends it at once.'), TOGETHER);
    setTimeout(() => {
      say(`Ended by ${by}, with work in hand; files that were written before are whole.`);
      endNow();
    }, GRACE).unref();
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { signal: stop.signal, exitCode: () => by && 128 + constants.signals[by], off };
}
