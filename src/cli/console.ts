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
  #what = '';
  #width = 0;

  constructor(json: boolean, signal: AbortSignal) {
    this.json = json;
    this.task = { signal, progress: (done, total, what, note) => this.#progress(done, total, what, note) };
  }

  #progress(done: number, total: number, what: string, note = ''): void {
    const now = performance.now();
    const terminal = process.stderr.isTTY === true;
    const fresh = what !== this.#what;
    if (!fresh && done < total && now - this.#shown < (terminal ? 100 : INTERVAL)) return;
    if (!fresh && done >= total && this.#width === 0 && !terminal && now - this.#shown < 500) return;
    this.#shown = now;
    this.#what = what;
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
