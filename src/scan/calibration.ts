/**
 * What calibrating a scan gives: plain JSON, units in the names, a standard error beside every number that is fitted.
 *
 * Frames. A pattern pixel is d = (y, x): axis 0 and axis 1 of the array, integers at pixel centres. Scattering angles
 * are q = (q_y, q_x) [mrad] along the crystal's two in-plane axes, the direct beam at q = 0. They map by
 *   d = centre(ry, rx) + M·q,   M = R(φ)·S,   R(φ) = [[cos φ, −sin φ], [sin φ, cos φ]],   S = Sᵀ
 * (M = T·R(φ)·S, T exchanging y and x, where the camera's picture is known to be a mirror image of the scan: orientation.ts)
 * with vectors in the order (y, x) throughout. So **φ > 0 turns axis 0 (y) towards axis 1 (x)**: on a picture with row 0
 * at the top this looks counter-clockwise. (Name the axes (x, y) instead and the sign changes.) S has the eigenvalues
 * (1 ± e/2)/p: p is the pixel [mrad], e the ellipse; its axis is the direction in q that is magnified most, as an angle
 * from axis 0 towards axis 1. A real strain of the crystal looks the same as an ellipse of the projector lenses.
 */

import * as z from 'zod';
import { type FileIdentity, type Identity, identify, identitySchema } from '../core/identity.ts';
import type { Options } from '../core/schema.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import { treatmentSchema } from './treatment.ts';

export type Pair = readonly [number, number];
/** A matrix on (y, x), row by row. */
export type Quad = readonly [Pair, Pair];

export interface BeamAndCrystal {
  /** Pseudo-cubic lattice parameter [Å]: the disks' lattice is 1/a along [001]. */
  readonly a_A: number;
  /** Pseudo-cubic direction along the beam; [001] where absent. No file says it. */
  readonly zone?: LatticeDetector['zone'];
  readonly voltage_kV: number;
  readonly convergence_mrad: number;
  /**
   * Rotation of the lattice, if known: chooses among the equivalent ones and searches near it [degrees]. Left out: the one in (−45, 45] along [001], in (−90, 90]
   * along [110], in (−30, 30] along [111], whose disks do not tell which of two it is.
   */
  readonly rotation_deg?: number | undefined;
  /** Robust sigmas by which a pixel must leave its neighbours to count as hot or dead. */
  readonly hot_sigma?: number | undefined;
  /** Direct beam at the middle of the scan [y, x], where somebody knows it [px]: chooses among the disks. */
  readonly centre_px?: Pair | undefined;
  /** Counts that one electron gives, where somebody knows it; otherwise from the patterns' noise. */
  readonly counts_per_electron?: number | undefined;
}

const pair = z.tuple([z.number(), z.number()]);

/** Which way patterns lie on the scan, and how that is known (orientation.ts). */
export const orientationSchema = z.object({
  /** Of patterns against the scan, axis 0 (y) towards axis 1 (x): the multiple of `period_deg` nearest to it [degrees]. */
  turn_deg: z.number(),
  /** The pattern's axes are exchanged against the scan's. */
  mirror: z.boolean(),
  from: z.enum(['file', 'given', 'assumed']),
  /** Of the crystal's axes on the camera; the calibration's own `rotation_deg` [degrees]. */
  rotation_deg: z.number(),
  /** A turn that leaves the disks' lattice as it is [degrees]. */
  period_deg: z.number(),
  /** Of patterns against the scan, and of the crystal's axes on the scan, where the file states it [degrees]. */
  pattern_deg: z.number().optional(),
  crystal_deg: z.number().optional(),
  /**
   * What the patterns themselves say of D (deflections.ts): its turn with its standard error [degrees], whether mirrored, the correlation that it rests on, how many standard deviations of
   * chance that is, and what the other handedness reaches.
   */
  seen: z
    .object({
      angle_deg: z.number(),
      angle_se_deg: z.number(),
      mirror: z.boolean(),
      correlation: z.number(),
      sigmas: z.number(),
      other_sigmas: z.number(),
      positions: z.number(),
    })
    .optional(),
});
export type Orientation = Options<typeof orientationSchema>;

