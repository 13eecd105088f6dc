/** `ferroscope info FILE`: what is in a scan, a structure, a model, a library, a simulation, a map, a truth or a recipe. */

import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { FerroscopeError, fail } from '../core/errors.ts';
import { extent } from '../core/extent.ts';
import { hashOf } from '../core/hash.ts';
import { identitySchema } from '../core/identity.ts';
import { type NdArray, readNpy, readNpz } from '../core/npy.ts';
import { fixedLabel, plural, quantity, setting, tickLabels, unitLabel } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import type { StructureOptions } from '../crystal/read-structure.ts';
import { pixelText, zoneText } from '../diffraction/detector.ts';
import { structureFigure } from '../figures/structure-figure.ts';
import { chooseFrames } from '../library/imported.ts';
import { shardFolder, shardNames } from '../library/shard-names.ts';
import { type AnyLibraryInfo, openLibrary, readInfo } from '../library/store.ts';
import { openModel } from '../network/infer.ts';
import { readBytes, readJson, readText, refuseExisting, writeWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { scanFile } from '../node/scan-file.ts';
import { readMapZarr } from '../polarization/map-files.ts';
import { describeFile } from '../scan/describe.ts';
import { readSimulationInfo } from '../simulation/store.ts';
import { argument, option, readRecipe } from './arguments.ts';
import { chainOf } from './chain.ts';
import type { CommandLine } from './command-line.ts';
import { describeMaterial } from './describe-material.ts';
import { describeStructure } from './describe-structure.ts';
import { warningLines } from './map.ts';
import { scoreLines } from './score-lines.ts';

interface Info {
  readonly lines: readonly string[];
  readonly json: object;
}

export async function runInfo(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  if (!existsSync(path)) fail('file-missing', `${path} does not exist.`, 'Check the path.', { path });
  const out = option(line, 'out');
  if (out !== undefined) {
    refuseExisting(out, line.options.overwrite === true);
    return drawStructure(line, path, out);
  }
  const { lines, json } = await describe(path, line);
  line.console.result(lines, json);
}

/** The same of a structure, and its picture. @throws 'usage' for another file */
async function drawStructure(line: CommandLine, path: string, out: string): Promise<void> {
  const found = await describeStructure(path, structureOptions(line));
  if (!found || !out.endsWith('.svg')) {
    const why = found ? `${out} does not end in .svg` : `${path} is no crystal structure`;
    fail(
      'usage',
      `--out is for the picture of a crystal structure, and ${why}.`,
      'Leave it out, or give a CIF, POSCAR or extxyz and a name that ends in .svg.',
    );
  }
  const { lines, json, crystal } = found;
  await writeWhole(out, structureFigure(crystal, { title: basename(path) }));
  line.console.result([...lines, `  its picture is in ${out}`], { ...json, out });
}

/** What the user says of a structure that its file leaves open. */
function structureOptions(line: CommandLine): StructureOptions {
  const species = option(line, 'species')?.split(/[\s,]+/);
  return { data_block: option(line, 'data-block'), species: species?.filter((symbol) => symbol !== '') };
}

async function describe(path: string, line: CommandLine): Promise<Info> {
  const { task } = line.console;
  if (path.endsWith('.onnx')) return describeModel(path);
  if (path.endsWith('.toml')) {
    const recipe = await readRecipe(path);
    const textures = recipe.specimen || recipe.structures.file ? undefined : describeMaterial(recipe);
    return {
      lines: [`${path}: a recipe, hash ${hashOf(recipe)}`, ...(textures?.lines ?? [])],
      json: { kind: 'recipe', recipe, ...(textures && { material: textures.json }) },
    };
  }
  if (path.endsWith('.npz') || path.endsWith('.npy')) return describeNumpy(path);
  if (path.endsWith('.json')) return describeStudy(path);
  if (existsSync(join(path, 'map.zarr'))) return describeMap(join(path, 'map.zarr'));
  if (existsSync(join(path, 'simulation.zarr'))) return describeSimulation(join(path, 'simulation.zarr'));
  for (const name of ['dynamics.json', 'film.json', 'landscape.json']) {
    if (existsSync(join(path, name))) return describeStudy(join(path, name));
  }
  if (existsSync(join(path, 'zarr.json'))) {
    const group = await readText(join(path, 'zarr.json'));
    if (group.includes('ferroscope-map/')) return describeMap(path);
    if (group.includes('ferroscope-simulation-parts/') || group.includes('ferroscope-trajectory/')) {
      fail(
        'unsupported',
        `${path} holds the parts of a job that has not ended.`,
        'Run the same command again; then look at its --out.',
      );
    }
    if (!group.includes('ferroscope')) return describeFile(await scanFile(path));
    return group.includes('ferroscope-simulation/') ? describeSimulation(path) : describeLibrary(path, task);
  }
  if (existsSync(join(path, '.zgroup')) || existsSync(join(path, '.zarray'))) return describeFile(await scanFile(path));
  return (await describeStructure(path, structureOptions(line))) ?? describeFile(await scanFile(path));
}

/** Folders in which what an artefact came from may lie: its own and that one's. */
const nearby = (path: string) => [dirname(path), dirname(dirname(resolve(path)))];

async function describeModel(path: string): Promise<Info> {
  const { info } = openModel(await readBytes(path), nodeOnnx);
  const d = info.detector;
  const chain = await chainOf(info.identity, nearby(path));
  return {
    lines: [
      `${path}: a model by ${info.identity.program}, recipe ${info.recipeHash}, seed ${info.seed}${info.adapts || info.adaptation ? ', adapted to a scan' : ''}`,
      `  for ${setting(d.voltage_kV, 'kV')}, ${setting(d.convergence_mrad, 'mrad')}, a = ${setting(d.a_A, 'Å')}, ${zoneText(d)}; input ${d.pixels}×${d.pixels}, pixels of ${pixelText(d)}; ${info.normalisation}`,
      '  mean absolute error on held-out structures (noise-free; as trained):',
      ...scoreLines(info).map((line) => `    ${line}`),
      ...(info.notes ?? []).map((note) => `  note on the structures it learned from: ${note}`),
      ...chain.lines,
    ],
    json: { kind: 'model', ...info, links: chain.links },
  };
}

async function describeLibrary(path: string, task: Task): Promise<Info> {
  const store = folderStore(path);
  const info = await readInfo(store);
  const names = shardNames(info.structures);
  const present = new Set(await store.list());
  const there = names.filter((name) => present.has(shardFolder(name))).length;
  const count = there * info.patterns_per_structure;
  if (there === names.length) await openLibrary(store, task);
  const d = info.detector;
  const chain = await chainOf(info.identity, nearby(path));
  return {
    lines: [
      `${path}: a library: ${there} of ${plural(names.length, 'structure')}, ${plural(count, 'pattern')} of ${d.pixels}×${d.pixels}`,
      `  for ${d.voltage_kV} kV, ${d.convergence_mrad} mrad, a = ${d.a_A} Å, ${zoneText(d)}`,
      ...sourceLines(info),
      `  labels: ${info.labels.map(({ name, unit }) => `${name} [${unitLabel(unit)}]`).join(', ')}`,
      ...chain.lines,
    ],
    json: { kind: 'library', there, of: names.length, patterns: count, ...info, links: chain.links },
  };
}

/** Which frames of which file, where the structures are not textures. */
function sourceLines({ source, structures }: AnyLibraryInfo): string[] {
  if (!source) return [];
  const { training, heldOut } = chooseFrames(source.frames, structures, source.file);
  const range = (frames: readonly number[]) =>
    frames.length === 1 ? `${frames[0]! + 1}` : `${frames[0]! + 1} … ${frames.at(-1)! + 1}`;
  return [
    `  structures: ${plural(training.length, 'frame')} (${range(training)}) for training, ${heldOut.length} (${range(heldOut)}) held out, of the ${source.frames} in ${source.file}`,
    `  labels are ${source.labels}: of one frame each`,
    ...(source.notes ?? []).map((note) => `  note: ${note}`),
    ...(source.repeated && !source.notes
      ? [`  frames that are an earlier one again: ${source.repeated.join(', ')}`]
      : []),
  ];
}

async function describeSimulation(path: string): Promise<Info> {
  const info = await readSimulationInfo(folderStore(path));
  const { identity, shape, camera, thickness_nm, detectors, configurations, engines, notes } = info;
  const chain = await chainOf(identity, nearby(path));
  return {
    lines: [
      `${path}: a simulation: ${shape.join(' × ')} positions, ${tickLabels(thickness_nm).join(', ')} nm, in ${info.unit === 'electrons' ? 'electrons' : 'fractions of the beam'}`,
      ...(camera
        ? [`  patterns of ${camera.pixels}×${camera.pixels}, ${setting(camera.mrad_per_pixel, 'mrad')} per pixel`]
        : []),
      ...(detectors.length > 0 ? [`  images of ${detectors.join(', ')}`] : []),
      ...(configurations > 1 ? [`  means of ${plural(configurations, 'snapshot')}`] : []),
      `  computed on the ${engines.map((engine) => engine.toUpperCase()).join(' and the ')}`,
      ...notes.map((note) => `  ${note}`),
      ...chain.lines,
    ],
    json: { kind: 'simulation', ...info, links: chain.links },
  };
}

async function describeMap(path: string): Promise<Info> {
  const map = await readMapZarr(folderStore(path));
  const { identity, warnings = [] } = map.meta;
  const chain = identity && (await chainOf(identity, nearby(path)));
  return {
    lines: [
      ...warningLines(warnings),
      `${path}: a map of ${map.meta.source}, ${map.shape.join(' × ')} positions, ${map.step_nm === undefined ? 'an unknown step' : quantity(map.step_nm, 'nm')} apart`,
      ...map.channels.map(({ name, unit, values }) => {
        const finite = [...values].filter(Number.isFinite);
        const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
        const [least, greatest] = extent(finite);
        return `  ${name.padEnd(10)} ${fixedLabel(least)} … ${quantity(greatest, unit)}, mean ${fixedLabel(mean)}`;
      }),
      ...(chain?.lines ?? ['  It does not state where it comes from.']),
    ],
    json: {
      kind: 'map',
      links: chain?.links ?? [],
      shape: map.shape,
      step_nm: map.step_nm,
      channels: map.channels.map(({ name, unit }) => ({ name, unit })),
      ...map.meta,
    },
  };
}

/** What `structures` and `landscape` leave, or a map's calibration. @throws 'format' where it is damaged, or does not say where it comes from */
async function describeStudy(path: string): Promise<Info> {
  const stated = z.looseObject({ identity: identitySchema, material: z.string().optional() });
  const { identity, material, ...json } = await readJson(
    path,
    stated,
    'Give a file that Ferroscope wrote, or make it again.',
  );
  const chain = await chainOf(identity, nearby(path));
  return {
    lines: [`${path}: the numbers of a ${identity.kind}${material ? ` of ${material}` : ''}`, ...chain.lines],
    json: { kind: identity.kind, identity, material, ...json, links: chain.links },
  };
}

/** Larger ones are not read whole to list their arrays [bytes]. */
const LISTED = 2 ** 28;

/** A scan, or the arrays of a truth, a map or whatever else it holds, and why they are none. */
async function describeNumpy(path: string): Promise<Info> {
  const file = await scanFile(path);
  const scan = await describeFile(file);
  if (scan.opens || file.size_bytes > LISTED) return scan;
  const bytes = await readBytes(path);
  let arrays: Readonly<Record<string, NdArray>>;
  try {
    arrays = path.endsWith('.npz') ? readNpz(bytes, path) : { array: readNpy(bytes, path) };
  } catch (error) {
    if (error instanceof FerroscopeError) return scan;
    throw error;
  }
  const rows = Object.entries(arrays).map(([name, { data, shape }]) => ({
    name,
    shape,
    type: data.constructor.name.replace('Array', '').toLowerCase(),
  }));
  return {
    lines: [
      `${path}: NumPy arrays`,
      ...rows.map((row) => `  ${row.name} ${row.type} [${row.shape.join(', ')}]`),
      ...scan.lines.map((line) => `  ${line}`),
    ],
    json: { ...scan.json, kind: 'arrays', arrays: rows },
  };
}
