/**
 * A simulation on disk, Node only: a Zarr v3 group that any reader opens. `images` [thickness][detector][ry][rx] and `images_standard_error` (where
 * configurations were averaged), float64; `patterns` [thickness][ry][rx][qy][qx], float32, one chunk a scan row, uncompressed. Attributes: recipe, hash,
 * program, axes with units, and the numbers that the computation ran with. The folder appears whole, by rename.
 */

import { join } from 'node:path';
import * as zarr from 'zarrita';
import { fail } from '../core/errors.ts';
import { writeFolderWhole } from '../core/files.ts';
import { checkAborted, type Task } from '../core/task.ts';
import { groupAttributes } from '../core/zarr-folder.ts';
import { collectImages, type Parts, patternRows, type SimulatedImages } from './collect.ts';
import type { SimulationInputs } from './options.ts';

const FORMAT = 'ferroscope-simulation/1';

export interface SimulationInfo {
  readonly recipe: SimulationInputs;
  readonly recipeHash: string;
  readonly program: string;
}

/** What the root group says. */
export interface SimulationAttributes extends SimulationInfo {
  readonly format: string;
  readonly thickness_nm: readonly number[];
  readonly detectors: readonly string[];
  readonly step_A: { readonly x: number; readonly y: number };
  readonly mrad_per_pixel?: number;
  readonly unit: 'electrons' | 'fraction of the beam';
  readonly window_A: readonly [x: number, y: number];
  readonly grid: readonly [nx: number, ny: number];
  readonly slice_A: number;
  readonly configurations: number;
}

export interface Written {
  readonly images: SimulatedImages;
  /** Mean pattern over the scan, [thickness] of [qy][qx]; none without a camera. */
  readonly meanPatterns: readonly Float64Array[];
}

/** Writes `folder`/simulation.zarr from the parts. @throws 'disk-full', 'file-unreadable', 'aborted', and what `patternRows` throws */
export async function writeSimulation(
  folder: string,
  parts: Parts,
  info: SimulationInfo,
  task: Task,
): Promise<Written> {
  const { plan, simulation } = parts;
  const { camera, dose_e } = simulation;
  const [ry, rx] = plan.shape;
  const images = await collectImages(parts);
  const files = new Map<zarr.AbsolutePath, Uint8Array>();
  const root = zarr.root(files);
  const unit = dose_e === undefined ? 'fraction of the beam' : 'electrons';
  const attributes: SimulationAttributes = {
    format: FORMAT,
    ...info,
    thickness_nm: plan.thickness_nm,
    detectors: plan.detectors.map(({ name }) => name),
    step_A: { x: plan.step_A[0], y: plan.step_A[1] },
    ...(camera && { mrad_per_pixel: camera.mrad_per_pixel }),
    unit,
    window_A: plan.window_A,
    grid: plan.grid,
    slice_A: plan.dz_A,
    configurations: plan.configurations,
  };
  await zarr.create(root, { attributes: { ...attributes } });
  const little = [{ name: 'bytes', configuration: { endian: 'little' } }];
  const imageShape = [plan.exits.length, plan.detectors.length, ry, rx];
  const put = async (name: string, values: Float64Array): Promise<void> => {
    const array = await zarr.create(root.resolve(name), {
      shape: imageShape,
      chunkShape: imageShape,
      dtype: 'float64',
      fillValue: 0,
      codecs: little,
      dimensionNames: ['thickness', 'detector', 'ry', 'rx'],
      attributes: { unit },
    });
    const stride = imageShape.map((_, axis) => imageShape.slice(axis + 1).reduce((a, b) => a * b, 1));
    await zarr.set(array, null, { data: values, shape: imageShape, stride });
  };
  if (plan.detectors.length > 0) {
    await put('images', images.values);
    if (images.standardError) await put('images_standard_error', images.standardError);
  }
  const meanPatterns: Float64Array[] = [];
  if (camera) {
    await zarr.create(root.resolve('patterns'), {
      shape: [plan.exits.length, ry, rx, camera.pixels, camera.pixels],
      chunkShape: [1, 1, rx, camera.pixels, camera.pixels],
      dtype: 'float32',
      fillValue: 0,
      codecs: little,
      dimensionNames: ['thickness', 'ry', 'rx', 'qy', 'qx'],
      attributes: { unit },
    });
  }
  async function* all(): AsyncGenerator<readonly [string, Uint8Array]> {
    for (const [key, bytes] of files) yield [key.slice(1), bytes];
    if (!camera) return;
    const pixels = camera.pixels ** 2;
    for (const t of plan.exits.keys()) {
      const mean = new Float64Array(pixels);
      let y = 0;
      for await (const row of patternRows(parts, t)) {
        checkAborted(task);
        for (let i = 0; i < row.length; i++) mean[i % pixels] = mean[i % pixels]! + row[i]! / (rx * ry);
        yield [`patterns/c/${t}/${y}/0/0/0`, new Uint8Array(row.buffer)];
        task.progress(t * ry + ++y, plan.exits.length * ry, 'rows written');
      }
      meanPatterns.push(mean);
    }
  }
  await writeFolderWhole(join(folder, 'simulation.zarr'), all());
  return { images, meanPatterns };
}

/** What a simulation says of itself. @throws 'file-missing', 'format' */
export async function readSimulationInfo(path: string): Promise<SimulationAttributes> {
  return (
    (await groupAttributes<SimulationAttributes>(path, FORMAT)) ??
    fail('format', `${path} is not a simulation of Ferroscope.`, "Give the simulation.zarr of 'ferroscope simulate'.")
  );
}
