/**
 * The linear factor from asymmetry to displacement, fitted to the patterns of a library that have the scan's thickness and tilt, and the kind of pairs that tells most
 * there. That is more than an experiment without a model knows; it is what the method can do at best.
 */

import { fail } from '../core/errors.ts';
import { quantity } from '../core/numbers.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import {
  asymmetryVectors,
  type FriedelAsymmetry,
  type FriedelFactor,
  type FriedelPair,
  fitFactor,
  friedelAsymmetry,
  friedelKind,
  squareOrder,
  vectorSigma,
} from './friedel.ts';

export interface FriedelFit extends FriedelFactor {
  readonly pairs: readonly [FriedelPair, FriedelPair];
  /** Mean of I_g + I_−g over the patterns and both pairs, fraction of the beam. */
  readonly sum: number;
}

export interface FriedelCalibration {
  /** Patterns and structures of the library that it was fitted to. */
  readonly patterns: number;
  readonly structures: number;
  /** The kind that tells most, and all that were tried. */
  readonly best: FriedelFit;
  readonly tried: readonly FriedelFit[];
}

export interface ScanState {
  readonly thickness_nm: number;
  readonly tilt_mrad: readonly [x: number, y: number];
}

/** A pattern is near within so much of the scan's thickness [nm] and of each of its tilts [mrad]. */
const NEAR = { thickness_nm: 0.6, tilt_mrad: 0.25 };
const ORDERS = [1, 2, 3];
const BATCH = 512;

/** @throws 'range' where the library has too few patterns of that state, 'shape' without its labels, and what reading throws */
export async function calibrateFriedel(
  data: PatternDataset,
  state: ScanState,
  task: Task,
): Promise<FriedelCalibration> {
  const { detector } = data;
  const [thickness, tiltX, tiltY, ...shifts] = ['thickness', 'tilt_x', 'tilt_y', 'dTi_x', 'dTi_y', 'dO_x', 'dO_y'].map(
    (name) => {
      const at = data.labels.findIndex((label) => label.name === name);
      return at >= 0
        ? at
        : fail('shape', `The library has no label '${name}'.`, 'Simulate it again with this version.');
    },
  ) as [number, number, number, number, number, number, number];
  const order = squareOrder(detector);
  const kinds = ORDERS.filter((h) => detector.pixels / 2 > (h + 0.5) * order).flatMap((h) => [
    friedelKind(h, 'h0'),
    friedelKind(h, 'hh'),
  ]);
  const asymmetries: number[] = [];
  const sums: number[] = [];
  const deltas: number[] = [];
  const structures = new Set<number>();
  const width = data.labels.length;
  const size = detector.pixels ** 2;
  for (let first = 0; first < data.count; first += BATCH) {
    checkAborted(task);
    const indices = Array.from({ length: Math.min(BATCH, data.count - first) }, (_, i) => first + i);
    const { patterns, labels } = await data.read(indices);
    for (const [i, index] of indices.entries()) {
      const value = (label: number) => labels[i * width + label]!;
      const near =
        Math.abs(value(thickness) - state.thickness_nm) < NEAR.thickness_nm &&
        Math.abs(value(tiltX) - state.tilt_mrad[0]) < NEAR.tilt_mrad &&
        Math.abs(value(tiltY) - state.tilt_mrad[1]) < NEAR.tilt_mrad;
      if (!near) continue;
      const found = friedelAsymmetry(patterns.subarray(i * size, (i + 1) * size), detector, kinds.flat());
      asymmetries.push(...found.asymmetry);
      sums.push(...found.sum);
      deltas.push(value(shifts[0]) + value(shifts[2]), value(shifts[1]) + value(shifts[3]));
      structures.add(data.structureOf(index));
    }
    task.progress(first + indices.length, data.count, 'patterns of the library looked at');
  }
  const count = deltas.length / 2;
  if (count < 30) {
    fail(
      'range',
      `The library has ${count} patterns within ${quantity(NEAR.thickness_nm, 'nm')} and ${quantity(NEAR.tilt_mrad, 'mrad')} of the scan's ${quantity(state.thickness_nm, 'nm')} and tilt.`,
      'Give a library that holds the scan’s thickness and tilt.',
      { count },
    );
  }
  const all: FriedelAsymmetry = {
    pairs: kinds.flat(),
    asymmetry: Float64Array.from(asymmetries),
    sum: Float64Array.from(sums),
  };
  const tried = kinds.map((pairs, kind): FriedelFit => {
    const own = Array.from({ length: 2 * count }, (_, i) => sums[(i >> 1) * 2 * kinds.length + 2 * kind + (i & 1)]!);
    return {
      ...fitFactor(asymmetryVectors(all, 2 * kind), deltas),
      pairs,
      sum: own.reduce((total, one) => total + one, 0) / own.length,
    };
  });
  const best = tried.toSorted((p, q) => Math.abs(q.correlation) - Math.abs(p.correlation))[0]!;
  return { patterns: count, structures: structures.size, best, tried };
}

/** δ of every pattern [patterns][x, y] by the calibrated kind, and what counting leaves of it [pm]. */
export function friedelDisplacements(
  patterns: Float32Array,
  detector: PatternDataset['detector'],
  { pairs, factor_pm }: FriedelFit,
  dose_e: number,
): { readonly delta_pm: Float64Array; readonly sigma_pm: Float64Array } {
  const found = friedelAsymmetry(patterns, detector, pairs, dose_e);
  return {
    delta_pm: asymmetryVectors(found, 0).map((v) => factor_pm * v),
    sigma_pm: vectorSigma(found, 0).map((v) => Math.abs(factor_pm) * v),
  };
}
