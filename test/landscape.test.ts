/** `ferroscope landscape` through the command line: what it leaves, and what bad input gets. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { landscapeIdentity } from '../src/ferroelectric/given-landscape.ts';
import { parseRecipe } from '../src/recipe/recipe.ts';
import { cli, fails } from './run-cli.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-landscape-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the paper's landscape of BST: wells along ⟨111⟩, 0.60 meV between them, tables, figures and a report", async () => {
  const { code, out } = await cli('landscape', 'examples/bst.toml', '--out', at('bst'), '--json');
  expect(code).toBe(0);
  const result = JSON.parse(out);
  expect(result.checks_failed).toBe(0);
  expect(result.index_sum).toBe(1);
  expect(1e3 * result.barriers_eV.rotation).toBeCloseTo(0.6, 2);
  expect(result.barriers_eV['path 2']).toBeGreaterThan(result.barriers_eV['path 1']);
  expect((await readdir(at('bst'), { recursive: true })).toSorted()).toEqual(['figures', ...result.files].toSorted());
  const json = JSON.parse(await readFile(at('bst', 'landscape.json'), 'utf8'));
  expect(json.identity.id).toBe(result.identity);
  const report = await readFile(at('bst', 'report.html'), 'utf8');
  expect(report).toContain(result.identity);
  // Nothing is drawn.
  expect(report).not.toMatch(/<dt>Seed/);
  const idOf = (text: string) => landscapeIdentity(parseRecipe(text), json.identity.program).id;
  expect(idOf(json.recipe_toml)).toBe(result.identity);
  expect(idOf(`[study]\nseed = 9\n${await readFile('examples/bst.toml', 'utf8')}`)).toBe(result.identity);
  expect(json.stationary_points.map((p: { family: string }) => p.family)).toEqual(['⟨111⟩', '⟨110⟩', '⟨001⟩', 'u = 0']);
  const rows = (await readFile(at('bst', 'stationary-points.csv'), 'utf8')).trim().split('\n');
  expect(rows).toHaveLength(1 + 8 + 12 + 6 + 1);
  await fails(['landscape', 'examples/bst.toml', '--out', at('bst')], 1, /exists already/);
});

test('a path without a state at its end names the direction; a recipe without [landscape] says what to add', async () => {
  const recipe = at('film.toml');
  await writeFile(
    recipe,
    '[landscape]\nstrain = "epitaxial"\nmisfit_percent = -1\npaths = [{ name = "a", through = [[1, 1, 1], [0, 0, 1]] }]\n',
  );
  await fails(['landscape', recipe, '--out', at('film')], 1, /no stationary point near \[1 1 1\]/);
  await fails(['landscape', 'examples/demo.toml', '--out', at('demo')], 1, /no \[landscape\]/);
});