export const calibrationSchema = z.object({
  version: z.literal(2, 'is not that of this program: calibrate the scan again'),
  /** Absent where nobody states it. */
  identity: identitySchema.optional(),
  shape: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  crystal: z.object({
    a_A: z.number(),
    zone: z.tuple([z.number(), z.number(), z.number()]).optional(),
    voltage_kV: z.number(),
    convergence_mrad: z.number(),
  }),
  /** Centre [y, x] at the middle of the scan [px], with its standard error. */
  centre0_px: pair,
  centre0_se_px: pair,
  descan: z.object({
    /** Centre [y, x] at the middle of the scan [px]. */
    centre_px: pair,
    /** Shift of the centre [y, x] per scan position along ry, and along rx [px]. */
    per_ry_px: pair,
    per_rx_px: pair,
    /** Scan position that `centre_px` belongs to: (ry − 1)/2, (rx − 1)/2. */
    middle: pair,
    /** What bends the plane: shift [y, x] [px] times u^i·v^j, powers (i, j), where u and v are the scan position from the middle in halves of the scan, −1 to 1. */
    bend: z.array(z.object({ powers: pair, px: pair })),
    /** Shifts of the centre [y, x] of all rows (or columns) from `from` on [px]. */
    jumps: z.array(z.object({ axis: z.enum(['ry', 'rx']), from: z.number(), px: pair })),
  }),
  /** Which disk is the direct beam, as direct-beam.ts has it: odds against the next one, where that would have the centre, and what each witness says (log of odds). */
  direct_beam: z.object({
    odds: z.number(),
    runner_up_px: pair.nullable(),
    runner_up_hk: pair.nullable(),
    witnesses: z.array(z.object({ name: z.string(), log_odds: z.number() })),
  }),
  /** M, row-major [[yy, yx], [xy, xx]] [px/mrad]. */
  map_px_per_mrad: z.tuple([pair, pair]),
  /** Of R in M: of the crystal's axes on the camera, after its axes are exchanged back where `orientation.mirror`. */
  rotation_deg: z.number(),
  rotation_se_deg: z.number(),
  /** Absent in calibrations of version 0.1.0. */
  orientation: orientationSchema.optional(),
  px_mrad: z.number(),
  px_se_mrad: z.number(),
  ellipse_percent: z.number(),
  ellipse_se_percent: z.number(),
  /** In q, from axis 0 towards axis 1, in (−90, 90] [degrees]. */
  ellipse_axis_deg: z.number(),
  /**
   * What makes an ellipse that is more than lenses commonly have, and what tells (stretch.ts): the pixel along y and x [mrad], where the picture is longest on the camera, y towards
   * x [degrees], and the ellipse of the vacuum probe along that direction.
   */
  stretch: z
    .object({
      cause: z.enum(['camera', 'crystal']),
      told_by: z.enum(['vacuum probe', 'direction', 'nothing']),
      pixel_mrad: pair,
      on_camera_deg: z.number(),
      probe_percent: z.number().optional(),
      probe_se_percent: z.number().optional(),
    })
    .optional(),
  /** Radius of the disks as measured [mrad]: a check on `crystal.convergence_mrad`. */
  disk_radius_mrad: z.number(),
  disk_radius_se_mrad: z.number(),
  /** Width of the disks' edges, as the rms of a Gaussian [px]. */
  edge_px: z.number(),
  /** Pixels replaced by the median of their neighbours: indices y·qx + x. */
  hot_pixels: z.array(z.number()),
  dead_pixels: z.array(z.number()),
  /** Electrons per pattern, and where the number comes from. */
  dose_e: z.number(),
  dose_from: z.enum(['vacuum probe', 'sum of the patterns']),
  counts_per_electron: z.number(),
  /** How that is known: given, measured from the noise, 1 as the noise does not contradict, or not known: `dose_e` is in counts. */
  counts_from: z.enum(['given', 'noise', 'assumed', 'unknown']),
  /** Mean electrons per pattern that reach the detector with the specimen in. */
  detected_e: z.number(),
  /** Disks on dead pixels, whether the direct beam is one, and the share of `detected_e` that was found for the others (hidden-disks.ts); absent where there is none. */
  hidden: z.object({ disks: z.number(), direct_beam: z.boolean(), percent: z.number() }).optional(),
  /** What was done to the counts and is undone; absent where nothing was. */
  treatment: treatmentSchema.optional(),
  used: z.object({
    dark: z.boolean(),
    gain: z.boolean(),
    vacuum: z.boolean(),
    /** Patterns of the crystal that were looked at, others that were left out by kind (positions.ts), and disks that define the lattice. */
    patterns: z.number(),
    left_out: z.record(z.string(), z.number()),
    disks: z.number(),
  }),
  /** Values that a user gave in place of measured ones. */
  given: z.array(z.enum(['pixel', 'centre'])).optional(),
  residuals: z.object({
    /** Patterns' own centres against the descan, per axis, rms over those kept; share left out as outliers. */
    centre_rms_px: z.number(),
    centre_outliers: z.number(),
    /** Disks against the lattice, per axis, weighted rms. */
    lattice_rms_px: z.number(),
  }),
  /** Why the patterns are brought together about wrong places: the scan's order, or centres that follow no surface. */
  misread: z.string().optional(),
  /** What else a user should look at. */
  warnings: z.array(z.string()),
});
export type Calibration = Options<typeof calibrationSchema>;
export type Descan = Calibration['descan'];

