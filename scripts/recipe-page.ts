// Writes docs/recipe.md and docs/recipe.schema.json from the options that the rooms state.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { recipeJsonSchema } from '../src/recipe/recipe.ts';
import { recipeReference } from '../src/recipe/reference.ts';

const docs = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
const schema = recipeJsonSchema();
writeFileSync(docs('recipe.md'), recipeReference(schema));
writeFileSync(docs('recipe.schema.json'), `${JSON.stringify(schema, null, 1)}\n`);
