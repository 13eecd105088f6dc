/**
 * `ferroscope structures RECIPE`: every structure of the recipe's library as extxyz, with the labels of its columns in the comment; with a [dynamics],
 * `dynamics.ts`; with a [film], `film.ts`.
 */

import { join } from 'node:path';
import { refuseExisting, writeWhole } from '../core/files.ts';
import { hashOf } from '../core/hash.ts';
import { plural, quantity } from '../core/numbers.ts';
import { checkAborted } from '../core/task.ts';
import { buildStructure, labelFields, structureStream } from '../crystal/build.ts';
import { writeExtxyz } from '../crystal/extxyz.ts';
import { requireSites } from '../crystal/structure.ts';
import { frameOf } from '../library/imported.ts';
import { shardFolder, shardNames } from '../library/shard-names.ts';
import { argument, option, readImported, readStudy } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { PROGRAM } from './version.ts';

export async function runStructures(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const recipe = await readStudy(path);
  if (recipe.film) return (await import('./film.ts')).runFilm(line, recipe);
  if (recipe.dynamics) return (await import('./dynamics.ts')).runDynamics(line, recipe, path);
  const out = option(line, 'out') ?? 'structures';
  refuseExisting(out, line.options.overwrite === true);
  const imported = await readImported(line, recipe, path);
  const names = shardNames(recipe.structures);
  let sumP = 0;
  let columns = 0;
  for (const [i, name] of names.entries()) {
    checkAborted(line.console.task);
    const frame = imported && frameOf(imported, name);
    const structure =
      frame?.structure ??
      buildStructure(recipe, name.index, structureStream(recipe.library.seed, name.index, name.heldOut));
    const { P, dTi, dO } = labelFields(structure, recipe);
    for (let c = 0; c < P.length; c += 3) sumP += Math.hypot(P[c]!, P[c + 1]!, P[c + 2]!);
    columns += P.length / 3;
    const [nx, ny] = requireSites(structure).cells;
    const info = {
      recipe_hash: hashOf(recipe),
      ...(frame
        ? { source: frame.source.file, frame: String(frame.source.frame), labels: frame.source.labels }
        : { seed: String(recipe.library.seed) }),
      program: PROGRAM,
      // Means along z, in the order of the axes [ny][nx][3].
      columns: `${ny} ${nx} 3`,
      P_uC_cm2: row(P),
      dTi_pm: row(dTi),
      dO_pm: row(dO),
    };
    await writeWhole(join(out, `${shardFolder(name)}.extxyz`), writeExtxyz(structure, info));
    line.console.task.progress(i + 1, names.length, 'structures');
  }
  line.console.result(
    [
      `${plural(names.length, 'structure')} in ${out}, mean |P| of their columns ${quantity(sumP / columns, 'uC/cm2')}.`,
    ],
    { out, structures: names.length, columns, mean_p_uC_cm2: sumP / columns },
  );
}

function row(values: Float64Array): string {
  return Array.from(values, (value) => value.toFixed(3)).join(' ');
}