/** What a calibration for a model's or a library's detector takes as known. */
export function beamOf({
  a_A,
  zone,
  voltage_kV,
  convergence_mrad,
}: Pick<LatticeDetector, 'a_A' | 'zone' | 'voltage_kV' | 'convergence_mrad'>): BeamAndCrystal {
  return { a_A, ...(zone && { zone }), voltage_kV, convergence_mrad };
}

/** What somebody says of a scan beside its file, its camera's images left out. */
export interface SaidOfScan
  extends Partial<Pick<BeamAndCrystal, 'rotation_deg' | 'hot_sigma' | 'counts_per_electron' | 'centre_px'>> {
  /** How patterns were turned. */
  readonly flip?: readonly string[] | undefined;
  /** Which dataset of the file was asked for, the scan's shape, the order of axes and of positions (given-order.ts), and the voltage [kV], in place of the file's. */
  readonly dataset?: string | undefined;
  readonly scan_shape?: readonly number[] | undefined;
  readonly order?: readonly string[] | undefined;
  readonly row_order?: string | undefined;
  readonly roll?: number | undefined;
  readonly given_voltage_kV?: number | undefined;
  readonly step_nm?: number | undefined;
  readonly pixel_mrad?: number | undefined;
}

/** That alone of what holds more, such as [scan] of a recipe: all of it is part of a calibration's identity. */
export function saidOf(values: SaidOfScan): SaidOfScan & { readonly flip: readonly string[] } {
  const { rotation_deg, hot_sigma, counts_per_electron, centre_px, pixel_mrad, step_nm, flip = [] } = values;
  const { dataset, scan_shape, order, row_order, roll, given_voltage_kV } = values;
  return {
    ...{ rotation_deg, hot_sigma, counts_per_electron, centre_px, pixel_mrad, step_nm, flip },
    ...{ dataset, scan_shape, order, row_order, roll, given_voltage_kV },
  };
}

