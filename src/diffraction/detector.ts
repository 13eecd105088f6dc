/**
 * The detector that a library is simulated on and that a model expects: locked to the crystal's reciprocal lattice, so
 * that an experiment is resampled onto it by its own disk lattice, whatever its camera length.
 */

import { quantity, setting } from '../core/numbers.ts';
import { isSymmetry, zoneName, zoneOf } from '../crystal/zone.ts';
import type { LatticeDetector } from './detector-schema.ts';
import { wavelength } from './optics.ts';

export type { LatticeDetector };

/** '[001]' */
export function zoneText({ zone }: Pick<LatticeDetector, 'zone'>): string {
  return zoneName(zoneOf(zone));
}

type Pair = readonly [x: number, y: number];

/** Pixels per 1/s along x and y. */
export function perOrder({ pixelsPerOrder }: Pick<LatticeDetector, 'pixelsPerOrder'>): Pair {
  return typeof pixelsPerOrder === 'number' ? [pixelsPerOrder, pixelsPerOrder] : pixelsPerOrder;
}

/** Sides of a pixel [1/Å]. */
export function pixel_invA(detector: Pick<LatticeDetector, 'pixelsPerOrder' | 'a_A' | 'zone'>): Pair {
  const { steps } = zoneOf(detector.zone);
  const [x, y] = perOrder(detector);
  return [1 / (detector.a_A * steps[0] * x), 1 / (detector.a_A * steps[1] * y)];
}

/** Angles of a pixel's sides, λ/(s·pixelsPerOrder) [mrad]: the steps of the lattice that tilts lie on. */
export function pixel_mrad(detector: Omit<LatticeDetector, 'pixels' | 'convergence_mrad'>): Pair {
  const { steps } = zoneOf(detector.zone);
  const lambda = wavelength(detector.voltage_kV) * 1e3;
  const [x, y] = perOrder(detector);
  return [lambda / (detector.a_A * steps[0] * x), lambda / (detector.a_A * steps[1] * y)];
}

/** Side of the square that has a pixel's area [mrad]. */
export function pixelSide_mrad(detector: LatticeDetector): number {
  const [x, y] = pixel_mrad(detector);
  return Math.sqrt(x * y);
}

/** Sides of a pixel along x and y in units of {@link pixelSide_mrad}. */
export function pixelSides(detector: LatticeDetector): Pair {
  const [x, y] = pixel_mrad(detector);
  const side = pixelSide_mrad(detector);
  return [x / side, y / side];
}

/**
 * Whether a matrix of 0 and ±1 (rows) on (x, y) makes of the zone's undistorted crystal the same one and lays pixels on pixels, so that a pattern that it turns is a
 * pattern of the zone on this detector. What exchanges x and y does not where pixels are no squares.
 */
export function keepsPatterns(
  { zone, pixelsPerOrder }: Pick<LatticeDetector, 'zone' | 'pixelsPerOrder'>,
  matrix: readonly [number, number, number, number],
): boolean {
  const [x, y] = pixel_invA({ zone, pixelsPerOrder, a_A: 1 });
  const exchanges = matrix[1] !== 0;
  return isSymmetry(zoneOf(zone), matrix) && !(exchanges && Math.abs(x / y - 1) > 1e-9);
}

/** Where disks lie: two vectors from the direct beam to neighbouring ones [pixels], of which all others are sums. */
export function diskBasis(detector: Pick<LatticeDetector, 'pixelsPerOrder' | 'zone'>): readonly [Pair, Pair] {
  const [x, y] = perOrder(detector);
  // Columns that are staggered, as along [111], leave every other order out.
  return [
    [x, 0],
    [zoneOf(detector.zone).staggered ? x / 2 : 0, y],
  ];
}

/** What the lattice of disks follows from. */
export type DiskLattice = Pick<LatticeDetector, 'a_A' | 'zone' | 'voltage_kV'>;

/** Two vectors from the direct beam to neighbouring disks [mrad], the first along x, of which all others are sums. */
export function diskVectors_mrad(lattice: DiskLattice): readonly [Pair, Pair] {
  const orders = { ...lattice, pixelsPerOrder: 1 };
  const [x, y] = pixel_mrad(orders);
  const [a, b] = diskBasis(orders);
  return [
    [a[0] * x, a[1] * y],
    [b[0] * x, b[1] * y],
  ];
}

/** Distance between neighbouring disks where they are nearest [mrad]: λ/a along [001]. */
export function disksApart_mrad(lattice: DiskLattice): number {
  const [a, b] = diskVectors_mrad(lattice);
  const apart = (m: number, n: number) => Math.hypot(m * a[0] + n * b[0], m * a[1] + n * b[1]);
  return Math.min(apart(1, 0), apart(0, 1), apart(1, -1));
}

/** The smallest angle by which the lattice of disks is turned into itself [degrees]: 90 along [001], 180 along [110], 60 along [111]. */
export function diskTurn_deg({ zone }: Pick<LatticeDetector, 'zone'>): 60 | 90 | 180 {
  const { steps, staggered } = zoneOf(zone);
  return staggered ? 60 : steps[0] === steps[1] ? 90 : 180;
}

/** 'λ/(8a)'; of other zones '0.615 × 0.580 mrad', along x and y */
export function pixelText(detector: LatticeDetector): string {
  const [x, y] = perOrder(detector);
  if (!detector.zone && x === y) return `λ/(${x}a)`;
  return `${pixel_mrad(detector)
    .map((side) => quantity(side, '', 3))
    .join(' × ')} mrad`;
}

/** The first thing in which two detectors differ, as 'zone [110] and [001]'; undefined where none is. */
export function detectorDifference(one: LatticeDetector, other: LatticeDetector): string | undefined {
  const each: readonly (readonly [what: string, of: (detector: LatticeDetector) => string])[] = [
    ['zone', zoneText],
    ['voltage', ({ voltage_kV }) => setting(voltage_kV, 'kV')],
    ['convergence', ({ convergence_mrad }) => setting(convergence_mrad, 'mrad')],
    ['lattice parameter', ({ a_A }) => setting(a_A, 'Å')],
    ['pixels', ({ pixels }) => `${pixels} × ${pixels}`],
    ['pixels per order', (detector) => perOrder(detector).join(' × ')],
  ];
  const found = each.find(([, of]) => of(one) !== of(other));
  return found && `${found[0]} ${found[1](one)} and ${found[1](other)}`;
}
