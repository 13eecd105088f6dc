/**
 * From the fits to the plain result: names the crystal's axes, derives pixel, rotation and ellipse from M, counts the
 * dose, and says what a user should look at.
 */

import { fixedLabel, percent, quantity } from '../core/numbers.ts';
import { diskTurn_deg, zoneText } from '../diffraction/detector.ts';
import type { BeamAndCrystal, Calibration, Pair } from './calibration.ts';
import { partsOf } from './calibration.ts';
import type { DirectBeam } from './direct-beam.ts';
import type { LatticeFit } from './lattice.ts';
import type { PatternSource } from './pattern-source.ts';
import type { PlaneFit } from './plane-fit.ts';
import { pixel_mrad } from './units.ts';

export interface Fits {
  readonly bad: { readonly hot: readonly number[]; readonly dead: readonly number[] };
  readonly plane: PlaneFit;
  readonly lattice: LatticeFit;
  readonly direct: DirectBeam;
  /** Patterns that were looked at. */
  readonly patterns: number;
  /** The vacuum probe, corrected [qy][qx]. */
  readonly vacuum: Float32Array | undefined;
  readonly mean: Float64Array;
  readonly warnings: string[];
}

/** The calibration that the fits and means (counts, [qy][qx]) of a scan amount to: angles in mrad and degrees, dose in electrons. */
export function conclude(source: PatternSource, beam: BeamAndCrystal, fits: Fits): Calibration {
  const { bad, plane, lattice, direct, patterns, vacuum, mean, warnings } = fits;
  const { counts_per_electron = 1 } = beam;
  const { doubts, ...beamFound } = direct;
  warnings.push(...doubts);
  const map = partsOf(lattice.geometry.map);
  const turn_deg = diskTurn_deg(beam);
  const turned = nearestTurn(map.rotation_deg, beam.rotation_deg, turn_deg);
  const final = turnMap(lattice.geometry.map, turned - map.rotation_deg);
  const here = partsOf(final);
  const vacuum_e = vacuum ? vacuum.reduce((a, b) => a + b, 0) / counts_per_electron : undefined;
  const detected_e = mean.reduce((a, b) => a + b, 0) / counts_per_electron;
  const dose_e = vacuum_e && vacuum_e > 0 ? vacuum_e : detected_e;
  const radius = lattice.geometry.radius_mrad;
  const off = radius / beam.convergence_mrad - 1;
  if (Math.abs(off) > 0.05)
    warnings.push(`The disks' radius is ${quantity(radius, 'mrad')}, ${percent(off, 2)} off the convergence given.`);
  if (lattice.rms_px > 0.3)
    warnings.push(
      `Disks lie ${quantity(lattice.rms_px, 'px', 2)} off their lattice: check the crystal and its orientation.`,
    );
  if (Math.abs(map.ellipse) > 0.05)
    warnings.push(
      `The lattice is ${percent(map.ellipse, 2)} off that of ${zoneText(beam)}: check that this is the zone axis.`,
    );
  if (turn_deg === 60 && beam.rotation_deg === undefined)
    warnings.push(
      'The disks of [111] lie on a lattice that a turn by 60° leaves as it is, the crystal does not: x and y may both point the other way. Give the rotation, to within 30°, where it is known.',
    );
  if (plane.outliers > 0.2)
    warnings.push(`${percent(plane.outliers, 2)} of the centres do not follow the descan plane.`);
  if (detected_e > 1.05 * dose_e)
    warnings.push('The patterns hold more electrons than the vacuum probe: the dose may belong to another exposure.');
  if (!source.dark) {
    const lowest = mean.toSorted()[Math.floor(mean.length / 50)]!;
    if (lowest * mean.length > 0.05 * detected_e * counts_per_electron) {
      warnings.push(
        `There is no dark reference, and the faintest pixels hold ${fixedLabel(lowest)} counts: an offset would falsify dose and intensities.`,
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
      `The file states ${quantity(stated, 'mrad', 4)} per pixel; the lattice says ${quantity(here.px_mrad, 'mrad', 4)}.`,
    );
  }
  const descan = plane.plane;
  return {
    version: 1,
    shape: source.shape,
    crystal: {
      a_A: beam.a_A,
      ...(beam.zone && { zone: beam.zone }),
      voltage_kV: beam.voltage_kV,
      convergence_mrad: beam.convergence_mrad,
    },
    centre0_px: descan.centre_px,
    centre0_se_px: [
      Math.hypot(plane.centre_se[0], lattice.se.centre_px[0]),
      Math.hypot(plane.centre_se[1], lattice.se.centre_px[1]),
    ],
    descan,
    direct_beam: beamFound,
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
      patterns,
      disks: lattice.disks,
    },
    residuals: { centre_rms_px: plane.rms, centre_outliers: plane.outliers, lattice_rms_px: lattice.rms_px },
    warnings,
  };
}

/** The equivalent of a lattice's rotation within half a turn of 0, or nearest to a given one. */
function nearestTurn(rotation: number, wanted: number | undefined, turn_deg: number): number {
  const middle = wanted ?? 0;
  const turned = rotation - turn_deg * Math.round((rotation - middle) / turn_deg);
  return wanted === undefined && turned <= -turn_deg / 2 ? turned + turn_deg : turned;
}

/** M of a crystal whose axes are turned by an angle, M·R(angle): multiples of 90°, exactly, or of 60°. */
function turnMap(map: readonly [Pair, Pair], by_deg: number): [Pair, Pair] {
  const degrees = (((Math.round(by_deg / 30) * 30) % 360) + 360) % 360;
  const [co, si] =
    degrees % 90 === 0 ? QUARTERS[degrees / 90]! : [Math.cos(degrees / RADIAN), Math.sin(degrees / RADIAN)];
  const turned = ([a, b]: Pair): Pair => [a * co + b * si, b * co - a * si];
  return [turned(map[0]), turned(map[1])];
}

const RADIAN = 180 / Math.PI;
/** Cosine and sine of 0, 90, 180 and 270°. */
const QUARTERS: readonly Pair[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];
