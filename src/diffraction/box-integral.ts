/**
 * How much of an atom's potential lies in a slice, exactly: the fraction ∫_{z0}^{z0+Δz} v(k⊥, z) dz / V(k⊥) of its projected potential, z counted
 * from the nucleus, for every k⊥. v is the Fourier transform of f_e along kz, with the Debye–Waller factor along the beam:
 *
 *   C(k⊥, z) = ½ + z/L + Σ_m f_e(√(k⊥² + (m/L)²))/f_e(k⊥) · exp(−2π²u²z (m/L)²) · sin(2πmz/L)/(πm),   −L/2 ≤ z ≤ L/2
 *
 * times sinc⁵(x)·(1 + 5/12·(1 − cos 2πx)), x = m·w/L, where the potential is first smoothed along the beam: by a box of width w, five times over, and by the
 * three points ±w that take back what this does to low frequencies (it is 1 − O(x⁴)). At multiples of 1/w, which slices of w fold back onto zero, it has a zero of
 * fifth order,
 * with L the period along the beam (its images included: exact for a periodic crystal). What it is not: the projected potential itself, which
 * carries the Debye–Waller factor across the beam. Fractions of slices that tile the period sum to 1 to rounding, since C is tabulated and differences
 * telescope. Tables in k⊥ and z with cubic interpolation: a slice costs no integral. Units: Å, 1/Å.
 */

import { debyeWaller } from './scattering-factor.ts';

/** How often the box is applied in smoothing: fewer fold more back, more blur more. */
const BOXES = 5;
const NODE_SPACING_INV_A = 0.02;
const SAMPLES_PER_A = 200;
/** Fractions below this are left out: high frequencies lie close to the nucleus. */
const NEGLIGIBLE = 1e-8;

export class BoxIntegral {
  readonly #period: number;
  readonly #samples: number;
  readonly #nodes: number;
  /** C at [sample of z][node of k⊥], one period. */
  readonly #table: Float64Array;
  readonly #row: Float64Array;

  /** `f` as from `scatteringFactor`; `kMax_invA` the largest k⊥ that will be asked for; `smoothing_A` the width w, 0 for none. */
  constructor(f: (k2: number) => number, u2z_A2: number, period_A: number, kMax_invA: number, smoothing_A = 0) {
    const samples = Math.ceil(period_A * SAMPLES_PER_A);
    const nodes = Math.ceil(kMax_invA / NODE_SPACING_INV_A) + 4;
    this.#period = period_A;
    this.#samples = samples;
    this.#nodes = nodes;
    this.#row = new Float64Array(nodes);
    const sine = Float64Array.from({ length: samples }, (_, j) => Math.sin((2 * Math.PI * j) / samples));
    const table = new Float64Array(samples * nodes);
    const column = new Float64Array(samples);
    for (let node = 0; node < nodes; node++) {
      const k2 = (node * NODE_SPACING_INV_A) ** 2;
      for (let j = 0; j < samples; j++) column[j] = j / samples;
      // The Nyquist frequency of the samples bounds the series; the Debye–Waller factor usually ends it long before.
      for (let m = 1; m <= samples / 2; m++) {
        const kz2 = (m / period_A) ** 2;
        const ratio = (f(k2 + kz2) / f(k2)) * debyeWaller(u2z_A2, kz2);
        if (Math.abs(ratio) < 1e-13) break;
        const turn = (Math.PI * m * smoothing_A) / period_A;
        const smooth = turn === 0 ? 1 : (Math.sin(turn) / turn) ** BOXES;
        const term = ratio * smooth * (1 + (BOXES / 12) * (1 - Math.cos(2 * turn)));
        // Sample j is z = (j/samples − ½)·period: sin(2πmz/period) = (−1)^m sin(2πmj/samples). Odd in z: half of it is enough.
        const scale = ((m & 1 ? -1 : 1) * term) / (Math.PI * m);
        for (let j = 1, at = m; 2 * j < samples; j++) {
          column[j] = column[j]! + scale * sine[at]!;
          at += m;
          if (at >= samples) at -= samples;
        }
      }
      for (let j = 1; 2 * j < samples; j++) column[samples - j] = 1 - column[j]!;
      for (let j = 0; j < samples; j++) table[j * nodes + node] = column[j]!;
    }
    this.#table = table;
  }

  /**
   * Writes the fraction in [z0, z0 + dz] [Å from the nucleus] for each k⊥ of `k` (ascending, 1/Å) into `out` (as long as `k`) and returns how many are not
   * negligible; the rest are not written.
   */
  fractions(z0_A: number, dz_A: number, k: Float64Array, out: Float64Array): number {
    const row = this.#row;
    row.fill(0);
    const start = z0_A / this.#period + 0.5;
    const turns = Math.floor(start);
    this.#add(row, start - turns, -1);
    this.#add(row, start - turns + dz_A / this.#period, 1);
    let last = this.#nodes;
    while (last > 0 && Math.abs(row[last - 1]!) < NEGLIGIBLE) last--;
    const reach = last * NODE_SPACING_INV_A;
    let i = 0;
    for (; i < k.length && k[i]! <= reach; i++) {
      const u = k[i]! / NODE_SPACING_INV_A;
      const n = Math.min(Math.max(Math.floor(u), 1), this.#nodes - 3);
      const [a, b, c, d] = cubic(u - n);
      out[i] = a * row[n - 1]! + b * row[n]! + c * row[n + 1]! + d * row[n + 2]!;
    }
    return i;
  }

  /** row += sign·C at `u` periods from the table's start; C grows by 1 in each period. */
  #add(row: Float64Array, u: number, sign: -1 | 1): void {
    const p = u * this.#samples;
    const j = Math.floor(p);
    for (const [i, weight] of cubic(p - j).entries()) {
      const turns = Math.floor((j + i - 1) / this.#samples);
      const at = (j + i - 1 - turns * this.#samples) * this.#nodes;
      for (let node = 0; node < row.length; node++) {
        row[node] = row[node]! + sign * weight * (turns + this.#table[at + node]!);
      }
    }
  }
}

/** Lagrange's weights of four equidistant nodes −1, 0, 1, 2 at t. */
function cubic(t: number): [number, number, number, number] {
  return [
    (-t * (t - 1) * (t - 2)) / 6,
    ((t + 1) * (t - 1) * (t - 2)) / 2,
    (-(t + 1) * t * (t - 2)) / 2,
    ((t + 1) * t * (t - 1)) / 6,
  ];
}
