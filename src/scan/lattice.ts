/**
 * The lattice of disks in an aligned mean pattern, by least squares over the places of all disks whose edges can be
 * seen: d(h, k) = c + (λ/a)·M·(h, k) along [001], with the places of the zone's disks for (h, k) elsewhere. Also the disks' radius and the blur of their edges. Errors come from the disks'
 * scatter about the lattice, not from counting statistics, which are smaller.
 */

import { fail } from '../core/errors.ts';
import { breathe, type Task } from '../core/task.ts';
import { type Pair, partsOf } from './calibration.ts';
import { diskOffset } from './centre.ts';
import { type DiskGeometry, fitDisk, type Image, orderPlace, radius_px } from './disk-edge.ts';
import { median, NormalEquations, robustSigma } from './linear.ts';

export interface LatticeFit {
  readonly geometry: DiskGeometry;
  readonly centre: Pair;
  readonly se: {
    readonly rotation_deg: number;
    readonly px_mrad: number;
    readonly ellipse: number;
    readonly radius_mrad: number;
    readonly centre_px: Pair;
  };
  /** Blur of edges in single patterns, which no alignment has smeared [px]. */
  readonly pattern_edge_px: number;
  /** Disks used, and their weighted rms distance from the lattice per axis [px]. */
  readonly disks: number;
  readonly rms_px: number;
  /** The disks that place a single pattern best, (h, k), best first. */
  readonly strongest: readonly Pair[];
}

interface Seen {
  readonly hk: Pair;
  readonly place: Pair;
  /** Variance of the place, mean of both axes [px²]. */
  readonly variance: number;
  readonly step: number;
}

/** No more orders than this in either direction. */
const MAX_ORDER = 15;
const PASSES = 8;
/** Shift of disks outwards that the contrast inside them leaves, over their radius: 0.02 to 0.05 px of 8 px on twin-a, of which it explains the pixel’s error when 9 or 130 disks are seen. */
const EDGE_BIAS = 0.006;

async function look(
  image: Image,
  geometry: DiskGeometry,
  centre: Pair,
  orders: number,
  steady: boolean,
  task: Task,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  const limit = 0.3 * radius_px(geometry);
  for (let h = -orders; h <= orders; h++) {
    await breathe(task);
    for (let k = -orders; k <= orders; k++) {
      const [oy, ox] = diskOffset(geometry, h, k);
      const at: Pair = [centre[0] + oy, centre[1] + ox];
      const fit = fitDisk(image, geometry, at, { rich: true, steady });
      if (!fit) continue;
      const scale = Math.max(fit.misfit, 1e-12);
      const variance = (scale * (fit.covariance[0] + fit.covariance[2])) / 2;
      if (!(variance < 0.25) || Math.hypot(...fit.shift) > limit) continue;
      seen.push({
        hk: [h, k],
        place: [at[0] + fit.shift[0], at[1] + fit.shift[1]],
        variance,
        step: fit.step,
      });
    }
  }
  return seen;
}

/** The blur that explains the strongest disks best: golden-section search over 0.3 … 4 px. */
async function fitBlur(
  image: Image,
  geometry: DiskGeometry,
  centre: Pair,
  disks: readonly Pair[],
  task: Task,
): Promise<number> {
  const cost = (edge_px: number): number => {
    let sum = 0;
    for (const [h, k] of disks) {
      const [oy, ox] = diskOffset(geometry, h, k);
      const fit = fitDisk(image, { ...geometry, edge_px }, [centre[0] + oy, centre[1] + ox], { rich: true });
      sum += fit ? Math.log(fit.misfit + 1e-9) : 0;
    }
    return sum;
  };
  let best = geometry.edge_px;
  let least = cost(best);
  for (const factor of [0.6, 0.75, 0.87, 0.94, 1.06, 1.15, 1.33, 1.6]) {
    await breathe(task);
    const trial = Math.min(4, Math.max(0.3, geometry.edge_px * factor));
    const value = cost(trial);
    if (value < least) [least, best] = [value, trial];
  }
  return best;
}

export interface PlacedImage {
  readonly image: Image;
  readonly centre: Pair;
}

