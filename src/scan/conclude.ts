/**
 * From the fits to the plain result: names the crystal's axes, derives pixel, rotation and ellipse from M, counts the
 * dose, and says what a user should look at.
 */

import { percent, quantity } from '../core/numbers.ts';
import { diskTurn_deg } from '../diffraction/detector.ts';
import type { BeamAndCrystal, Calibration } from './calibration.ts';
import { centreAt, partsOf } from './calibration.ts';
import type { DescanFit } from './descan-fit.ts';
import type { DirectBeam } from './direct-beam.ts';
import type { Exposure } from './exposure.ts';
import { hiddenDisks, hiddenText } from './hidden-disks.ts';
import type { LatticeFit } from './lattice.ts';
import { orient } from './orientation.ts';
import type { PatternSource } from './pattern-source.ts';
import { type Probe, statedAs_mrad, stretchOf, stretchText } from './stretch.ts';
import { pixel_mrad } from './units.ts';
import { vacuumDose } from './vacuum-exposure.ts';

export interface Fits {
  readonly bad: { readonly hot: readonly number[]; readonly dead: readonly number[] };
  readonly plane: DescanFit;
  readonly lattice: LatticeFit;
  readonly direct: DirectBeam;
  /** Patterns of the crystal that were looked at, and others that were left out, by kind. */
  readonly patterns: number;
  /** What was done to the counts; its vacuum probe with bad pixels replaced. */
  readonly exposure: Exposure;
  readonly probe: Probe | undefined;
  readonly left_out: Readonly<Record<string, number>>;
  /** What is wrong with the order of the scan, or with its centres. */
  readonly order: string | undefined;
  readonly mean: Float64Array;
  readonly warnings: string[];
}

/** The calibration that the fits and means (counts, [qy][qx]) of a scan amount to: angles in mrad and degrees, dose in electrons. */
export function conclude(source: PatternSource, beam: BeamAndCrystal, fits: Fits): Calibration {
  const { bad, plane, lattice, direct, patterns, left_out, order, exposure, probe, mean, warnings } = fits;
  const { vacuum, counts_per_electron, counts_from, treatment, picture } = exposure;
  const { doubts, ...beamFound } = direct;
  warnings.push(...doubts);
  const turn_deg = diskTurn_deg(beam);
  const known = { file: source.info.turned, flips: source.flips, rotation_deg: beam.rotation_deg };
  const { map: final, orientation, warnings: conflicts } = orient(lattice.geometry.map, known, turn_deg);
  warnings.push(...conflicts);
  const here = partsOf(final);
  const { descan } = plane;
  const on_camera = centreAt(descan, ...descan.middle);
  const hidden = hiddenDisks(
    { mean, nx: source.shape[3], centre: lattice.centre, dead: bad.dead, on_camera },
    lattice.geometry,
    turn_deg,
  );
  const recorded = mean.reduce((a, b) => a + b, 0);
  const detected = recorded + (hidden?.counts ?? 0);
  const [y0, y1, x0, x1] = picture.area;
  const dose = vacuum
    ? vacuumDose(
        vacuum.reduce((a, b) => a + b, 0),
        detected,
        {
          a_A: beam.a_A,
          voltage_kV: beam.voltage_kV,
          outer_mrad: (Math.min(y1 - y0, x1 - x0) / 2) * here.px_mrad,
          disks: lattice.disks,
          saturated: exposure.saturated !== undefined,
        },
      )
    : ({ counts: detected, from: 'sum of the patterns', said: [] } as const);
  warnings.push(...dose.said);
  const dosed = { dose_e: dose.counts / counts_per_electron, dose_from: dose.from };
  const hidden_share = hidden ? hidden.counts / detected : 0;
  if (hidden) warnings.push(hiddenText(hidden, hidden_share, dosed));
  const radius = lattice.geometry.radius_mrad;
  const off = radius / beam.convergence_mrad - 1;
  if (Math.abs(off) > 0.05)
    warnings.push(
      `The disks' radius is ${quantity(radius, 'mrad')}, ${percent(off, 2)} off the convergence given: check the convergence semi-angle, or take a model for this one; a camera that blurs shows disks some per cent small.`,
    );
  if (lattice.rms_px > 0.3)
    warnings.push(
      `Disks lie ${quantity(lattice.rms_px, 'px', 2)} off their lattice: check the crystal and its orientation.`,
    );
  const stretch = stretchOf(final, lattice.se.ellipse, probe, source.shape[3]);
  if (stretch) warnings.push(stretchText(stretch, 100 * here.ellipse));
  if (turn_deg === 60 && beam.rotation_deg === undefined)
    warnings.push(
      'The disks of [111] lie on a lattice that a turn by 60° leaves as it is, the crystal does not: x and y may both point the other way. Give the rotation, to within 30°, where it is known.',
    );
  if (!vacuum)
    warnings.push(
      'There is no vacuum probe: the dose is the sum of the patterns and misses what the detector missed. Give one with --vacuum where there is one.',
    );
  const stated =
    source.info.q_pixel && source.info.q_unit
      ? pixel_mrad(source.info.q_pixel, source.info.q_unit, beam.voltage_kV)
      : undefined;
  const sizes = statedAs_mrad({ px_mrad: here.px_mrad, ...(stretch && { stretch }) });
  if (stated && sizes.every((size) => Math.abs(stated / size - 1) > 0.05)) {
    warnings.push(
      `The file states ${quantity(stated, 'mrad', 4)} per pixel; the lattice says ${quantity(here.px_mrad, 'mrad', 4)}, which is taken: check the camera length, binning, and that the scan is of this crystal; --pixel puts another in its place.`,
    );
  }
  return {
    version: 2,
    shape: source.shape,
    crystal: {
      a_A: beam.a_A,
      ...(beam.zone && { zone: beam.zone }),
      voltage_kV: beam.voltage_kV,
      convergence_mrad: beam.convergence_mrad,
    },
    centre0_px: on_camera,
    centre0_se_px: [
      Math.hypot(plane.centre_se[0], lattice.se.centre_px[0]),
      Math.hypot(plane.centre_se[1], lattice.se.centre_px[1]),
    ],
    descan,
    direct_beam: beamFound,
    map_px_per_mrad: final,
    rotation_deg: here.rotation_deg,
    rotation_se_deg: lattice.se.rotation_deg,
    orientation,
    px_mrad: here.px_mrad,
    px_se_mrad: lattice.se.px_mrad,
    ellipse_percent: 100 * here.ellipse,
    ellipse_se_percent: 100 * lattice.se.ellipse,
    ellipse_axis_deg: here.axis_deg,
    ...(stretch && { stretch }),
    disk_radius_mrad: radius,
    disk_radius_se_mrad: lattice.se.radius_mrad,
    edge_px: lattice.geometry.edge_px,
    hot_pixels: bad.hot,
    dead_pixels: bad.dead,
    ...dosed,
    counts_per_electron,
    counts_from,
    detected_e: detected / counts_per_electron,
    ...(hidden && {
      hidden: { disks: hidden.disks, direct_beam: hidden.direct_beam, percent: 100 * hidden_share },
    }),
    ...(Object.keys(treatment).length > 0 && { treatment }),
    used: {
      dark: source.dark !== undefined && treatment.dark_scale !== 0,
      gain: source.gain !== undefined,
      vacuum: vacuum !== undefined,
      patterns,
      left_out,
      disks: lattice.disks,
    },
    residuals: { centre_rms_px: plane.rms, centre_outliers: plane.outliers, lattice_rms_px: lattice.rms_px },
    ...(order !== undefined && { misread: order }),
    warnings,
  };
}
