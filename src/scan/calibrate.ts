/**
 * Calibration without hand work: from a scan, a known crystal and a known beam to everything that brings its patterns
 * onto a model's detector. In order: bad pixels; a rough centre of every pattern and the descan plane through them; the
 * lattice of disks in the aligned mean; every pattern's centre again from its disks' edges, the plane, the mean and the
 * lattice once more. Large scans are sampled on a regular grid.
 * Knows nothing of the sample's polarization. Frames and signs: see {@link Calibration}.
 */

import { fail } from '../core/errors.ts';
import { fixedLabel, quantity } from '../core/numbers.ts';
import { breathe, quietTask, type Task } from '../core/task.ts';
import { disksApart_mrad, diskTurn_deg, diskVectors_mrad } from '../diffraction/detector.ts';
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
import { conclude } from './conclude.ts';
import { Corrector } from './correct.ts';
import type { DiskGeometry, Image } from './disk-edge.ts';
import { findBadPixels } from './hot-pixels.ts';
import { fitLattice, type LatticeFit } from './lattice.ts';
import { brightest, type LatticeGuess, type SearchOptions, searchLattice } from './lattice-search.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';
import { fitPlane, type MeasuredCentre, type PlaneFit } from './plane-fit.ts';
import { type Sample, survey, takeSample } from './survey.ts';
import { pixel_mrad } from './units.ts';

/**
 * Patterns whose centres are measured: in the first round, which only has to straighten the plane, in the second, and in a third
 * where the second has not placed the centre to within this error [px].
 */
const ROUNDS: readonly number[] = [64, 64, 256];
const CENTRE_ERROR_PX = 0.02;
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
  const spacing_mrad = disksApart_mrad(beam);
  const [alongX, other] = diskVectors_mrad(beam);
  const inUnits = ([x, y]: Pair): Pair => [y / spacing_mrad, x / spacing_mrad];
  const cell = [inUnits(other), inUnits(alongX)] as const;
  const warnings: string[] = [];

  const vacuumDisk = source.vacuum && vacuumRadius(new Corrector(source).apply(source.vacuum.slice()), ny, nx);
  const roughRadius = vacuumDisk?.radius ?? guessRadius(source, beam) ?? Math.min(ny, nx) / 24;
  const sample = await takeSample(source, task);
  const { indices } = sample;
  const first = await survey(sample, roughRadius, source.dark !== undefined, task);
  const bad = findBadPixels(first.parts, indices.length / counts_per_electron, source.dark, ny, nx, hot_sigma);
  const corrector = new Corrector(source, [...bad.hot, ...bad.dead]);
  for (const pattern of sample.patterns) corrector.repair(pattern);
  if (bad.hot.length + bad.dead.length > 0.05 * ny * nx) {
    warnings.push(`${bad.hot.length + bad.dead.length} pixels count as hot or dead: hot_sigma may be too low.`);
  }

  const target: Pair = [(ny - 1) / 2, (nx - 1) / 2];
  const image = (data: Float64Array): Image => {
    // Shot noise of a mean, and one part in fifty of the signal for what the model of an edge leaves out.
    const typical = data.reduce((a, b) => a + Math.max(0, b), 0) / data.length;
    return { data, ny, nx, per_count: counts_per_electron, floor: 0.02 * typical * counts_per_electron + 1e-9 };
  };
  const begun = await firstLattice(sample, first.rough, target, task, {
    spacing_over_radius: spacing_mrad / convergence_mrad,
    cell,
    turn_deg: diskTurn_deg(beam),
    radius_px: vacuumDisk?.radius,
    rotation_deg: beam.rotation_deg,
    rough_px: roughRadius,
    counts_per_electron,
  });
  let { plane, mean } = begun;
  const { guess } = begun;
  const start: DiskGeometry = {
    map: mapFrom(spacing_mrad / guess.spacing_px, guess.rotation_deg),
    radius_mrad: convergence_mrad,
    edge_px: 1,
    spacing_mrad,
    cell,
  };
  const vacuumImage = source.vacuum && corrector.apply(source.vacuum.slice());
  const vacuum = vacuumDisk && { image: image(Float64Array.from(vacuumImage!)), centre: vacuumDisk.centre };
  let lattice = await fitLattice(image(mean), start, guess.centre, vacuum, task);

  const guides = guideDisks(lattice.strongest);
  const noise = { read: first.read_noise, counts_per_electron };
  for (const [round, count] of ROUNDS.entries()) {
    if (round > 1 && Math.max(...plane.centre_se) < CENTRE_ERROR_PX) break;
    const some = thin([...indices.keys()], count);
    const expected = moved(plane.plane, lattice.centre, target);
    const found = await allCentres(sample, some, expected, lattice, guides, noise, task);
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
    mean = await alignedMean(sample, plane.plane, target, task);
    lattice = await fitLattice(image(mean), lattice.geometry, target, vacuum, task);
  }
  return conclude(source, beam, {
    bad,
    plane,
    lattice,
    target,
    patterns: indices.length,
    vacuum: vacuumImage,
    mean,
    warnings,
  });
}

