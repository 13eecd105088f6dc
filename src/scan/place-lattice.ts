/**
 * The lattice of disks in a sample of patterns and the centre of each: rough centres and a plane through them; the lattice in the aligned mean; which of its disks is
 * the direct beam; every pattern's centre again from its disks' edges, the plane, the mean and the lattice once more. Disks of few pixels are drawn out first.
 */

import { FerroscopeError } from '../core/errors.ts';
import { quantity } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { disksApart_mrad, diskTurn_deg, diskVectors_mrad } from '../diffraction/detector.ts';
import { type BeamAndCrystal, centreAt, type Descan, mapFrom, type Pair } from './calibration.ts';
import { alignedMean, diskOffset, guideDisks, learnScatter } from './centre.ts';
import { type DescanFit, fitDescan, type MeasuredCentre } from './descan-fit.ts';
import { type DirectBeam, directBeam, directBeamSites } from './direct-beam.ts';
import { type DiskGeometry, type Image, radius_px } from './disk-edge.ts';
import { firstLattice } from './first-lattice.ts';
import { fitLattice, type LatticeFit } from './lattice.ts';
import { median } from './linear.ts';
import { descanFrom, descanOnto, from, latticeFrom, magnification, magnify, onto } from './magnify.ts';
import { measureCentres, movedBy } from './pattern-centres.ts';
import { crystalOnly } from './positions.ts';
import { lostWarning, orderWarning, weighOrders } from './scan-order.ts';
import type { Sample } from './survey.ts';

/**
 * Patterns whose centres are measured: in the first round, which only has to straighten the plane, in the second, and in a third
 * where the second has not placed the centre to within this error [px].
 */
const ROUNDS: readonly number[] = [64, 64, 256];
const CENTRE_ERROR_PX = 0.02;
/** Share of centres off the descan up to which no more are measured. */
const SURE_OUTLIERS = 0.05;
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
  readonly plane: DescanFit;
  readonly lattice: LatticeFit;
  readonly direct: DirectBeam;
  /** Aligned mean pattern [ny][nx] of the crystal's positions, counts. */
  readonly mean: Float64Array;
  /** Linear indices of the crystal's patterns, and how many of the sample are of other kinds (positions.ts). */
  readonly indices: readonly number[];
  readonly left_out: Readonly<Record<string, number>>;
  /** What is wrong with the order of the scan, or with its centres. */
  readonly order: string | undefined;
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
  const placed = await refine(
    fine,
    { plane: { ...plane, descan: descanOnto(plane.descan, f) }, centre: onto(begun.guess.centre, f) },
    {
      ...start,
      map: [
        [f * a[0], f * a[1]],
        [f * b[0], f * b[1]],
      ],
    },
    vacuum && { data: magnify(vacuum.data, ny, nx, f), radius: f * vacuum.radius, centre: onto(vacuum.centre, f) },
    { ...options, centre_px: options.centre_px && onto(options.centre_px, f) },
    task,
  ).catch((error) => {
    throw error instanceof FerroscopeError && radius < TOO_SMALL_PX ? tooSmall(radius) : error;
  });
  const descanned = descanFrom(placed.plane, f);
  const { runner_up_px } = placed.direct;
  return {
    ...placed,
    plane: descanned,
    lattice: latticeFrom(placed.lattice, f),
    direct: { ...placed.direct, runner_up_px: runner_up_px && from(runner_up_px, f) },
    mean: await alignedMean(only(sample, placed.indices), descanned.descan, middleOf(sample), task),
  };
}

