import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { hashOf } from '../core/hash.ts';
import { problem as thrown } from '../core/test-problem.ts';
import { parseRecipe, recipeJsonSchema, recipeToToml } from './recipe.ts';
import { recipeReference } from './reference.ts';

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

const problem = (text: string) => thrown(() => parseRecipe(text));

test('an empty text is the default study, and survives a round trip', () => {
  const recipe = parseRecipe('');
  expect(recipe.microscope.voltage_kV).toBe(300);
  expect(parseRecipe(recipeToToml(recipe))).toEqual(recipe);
  expect(hashOf(parseRecipe(recipeToToml(recipe)))).toBe(hashOf(recipe));
});

test('an unknown key names the nearest one', () => {
  const error = problem('[microscope]\nvoltage_kv = 300\n');
  expect(error.tag).toBe('recipe');
  expect(error.message).toContain("[microscope] has no key 'voltage_kv'");
  expect(error.hint).toContain('voltage_kV');
});

test('a wrong unit suffix suggests the right key', () => {
  expect(problem('[library.thickness_A]\nmin = 3\n').hint).toContain('thickness_nm');
});

test('a value out of range says where, what and the bound', () => {
  const error = problem('[microscope]\nvoltage_kV = 3e5\n');
  expect(error.message).toContain('microscope.voltage_kV');
  expect(error.message).toContain('1500');
  // Of a pair, by the key alone and in words; a table in a list keeps its place.
  const of = (toml: string) => problem(toml).message;
  expect(of('[library]\nsource_fwhm_A = [0.5, 4]\n')).toMatch(/: library\.source_fwhm_A: must be at most 3\.$/);
  expect(of('[structures]\ncells = [4, 0, 2]\n')).toMatch(/: structures\.cells: must be at least 1\.$/);
  expect(of('[structures]\ncorrelation_nm = 0\n')).toMatch(/: structures\.correlation_nm: must be more than 0\.$/);
});

test('text that is not TOML gives line and column', () => {
  expect(problem('[library\nseed=1').message).toMatch(/line 1/);
});

test('sections that a recipe may leave out know their keys too', () => {
  expect(problem('[microscope.aberrations]\nC30_nm = 1\n').hint).toContain('C30_um');
  expect(problem('[specimen]\ncrystals = "Si"\nthickness_nm = 1\n').hint).toContain("'crystal'");
  const layers =
    '[simulation]\ndetectors = [{ name = "A", inner_mrad = 1, outer_mrad = 2 }]\n[specimen]\ngrowth = "x"\nthickness_nm = 1\n';
  expect(problem(`${layers}layers = [{ crystal = "Si", extend_nm = 1 }]`).hint).toContain('extent_nm');
  expect(problem('[training]\ndose = [1, 2]\n').hint).toContain('dose_e');
});

test('structures of a file: other elements, types and charges go with it, and with it only', () => {
  const file = '[structures]\nfile = "run.xyz"\n';
  const motion = '[crystal]\nu2_A2 = { Pb = 0.01, Ti = 0.004 }\n';
  expect(parseRecipe(motion + file).crystal.u2_A2).toEqual({ Ba: 0.0057, Sr: 0.0079, Ti: 0.004, O: 0.0092, Pb: 0.01 });
  expect(problem(motion).message).toContain("[crystal.u2_A2] has no key 'Pb'");
  expect(problem('[crystal]\nu2_A2 = { ti = 0.01 }\n').hint).toContain("'Ti'");
  expect(problem(`[crystal]\nu2_A2 = { ti = 0.01 }\n${file}`).hint).toContain("'Ti'");
  expect(problem(`[crystal]\nu2_A2 = { Pb = 1 }\n${file}`).message).toContain('crystal.u2_A2.Pb');
  const more = 'types = { 1 = "Pb" }\nborn = { A = 3.9, B = 7.1, O_parallel = -5.8, O_perpendicular = -2.6 }\n';
  const recipe = parseRecipe(file + more);
  expect(recipe.structures.types).toEqual({ 1: 'Pb' });
  expect(parseRecipe(recipeToToml(recipe))).toEqual(recipe);
  expect(problem(`[structures]\n${more}`).message).toContain('belong to a file');
  expect(problem(`${file}types = { Pb = 1 }\n`).message).toContain('structures.types');
});

test('a specimen is one thing, and goes with what to measure of it', () => {
  const measure = '[simulation]\ncamera = { pixels = 64, mrad_per_pixel = 1 }\n';
  expect(parseRecipe(`${measure}[specimen]\ncrystal = "Si"\nthickness_nm = 5\n`).simulation?.band_limit).toBeCloseTo(
    2 / 3,
  );
  expect(problem('[specimen]\ncrystal = "Si"\nthickness_nm = 5\n').message).toContain('[simulation]');
  expect(problem(`${measure}[specimen]\ncrystal = "Si"\n`).message).toContain('thickness_nm');
  expect(problem(`${measure}[specimen]\ncrystal = "Si"\nfile = "Si.cif"\nthickness_nm = 5\n`).message).toContain(
    'one of',
  );
  expect(problem('[simulation]\n[specimen]\ncrystal = "Si"\nthickness_nm = 5\n').message).toContain(
    'camera or a detector',
  );
  const both = '[[specimen.layers]]\ncrystal = "Si"\nvacuum = true\nextent_nm = 1\n';
  expect(problem(`${measure}${both}`).message).toContain('specimen.layers.0');
});

