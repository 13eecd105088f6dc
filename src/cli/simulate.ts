/** `ferroscope simulate RECIPE`: the library of labelled patterns. */

import { parsePart, simulateLibrary } from '../library/run.ts';
import { argument, option, readRecipe, workersOption } from './arguments.ts';
import type { CommandLine } from './main.ts';
import { PROGRAM } from './version.ts';

export async function runSimulate(line: CommandLine): Promise<void> {
  const recipe = await readRecipe(argument(line, 0));
  const out = option(line, 'out') ?? 'library.zarr';
  const shard = option(line, 'shard');
  const start = performance.now();
  const result = await simulateLibrary(
    recipe,
    out,
    { program: PROGRAM, ...workersOption(line), ...(shard === undefined ? {} : { part: parsePart(shard) }) },
    line.console.task,
  );
  const simulate_s = (performance.now() - start) / 1e3;
  line.console.result(
    [
      `${result.patterns} patterns in ${out}: ${result.made} structures made now, ${result.kept} kept; ` +
        `${result.passes} plane waves in ${simulate_s.toFixed(1)} s.`,
    ],
    { out, ...result, simulate_s },
  );
}
