/**
 * `ferroscope structures RECIPE`: every structure of the recipe's library as extxyz, with the labels of its columns in the comment; with a [dynamics],
 * `dynamics.ts`; with a [film], `film.ts`.
 */

import { fail } from '../core/errors.ts';
import { type FileIdentity, type Identity, identify } from '../core/identity.ts';
import { plural, quantity } from '../core/numbers.ts';
import { breathe } from '../core/task.ts';
import { labelFields } from '../crystal/build.ts';
import { writeExtxyz } from '../crystal/extxyz.ts';
import { eachOnce } from '../crystal/layers.ts';
import { requireSites } from '../crystal/structure.ts';
import { residualU2 } from '../crystal/thermal.ts';
import { u2Comment } from '../crystal/u2-comment.ts';
import { frameOf } from '../library/imported.ts';
import { type ShardName, shardFolder, shardNames } from '../library/shard-names.ts';
import { texturedStructure } from '../library/textured.ts';
import { refuseExisting, writeFolderWhole } from '../node/files.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { argument, LIBRARY_SECTIONS, option, readImported, readStudy } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { PROGRAM } from './version.ts';

export async function runStructures(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const recipe = await readStudy(path, ['dynamics', 'film', ...LIBRARY_SECTIONS]);
  if (recipe.film && recipe.dynamics) {
    fail('recipe', `${path} has a [film] and a [dynamics], and one command makes one of them.`, 'Leave one out.');
  }
  if (recipe.film) return (await import('./film.ts')).runFilm(line, recipe);
  if (recipe.dynamics) return (await import('./dynamics.ts')).runDynamics(line, recipe);
  const out = option(line, 'out') ?? 'structures';
  refuseExisting(out, line.options.overwrite === true);
  const imported = await readImported(line, recipe, path);
  const identity = structuresIdentity(recipe, imported?.file);
  const names = shardNames(recipe.structures);
  let sumP = 0;
  let columns = 0;
  const file = async (name: ShardName): Promise<readonly [string, Uint8Array]> => {
    await breathe(line.console.task);
    const frame = imported && frameOf(imported, name);
    const { own, layers } = frame
      ? { own: recipe, layers: { blocks: [frame.structure], order: [0] } }
      : texturedStructure(recipe, name.index, name.heldOut);
    // The blocks that its depth is made of, each once; the frame as it is.
    const structure = eachOnce(layers);
    const { P, dTi, dO } = labelFields(structure, own);
    for (let c = 0; c < P.length; c += 3) sumP += Math.hypot(P[c]!, P[c + 1]!, P[c + 2]!);
    columns += P.length / 3;
    const [nx, ny] = requireSites(structure).cells;
    const info = {
      identity: identity.id,
      ...(frame
        ? { source: frame.source.file, frame: String(frame.source.frame), labels: frame.source.labels }
        : { seed: String(recipe.library.seed) }),
      program: PROGRAM,
      ...u2Comment(structure, residualU2(structure, recipe.crystal.u2_A2)),
      // Means along z, in the order of the axes [ny][nx][3].
      columns: `${ny} ${nx} 3`,
      P_uC_cm2: row(P),
      dTi_pm: row(dTi),
      dO_pm: row(dO),
    };
    return [`${shardFolder(name)}.extxyz`, new TextEncoder().encode(writeExtxyz(structure, info))];
  };
  await writeFolderWhole(
    out,
    (async function* () {
      for (const [i, name] of names.entries()) {
        yield await file(name);
        line.console.task.progress(i + 1, names.length, 'structures');
      }
    })(),
  );
  line.console.result(
    [
      `${plural(names.length, 'structure')} in ${out}, mean |P| of their columns ${quantity(sumP / columns, 'uC/cm2')}.`,
    ],
    { out, structures: names.length, columns, mean_p_uC_cm2: sumP / columns },
  );
}

/** What the structures follow from: where they come from a file, nothing is drawn, and the settings of textures are not looked at. */
function structuresIdentity({ crystal, structures, library }: Recipe, file?: FileIdentity): Identity {
  const { a_A, c_A, u2_A2 } = crystal;
  const { count, held_out, cells, file: _, types, born, ...texture } = structures;
  // How deep the structures are decides where their domains meet.
  const { seed, thickness_nm } = library;
  const settings = file
    ? { crystal: { a_A, c_A, u2_A2 }, structures: { count, held_out, cells, types, born } }
    : { crystal, structures: { count, held_out, cells, ...texture }, library: { seed, thickness_nm } };
  return identify({ kind: 'structures', schema: 1, program: PROGRAM, settings, inputs: file ? { file } : {} });
}

function row(values: Float64Array): string {
  return Array.from(values, (value) => value.toFixed(3)).join(' ');
}