test('a landscape: a misfit belongs to epitaxy', () => {
  expect(parseRecipe('[landscape]\n').landscape).toEqual({
    strain: 'relaxed',
    field_V_per_A: [0, 0, 0],
    paths: [],
    images: 61,
    pixels: 160,
  });
  expect(problem('[landscape]\nstrain = "epitaxial"\n').message).toContain('misfit_percent');
  expect(problem('[landscape]\nmisfit_percent = -0.4\n').message).toContain('epitaxial');
  expect(problem('[landscape]\nmisfit_percentage = -0.4\n').hint).toContain('misfit_percent');
  expect(problem('[landscape]\npaths = [{ name = "a", through = [[0, 0, 0], [1, 0, 0]] }]\n').tag).toBe('recipe');
});

test('a compound implies what is on its A sites and its lattice; short names read as the names', () => {
  const of = (text: string) => parseRecipe(`[crystal]\n${text}`).crystal;
  expect(of('material = "BTO"')).toMatchObject({ material: 'BaTiO3', ba_fraction: 1 });
  expect(of('material = "BaTiO3"')).toEqual(of('material = "BTO"'));
  expect(of('material = "STO"')).toMatchObject({ material: 'SrTiO3', ba_fraction: 0, a_A: 3.905 });
  expect(of('material = "BST"')).toMatchObject({ material: '(Ba,Sr)TiO3', ba_fraction: 0.5, a_A: 3.95 });
  expect(of('material = "BTO"\nba_fraction = 1').ba_fraction).toBe(1);
  // The cube root of the tetragonal cell: 3.994² × 4.034 Å³ to a few mÅ.
  expect(of('material = "BTO"').a_A).toBeCloseTo(Math.cbrt(3.994 ** 2 * 4.034), 2);
  const error = problem('[crystal]\nmaterial = "BTO"\nba_fraction = 0.5');
  expect(error.tag).toBe('recipe');
  expect(error.message).toContain('crystal.ba_fraction: is 0.5, and BaTiO3 has 1');
  expect(problem('[crystal]\nmaterial = "LNO"').message).toContain('BaTiO3');
  const crystal = (name: string) =>
    parseRecipe(
      `[specimen]\ncrystal = "${name}"\nthickness_nm = 1\n[simulation]\ncamera = { pixels = 64, mrad_per_pixel = 1 }`,
    ).specimen?.crystal;
  expect(crystal('BTO')).toBe('BaTiO3');
  expect(crystal('SRO')).toBe('SrRuO3');
});

test('one seed for all sections, but for those that have their own; the experiment never draws what a library draws', () => {
  const { library, training, experiment, film, dynamics } = parseRecipe(
    '[study]\nseed = 5\n[training]\nseed = 9\n[film]\nbiases_V = [0]\n[dynamics]\n',
  );
  expect([library.seed, training.seed, film?.seed, dynamics?.seeds]).toEqual([5, 9, 5, [5]]);
  expect(experiment.seed).not.toBe(library.seed);
  const other = parseRecipe('[study]\nseed = 6');
  expect(other.experiment.seed).not.toBe(experiment.seed);
  expect(parseRecipe(recipeToToml(other))).toEqual(other);
});

test('every key of every section says what it means, or has its unit in its name', () => {
  const silent: string[] = [];
  const visit = (node: SchemaNode, path: string, above: boolean): void => {
    for (const [key, value] of Object.entries(node.properties ?? {})) {
      const told =
        value.description !== undefined || above || /_(nm|pm|mrad|A|A2|deg|um|kV|e|K|ps|fs|V|GPa|px)(_|$)/.test(key);
      if (!told) silent.push(`${path}${key}`);
      visit(value, `${path}${key}.`, value.description !== undefined);
    }
    for (const one of node.anyOf ?? []) visit(one, path, above);
    if (node.items && !Array.isArray(node.items)) visit(node.items, path, above);
  };
  visit(recipeJsonSchema() as SchemaNode, '', false);
  expect(silent).toEqual([]);
});

test('a detector whose direct beam has no pixel of its own is refused', () => {
  expect(parseRecipe('[library]\npixels = 48').library.pixels).toBe(48);
  expect(problem('[library]\npixels = 33').message).toMatch(/library.pixels: must be even/);
});

test('every example reads, and survives a round trip', async () => {
  const folder = new URL('../../examples/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.toml'));
  expect(names).toContain('bifeo3.toml');
  for (const name of names) {
    const recipe = parseRecipe(await readFile(new URL(name, folder), 'utf8'), name);
    expect(parseRecipe(recipeToToml(recipe))).toEqual(recipe);
  }
});

test('the page and the JSON Schema of all keys are those of this version (npm run recipe-page)', async () => {
  const doc = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
  expect(await doc('recipe.md')).toBe(recipeReference(recipeJsonSchema()));
  expect(JSON.parse(await doc('recipe.schema.json'))).toEqual(recipeJsonSchema());
});
