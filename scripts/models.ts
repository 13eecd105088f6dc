// Makes the models that ship, and docs/models.md: `npm run models [NAME…]` runs the study of each recipe in examples/models/ (all, where none is named) in
// out/models/NAME, and puts its model into models/. Goes on where it was stopped. `npm run models -- --page` only writes the page.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../src/cli/main.ts';
import { listedRecipes } from '../src/cli/model-recipes.ts';
import { modelsPage } from '../src/cli/models-page.ts';
import { readBytes, writeWhole } from '../src/node/files.ts';

/** What a model may weigh in the package [bytes]. */
const MOST = 15e6;

const root = fileURLToPath(new URL('..', import.meta.url));
const recipes = join(root, 'examples/models');
const given = process.argv.slice(2);
const all = (await readdir(recipes)).filter((name) => name.endsWith('.toml')).map((name) => name.slice(0, -5));
const unknown = given.filter((name) => name !== '--page' && !all.includes(name));
if (unknown.length > 0) {
  console.error(`No recipe examples/models/${unknown[0]}.toml; there are ${all.join(', ')}.`);
  process.exit(2);
}
const chosen = given.length > 0 ? all.filter((name) => given.includes(name)) : all.sort();
for (const name of chosen) {
  console.error(`== ${name}`);
  const out = join(root, 'out/models', name);
  const code = await main(['study', join(recipes, `${name}.toml`), '--out', out]);
  if (code !== 0) process.exit(code);
  const model = await readBytes(join(out, 'model.onnx'));
  if (model.length > MOST) {
    console.error(`models/${name}.onnx would have ${(model.length / 1e6).toFixed(1)} MB: lower network.widths.`);
    process.exit(1);
  }
  await writeWhole(join(root, 'models', `${name}.onnx`), model);
}
await writeWhole(join(root, 'docs/models.md'), modelsPage(await listedRecipes(root)));
