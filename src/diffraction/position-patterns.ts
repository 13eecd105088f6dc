/**
 * Diffraction patterns of many probe positions on one window, any structure. Two ways to the same intensities, by linearity of the equation:
 *
 * - 'direct': one multislice pass for each position and probe;
 * - 'matrix': one pass for each plane wave of the aperture on the window's lattice, once; a position is then a sum over them (Kirkland 2010, section 6.5; Ophus,
 *   Adv. Struct. Chem. Imaging 3 (2017) 13, without interpolation, which makes it exact). At 2.2 mrad and 30 Å that is 37 passes for a whole scan.
 *
 * The cheaper one is taken. Intensities are cut to a rectangle of frequencies around the direct beam. Here on the CPU, the reference; `gpu/position-patterns.ts` is
 * its twin. Twin also of `directPatterns`, and for one position and a few plane waves of `simulatePatterns`, which has all tilts too.
 */

import { fail } from '../core/errors.ts';
import type { PatternGrid } from './angular-detector.ts';
import type { Multislice } from './cpu/multislice.ts';
import { panelIndex } from './cpu/panels.ts';
import { wavelength } from './optics.ts';
import type { ProbeOptions } from './probe.ts';
import { type AperturePoint, aperture, ProbeWave } from './probe-wave.ts';
import { fillPlaneWave } from './scattering-matrix.ts';

/** One coherent probe of an incoherent sum: defocus spread, say. Weights sum to 1. */
export interface ProbePart {
  readonly probe: ProbeOptions;
  readonly weight: number;
}

/** One place of an extended source, on the specimen and from the position that the scan states. Weights sum to 1. */
export interface SourcePlace {
  readonly offset_A: readonly [x: number, y: number];
  readonly weight: number;
}

export interface PositionGeometry {
  /** Of one aperture: they differ in phase alone. */
  readonly parts: readonly ProbePart[];
  /** Slice counts to read patterns at, ascending. */
  readonly exits: readonly number[];
  /** As in docs/design.md. Patterns stay centred on the direct beam. */
  readonly tilt_mrad: readonly [x: number, y: number];
  /** Frequencies −reach … +reach are kept along each axis, in steps of 1/window. */
  readonly reach: readonly [x: number, y: number];
  /** A point where absent. */
  readonly source?: readonly SourcePlace[];
  /** How many positions will be asked for: decides the way. */
  readonly positions: number;
  /** Which way, where it is not to be decided. */
  readonly way?: 'direct' | 'matrix';
}

/** What either engine knows before the first wave. */
export interface PositionPlan {
  readonly way: 'direct' | 'matrix';
  /** Size of a pattern; the direct beam is in its middle, at index [height >> 1][width >> 1]. */
  readonly width: number;
  readonly height: number;
  /** Of each part; all share the points. */
  readonly apertures: readonly (readonly AperturePoint[])[];
  readonly source: readonly SourcePlace[];
}

/** Memory that the matrix may take [bytes]. */
const MATRIX_BYTES = 2 ** 30;
/** What a plane wave costs at one frequency in the sum for a position, against a pixel of a slice: 1.2 against 4 ns. */
const SUM_COST = 0.3;

/**
 * @param room for the matrix [bytes]
 * @throws 'range' for a probe of another wavelength, exits that do not ascend, a reach past the grid, or what `aperture` throws
 */
export function planPositions(
  grid: PatternGrid & { readonly voltage_kV: number },
  geometry: PositionGeometry,
  room: number = MATRIX_BYTES,
): PositionPlan {
  const { parts, exits, reach, source = [{ offset_A: [0, 0], weight: 1 }] } = geometry;
  const lambda = wavelength(grid.voltage_kV);
  if (parts.some(({ probe }) => Math.abs(probe.wavelength_A / lambda - 1) > 1e-9)) {
    fail('range', 'The probe has another wavelength than the multislice.', 'Use wavelength(voltage_kV) for both.');
  }
  const ascends = exits.every((exit, i) => Number.isInteger(exit) && exit >= (i === 0 ? 0 : exits[i - 1]!));
  if (exits.length === 0 || !ascends) {
    fail('range', 'Exits are not ascending slice counts.', 'Sort them.', { exits });
  }
  if (!(2 * reach[0] < grid.nx && 2 * reach[1] < grid.ny)) {
    fail('range', 'The pattern reaches past what the real-space grid resolves.', 'Use more pixels.', { reach });
  }
  const width = 2 * reach[0] + 1;
  const height = 2 * reach[1] + 1;
  const apertures = parts.map(({ probe }) => aperture(grid, probe));
  const waves = apertures[0]!.length;
  if (apertures.some((points) => points.length !== waves)) {
    fail('range', 'The parts of the probe have different apertures.', 'Give them one convergence angle and edge.');
  }
  const size = width * height;
  const slices = exits.at(-1)!;
  const sums = (exits.length * waves * size * SUM_COST) / (grid.nx * grid.ny);
  const positions = geometry.positions * source.length;
  const cheaper = waves * slices + positions * parts.length * sums < positions * parts.length * slices;
  const fits = 8 * waves * exits.length * size <= Math.min(room, MATRIX_BYTES);
  return { way: geometry.way ?? (cheaper && fits ? 'matrix' : 'direct'), width, height, apertures, source };
}

/** Amplitude of an aperture's point for a probe at `position_A` in a window of sides `length_A`. */
export function amplitudeAt(
  { x, y, re, im }: AperturePoint,
  position_A: readonly [x: number, y: number],
  length_A: readonly [x: number, y: number],
): readonly [re: number, im: number] {
  const angle = -2 * Math.PI * ((x * position_A[0]) / length_A[0] + (y * position_A[1]) / length_A[1]);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [re * c - im * s, re * s + im * c];
}

