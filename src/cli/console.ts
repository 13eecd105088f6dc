/**
 * What a command shows: progress on one line of a terminal, plain lines at intervals elsewhere, and a machine-readable last line
 * with --json. Progress and remarks go to standard error, results to standard output.
 */

import { duration } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';

/** Between plain progress lines, and between those of a terminal [ms]. */
const INTERVAL = 10_000;
const TERMINAL_INTERVAL = 100;
/** Before this share and this time [ms] of the work an estimate of the rest is a guess. */
const LEAST_SHARE = 0.02;
const LEAST_TIME = 3000;

export class Console {
  readonly task: Task;
  readonly json: boolean;
  /** What becomes of the work where the command is stopped or the disk is full; a command that resumes says so. */
  kept = 'Nothing is kept: the same command begins anew.';
  #shown = 0;
  #began = 0;
  #first = 0;
  #what = '';
  #width = 0;

  constructor(json: boolean, signal: AbortSignal) {
    this.json = json;
    this.task = { signal, progress: (done, total, what, note) => this.#progress(done, total, what, note) };
  }

  /** The command keeps what it has done. */
  resumes(): void {
    this.kept = 'What is done is kept: the same command goes on from there.';
  }

  #progress(done: number, total: number, what: string, note = ''): void {
    const now = performance.now();
    const terminal = process.stderr.isTTY === true;
    const ended = done >= total;
    if (what !== this.#what) {
      this.#what = what;
      this.#shown = this.#began = now;
      this.#first = done;
    }
    // Not a terminal: a line every ten seconds, and one at the end of what took longer than a second.
    const due = terminal
      ? now - this.#shown >= TERMINAL_INTERVAL || ended
      : now - this.#shown >= INTERVAL || (ended && now - this.#began > 1000);
    if (!due) return;
    this.#shown = now;
    if (ended) this.#what = '';
    const line = [
      `  ${what}: ${Math.floor(done)} of ${total}${ended ? '' : this.#left(done, total, now)}`,
      ...(note ? [note] : []),
    ].join('  ');
    if (terminal) {
      process.stderr.write(`\r${line.padEnd(this.#width)}`);
      this.#width = line.length;
      if (ended) this.#end();
    } else process.stderr.write(`${line}\n`);
  }

  /** The share that is done, and the time left at the pace since this work was begun (or resumed). */
  #left(done: number, total: number, now: number): string {
    const percent = `, ${Math.floor((100 * done) / total)}%`;
    const share = (done - this.#first) / (total - this.#first);
    const spent = now - this.#began;
    if (!(share >= LEAST_SHARE) || spent < LEAST_TIME) return percent;
    return `${percent}, about ${duration((spent * (1 - share)) / share / 1e3)} left`;
  }

  #end(): void {
    if (this.#width > 0) process.stderr.write('\n');
    this.#width = 0;
  }

  /** A remark for people. */
  note(text: string): void {
    this.#end();
    process.stderr.write(`${text}\n`);
  }

  /** The command's result: lines for people, or with --json one line of JSON. */
  result(lines: readonly string[], data: object): void {
    this.#end();
    process.stdout.write(this.json ? `${JSON.stringify(data)}\n` : `${lines.join('\n')}\n`);
  }
}
