/** A specimen through the whole room: against direct multislice, on both engines, stopped and resumed, averaged, blurred, counted. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as zarr from 'zarrita';
import { RandomStream } from '../core/random.ts';
import { memoryStore, type Store } from '../core/store.ts';
import { quietTask, type Task } from '../core/task.ts';
import { problemOf } from '../core/test-problem.ts';
import { GroupFiles, readArray } from '../core/zarr.ts';
import { writeExtxyz } from '../crystal/extxyz.ts';
import type { Structure } from '../crystal/structure.ts';
import { bytes, expectSame, frames, lammps, xdatcar } from '../crystal/test-trajectories.ts';
import { detectorWeights } from '../diffraction/angular-detector.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { directPatterns } from '../diffraction/direct.ts';
import { openTestGpu } from '../diffraction/gpu/test-gpu.ts';
import { wavelength } from '../diffraction/optics.ts';
import { sliceStack } from '../diffraction/slices.ts';
import { r1 } from '../diffraction/test-structures.ts';
import { folderStore } from '../node/folder-store.ts';
import { openNodeGpu } from '../node/gpu.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { parseRecipe, simulationInputs } from '../recipe/recipe.ts';
import type { SimulationInputs } from './options.ts';
import { planSimulation, probeWindow_A } from './plan.ts';
import { type RunOptions, simulateSpecimen } from './run.ts';
import { loadSpecimen } from './specimen.ts';
import { readSimulationInfo } from './store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-simulation-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const noFile = async (): Promise<Uint8Array> => {
  throw new Error('no file here');
};
const recipeOf = (specimen: string, simulation: string, microscope = ''): SimulationInputs =>
  simulationInputs(
    parseRecipe(`[microscope]\nvoltage_kV = 200\nconvergence_mrad = 8\n${microscope}
[specimen]\n${specimen}\n[simulation]\nwindow_A = 10\nband_limit = 1\npixel_A = 0.25\nslicing = "spline"\n${simulation}`),
  );
const load = (recipe: SimulationInputs) => loadSpecimen(recipe.specimen, noFile);
const options = { program: 'test', host: nodeWorkers, workers: 2 };
const run = async (
  recipe: SimulationInputs,
  name: string,
  { task = quietTask, ...more }: Partial<RunOptions> & { task?: Task } = {},
) => simulateSpecimen(recipe, await load(recipe), folderStore(join(folder, name)), { ...options, ...more }, task);
const gpu = await openTestGpu();
gpu?.close();
const sum = (list: ArrayLike<number>) => Array.from(list).reduce((a, b) => a + b, 0);
const open = async (name: string, array: string) =>
  zarr.get(
    await zarr.open(zarr.root(folderStore(join(folder, name, 'simulation.zarr'))).resolve(array), {
      kind: 'array',
    }),
  );

const array = async (store: Store, name: string) =>
  (await readArray(store.within('simulation.zarr'), name, Float32Array)).data;

const SI = 'crystal = "Si"\nzone = [1, 1, 0]\nthickness_nm = { min = 2, max = 4, step = 2 }';
const SCAN =
  'shape = [3, 4]\ncamera = { pixels = 20, mrad_per_pixel = 1 }\ndetectors = [{ name = "DF", inner_mrad = 9, outer_mrad = 18, segments = 2 }, { name = "BF", inner_mrad = 0, outer_mrad = 8 }]';

test('patterns and images are those of direct multislice, on the stated axes', async () => {
  const recipe = recipeOf(SI, `${SCAN}\ntilt_mrad = [3, -1]\norigin_A = [0.4, 0.9]`);
  const { plan, images, meanPatterns, done } = await run(recipe, 'direct');
  const specimen = await load(recipe);
  const multislice = new Multislice(
    await SliceKernel.load(),
    sliceStack(specimen.block, {
      nx: plan.grid[0] / plan.tiles[0],
      ny: plan.grid[1] / plan.tiles[1],
      nSlices: plan.slicesPerBlock,
      slicing: 'spline',
      u2_A2: specimen.u2_A2,
    }),
    200,
    plan.tiles,
  );
  const size = 2 * Math.max(...plan.reach);
  const lambda = wavelength(200);
  // Position [1][2]: y before x.
  const at = [0.4 + (2 * 3.8405104748720578) / 4, 0.9 + 5.431302 / 3] as const;
  const [, thick] = directPatterns(multislice, plan.probes[0]!.probe, at, [3, -1], plan.exits, size);
  const patterns = await open('direct', 'patterns');
  expect(patterns.shape).toEqual([2, 3, 4, 20, 20]);
  const pattern = (patterns.data as Float32Array).subarray((12 + 6) * 400, (12 + 7) * 400);
  const camera = sum(pattern);
  // What the camera covers, from the lattice points themselves.
  const half = (n: number) => (10.5 * 1e-3 * plan.window_A[n]!) / lambda;
  let covered = 0;
  for (const [i, I] of thick!.intensity.entries()) {
    const [x, y] = [(i % size) - size / 2, Math.floor(i / size) - size / 2];
    if (x > -half(0) && x < half(0) - 1 && y > -half(1) && y < half(1) - 1) covered += I;
  }
  expect(camera).toBeGreaterThan(0.5);
  expect(camera / covered).toBeCloseTo(1, 1);
  const names = plan.detectors.map(({ name }) => name);
  expect(names).toEqual(['DF_1', 'DF_2', 'BF']);
  for (const [d, { detector }] of plan.detectors.entries()) {
    const weights = detectorWeights(detector, { nx: size, ny: size, length_A: plan.window_A }, lambda);
    let signal = 0;
    for (const [i, I] of thick!.intensity.entries()) {
      const [x, y] = [(i % size) - size / 2, Math.floor(i / size) - size / 2];
      signal += I * weights[((y + size) % size) * size + ((x + size) % size)]!;
    }
    expect(images.values[((1 * 3 + d) * 3 + 1) * 4 + 2]! / signal).toBeCloseTo(1, 4);
  }
  // A tilt breaks the symmetry of the two halves, DF_1 on +x.
  expect(Math.abs(images.values[12 * 3]! / images.values[12 * 4]! - 1)).toBeGreaterThan(0.01);
  expect(sum(meanPatterns[1]!)).toBeCloseTo(sum((patterns.data as Float32Array).subarray(12 * 400)) / 12, 5);
  await done();
  expect(await readdir(join(folder, 'direct'))).toEqual(['simulation.zarr']);
});

test('what is written states its axes, and of the recipe the sections that it heeded', async () => {
  const { plan, done } = await run(recipeOf(SI, `${SCAN}\norigin_A = [0.4, 0.9]\ndose_e = 1e3`), 'axes');
  await done();
  const info = await readSimulationInfo(folderStore(join(folder, 'axes', 'simulation.zarr')));
  const { settings, inputs } = info.identity;
  expect(Object.keys(settings).toSorted()).toEqual(['microscope', 'simulation', 'specimen']);
  // Neither snapshots nor layers were looked at, nor was there a file.
  expect(Object.keys(settings.specimen!).toSorted()).toEqual(['crystal', 'thermal', 'thickness_nm', 'u2_A2', 'zone']);
  expect(inputs).toEqual({});
  expect(info).toMatchObject({ shape: [3, 4], camera: { pixels: 20, mrad_per_pixel: 1 }, engines: ['cpu'] });
  const values = async (name: string) => Array.from((await open('axes', name)).data as ArrayLike<number>);
  expect(await values('thickness')).toEqual(plan.thickness_nm);
  const [rx, ry] = [await values('rx'), await values('ry')];
  expect([rx.length, ry.length]).toEqual([4, 3]);
  for (const [i, [x, y]] of plan.positions_A.entries()) {
    expect(10 * rx[i % 4]!).toBeCloseTo(x, 12);
    expect(10 * ry[Math.floor(i / 4)]!).toBeCloseTo(y, 12);
  }
  for (const q of ['qx', 'qy']) expect(await values(q)).toEqual(Array.from({ length: 20 }, (_, i) => i - 10));
  expect([...((await open('axes', 'detector')).data as Iterable<string>)]).toEqual(['DF_1', 'DF_2', 'BF']);
  const text = await readFile(join(folder, 'axes', 'simulation.zarr', 'zarr.json'), 'utf8');
  const { metadata } = JSON.parse(text).consolidated_metadata;
  const units = ['thickness', 'ry', 'rx', 'qy', 'qx', 'images', 'patterns'].map(
    (name) => metadata[name].attributes.units,
  );
  expect(units).toEqual(['nm', 'nm', 'nm', 'mrad', 'mrad', 'count', 'count']);
  for (const { shape, dimension_names } of Object.values<{ shape: number[]; dimension_names: string[] }>(metadata))
    expect(shape).toEqual(dimension_names.map((name) => metadata[name].shape[0]));
});

test('a stopped run goes on, and ends in the same bytes', async () => {
  const recipe = recipeOf(SI, SCAN);
  await run(recipe, 'whole');
  const stop = new AbortController();
  const place = folderStore(join(folder, 'stopped'));
  let commits = 0;
  const stopping: Store = {
    ...place,
    within: (name) => ({
      ...place.within(name),
      commit: async (part, files) => {
        await place.within(name).commit(part, files);
        if (++commits === 3) stop.abort();
      },
    }),
  };
  const stopped = simulateSpecimen(recipe, await load(recipe), stopping, options, {
    ...quietTask,
    signal: stop.signal,
  });
  expect((await problemOf(stopped)).tag).toBe('aborted');
  // Parts of another simulation are refused, and the setting named.
  const dosed = await problemOf(run(recipeOf(SI, `${SCAN}\ndose_e = 10`), 'stopped'));
  expect(dosed.tag).toBe('stale');
  expect(dosed.message).toContain('simulation.dose_e');
  const seen: number[] = [];
  const task = {
    ...quietTask,
    progress: (done: number, _: number, what: string) => what === 'positions' && seen.push(done),
  };
  // A seed that nothing is drawn from makes no other simulation of it.
  await run(recipeOf(SI, `${SCAN}\nseed = 2`), 'stopped', { task });
  expect(seen[0]).toBeGreaterThanOrEqual(3);
  for (const file of ['zarr.json', 'patterns/c/1/2/0/0/0', 'images/c/0/0/0/0']) {
    const bytes = (name: string) => readFile(join(folder, name, 'simulation.zarr', file));
    expect((await bytes('stopped')).equals(await bytes('whole'))).toBe(true);
  }
  // What is there is not touched, unless told to.
  const other = recipeOf(SI, `${SCAN}\ntilt_mrad = [1, 0]`);
  expect((await problemOf(run(other, 'whole'))).tag).toBe('file-exists');
  const { identity } = await run(other, 'whole', { overwrite: true });
  expect((await readSimulationInfo(folderStore(join(folder, 'whole', 'simulation.zarr')))).identity).toEqual(identity);
});

test('a structure file that has changed is another specimen, by its name', async () => {
  const recipe = recipeOf('file = "cells/a.vasp"\nthickness_nm = 1\nthermal = "none"', SCAN);
  const poscar = (edge: number) => `Po\n1\n${edge} 0 0\n0 3.4 0\n0 0 3.4\nPo\n1\nDirect\n0 0 0\n`;
  const load = (edge: number) => loadSpecimen(recipe.specimen, async () => new TextEncoder().encode(poscar(edge)));
  const store = memoryStore();
  const again = async (edge: number) => simulateSpecimen(recipe, await load(edge), store, options, quietTask);
  const { identity } = await again(3.3);
  expect(Object.values(identity.inputs)).toMatchObject([
    { kind: 'file', name: 'a.vasp', size_bytes: poscar(3.3).length },
  ]);
  await store.remove('simulation.zarr');
  expect((await again(3.3)).identity).toEqual(identity);
  await store.remove('simulation.zarr');
  const { tag, message } = await problemOf(again(3.4));
  expect(tag).toBe('stale');
  expect(message).toContain('file cells/a.vasp');
});

test('what version 0.1.0 wrote is read', async () => {
  // As ferroscope 0.1.0 wrote it, the sections of the recipe cut short that nobody heeded.
  const attributes = JSON.parse(
    '{"format":"ferroscope-simulation/1","recipe":{"crystal":{"material":"BST"},"microscope":{"voltage_kV":200,"convergence_mrad":8,"defocus_nm":0,"source_fwhm_A":0.7},"specimen":{"file":"CsCl.cif","growth":"z","thickness_nm":3,"u2_A2":{"Cs":0.02,"Cl":0.02},"thermal":"absorption","snapshots":16},"simulation":{"seed":1,"shape":[1,1],"origin_A":[0.4,0.9],"tilt_mrad":[0,0],"camera":{"pixels":20,"mrad_per_pixel":1},"detectors":[{"name":"BF","inner_mrad":0,"outer_mrad":8}],"window_A":10,"pixel_A":0.25,"slice_A":0.33,"slicing":"smooth","factors":"lobato","band_limit":0.6666666666666666}},"recipeHash":"becb19d1d0106ed7","program":"ferroscope 0.1.0","thickness_nm":[3.0107692307692306],"detectors":["BF"],"step_A":{"x":4.12,"y":4.12},"mrad_per_pixel":1,"unit":"fraction of the beam","window_A":[12.36,12.36],"grid":[60,60],"slice_A":0.3169230769230769,"configurations":1}',
  ) as object;
  const store = memoryStore();
  await store.commit('old', new GroupFiles().finish(attributes));
  expect(await readSimulationInfo(store.within('old'))).toMatchObject({
    identity: { schema: 1, program: 'ferroscope 0.1.0', settings: { specimen: { file: 'CsCl.cif' } } },
    shape: [1, 1],
    camera: { pixels: 20 },
    thickness_nm: [3.0107692307692306],
    engines: ['cpu'],
  });
  await store.commit('other', new GroupFiles().finish({ format: 'ferroscope-library/2' }));
  expect((await problemOf(readSimulationInfo(store.within('other')))).tag).toBe('format');
});

const BROAD = 'source_fwhm_A = 0.8\ndefocus_spread_nm = 3\naberrations = { C30_um = 300, C12_nm = 20, phi12_deg = 30 }';
test.runIf(gpu).each([
  ['a scan, tilted, absorbing, of an extended source and a spread of focus', 'thermal = "absorption"', '[3, 4]', BROAD],
  ['one position, its source in places', 'thermal = "debye-waller"', '[1, 1]', BROAD],
  ['frozen phonons', 'thermal = "frozen-phonons"\nsnapshots = 2', '[1, 2]', ''],
] as const)('a GPU gives the CPU’s patterns and images: %s', async (_, thermal, shape, microscope) => {
  const measure = SCAN.replace('[3, 4]', shape);
  const recipe = recipeOf(`${SI}\nu2_A2 = { Si = 0.006 }\n${thermal}`, `${measure}\ntilt_mrad = [3, -1]`, microscope);
  const [cpu, gpu] = [memoryStore(), memoryStore()];
  const specimen = await load(recipe);
  const want = await simulateSpecimen(recipe, specimen, cpu, options, quietTask);
  const shares: number[] = [];
  const task = {
    ...quietTask,
    progress: (done: number, total: number, what: string) => what.startsWith('positions') && shares.push(done / total),
  };
  const got = await simulateSpecimen(recipe, specimen, gpu, { ...options, gpu: openNodeGpu }, task);
  expect(got.engines).toEqual(['gpu']);
  expect(got.identity.id).toBe(want.identity.id);
  expect(got.identity.content).not.toBe(want.identity.content);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  expect(sum(want.meanPatterns[1]!)).toBeGreaterThan(0.5);
  for (const t of want.plan.exits.keys()) expect(r1(got.meanPatterns[t]!, want.meanPatterns[t]!)).toBeLessThan(1e-5);
  const [patterns, reference] = [await array(gpu, 'patterns'), await array(cpu, 'patterns')];
  console.log(`a specimen, GPU against CPU: R1 ${r1(patterns, reference).toExponential(1)}`);
  expect(r1(patterns, reference)).toBeLessThan(1e-5);
  expect(r1(got.images.values, want.images.values)).toBeLessThan(1e-5);
});

test.runIf(gpu)('what one engine began the other goes on with, and both are named', async () => {
  const recipe = recipeOf(`${SI}\nthermal = "frozen-phonons"\nsnapshots = 4`, SCAN);
  const store = memoryStore();
  const specimen = await load(recipe);
  const stop = new AbortController();
  const stopping: Task = { signal: stop.signal, progress: (done) => done >= 12 && stop.abort() };
  const stopped = simulateSpecimen(recipe, specimen, store, { ...options, gpu: openNodeGpu }, stopping);
  expect((await problemOf(stopped)).tag).toBe('aborted');
  expect((await store.within('parts').list()).length).toBeGreaterThan(1);
  const { engines, images } = await simulateSpecimen(recipe, specimen, store, options, quietTask);
  expect(engines).toEqual(['cpu', 'gpu']);
  expect((await readSimulationInfo(store.within('simulation.zarr'))).engines).toEqual(engines);
  const whole = await simulateSpecimen(recipe, specimen, memoryStore(), options, quietTask);
  expect(r1(images.values, whole.images.values)).toBeLessThan(1e-5);
  // Nothing to make needs no GPU.
  const none = () => Promise.reject(new Error('opened'));
  await store.remove('simulation.zarr');
  expect((await simulateSpecimen(recipe, specimen, store, { ...options, gpu: none }, quietTask)).engines).toEqual(
    engines,
  );
});

test('frozen phonons: means over snapshots with their standard error, and diffuse electrons that a Debye–Waller factor loses', async () => {
  const measure =
    'shape = [1, 2]\ndetectors = [{ name = "all", inner_mrad = 0, outer_mrad = 45 }, { name = "HAADF", inner_mrad = 30, outer_mrad = 45 }]';
  const specimen = 'crystal = "Si"\nthickness_nm = 3\nu2_A2 = { Si = 0.02 }';
  const still = await run(recipeOf(specimen, measure), 'still');
  const moving = await run(recipeOf(`${specimen}\nthermal = "frozen-phonons"\nsnapshots = 6`, measure), 'moving');
  expect(moving.plan.configurations).toBe(6);
  const [error, values] = [moving.images.standardError!, moving.images.values];
  expect((await open('moving', 'images_standard_error')).data).toEqual(error);
  for (const p of [2, 3]) {
    expect(values[p]!).toBeGreaterThan(still.images.values[p]! + 3 * error[p]!);
    expect(error[p]! / values[p]!).toBeLessThan(0.3);
  }
  const absorbing = await run(recipeOf(`${specimen}\nthermal = "absorption"`, measure), 'absorbing');
  expect(absorbing.images.values[0]!).toBeLessThan(still.images.values[0]! - 0.002);
});

test('the frames of a trajectory are averaged', async () => {
  const { block } = await load(recipeOf('crystal = "Si"\nthickness_nm = 2', SCAN));
  const frame = (shift: number) =>
    writeExtxyz({ ...block, positions_A: block.positions_A.map((value, i) => (i % 9 === 0 ? value + shift : value)) });
  const signals = async (text: string) => {
    const recipe = recipeOf('file = "si.extxyz"\nthermal = "trajectory"\nthickness_nm = 2', SCAN);
    const specimen = await loadSpecimen(recipe.specimen, async () => bytes(text));
    return (await simulateSpecimen(recipe, specimen, memoryStore(), options, quietTask)).images;
  };
  const [one, two, both] = [await signals(frame(0)), await signals(frame(0.2)), await signals(frame(0) + frame(0.2))];
  expect(one.standardError).toBeUndefined();
  for (const [i, value] of both.values.entries()) {
    expect(value).toBeCloseTo((one.values[i]! + two.values[i]!) / 2, 10);
    expect(both.standardError![i]!).toBeCloseTo(Math.abs(one.values[i]! - two.values[i]!) / 2, 10);
  }
  expect(Math.abs(both.values[0]! / one.values[0]! - 1)).toBeGreaterThan(1e-3);
});

test('trajectories of any format, in one box; one that ends early comes with a note', async () => {
  const trajectory = async (text: string, more = '') =>
    loadSpecimen(recipeOf(`file = "md"\nthermal = "trajectory"\nthickness_nm = 2\n${more}`, SCAN).specimen!, async () =>
      bytes(text),
    );
  const want = frames(3);
  const style = { columns: 'x y z', species: 'type', box: 'pp pp pp', units: false } as const;
  const dump = lammps(want, style, [1, 2, 3], new RandomStream(0));
  for (const specimen of [
    await trajectory(xdatcar(want)),
    await trajectory(dump, 'types = { 1 = "Sr", 2 = "Ti", 3 = "O" }'),
  ]) {
    expectSame(specimen.frames as Structure[], want);
    expect(specimen.block.positions_A).toEqual(specimen.frames![0]!.positions_A);
    expect(specimen.notes).toEqual([]);
  }
  expect((await problemOf(trajectory(dump))).message).toContain('types');
  const { frames: whole, notes } = await trajectory(xdatcar(want).slice(0, -50));
  expect([whole!.length, notes]).toEqual([2, [expect.stringContaining('ends early')]]);
  expect(await problemOf(trajectory(xdatcar(frames(3, 1e-3), true)))).toMatchObject({
    tag: 'unsupported',
    message: expect.stringMatching(/frame 2: the box/),
  });
});

test('a dose makes counts with shot noise', async () => {
  const measure = (more: string) =>
    recipeOf(SI, `shape = [8, 8]\ncamera = { pixels = 16, mrad_per_pixel = 1 }\n${more}`);
  const exact = await run(measure(''), 'exact');
  await run(measure('dose_e = 1e4'), 'counted');
  const fraction = (await open('exact', 'patterns')).data as Float32Array;
  const counts = (await open('counted', 'patterns')).data as Float32Array;
  expect(counts.every((n) => Number.isInteger(n) && n >= 0)).toBe(true);
  let chi2 = 0;
  let pixels = 0;
  for (const [i, f] of fraction.entries()) {
    if (1e4 * f < 5) continue;
    chi2 += (counts[i]! - 1e4 * f) ** 2 / (1e4 * f);
    pixels++;
  }
  expect(Math.abs(chi2 / pixels - 1)).toBeLessThan(5 * Math.sqrt(2 / pixels));
  expect(exact.plan.exits.length).toBe(2);
});

test('an extended source: the convolution of a scan is the sum over places at its points', async () => {
  const area =
    'camera = { pixels = 16, mrad_per_pixel = 1 }\ndetectors = [{ name = "DF", inner_mrad = 9, outer_mrad = 16 }]';
  const broad = 'source_fwhm_A = 1.2';
  const scan = await run(recipeOf(SI, `shape = [10, 8]\n${area}`, broad), 'scan');
  // One position of it as a point: quadrature.
  const [x, y] = [3 * scan.plan.step_A[0], 7 * scan.plan.step_A[1]];
  const point = await run(recipeOf(SI, `shape = [1, 1]\norigin_A = [${x}, ${y}]\n${area}`, broad), 'point');
  expect(scan.plan.source.length).toBe(1);
  expect(point.plan.source.length).toBe(49);
  const sharp = await run(recipeOf(SI, `shape = [10, 8]\n${area}`), 'sharp');
  const at = 80 + 7 * 8 + 3;
  expect(scan.images.values[at]! / point.images.values[1]!).toBeCloseTo(1, 3);
  expect(Math.abs(sharp.images.values[at]! / point.images.values[1]! - 1)).toBeGreaterThan(0.01);
  const blurred = (await open('scan', 'patterns')).data as Float32Array;
  const single = (await open('point', 'patterns')).data as Float32Array;
  const [a, b] = [blurred.subarray(at * 256, (at + 1) * 256), single.subarray(256)];
  expect(sum(a.map((v, i) => Math.abs(v - b[i]!))) / sum(b)).toBeLessThan(2e-3);
});

test('the window holds the probe, the grid the angles, and the exits are the thicknesses', async () => {
  const recipe = simulationInputs(
    parseRecipe(`[microscope]\nconvergence_mrad = 20\ndefocus_nm = 20\n[specimen]\ncrystal = "SrTiO3"\nthickness_nm = { min = 5, max = 50, step = 15 }
[simulation]\ndetectors = [{ name = "HAADF", inner_mrad = 62, outer_mrad = 200 }]`),
  );
  // Cone of 20 mrad over the 30 nm beyond the crossover: 6 Å; four Airy radii: 2.4 Å.
  expect(probeWindow_A(recipe.microscope, 50)).toBeCloseTo(2 * (6 + (4 * 0.61 * 0.01968749) / 0.02), 3);
  const plan = planSimulation(recipe, await load(recipe));
  expect(plan.window_A[0]).toBeGreaterThanOrEqual(probeWindow_A(recipe.microscope, 50));
  const nyquist = (1e3 * 0.01968749 * plan.grid[0]) / (2 * plan.window_A[0]);
  expect((nyquist * 2) / 3).toBeGreaterThan(200);
  for (const [i, t] of [5, 20, 35, 50].entries())
    expect(Math.abs(plan.thickness_nm[i]! - t)).toBeLessThan(plan.dz_A / 20 + 1e-9);
});

test('bad specimens are refused before anything is computed', async () => {
  const refused = async (specimen: string, simulation = SCAN) => {
    const recipe = recipeOf(specimen, simulation);
    return problemOf(load(recipe).then((it) => planSimulation(recipe, it)));
  };
  expect((await refused('crystal = "Si"\nthickness_nm = 1\nu2_A2 = { Ti = 0.01 }')).message).toContain('Ti');
  expect((await refused('layers = [{ crystal = "SrTiO3", extent_nm = 2 }]\nthickness_nm = 3')).message).toContain(
    'layers',
  );
  const large = 'detectors = [{ name = "HAADF", inner_mrad = 60, outer_mrad = 250 }]';
  expect((await refused('crystal = "Si"\nthickness_nm = 400\nthermal = "frozen-phonons"', large)).tag).toBe('range');
});

test('a film with electrodes and vacuum: each layer where it was put', async () => {
  const recipe = recipeOf(
    `growth = "x"\nthickness_nm = 2\nlayers = [${[
      '{ vacuum = true, extent_nm = 1 }',
      '{ crystal = "SrRuO3", extent_nm = 1.2 }',
      '{ crystal = "BaTiO3", zone = [1, 0, 0], x = [0, 0, 1], extent_nm = 1.6 }',
      '{ crystal = "SrRuO3", extent_nm = 1.2 }',
    ].join(', ')}]`,
    'shape = [1, 50]\ndetectors = [{ name = "ADF", inner_mrad = 20, outer_mrad = 60 }]',
  );
  const specimen = await load(recipe);
  const { images, plan } = await run(recipe, 'film');
  const mean = (layer: number) => {
    const { from_A, to_A } = specimen.layers![layer]!;
    const inside = [...images.values].filter(
      (_, i) => Math.abs(i * plan.step_A[0] - (from_A + to_A) / 2) < (to_A - from_A) / 4,
    );
    return sum(inside) / inside.length;
  };
  // Scattering grows with atomic number: nothing from vacuum, more from Ba and Ti than from Sr and Ru at the same spacing.
  expect(mean(0)).toBeLessThan(0.1 * mean(1));
  expect(mean(2)).toBeGreaterThan(1.05 * mean(1));
  expect(mean(3) / mean(1)).toBeCloseTo(1, 0);
});
