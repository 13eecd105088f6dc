/** `ferroscope demo`: the study of a built-in recipe, small enough for minutes, on the experiment that it makes itself. Every step is `ferroscope study`'s. */

import { fileURLToPath } from 'node:url';
import { option } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { study } from './study.ts';

const BUILT_IN = fileURLToPath(new URL('../../examples/demo.toml', import.meta.url));

export async function runDemo(line: CommandLine): Promise<void> {
  await study(line, {
    path: option(line, 'recipe') ?? BUILT_IN,
    out: option(line, 'out') ?? 'demo-out',
    experiment: true,
    title: 'Ferroscope demo: a map of a simulated experiment',
  });
}