/** How much larger the listed disks are than the geometry says; they are placed first. */
function measureRadius(
  { image, centre }: PlacedImage,
  geometry: DiskGeometry,
  disks: readonly Pair[],
): { growth_px: number; se_px: number } {
  const growths: number[] = [];
  const weights: number[] = [];
  for (const [h, k] of disks) {
    const [oy, ox] = diskOffset(geometry, h, k);
    let at: Pair = [centre[0] + oy, centre[1] + ox];
    let grown = geometry;
    for (let pass = 0; pass < 4; pass++) {
      const fit = fitDisk(image, grown, at, { rich: true, with_radius: true });
      if (!fit || Math.abs(fit.growth) > 0.3 * radius_px(geometry)) break;
      at = [at[0] + fit.shift[0], at[1] + fit.shift[1]];
      grown = { ...grown, radius_mrad: grown.radius_mrad * (1 + fit.growth / radius_px(grown)) };
      if (pass < 3) continue;
      growths.push(radius_px(grown) - radius_px(geometry));
      weights.push(1 / (fit.misfit * fit.growth_variance + 0.02 ** 2));
    }
  }
  const total = weights.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return { growth_px: 0, se_px: Number.NaN };
  const growth_px = growths.reduce((sum, g, i) => sum + g * weights[i]!, 0) / total;
  const scatter = growths.length > 2 ? robustSigma(growths) / Math.sqrt(growths.length - 1) : 0;
  return { growth_px, se_px: Math.hypot(scatter, 1 / Math.sqrt(total)) };
}

/**
 * @param vacuum the direct beam without a specimen, which gives the disks' radius where there is one
 * @throws 'incomplete' where too few disks lie on one lattice; 'aborted'
 */
export async function fitLattice(
  image: Image,
  start: DiskGeometry,
  from: Pair,
  vacuum: PlacedImage | undefined,
  task: Task,
): Promise<LatticeFit> {
  let geometry = start;
  let centre = from;
  let seen: Seen[] = [];
  let tau = 0.05;
  let covariance: Float64Array = new Float64Array(36);
  let weights: number[] = [];
  let radius_se = Number.NaN;
  const vacuum_edge = start.edge_px;
  for (let pass = 0; pass < PASSES; pass++) {
    const orders = pass === 0 ? 1 : pass === 1 ? 2 : pass === 2 ? 4 : MAX_ORDER;
    seen = await look(image, geometry, centre, orders, pass < 3, task);
    if (seen.length < 5) break;
    const g = geometry.spacing_mrad;
    const equations = new NormalEquations(6);
    const solve = (): Float64Array | undefined => {
      equations.a.fill(0);
      equations.b.fill(0);
      for (const [i, disk] of seen.entries()) {
        const [u, v] = orderPlace(geometry.cell, ...disk.hk);
        equations.add([1, 0, g * u, g * v, 0, 0], disk.place[0], weights[i]!);
        equations.add([0, 1, 0, 0, g * u, g * v], disk.place[1], weights[i]!);
      }
      const solved = equations.solve();
      covariance = solved?.inverse ?? covariance;
      return solved?.x;
    };
    weights = seen.map((disk) => 1 / (disk.variance + tau * tau));
    let x = solve();
    for (let robust = 0; robust < 4 && x; robust++) {
      const away = seen.map(({ hk, place }) => {
        const [u, v] = orderPlace(geometry.cell, ...hk);
        return Math.hypot(
          place[0] - x![0]! - g * (x![2]! * u + x![3]! * v),
          place[1] - x![1]! - g * (x![4]! * u + x![5]! * v),
        );
      });
      // Two axes: the median of a Rayleigh distribution is 1.1774 σ.
      tau = Math.max(0.01, median(away.map((d, i) => d * Math.sqrt(weights[i]!))) / 1.1774) * tau;
      tau = Math.min(1, Math.max(0.01, tau));
      weights = seen.map((disk, i) => {
        const variance = disk.variance + tau * tau;
        const u = away[i]! / (5 * Math.sqrt(2 * variance));
        return u < 1 ? (1 - u * u) ** 2 / variance : 0;
      });
      x = solve();
    }
    if (!x) break;
    centre = [x[0]!, x[1]!];
    const map = [
      [x[2]!, x[3]!],
      [x[4]!, x[5]!],
    ] as const;
    const pxPerMrad = radius_px(geometry) / geometry.radius_mrad;
    const measured = measureRadius(
      vacuum ?? { image, centre },
      { ...geometry, map },
      vacuum ? [[0, 0]] : strongest(seen, 9),
    );
    radius_se = measured.se_px / pxPerMrad;
    geometry = { ...geometry, map, radius_mrad: geometry.radius_mrad + measured.growth_px / pxPerMrad };
    if (pass >= 1 && pass < PASSES - 1) {
      geometry = { ...geometry, edge_px: await fitBlur(image, geometry, centre, strongest(seen, 9), task) };
    }
  }
  const kept = seen.filter((_, i) => weights[i]! > 0);
  if (kept.length < 5) {
    fail(
      'incomplete',
      `Only ${kept.length} of the 5 disks that a lattice needs could be placed in the mean pattern.`,
      'Check that the model or the recipe (a_A, zone, voltage_kV, convergence_mrad) is for this scan, and look at the mean pattern: separate disks must be visible.',
      { disks: kept.length },
    );
  }
  // Bilinear interpolation at random offsets blurs by √(1/6) px.
  const own = Math.sqrt(Math.max(0.3 ** 2, geometry.edge_px ** 2 - 1 / 6));
  const pattern_edge_px = vacuum ? vacuum_edge : own;
  return { ...summarise(geometry, centre, seen, weights, covariance, radius_se), pattern_edge_px };
}

