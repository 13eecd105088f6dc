/**
 * What an instrument does to an elastic pattern E of the library, by a few numbers that can be fitted to a scan (camera-fit.ts) and drawn again when a network learns
 * (augment.ts):
 *
 *     m = s · W(e · E ∗ [(1 − f) δ + f K] ∗ G) + Σ_k c_k Φ_k
 *
 * e = exp(−4π²Δu² (q/λ)²), the Debye-Waller factor of intensities for atoms that move by Δu² more than the library's: kinematical, so a first order; K the inelastic kernel and G
 * a Gaussian (blur.ts); W what is left of the calibration's errors, to first order: W(I) = I − d·∇I with d = shift + ((μ + ε₁) q_y + (ε₂ − ρ) q_x, (ε₂ + ρ) q_y + (μ − ε₁) q_x)
 * in (y, x), so that what lies at q comes to lie at q + d: magnification μ, rotation ρ from y towards x [radian], ellipse ε; s what is left of the beam beside all this, dose and absorption included; Φ_k cubic B-splines of |q|, of sum 1 over the detector, a
 * quarter of half the detector apart, the last for all beyond: c_k are shares of the beam.
 *
 * Patterns are fractions of the beam, [qy][qx], direct beam at [n/2][n/2]. What this is not: a model of gain, which no smooth function holds.
 */

import { type LatticeDetector, pixel_mrad, pixelSide_mrad, pixelSides } from '../diffraction/detector.ts';
import { wavelength } from '../diffraction/optics.ts';
import { Blurrer, theta0Of } from './blur.ts';

/** Splines of the background. */
const KNOTS = 6;

export interface CameraParameter {
  readonly name: string;
  readonly unit: string;
  /** What it is, for people. */
  readonly what: string;
  readonly min: number;
  readonly max: number;
  /** Known before anything is fitted: value and standard deviation. */
  readonly prior: readonly [value: number, deviation: number];
}

/** The parameters θ, in order. Priors are wide but where a scan may tell nothing: a kernel that nothing is scattered by has no width; one narrower than a pixel is a blur. */
export const CAMERA: readonly CameraParameter[] = [
  { name: 'inelastic_fraction', unit: '1', what: 'scattered inelastically', min: 0, max: 0.7, prior: [0.05, 0.3] },
  { name: 'inelastic_hwhm', unit: 'mrad', what: 'half width of that', min: 0.6, max: 4, prior: [1, 0.5] },
  { name: 'blur_variance', unit: 'mrad2', what: 'variance of the blur', min: 0, max: 4, prior: [0.1, 0.5] },
  { name: 'delta_u2', unit: 'A2', what: 'u² beyond the library’s', min: -0.01, max: 0.03, prior: [0, 0.005] },
  { name: 'scale', unit: '1', what: 'intensity against the library’s', min: 0.5, max: 1.5, prior: [1, 0.1] },
  { name: 'shift_y', unit: 'mrad', what: 'residual centre', min: -0.3, max: 0.3, prior: [0, 0.05] },
  { name: 'shift_x', unit: 'mrad', what: 'residual centre', min: -0.3, max: 0.3, prior: [0, 0.05] },
  { name: 'ellipse_1', unit: '1', what: 'residual ellipse along y', min: -0.04, max: 0.04, prior: [0, 0.005] },
  { name: 'ellipse_2', unit: '1', what: 'residual ellipse along y = x', min: -0.04, max: 0.04, prior: [0, 0.005] },
  { name: 'magnification', unit: '1', what: 'residual magnification', min: -0.04, max: 0.04, prior: [0, 0.005] },
  { name: 'rotation', unit: 'rad', what: 'residual rotation, y towards x', min: -0.04, max: 0.04, prior: [0, 0.005] },
  ...Array.from(
    { length: KNOTS },
    (_, k): CameraParameter => ({
      name: `background_${k}`,
      unit: '1',
      what:
        k === KNOTS - 1
          ? 'background at the corners of the detector'
          : `background around ${k}/4 of the detector’s half`,
      min: 0,
      max: 0.5,
      prior: [0.01, 0.1],
    }),
  ),
];

export const FRACTION = 0;
export const HWHM = 1;
export const VARIANCE = 2;
const DELTA_U2 = 3;
export const SCALE = 4;
export const SHIFT = 5;
const ELLIPSE = 7;
const MAGNIFICATION = 9;
const ROTATION = 10;
export const BACKGROUND = 11;
/** What the mirror x → −x changes the sign of. */
export const MIRRORED: readonly number[] = [SHIFT + 1, ELLIPSE + 1, ROTATION];

/** θ within its bounds, in place. */
export function bounded(theta: Float64Array): Float64Array {
  CAMERA.forEach(({ min, max }, k) => {
    theta[k] = Math.min(max, Math.max(min, theta[k]!));
  });
  return theta;
}

/** The library as it is: nothing happens to its patterns. */
export function noCamera(): Float64Array {
  return Float64Array.from(CAMERA, ({ name, prior }) =>
    name === 'scale' ? 1 : name === 'inelastic_hwhm' ? prior[0] : 0,
  );
}

