/** The three ways in which `ferroscope baselines` measures one specimen: δ of every cell of the scan [ry][rx][x, y], B against A columns [pm], with σ. */

import { quantity } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import { columnDisplacements } from '../polarization/column-displacement.ts';
import { type FriedelFit, friedelDisplacements } from '../polarization/friedel-library.ts';
import { getChannel, type PolarizationMap } from '../polarization/polarization-map.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { calibrateGiven } from '../scan/calibrate-given.ts';
import { calibratedPatterns } from '../scan/calibrated.ts';
import { beamOf } from '../scan/calibration.ts';
import type { HaadfImage } from '../simulation/haadf.ts';
import { openGivenScan } from './open-scan.ts';

export interface Measured {
  /** [ry][rx][x, y] [pm]; NaN where nothing was measured. */
  readonly delta_pm: Float64Array;
  readonly sigma_pm: Float64Array;
  /** What there is to know. */
  readonly notes: readonly string[];
}

/** δTi + δO of a map or of a truth, [ry][rx][x, y] [pm]. @param of '' for what the probe weights, '_column' for the column @throws 'model-mismatch' */
export function deltaOf(map: PolarizationMap, of: '' | '_column'): Float64Array {
  const [x, y] = ['x', 'y'].map((axis) =>
    ['dTi', 'dO'].map((stem) => getChannel(map, `${stem}_${axis}${of}`).values),
  ) as [Float32Array[], Float32Array[]];
  return Float64Array.from({ length: 2 * x[0]!.length }, (_, i) => {
    const [ti, o] = i & 1 ? y : x;
    return ti![i >> 1]! + o![i >> 1]!;
  });
}

/** By the network: its δTi and δO, with σ as if their errors had nothing to do with each other. */
export function byNetwork(map: PolarizationMap): Measured {
  const sigma_pm = Float64Array.from({ length: 2 * map.shape[0] * map.shape[1] }, (_, i) =>
    Math.hypot(
      ...['dTi', 'dO'].map((stem) => getChannel(map, `${stem}_${i & 1 ? 'y' : 'x'}`).sigma?.[i >> 1] ?? Number.NaN),
    ),
  );
  return { delta_pm: deltaOf(map, ''), sigma_pm, notes: [] };
}

/** By the asymmetry of Friedel pairs of a scan's calibrated patterns. */
export async function byAsymmetry(
  scan: string,
  recipe: Recipe,
  detector: LatticeDetector,
  fit: FriedelFit,
  task: Task,
): Promise<Measured> {
  const { source } = await openGivenScan(scan, recipe.scan, '.');
  try {
    const calibration = await calibrateGiven(source, beamOf(detector), recipe.scan, task);
    const patterns = calibratedPatterns(source, calibration, detector);
    const all = await patterns.read(Array.from({ length: patterns.count }, (_, i) => i));
    const notes = [...calibration.warnings, ...source.info.notes];
    return { ...friedelDisplacements(all, detector, fit, calibration.dose_e), notes };
  } finally {
    source.close();
  }
}

/** By the columns of a dark-field image; the image's own lattice is the scale. @param values of the image's positions, electrons */
export function byColumns(
  { shape, step_A, origin_A }: HaadfImage,
  values: Float64Array,
  electrons: boolean,
  recipe: Recipe,
): Measured {
  const { a_A } = recipe.crystal;
  const [ry, rx] = recipe.experiment.shape;
  const edge = a_A / step_A;
  const near = { a: [edge, 0], b: [0, edge] } as const;
  const { cells, lost } = columnDisplacements({ values, shape, electrons }, near, [a_A, a_A]);
  const [delta_pm, sigma_pm] = [0, 1].map(() => new Float64Array(2 * rx * ry).fill(Number.NaN)) as [
    Float64Array,
    Float64Array,
  ];
  for (const { B, delta_pm: delta, sigma_pm: sigma } of cells) {
    const x = Math.floor((origin_A[0] + step_A * B.x) / a_A);
    const y = Math.floor((origin_A[1] + step_A * B.y) / a_A);
    if (x < 0 || y < 0 || x >= rx || y >= ry) continue;
    delta_pm.set(delta, 2 * (y * rx + x));
    sigma_pm.set(sigma, 2 * (y * rx + x));
  }
  const missing = delta_pm.filter(Number.isNaN).length / 2;
  const notes = [
    ...(lost > 0 ? [`${lost} columns of the dark-field image were not found.`] : []),
    ...(missing > 0 ? [`${missing} cells of the scan have no displacement from the dark-field image.`] : []),
  ];
  return { delta_pm, sigma_pm, notes };
}

/** The factor and its pairs in words. */
export function fitWords({ pairs, factor_pm, correlation, sum }: FriedelFit): string {
  const names = pairs.map(([h, k]) => `(${h} ${k})`).join(' and ');
  return `${names}: ${quantity(factor_pm, 'pm')} per unit of A, r ${correlation.toFixed(3)} on them, I + Ī ${sum.toPrecision(2)} of the beam`;
}
