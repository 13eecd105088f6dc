/**
 * The lattice of disks in a sample of patterns and the centre of each: rough centres and a plane through them; the lattice in the aligned mean; which of its disks is
 * the direct beam; every pattern's centre again from its disks' edges, the plane, the mean and the lattice once more. Disks of few pixels are drawn out first.
 */

import { FerroscopeError, fail } from '../core/errors.ts';
import { fixedLabel, quantity } from '../core/numbers.ts';
import { breathe, type Task } from '../core/task.ts';
import { disksApart_mrad, diskTurn_deg, diskVectors_mrad } from '../diffraction/detector.ts';
import { type BeamAndCrystal, centreAt, type DescanPlane, mapFrom, type Pair, partsOf } from './calibration.ts';
import {
  alignedMean,
  type CentreFit,
  diskOffset,
  type GuideDisk,
  guideDisks,
  learnScatter,
  patternCentre,
} from './centre.ts';
import { type DirectBeam, directBeam, directBeamSites } from './direct-beam.ts';
import { type DiskGeometry, type Image, radius_px } from './disk-edge.ts';
import { fitLattice, type LatticeFit } from './lattice.ts';
import { brightest, type LatticeGuess, type SearchOptions, searchLattice } from './lattice-search.ts';
import { from, latticeFrom, magnification, magnify, onto, planeFrom } from './magnify.ts';
import { indexPosition } from './pattern-source.ts';
import { fitPlane, type MeasuredCentre, type PlaneFit } from './plane-fit.ts';
import type { Sample } from './survey.ts';

/**
 * Patterns whose centres are measured: in the first round, which only has to straighten the plane, in the second, and in a third
 * where the second has not placed the centre to within this error [px].
 */
const ROUNDS: readonly number[] = [64, 64, 256];
const CENTRE_ERROR_PX = 0.02;
/** What a lattice must reach: mean edge contrast, and that in standard deviations of counting statistics. */
const LEAST_CONTRAST = 0.04;
const LEAST_SIGNIFICANCE = 8;

/** Radius below which a failure is put down to it [px]. */
const TOO_SMALL_PX = 2.6;

/** The direct beam without a specimen: counts [ny][nx], corrected, its disk's radius and centre [y, x] [px]. */
export interface VacuumDisk {
  readonly data: Float32Array;
  readonly radius: number;
  readonly centre: Pair;
}

export interface PlaceOptions extends BeamAndCrystal {
  readonly counts_per_electron: number;
  /** A first idea of the disks' radius [px]. */
  readonly rough_px: number;
  /** Noise without electrons, rms per pattern and pixel [counts]. */
  readonly read_noise: number;
}

export interface PlacedLattice {
  /** The descan, its centre where the lattice has it. */
  readonly plane: PlaneFit;
  readonly lattice: LatticeFit;
  readonly direct: DirectBeam;
  /** Aligned mean pattern [ny][nx], counts. */
  readonly mean: Float64Array;
}

/**
 * @param sample patterns, counts, corrected; `rough` their rough centres
 * @throws 'incomplete' where no lattice is found, where it is undecided which disk is the direct beam, or where single patterns do not show their disks; 'aborted'
 */
