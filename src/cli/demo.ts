/**
 * `ferroscope demo`: the study of a built-in recipe, small enough for minutes, on the experiment that it makes itself. Every step is `ferroscope study`'s. With
 * --bias another one: demo-bias.ts.
 */

import { fileURLToPath } from 'node:url';
import { fail } from '../core/errors.ts';
import { option } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { study } from './study.ts';

const BUILT_IN = fileURLToPath(new URL('../../examples/demo.toml', import.meta.url));

export async function runDemo(line: CommandLine): Promise<void> {
  if (line.options.bias === true) return (await import('./demo-bias.ts')).runBiasDemo(line);
  if (option(line, 'model') !== undefined) {
    fail('usage', '--model is for demo --bias: the demo trains its own.', 'Leave it out, or add --bias.');
  }
  await study(line, {
    path: option(line, 'recipe') ?? BUILT_IN,
    out: option(line, 'out') ?? 'demo-out',
    experiment: true,
    title: 'Ferroscope demo: a map of a simulated experiment',
  });
}