/** The blur of θ in pixels. */
function blurOf(theta: Float64Array, pixel: number) {
  return {
    fraction: theta[FRACTION]!,
    theta0: theta0Of(theta[HWHM]!) / pixel,
    sigma: Math.sqrt(theta[VARIANCE]!) / pixel,
  };
}

/** Alters patterns of one detector. */
export class CameraModel {
  /** Φ_k, [pixels²] each. */
  readonly background: readonly Float64Array[];
  readonly #pixels: number;
  /** Side of the square of a pixel's area, and a pixel's own along x and y [mrad]. */
  readonly #side_mrad: number;
  readonly #pixel_mrad: readonly [x: number, y: number];
  readonly #blurrer: Blurrer;
  /** 4π²(q/λ)² [1/Å²] of each pixel. */
  readonly #damping: Float64Array;
  readonly #gradient: Float64Array;

  /** @throws 'range' for patterns whose size is no power of two */
  constructor(detector: LatticeDetector) {
    const n = detector.pixels;
    this.#pixels = n;
    this.#side_mrad = pixelSide_mrad(detector);
    this.#pixel_mrad = pixel_mrad(detector);
    const [sideX, sideY] = pixelSides(detector);
    this.#blurrer = new Blurrer(n, [sideX, sideY]);
    this.#gradient = new Float64Array(2 * n * n);
    const radius = Float64Array.from({ length: n * n }, (_, i) =>
      Math.hypot((Math.floor(i / n) - n / 2) * sideY, ((i % n) - n / 2) * sideX),
    );
    const perA = this.#side_mrad / 1e3 / wavelength(detector.voltage_kV);
    this.#damping = radius.map((r) => 4 * Math.PI ** 2 * (r * perA) ** 2);
    this.background = Array.from({ length: KNOTS }, (_, k) => {
      const shape = radius.map((r) => {
        const x = r / (n / 8) - k;
        // The splines sum to 1 everywhere: those beyond either end are folded into the last ones.
        return k === 0
          ? cubicSpline(x) + cubicSpline(x + 1)
          : k === KNOTS - 1
            ? cubicSpline(x) + cubicSpline(x - 1) + cubicSpline(x - 2)
            : cubicSpline(x);
      });
      const sum = shape.reduce((a, b) => a + b, 0);
      return shape.map((value) => value / sum);
    });
  }

  /** m of two patterns at once, in place: each with its own θ. Negative values, which W may make, become 0. */
  pair(a: Float32Array, thetaA: Float64Array, b: Float32Array, thetaB: Float64Array): void {
    this.#damp(a, thetaA);
    this.#damp(b, thetaB);
    this.#blurrer.pair(a, blurOf(thetaA, this.#side_mrad), b, blurOf(thetaB, this.#side_mrad));
    this.#finish(a, thetaA);
    this.#finish(b, thetaB);
  }

  #damp(pattern: Float32Array, theta: Float64Array): void {
    const delta = theta[DELTA_U2]!;
    if (delta === 0) return;
    for (let i = 0; i < pattern.length; i++) pattern[i] = pattern[i]! * Math.exp(-delta * this.#damping[i]!);
  }

  #finish(pattern: Float32Array, theta: Float64Array): void {
    const n = this.#pixels;
    const scale = theta[SCALE]!;
    const [pixelX, pixelY] = this.#pixel_mrad;
    const [shiftY, shiftX] = [theta[SHIFT]! / pixelY, theta[SHIFT + 1]! / pixelX];
    const [yPerX, xPerY] = [pixelX / pixelY, pixelY / pixelX];
    const [e1, e2] = [theta[ELLIPSE]!, theta[ELLIPSE + 1]!];
    const [mu, rho] = [theta[MAGNIFICATION]!, theta[ROTATION]!];
    const g = this.#gradient;
    for (let y = 0; y < n; y++) {
      const [up, down] = [Math.max(0, y - 1), Math.min(n - 1, y + 1)];
      for (let x = 0; x < n; x++) {
        const i = y * n + x;
        g[2 * i] = (pattern[down * n + x]! - pattern[up * n + x]!) / (down - up);
        const [left, right] = [Math.max(0, x - 1), Math.min(n - 1, x + 1)];
        g[2 * i + 1] = (pattern[y * n + right]! - pattern[y * n + left]!) / (right - left);
      }
    }
    for (let y = 0, i = 0; y < n; y++) {
      const qy = y - n / 2;
      for (let x = 0; x < n; x++, i++) {
        const qx = x - n / 2;
        const dy = shiftY + (mu + e1) * qy + (e2 - rho) * yPerX * qx;
        const dx = shiftX + (e2 + rho) * xPerY * qy + (mu - e1) * qx;
        let value = scale * Math.max(0, pattern[i]! - dy * g[2 * i]! - dx * g[2 * i + 1]!);
        for (let k = 0; k < KNOTS; k++) value += theta[BACKGROUND + k]! * this.background[k]![i]!;
        pattern[i] = value;
      }
    }
  }
}

/** The cubic B-spline of unit knots, at distance x from its middle: 2/3 there, 0 from 2 on. */
function cubicSpline(x: number): number {
  const r = Math.abs(x);
  if (r >= 2) return 0;
  return r < 1 ? 2 / 3 - r * r + (r * r * r) / 2 : (2 - r) ** 3 / 6;
}
