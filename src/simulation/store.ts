/**
 * A simulation on disk, Node only: a Zarr v3 group that any reader opens, xarray as a Dataset. `images` [thickness][detector][ry][rx] and
 * `images_standard_error` (where configurations were averaged), float64; `patterns` [thickness][ry][rx][qy][qx], float32, one chunk a scan row,
 * uncompressed. Coordinates: `thickness` [nm], `detector` (names), `ry` and `rx` [nm] in the specimen's frame, `qy` and `qx` [mrad] from the direct beam.
 * Attributes: recipe, hash, program and the numbers that the computation ran with. The folder appears whole, by rename.
 */

import { join } from 'node:path';
import { fail } from '../core/errors.ts';
import { writeFolderWhole } from '../core/files.ts';
import { checkAborted, type Task } from '../core/task.ts';
import { groupAttributes } from '../core/zarr-folder.ts';
import {
  declareArray,
  evenSteps,
  type GroupFiles,
  groupFiles,
  putArray,
  putAxis,
  putNames,
} from '../core/zarr-write.ts';
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
  const files: GroupFiles = new Map();
  const detectors = attributes.detectors;
  const exits = plan.exits.length;
  const along = (count: number, axis: 0 | 1) =>
    evenSteps(count, plan.step_A[axis] / 10, simulation.origin_A[axis] / 10);
  putAxis(files, 'thickness', Float64Array.from(plan.thickness_nm), 'nm', 'thickness along the beam');
  putAxis(files, 'ry', along(ry, 1), 'nm', 'probe position along y');
  putAxis(files, 'rx', along(rx, 0), 'nm', 'probe position along x');
  const [units, what] = dose_e === undefined ? ['1', 'fraction of the beam'] : ['count', 'electrons'];
  if (detectors.length > 0) {
    putNames(files, 'detector', detectors);
    const put = (name: string, long_name: string, values: Float64Array): void => {
      const dimensions = ['thickness', 'detector', 'ry', 'rx'];
      const shape = [exits, detectors.length, ry, rx];
      putArray(files, name, { shape, dimensions, attributes: { units, long_name } }, values);
    };
    put('images', `${what} in the detector`, images.values);
    if (images.standardError) put('images_standard_error', 'standard error over snapshots', images.standardError);
  }
  const meanPatterns: Float64Array[] = [];
  if (camera) {
    const { pixels, mrad_per_pixel } = camera;
    const angles = evenSteps(pixels, mrad_per_pixel, -(pixels >> 1) * mrad_per_pixel);
    putAxis(files, 'qy', angles, 'mrad', 'angle from the direct beam along y');
    putAxis(files, 'qx', angles, 'mrad', 'angle from the direct beam along x');
    const info = {
      shape: [exits, ry, rx, pixels, pixels],
      dimensions: ['thickness', 'ry', 'rx', 'qy', 'qx'],
      attributes: { units, long_name: `${what} in the pixel` },
    };
    declareArray(files, 'patterns', info, [1, 1, rx, pixels, pixels], 'float32');
  }
  async function* all(): AsyncGenerator<readonly [string, Uint8Array]> {
    yield* groupFiles(files, attributes);
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
