/**
 * GaSb [110], measured and tabulated by Yuan, Zhang, He, Zuo, Ultramicroscopy 231 (2021) 113256 (data: github.com/flysteven/ANN-4DDD): the crystal, a table of disk
 * intensities over thickness and tilt, and the pattern of such a table that fits measured disks best. For tests and the figures of docs/verification.md.
 *
 * Not stated by the source but inferred, by which fits the data best: voltage, disk radius, polarity, the signs of the tilts. Assumed: the vibrations.
 * x ∥ [001], y ∥ [1-10], z ∥ [110]; disk (h, k) is at (h/a, k·√2/a); tilts as in docs/design.md.
 */

import { Multislice } from './cpu/multislice.ts';
import type { SliceKernel } from './cpu/wasm.ts';
import { wavelength } from './optics.ts';
import type { Atoms, SliceOptions, SliceStack } from './slices.ts';
import { type Pair, rockingCurves } from './test-rocking.ts';

const A_A = 6.0959;
export const BEAM: { readonly voltage_kV: number; readonly radius_mrad: number } = {
  voltage_kV: 300,
  radius_mrad: 1.1,
};

const SLICES_PER_CELL = 4;
/** R1 of all disks against 64 × 48 pixels and `smooth` slices of a third of these: 1%. */
export const SLICES: SliceOptions = {
  nx: 40,
  ny: 28,
  nSlices: SLICES_PER_CELL,
  slicing: 'spline',
  u2_A2: { Ga: 0.0114, Sb: 0.0089 },
};

/** One orthogonal cell, a × a/√2 × a/√2, two layers. */
export function galliumAntimonide(): Atoms {
  const b = A_A / Math.SQRT2;
  return {
    cell_A: [A_A, b, b],
    symbols: ['Ga', 'Ga', 'Sb', 'Sb'],
    positions_A: Float64Array.of(0, 0, 0, A_A / 2, b / 2, b / 2, 0.75 * A_A, b / 2, 0, 0.25 * A_A, 0, b / 2),
  };
}

/** The source counts disks along two oblique vectors. */
export const disk = (n1: number, n2: number): Pair => [n2 - n1, -(n1 + n2)];

/** Index in `disks` of each disk's image under (h, k) → (sx·h, sy·k). */
export function images(disks: readonly Pair[], sx: number, sy: number): number[] {
  return disks.map(([h, k]) => disks.findIndex(([p, q]) => p === sx * h && q === sy * k));
}

/** Thicknesses of a table, each at the nearest whole cell (0.43 nm). */
export const THICKNESS_NM: readonly number[] = Array.from({ length: 21 }, (_, i) => 65 + i);
/** Tilts of a table along each axis: −0.5° to 0.5°. */
export const TILTS = 51;
const TILT_STEP_RAD = (0.02 * Math.PI) / 180;
/** Directions are computed on every second tilt: disks from them differ by R1 1.3% from those of all. */
const COARSE = 2;

interface Share {
  readonly u: number;
  readonly v: number;
  readonly weight: number;
}

/** Shares of the coarse directions in a disk centred at (x, y) tilts from one of them, x and y 0 or 1: by the area of each one's square. `radius` in tilts. */
function aperture(radius: number, x: number, y: number): Share[] {
  const reach = Math.ceil((radius + 2) / COARSE);
  const fine = 16;
  const shares: Share[] = [];
  for (let v = -reach; v <= reach; v++) {
    for (let u = -reach; u <= reach; u++) {
      let weight = 0;
      for (let i = 0; i < fine * fine; i++) {
        const dx = COARSE * (u + ((i % fine) + 0.5) / fine - 0.5) - x;
        const dy = COARSE * (v + (Math.floor(i / fine) + 0.5) / fine - 0.5) - y;
        if (Math.hypot(dx, dy) < radius) weight++;
      }
      if (weight > 0) shares.push({ u, v, weight });
    }
  }
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  return shares.map(({ u, v, weight }) => ({ u, v, weight: weight / total }));
}

