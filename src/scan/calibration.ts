/**
 * What calibrating a scan gives: plain JSON, units in the names, a standard error beside every number that is fitted.
 *
 * Frames. A pattern pixel is d = (y, x): axis 0 and axis 1 of the array, integers at pixel centres. Scattering angles
 * are q = (q_y, q_x) [mrad] along the crystal's two in-plane axes, the direct beam at q = 0. They map by
 *   d = centre(ry, rx) + M·q,   M = R(φ)·S,   R(φ) = [[cos φ, −sin φ], [sin φ, cos φ]],   S = Sᵀ
 * with vectors in the order (y, x) throughout. So **φ > 0 turns axis 0 (y) towards axis 1 (x)**: on a picture with row 0
 * at the top this looks counter-clockwise. (Name the axes (x, y) instead and the sign changes.) S has the eigenvalues
 * (1 ± e/2)/p: p is the pixel [mrad], e the ellipse; its axis is the direction in q that is magnified most, as an angle
 * from axis 0 towards axis 1. A real strain of the crystal looks the same as an ellipse of the projector lenses.
 */

import { decimalLabel, electrons, measured, percent, plural, quantity, setting } from '../core/numbers.ts';

export type Pair = readonly [number, number];

export interface BeamAndCrystal {
  /** Lattice parameter that the disks' lattice is 1/a of [Å]. */
  readonly a_A: number;
  readonly voltage_kV: number;
  readonly convergence_mrad: number;
  /**
   * Rotation of the lattice, if known: chooses among the four equivalent ones and searches near it [degrees]. Left out:
   * the one in (−45, 45].
   */
  readonly rotation_deg?: number | undefined;
  /** Robust sigmas by which a pixel must leave its neighbours to count as hot or dead. */
  readonly hot_sigma?: number | undefined;
  /** Counts that one electron gives. */
  readonly counts_per_electron?: number | undefined;
}

export interface DescanPlane {
  /** Centre [y, x] at the middle of the scan [px]. */
  readonly centre_px: Pair;
  /** Shift of the centre [y, x] per scan position along ry, and along rx [px]. */
  readonly per_ry_px: Pair;
  readonly per_rx_px: Pair;
  /** Scan position that `centre_px` belongs to: (ry − 1)/2, (rx − 1)/2. */
  readonly middle: Pair;
}

export interface Calibration {
  readonly version: 1;
  readonly shape: readonly [number, number, number, number];
  readonly crystal: { readonly a_A: number; readonly voltage_kV: number; readonly convergence_mrad: number };
  /** Centre [y, x] at the middle of the scan [px], with its standard error. */
  readonly centre0_px: Pair;
  readonly centre0_se_px: Pair;
  readonly descan: DescanPlane;
  /** M, row-major [[yy, yx], [xy, xx]] [px/mrad]. */
  readonly map_px_per_mrad: readonly [Pair, Pair];
  readonly rotation_deg: number;
  readonly rotation_se_deg: number;
  readonly px_mrad: number;
  readonly px_se_mrad: number;
  readonly ellipse_percent: number;
  readonly ellipse_se_percent: number;
  /** In q, from axis 0 towards axis 1, in (−90, 90] [degrees]. */
  readonly ellipse_axis_deg: number;
  /** Radius of the disks as measured [mrad]: a check on `crystal.convergence_mrad`. */
  readonly disk_radius_mrad: number;
  readonly disk_radius_se_mrad: number;
  /** Width of the disks' edges, as the rms of a Gaussian [px]. */
  readonly edge_px: number;
  /** Pixels replaced by the median of their neighbours: indices y·qx + x. */
  readonly hot_pixels: readonly number[];
  readonly dead_pixels: readonly number[];
  /** Electrons per pattern, and where the number comes from. */
  readonly dose_e: number;
  readonly dose_from: 'vacuum probe' | 'sum of the patterns';
  readonly counts_per_electron: number;
  /** Mean electrons per pattern that reach the detector with the specimen in. */
  readonly detected_e: number;
  readonly used: {
    readonly dark: boolean;
    readonly gain: boolean;
    readonly vacuum: boolean;
    /** Patterns that were looked at, and disks that define the lattice. */
    readonly patterns: number;
    readonly disks: number;
  };
  readonly residuals: {
    /** Patterns' own centres against the plane, per axis, rms over those kept; share left out as outliers. */
    readonly centre_rms_px: number;
    readonly centre_outliers: number;
    /** Disks against the lattice, per axis, weighted rms. */
    readonly lattice_rms_px: number;
  };
  /** What a user should look at. */
  readonly warnings: readonly string[];
}

/** Centre [y, x] of the pattern at scan position (y, x) [px]. */
export function centreAt(plane: DescanPlane, y: number, x: number): [number, number] {
  const dy = y - plane.middle[0];
  const dx = x - plane.middle[1];
  return [
    plane.centre_px[0] + plane.per_ry_px[0] * dy + plane.per_rx_px[0] * dx,
    plane.centre_px[1] + plane.per_ry_px[1] * dy + plane.per_rx_px[1] * dx,
  ];
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
}

/** The polar decomposition M = R·S and what S says. */
export function partsOf(map: readonly [Pair, Pair]): MapParts {
  const [[a, b], [c, d]] = map;
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
  };
}

/** The calibration for a report or a terminal: what was found, and its value in words. Warnings stand apart, in `c.warnings`. */
export function calibrationRows(c: Calibration): [quantity: string, value: string][] {
  const [ry, rx] = c.shape;
  const sweep = (v: Pair, n: number): string => v.map((part) => decimalLabel(part * (n - 1), 2)).join(', ');
  const corrections = [
    c.used.dark ? 'dark reference subtracted' : 'no dark reference',
    ...(c.used.gain ? ['gain divided out'] : []),
    `${c.hot_pixels.length} hot and ${plural(c.dead_pixels.length, 'dead pixel')} replaced`,
  ];
  return [
    [
      'Detector pixel',
      `${measured(c.px_mrad, c.px_se_mrad, 'mrad')}, from 1/a of the disks' lattice (${plural(c.used.disks, 'disk')}, residual ${quantity(c.residuals.lattice_rms_px, 'px', 2)})`,
    ],
    [
      'Rotation',
      `${measured(c.rotation_deg, c.rotation_se_deg, '°')} of the crystal against the detector, axis 0 (y) towards axis 1 (x)`,
    ],
    [
      'Ellipse',
      `${measured(c.ellipse_percent, c.ellipse_se_percent, '%')}, longest along ${decimalLabel(c.ellipse_axis_deg, 0)}°`,
    ],
    [
      'Disk radius',
      `${measured(c.disk_radius_mrad, c.disk_radius_se_mrad, 'mrad')}; the convergence given is ${setting(c.crystal.convergence_mrad, 'mrad')}`,
    ],
    [
      'Centre',
      `y ${measured(c.centre0_px[0], c.centre0_se_px[0], 'px')}, x ${measured(c.centre0_px[1], c.centre0_se_px[1], 'px')}`,
    ],
    [
      'Descan',
      `(y, x) shift over the scan ${sweep(c.descan.per_ry_px, ry)} px along ry, ${sweep(c.descan.per_rx_px, rx)} px along rx; single patterns differ by ${quantity(c.residuals.centre_rms_px, 'px', 2)} rms`,
    ],
    [
      'Dose',
      `${electrons(c.dose_e)} per pattern, from the ${c.dose_from}; ${percent(c.detected_e / c.dose_e)} reach the detector`,
    ],
    ['Camera', corrections.join(', ')],
  ];
}
