/**
 * The centre of one pattern from the edges of its disks, and mean patterns with their centres brought together.
 *
 * All disks of a pattern share one shift. Each gives an estimate with a covariance C from counting statistics; what is
 * left of dynamical contrast adds τ² (a few tenths of a pixel, different for every disk, measured from the scatter over
 * many patterns), so they are averaged with weights (C + τ²)⁻¹; a disk that disagrees by more than three sigmas counts
 * less. Iterated from the expected centre (Gauss–Newton).
 */

import { breathe, type Task } from '../core/task.ts';
import { centreAt, type Descan, type Pair } from './calibration.ts';
import { type DiskGeometry, fitDisk, type Image, orderPlace } from './disk-edge.ts';
import { median, robustSigma } from './linear.ts';
import { indexPosition } from './pattern-source.ts';
import type { Sample } from './survey.ts';

/** τ before it is measured [px]. */
const FIRST_TAU_PX = 0.2;
const ITERATIONS = 4;

/** A disk that centres are taken from. */
export interface GuideDisk {
  readonly hk: Pair;
  /** Error of its place that counting statistics do not explain [px]. */
  tau: number;
}

export function guideDisks(disks: readonly Pair[]): GuideDisk[] {
  return disks.map((hk) => ({ hk, tau: FIRST_TAU_PX }));
}

/** Place of disk (h, k) relative to the centre [px]. */
export function diskOffset(geometry: DiskGeometry, h: number, k: number): Pair {
  const [[a, b], [c, d]] = geometry.map;
  const g = geometry.spacing_mrad;
  const [u, v] = orderPlace(geometry.cell, h, k);
  return [g * (a * u + b * v), g * (c * u + d * v)];
}

export interface CentreFit {
  readonly centre: Pair;
  /** Standard error of the centre per axis, counting statistics and the guides' τ [px]. */
  readonly se_px: number;
  /** Where each guide disk would rather have the centre, relative to it [px]; undefined where it was not seen. */
  readonly misplaced: readonly (Pair | undefined)[];
}

/** The centre [y, x] of a pattern; undefined where its disks' edges do not say. */
export function patternCentre(
  image: Image,
  geometry: DiskGeometry,
  start: Pair,
  guides: readonly GuideDisk[],
): CentreFit | undefined {
  let centre = start;
  let misplaced: (Pair | undefined)[] = [];
  let se_px = 0;
  for (let pass = 0; pass < ITERATIONS; pass++) {
    const here = centre;
    const fits = guides.map(({ hk }) => {
      const [oy, ox] = diskOffset(geometry, ...hk);
      const fit = fitDisk(image, geometry, [here[0] + oy, here[1] + ox], { rich: true });
      // An edge that cannot be told from noise has a covariance larger than a pixel.
      return fit && fit.covariance[0] + fit.covariance[2] < 2 ? fit : undefined;
    });
    const seen = fits.filter((fit) => fit !== undefined);
    if (seen.length === 0) return undefined;
    const middle: Pair = [median(seen.map((fit) => fit.shift[0])), median(seen.map((fit) => fit.shift[1]))];
    let [wyy, wyx, wxx, by, bx] = [0, 0, 0, 0, 0];
    for (const [i, fit] of fits.entries()) {
      if (!fit) continue;
      const tau2 = guides[i]!.tau ** 2;
      const [cyy, cyx, cxx] = [fit.covariance[0] + tau2, fit.covariance[1], fit.covariance[2] + tau2];
      const det = cyy * cxx - cyx * cyx;
      const away = Math.hypot(fit.shift[0] - middle[0], fit.shift[1] - middle[1]) / Math.sqrt(cyy + cxx);
      const trust = (away > 3 && seen.length > 2 ? (3 / away) ** 2 : 1) / det;
      const [iyy, iyx, ixx] = [trust * cxx, -trust * cyx, trust * cyy];
      wyy += iyy;
      wyx += iyx;
      wxx += ixx;
      by += iyy * fit.shift[0] + iyx * fit.shift[1];
      bx += iyx * fit.shift[0] + ixx * fit.shift[1];
    }
    const det = wyy * wxx - wyx * wyx;
    se_px = Math.sqrt((wyy + wxx) / (2 * det));
    let sy = (wxx * by - wyx * bx) / det;
    let sx = (wyy * bx - wyx * by) / det;
    // One Gauss–Newton step holds within about the blur of the edge.
    const length = Math.hypot(sy, sx);
    const limit = 1.5 * geometry.edge_px + 0.5;
    if (length > limit) {
      sy *= limit / length;
      sx *= limit / length;
    }
    centre = [centre[0] + sy, centre[1] + sx];
    misplaced = fits.map((fit) => fit && [fit.shift[0] - sy, fit.shift[1] - sx]);
    if (length < 0.05) break;
  }
  return { centre, se_px, misplaced };
}