/** Disks whose edges are placed best by counting statistics. */
function strongest(seen: readonly Seen[], count: number): Pair[] {
  const order = seen.toSorted((a, b) => a.variance - b.variance);
  return order.slice(0, count).map((disk) => disk.hk);
}

function summarise(
  geometry: DiskGeometry,
  centre: Pair,
  seen: readonly Seen[],
  weights: readonly number[],
  covariance: Float64Array,
  radius_se: number,
): Omit<LatticeFit, 'pattern_edge_px'> {
  let [sum, total, chi2, kept] = [0, 0, 0, 0];
  for (const [i, { hk, place }] of seen.entries()) {
    const w = weights[i]!;
    if (!(w > 0)) continue;
    const [oy, ox] = diskOffset(geometry, ...hk);
    const r2 = (place[0] - centre[0] - oy) ** 2 + (place[1] - centre[1] - ox) ** 2;
    sum += w * r2;
    chi2 += w * r2;
    total += w;
    kept++;
  }
  const scale = chi2 / Math.max(1, 2 * kept - 6);
  // What all disks have in common: their contrast falls outwards, which the model of an edge takes off but for this much. It looks like a larger or smaller pixel.
  const reach = Math.sqrt(
    seen.reduce((all, { hk }, i) => all + weights[i]! * Math.hypot(...diskOffset(geometry, ...hk)) ** 2, 0) / total,
  );
  const common = (EDGE_BIAS * radius_px(geometry)) / reach;
  const here = partsOf(geometry.map);
  // Errors of what is derived from M, by finite differences through its covariance.
  const error = (of: (parts: ReturnType<typeof partsOf>) => number): number => {
    const gradient = [0, 1, 2, 3].map((i) => {
      const rows = geometry.map.map((row) => [...row]) as [[number, number], [number, number]];
      const step = 1e-5 / here.px_mrad;
      rows[i >> 1]![i & 1]! += step;
      return (of(partsOf(rows)) - of(here)) / step;
    });
    let variance = 0;
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) variance += gradient[i]! * gradient[j]! * covariance[(i + 2) * 6 + j + 2]! * scale;
    }
    return Math.sqrt(Math.max(0, variance));
  };
  return {
    geometry,
    centre,
    se: {
      rotation_deg: error((p) => p.rotation_deg),
      px_mrad: Math.hypot(
        error((p) => p.px_mrad),
        common * here.px_mrad,
      ),
      ellipse: Math.hypot(
        error((p) => p.ellipse),
        common,
      ),
      radius_mrad: radius_se,
      centre_px: [Math.sqrt(covariance[0]! * scale), Math.sqrt(covariance[7]! * scale)],
    },
    disks: kept,
    rms_px: Math.sqrt(sum / (2 * total)),
    strongest: strongest(
      seen.filter((_, i) => weights[i]! > 0),
      25,
    ),
  };
}