export async function placeLattice(
  sample: Sample,
  rough: readonly MeasuredCentre[],
  vacuum: VacuumDisk | undefined,
  options: PlaceOptions,
  task: Task,
): Promise<PlacedLattice> {
  const [, , ny, nx] = sample.shape;
  const { convergence_mrad, counts_per_electron } = options;
  const spacing_mrad = disksApart_mrad(options);
  const [alongX, other] = diskVectors_mrad(options);
  const inUnits = ([x, y]: Pair): Pair => [y / spacing_mrad, x / spacing_mrad];
  const cell = [inUnits(other), inUnits(alongX)] as const;
  const begun = await firstLattice(sample, rough, middleOf(sample), task, {
    spacing_over_radius: spacing_mrad / convergence_mrad,
    cell,
    turn_deg: diskTurn_deg(options),
    radius_px: vacuum?.radius,
    rotation_deg: options.rotation_deg,
    rough_px: options.rough_px,
    counts_per_electron,
  });
  const start: DiskGeometry = {
    map: mapFrom(spacing_mrad / begun.guess.spacing_px, begun.guess.rotation_deg),
    radius_mrad: convergence_mrad,
    edge_px: 1,
    spacing_mrad,
    cell,
  };
  const radius = radius_px(start);
  const f = magnification(radius);
  if (f === 1) return refine(sample, { ...begun, centre: begun.guess.centre }, start, vacuum, options, task);
  const fine: Sample = {
    ...sample,
    shape: [sample.shape[0], sample.shape[1], f * ny, f * nx],
    patterns: sample.patterns.map((pattern) => magnify(pattern, ny, nx, f)),
  };
  const [a, b] = start.map;
  const { plane } = begun;
  const descan: DescanPlane = {
    ...plane.plane,
    centre_px: onto(plane.plane.centre_px, f),
    per_ry_px: [f * plane.plane.per_ry_px[0], f * plane.plane.per_ry_px[1]],
    per_rx_px: [f * plane.plane.per_rx_px[0], f * plane.plane.per_rx_px[1]],
  };
  const placed = await refine(
    fine,
    { plane: { ...plane, plane: descan }, centre: onto(begun.guess.centre, f) },
    {
      ...start,
      map: [
        [f * a[0], f * a[1]],
        [f * b[0], f * b[1]],
      ],
    },
    vacuum && { data: magnify(vacuum.data, ny, nx, f), radius: f * vacuum.radius, centre: onto(vacuum.centre, f) },
    options,
    task,
  ).catch((error) => {
    throw error instanceof FerroscopeError && radius < TOO_SMALL_PX ? tooSmall(radius) : error;
  });
  const descanned = planeFrom(placed.plane, f);
  const { runner_up_px } = placed.direct;
  return {
    plane: descanned,
    lattice: latticeFrom(placed.lattice, f),
    direct: { ...placed.direct, runner_up_px: runner_up_px && from(runner_up_px, f) },
    mean: await alignedMean(sample, descanned.plane, middleOf(sample), task),
  };
}

function tooSmall(radius: number): FerroscopeError {
  return new FerroscopeError(
    'incomplete',
    `The disks have a radius of ${quantity(radius, 'px', 2)} on this camera: too few pixels to place their edges.`,
    'Bin the camera less, or record with a longer camera length or a larger convergence angle: 3 px and more serve.',
    { radius_px: radius },
  );
}

const middleOf = ({ shape }: Sample): Pair => [(shape[2] - 1) / 2, (shape[3] - 1) / 2];

/** From a first lattice with its centre in the mean aligned along its plane: lattice, direct beam and centres, each by the others. */
async function refine(
  sample: Sample,
  begun: { readonly plane: PlaneFit; readonly centre: Pair },
  start: DiskGeometry,
  vacuumDisk: VacuumDisk | undefined,
  options: PlaceOptions,
  task: Task,
): Promise<PlacedLattice> {
  const { indices } = sample;
  const [ry, rx, ny, nx] = sample.shape;
  const { counts_per_electron } = options;
  const target = middleOf(sample);
  const image = (data: Float64Array): Image => {
    // Shot noise of a mean, and one part in fifty of the signal for what the model of an edge leaves out.
    const typical = data.reduce((a, b) => a + Math.max(0, b), 0) / data.length;
    return { data, ny, nx, per_count: counts_per_electron, floor: 0.02 * typical * counts_per_electron + 1e-9 };
  };
  const vacuum = vacuumDisk && { image: image(Float64Array.from(vacuumDisk.data)), centre: vacuumDisk.centre };
  const sites = (mean: Float64Array, fit: LatticeFit, descan: DescanPlane) =>
    directBeamSites(
      { data: mean, ny, nx, electrons_per_count: indices.length / counts_per_electron },
      fit.geometry,
      fit.centre,
      // Where the vacuum probe is in a pattern of the middle of the scan, brought to the mean's frame.
      vacuumDisk && [
        vacuumDisk.centre[0] - descan.centre_px[0] + target[0],
        vacuumDisk.centre[1] - descan.centre_px[1] + target[1],
      ],
    );

  let { plane } = begun;
  let mean = await alignedMean(sample, plane.plane, target, task);
  let lattice = await fitLattice(image(mean), start, begun.centre, vacuum, task);
  const [first] = sites(mean, lattice, plane.plane);
  if (first && (first.hk[0] !== 0 || first.hk[1] !== 0)) {
    const [dy, dx] = diskOffset(lattice.geometry, ...first.hk);
    plane = { ...plane, plane: moved(plane.plane, [lattice.centre[0] + dy, lattice.centre[1] + dx], target) };
    mean = await alignedMean(sample, plane.plane, target, task);
    lattice = await fitLattice(image(mean), lattice.geometry, target, vacuum, task);
  }

  const guides = guideDisks(lattice.strongest);
  const noise = { read: options.read_noise, counts_per_electron };
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
  const at = moved(plane.plane, lattice.centre, target);
  const direct = directBeam(sites(mean, lattice, plane.plane), lattice.geometry, at.centre_px);
  return { plane: { ...plane, plane: at }, lattice, direct, mean };
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
