/**
 * Where a diffraction disk is, from its edge alone. In an annulus around the expected edge the intensity is modelled as
 *   I = A(θ)·H(t) + (t/w)·[H·B(θ) + (1−H)·C(θ)] + plane + neighbours' edges,   H(t) = ½ erfc(−t / (√2 s))
 * t being the signed distance to the edge (inside positive), less s²/2r, by which blur draws in the half-height contour of a disk of radius r, and A, B, C Fourier series in the angle: what varies inside
 * the disk (dynamical contrast, tilt, a half-lit disk) and outside (halo of inelastic scattering and of the camera) is
 * absorbed by them, and only the step's place remains. A shift v of the disk adds A(θ)·G(t)·(n·v), G = H′, n the
 * outward normal; a growth δ of the radius adds A·G·δ: one weighted linear least squares per disk (a Gauss–Newton
 * step). Disks are circles in q, so ellipses on the detector: t = (α − |q|)/|∇|q||, q = M⁻¹(d − c). Lengths px, α mrad.
 *
 * The radius is better not fitted together with the place of a half-lit disk: its dark side would move both.
 */

import type { Pair } from './calibration.ts';
import { solveSymmetric } from './linear.ts';

export interface DiskGeometry {
  /** M [px/mrad]. */
  readonly map: readonly [Pair, Pair];
  /** Disk radius [mrad]. */
  readonly radius_mrad: number;
  /** Rms of the edge's Gaussian blur [px]. */
  readonly edge_px: number;
  /** Distance of the nearest neighbours [mrad]: λ/a along [001]. */
  readonly spacing_mrad: number;
  /** Where disks (1, 0) and (0, 1) lie, (y, x), in units of that: (1, 0) and (0, 1) along [001]. */
  readonly cell: readonly [Pair, Pair];
}

/** Where disk (h, k) lies, (y, x), in units of the spacing. */
export function orderPlace([a, b]: DiskGeometry['cell'], h: number, k: number): Pair {
  return [h * a[0] + k * b[0], h * a[1] + k * b[1]];
}

export interface Image {
  readonly data: ArrayLike<number>;
  readonly ny: number;
  readonly nx: number;
  /** Variance of a pixel of value v: `per_count`·max(v, 0) + `floor`. */
  readonly per_count: number;
  readonly floor: number;
}

export interface DiskFit {
  /** Shift that the data ask for [y, x], and growth of the radius (0 unless asked for) [px]. */
  readonly shift: Pair;
  readonly growth: number;
  readonly growth_variance: number;
  /** Covariance of the shift [[yy, yx], [yx, xx]] [px²], from the image's variances. */
  readonly covariance: readonly [number, number, number];
  /** χ² per degree of freedom. */
  readonly misfit: number;
  /** Mean step A₀ at the edge [counts]. */
  readonly step: number;
}

const SQRT_HALF = Math.SQRT1_2;
const INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** Complementary error function, |error| < 1.2e-7 (rational Chebyshev fit, Numerical Recipes' erfcc form). */
function erfc(x: number): number {
  const z = Math.abs(x);
  const t = 1 / (1 + 0.5 * z);
  const poly =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  const value = t * Math.exp(-z * z + poly);
  return x >= 0 ? value : 2 - value;
}

function inverse(m: readonly [Pair, Pair]): [number, number, number, number] {
  const [[a, b], [c, d]] = m;
  const det = a * d - b * c;
  return [d / det, -b / det, -c / det, a / det];
}

/** Radius of the disks on the detector [px], mean over directions. */
export function radius_px(geometry: DiskGeometry): number {
  const [[a, b], [c, d]] = geometry.map;
  return geometry.radius_mrad * Math.sqrt(Math.abs(a * d - b * c));
}

/** How much angular freedom the model has. */
export interface EdgeOptions {
  /** Also fit the radius. */
  readonly with_radius?: boolean;
  /** For mean patterns: more harmonics, so that contrast inside the disk moves its edge less. Noisier, slower. */
  readonly rich?: boolean;
  /** Fewer of them in small disks, while radius and blur are not known yet. */
  readonly steady?: boolean;
}

/** Half width of the annulus that is fitted [px]. */
function halfWidth(geometry: DiskGeometry, rich: boolean): number {
  const r = radius_px(geometry);
  const wanted = rich ? 4.5 * geometry.edge_px + 1.2 : 3.5 * geometry.edge_px + 1;
  return Math.min(Math.max(2, wanted), 0.75 * r, 10);
}

const NEIGHBOURS: readonly Pair[] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
];

