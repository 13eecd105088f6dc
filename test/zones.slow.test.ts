/** Along [110] and [111] through the command line: library, structures, model, evaluation; along [110] the map of a scan that the specimen path made. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readExtxyz } from '../src/crystal/extxyz.ts';
import { cli } from './run-cli.ts';
import { SMALL_STUDY } from './small-study.ts';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-zones-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const done = async (...args: string[]) => {
  const { code, out, err } = await cli(...args);
  expect(err).not.toContain('bug');
  expect([code, err.slice(-500)]).toEqual([0, expect.anything()]);
  return out;
};

test.each([
  { zone: [1, 1, 0], cells: [2, 2, 1], orders: [4, 6] },
  { zone: [1, 1, 1], cells: [2, 3, 1], orders: [6, 6] },
])('library, structures, model and evaluation along $zone', async ({ zone, cells, orders }) => {
  const name = zone.join('');
  const study = SMALL_STUDY.replace('pixels_per_order = 4', `pixels_per_order = [${orders.join(', ')}]`);
  await writeFile(
    at(`${name}.toml`),
    `[crystal]\nmaterial = "BTO"\n[structures]\nzone = [${zone.join(', ')}]\ncells = [${cells.join(', ')}]\ncount = 4\nheld_out = 2\n${study}`,
  );
  const [recipe, library, model] = [at(`${name}.toml`), at(`${name}.zarr`), at(`${name}.onnx`)] as const;
  await done('simulate', recipe, '--out', library);
  expect(await done('info', library)).toContain(`[${name}]`);
  await done('structures', recipe, '--out', at(`${name}-structures`));
  const text = await readFile(at(`${name}-structures/training-0000.extxyz`), 'utf8');
  expect(readExtxyz(text).structure.sites!.zone).toEqual(zone);
  await done('train', recipe, '--library', library, '--out', model);
  expect(await done('info', model)).toContain(`[${name}]`);
  expect(await done('evaluate', model, '--library', library, '--out', at(`${name}-evaluation`))).toContain('P_x');
});

test('a scan along [110] is calibrated and mapped by a model of [110], which says so first', async () => {
  await writeFile(
    at('scan.toml'),
    `[microscope]\nconvergence_mrad = 2.2\n[specimen]\ncrystal = "BaTiO3"\nzone = [1, 1, 0]\nthickness_nm = 10\n[simulation]\nshape = [2, 2]\ndose_e = 1e6\ncamera = { pixels = 96, mrad_per_pixel = 0.5 }\n`,
  );
  await done('simulate', at('scan.toml'), '--out', at('scan'), '--emd');
  const scan = at('scan/patterns-10nm.h5');
  const out = await done('map', scan, '--model', at('110.onnx'), '--out', at('map'));
  expect(out).toMatch(/zone axis is taken to be \[110\]/);
  const summary = JSON.parse(await readFile(at('map/summary.json'), 'utf8'));
  // The camera that the specimen path has, by the lattice of disks of [110].
  expect(Math.abs(summary.px_mrad / 0.5 - 1)).toBeLessThan(0.02);
  expect(Math.abs(summary.rotation_deg)).toBeLessThan(0.5);
  // Evaluation calibrates the same scan along the same zone.
  const sizes = ['--structures', '2', '--patterns', '4'];
  await done(
    'evaluate',
    at('110.onnx'),
    '--library',
    at('110.zarr'),
    '--scan',
    scan,
    ...sizes,
    '--out',
    at('scan-evaluation'),
  );
  const evaluation = JSON.parse(await readFile(at('scan-evaluation/evaluation.json'), 'utf8'));
  expect(evaluation.scan.positions).toBe(4);
});
