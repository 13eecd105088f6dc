/**
 * Where a lattice of disks that is longer one way comes from: the camera (pixels that are no squares, an ellipse of the lenses) or the crystal (a cell that is longer one
 * way in the plane). Both make the same lattice, and M takes both off; only the direct beam tells them apart, for a round aperture's beam has the camera's shape whatever
 * the crystal. With weights w = min(1, I/plateau) of the vacuum probe its second moments are those of an ellipse of half axes r·(1 ± e/2):
 *   (T₁ − T₂)/(T₁ + T₂) = e,   T = Σw·d·dᵀ/Σw about its middle,
 * taken along the axis in which the lattice is longest. Without a vacuum probe it is not told.
 *
 * What this is not: a measurement of M.
 */

import { decimalLabel, percent, quantity } from '../core/numbers.ts';
import { type Calibration, type Pair, partsOf, type Quad } from './calibration.ts';

export type Stretch = NonNullable<Calibration['stretch']>;

/** Ellipse from which on it is said, above what lenses commonly do [fraction], and standard errors of it. */
const WORTH = 0.015;
const ERRORS = 5;
/** Error of the probe's shape beside counting: its edge is some pixels' [fraction of a pixel over the radius]. */
const SHAPE_PX = 0.04;
/** Standard errors of the probe's shape that the lattice's ellipse must exceed for the probe to tell. */
const SURE = 3;
/** Directions this near to the camera's axes look like pixels, nearer to the crystal's like a cell [degrees]. */
const ALONG_DEG = 10;

/** The direct beam without a specimen: counts [ny][nx], corrected; its disk's centre [y, x] and radius [px]. */
export interface Probe {
  readonly data: Float32Array;
  readonly centre: Pair;
  readonly radius: number;
}

/** What stretches the lattice of disks, and what tells; undefined where it is little. @param map M @param ellipse_se of its ellipse [fraction] @param nx columns of the camera */
export function stretchOf(map: Quad, ellipse_se: number, probe: Probe | undefined, nx: number): Stretch | undefined {
  const { ellipse, axis_deg } = partsOf(map);
  if (ellipse < WORTH || ellipse < ERRORS * ellipse_se) return undefined;
  const on_camera_deg = cameraAxis_deg(map);
  const sides = { pixel_mrad: pixelSides_mrad(map), on_camera_deg };
  if (probe) {
    const own = probeEllipse(probe.data, nx, probe.centre, probe.radius, on_camera_deg);
    const se = SHAPE_PX / probe.radius;
    if (ellipse > SURE * se) {
      const cause = own > ellipse / 2 ? 'camera' : 'crystal';
      return { ...sides, cause, told_by: 'vacuum probe', probe_percent: 100 * own, probe_se_percent: 100 * se };
    }
  }
  const [pixels, cell] = [offAxis(on_camera_deg), offAxis(axis_deg)];
  if (pixels > ALONG_DEG === cell > ALONG_DEG) return { ...sides, cause: 'camera', told_by: 'nothing' };
  return { ...sides, cause: pixels < cell ? 'camera' : 'crystal', told_by: 'direction' };
}

/** Direction on the camera in which its picture is longest, from y towards x, in (−90, 90] [degrees]. */
function cameraAxis_deg([[a, b], [c, d]]: Quad): number {
  return (Math.atan2(2 * (a * c + b * d), a * a + b * b - c * c - d * d) * 90) / Math.PI;
}

/** How far a direction is from the nearest axis [degrees]. */
const offAxis = (degrees: number): number => Math.abs(degrees - 90 * Math.round(degrees / 90));

