/**
 * Discrete Fourier transforms in float64: the readable reference beside the WebAssembly kernel, and what the set-up of a
 * simulation (potentials, probes) uses. Any length; O(n·Σ factors). Exponent −2πi forward, +2πi inverse; neither is normalised.
 */

/** Prime factors of n in ascending order. */
export function primeFactors(n: number): number[] {
  const factors: number[] = [];
  for (let p = 2, rest = n; rest > 1; p++) {
    while (rest % p === 0) {
      factors.push(p);
      rest /= p;
    }
  }
  return factors;
}

/** Signed frequency index of element i of a transform of length n: 0, 1, …, −n/2, …, −1. */
export function frequency(i: number, n: number): number {
  return i < (n + 1) >> 1 ? i : i - n;
}

/** A one-dimensional transform of fixed length (Stockham, mixed radix), reused for many lines. */
export class Fft {
  readonly n: number;
  readonly #factors: readonly number[];
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #work: Float64Array;

  constructor(n: number) {
    this.n = n;
    this.#factors = primeFactors(n);
    this.#cos = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
    this.#sin = Float64Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * i) / n));
    this.#work = new Float64Array(4 * n);
  }

  /** Transforms the line re[offset + i·stride] + i·im[…], i = 0 … n − 1, in place. `sign` −1 forward, +1 inverse. */
  line(re: Float64Array, im: Float64Array, offset: number, stride: number, sign: -1 | 1): void {
    const { n } = this;
    let ar = this.#work.subarray(0, n);
    let ai = this.#work.subarray(n, 2 * n);
    let br = this.#work.subarray(2 * n, 3 * n);
    let bi = this.#work.subarray(3 * n);
    for (let i = 0, p = offset; i < n; i++, p += stride) {
      ar[i] = re[p]!;
      ai[i] = im[p]!;
    }
    let length = n;
    let groups = 1;
    for (const radix of this.#factors) {
      const m = length / radix;
      for (let j = 0; j < m; j++) {
        for (let q = 0; q < radix; q++) {
          for (let g = 0; g < groups; g++) {
            let sr = 0;
            let si = 0;
            for (let p = 0; p < radix; p++) {
              // ω^(j·q) of the sub-transform times the radix butterfly's ω^(p·q).
              const turn = (((j + m * p) * q) % length) * groups;
              const c = this.#cos[turn]!;
              const s = sign * this.#sin[turn]!;
              const at = g + groups * (j + m * p);
              const xr = ar[at]!;
              const xi = ai[at]!;
              sr += xr * c - xi * s;
              si += xr * s + xi * c;
            }
            const to = g + groups * (q + radix * j);
            br[to] = sr;
            bi[to] = si;
          }
        }
      }
      [ar, br] = [br, ar];
      [ai, bi] = [bi, ai];
      length = m;
      groups *= radix;
    }
    for (let i = 0, p = offset; i < n; i++, p += stride) {
      re[p] = ar[i]!;
      im[p] = ai[i]!;
    }
  }
}

/** A two-dimensional transform of [ny][nx] arrays, in place. */
export class Fft2 {
  readonly #x: Fft;
  readonly #y: Fft;

  constructor(nx: number, ny: number) {
    this.#x = new Fft(nx);
    this.#y = nx === ny ? this.#x : new Fft(ny);
  }

  /** Real and imaginary parts [ny][nx], frequencies in the order of `frequency`; `sign` −1 forward, +1 inverse. */
  run(re: Float64Array, im: Float64Array, sign: -1 | 1): void {
    const nx = this.#x.n;
    const ny = this.#y.n;
    for (let y = 0; y < ny; y++) this.#x.line(re, im, y * nx, 1, sign);
    for (let x = 0; x < nx; x++) this.#y.line(re, im, x, nx, sign);
  }
}

/** A three-dimensional transform of [nz][ny][nx] arrays, in place. */
export class Fft3 {
  readonly #axes: readonly [Fft, Fft, Fft];

  constructor(nx: number, ny: number, nz: number) {
    this.#axes = [new Fft(nx), new Fft(ny), new Fft(nz)];
  }

  /** Real and imaginary parts [nz][ny][nx]; `sign` −1 forward, +1 inverse. */
  run(re: Float64Array, im: Float64Array, sign: -1 | 1): void {
    const [x, y, z] = this.#axes;
    const plane = x.n * y.n;
    for (let row = 0; row < y.n * z.n; row++) x.line(re, im, row * x.n, 1, sign);
    for (let k = 0; k < z.n; k++) for (let i = 0; i < x.n; i++) y.line(re, im, k * plane + i, x.n, sign);
    for (let at = 0; at < plane; at++) z.line(re, im, at, plane, sign);
  }
}
