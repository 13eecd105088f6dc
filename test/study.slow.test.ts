/** A study in one command, begun anew at each of its steps; and the models at hand: which one maps a scan, and what is said where none does. */

import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PROGRAM } from '../src/cli/version.ts';
import { quietTask } from '../src/core/task.ts';
import { writeEmd } from '../src/node/emd.ts';
import { fileIdentity } from '../src/node/files.ts';
import { scanFile } from '../src/node/scan-file.ts';
import { nodeWorkers } from '../src/node/worker-host.ts';
import { parseRecipe } from '../src/recipe/recipe.ts';
import { openScan } from '../src/scan/open.ts';
import { experimentScan } from '../src/simulation/experiment.ts';
import { modelFor } from './alter-model.ts';
import { cli, done, fails } from './run-cli.ts';
import { SMALL_STUDY } from './small-study.ts';

const CORE = `
[structures]
count = 2
held_out = 1
cells = [2, 2, 1]
${SMALL_STUDY.replace('epochs = 2', 'epochs = 1')}`;
const RECIPE = `${CORE}[experiment]
shape = [2, 3]
thickness_nm = 10
tilt_mrad = [0.2, -0.1]
detector_pixels = 96
mrad_per_pixel = 0.5
`;

let folder: string;
const at = (name: string) => join(folder, name);
const bytes = (name: string) => readFile(at(name));
const when = async (name: string) => (await stat(at(name))).mtimeMs;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-study-'));
  await writeFile(at('own.toml'), RECIPE);
  await writeFile(at('core.toml'), CORE);
  await done('study', at('own.toml'), '--out', at('study'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('study', () => {
  test('ends in a map of the recipe’s experiment, scored, as a demo does', async () => {
    const summary = JSON.parse(await readFile(at('study/summary.json'), 'utf8'));
    expect(Object.keys(summary)).toEqual([
      'patterns',
      'passes',
      'simulate_s',
      'train_s',
      'experiment_s',
      'map_s',
      'total_s',
      'mae_pm',
      'mae_uC_cm2',
      'mae_tilt_mrad',
      'mae_thickness_nm',
      'correlation',
      'dose',
      'seed',
      'recipe_hash',
      'version',
      'held_out',
    ]);
    expect(summary.patterns).toBe(3 * 96);
    expect(await readFile(at('study/report.html'), 'utf8')).toContain('Against the truth');
  });

  test('run again, by either name, makes nothing that is there', async () => {
    const files = ['library.zarr/training-0001/zarr.json', 'model.onnx', 'scan.h5', 'map/summary.json'];
    const before = await Promise.all(files.map((name) => when(`study/${name}`)));
    for (const command of [
      ['study', at('own.toml')],
      ['demo', '--recipe', at('own.toml')],
    ]) {
      const { out } = await done(...command, '--out', at('study'));
      expect(out).toContain('were there already, and so was the model, the map was there');
      expect(await Promise.all(files.map((name) => when(`study/${name}`)))).toEqual(before);
    }
  });

  test('what is missing is made, and comes out as it was', async () => {
    const model = await bytes('study/model.onnx');
    const map = await bytes('study/map/map.csv');
    await cp(at('study'), at('cut'), { recursive: true });
    // As if killed: in the library; before the model was written; between the scan and its truth; in the map.
    await rm(at('cut/library.zarr/training-0001'), { recursive: true });
    const other = await when('cut/library.zarr/training-0000/zarr.json');
    await rm(at('cut/model.onnx'));
    await rm(at('cut/truth.zarr'), { recursive: true });
    await rm(at('cut/map/report.html'));
    await done('study', at('own.toml'), '--out', at('cut'));
    expect(await when('cut/library.zarr/training-0000/zarr.json')).toBe(other);
    expect((await bytes('cut/model.onnx')).equals(model)).toBe(true);
    expect((await bytes('cut/map/map.csv')).equals(map)).toBe(true);
  });

  test('of a scan that is given: mapped with its own model, scored where a truth is given, and mapped again for another truth only', async () => {
    await cp(at('study'), at('given'), { recursive: true });
    await rm(at('given/map'), { recursive: true });
    const scan = at('study/scan.h5');
    const plain = await done('study', at('own.toml'), scan, '--out', at('given'), '--json');
    expect(plain.err).toContain('[experiment] is left out');
    const said = JSON.parse(plain.out);
    expect(said.mae_pm).toBeUndefined();
    // The beam of the scan, counted: 1e6 electrons and their noise, and hot pixels.
    expect(Math.abs(said.dose / 1e6 - 1)).toBeLessThan(0.02);
    const scored = await done(
      'study',
      at('own.toml'),
      scan,
      '--truth',
      at('study/truth.zarr'),
      '--out',
      at('given'),
      '--json',
    );
    const whole = JSON.parse(await readFile(at('study/summary.json'), 'utf8'));
    expect(JSON.parse(scored.out).mae_pm).toEqual(whole.mae_pm);
    const map = await when('given/map/summary.json');
    await done('study', at('own.toml'), scan, '--truth', at('study/truth.zarr'), '--out', at('given'));
    expect(await when('given/map/summary.json')).toBe(map);
  });

  test('a scan of another experiment beside the truth is not scored against it: both are made anew', async () => {
    await cp(at('study'), at('swapped'), { recursive: true });
    const other = parseRecipe(RECIPE.replace('[experiment]', '[experiment]\nseed = 99'));
    const { scan } = await experimentScan(other, { program: PROGRAM, host: nodeWorkers }, quietTask);
    await writeEmd(at('swapped/scan.h5'), scan);
    const swapped = await fileIdentity(at('swapped/scan.h5'));
    const { err } = await done('study', at('own.toml'), '--out', at('swapped'));
    expect(err).toContain('scan.h5 is not the scan that truth.zarr is the truth of: both are made anew.');
    expect((await fileIdentity(at('swapped/scan.h5'))).content).not.toBe(swapped.content);
    expect((await bytes('swapped/map/map.csv')).equals(await bytes('study/map/map.csv'))).toBe(true);
    // The new pair is kept.
    const made = await when('swapped/scan.h5');
    expect((await done('study', at('own.toml'), '--out', at('swapped'))).err).not.toContain('made anew');
    expect(await when('swapped/scan.h5')).toBe(made);
  });

  test('without scan and [experiment] it ends at the model', async () => {
    await mkdir(at('model-only'));
    await cp(at('study/library.zarr'), at('model-only/library.zarr'), { recursive: true });
    for (const name of ['model.onnx', 'model.history.json']) await cp(at(`study/${name}`), at(`model-only/${name}`));
    const { out, err } = await done('study', at('core.toml'), '--out', at('model-only'));
    expect(err).toContain('2 of 2');
    expect(out).toContain('ferroscope map SCAN --model');
    await expect(stat(at('model-only/map'))).rejects.toThrow();
  });

  test('hours are not begun for a scan of another beam', async () => {
    await writeFile(at('beam.toml'), `${CORE}[microscope]\nvoltage_kV = 200\n`);
    await fails(
      ['study', at('beam.toml'), at('study/scan.h5'), '--out', at('none')],
      1,
      /voltage of 200 kV; the scan has 300/,
    );
    await expect(stat(at('none'))).rejects.toThrow();
    const train = ['train', at('beam.toml'), '--library', at('study/library.zarr'), '--scan', at('study/scan.h5')];
    await fails([...train, '--out', at('none.onnx')], 1, /voltage of 200 kV; the scan has 300/);
  });

  test.each([
    ['a network that takes no such patterns', 'pixels = 32', 'pixels = 48', /cannot take 48 pixels/],
    ['a network that cannot be', '[network]', '[network]\nlatent = 8', /reads more latents than there are/],
    ['a scan along another zone', 'cells =', 'zone = [1, 1, 0]\ncells =', /scans structures along \[001\]/],
    ['a wedge without an edge', '[experiment]', '[experiment]\nwedge_nm = 30', /leave half a nanometre/],
  ])('nor for %s', async (_, from, to, words) => {
    expect(RECIPE).toContain(from);
    await writeFile(at('late.toml'), RECIPE.replace(from, to));
    await fails(['study', at('late.toml'), '--out', at('none')], 1, words);
    await expect(stat(at('none'))).rejects.toThrow();
  });

  test('a library cut into other slices than the recipe’s teaches no model', async () => {
    await writeFile(at('slices.toml'), CORE.replace('slices_per_cell = 8', 'slices_per_cell = 10'));
    const train = ['train', at('slices.toml'), '--library', at('study/library.zarr'), '--out', at('none.onnx')];
    await fails(train, 1, /library\.slices_per_cell was 8, and is 10 now/);
    await writeFile(at('slicing.toml'), CORE.replace('[library]', '[library]\nslicing = "whole-atom"'));
    await fails(
      ['study', at('slicing.toml'), '--out', at('study')],
      1,
      /library\.slicing was smooth, and is whole-atom now/,
    );
  });
});

/** The demo's scan under another name, whose file says other things. */
async function scanThatSays(name: string, microscope: Record<string, number>, qPixel?: number): Promise<string> {
  const source = await openScan(await scanFile(at('study/scan.h5')));
  const all = await source.read(0, 6);
  const size = source.shape[2] * source.shape[3];
  await writeEmd(at(name), {
    shape: source.shape,
    patterns: async (index) => all.slice(index * size, (index + 1) * size),
    step_nm: 0.395,
    qPixel: qPixel ?? 0.5,
    qUnits: 'mrad',
    vacuum: source.vacuum,
    dark: source.dark,
    metadata: { microscope },
  });
  source.close();
  return at(name);
}

describe('models', () => {
  const put = async (name: string, scope: Parameters<typeof modelFor>[1]) => {
    await mkdir(join(at(name), '..'), { recursive: true });
    await writeFile(at(name), modelFor(await bytes('study/model.onnx'), scope));
  };
  const map = (out: string, ...more: string[]) =>
    cli('map', at('study/scan.h5'), '--out', at(out), '--models', at('models'), ...more);

  beforeAll(async () => {
    // Not those that ship.
    vi.stubEnv('FERROSCOPE_MODELS', at('none'));
    await put('models/bst-300kV.onnx', {});
    await put('models/bst-200kV.onnx', { voltage_kV: 200 });
    await put('models/sto-300kV.onnx', { material: 'SrTiO3', a_A: 3.905 });
    await writeFile(at('models/damaged.onnx'), 'not a model');
  });

  afterAll(() => {
    vi.unstubAllEnvs();
  });

  test('those that ship are listed unasked', async () => {
    vi.stubEnv('FERROSCOPE_MODELS', undefined);
    const { out } = await done('models');
    expect(out).toMatch(/bst-300kV\.onnx +\(Ba,Sr\)TiO3, 50 % Ba +300 +2\.2 /);
    vi.stubEnv('FERROSCOPE_MODELS', at('none'));
  });

  test('the table and the card say what the model files say', async () => {
    const { out, err } = await done('models', '--models', at('models'));
    expect(err).toContain('damaged.onnx is left out');
    const [head, ...rows] = out.trim().split('\n');
    expect(head).toMatch(/^model +for +kV +mrad +a Å +nm/);
    expect(rows.find((row) => row.includes('bst-200kV'))).toMatch(/\(Ba,Sr\)TiO3, 50 % Ba +200 +2\.2 +3\.95 +\d/);
    const { models, unreadable } = JSON.parse((await done('models', '--models', at('models'), '--json')).out);
    expect(models).toHaveLength(3);
    expect(unreadable).toHaveLength(1);
    const { scores } = models[0] as { scores: { dose1e6: { name: string; mae: number }[] } };
    const card = (await done('models', at('models/bst-200kV.onnx'))).out;
    const thickness = scores.dose1e6.find(({ name }) => name === 'thickness')!;
    expect(card).toMatch(new RegExp(`\\| thickness \\| nm \\|[^|]*\\| ${thickness.mae.toPrecision(3)} \\|`));
    expect(card).toContain('| Beam | 200 kV, 2.2 mrad |');
    expect(card).toContain('2 structures for training and 1 held out, 96 patterns of each');
    expect(card).toMatch(/P along the beam: with 10⁶ electrons a pattern .* of the variance/);
  });

  test('the one that fits is taken, and terminal, report and map say why', async () => {
    const { out, err } = await map('chosen', '--material', 'BST', '--json');
    expect(err).toMatch(
      /Model: .*bst-300kV\.onnx.*the only one of 3 that fits; the scan has 300 kV and 2\.1\d mrad \(measured\)/,
    );
    const said = JSON.parse(out);
    expect(said.model).toBe(at('models/bst-300kV.onnx'));
    expect(said.warnings.some(({ text }: { text: string }) => text.includes('was not said'))).toBe(false);
    expect(await readFile(at('chosen/report.html'), 'utf8')).toContain('the only one of 3 that fits');
    expect(JSON.parse((await done('info', at('chosen'), '--json')).out).model_choice).toBe(said.model_choice);
    // The same map as by name.
    expect((await bytes('chosen/map.csv')).equals(await bytes('study/map/map.csv'))).toBe(true);
    // By the calibration that choosing made, which is that of the map by name.
    expect(JSON.parse(out).calibrate_s).toBeGreaterThan(0);
    const [first, second] = ['chosen', 'study/map'].map((name) => bytes(`${name}/calibration.json`));
    expect((await first!).equals(await second!)).toBe(true);
  });

  test('a material is never guessed among several, and said where nobody gave it', async () => {
    // By this pixel size a = 3.94 Å, which lies between the two.
    const bare = await scanThatSays('bare.h5', { voltage_kV: 300 }, 0.503);
    await put('two/bst.onnx', {});
    await put('two/sto.onnx', { material: 'SrTiO3', a_A: 3.905 });
    const argv = ['map', bare, '--out', at('x'), '--models', at('two')];
    await fails(
      argv,
      2,
      /Models of 2 crystals fit[\s\S]*sto\.onnx: SrTiO3[\s\S]*--material "\(Ba,Sr\)TiO3" or "SrTiO3"/,
    );
    await rm(at('two/sto.onnx'));
    const { out } = await done('map', bare, '--out', at('lone'), '--models', at('two'), '--json');
    expect(
      JSON.parse(out)
        .warnings.map(({ text }: { text: string }) => text)
        .join(),
    ).toContain('is the only crystal among');
  });

  test('patterns without the lattice are no want of a model', async () => {
    await writeEmd(at('flat.h5'), {
      shape: [2, 3, 128, 128],
      // Uneven, so that nothing is taken for a lost frame.
      patterns: async (index) =>
        Float32Array.from({ length: 128 ** 2 }, (_, i) => 100 + ((i * 7919 + index * 31) % 13)),
      step_nm: 0.395,
      qPixel: 0.5,
      qUnits: 'mrad',
      metadata: { microscope: { voltage_kV: 300 } },
    });
    const { code, out } = await cli('map', at('flat.h5'), '--out', at('x'), '--models', at('models'), '--json');
    const { error } = JSON.parse(out);
    expect([code, error.tag]).toEqual([1, 'incomplete']);
    expect(error.message).toMatch(/lattice[\s\S]*Looked for: \(Ba,Sr\)TiO3, 50 % Ba, 300 kV/);
    expect(error.hint).not.toContain('ferroscope init');
  });

  test('where none fits: what differs in each, by how much, and how to train one', async () => {
    const { code, out } = await map('x', '--material', 'BaTiO3', '--voltage', '80', '--json');
    expect(code).toBe(1);
    const { error } = JSON.parse(out);
    expect(error.tag).toBe('model-mismatch');
    expect(error.message).toContain('No model fits');
    expect(error.message).toMatch(
      /sto-300kV\.onnx: material SrTiO3 \(the scan has BaTiO3\); voltage 300 kV \(the scan has 80\.00 kV, 73 % less\)/,
    );
    expect(error.message).toContain('damaged.onnx cannot be read');
    expect(error.hint).toMatch(
      /ferroscope init .*scan\.h5 --material "BaTiO3" --out recipe\.toml, then ferroscope study/,
    );
    expect(error.fields.misfits).toHaveLength(3);
    await fails(['map', at('study/scan.h5'), '--out', at('x'), '--models', at('nowhere')], 1, /nowhere does not exist/);
  });

  test('models of other thicknesses are told apart by the scan', async () => {
    // The specimen is 10 nm thick: a model of 8 to 12 nm knows it, of one said to be for 40 to 80 nm all answers lie outside.
    await put('thick/thin.onnx', {});
    await put('thick/thick.onnx', { thickness_nm: [40, 80] });
    const { err } = await done(
      'map',
      at('study/scan.h5'),
      '--out',
      at('thin'),
      '--models',
      at('thick'),
      '--material',
      'BST',
    );
    expect(err).toMatch(
      /thin\.onnx.* the one of 2 that fit which knows most of the scan: \d+ % of 6 positions.*\(thick\.onnx 0\.0 %\)/,
    );
  });

  test('a voltage that the file does not state is not guessed among several', async () => {
    const silent = await scanThatSays('silent.h5', { convergence_mrad: 2.2 });
    const argv = ['map', silent, '--models', at('models'), '--material', 'BST'];
    await fails([...argv, '--out', at('x')], 2, /does not state its voltage[\s\S]*200 kV, 300 kV[\s\S]*--voltage 300/);
    const { out } = await done(...argv, '--out', at('said'), '--voltage', '300');
    expect(out).toContain('The voltage is the given one, 300 kV; the file states none');
    // A model that is named is taken, and what nobody checked is said.
    const named = await done('map', silent, '--model', at('models/bst-300kV.onnx'), '--out', at('named'));
    expect(named.out).toContain('does not state the voltage: the model’s 300 kV is taken');
    // By another voltage the camera’s milliradians do not go with the crystal.
    await fails(
      ['map', silent, '--model', at('models/bst-200kV.onnx'), '--out', at('x')],
      1,
      /lattice parameter of 3\.95 Å; the scan has 3\.5/,
    );
  });

  test('a model of BaTiO3 is refused a scan of SrTiO3, unless somebody says that its pixel size is off', async () => {
    await put('bto.onnx', { material: 'BaTiO3', a_A: 4.0064 });
    const recipe = parseRecipe(`${RECIPE}[crystal]\nmaterial = "SrTiO3"\n`);
    const run = { program: 'test', host: nodeWorkers };
    await writeEmd(at('sto.h5'), (await experimentScan(recipe, run, quietTask)).scan);
    const argv = ['map', at('sto.h5'), '--model', at('bto.onnx')];
    await fails(
      [...argv, '--out', at('x')],
      1,
      /lattice parameter of 4\.0064 Å; the scan has 3\.9\d+ Å[\s\S]*--material "BaTiO3"/,
    );
    await fails(
      [...argv, '--out', at('x'), '--material', 'STO'],
      1,
      /trained on BaTiO3; the scan is said to be of SrTiO3/,
    );
    const { out } = await done(...argv, '--out', at('vouched'), '--material', 'BTO');
    expect(out).toMatch(
      /By the file’s pixel size the lattice parameter is 3\.9\d+ Å, [12]\.\d % less than the model’s 4\.0064 Å/,
    );
  });
});

describe('init', () => {
  test('writes a recipe that parses, with the origin of each value, and replaces none', async () => {
    const argv = ['init', at('study/scan.h5'), '--material', 'BST', '--out', at('begun.toml')];
    const { out } = await done(...argv);
    expect(out).toContain('library.thickness_nm: no scan states it');
    const text = await readFile(at('begun.toml'), 'utf8');
    const recipe = parseRecipe(text);
    expect(recipe.microscope.voltage_kV).toBe(300);
    expect(recipe.microscope.convergence_mrad).toBe(2.2);
    // The scan's dose is 1e6 electrons.
    expect(recipe.training.dose_e![0]).toBeLessThan(0.4e6);
    expect(recipe.training.dose_e![1]).toBeGreaterThan(2.5e6);
    expect(text).toMatch(/voltage_kV = 300 {2}# file/);
    expect(text).toMatch(/convergence_mrad = 2\.2 {2}# file; the disks measure 2\.1\d* ± /);
    expect(text).toMatch(/ba_fraction = 0\.5 {2}# DEFAULT/);
    expect(text).toMatch(
      /scan\.h5, file: 2 × 3 positions, 0\.395 nm apart; camera of 96 × 96 pixels, 0\.5 mrad a pixel/,
    );
    // No value without an origin.
    for (const line of text.split('\n').filter((one) => /^\w+ = /.test(one))) expect(line).toMatch(/ {2}# \S/);
    await fails(argv, 1, /begun\.toml exists already[\s\S]*replaces no recipe/);
    expect(await readFile(at('begun.toml'), 'utf8')).toBe(text);
    // Usable as it stands: a study takes it up to the point where hours would begin.
    expect((await done('info', at('begun.toml'))).out).toContain('a recipe');
  });

  test('says what the file does not, and what the patterns contradict', async () => {
    const silent = await scanThatSays('nothing.h5', {});
    const { out } = await done('init', silent, '--material', 'BST', '--out', at('nothing.toml'), '--json');
    const { missing, recipe } = JSON.parse(out);
    expect(missing.join('\n')).toContain('microscope.voltage_kV: the file does not state it');
    // The beam's angle, 2.2 mrad, is measured where the file is silent: by disks of four pixels' radius.
    expect(missing.join('\n')).toContain('microscope.convergence_mrad: the file does not state it. It is measured');
    expect(Math.abs(recipe.microscope.convergence_mrad / 2.2 - 1)).toBeLessThan(0.03);
    const other = await done(
      'init',
      at('study/scan.h5'),
      '--material',
      'STO',
      '--voltage',
      '300',
      '--out',
      at('sto.toml'),
    );
    expect(other.out).toMatch(/by the file’s pixel size a = 3\.9\d+ Å, not the 3\.905 Å of SrTiO3/);
    const text = await readFile(at('sto.toml'), 'utf8');
    expect(parseRecipe(text).crystal.material).toBe('SrTiO3');
    expect(text).toContain('# given; the file states 300 kV');
    await done('init', silent, '--material', 'BST', '--voltage', '300', '--out', at('given.toml'));
    expect(await readFile(at('given.toml'), 'utf8')).toContain('# given; the file states none');
  });
});