/** Disk intensities [THICKNESS_NM][TILTS θx][TILTS θy][disks], fraction of the incident beam. The disks must include their mirror images (h, −k). */
export function diskTable(kernel: SliceKernel, stack: SliceStack, disks: readonly Pair[], beam = BEAM): Float32Array {
  const half = (TILTS - 1) / 2;
  const radius = beam.radius_mrad / (1e3 * TILT_STEP_RAD);
  const reach = Math.ceil((half + radius) / COARSE);
  const width = 2 * reach + 1;
  // The crystal has a mirror at right angles to y: directions with ky < 0 are those with ky > 0.
  const step = (COARSE * TILT_STEP_RAD) / wavelength(beam.voltage_kV);
  const directions = Array.from(
    { length: width * (reach + 1) },
    (_, i): Pair => [((i % width) - reach) * step, Math.floor(i / width) * step],
  );
  const exits = THICKNESS_NM.map((t) => SLICES_PER_CELL * Math.round((10 * t) / stack.cell_A[2]));
  const mark = kernel.mark();
  const curves = rockingCurves(new Multislice(kernel, stack, beam.voltage_kV), directions, exits, disks);
  kernel.release(mark);

  const mirrored = images(disks, 1, -1);
  const own = disks.map((_, d) => d);
  const apertures = [0, 1].map((x) => [0, 1].map((y) => aperture(radius, x, y)));
  const size = disks.length;
  const out = new Float32Array(exits.length * TILTS * TILTS * size);
  let to = 0;
  for (let e = 0; e < exits.length; e++) {
    for (let x = -half; x <= half; x++) {
      for (let y = -half; y <= half; y++, to += size) {
        for (const { u, v, weight } of apertures[x & 1]![y & 1]!) {
          const [kx, ky] = [(x >> 1) + u, (y >> 1) + v];
          const from = ((Math.abs(ky) * width + kx + reach) * exits.length + e) * size;
          const order = ky < 0 ? mirrored : own;
          for (let d = 0; d < size; d++) out[to + d] = out[to + d]! + weight * curves[from + order[d]!]!;
        }
      }
    }
  }
  return out;
}

/** Indices of thickness and tilts of a pattern of a table. */
export function placeOf(pattern: number): readonly [thickness: number, x: number, y: number] {
  return [Math.floor(pattern / TILTS ** 2), Math.floor(pattern / TILTS) % TILTS, pattern % TILTS];
}

export interface Match {
  /** Which pattern of the table. */
  readonly pattern: number;
  /** Correlation over the disks. */
  readonly r: number;
  readonly scale: number;
  readonly offset: number;
  /** Σ|I − scale·table − offset| / Σ(I − offset). */
  readonly r1: number;
}

/** Deviations from the mean, divided by their norm; the mean and the norm taken out. */
function standard(v: Float32Array): { deviations: Float32Array; mean: number; norm: number } {
  const mean = v.reduce((sum, x) => sum + x, 0) / v.length;
  const norm = Math.sqrt(v.reduce((sum, x) => sum + (x - mean) ** 2, 0));
  return { deviations: Float32Array.from(v, (x) => (x - mean) / norm), mean, norm };
}

/**
 * For each of `measured` the pattern of `table` [patterns][disks] with the least squares of scale·table + offset − I, scale and offset free: that with the greatest
 * correlation.
 */
export function bestMatches(table: Float32Array, measured: readonly Float32Array[]): Match[] {
  const size = measured[0]!.length;
  const count = table.length / size;
  const at = (p: number) => table.subarray(p * size, (p + 1) * size);
  const standards = new Float32Array(table.length);
  for (let p = 0; p < count; p++) {
    const { mean, norm } = standard(at(p));
    for (let i = p * size; i < (p + 1) * size; i++) standards[i] = (table[i]! - mean) / norm;
  }
  return measured.map((intensities) => {
    const here = standard(intensities);
    const want = here.deviations;
    let [best, pattern] = [-Infinity, 0];
    for (let p = 0, i = 0; p < count; p++) {
      let r = 0;
      for (let d = 0; d < size; d++, i++) r += standards[i]! * want[d]!;
      if (r > best) [best, pattern] = [r, p];
    }
    const found = standard(at(pattern));
    const scale = (best * here.norm) / found.norm;
    const offset = here.mean - scale * found.mean;
    let left = 0;
    for (let d = 0; d < size; d++) left += Math.abs(intensities[d]! - scale * at(pattern)[d]! - offset);
    return { pattern, r: best, scale, offset, r1: left / (size * (here.mean - offset)) };
  });
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
