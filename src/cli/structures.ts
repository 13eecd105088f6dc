/** `ferroscope structures RECIPE`: every structure of the recipe's library as extxyz, with its local polarization in the comment. */

import { join } from 'node:path';
import { refuseExisting, writeWhole } from '../core/files.ts';
import { recipeHash } from '../core/recipe-schema.ts';
import { checkAborted } from '../core/task.ts';
import { buildStructure, labelFields } from '../crystal/build.ts';
import { writeExtxyz } from '../crystal/extxyz.ts';
import { shardFolder, shardNames } from '../library/store.ts';
import { argument, option, readStudy } from './arguments.ts';
import type { CommandLine } from './main.ts';
import { PROGRAM } from './version.ts';

export async function runStructures(line: CommandLine): Promise<void> {
  const recipe = await readStudy(argument(line, 0));
  const out = option(line, 'out') ?? 'structures';
  refuseExisting(out, line.options.overwrite === true);
  const names = shardNames(recipe);
  let sumP = 0;
  let columns = 0;
  for (const [i, name] of names.entries()) {
    checkAborted(line.console.task);
    const structure = buildStructure(recipe, name.index, name.heldOut);
    const { P } = labelFields(structure, recipe);
    for (let c = 0; c < P.length; c += 3) sumP += Math.hypot(P[c]!, P[c + 1]!, P[c + 2]!);
    columns += P.length / 3;
    const info = { recipe_hash: recipeHash(recipe), seed: String(recipe.library.seed), program: PROGRAM };
    await writeWhole(join(out, `${shardFolder(name)}.extxyz`), writeExtxyz(structure, info));
    line.console.task.progress(i + 1, names.length, 'structures');
  }
  line.console.result(
    [`${names.length} structures in ${out}, mean |P| of their columns ${(sumP / columns).toFixed(1)} µC/cm².`],
    { out, structures: names.length, columns, mean_p_uC_cm2: sumP / columns },
  );
}
