/**
 * The convergent probe on a multislice's window, in real space: ψ(r) = Σ_k A(k)·exp(−iχ)·exp(2πik·(r − r0))/√Σ|A|², so that the spectrum after the crystal,
 * divided by nx·ny, squares to fractions of the beam. Summed over the aperture's lattice points alone, rows first: cheaper than a float64 transform
 * of the whole grid where a scan needs hundreds of them.
 */

import { fail } from '../core/errors.ts';
import type { PatternGrid } from './angular-detector.ts';
import { panelIndex } from './cpu/panels.ts';
import { apertureLimit_mrad, type ProbeOptions, probeAmplitude } from './probe.ts';

export class ProbeWave {
  readonly #grid: PatternGrid;
  /** Aperture points by row: frequencies and amplitudes, normalised. */
  readonly #rows: readonly {
    readonly y: number;
    readonly x: readonly number[];
    readonly re: readonly number[];
    readonly im: readonly number[];
  }[];
  readonly #reach: number;
  /** exp(2πi·f·x/nx), [f + reach][nx]. */
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @throws 'range' where the aperture reaches past the grid or passes no lattice point */
  constructor(grid: PatternGrid, probe: ProbeOptions) {
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
    const rows: { y: number; x: number[]; re: number[]; im: number[] }[] = [];
    for (let y = -reachY; y <= reachY; y++) {
      const row = { y, x: [] as number[], re: [] as number[], im: [] as number[] };
      for (let x = -reachX; x <= reachX; x++) {
        const [re, im] = probeAmplitude(x / lx, y / ly, 0, 0, probe);
        if (re === 0 && im === 0) continue;
        row.x.push(x);
        row.re.push(re);
        row.im.push(im);
        norm += re * re + im * im;
      }
      if (row.x.length > 0) rows.push(row);
    }
    if (norm === 0) fail('range', 'The aperture passes nothing.', 'Use a larger convergence angle or a wider window.');
    const scale = 1 / Math.sqrt(norm);
    this.#rows = rows.map(({ y, x, re, im }) => ({ y, x, re: re.map((v) => v * scale), im: im.map((v) => v * scale) }));
    this.#grid = grid;
    this.#reach = reachX;
    const size = (2 * reachX + 1) * nx;
    const turn = (i: number) => (2 * Math.PI * (((Math.floor(i / nx) - reachX) * (i % nx)) % nx)) / nx;
    this.#cos = Float64Array.from({ length: size }, (_, i) => Math.cos(turn(i)));
    this.#sin = Float64Array.from({ length: size }, (_, i) => Math.sin(turn(i)));
  }

  /** Writes the probe centred at `position_A` into a field in panels. */
  fill(position_A: readonly [x: number, y: number], panels: Float32Array): void {
    const { nx, ny, length_A } = this.#grid;
    const [lx, ly] = length_A;
    const [x0, y0] = position_A;
    /** Each aperture row along x. */
    const lines = this.#rows.map((row) => {
      const re = new Float64Array(nx);
      const im = new Float64Array(nx);
      for (const [i, f] of row.x.entries()) {
        const angle = -2 * Math.PI * ((f * x0) / lx + (row.y * y0) / ly);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const [ar, ai] = [row.re[i]! * c - row.im[i]! * s, row.re[i]! * s + row.im[i]! * c];
        const from = (f + this.#reach) * nx;
        for (let x = 0; x < nx; x++) {
          const [tr, ti] = [this.#cos[from + x]!, this.#sin[from + x]!];
          re[x] = re[x]! + ar * tr - ai * ti;
          im[x] = im[x]! + ar * ti + ai * tr;
        }
      }
      return { y: row.y, re, im };
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
