/** The folder that `ferroscope map` writes and `ferroscope report` reads: its files, and how they become a report. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { fail } from '../core/errors.ts';
import { readNpz, writeNpz } from '../core/npy.ts';
import { quietTask, type Task } from '../core/task.ts';
import { zoneOf } from '../crystal/zone.ts';
import { diskBasis, type LatticeDetector, perOrder, pixelSide_mrad } from '../diffraction/detector.ts';
import { renderMap } from '../figures/map-report.ts';
import type { PatternSpot } from '../figures/pattern-figure.ts';
import type { ReportSection } from '../figures/report.ts';
import { type ModelInfo, modelInfoSchema } from '../network/model-info.ts';
import { isTold } from '../network/told.ts';
import { readBytes, readJson } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { encodeMapZarr, mapToCsv, mapToNpz, readMapZarr } from '../polarization/map-files.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { scoreMap } from '../polarization/score.ts';
import { type Calibration, calibrationSchema } from '../scan/calibration.ts';
import { calibrationRows } from '../scan/calibration-rows.ts';
import { otherRow, otherTurns } from '../scan/orientation.ts';

export interface MapFolder {
  readonly map: PolarizationMap;
  readonly calibration: Calibration;
  readonly model: ModelInfo;
  readonly meanPattern: Float32Array;
  readonly meanReconstruction: Float32Array;
  readonly truth?: PolarizationMap | undefined;
}

/** Data files of the folder, by path; without figures and report. */
export async function mapFolderFiles(folder: MapFolder): Promise<Map<string, Uint8Array>> {
  const text = (value: string) => new TextEncoder().encode(value);
  const json = (value: unknown) => text(`${JSON.stringify(value, null, 2)}\n`);
  const pixels = folder.model.detector.pixels;
  const files = new Map<string, Uint8Array>([
    ['map.csv', text(mapToCsv(folder.map))],
    ['map.npz', mapToNpz(folder.map)],
    ['calibration.json', json(folder.calibration)],
    ['model.json', json(folder.model)],
    [
      'patterns.npz',
      writeNpz({
        mean: { data: folder.meanPattern, shape: [pixels, pixels] },
        reconstruction: { data: folder.meanReconstruction, shape: [pixels, pixels] },
      }),
    ],
  ]);
  for (const [name, bytes] of await encodeMapZarr(folder.map)) files.set(`map.zarr/${name}`, bytes);
  if (folder.truth) {
    for (const [name, bytes] of await encodeMapZarr(folder.truth)) files.set(`truth.zarr/${name}`, bytes);
  }
  return files;
}

/** @throws 'file-missing', 'format' where the folder is not one that `ferroscope map` wrote */
export async function readMapFolder(path: string): Promise<MapFolder> {
  if (!existsSync(join(path, 'map.zarr'))) {
    fail('format', `${path} is not a map folder: it has no map.zarr.`, 'Give the folder that ferroscope map wrote.');
  }
  const patterns = readNpz(await readBytes(join(path, 'patterns.npz')), 'patterns.npz');
  const truth = join(path, 'truth.zarr');
  const json = <T>(name: string, schema: z.ZodType<T>) => readJson(join(path, name), schema, 'Map the scan again.');
  return {
    map: await readMapZarr(folderStore(join(path, 'map.zarr'))),
    calibration: await json('calibration.json', calibrationSchema),
    model: await json('model.json', modelInfoSchema),
    meanPattern: patterns.mean!.data as Float32Array,
    meanReconstruction: patterns.reconstruction!.data as Float32Array,
    truth: existsSync(truth) ? await readMapZarr(folderStore(truth)) : undefined,
  };
}

/** report.html and figures, by path. @throws 'aborted' */
export async function renderMapFolder(
  folder: MapFolder,
  title: string,
  extra: readonly ReportSection[] = [],
  task: Task = quietTask,
): Promise<Map<string, string>> {
  const { map, calibration, model, truth } = folder;
  const { detector } = model;
  const input = {
    title,
    map,
    calibration: calibrationRows(calibration),
    orientations: calibration.orientation?.from === 'assumed' ? otherTurns(calibration.orientation).map(otherRow) : [],
    warnings: map.meta.warnings ?? calibration.warnings.map((text) => ({ level: 'care' as const, text })),
    heldOut: model.scores.noiseFree.map((noiseFree) => {
      const { name, unit } = noiseFree;
      const asTrained = model.scores.training.find((score) => score.name === name)!;
      return { name, unit, noiseFree, asTrained, meanOnly: asTrained.meanOnly, told: isTold(model, name) };
    }),
    meanPattern: folder.meanPattern,
    meanReconstruction: folder.meanReconstruction,
    pixel_mrad: pixelSide_mrad(detector),
    spots: latticeDisks(detector),
    truth: truth && { map: truth, scores: scoreMap(map, truth) },
    recipe_toml: model.recipe,
    extra,
  };
  return renderMap(input, task);
}

/** Disks of the zone that the detector is locked to, as far as it reaches; where its pixels are not square, places as on ones of their area. */
export function latticeDisks(detector: LatticeDetector): PatternSpot[] {
  const half = detector.pixels / 2;
  const side = pixelSide_mrad(detector);
  const [perX, perY] = perOrder(detector);
  const [a, b] = diskBasis(detector);
  const { lab, per } = zoneOf(detector.zone);
  const most = Math.ceil((2 * half) / Math.min(a[0], b[1]));
  const orders = Array.from({ length: 2 * most + 1 }, (_, i) => i - most);
  return orders
    .flatMap((n) => orders.map((m) => [m * a[0] + n * b[0], m * a[1] + n * b[1]] as const))
    .filter(([x, y]) => Math.abs(x) <= half && Math.abs(y) <= half)
    .map(([x, y]): PatternSpot => {
      const [h, k, l] = [0, 1, 2].map((axis) =>
        Math.round((x / perX / per[0]) * lab[0][axis]! + (y / perY / per[1]) * lab[1][axis]!),
      );
      return { hkl: [h!, k!, l!], q_mrad: [x * side, y * side] };
    });
}
