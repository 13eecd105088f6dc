/**
 * The convergent probe on a multislice's window, in real space: ψ(r) = Σ_k A(k)·exp(−iχ)·exp(2πik·(r − r0))/√Σ|A|², so that the spectrum after the crystal,
 * divided by nx·ny, squares to fractions of the beam. Summed over the aperture's lattice points alone, rows first: cheaper than a float64 transform
 * of the whole grid where a scan needs hundreds of them.
 */

import { fail } from '../core/errors.ts';
import type { PatternGrid } from './angular-detector.ts';
import { panelIndex } from './cpu/panels.ts';
import { apertureLimit_mrad, type ProbeOptions, probeAmplitude } from './probe.ts';

/** A lattice point of the window inside the aperture: its frequency is (x/lx, y/ly); the amplitude is normalised, Σ|A|² = 1. */
export interface AperturePoint {
  readonly x: number;
  readonly y: number;
  readonly re: number;
  readonly im: number;
}

/** The aperture's points, rows first. @throws 'range' where the aperture reaches past the grid or passes no lattice point */
export function aperture(grid: PatternGrid, probe: ProbeOptions): AperturePoint[] {
  const { nx, ny, length_A } = grid;
  const [lx, ly] = length_A;
  const limit = apertureLimit_mrad(probe) / (probe.wavelength_A * 1e3);
  const reachX = Math.floor(limit * lx);
  const reachY = Math.floor(limit * ly);
  if (!(reachX < nx / 2 && reachY < ny / 2)) {
    fail('range', 'The aperture reaches past what the real-space grid resolves.', 'Use more pixels.', {
      nx,
      ny,
      limit,
    });
  }
  let norm = 0;
  const points: AperturePoint[] = [];
  for (let y = -reachY; y <= reachY; y++) {
    for (let x = -reachX; x <= reachX; x++) {
      const [re, im] = probeAmplitude(x / lx, y / ly, 0, 0, probe);
      if (re === 0 && im === 0) continue;
      points.push({ x, y, re, im });
      norm += re * re + im * im;
    }
  }
  if (norm === 0) fail('range', 'The aperture passes nothing.', 'Use a larger convergence angle or a wider window.');
  const scale = 1 / Math.sqrt(norm);
  return points.map(({ x, y, re, im }) => ({ x, y, re: re * scale, im: im * scale }));
}

export class ProbeWave {
  readonly #grid: PatternGrid;
  /** Aperture points by row. */
  readonly #rows: readonly (readonly AperturePoint[])[];
  readonly #reach: number;
  /** exp(2πi·f·x/nx), [f + reach][nx]. */
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @throws 'range' as `aperture` */
  constructor(grid: PatternGrid, probe: ProbeOptions) {
    const { nx } = grid;
    const points = aperture(grid, probe);
    const rows = new Map<number, AperturePoint[]>();
    for (const point of points) rows.set(point.y, [...(rows.get(point.y) ?? []), point]);
    this.#rows = [...rows.values()];
    const reach = Math.max(...points.map(({ x }) => Math.abs(x)));
    this.#grid = grid;
    this.#reach = reach;
    const size = (2 * reach + 1) * nx;
    const turn = (i: number) => (2 * Math.PI * (((Math.floor(i / nx) - reach) * (i % nx)) % nx)) / nx;
    this.#cos = Float64Array.from({ length: size }, (_, i) => Math.cos(turn(i)));
    this.#sin = Float64Array.from({ length: size }, (_, i) => Math.sin(turn(i)));
  }

  /** Writes the probe centred at `position_A` in the window into a field of nx·ny complex numbers in panels (cpu/panels.ts); the mean of |ψ|² is 1. */
  fill(position_A: readonly [x: number, y: number], panels: Float32Array): void {
    const { nx, ny, length_A } = this.#grid;
    const [lx, ly] = length_A;
    const [x0, y0] = position_A;
    /** Each aperture row along x. */
    const lines = this.#rows.map((row) => {
      const re = new Float64Array(nx);
      const im = new Float64Array(nx);
      for (const point of row) {
        const angle = -2 * Math.PI * ((point.x * x0) / lx + (point.y * y0) / ly);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const [ar, ai] = [point.re * c - point.im * s, point.re * s + point.im * c];
        const from = (point.x + this.#reach) * nx;
        for (let x = 0; x < nx; x++) {
          const [tr, ti] = [this.#cos[from + x]!, this.#sin[from + x]!];
          re[x] = re[x]! + ar * tr - ai * ti;
          im[x] = im[x]! + ar * ti + ai * tr;
        }
      }
      return { y: row[0]!.y, re, im };
    });
    const sumRe = new Float64Array(nx);
    const sumIm = new Float64Array(nx);
    for (let y = 0; y < ny; y++) {
      sumRe.fill(0);
      sumIm.fill(0);
      for (const line of lines) {
        const angle = (2 * Math.PI * ((line.y * y) % ny)) / ny;
        const c = Math.cos(angle);
        const s = Math.sin(angle);
        const { re, im } = line;
        for (let x = 0; x < nx; x++) {
          const r = re[x]!;
          const q = im[x]!;
          sumRe[x] = sumRe[x]! + r * c - q * s;
          sumIm[x] = sumIm[x]! + r * s + q * c;
        }
      }
      for (let x = 0; x < nx; x++) {
        const at = panelIndex(x, y, ny);
        panels[at] = sumRe[x]!;
        panels[at + 4] = sumIm[x]!;
      }
    }
  }
}