/**
 * Radius and centre [y, x] of the direct beam in a vacuum image [ny][nx], counts, in pixels: the area above half of the plateau, as a circle. Undefined where
 * that is fewer than 8 pixels or more than a quarter of them.
 */
function vacuumRadius(vacuum: Float32Array, ny: number, nx: number): { radius: number; centre: Pair } | undefined {
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
  if (n < 8 || n > size / 4 || !(plateau > 0)) return undefined;
  return { radius: Math.sqrt(n / Math.PI), centre: [sy / n, sx / n] };
}

/** Radius from what the file says about its pixels, where it says so. */
function guessRadius(source: PatternSource, beam: BeamAndCrystal): number | undefined {
  const { q_pixel, q_unit } = source.info;
  if (!q_pixel || !q_unit) return undefined;
  const radius = beam.convergence_mrad / pixel_mrad(q_pixel, q_unit, beam.voltage_kV);
  return radius >= 1.5 && radius < Math.min(source.shape[2], source.shape[3]) / 3 ? radius : undefined;
}

interface FirstOptions extends SearchOptions {
  readonly rough_px: number;
  readonly counts_per_electron: number;
}

/**
 * The first lattice, with the patterns aligned by the rough centres' plane or, where that does not show it better, not
 * aligned at all: rough centres follow the brightest disk, and few of them make a bad plane. @throws 'incomplete'
 */
async function firstLattice(
  sample: Sample,
  rough: readonly MeasuredCentre[],
  target: Pair,
  task: Task,
  options: FirstOptions,
): Promise<{ plane: PlaneFit; mean: Float64Array; guess: LatticeGuess }> {
  const [ry, rx, ny, nx] = sample.shape;
  const fitted = fitPlane(rough, [ry, rx], 0.1);
  const still: PlaneFit = {
    ...fitted,
    plane: { ...fitted.plane, centre_px: target, per_ry_px: [0, 0], per_rx_px: [0, 0] },
  };
  const { radius_px, rotation_deg, spacing_over_radius, cell, turn_deg } = options;
  const lattice = { spacing_over_radius, cell, turn_deg, rotation_deg };
  let best: { plane: PlaneFit; mean: Float64Array; guess: LatticeGuess } | undefined;
  const clear = (guess: LatticeGuess | undefined): guess is LatticeGuess =>
    guess !== undefined && guess.contrast >= LEAST_CONTRAST && guess.significance >= LEAST_SIGNIFICANCE;
  for (const plane of [fitted, still]) {
    const mean = await alignedMean(sample, plane.plane, target, task);
    const scale = sample.indices.length / options.counts_per_electron;
    const image = { counts: Float64Array.from(mean, (v) => Math.max(0, v) * scale), ny, nx };
    const begin = brightest(image, 0.8 * options.rough_px);
    let guess = await searchLattice(image, begin, { ...lattice, radius_px }, task);
    if (!clear(guess) && radius_px !== undefined) {
      guess = await searchLattice(image, begin, lattice, task);
    }
    if (guess && (!best || guess.rank > best.guess.rank)) best = { plane, mean, guess };
  }
  if (best && clear(best.guess)) return best;
  const reached = best
    ? `best edge contrast ${fixedLabel(best.guess.contrast)}, ${quantity(best.guess.significance, 'σ')}`
    : 'no candidate fits the image';
  fail(
    'incomplete',
    `No lattice of diffraction disks was found in the mean pattern (${reached}).`,
    'Check that the model or the recipe (a_A, zone, voltage_kV, convergence_mrad) is for this scan, and that separate disks are visible and in focus; a known scan.rotation_deg narrows the search.',
    { contrast: best?.guess.contrast, significance: best?.guess.significance },
  );
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

/** The centres of the patterns `chosen` of the sample. */
async function allCentres(
  sample: Sample,
  chosen: readonly number[],
  expected: DescanPlane,
  lattice: LatticeFit,
  guides: readonly GuideDisk[],
  noise: { readonly read: number; readonly counts_per_electron: number },
  task: Task,
): Promise<{ at: MeasuredCentre; fit: CentreFit }[]> {
  const [, , ny, nx] = sample.shape;
  const found: { at: MeasuredCentre; fit: CentreFit }[] = [];
  const geometry = { ...lattice.geometry, edge_px: lattice.pattern_edge_px };
  const per_count = noise.counts_per_electron;
  const floor = noise.read ** 2 + 0.1 * per_count ** 2;
  const too_far = (0.4 * geometry.spacing_mrad) / partsOf(geometry.map).px_mrad;
  for (const [i, k] of chosen.entries()) {
    await breathe(task);
    const data = sample.patterns[k]!;
    const [ry, rx] = indexPosition(sample, sample.indices[k]!);
    const begin = centreAt(expected, ry, rx);
    const fit = patternCentre({ data, ny, nx, per_count, floor }, geometry, begin, guides);
    if (fit && Math.hypot(fit.centre[0] - begin[0], fit.centre[1] - begin[1]) < too_far) {
      found.push({ at: { ry, rx, centre: fit.centre }, fit });
    }
    task.progress(i + 1, chosen.length, 'centres');
  }
  return found;
}
