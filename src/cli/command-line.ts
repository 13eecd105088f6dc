/** What a command gets: its arguments as text, and the console that it speaks through. */

import type { Console } from './console.ts';

export interface CommandLine {
  readonly positional: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly console: Console;
}
