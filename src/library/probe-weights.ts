/**
 * How much of the probe's intensity falls on each column of a block, depth by depth: the probe in vacuum, along its (tilted) path.
 * Channelling is not in it: the weights say where the beam enters, not where scattering pulls it.
 */

import { Fft2, frequency } from '../core/fft.ts';
import { type BlockCells, stepsOf, zoneOf } from '../crystal/zone.ts';
import { type ProbeOptions, probeAmplitude } from '../diffraction/probe.ts';

/** Samples of the probe per step between columns, and depths. */
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
  readonly #steps_A: readonly [number, number];
  readonly #cells: readonly [number, number];
  /** Of every column along y by the number of its row along x: the shift of that row, in steps. */
  readonly #shifts: readonly number[];
  readonly #n: readonly [number, number];
  readonly #thickness_A: number;
  readonly #intensity: readonly Float64Array[];

  /**
   * @param steps_A between columns along x and y
   * @param block whose columns they are
   * @param window that holds the probe, in such steps
   * @param thickness_A the greatest depth that will be asked for
   */
  constructor(
    probe: ProbeOptions,
    steps_A: readonly [x: number, y: number],
    { cells, zone: axis }: BlockCells,
    window: readonly [x: number, y: number],
    thickness_A: number,
  ) {
    const zone = zoneOf(axis);
    this.#steps_A = steps_A;
    this.#cells = [cells[0], cells[1]];
    this.#shifts = Array.from({ length: zone.staggered ? 2 : 1 }, (_, i) => stepsOf(zone, [i, 0, 0])[1]);
    this.#thickness_A = thickness_A;
    const [nx, ny] = [window[0] * PER_CELL, window[1] * PER_CELL];
    this.#n = [nx, ny];
    const [lx, ly] = [window[0] * steps_A[0], window[1] * steps_A[1]];
    const fft = new Fft2(nx, ny);
    this.#intensity = Array.from({ length: DEPTHS }, (_, d) => {
      const depth_nm = (((d + 0.5) / DEPTHS) * thickness_A) / 10;
      const re = new Float64Array(nx * ny);
      const im = new Float64Array(nx * ny);
      for (let y = 0, i = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++, i++) {
          // Propagating by z takes z off the defocus; the probe sits at the window's centre.
          const options = { ...probe, defocus_nm: probe.defocus_nm - depth_nm };
          [re[i], im[i]] = probeAmplitude(frequency(x, nx) / lx, frequency(y, ny) / ly, lx / 2, ly / 2, options);
        }
      }
      fft.run(re, im, 1);
      let sum = 0;
      const intensity = new Float64Array(nx * ny);
      for (let i = 0; i < nx * ny; i++) {
        intensity[i] = re[i]! ** 2 + im[i]! ** 2;
        sum += intensity[i]!;
      }
      return intensity.map((value) => value / sum);
    });
  }

  /**
   * Weights [ny][nx] of the block's columns in each eighth of the greatest depth that a crystal of `thickness_A` reaches into, summing to 1 in each. Column (i, j) is
   * the rectangle [i, i + 1) × [j, j + 1) of steps, of zones whose columns are staggered the same shifted with its row. The probe enters at `position_A` and walks by θ per unit depth.
   */
  along(
    position_A: readonly [number, number],
    tilt_mrad: readonly [number, number],
    thickness_A: number,
  ): ProbeSection[] {
    const [nx, ny] = this.#cells;
    const [samplesX, samplesY] = this.#n;
    const height = this.#thickness_A / DEPTHS;
    const sections: ProbeSection[] = [];
    const axis = [this.#axis(0), this.#axis(1)] as const;
    // A remainder of rounding is no section.
    for (let d = 0; d < DEPTHS && (d === 0 || d * height < thickness_A * (1 - 1e-9)); d++) {
      const weights = new Float64Array(nx * ny);
      const z = (d + 0.5) * height;
      const x = axis[0](position_A[0] + z * tilt_mrad[0] * 1e-3);
      const rows = this.#shifts.map((shift) =>
        axis[1](position_A[1] - shift * this.#steps_A[1] + z * tilt_mrad[1] * 1e-3),
      );
      const intensity = this.#intensity[d]!;
      const line = new Float64Array(nx);
      for (let iy = 0, i = 0; iy < samplesY; iy++) {
        // A row of samples onto columns along x, then all of it onto two of them along y.
        line.fill(0);
        for (let ix = 0; ix < samplesX; ix++, i++) {
          const value = intensity[i]!;
          const share = x.share[ix]! * value;
          const [x0, x1] = [x.first[ix]!, x.second[ix]!];
          line[x0] = line[x0]! + share;
          line[x1] = line[x1]! + value - share;
        }
        for (let column = 0; column < nx; column++) {
          const row = rows[column % rows.length]!;
          const share = row.share[iy]! * line[column]!;
          const a = row.first[iy]! * nx + column;
          const b = row.second[iy]! * nx + column;
          weights[a] = weights[a]! + share;
          weights[b] = weights[b]! + line[column]! - share;
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

  /** For each sample along an axis: the two columns that its width touches and the first one's share. */
  #axis(axis: 0 | 1): (centre_A: number) => { first: Int32Array; second: Int32Array; share: Float64Array } {
    const n = this.#n[axis];
    const cells = this.#cells[axis];
    return (centre_A) => {
      const first = new Int32Array(n);
      const second = new Int32Array(n);
      const share = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        // Left edge of sample i, in steps; the samples are 1/PER_CELL steps wide around their point.
        const left = centre_A / this.#steps_A[axis] + (i - n / 2 - 0.5) / PER_CELL;
        const cell = Math.floor(left);
        first[i] = ((cell % cells) + cells) % cells;
        second[i] = (((cell + 1) % cells) + cells) % cells;
        share[i] = Math.min(1, (cell + 1 - left) * PER_CELL);
      }
      return { first, second, share };
    };
  }
}
