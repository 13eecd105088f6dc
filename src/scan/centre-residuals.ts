/**
 * How far single patterns' centres lie off a calibration's descan plane, over the scan: what a plane does not follow (a bent descan, a jump, a slipped row) is seen at a
 * glance. Centres are those of centre.ts, from the inner disks' edges. Not here: a better plane.
 */

import { breathe, type Task } from '../core/task.ts';
import { disksApart_mrad, diskVectors_mrad } from '../diffraction/detector.ts';
import { type Calibration, centreAt, type Pair, times } from './calibration.ts';
import { guideDisks, patternCentre } from './centre.ts';
import { Corrector } from './correct.ts';
import type { DiskGeometry } from './disk-edge.ts';
import type { PatternSource } from './pattern-source.ts';

export interface CentreResiduals {
  /** Positions along y and x that were looked at: every `every`-th. */
  readonly shape: readonly [number, number];
  readonly every: number;
  /** Measured less plane, [ry][rx] [px]; NaN where the pattern's disks do not say. */
  readonly y: Float32Array;
  readonly x: Float32Array;
}

/** Patterns that are looked at, at most. */
const LIMIT = 144;
/** Orders of the inner disks, along both vectors of the lattice. */
const ORDERS = 2;

/** @throws what reading throws, 'aborted' */
export async function centreResiduals(
  source: PatternSource,
  calibration: Calibration,
  task: Task,
): Promise<CentreResiduals> {
  const [ry, rx, ny, nx] = source.shape;
  const every = Math.max(1, Math.ceil(Math.sqrt((ry * rx) / LIMIT)));
  const shape: [number, number] = [Math.ceil(ry / every), Math.ceil(rx / every)];
  const [y, x] = [0, 1].map(() => new Float32Array(shape[0] * shape[1]).fill(Number.NaN)) as [
    Float32Array,
    Float32Array,
  ];
  const geometry = geometryOf(calibration);
  const orders = Array.from({ length: 2 * ORDERS + 1 }, (_, k) => k - ORDERS);
  const guides = guideDisks(orders.flatMap((h) => orders.map((k): Pair => [h, k])));
  const corrector = new Corrector(source, [...calibration.hot_pixels, ...calibration.dead_pixels]);
  const per_count = calibration.counts_per_electron;
  for (let i = 0; i < y.length; i++) {
    await breathe(task);
    const [py, px] = [every * Math.floor(i / shape[1]), every * (i % shape[1])];
    const data = corrector.correct(await source.read(py * rx + px, 1));
    const plane = centreAt(calibration.descan, py, px);
    const fit = patternCentre({ data, ny, nx, per_count, floor: per_count ** 2 }, geometry, plane, guides);
    if (fit) [y[i], x[i]] = [fit.centre[0] - plane[0], fit.centre[1] - plane[1]];
    task.progress(i + 1, y.length, 'centres');
  }
  return { shape, every, y, x };
}

/** The disks as the calibration has them; a mirrored camera's lattice from its other side, where it is the same. */
function geometryOf({ crystal, map_px_per_mrad, disk_radius_mrad, edge_px, orientation }: Calibration): DiskGeometry {
  const spacing_mrad = disksApart_mrad(crystal);
  const [alongX, other] = diskVectors_mrad(crystal);
  const inUnits = ([x, y]: Pair): Pair => [y / spacing_mrad, x / spacing_mrad];
  const back = [
    [-1, 0],
    [0, 1],
  ] as const;
  return {
    map: orientation?.mirror ? times(map_px_per_mrad, back) : map_px_per_mrad,
    radius_mrad: disk_radius_mrad,
    edge_px: Math.max(0.3, edge_px),
    spacing_mrad,
    cell: [inUnits(other), inUnits(alongX)],
  };
}
