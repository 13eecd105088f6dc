/**
 * Asymmetry of Friedel pairs, the usual measure of polarization in 4D-STEM without learning (the paper's Fig. 1g; Shao et al., Nat. Commun. 14 (2023) 1355):
 *
 *     A_g = (I_g − I_−g)/(I_g + I_−g),      I_g the electrons in the disk of g = (h, k)/a,
 *     σ² = (1 − A²)/(n_g + n_−g),           n the electrons counted,
 *     δ = c Σ A_g ĝ,                        over a pair of perpendicular g of one kind: (h, 0) and (0, h), or (h, h) and (h, −h).
 *
 * A pattern of a crystal with a centre, untilted, has A = 0; of a crystal turned about the beam by half a turn, −A. c [pm] is no constant of nature: dynamical
 * diffraction changes its size and its sign with thickness, g and tilt, and neighbours on the A sites add to A what is no displacement. It is fitted to patterns whose
 * displacement is known, by least squares of δ on A through zero, which shrinks what A hardly tells towards zero.
 *
 * What this is not: a measure of δ along the beam, or one that knows of tilt.
 */

import { fail } from '../core/errors.ts';
import { type LatticeDetector, perOrder, pixel_mrad, zoneText } from '../diffraction/detector.ts';

/** (h, k): the pair I_hk − I_−h−k. h counts along +x, k along +y. */
export type FriedelPair = readonly [h: number, k: number];

export interface FriedelAsymmetry {
  readonly pairs: readonly FriedelPair[];
  /** A, [patterns][pairs], from −1 to 1; NaN where both disks are empty. */
  readonly asymmetry: Float64Array;
  /** I_g + I_−g, [patterns][pairs], fraction of the beam. */
  readonly sum: Float64Array;
  /** What counting leaves of A, [patterns][pairs]; absent without a dose. */
  readonly sigma?: Float64Array | undefined;
}

/** Pixels per 1/a. @throws 'unsupported' for another zone than [001] or pixels that are not square: pairs are those of a square lattice */
export function squareOrder(detector: LatticeDetector): number {
  const [x, y] = perOrder(detector);
  if (detector.zone || x !== y) {
    fail(
      'unsupported',
      `Friedel pairs are those of a square lattice of disks, along [001]; the patterns are of ${zoneText(detector)}, ${x} × ${y} pixels per order.`,
      'Leave them out for other zones.',
    );
  }
  return x;
}

/** Perpendicular pairs of one kind: δ is read off both together. */
export function friedelKind(h: number, kind: 'h0' | 'hh'): readonly [FriedelPair, FriedelPair] {
  return kind === 'h0'
    ? [
        [h, 0],
        [0, h],
      ]
    : [
        [h, h],
        [h, -h],
      ];
}

/**
 * @param patterns [patterns][pixels][pixels] on the lattice detector, direct beam at [pixels/2][pixels/2]
 * @param dose_e electrons per pattern, for σ
 * @throws 'range' for a pair that has no or another one's disks on the detector, 'shape'; 'unsupported' for another zone than [001] or pixels that are not square
 */