/** What a calibration follows from: the scan's file and images given beside it, beam and crystal, and what somebody said of the scan. */
export function calibrationIdentity(
  files: Readonly<Record<string, FileIdentity>>,
  known: BeamAndCrystal & SaidOfScan & { readonly flip: readonly string[] },
  program: string,
): Identity {
  // Beside what was known: which scan of the file it is, not how it was calibrated.
  const { dataset, scan_shape, order, row_order, roll, given_voltage_kV, step_nm, pixel_mrad, centre_px, ...own } =
    known;
  const settings = {
    known: own,
    dataset,
    scan_shape,
    order,
    row_order,
    roll,
    given_voltage_kV,
    step_nm,
    pixel_mrad,
    centre_px,
  };
  return identify({ kind: 'calibration', schema: 2, program, settings, inputs: files });
}

/** Half of a scan with this middle, along y and x: what a bend's u and v count in. */
export const halfOf = (middle: Pair): Pair => [Math.max(0.5, middle[0]), Math.max(0.5, middle[1])];

/** Centre [y, x] of the pattern at scan position (y, x) [px]. */
export function centreAt(
  { centre_px, per_ry_px, per_rx_px, middle, bend, jumps }: Descan,
  y: number,
  x: number,
): [number, number] {
  const dy = y - middle[0];
  const dx = x - middle[1];
  let [cy, cx] = [0, 1].map((axis) => centre_px[axis]! + per_ry_px[axis]! * dy + per_rx_px[axis]! * dx) as [
    number,
    number,
  ];
  const half = halfOf(middle);
  for (const { powers, px } of bend) {
    const factor = (dy / half[0]) ** powers[0] * (dx / half[1]) ** powers[1];
    cy += factor * px[0];
    cx += factor * px[1];
  }
  for (const { axis, from, px } of jumps) {
    if ((axis === 'ry' ? y : x) < from) continue;
    cy += px[0];
    cx += px[1];
  }
  return [cy, cx];
}

/** M from its parts. */
export function mapFrom(px_mrad: number, rotation_deg: number, ellipse = 0, axis_deg = 0): [Pair, Pair] {
  const t = (rotation_deg * Math.PI) / 180;
  const u = (axis_deg * Math.PI) / 180;
  const [c, s, cu, su] = [Math.cos(t), Math.sin(t), Math.cos(u), Math.sin(u)];
  const [l1, l2] = [(1 + ellipse / 2) / px_mrad, (1 - ellipse / 2) / px_mrad];
  const [syy, sxx, syx] = [l1 * cu * cu + l2 * su * su, l1 * su * su + l2 * cu * cu, (l1 - l2) * cu * su];
  return [
    [c * syy - s * syx, c * syx - s * sxx],
    [s * syy + c * syx, s * syx + c * sxx],
  ];
}

export interface MapParts {
  readonly px_mrad: number;
  readonly rotation_deg: number;
  /** e, a fraction. */
  readonly ellipse: number;
  readonly axis_deg: number;
  /** The camera's axes are exchanged after R. */
  readonly mirror: boolean;
}

/** a·b */
export function times([[a, b], [c, d]]: Quad, [[e, f], [g, h]]: Quad): Quad {
  return [
    [a * e + b * g, a * f + b * h],
    [c * e + d * g, c * f + d * h],
  ];
}

/** The polar decomposition M = R·S, or T·R·S of a mirrored M, and what S says. */
export function partsOf(map: Quad): MapParts {
  const mirror = map[0][0] * map[1][1] - map[0][1] * map[1][0] < 0;
  const [[a, b], [c, d]] = mirror ? [map[1], map[0]] : map;
  const t = Math.atan2(c - b, a + d);
  const [co, si] = [Math.cos(t), Math.sin(t)];
  const syy = co * a + si * c;
  const syx = (co * b + si * d - si * a + co * c) / 2;
  const sxx = -si * b + co * d;
  const mean = (syy + sxx) / 2;
  const difference = Math.hypot((syy - sxx) / 2, syx);
  return {
    px_mrad: 1 / mean,
    rotation_deg: (t * 180) / Math.PI,
    ellipse: (2 * difference) / mean,
    axis_deg: (Math.atan2(2 * syx, syy - sxx) * 90) / Math.PI,
    mirror,
  };
}
