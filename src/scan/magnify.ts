/**
 * Patterns whose disks are only a few pixels wide, drawn out onto finer pixels, so that the model of an edge (disk-edge.ts) has as many as its harmonics need: below
 * six pixels of radius the contrast inside a disk moves its edge otherwise (pixel size +0.6% at 4.2 px, +1.2% at 2.8 px). Cubic interpolation (Catmull and Rom, 1974)
 * along both axes; a pattern's counts stay what they were. Lengths on the fine grid: F = f·(c + ½) − ½, c on the camera's, f the factor.
 *
 * What this is not: more information. Neighbouring fine pixels err together, so that errors are taken from scatter, never from counting.
 */

import type { Descan, Pair } from './calibration.ts';
import type { DescanFit } from './descan-fit.ts';
import type { LatticeFit } from './lattice.ts';

/** Radius that a disk should have [px]. */
const WANTED_RADIUS_PX = 6;
/** Disks smaller than this are drawn out [px]. */
const SMALL_RADIUS_PX = 3.5;
const MOST = 4;

/** By how much patterns with disks of this radius [px] are drawn out: 1, 2, 3 or 4. */
export function magnification(radius_px: number): number {
  return radius_px < SMALL_RADIUS_PX ? Math.min(MOST, Math.ceil(WANTED_RADIUS_PX / radius_px)) : 1;
}

/** An image [ny][nx] as [f·ny][f·nx], its sum kept. */
export function magnify(image: ArrayLike<number>, ny: number, nx: number, f: number): Float32Array {
  const weights = Array.from({ length: f }, (_, i) => catmullRom((i + 0.5) / f - 0.5));
  const clamp = (i: number, n: number): number => Math.min(n - 1, Math.max(0, i));
  const wide = new Float32Array(ny * nx * f);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      for (const [i, { from, w }] of weights.entries()) {
        let sum = 0;
        for (let k = 0; k < 4; k++) sum += w[k]! * image[y * nx + clamp(x + from + k, nx)]!;
        wide[(y * nx + x) * f + i] = sum;
      }
    }
  }
  const out = new Float32Array(ny * nx * f * f);
  const row = nx * f;
  for (let y = 0; y < ny; y++) {
    for (const [i, { from, w }] of weights.entries()) {
      const to = (y * f + i) * row;
      for (let k = 0; k < 4; k++) {
        const at = clamp(y + from + k, ny) * row;
        const weight = w[k]! / (f * f);
        for (let x = 0; x < row; x++) out[to + x]! += weight * wide[at + x]!;
      }
    }
  }
  return out;
}

/** Weights of four neighbours for a place `t` in (−½, ½) from pixel 0; the first neighbour is pixel `from`. */
function catmullRom(t: number): { from: number; w: [number, number, number, number] } {
  const from = t < 0 ? -2 : -1;
  const u = t < 0 ? t + 1 : t;
  return {
    from,
    w: [
      (-u + 2 * u * u - u ** 3) / 2,
      (2 - 5 * u * u + 3 * u ** 3) / 2,
      (u + 4 * u * u - 3 * u ** 3) / 2,
      (-u * u + u ** 3) / 2,
    ],
  };
}

/** A place on the fine grid from one on the camera's. */
export const onto = (place: Pair, f: number): Pair => [f * (place[0] + 0.5) - 0.5, f * (place[1] + 0.5) - 0.5];
/** And back. */
export const from = (place: Pair, f: number): Pair => [(place[0] + 0.5) / f - 0.5, (place[1] + 0.5) / f - 0.5];
const shorter = ([y, x]: Pair, f: number): [number, number] => [y / f, x / f];

/** A descan on a grid `f` times as fine. */
export function descanOnto(descan: Descan, f: number): Descan {
  return scaled(descan, onto(descan.centre_px, f), 1 / f);
}

/** A descan fitted on the fine grid, on the camera's. */
export function descanFrom(fit: DescanFit, f: number): DescanFit {
  return {
    ...fit,
    descan: scaled(fit.descan, from(fit.descan.centre_px, f), f),
    centre_se: shorter(fit.centre_se, f),
    rms: fit.rms / f,
    sigma: fit.sigma / f,
  };
}

function scaled(descan: Descan, centre_px: Pair, by: number): Descan {
  return {
    ...descan,
    centre_px: [...centre_px],
    per_ry_px: [...shorter(descan.per_ry_px, by)],
    per_rx_px: [...shorter(descan.per_rx_px, by)],
    bend: descan.bend.map((one) => ({ ...one, px: [...shorter(one.px, by)] })),
    jumps: descan.jumps.map((one) => ({ ...one, px: [...shorter(one.px, by)] })),
  };
}

/** A lattice fitted on the fine grid, on the camera's. */
export function latticeFrom(fit: LatticeFit, f: number): LatticeFit {
  const [a, b] = fit.geometry.map;
  return {
    ...fit,
    geometry: { ...fit.geometry, map: [shorter(a, f), shorter(b, f)], edge_px: fit.geometry.edge_px / f },
    centre: from(fit.centre, f),
    se: { ...fit.se, px_mrad: fit.se.px_mrad * f, centre_px: shorter(fit.se.centre_px, f) },
    pattern_edge_px: fit.pattern_edge_px / f,
    rms_px: fit.rms_px / f,
  };
}