export function friedelAsymmetry(
  patterns: Float32Array,
  detector: LatticeDetector,
  pairs: readonly FriedelPair[],
  dose_e?: number,
): FriedelAsymmetry {
  const { pixels } = detector;
  const pixelsPerOrder = squareOrder(detector);
  const count = patterns.length / pixels ** 2;
  if (!Number.isInteger(count)) {
    fail('shape', `${patterns.length} values are no patterns of ${pixels} × ${pixels}.`, 'Resample them first.');
  }
  const radius = detector.convergence_mrad / pixel_mrad(detector)[0];
  if (2 * radius >= pixelsPerOrder) {
    fail(
      'range',
      'The disks of the patterns overlap: pairs of them cannot be told apart.',
      'Friedel pairs need a convergence angle of less than half a reciprocal lattice vector.',
      { radius, pixelsPerOrder },
    );
  }
  const disks = pairs.map(([h, k]) => [discOf([h, k]), discOf([-h, -k])] as const);
  function discOf([h, k]: FriedelPair): number[] {
    const [x0, y0] = [pixels / 2 + h * pixelsPerOrder, pixels / 2 + k * pixelsPerOrder];
    const inside = (v: number) => v - radius >= 0 && v + radius <= pixels - 1;
    if ((h === 0 && k === 0) || !Number.isInteger(h) || !Number.isInteger(k) || !inside(x0) || !inside(y0)) {
      fail(
        'range',
        `The detector has no Friedel pair (${h}, ${k}).`,
        'Name whole orders whose disks lie on it, not the direct beam.',
        { h, k },
      );
    }
    const list: number[] = [];
    for (let y = Math.ceil(y0 - radius); y <= y0 + radius; y++) {
      for (let x = Math.ceil(x0 - radius); x <= x0 + radius; x++) {
        if (Math.hypot(x - x0, y - y0) <= radius) list.push(y * pixels + x);
      }
    }
    return list;
  }
  const size = count * pairs.length;
  const [asymmetry, sum] = [new Float64Array(size), new Float64Array(size)];
  for (let p = 0; p < count; p++) {
    const pattern = patterns.subarray(p * pixels ** 2, (p + 1) * pixels ** 2);
    for (const [i, both] of disks.entries()) {
      const [plus, minus] = both.map((disk) => disk.reduce((total, at) => total + pattern[at]!, 0)) as [number, number];
      asymmetry[p * pairs.length + i] = (plus - minus) / (plus + minus);
      sum[p * pairs.length + i] = plus + minus;
    }
  }
  if (dose_e === undefined) return { pairs, asymmetry, sum };
  return {
    pairs,
    asymmetry,
    sum,
    sigma: asymmetry.map((a, i) => Math.sqrt(Math.max(0, 1 - a * a) / (dose_e * sum[i]!))),
  };
}

/** Σ A_g ĝ of two perpendicular pairs, [patterns][x, y]: δ is c times this. @param first index of the first of them */
export function asymmetryVectors({ pairs, asymmetry }: FriedelAsymmetry, first: number): Float64Array {
  const units = [0, 1].map((i) => {
    const [h, k] = pairs[first + i]!;
    return [h / Math.hypot(h, k), k / Math.hypot(h, k)] as const;
  });
  return Float64Array.from({ length: (2 * asymmetry.length) / pairs.length }, (_, at) => {
    const from = (at >> 1) * pairs.length + first;
    return asymmetry[from]! * units[0]![at & 1]! + asymmetry[from + 1]! * units[1]![at & 1]!;
  });
}

/** σ of each component of {@link asymmetryVectors}. @throws 'range' without a dose */
export function vectorSigma({ pairs, sigma }: FriedelAsymmetry, first: number): Float64Array {
  if (!sigma) fail('range', 'Without a dose no σ is known.', 'Give electrons per pattern.');
  return Float64Array.from({ length: (2 * sigma.length) / pairs.length }, (_, at) => {
    const from = (at >> 1) * pairs.length + first;
    return Math.hypot(
      ...[0, 1].map((i) => {
        const [h, k] = pairs[first + i]!;
        return (sigma[from + i]! * (at & 1 ? k : h)) / Math.hypot(h, k);
      }),
    );
  });
}

export interface FriedelFactor {
  /** c [pm]. */
  readonly factor_pm: number;
  /** Pearson correlation of c·A with the known δ, both components together, about zero. */
  readonly correlation: number;
  /** Values that it was fitted to. */
  readonly count: number;
}

/** c by least squares of `delta_pm` on `vectors` through zero. @throws 'shape', 'range' for fewer than twenty values */
export function fitFactor(vectors: ArrayLike<number>, delta_pm: ArrayLike<number>): FriedelFactor {
  if (vectors.length !== delta_pm.length) {
    fail('shape', `${vectors.length} asymmetries for ${delta_pm.length} displacements.`, 'Give one each.');
  }
  const used = Array.from(vectors, (_, i) => i).filter((i) => Number.isFinite(vectors[i]! + delta_pm[i]!));
  if (used.length < 20) {
    fail(
      'range',
      `${used.length} values are too few to fit a factor to.`,
      'Give patterns of at least ten known displacements.',
    );
  }
  const sum = (f: (i: number) => number) => used.reduce((total, i) => total + f(i), 0);
  const [aa, ad, dd] = [
    sum((i) => vectors[i]! ** 2),
    sum((i) => vectors[i]! * delta_pm[i]!),
    sum((i) => delta_pm[i]! ** 2),
  ];
  return { factor_pm: ad / aa, correlation: ad / Math.sqrt(aa * dd), count: used.length };
}
