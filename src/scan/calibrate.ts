/**
 * Calibration without hand work: from a scan, a known crystal and a known beam to everything that brings its patterns
 * onto a model's detector. In order: bad pixels; a rough centre of every pattern and the descan plane through them; the
 * lattice of disks in the aligned mean; every pattern's centre again from its disks' edges, the plane, the mean and the
 * lattice once more. Reads the scan four times, holds one pattern at a time; large scans are sampled on a regular grid.
 * Knows nothing of the sample's polarization. Frames and signs: see {@link Calibration}.
 */

import { fail } from '../core/errors.ts';
import { checkAborted, quietTask, type Task } from '../core/task.ts';
import {
  type BeamAndCrystal,
  type Calibration,
  centreAt,
  type DescanPlane,
  mapFrom,
  type Pair,
  partsOf,
} from './calibration.ts';
import { alignedMean, type CentreFit, type GuideDisk, guideDisks, learnScatter, patternCentre } from './centre.ts';
import { Corrector } from './correct.ts';
import type { DiskGeometry, Image } from './disk-edge.ts';
import { findBadPixels } from './hot-pixels.ts';
import { fitLattice, type LatticeFit } from './lattice.ts';
import { brightest, type SearchImage, searchLattice } from './lattice-search.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';
import { fitPlane, type MeasuredCentre, type PlaneFit } from './plane-fit.ts';
import { choosePatterns, survey } from './survey.ts';
import { pixel_mrad, wavelength_A } from './units.ts';

/** Patterns that calibration looks at, at most. */
const PATTERN_LIMIT = 1024;
/** Patterns in the first round of centres, which only has to straighten the plane. */
const FIRST_ROUND = 64;
/** What a lattice must reach: mean edge contrast, and that in standard deviations of counting statistics. */
const LEAST_CONTRAST = 0.04;
const LEAST_SIGNIFICANCE = 8;

/**
 * Calibrates a scan.
 * @throws 'incomplete' where no lattice of disks is found, 'not-finite', 'shape', 'range', 'aborted'
 */
export async function calibrate(
  source: PatternSource,
  beam: BeamAndCrystal,
  task: Task = quietTask,
): Promise<Calibration> {
  const { a_A, voltage_kV, convergence_mrad, hot_sigma = 8, counts_per_electron = 1 } = beam;
  for (const [name, value] of Object.entries({ a_A, voltage_kV, convergence_mrad, hot_sigma, counts_per_electron })) {
    if (!(value > 0 && Number.isFinite(value)))
      fail('range', `${name} is ${value}.`, 'It must be positive.', { name, value });
  }
  const [ry, rx, ny, nx] = source.shape;
  const spacing_mrad = (wavelength_A(voltage_kV) * 1e3) / a_A;
  const warnings: string[] = [];
  const indices = choosePatterns(source, PATTERN_LIMIT);

  const vacuumDisk = source.vacuum && vacuumRadius(new Corrector(source).vacuum()!, ny, nx);
  const roughRadius = vacuumDisk?.radius ?? guessRadius(source, beam) ?? Math.min(ny, nx) / 24;
  const first = await survey(new Corrector(source), indices, roughRadius, task);
  const bad = findBadPixels(first.parts, indices.length / counts_per_electron, source.dark, ny, nx, hot_sigma);
  const corrector = new Corrector(source, [...bad.hot, ...bad.dead]);
  if (bad.hot.length + bad.dead.length > 0.05 * ny * nx) {
    warnings.push(`${bad.hot.length + bad.dead.length} pixels count as hot or dead: hot_sigma may be too low.`);
  }

  let plane = fitPlane(first.rough, [ry, rx], 0.1);
  const target: Pair = [(ny - 1) / 2, (nx - 1) / 2];
  const image = (data: Float64Array): Image => {
    // Shot noise of a mean, and one part in fifty of the signal for what the model of an edge leaves out.
    const typical = data.reduce((a, b) => a + Math.max(0, b), 0) / data.length;
    return { data, ny, nx, per_count: counts_per_electron, floor: 0.02 * typical * counts_per_electron + 1e-9 };
  };

  let mean = await alignedMean(corrector, indices, plane.plane, target, task);
  const guess = guessLattice(
    { counts: Float64Array.from(mean, (v) => (Math.max(0, v) * indices.length) / counts_per_electron), ny, nx },
    {
      ratio: spacing_mrad / convergence_mrad,
      radius: vacuumDisk && mayUseVacuum(vacuumDisk.radius) ? vacuumDisk.radius : undefined,
      rotation: beam.rotation_deg,
      rough: roughRadius,
    },
  );
  const start: DiskGeometry = {
    map: mapFrom(spacing_mrad / guess.spacing_px, guess.rotation_deg),
    radius_mrad: convergence_mrad,
    edge_px: 1,
    spacing_mrad,
  };
  const vacuum = vacuumDisk && { image: image(Float64Array.from(corrector.vacuum()!)), centre: vacuumDisk.centre };
  let lattice = fitLattice(image(mean), start, guess.centre, vacuum);

  const guides = guideDisks(lattice.strongest);
  const noise = { read: first.read_noise, counts_per_electron };
  for (const some of [thin(indices, FIRST_ROUND), indices]) {
    const expected = moved(plane.plane, lattice.centre, target);
    const found = await allCentres(corrector, some, expected, lattice, guides, noise, task);
    if (found.length < Math.max(1, 0.2 * some.length)) {
      fail(
        'incomplete',
        `The centre could be found in only ${found.length} of ${some.length} patterns.`,
        'Check that the disks are visible in single patterns; a higher dose or binned scan positions help.',
        { found: found.length },
      );
    }
    learnScatter(
      guides,
      found.map((one) => one.fit),
    );
    plane = fitPlane(
      found.map((one) => one.at),
      [ry, rx],
    );
    mean = await alignedMean(corrector, indices, plane.plane, target, task);
    lattice = fitLattice(image(mean), lattice.geometry, target, vacuum);
  }
  return finish(source, beam, { bad, plane, lattice, target, indices, corrector, mean, warnings });
}