interface Matrix {
  /** [waves][exits][height][width]. */
  readonly re: Float32Array;
  readonly im: Float32Array;
}

export class PositionPatterns {
  readonly plan: PositionPlan;
  readonly #multislice: Multislice;
  readonly #geometry: PositionGeometry;
  readonly #waves: readonly ProbeWave[];
  #matrix: Matrix | undefined;

  /** @throws 'range' as `planPositions` */
  constructor(multislice: Multislice, geometry: PositionGeometry) {
    this.plan = planPositions(multislice, geometry);
    this.#multislice = multislice;
    this.#geometry = geometry;
    const direct = this.plan.way === 'direct';
    this.#waves = direct ? geometry.parts.map(({ probe }) => new ProbeWave(multislice, probe)) : [];
  }

  /**
   * Patterns [exits] of [height][width], fraction of the incident beam per lattice point, for a probe at (x, y) in the window.
   * @param progress gets the share done, 0 to 1
   */
  at([x, y]: readonly [x: number, y: number], progress: (share: number) => void = () => {}): Float64Array[] {
    const { source } = this.plan;
    // Each place of the source by itself.
    const [first, ...rest] = source.map(({ offset_A, weight }, k) => {
      const within = (share: number) => progress((k + share) / source.length);
      const here = this.#fromPoint([x + offset_A[0], y + offset_A[1]], within);
      if (weight === 1) return here;
      return here.map((pattern) => pattern.map((value) => value * weight));
    });
    for (const here of rest) {
      for (const [e, pattern] of here.entries()) {
        const sum = first![e]!;
        for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + pattern[i]!;
      }
    }
    return first!;
  }

  #fromPoint(position_A: readonly [x: number, y: number], progress: (share: number) => void): Float64Array[] {
    const { parts, exits } = this.#geometry;
    const { way, width, height, apertures } = this.plan;
    const out = exits.map(() => new Float64Array(width * height));
    for (const [p, { weight }] of parts.entries()) {
      const within = (share: number) => progress((p + share) / parts.length);
      if (way === 'direct') this.#direct(this.#waves[p]!, position_A, weight, out, within);
      else this.#sum(apertures[p]!, position_A, weight, out, within);
    }
    return out;
  }

  /** Index of the frequency at [y][x] of a pattern in a panel spectrum. */
  #panel(x: number, y: number): number {
    const { nx, ny } = this.#multislice;
    const [reachX, reachY] = this.#geometry.reach;
    return panelIndex((x - reachX + nx) % nx, (y - reachY + ny) % ny, ny);
  }

  #direct(
    wave: ProbeWave,
    position_A: readonly [number, number],
    weight: number,
    out: Float64Array[],
    progress: (share: number) => void,
  ): void {
    const { exits, tilt_mrad } = this.#geometry;
    const { width, height } = this.plan;
    const { nx, ny } = this.#multislice;
    const scale = weight / (nx * ny) ** 2;
    let e = 0;
    this.#multislice.run(
      (panels) => wave.fill(position_A, panels),
      exits,
      { tilt_mrad },
      (_, spectrum) => {
        const pattern = out[e++]!;
        for (let y = 0, i = 0; y < height; y++) {
          for (let x = 0; x < width; x++, i++) {
            const at = this.#panel(x, y);
            pattern[i] = pattern[i]! + scale * (spectrum[at]! ** 2 + spectrum[at + 4]! ** 2);
          }
        }
      },
      (slices) => progress(slices / exits.at(-1)!),
    );
  }

  /** S of every aperture point, made once: all parts share the points and differ in phase only. */
  #made(progress: (share: number) => void): Matrix {
    if (this.#matrix) return this.#matrix;
    const { exits, tilt_mrad } = this.#geometry;
    const { width, height, apertures } = this.plan;
    const { nx, ny } = this.#multislice;
    const points = apertures[0]!;
    const length = points.length * exits.length * width * height;
    const matrix: Matrix = { re: new Float32Array(length), im: new Float32Array(length) };
    const scale = 1 / (nx * ny);
    let to = 0;
    for (const [w, { x: gx, y: gy }] of points.entries()) {
      progress(w / points.length);
      this.#multislice.run(
        (panels) => fillPlaneWave(panels, nx, ny, gx, gy),
        exits,
        { tilt_mrad },
        (_, spectrum) => {
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++, to++) {
              const at = this.#panel(x, y);
              matrix.re[to] = spectrum[at]! * scale;
              matrix.im[to] = spectrum[at + 4]! * scale;
            }
          }
        },
      );
    }
    this.#matrix = matrix;
    return matrix;
  }

  #sum(
    points: readonly AperturePoint[],
    position_A: readonly [number, number],
    weight: number,
    out: Float64Array[],
    progress: (share: number) => void,
  ): void {
    const { re, im } = this.#made(progress);
    const { length_A } = this.#multislice;
    const size = this.plan.width * this.plan.height;
    const sumRe = new Float64Array(size);
    const sumIm = new Float64Array(size);
    for (const [e, pattern] of out.entries()) {
      sumRe.fill(0);
      sumIm.fill(0);
      for (const [w, point] of points.entries()) {
        const [ar, ai] = amplitudeAt(point, position_A, length_A);
        const from = (w * out.length + e) * size;
        for (let i = 0; i < size; i++) {
          const sr = re[from + i]!;
          const si = im[from + i]!;
          sumRe[i] = sumRe[i]! + ar * sr - ai * si;
          sumIm[i] = sumIm[i]! + ar * si + ai * sr;
        }
      }
      for (let i = 0; i < size; i++) pattern[i] = pattern[i]! + weight * (sumRe[i]! ** 2 + sumIm[i]! ** 2);
    }
  }
}
