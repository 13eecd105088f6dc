/**
 * Blurs patterns by inelastic scattering and by the detector, exactly, in the Fourier domain: one transform there and
 * back does both. Two patterns share one complex transform.
 *   inelastic: I → (1−f)·I + f·I∗K, K ∝ (1 + q²/θ₀²)^(−3/2), whose Fourier transform is exp(−2πθ₀ρ); its half width at
 *   half maximum is θ₀·√(2^(2/3) − 1) = 0.7664·θ₀
 *   detector: Gaussian of rms σ, exp(−2π²σ²ρ²)
 * Lengths in pixels of the pattern; of pixels that are not square, in sides of the square of their area. The convolution is periodic: what K scatters off one edge enters at the other
 * (5 to 9 % of f for θ₀ of 0.9 to 1.8 mrad on a half width of 20 mrad), so the total intensity is conserved.
 * Sizes are powers of two.
 */

import { fail } from '../core/errors.ts';

/** How much one pattern is blurred. */
export interface Blur {
  /** Fraction f scattered inelastically, and θ₀ [pixels]. */
  readonly fraction: number;
  readonly theta0: number;
  /** Rms of the detector's Gaussian [pixels]. */
  readonly sigma: number;
}

/** θ₀ of the inelastic kernel whose half width at half maximum is `hwhm`, in the same unit. */
export function theta0Of(hwhm: number): number {
  return hwhm / Math.sqrt(2 ** (2 / 3) - 1);
}

/** Blurs patterns of n × n pixels; its buffers serve one pair at a time. */
export class Blurrer {
  readonly #n: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Int32Array;
  readonly #radius: Float64Array;

  /** @param sides of a pixel along x and y, in the unit of lengths. @throws 'range' unless n is a power of two */
  constructor(n: number, sides: readonly [x: number, y: number] = [1, 1]) {
    if (n < 2 || (n & (n - 1)) !== 0) {
      fail('range', `Cannot blur patterns of ${n} pixels.`, 'Set library.pixels to a power of two.', { n });
    }
    this.#n = n;
    this.#re = new Float64Array(n * n);
    this.#im = new Float64Array(n * n);
    this.#cos = Float64Array.from({ length: n / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / n));
    this.#sin = Float64Array.from({ length: n / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
    const bits = Math.log2(n);
    this.#reversed = Int32Array.from({ length: n }, (_, i) => {
      let r = 0;
      for (let b = 0; b < bits; b++) r |= ((i >> b) & 1) << (bits - 1 - b);
      return r;
    });
    const half = n / 2 + 1;
    this.#radius = Float64Array.from({ length: half * half }, (_, i) =>
      Math.hypot(Math.floor(i / half) / n / sides[1], (i % half) / n / sides[0]),
    );
  }

  /** Blurs two patterns [qy][qx] in place; what rounding makes negative becomes 0. */
  pair(a: Float32Array, blurA: Blur, b: Float32Array, blurB: Blur): void {
    const n = this.#n;
    const re = this.#re;
    const im = this.#im;
    re.set(a);
    im.set(b);
    this.#transform(re, im);
    const filterA = this.#transfer(blurA);
    const filterB = this.#transfer(blurB);
    const half = n / 2 + 1;
    for (let y = 0; y < n; y++) {
      const yFold = Math.min(y, n - y);
      const yMirror = (n - y) % n;
      for (let x = 0; x < n; x++) {
        const i = y * n + x;
        const j = yMirror * n + ((n - x) % n);
        if (j < i) continue;
        const at = yFold * half + Math.min(x, n - x);
        const fa = 0.5 * filterA[at]!;
        const fb = 0.5 * filterB[at]!;
        const [zr, zi, wr, wi] = [re[i]!, im[i]!, re[j]!, im[j]!];
        // Spectra of the two real patterns: A = (Z(k) + Z*(−k))/2, iB = (Z(k) − Z*(−k))/2.
        const ar = fa * (zr + wr);
        const ai = fa * (zi - wi);
        const br = fb * (zr - wr);
        const bi = fb * (zi + wi);
        // The inverse transform is the forward one of the exchanged parts: store (im, re) by calling it so.
        re[i] = ar + br;
        im[i] = ai + bi;
        re[j] = ar - br;
        im[j] = bi - ai;
      }
    }
    this.#transform(im, re);
    const norm = 1 / (n * n);
    for (let i = 0; i < n * n; i++) {
      // Rounding may leave −1e-20 where there is nothing.
      a[i] = Math.max(0, re[i]! * norm);
      b[i] = Math.max(0, im[i]! * norm);
    }
  }

  #transfer({ fraction, theta0, sigma }: Blur): Float64Array {
    return this.#radius.map(
      (rho) =>
        (1 - fraction + fraction * Math.exp(-2 * Math.PI * theta0 * rho)) * Math.exp(-2 * (Math.PI * sigma * rho) ** 2),
    );
  }

  /** Forward transform of rows and columns (Cooley and Tukey, radix 2, in place). */
  #transform(re: Float64Array, im: Float64Array): void {
    const n = this.#n;
    const swap = (data: Float64Array, i: number, j: number): void => {
      const held = data[i]!;
      data[i] = data[j]!;
      data[j] = held;
    };
    for (let i = 0; i < n; i++) {
      const r = this.#reversed[i]!;
      if (r <= i) continue;
      for (let k = 0; k < n; k++) {
        swap(re, k * n + i, k * n + r);
        swap(im, k * n + i, k * n + r);
      }
      for (let k = 0; k < n; k++) {
        swap(re, i * n + k, r * n + k);
        swap(im, i * n + k, r * n + k);
      }
    }
    for (let row = 0; row < n; row++) this.#lines(re, im, row * n, 1, 1, 1);
    this.#lines(re, im, 0, n, n, 1);
  }

  /** Butterflies of `count` lines whose elements are `stride` and whose starts are `next` apart. */
  #lines(re: Float64Array, im: Float64Array, start: number, stride: number, count: number, next: number): void {
    const n = this.#n;
    const cos = this.#cos;
    const sin = this.#sin;
    for (let size = 2; size <= n; size *= 2) {
      const half = size / 2;
      const step = n / size;
      for (let k = 0; k < half; k++) {
        const c = cos[k * step]!;
        const s = sin[k * step]!;
        for (let group = k; group < n; group += size) {
          let i = start + group * stride;
          let j = i + half * stride;
          for (let line = 0; line < count; line++, i += next, j += next) {
            const xr = re[j]!;
            const xi = im[j]!;
            const tr = xr * c - xi * s;
            const ti = xr * s + xi * c;
            const ur = re[i]!;
            const ui = im[i]!;
            re[j] = ur - tr;
            im[j] = ui - ti;
            re[i] = ur + tr;
            im[i] = ui + ti;
          }
        }
      }
    }
  }
}