function mayUseVacuum(radius: number): boolean {
  return radius >= 1.5;
}

/** Radius of the direct beam in a vacuum image: the area above half of the plateau, as a circle. */
export function vacuumRadius(
  vacuum: Float32Array,
  ny: number,
  nx: number,
): { radius: number; centre: Pair } | undefined {
  const sorted = vacuum.toSorted();
  const size = ny * nx;
  // The plateau: the level that the brightest pixels share, hot ones (a few) left out.
  let plateau = sorted[size - 1 - Math.min(size - 1, 30)]!;
  for (let pass = 0; pass < 3; pass++) {
    const above = vacuum.filter((v) => v > plateau / 2);
    if (above.length === 0) return undefined;
    plateau = above.toSorted()[above.length >> 1]!;
  }
  let [n, sy, sx] = [0, 0, 0];
  for (let k = 0; k < size; k++) {
    if (!(vacuum[k]! > plateau / 2)) continue;
    n++;
    sy += Math.floor(k / nx);
    sx += k % nx;
  }
  if (n < 4 || n > size / 4 || !(plateau > 0)) return undefined;
  return { radius: Math.sqrt(n / Math.PI), centre: [sy / n, sx / n] };
}

/** Radius from what the file says about its pixels, where it says so. */
function guessRadius(source: PatternSource, beam: BeamAndCrystal): number | undefined {
  const { q_pixel, q_unit } = source.info;
  if (!q_pixel || !q_unit) return undefined;
  const radius = beam.convergence_mrad / pixel_mrad(q_pixel, q_unit, beam.voltage_kV);
  return radius >= 1.5 && radius < Math.min(source.shape[2], source.shape[3]) / 3 ? radius : undefined;
}

/** @throws 'incomplete' */
function guessLattice(
  image: SearchImage,
  options: { ratio: number; radius?: number | undefined; rotation?: number | undefined; rough: number },
) {
  const spacing_over_radius = options.ratio;
  const begin = brightest(image, 0.8 * options.rough);
  const attempt = (radius_px: number | undefined) =>
    searchLattice(image, begin, { spacing_over_radius, radius_px, rotation_deg: options.rotation });
  let found = attempt(options.radius);
  const weak = (): boolean => !found || found.contrast < LEAST_CONTRAST || found.significance < LEAST_SIGNIFICANCE;
  if (weak() && options.radius !== undefined) found = attempt(undefined);
  if (!found || weak()) {
    const reached = found
      ? `best edge contrast ${found.contrast.toFixed(3)}, ${found.significance.toFixed(1)} sigmas`
      : 'no candidate fits the image';
    fail(
      'incomplete',
      `No lattice of diffraction disks was found in the mean pattern (${reached}).`,
      'Check a_A, voltage_kV and convergence_mrad in the recipe, that the disks are separate and in focus, and (scan.rotation_deg) a rotation given by hand.',
      { contrast: found?.contrast, significance: found?.significance },
    );
  }
  return found;
}