/** What is said of it, in words. @param ellipse_percent of the lattice */
export function stretchText(
  { cause, told_by, pixel_mrad: [y, x], on_camera_deg, probe_percent = 0, probe_se_percent = 0 }: Stretch,
  ellipse_percent: number,
): string {
  const long = percent(ellipse_percent / 100, 2);
  const shape = `${decimalLabel(probe_percent, 1)} ± ${decimalLabel(probe_se_percent, 1)} %`;
  const way = `along ${decimalLabel(on_camera_deg, 0)}° on the camera (y towards x)`;
  const pixels = `${quantity(y, 'mrad', 4)} along y and ${quantity(x, 'mrad', 4)} along x`;
  if (cause === 'crystal') {
    const by =
      told_by === 'vacuum probe'
        ? `the vacuum probe is not (${shape})`
        : 'that is along an axis of the crystal and none of the camera';
    return `The lattice of disks is ${long} longer ${way}, and ${by}: the crystal's cell is not square in the plane, as where a tetragonal one has its c axis there, or this is not the zone axis. It is taken for square, as the model's is: take a model of that cell, or check the zone axis.`;
  }
  const camera =
    offAxis(on_camera_deg) <= ALONG_DEG
      ? `the camera's pixels are no squares (${pixels})`
      : `the camera's picture is stretched, as by an ellipse of the lenses (pixels of ${pixels})`;
  if (told_by === 'nothing') {
    return `The lattice of disks is ${long} longer ${way}. Assumed: ${camera}, which is taken off. A crystal whose cell is not square in the plane, as a tetragonal one with its c axis there, would look the same: give a vacuum probe (--vacuum), whose shape tells.`;
  }
  const by = told_by === 'vacuum probe' ? `so is the vacuum probe (${shape})` : 'that is along no axis of the crystal';
  return `The lattice of disks is ${long} longer ${way}, and ${by}: ${camera}. It is taken off; nothing is to be done where the camera is known for it.`;
}

/** Sizes that a file which states one number for a pixel may mean [mrad]: the mean, or that along either axis where the camera stretches. */
export function statedAs_mrad({ px_mrad, stretch }: Pick<Calibration, 'px_mrad' | 'stretch'>): readonly number[] {
  return stretch?.cause === 'camera' ? [px_mrad, ...stretch.pixel_mrad] : [px_mrad];
}

/** Pixel along y and x [mrad]: how far one step along rows or columns leads. */
export function pixelSides_mrad([[a, b], [c, d]]: Quad): Pair {
  const det = a * d - b * c;
  return [Math.hypot(d, c) / Math.abs(det), Math.hypot(b, a) / Math.abs(det)];
}

/** Ellipse of the image of a disk along the direction `axis_deg` of the camera, from y towards x [fraction]. @param vacuum [ny][nx], counts @param radius_px about that of the disk */
export function probeEllipse(
  vacuum: Float32Array,
  nx: number,
  centre: Pair,
  radius_px: number,
  axis_deg: number,
): number {
  const ny = vacuum.length / nx;
  const reach = Math.ceil(1.6 * radius_px);
  const inside: number[] = [];
  const [cy, cx] = [Math.round(centre[0]), Math.round(centre[1])];
  const within = (visit: (v: number, y: number, x: number) => void): void => {
    for (let y = Math.max(0, cy - reach); y <= Math.min(ny - 1, cy + reach); y++)
      for (let x = Math.max(0, cx - reach); x <= Math.min(nx - 1, cx + reach); x++) visit(vacuum[y * nx + x]!, y, x);
  };
  within((v, y, x) => {
    if (Math.hypot(y - centre[0], x - centre[1]) < 0.7 * radius_px) inside.push(v);
  });
  const plateau = inside.toSorted((a, b) => a - b)[inside.length >> 1]!;
  let [n, sy, sx, syy, syx, sxx] = [0, 0, 0, 0, 0, 0];
  within((v, y, x) => {
    const share = v / plateau;
    const w = share < 0.1 ? 0 : Math.min(1, share);
    const [dy, dx] = [y - centre[0], x - centre[1]];
    n += w;
    sy += w * dy;
    sx += w * dx;
    syy += w * dy * dy;
    syx += w * dy * dx;
    sxx += w * dx * dx;
  });
  const [tyy, tyx, txx] = [syy / n - (sy / n) ** 2, syx / n - (sy * sx) / n ** 2, sxx / n - (sx / n) ** 2];
  const double = (axis_deg * Math.PI) / 90;
  return ((tyy - txx) * Math.cos(double) + 2 * tyx * Math.sin(double)) / (tyy + txx);
}
