/** `ferroscope info FILE`: what is in a scan, a structure, a model, a library, a simulation, a map, a truth or a recipe. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../core/errors.ts';
import { readBytes, readText } from '../core/files.ts';
import { hashOf } from '../core/hash.ts';
import { readNpy, readNpz } from '../core/npy.ts';
import { fixedLabel, plural, quantity, setting, tickLabels, unitLabel } from '../core/numbers.ts';
import { chooseFrames } from '../library/imported.ts';
import { shardNames } from '../library/shard-names.ts';
import { hasShard, type LibraryInfo, readInfo } from '../library/store.ts';
import { openModel } from '../network/infer.ts';
import { readMapZarr } from '../polarization/map-files.ts';
import { describeFile } from '../scan/describe.ts';
import { readSimulationInfo } from '../simulation/store.ts';
import { argument, readRecipe } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { describeStructure } from './describe-structure.ts';

interface Info {
  readonly lines: readonly string[];
  readonly json: object;
}

export async function runInfo(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  if (!existsSync(path)) fail('file-missing', `${path} does not exist.`, 'Check the path.', { path });
  const { lines, json } = await describe(path);
  line.console.result(lines, json);
}

async function describe(path: string): Promise<Info> {
  if (path.endsWith('.onnx')) return describeModel(path);
  if (path.endsWith('.toml')) {
    const recipe = await readRecipe(path);
    return { lines: [`${path}: a recipe, hash ${hashOf(recipe)}`], json: { kind: 'recipe', recipe } };
  }
  if (path.endsWith('.npz') || path.endsWith('.npy')) return describeArrays(path);
  if (existsSync(join(path, 'map.zarr'))) return describeMap(join(path, 'map.zarr'));
  if (existsSync(join(path, 'simulation.zarr'))) return describeSimulation(join(path, 'simulation.zarr'));
  if (existsSync(join(path, 'zarr.json'))) {
    const group = await readText(join(path, 'zarr.json'));
    if (group.includes('ferroscope-map/')) return describeMap(path);
    return group.includes('ferroscope-simulation/') ? describeSimulation(path) : describeLibrary(path);
  }
  return (await describeStructure(path)) ?? describeFile(path);
}

async function describeModel(path: string): Promise<Info> {
  const model = await openModel(path);
  const { info } = model;
  const d = info.detector;
  return {
    lines: [
      `${path}: a model by ${info.programVersion}, recipe ${info.recipeHash}, seed ${info.seed}${info.adapts ? ', adapted to a scan' : ''}`,
      `  for ${setting(d.voltage_kV, 'kV')}, ${setting(d.convergence_mrad, 'mrad')}, a = ${setting(d.a_A, 'Å')}; input ${d.pixels}×${d.pixels}, ${d.pixelsPerOrder} pixels per 1/a; ${info.normalisation}`,
      '  mean absolute error on held-out structures (noise-free; as trained):',
      ...info.scores.noiseFree.map(
        (s, i) => `    ${s.name.padEnd(10)} ${fixedLabel(s.mae)}; ${quantity(info.scores.training[i]!.mae, s.unit)}`,
      ),
    ],
    json: { kind: 'model', ...info },
  };
}

async function describeLibrary(path: string): Promise<Info> {
  const info = await readInfo(path);
  const names = shardNames(info.recipe.structures);
  const there = names.filter((name) => hasShard(path, name)).length;
  const count = there * info.recipe.library.patterns_per_structure;
  const d = info.detector;
  return {
    lines: [
      `${path}: a library by ${info.program}, recipe ${info.recipeHash}: ${there} of ${plural(names.length, 'structure')}, ${plural(count, 'pattern')} of ${d.pixels}×${d.pixels}`,
      `  for ${setting(d.voltage_kV, 'kV')}, ${setting(d.convergence_mrad, 'mrad')}, a = ${setting(d.a_A, 'Å')}`,
      ...sourceLines(info),
      `  labels: ${info.labels.map(({ name, unit }) => `${name} [${unitLabel(unit)}]`).join(', ')}`,
    ],
    json: { kind: 'library', structures: there, of: names.length, patterns: count, ...info },
  };
}

/** Which frames of which file, where the structures are not textures. */
function sourceLines({ source, recipe }: LibraryInfo): string[] {
  if (!source) return [];
  const { training, heldOut } = chooseFrames(source.frames, recipe.structures, source.file);
  const range = (frames: readonly number[]) =>
    frames.length === 1 ? `${frames[0]! + 1}` : `${frames[0]! + 1} … ${frames.at(-1)! + 1}`;
  return [
    `  structures: ${plural(training.length, 'frame')} (${range(training)}) for training, ${heldOut.length} (${range(heldOut)}) held out, of the ${source.frames} in ${source.file}, SHA-256 ${source.sha256}`,
    `  labels are ${source.labels}: of one frame each`,
  ];
}

async function describeSimulation(path: string): Promise<Info> {
  const info = await readSimulationInfo(path);
  const { recipe, thickness_nm, detectors, mrad_per_pixel, configurations } = info;
  const [ry, rx] = recipe.simulation!.shape;
  const camera = recipe.simulation!.camera;
  return {
    lines: [
      `${path}: a simulation by ${info.program}, recipe ${info.recipeHash}: ${ry} × ${rx} positions, ${tickLabels(thickness_nm).join(', ')} nm, in ${info.unit === 'electrons' ? 'electrons' : 'fractions of the beam'}`,
      ...(camera
        ? [`  patterns of ${camera.pixels}×${camera.pixels}, ${setting(mrad_per_pixel!, 'mrad')} per pixel`]
        : []),
      ...(detectors.length > 0 ? [`  images of ${detectors.join(', ')}`] : []),
      ...(configurations > 1 ? [`  means of ${plural(configurations, 'snapshot')}`] : []),
    ],
    json: { kind: 'simulation', ...info },
  };
}

async function describeMap(path: string): Promise<Info> {
  const map = await readMapZarr(path);
  return {
    lines: [
      `${path}: a map of ${map.meta.source}, ${map.shape.join(' × ')} positions, ${quantity(map.step_nm, 'nm')} apart`,
      ...map.channels.map(({ name, unit, values }) => {
        const finite = [...values].filter(Number.isFinite);
        const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
        return `  ${name.padEnd(10)} ${fixedLabel(Math.min(...finite))} … ${quantity(Math.max(...finite), unit)}, mean ${fixedLabel(mean)}`;
      }),
    ],
    json: {
      kind: 'map',
      shape: map.shape,
      step_nm: map.step_nm,
      channels: map.channels.map(({ name, unit }) => ({ name, unit })),
      ...map.meta,
    },
  };
}

async function describeArrays(path: string): Promise<Info> {
  const bytes = await readBytes(path);
  const arrays = path.endsWith('.npz') ? readNpz(bytes, path) : { array: readNpy(bytes, path) };
  const rows = Object.entries(arrays).map(([name, { data, shape }]) => ({
    name,
    shape,
    type: data.constructor.name.replace('Array', '').toLowerCase(),
  }));
  return {
    lines: [`${path}: NumPy arrays`, ...rows.map((row) => `  ${row.name} ${row.type} [${row.shape.join(', ')}]`)],
    json: { kind: 'arrays', arrays: rows },
  };
}
