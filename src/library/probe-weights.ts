/**
 * How much of the probe's intensity falls on each column of a block, depth by depth: the probe in vacuum, along its (tilted) path.
 * Channelling is not in it: the weights say where the beam enters, not where scattering pulls it.
 */

import { Fft2, frequency } from '../core/fft.ts';
import { type ProbeOptions, probeAmplitude } from '../diffraction/probe.ts';

/** Samples of the probe per unit cell, and depths. */
const PER_CELL = 8;
const DEPTHS = 8;

/** A stretch of the depth, and the columns that the probe lights in it. */
export interface ProbeSection {
  readonly from_A: number;
  readonly to_A: number;
  /** [ny][nx], sum 1. */
  readonly weights: Float64Array;
}

/** What probes that enter at different places light together. @param parts sections of one thickness each; weights sum to 1 */
export function blended(
  parts: readonly { readonly weight: number; readonly sections: readonly ProbeSection[] }[],
): readonly ProbeSection[] {
  const [first] = parts;
  if (parts.length === 1) return first!.sections;
  return first!.sections.map(({ from_A, to_A, weights }, d) => ({
    from_A,
    to_A,
    weights: weights.map((_, c) => parts.reduce((sum, part) => sum + part.weight * part.sections[d]!.weights[c]!, 0)),
  }));
}

export class ProbeWeights {
  readonly #a: number;
  readonly #cells: readonly [number, number];
  readonly #n: number;
  readonly #thickness_A: number;
  readonly #intensity: readonly Float64Array[];

  /**
   * @param windowCells side of the window that holds the probe, in cells
   * @param thickness_A the greatest depth that will be asked for
   */
  constructor(
    probe: ProbeOptions,
    a_A: number,
    cells: readonly [number, number],
    windowCells: number,
    thickness_A: number,
  ) {
    this.#a = a_A;
    this.#cells = cells;
    this.#thickness_A = thickness_A;
    const n = windowCells * PER_CELL;
    this.#n = n;
    const side = windowCells * a_A;
    const fft = new Fft2(n, n);
    this.#intensity = Array.from({ length: DEPTHS }, (_, d) => {
      const depth_nm = (((d + 0.5) / DEPTHS) * thickness_A) / 10;
      const re = new Float64Array(n * n);
      const im = new Float64Array(n * n);
      for (let y = 0, i = 0; y < n; y++) {
        for (let x = 0; x < n; x++, i++) {
          // Propagating by z takes z off the defocus; the probe sits at the window's centre.
          const options = { ...probe, defocus_nm: probe.defocus_nm - depth_nm };
          [re[i], im[i]] = probeAmplitude(frequency(x, n) / side, frequency(y, n) / side, side / 2, side / 2, options);
        }
      }
      fft.run(re, im, 1);
      let sum = 0;
      const intensity = new Float64Array(n * n);
      for (let i = 0; i < n * n; i++) {
        intensity[i] = re[i]! ** 2 + im[i]! ** 2;
        sum += intensity[i]!;
      }
      return intensity.map((value) => value / sum);
    });
  }

  /**
   * Weights [ny][nx] of the block's columns in each eighth of the greatest depth that a crystal of `thickness_A` reaches into, summing to 1 in each. Column (i, j) is
   * the cell [i·a, (i + 1)·a) × [j·a, (j + 1)·a). The probe enters at `position_A` and walks by θ per unit depth.
   */
  along(
    position_A: readonly [number, number],
    tilt_mrad: readonly [number, number],
    thickness_A: number,
  ): ProbeSection[] {
    const [nx, ny] = this.#cells;
    const n = this.#n;
    const height = this.#thickness_A / DEPTHS;
    const sections: ProbeSection[] = [];
    const axis = [this.#axis(0), this.#axis(1)] as const;
    // A remainder of rounding is no section.
    for (let d = 0; d < DEPTHS && (d === 0 || d * height < thickness_A * (1 - 1e-9)); d++) {
      const weights = new Float64Array(nx * ny);
      const z = (d + 0.5) * height;
      const x = axis[0](position_A[0] + z * tilt_mrad[0] * 1e-3);
      const y = axis[1](position_A[1] + z * tilt_mrad[1] * 1e-3);
      const intensity = this.#intensity[d]!;
      for (let iy = 0, i = 0; iy < n; iy++) {
        const y0 = y.first[iy]! * nx;
        const y1 = y.second[iy]! * nx;
        const fy = y.share[iy]!;
        for (let ix = 0; ix < n; ix++, i++) {
          const value = intensity[i]!;
          const x0 = x.first[ix]!;
          const x1 = x.second[ix]!;
          const fx = x.share[ix]!;
          weights[y0 + x0] = weights[y0 + x0]! + value * fx * fy;
          weights[y0 + x1] = weights[y0 + x1]! + value * (1 - fx) * fy;
          weights[y1 + x0] = weights[y1 + x0]! + value * fx * (1 - fy);
          weights[y1 + x1] = weights[y1 + x1]! + value * (1 - fx) * (1 - fy);
        }
      }
      let sum = 0;
      for (const value of weights) sum += value;
      sections.push({
        from_A: d * height,
        to_A: Math.min((d + 1) * height, thickness_A),
        weights: weights.map((value) => value / sum),
      });
    }
    return sections;
  }

  /** For each sample along an axis: the two cells that its width touches and the first one's share. */
  #axis(axis: 0 | 1): (centre_A: number) => { first: Int32Array; second: Int32Array; share: Float64Array } {
    const n = this.#n;
    const cells = this.#cells[axis];
    return (centre_A) => {
      const first = new Int32Array(n);
      const second = new Int32Array(n);
      const share = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        // Left edge of sample i, in cells; the samples are 1/PER_CELL cells wide around their point.
        const left = centre_A / this.#a + (i - n / 2 - 0.5) / PER_CELL;
        const cell = Math.floor(left);
        first[i] = ((cell % cells) + cells) % cells;
        second[i] = (((cell + 1) % cells) + cells) % cells;
        share[i] = Math.min(1, (cell + 1 - left) * PER_CELL);
      }
      return { first, second, share };
    };
  }
}
