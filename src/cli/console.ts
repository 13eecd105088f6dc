/**
 * What a command shows: progress on one line of a terminal, plain lines at intervals elsewhere, and a machine-readable last line
 * with --json. Progress and remarks go to standard error, results to standard output.
 */

import type { Task } from '../core/task.ts';

/** Between plain progress lines [ms]. */
const INTERVAL = 10_000;

export class Console {
  readonly task: Task;
  readonly json: boolean;
  #shown = 0;
  #began = 0;
  #what = '';
  #width = 0;

  constructor(json: boolean, signal: AbortSignal) {
    this.json = json;
    this.task = { signal, progress: (done, total, what, note) => this.#progress(done, total, what, note) };
  }

  #progress(done: number, total: number, what: string, note = ''): void {
    const now = performance.now();
    const terminal = process.stderr.isTTY === true;
    const ended = done >= total;
    if (what !== this.#what) {
      this.#what = what;
      this.#shown = this.#began = now;
    }
    // Not a terminal: a line every ten seconds, and one at the end of what took longer than a second.
    const due = terminal
      ? now - this.#shown >= 100 || ended
      : now - this.#shown >= INTERVAL || (ended && now - this.#began > 1000);
    if (!due) return;
    this.#shown = now;
    if (ended) this.#what = '';
    const line = `  ${what}: ${done} of ${total}${note ? `  ${note}` : ''}`;
    if (terminal) {
      process.stderr.write(`\r${line.padEnd(this.#width)}`);
      this.#width = line.length;
      if (done >= total) this.#end();
    } else process.stderr.write(`${line}\n`);
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