/** The plane, moved by what the lattice's centre says about it. */
function moved(plane: DescanPlane, centre: Pair, target: Pair): DescanPlane {
  return {
    ...plane,
    centre_px: [plane.centre_px[0] + centre[0] - target[0], plane.centre_px[1] + centre[1] - target[1]],
  };
}

/** About `count` of the items, evenly spread. */
function thin<T>(items: readonly T[], count: number): T[] {
  const stride = Math.max(1, Math.round(items.length / count));
  return items.filter((_, i) => i % stride === Math.floor(i / stride) % stride);
}

async function allCentres(
  corrector: Corrector,
  indices: readonly number[],
  expected: DescanPlane,
  lattice: LatticeFit,
  guides: readonly GuideDisk[],
  noise: { readonly read: number; readonly counts_per_electron: number },
  task: Task,
): Promise<{ at: MeasuredCentre; fit: CentreFit }[]> {
  const { source } = corrector;
  const [, , ny, nx] = source.shape;
  const found: { at: MeasuredCentre; fit: CentreFit }[] = [];
  const geometry = { ...lattice.geometry, edge_px: lattice.pattern_edge_px };
  const per_count = noise.counts_per_electron;
  const floor = noise.read ** 2 + 0.1 * per_count ** 2;
  const too_far = (0.4 * geometry.spacing_mrad) / partsOf(geometry.map).px_mrad;
  for (const [i, index] of indices.entries()) {
    checkAborted(task);
    const data = await corrector.read(index, 1);
    const [ry, rx] = indexPosition(source, index);
    const begin = centreAt(expected, ry, rx);
    const fit = patternCentre({ data, ny, nx, per_count, floor }, geometry, begin, guides);
    if (fit && Math.hypot(fit.centre[0] - begin[0], fit.centre[1] - begin[1]) < too_far) {
      found.push({ at: { ry, rx, centre: fit.centre }, fit });
    }
    task.progress(i + 1, indices.length, 'centres');
  }
  return found;
}

interface Parts {
  readonly bad: { readonly hot: readonly number[]; readonly dead: readonly number[] };
  readonly plane: PlaneFit;
  readonly lattice: LatticeFit;
  readonly target: Pair;
  readonly indices: readonly number[];
  readonly corrector: Corrector;
  readonly mean: Float64Array;
  readonly warnings: string[];
}

