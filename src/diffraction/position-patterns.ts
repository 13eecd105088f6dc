/**
 * Diffraction patterns of many probe positions on one window, any structure. Two ways to the same intensities, by linearity of the equation:
 *
 * - 'direct': one multislice pass for each position and probe;
 * - 'matrix': one pass for each plane wave of the aperture on the window's lattice, once; a position is then a sum over them (Kirkland 2010, section 6.5; Ophus,
 *   Adv. Struct. Chem. Imaging 3 (2017) 13, without interpolation, which makes it exact). At 2.2 mrad and 30 Å that is 37 passes for a whole scan.
 *
 * The cheaper one is taken. Intensities are cut to a rectangle of frequencies around the direct beam. Twin of `directPatterns`, and for one position and a few
 * plane waves of `simulatePatterns`, which has all tilts too.
 */

import { fail } from '../core/errors.ts';
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

export interface PositionGeometry {
  readonly parts: readonly ProbePart[];
  /** Slice counts to read patterns at, ascending. */
  readonly exits: readonly number[];
  /** As in docs/design.md. Patterns stay centred on the direct beam. */
  readonly tilt_mrad: readonly [x: number, y: number];
  /** Frequencies −reach … +reach are kept along each axis, in steps of 1/window. */
  readonly reach: readonly [x: number, y: number];
  /** How many positions will be asked for: decides the way. */
  readonly positions: number;
  /** Which way, where it is not to be decided. */
  readonly way?: 'direct' | 'matrix';
}

/** Memory that the matrix may take [bytes]. */
const MATRIX_BYTES = 2 ** 30;
/** What a plane wave costs at one frequency in the sum for a position, against a pixel of a slice: 1.2 against 4 ns. */
const SUM_COST = 0.3;

interface Matrix {
  /** [waves][exits][height][width]. */
  readonly re: Float32Array;
  readonly im: Float32Array;
}

export class PositionPatterns {
  readonly way: 'direct' | 'matrix';
  /** Size of a pattern; the direct beam is in its middle, at index [height >> 1][width >> 1]. */
  readonly width: number;
  readonly height: number;
  readonly #multislice: Multislice;
  readonly #geometry: PositionGeometry;
  readonly #apertures: readonly (readonly AperturePoint[])[];
  readonly #waves: readonly ProbeWave[];
  #matrix: Matrix | undefined;

  /** @throws 'range' for a probe of another wavelength, exits that do not ascend, a reach past the grid, or what `aperture` throws */
  constructor(multislice: Multislice, geometry: PositionGeometry) {
    const { parts, exits, reach, positions } = geometry;
    const lambda = wavelength(multislice.voltage_kV);
    if (parts.some(({ probe }) => Math.abs(probe.wavelength_A / lambda - 1) > 1e-9)) {
      fail('range', 'The probe has another wavelength than the multislice.', 'Use wavelength(voltage_kV) for both.');
    }
    if (exits.length === 0 || exits.some((exit, i) => !Number.isInteger(exit) || exit < (exits[i - 1] ?? 0))) {
      fail('range', 'Exits are not ascending slice counts.', 'Sort them.', { exits });
    }
    if (!(2 * reach[0] < multislice.nx && 2 * reach[1] < multislice.ny)) {
      fail('range', 'The pattern reaches past what the real-space grid resolves.', 'Use more pixels.', { reach });
    }
    this.#multislice = multislice;
    this.#geometry = geometry;
    this.width = 2 * reach[0] + 1;
    this.height = 2 * reach[1] + 1;
    this.#apertures = parts.map(({ probe }) => aperture(multislice, probe));
    const waves = this.#apertures[0]!.length;
    const size = this.width * this.height;
    const slices = exits.at(-1)!;
    const sums = (exits.length * waves * size * SUM_COST) / (multislice.nx * multislice.ny);
    const cheaper = waves * slices + positions * parts.length * sums < positions * parts.length * slices;
    this.way = geometry.way ?? (cheaper && 8 * waves * exits.length * size <= MATRIX_BYTES ? 'matrix' : 'direct');
    this.#waves = this.way === 'direct' ? parts.map(({ probe }) => new ProbeWave(multislice, probe)) : [];
  }

  /** Patterns [exits] of [height][width], fraction of the incident beam per lattice point, for a probe at `position_A` in the window. */
  at(position_A: readonly [x: number, y: number]): Float64Array[] {
    const { parts, exits } = this.#geometry;
    const out = exits.map(() => new Float64Array(this.width * this.height));
    for (const [p, { weight }] of parts.entries()) {
      if (this.way === 'direct') this.#direct(this.#waves[p]!, position_A, weight, out);
      else this.#sum(this.#apertures[p]!, position_A, weight, out);
    }
    return out;
  }

  /** Index of the frequency at [y][x] of a pattern in a panel spectrum. */
  #panel(x: number, y: number): number {
    const { nx, ny } = this.#multislice;
    const [reachX, reachY] = this.#geometry.reach;
    return panelIndex((x - reachX + nx) % nx, (y - reachY + ny) % ny, ny);
  }

  #direct(wave: ProbeWave, position_A: readonly [number, number], weight: number, out: Float64Array[]): void {
    const { exits, tilt_mrad } = this.#geometry;
    const { nx, ny } = this.#multislice;
    const scale = weight / (nx * ny) ** 2;
    let e = 0;
    this.#multislice.run(
      (panels) => wave.fill(position_A, panels),
      exits,
      { tilt_mrad },
      (_, spectrum) => {
        const pattern = out[e++]!;
        for (let y = 0, i = 0; y < this.height; y++) {
          for (let x = 0; x < this.width; x++, i++) {
            const at = this.#panel(x, y);
            pattern[i] = pattern[i]! + scale * (spectrum[at]! ** 2 + spectrum[at + 4]! ** 2);
          }
        }
      },
    );
  }

  /** S of every aperture point, made once: all parts share the points and differ in phase only. */
  #made(): Matrix {
    if (this.#matrix) return this.#matrix;
    const { exits, tilt_mrad } = this.#geometry;
    const { nx, ny } = this.#multislice;
    const points = this.#apertures[0]!;
    const length = points.length * exits.length * this.width * this.height;
    const matrix: Matrix = { re: new Float32Array(length), im: new Float32Array(length) };
    const scale = 1 / (nx * ny);
    let to = 0;
    for (const { x: gx, y: gy } of points) {
      this.#multislice.run(
        (panels) => fillPlaneWave(panels, nx, ny, gx, gy),
        exits,
        { tilt_mrad },
        (_, spectrum) => {
          for (let y = 0; y < this.height; y++) {
            for (let x = 0; x < this.width; x++, to++) {
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
  ): void {
    const { re, im } = this.#made();
    const [lx, ly] = this.#multislice.length_A;
    const size = this.width * this.height;
    const sumRe = new Float64Array(size);
    const sumIm = new Float64Array(size);
    for (const [e, pattern] of out.entries()) {
      sumRe.fill(0);
      sumIm.fill(0);
      for (const [w, point] of points.entries()) {
        const angle = -2 * Math.PI * ((point.x * position_A[0]) / lx + (point.y * position_A[1]) / ly);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const [ar, ai] = [point.re * c - point.im * s, point.re * s + point.im * c];
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