function only(sample: Sample, indices: readonly number[]): Sample {
  const wanted = new Set(indices);
  return { ...sample, indices, patterns: sample.patterns.filter((_, i) => wanted.has(sample.indices[i]!)) };
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
  begun: { readonly plane: DescanFit; readonly centre: Pair },
  start: DiskGeometry,
  vacuumDisk: VacuumDisk | undefined,
  options: PlaceOptions,
  task: Task,
): Promise<PlacedLattice> {
  const [ry, rx, ny, nx] = sample.shape;
  // The patterns of the crystal, once it is known which are.
  let shown = sample;
  const { counts_per_electron } = options;
  const target = middleOf(sample);
  const image = (data: Float64Array): Image => {
    // Shot noise of a mean, and one part in fifty of the signal for what the model of an edge leaves out.
    const typical = data.reduce((a, b) => a + Math.max(0, b), 0) / data.length;
    return { data, ny, nx, per_count: counts_per_electron, floor: 0.02 * typical * counts_per_electron + 1e-9 };
  };
  const vacuum = vacuumDisk && { image: image(Float64Array.from(vacuumDisk.data)), centre: vacuumDisk.centre };
  const sites = (mean: Float64Array, fit: LatticeFit, descan: Descan) => {
    // From a pattern in the middle of the scan to the mean's frame.
    const [cy, cx] = centreAt(descan, ...descan.middle);
    const inMean = (place: Pair | undefined): Pair | undefined =>
      place && [place[0] - cy + target[0], place[1] - cx + target[1]];
    return directBeamSites(
      { data: mean, ny, nx, electrons_per_count: shown.indices.length / counts_per_electron },
      fit.geometry,
      fit.centre,
      inMean(vacuumDisk?.centre),
      inMean(options.centre_px),
    );
  };

  let { plane } = begun;
  let mean = await alignedMean(sample, plane.descan, target, task);
  let lattice = await fitLattice(image(mean), start, begun.centre, vacuum, task);
  const [first] = sites(mean, lattice, plane.descan);
  if (first && (first.hk[0] !== 0 || first.hk[1] !== 0)) {
    const [dy, dx] = diskOffset(lattice.geometry, ...first.hk);
    plane = { ...plane, descan: movedBy(plane.descan, [lattice.centre[0] + dy, lattice.centre[1] + dx], target) };
    mean = await alignedMean(sample, plane.descan, target, task);
    lattice = await fitLattice(image(mean), lattice.geometry, target, vacuum, task);
  }

  const guides = guideDisks(lattice.strongest);
  const noise = { read: options.read_noise, counts_per_electron };
  const left_out: Record<string, number> = { empty: sample.empty };
  let order: string | undefined;
  let unsure = false;
  for (const [round, count] of ROUNDS.entries()) {
    if (round > 1 && !unsure && Math.max(...plane.centre_se) < CENTRE_ERROR_PX) break;
    const expected = movedBy(plane.descan, lattice.centre, target);
    const found = await measureCentres(shown, count, expected, lattice, guides, noise, task);
    learnScatter(
      guides,
      found.map((one) => one.fit),
    );
    const centres = found.map((one) => one.at);
    const { best, smooth } = fitDescan(centres, [ry, rx]);
    plane = best;
    const { other, suspected } = weighOrders(centres, [ry, rx], best, smooth);
    order = other ? orderWarning(other, [ry, rx]) : lostWarning(best, median(found.map((one) => one.fit.se_px)));
    unsure = order !== undefined || suspected || best !== smooth || best.outliers > SURE_OUTLIERS;
    if (round === 0) {
      const seen = {
        crystal: options,
        map_px_per_mrad: lattice.geometry.map,
        descan: best.descan,
        counts_per_electron,
      };
      const kept = crystalOnly(shown, seen, vacuumDisk?.data);
      shown = kept.sample;
      for (const [kind, n] of Object.entries(kept.left_out)) left_out[kind] = (left_out[kind] ?? 0) + n;
    }
    mean = await alignedMean(shown, plane.descan, target, task);
    // Other crystals may have led the first fit astray.
    const begin = round === 0 && shown !== sample ? start : lattice.geometry;
    lattice = await fitLattice(image(mean), begin, target, vacuum, task);
  }
  const at = movedBy(plane.descan, lattice.centre, target);
  const direct = directBeam(sites(mean, lattice, plane.descan), lattice.geometry, centreAt(at, ...at.middle));
  return { plane: { ...plane, descan: at }, lattice, direct, mean, indices: shown.indices, left_out, order };
}