function finish(source: PatternSource, beam: BeamAndCrystal, parts: Parts): Calibration {
  const { bad, plane, lattice, target, indices, corrector, mean, warnings } = parts;
  const { counts_per_electron = 1 } = beam;
  const map = partsOf(lattice.geometry.map);
  const turned = nearestTurn(map.rotation_deg, beam.rotation_deg);
  const turns = Math.round((turned - map.rotation_deg) / 90);
  const final = turnMap(lattice.geometry.map, turns);
  const here = partsOf(final);
  const vacuum = corrector.vacuum();
  const vacuum_e = vacuum ? vacuum.reduce((a, b) => a + b, 0) / counts_per_electron : undefined;
  const detected_e = mean.reduce((a, b) => a + b, 0) / counts_per_electron;
  const dose_e = vacuum_e && vacuum_e > 0 ? vacuum_e : detected_e;
  const radius = lattice.geometry.radius_mrad;
  const off = radius / beam.convergence_mrad - 1;
  if (Math.abs(off) > 0.05)
    warnings.push(
      `The disks' radius is ${radius.toFixed(2)} mrad, ${(100 * off).toFixed(0)} % off the convergence given.`,
    );
  if (lattice.rms_px > 0.3)
    warnings.push(
      `Disks lie ${lattice.rms_px.toFixed(2)} px off their lattice: check the crystal and its orientation.`,
    );
  if (Math.abs(map.ellipse) > 0.05)
    warnings.push(`The lattice is ${(100 * map.ellipse).toFixed(1)} % off square: check that the zone axis is [001].`);
  if (plane.outliers > 0.2)
    warnings.push(`${(100 * plane.outliers).toFixed(0)} % of the centres do not follow the descan plane.`);
  if (detected_e > 1.05 * dose_e)
    warnings.push('The patterns hold more electrons than the vacuum probe: the dose may belong to another exposure.');
  if (!source.dark) {
    const lowest = mean.toSorted()[Math.floor(mean.length / 50)]!;
    if (lowest * mean.length > 0.05 * detected_e * counts_per_electron) {
      warnings.push(
        `There is no dark reference, and the faintest pixels hold ${lowest.toPrecision(3)} counts: an offset would falsify dose and intensities.`,
      );
    }
  }
  if (!vacuum)
    warnings.push('There is no vacuum probe: the dose is the sum of the patterns and misses what the detector missed.');
  const stated =
    source.info.q_pixel && source.info.q_unit
      ? pixel_mrad(source.info.q_pixel, source.info.q_unit, beam.voltage_kV)
      : undefined;
  if (stated && Math.abs(stated / here.px_mrad - 1) > 0.05) {
    warnings.push(
      `The file states ${stated.toPrecision(4)} mrad per pixel; the lattice says ${here.px_mrad.toPrecision(4)}.`,
    );
  }
  const shift: Pair = [lattice.centre[0] - target[0], lattice.centre[1] - target[1]];
  const descan: DescanPlane = {
    ...plane.plane,
    centre_px: [plane.plane.centre_px[0] + shift[0], plane.plane.centre_px[1] + shift[1]],
  };
  return {
    version: 1,
    shape: source.shape,
    crystal: { a_A: beam.a_A, voltage_kV: beam.voltage_kV, convergence_mrad: beam.convergence_mrad },
    centre0_px: descan.centre_px,
    centre0_se_px: [
      Math.hypot(plane.centre_se[0], lattice.se.centre_px[0]),
      Math.hypot(plane.centre_se[1], lattice.se.centre_px[1]),
    ],
    descan,
    map_px_per_mrad: final,
    rotation_deg: here.rotation_deg,
    rotation_se_deg: lattice.se.rotation_deg,
    px_mrad: here.px_mrad,
    px_se_mrad: lattice.se.px_mrad,
    ellipse_percent: 100 * here.ellipse,
    ellipse_se_percent: 100 * lattice.se.ellipse,
    ellipse_axis_deg: here.axis_deg,
    disk_radius_mrad: radius,
    disk_radius_se_mrad: lattice.se.radius_mrad,
    edge_px: lattice.geometry.edge_px,
    hot_pixels: bad.hot,
    dead_pixels: bad.dead,
    dose_e,
    dose_from: vacuum_e && vacuum_e > 0 ? 'vacuum probe' : 'sum of the patterns',
    counts_per_electron,
    detected_e,
    used: {
      dark: source.dark !== undefined,
      gain: source.gain !== undefined,
      vacuum: vacuum !== undefined,
      patterns: indices.length,
      disks: lattice.disks,
    },
    residuals: { centre_rms_px: plane.rms, centre_outliers: plane.outliers, lattice_rms_px: lattice.rms_px },
    warnings,
  };
}

/** The equivalent of a fourfold lattice's rotation in (−45, 45], or nearest to a given one. */
function nearestTurn(rotation: number, wanted: number | undefined): number {
  const middle = wanted ?? 0;
  const turned = rotation - 90 * Math.round((rotation - middle) / 90);
  return wanted === undefined && turned <= -45 ? turned + 90 : turned;
}

/** M of a crystal whose axes are renamed by a quarter turn, `turns` times: M·R(90°)ⁿ. */
function turnMap(map: readonly [Pair, Pair], turns: number): [Pair, Pair] {
  let [[a, b], [c, d]] = map;
  for (let i = 0; i < ((turns % 4) + 4) % 4; i++) [a, b, c, d] = [b, -a, d, -c];
  return [
    [a, b],
    [c, d],
  ];
}
