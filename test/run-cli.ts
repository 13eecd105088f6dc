/** Runs the command line in this process and catches what it prints. Not a test. */

import { expect } from 'vitest';
import { main } from '../src/cli/main.ts';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function cli(...argv: string[]): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const { stdout, stderr } = process;
  const held = [stdout.write, stderr.write] as const;
  stdout.write = ((text: string) => out.push(text) > 0) as typeof stdout.write;
  stderr.write = ((text: string) => err.push(text) > 0) as typeof stderr.write;
  try {
    const code = await main(argv);
    return { code, out: out.join(''), err: err.join('') };
  } finally {
    [stdout.write, stderr.write] = held;
  }
}

/** Expects a success that says nothing of an error. */
export async function done(...argv: string[]): Promise<CliResult> {
  const result = await cli(...argv);
  expect(result.err).not.toContain('ferroscope:');
  expect(result.code).toBe(0);
  return result;
}

/** Expects a failure that says `message` (and hint), and shows no stack. */
export async function fails(argv: string[], code: number, message: RegExp): Promise<void> {
  const result = await cli(...argv);
  expect(result.err).toMatch(message);
  expect(result.err).not.toMatch(/\n\s+at .*:\d+:\d+/);
  expect(result.code).toBe(code);
}