/** Orders of the Fourier series A, B and C that a circumference of this radius carries. */
function harmonics(r: number, rich: boolean, steady: boolean): [level: number, slope: number, halo: number] {
  if (r < 3.5) return [1, 0, 0];
  if (r < 6) return rich ? [3, steady ? 1 : 3, 1] : [2, 1, 0];
  return rich ? [4, 3, 1] : [3, 1, 0];
}

/** Writes {1, cos θ, sin θ, …, cos mθ, sin mθ}·scale from `at` on; returns the next free place. */
function series(row: Float64Array, at: number, m: number, c1: number, s1: number, scale: number): number {
  let c = 1;
  let s = 0;
  row[at++] = scale;
  for (let k = 1; k <= m; k++) {
    const next = c * c1 - s * s1;
    s = s * c1 + c * s1;
    c = next;
    row[at++] = c * scale;
    row[at++] = s * scale;
  }
  return at;
}

let kept = new Float64Array(0);

/** Memory that the next call overwrites, numbers of earlier ones in it: a scan takes ten thousand fits of some 200 kB. */
function workspace(length: number): Float64Array {
  if (kept.length < length) kept = new Float64Array(length);
  return kept.subarray(0, length);
}

/** Fits the disk expected at `centre`. Undefined where the disk leaves the image or has no usable edge. */
export function fitDisk(
  image: Image,
  geometry: DiskGeometry,
  centre: Pair,
  options: EdgeOptions = {},
): DiskFit | undefined {
  const { data, ny, nx } = image;
  const { map, radius_mrad: alpha, edge_px: s, spacing_mrad, cell } = geometry;
  const { with_radius = false, rich = false, steady = false } = options;
  const w = halfWidth(geometry, rich);
  const r = radius_px(geometry);
  const drawnIn = (s * s) / (2 * r);
  const reach = Math.ceil(r + w + 1);
  const [cy, cx] = centre;
  if (cy - reach < 0 || cx - reach < 0 || cy + reach > ny - 1 || cx + reach > nx - 1) return undefined;
  const [iyy, iyx, ixy, ixx] = inverse(map);
  const [level, slope, halo] = harmonics(r, rich, steady);
  const nLevel = 2 * level + 1;
  // Neighbours whose blurred edges reach this annulus.
  const near = NEIGHBOURS.map(([h, k]) => orderPlace(cell, h, k)).filter(
    (place) => (Math.hypot(...place) * spacing_mrad * r) / alpha - 2 * r < w + 2 * s,
  );
  const nBase = nLevel + 2 * slope + 1 + 2 * halo + 1 + 3 + near.length;
  const nAll = nBase + 2 + (with_radius ? 1 : 0);

  // Column by column: [nAll + 1][room], the last one for the values. Room for every pixel of the square.
  const side = Math.ceil(cy + reach) - Math.floor(cy - reach) + 1;
  const room = side * (Math.ceil(cx + reach) - Math.floor(cx - reach) + 1);
  const columns = workspace((nAll + 1) * room);
  const values = columns.subarray(nAll * room);
  const edges = new Float64Array(3 * room);
  const row = new Float64Array(nBase);
  let n = 0;
  for (let y = Math.floor(cy - reach); y <= Math.ceil(cy + reach); y++) {
    for (let x = Math.floor(cx - reach); x <= Math.ceil(cx + reach); x++) {
      const dy = y - cy;
      const dx = x - cx;
      const qy = iyy * dy + iyx * dx;
      const qx = ixy * dy + ixx * dx;
      const rho = Math.sqrt(qy * qy + qx * qx);
      if (rho === 0) continue;
      const gy = (iyy * qy + ixy * qx) / rho;
      const gx = (iyx * qy + ixx * qx) / rho;
      const gradient = Math.sqrt(gy * gy + gx * gx);
      const t = (alpha - rho) / gradient - drawnIn;
      if (Math.abs(t) > w) continue;
      const inside = 0.5 * erfc((-t / s) * SQRT_HALF);
      const c1 = qy / rho;
      const s1 = qx / rho;
      let at = series(row, 0, level, c1, s1, inside);
      at = series(row, at, slope, c1, s1, (t / w) * inside);
      at = series(row, at, halo, c1, s1, (t / w) * (1 - inside));
      row[at++] = 1;
      row[at++] = dy / r;
      row[at++] = dx / r;
      let hidden = false;
      for (const [u, v] of near) {
        const py = qy - u * spacing_mrad;
        const px = qx - v * spacing_mrad;
        const other = (alpha - Math.sqrt(py * py + px * px)) / gradient - drawnIn;
        // Inside a neighbour its own contrast rules: leave such pixels out.
        if (other > 0.5 * s) hidden = true;
        row[at++] = other > -4 * s ? 0.5 * erfc((-other / s) * SQRT_HALF) : 0;
      }
      if (hidden) continue;
      const g = (INV_SQRT_2PI / s) * Math.exp((-0.5 * t * t) / (s * s));
      // A(θ)·G(t) = Σ coefficients · row · (G / H); the outward normal n = ∇|q| / |∇|q||.
      edges[3 * n] = inside > 1e-6 ? g / inside : 0;
      edges[3 * n + 1] = gy / gradient;
      edges[3 * n + 2] = gx / gradient;
      for (let k = 0; k < nBase; k++) columns[k * room + n] = row[k]!;
      values[n++] = data[y * nx + x]!;
    }
  }
  if (n < nAll + 8) return undefined;
  // Half of a pixel's variance from itself, half from the annulus: one that happens to be low must not weigh more.
  let typical = 0;
  for (let i = 0; i < n; i++) typical += Math.max(0, values[i]!) / n;
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    weights[i] = 1 / (image.per_count * (0.5 * Math.max(values[i]!, 0) + 0.5 * typical) + image.floor);
  }

  const stride = nAll + 1;
  const m = new Float64Array(stride * stride);
  accumulate(m, columns, room, n, weights, 0, nBase);
  const first = solveBlock(m, stride, nBase);
  if (!first) return undefined;
  for (let i = 0; i < n; i++) {
    let step = 0;
    for (let k = 0; k < nLevel; k++) step += first.x[k]! * columns[k * room + i]!;
    step *= edges[3 * i]!;
    columns[nBase * room + i] = step * edges[3 * i + 1]!;
    columns[(nBase + 1) * room + i] = step * edges[3 * i + 2]!;
    if (with_radius) columns[(nBase + 2) * room + i] = step;
  }
  accumulate(m, columns, room, n, weights, nBase, nAll);
  const second = solveBlock(m, stride, nAll);
  if (!second) return undefined;
  let yy = 0;
  for (let i = 0; i < n; i++) yy += weights[i]! * values[i]! ** 2;
  const cov = (i: number, j: number): number => second.inverse[(nBase + i) * nAll + nBase + j]!;
  return {
    shift: [second.x[nBase]!, second.x[nBase + 1]!],
    growth: with_radius ? second.x[nBase + 2]! : 0,
    growth_variance: with_radius ? cov(2, 2) : 0,
    covariance: [cov(0, 0), cov(0, 1), cov(1, 1)],
    misfit: Math.max(0, yy - second.fit) / Math.max(1, n - nAll),
    step: first.x[0]!,
  };
}

