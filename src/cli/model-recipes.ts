/** The recipes of the models that ship, each with its model where it is made. */

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../node/files.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { readModel } from './find-models.ts';
import type { ModelRecipe } from './models-page.ts';

/** @param root of the package @throws 'recipe', 'format' for files that are none */
export async function listedRecipes(root: string): Promise<ModelRecipe[]> {
  const folder = join(root, 'examples/models');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.toml')).sort();
  return Promise.all(
    names.map(async (file): Promise<ModelRecipe> => {
      const name = file.slice(0, -'.toml'.length);
      const path = join(root, 'models', `${name}.onnx`);
      return {
        name,
        recipe: parseRecipe(await readText(join(folder, file)), file),
        model: existsSync(path) ? await readModel(path) : undefined,
      };
    }),
  );
}
