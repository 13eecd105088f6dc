/** `ferroscope simulate` of a given structure file, through the command line: what it leaves, and what bad input gets. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../src/diffraction/gpu/test-gpu.ts';
import { r1 } from '../src/diffraction/test-structures.ts';
import { scanFile } from '../src/node/scan-file.ts';
import { openScan } from '../src/scan/open.ts';
import { cli, fails } from './run-cli.ts';

const CIF = `data_CsCl
_cell_length_a 4.12
_cell_length_b 4.12
_cell_length_c 4.12
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Cs Cs 0 0 0
Cl Cl 0.5 0.5 0.5
`;
const RECIPE = `
[specimen]
file = "CsCl.cif"
thickness_nm = { min = 2, max = 4, step = 2 }
u2_A2 = { Cs = 0.02, Cl = 0.02 }
[microscope]
voltage_kV = 200
convergence_mrad = 8
[simulation]
shape = [3, 5]
camera = { pixels = 24, mrad_per_pixel = 1.2 }
detectors = [{ name = "ADF", inner_mrad = 15, outer_mrad = 40 }]
window_A = 12
pixel_A = 0.2
dose_e = 1e5
`;

const gpu = await openTestGpu();
gpu?.close();

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-specimen-'));
  await writeFile(at('CsCl.cif'), CIF);
  await writeFile(at('cscl.toml'), RECIPE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what was guessed and how atoms are strained stands on the terminal and in the report', async () => {
  // A cell of 89.6°, of no named group.
  await writeFile(at('bent.cif'), CIF.replace('alpha 90', 'alpha 89.6'));
  await writeFile(at('bent.toml'), RECIPE.replace('CsCl.cif', 'bent.cif').replace('[3, 5]', '[1, 1]'));
  const { code, err } = await cli('simulate', at('bent.toml'), '--out', at('bent'));
  expect(code).toBe(0);
  const report = await readFile(join(at('bent'), 'report.html'), 'utf8');
  for (const place of [err, report]) {
    expect(place).toMatch(/whole cell \(P1\)/);
    expect(place).toMatch(/bent to right angles.* 89\.600°.* 0\.\d\d %/);
    expect(place).toContain('Cl 0.0200 (the recipe), Cs 0.0200 (the recipe)');
  }
});

test('info shows a structure before it is simulated: cell, atoms, u², and what was guessed', async () => {
  await writeFile(
    at('half.cif'),
    CIF.replace('_fract_z\n', '_fract_z\n_atom_site_occupancy\n')
      .replace('0 0 0\n', '0 0 0 0.5\n')
      .replace('0.5 0.5 0.5\n', '0.5 0.5 0.5 1\n'),
  );
  const { code, out } = await cli('info', at('half.cif'));
  expect(code).toBe(0);
  // 1000/4.12³ = 14.30.
  for (const text of [
    'half.cif: a crystal structure (CIF)',
    'Cl 1 per cell, 14.30 per',
    'Cs 0.5 per cell, 7.15 per',
    'no u² given',
    '(P1)',
  ]) {
    expect(out).toContain(text);
  }
  const json = JSON.parse((await cli('info', at('half.cif'), '--json')).out);
  expect(json).toMatchObject({
    kind: 'structure',
    elements: { Cs: 0.5, Cl: 1 },
    volume_A3: expect.closeTo(4.12 ** 3, 9),
  });
  await writeFile(at('broken.cif'), CIF.replace('0.5 0.5 0.5', '0.5 0.5'));
  await fails(['info', at('broken.cif')], 1, /ends within a row/);
  await fails(['info', folder], 1, /./);
});

test('a scan of a CIF file: Zarr, TIFF, EMD, figures and a report, all of the same numbers', async () => {
  const { code, out, err } = await cli('simulate', at('cscl.toml'), '--out', at('out'), '--emd', '--json');
  expect(err).not.toContain('bug');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ shape: [3, 5], detectors: ['ADF'] });
  expect((await readdir(at('out'))).sort()).toEqual([
    'figures',
    'images.tif',
    'patterns-2nm.h5',
    'patterns-4nm.h5',
    'patterns.tif',
    'report.html',
    'simulation.zarr',
  ]);
  const report = await readFile(at('out/report.html'), 'utf8');
  for (const text of ['CsCl', '200 kV', 'ADF', 'thickness', 'Debye'])
    expect(report.toLowerCase()).toContain(text.toLowerCase());
  // Of the recipe, nothing that this did not heed.
  for (const text of ['[crystal]', 'BST', '[library]', '[training]']) expect(report).not.toContain(text);
  expect((await cli('info', at('out'))).out).toMatch(/3 × 5 positions, [\d.]+, [\d.]+ nm, in electrons/);

  const source = await openScan(await scanFile(at('out/patterns-4nm.h5')));
  expect(source.shape).toEqual([3, 5, 24, 24]);
  // Position [2][1].
  const emd = await source.read(2 * 5 + 1, 1);
  const chunk = await readFile(at('out/simulation.zarr/patterns/c/1/2/0/0/0'));
  const row = new Float32Array(chunk.buffer, chunk.byteOffset, chunk.length / 4);
  expect(Array.from(emd)).toEqual(Array.from(row.subarray(576, 2 * 576)));
  expect(emd.reduce((a, b) => a + b, 0)).toBeGreaterThan(5e4);
  source.close();
});

test.runIf(gpu)('a GPU gives the same, and the report names it', async () => {
  const { code, out, err } = await cli('simulate', at('cscl.toml'), '--out', at('gpu'), '--engine', 'gpu', '--json');
  expect(err).not.toContain('bug');
  expect(code).toBe(0);
  expect(JSON.parse(out).engines).toEqual(['gpu']);
  expect(await readFile(at('gpu/report.html'), 'utf8')).toContain('GPU (WebGPU, float32)');
  expect(await readFile(at('out/report.html'), 'utf8')).toContain('CPU (WebAssembly, float32)');
  // The same electrons but for the few whose draw is a close one.
  const counts = async (name: string) => {
    const bytes = await readFile(at(`${name}/simulation.zarr/patterns/c/1/2/0/0/0`));
    return Float32Array.from(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
  };
  expect(r1(await counts('gpu'), await counts('out'))).toBeLessThan(1e-3);
});

test('what cannot be is said, and nothing is overwritten', async () => {
  await fails(['simulate', at('cscl.toml'), '--out', at('out')], 1, /exists already/);
  await fails(['simulate', at('cscl.toml'), '--shard', '1/2'], 2, /libraries/);
  for (const command of ['slurm', 'structures', 'train'])
    await fails([command, at('cscl.toml')], 2, /only ferroscope simulate/);
  const broken = async (from: string, to: string) => {
    await writeFile(at('broken.toml'), RECIPE.replace(from, to));
    return ['simulate', at('broken.toml'), '--out', at('broken')];
  };
  await fails(await broken('CsCl.cif', 'NaCl.cif'), 1, /NaCl\.cif does not exist/);
  await fails(await broken(', Cl = 0.02', ''), 1, /thermal motion of Cl is not known[\s\S]*Cl = 0\.006/);
  await fails(await broken('outer_mrad', 'outer_angle'), 1, /Did you mean 'outer_mrad'/);
  await fails(await broken('inner_mrad = 15', 'inner_mrad = 50'), 1, /ADF ends at 40 mrad/);
  await fails(await broken('window_A = 12', 'window_A = 900'), 1, /need .* GB/);
  await fails(['simulate', at('cscl.toml').replace('cscl', 'none')], 1, /does not exist/);
});
