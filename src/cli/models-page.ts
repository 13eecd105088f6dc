/** docs/models.md: what ships, how it was made, and a card for each model that is there. Made from the recipes and the models, so that no number is typed. */

import { quantity, setting } from '../core/numbers.ts';
import { crystalName } from '../network/model-scope.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { FoundModel } from './find-models.ts';
import { modelCard } from './model-card.ts';

export interface ModelRecipe {
  /** Without folder and ending: 'bst-300kV'. */
  readonly name: string;
  readonly recipe: Recipe;
  /** Where it is made already. */
  readonly model?: FoundModel | undefined;
}

/** The page as Markdown. */
export function modelsPage(recipes: readonly ModelRecipe[]): string {
  const made = recipes.flatMap(({ model }) => (model ? [model] : []));
  return [
    '# Models that ship',
    '',
    'Made by `npm run models` from `examples/models/`, with this page; it goes on where it was stopped, leaves what is there, and refuses what was begun with other settings.',
    '',
    '    ferroscope models                              # what is here, for what, how good',
    '    ferroscope map scan.h5 --material BaTiO3       # takes the one that fits and says why, or what differs in each',
    '    ferroscope models models/bst-300kV.onnx        # its card',
    '',
    '`map` takes a model of the material that is said, whose voltage is within 1%, convergence semi-angle within 5% and lattice parameter within 1.5% of the scan’s: as its file states them, and as a calibration measures them. Where several are left, each answers for up to 64 positions, and the one that knows most of them (latents like those it was tested on, thickness within what it was trained on) maps the scan. A material is never guessed among several. Models of your own join with `--models FOLDER`.',
    '',
    '| recipe | for | beam | thickness | structures × patterns | |',
    '|---|---|---|---|---|---|',
    ...recipes.map(row),
    '',
    ...(made.length > 0
      ? made.map((model) => modelCard(model, 2))
      : [
          'None of them is made yet in this version: until then, `ferroscope study` with one of these recipes makes it.',
          '',
        ]),
  ].join('\n');
}

function row({ name, recipe, model }: ModelRecipe): string {
  const { crystal, structures, microscope, library } = recipe;
  const { min, max } = library.thickness_nm;
  return `| ${[
    `\`examples/models/${name}.toml\``,
    crystalName(crystal),
    `${setting(microscope.voltage_kV, 'kV')}, ${setting(microscope.convergence_mrad, 'mrad')}`,
    `${setting(min, '')} to ${setting(max, 'nm')}`,
    `${structures.count} + ${structures.held_out} × ${library.patterns_per_structure}`,
    model ? quantity(model.size_bytes / 1e6, 'MB') : 'not made yet',
  ].join(' | ')} |`;
}