/**
 * Rows `from` … `to` − 1 of the normal matrix, lower triangle, and their right-hand side in its last column: the weighted products
 * of column a with columns 0 … a and with the last one. Four at a time, which keeps the sums in registers: this is where
 * calibration spends its time.
 */
function accumulate(
  m: Float64Array,
  columns: Float64Array,
  room: number,
  n: number,
  weights: Float64Array,
  from: number,
  to: number,
): void {
  const stride = columns.length / room;
  const weighted = new Float64Array(n);
  for (let a = from; a < to; a++) {
    for (let i = 0; i < n; i++) weighted[i] = weights[i]! * columns[a * room + i]!;
    // The values' column stands in for the one after the diagonal.
    for (let b = 0; b <= a + 1; b += 4) {
      const at = [0, 1, 2, 3].map((k) => (b + k <= a ? b + k : stride - 1));
      const [b0, b1, b2, b3] = [at[0]! * room, at[1]! * room, at[2]! * room, at[3]! * room];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0; i < n; i++) {
        const v = weighted[i]!;
        s0 += v * columns[b0 + i]!;
        s1 += v * columns[b1 + i]!;
        s2 += v * columns[b2 + i]!;
        s3 += v * columns[b3 + i]!;
      }
      const base = a * stride;
      m[base + at[0]!] = s0;
      m[base + at[1]!] = s1;
      m[base + at[2]!] = s2;
      m[base + at[3]!] = s3;
    }
  }
}

/** Solves the leading n × n block (lower triangle given). */
function solveBlock(
  m: Float64Array,
  stride: number,
  n: number,
): { x: Float64Array; inverse: Float64Array; fit: number } | undefined {
  const a = new Float64Array(n * n);
  const b = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    a.set(m.subarray(i * stride, i * stride + i + 1), i * n);
    b[i] = m[i * stride + stride - 1]!;
  }
  return solveSymmetric(a, b, 1e-7);
}