/** Measures the guides' τ from many patterns: their scatter about the common centre, never below 0.03 px. */
export function learnScatter(guides: readonly GuideDisk[], fits: readonly CentreFit[]): void {
  for (const [i, guide] of guides.entries()) {
    const seen = fits.map((fit) => fit.misplaced[i]).filter((v) => v !== undefined);
    if (seen.length < 8) continue;
    const spread = (axis: 0 | 1): number =>
      robustSigma(
        seen.map((v) => v[axis]),
        0,
      );
    guide.tau = Math.max(0.03, Math.hypot(spread(0), spread(1)) * Math.SQRT1_2);
  }
}

/**
 * Mean [qy][qx] of the sample's patterns, counts, each moved so that its centre lies at pixel `target` [y, x], by bilinear interpolation (which blurs edges
 * symmetrically and moves none). 0 where fewer than a fifth of the patterns reach. @throws 'aborted'
 */
export async function alignedMean(sample: Sample, descan: Descan, target: Pair, task: Task): Promise<Float64Array> {
  const { indices } = sample;
  const [, , ny, nx] = sample.shape;
  const sum = new Float64Array(ny * nx);
  // How much of a pattern each pixel got, as differences along both axes: every pattern covers a rectangle.
  const cover = new Float64Array((ny + 1) * (nx + 1));
  for (const [i, pattern] of sample.patterns.entries()) {
    await breathe(task);
    const [y, x] = indexPosition(sample, indices[i]!);
    const [cy, cx] = centreAt(descan, y, x);
    addShifted(sum, cover, pattern, ny, nx, target[0] - cy, target[1] - cx);
    task.progress(i + 1, indices.length, 'patterns averaged');
  }
  for (let y = 0; y < ny; y++) {
    for (let x = 0, row = 0; x < nx; x++) {
      const k = y * (nx + 1) + x;
      row += cover[k]!;
      cover[k] = row + (y > 0 ? cover[k - nx - 1]! : 0);
      // A pixel that few patterns reached is too noisy to show.
      sum[y * nx + x] = cover[k]! > 0.2 * indices.length ? sum[y * nx + x]! / cover[k]! : 0;
    }
  }
  return sum;
}

function addShifted(
  sum: Float64Array,
  cover: Float64Array,
  pattern: Float32Array,
  ny: number,
  nx: number,
  sy: number,
  sx: number,
): void {
  const jy = Math.floor(sy);
  const jx = Math.floor(sx);
  const fy = sy - jy;
  const fx = sx - jx;
  for (const [dy, dx, w] of [
    [jy, jx, (1 - fy) * (1 - fx)],
    [jy, jx + 1, (1 - fy) * fx],
    [jy + 1, jx, fy * (1 - fx)],
    [jy + 1, jx + 1, fy * fx],
  ] as const) {
    if (Math.abs(dy) >= ny || Math.abs(dx) >= nx) continue;
    const [top, bottom] = [Math.max(0, dy), Math.min(ny, ny + dy)];
    const [left, right] = [Math.max(0, dx), Math.min(nx, nx + dx)];
    cover[top * (nx + 1) + left]! += w;
    cover[top * (nx + 1) + right]! -= w;
    cover[bottom * (nx + 1) + left]! -= w;
    cover[bottom * (nx + 1) + right]! += w;
  }
  // Rows first, then both rows of the pattern that a row of the sum gets its share from.
  const mixed = new Float64Array(2 * (nx + 1));
  const mix = (row: number): Float64Array => {
    const into = mixed.subarray((row & 1) * (nx + 1), ((row & 1) + 1) * (nx + 1));
    if (row < 0 || row >= ny) return into.fill(0);
    let before = 0;
    for (let x = 0; x < nx; x++) {
      const value = pattern[row * nx + x]!;
      into[x] = (1 - fx) * value + fx * before;
      before = value;
    }
    into[nx] = fx * before;
    return into;
  };
  let upper = mix(Math.max(0, jy) - jy - 1);
  for (let y = Math.max(0, jy); y < Math.min(ny, ny + jy + 1); y++) {
    const lower = mix(y - jy);
    const base = y * nx;
    const to = Math.min(nx, nx + 1 + jx);
    for (let x = Math.max(0, jx); x < to; x++) sum[base + x]! += (1 - fy) * lower[x - jx]! + fy * upper[x - jx]!;
    upper = lower;
  }
}
