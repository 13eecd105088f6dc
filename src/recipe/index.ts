/** What users of the package need of this room (`import … from 'ferroscope/recipe'`): recipes read, checked and written. Rooms import files, not this. */

export {
  parseRecipe,
  RECIPE_SCHEMA,
  type Recipe,
  recipeJsonSchema,
  recipeToToml,
  type SectionName,
  simulationInputs,
} from './recipe.ts';
