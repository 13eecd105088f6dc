/**
 * The projected potential of each slice of a crystal block that repeats along the beam, built in reciprocal space with exact
 * phases exp(−2πik·r), so that no atom is split over pixels. Positions along z decide how an atom is shared among slices:
 *
 * - 'spline': its whole projection, shared by cubic B-spline weights (support ±2 slices). No z-integral, no cut atoms, and
 *   with ≥ 16 slices a cell the derivative of a pattern with respect to P_z is converged (tests, docs/verification.md).
 * - 'box': the exact integral of its potential over each slice, Debye–Waller factor along z included.
 * - 'whole-atom': everything into the slice that holds the nucleus. Cannot represent displacements along the beam;
 *   only for comparison with programs that do this.
 *
 * Slice s covers z = [s·dz, (s + 1)·dz); the block's period is nSlices·dz. Units: Å, V·Å.
 */

import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import { Fft2, frequency } from './fft.ts';
import { cumulativePotential, debyeWaller, type FactorModel, scatteringFactor } from './scattering-factor.ts';

/** Atoms in an orthogonal box; positions [n][3] in Å, periodic in all directions. */
export interface Atoms {
  readonly cell_A: readonly [number, number, number];
  readonly symbols: readonly string[];
  readonly positions_A: Float64Array;
}

export interface SliceOptions {
  /** Real-space grid of the box. */
  readonly nx: number;
  readonly ny: number;
  /** Slices through the box along z. */
  readonly nSlices: number;
  readonly slicing: 'spline' | 'box' | 'whole-atom';
  readonly factors?: FactorModel;
  /** Mean-square displacement per axis, per symbol [Å²]; 0 where a symbol is absent. */
  readonly u2_A2?: Readonly<Record<string, number>>;
  /** The same along z, where it differs (only 'box' depends on it). */
  readonly u2z_A2?: Readonly<Record<string, number>>;
  /** Frequencies at or beyond this fraction of Nyquist are left out of the potential, on each axis. */
  readonly bandLimit?: number;
}

/** Slices of one repeated block, made one at a time. */
export interface SliceStack {
  readonly nx: number;
  readonly ny: number;
  readonly nSlices: number;
  readonly cell_A: readonly [number, number, number];
  readonly dz_A: number;
  /** Projected potential of slice s, [ny][nx], V·Å. */
  slice(s: number): Float64Array;
}

/** How an atom's potential falls on slices: pairs of slice index and weight, summing to 1. */
function weights(
  z: number,
  dz: number,
  n: number,
  slicing: 'spline' | 'whole-atom',
): [slice: number, weight: number][] {
  const wrap = (s: number) => ((s % n) + n) % n;
  if (slicing === 'whole-atom') return [[wrap(Math.floor(z / dz)), 1]];
  // Knots at slice centres; t in [0, 1) between the two central knots.
  const u = z / dz - 0.5;
  const s = Math.floor(u);
  const t = u - s;
  const r = 1 - t;
  return [
    [wrap(s - 1), (r * r * r) / 6],
    [wrap(s), (4 - 6 * t * t + 3 * t * t * t) / 6],
    [wrap(s + 1), (4 - 6 * r * r + 3 * r * r * r) / 6],
    [wrap(s + 2), (t * t * t) / 6],
  ];
}

/** Samples of the cumulative potential per Å of box length along z. */
const SAMPLES_PER_A = 200;

export function sliceStack(atoms: Atoms, options: SliceOptions): SliceStack {
  const { nx, ny, nSlices } = options;
  const [lx, ly, lz] = atoms.cell_A;
  const dz = lz / nSlices;
  const bandLimit = options.bandLimit ?? 1;
  const species = [...new Set(atoms.symbols)].sort();
  const n = atoms.symbols.length;
  for (const value of atoms.positions_A) {
    if (!Number.isFinite(value))
      fail('not-finite', 'An atom has a position that is not a number.', 'Mend the structure.');
  }

  // Half plane kx ≥ 0; a potential is real, the rest follows by conjugation. The Nyquist frequencies are left out.
  const halfX = (nx >> 1) + (nx & 1);
  const inBand = (i: number, size: number) => Math.abs(frequency(i, size)) < (bandLimit * size) / 2;
  const k2 = new Float64Array(halfX * ny);
  const keep = new Uint8Array(halfX * ny);
  const shells = new Map<number, number>();
  const shellOf = new Int32Array(halfX * ny);
  const shellK2: number[] = [];
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < halfX; x++) {
      const i = y * halfX + x;
      const value = (x / lx) ** 2 + (frequency(y, ny) / ly) ** 2;
      const key = Math.round(value * 1e9);
      let shell = shells.get(key);
      if (shell === undefined) {
        shell = shellK2.length;
        shells.set(key, shell);
        shellK2.push(value);
      }
      k2[i] = value;
      shellOf[i] = shell;
      keep[i] = inBand(x, nx) && inBand(y, ny) ? 1 : 0;
    }
  }

  const members = species.map((symbol) => atoms.symbols.flatMap((s, i) => (s === symbol ? [i] : [])));
  const factor = species.map((symbol) => scatteringFactor(symbol, options.factors));
  const u2 = species.map((symbol) => options.u2_A2?.[symbol] ?? 0);
  const u2z = species.map((symbol, s) => options.u2z_A2?.[symbol] ?? u2[s]!);
  const projected = species.map((_, s) =>
    Float64Array.from(shellK2, (value) => SCATTERING_TO_POTENTIAL * factor[s]!(value) * debyeWaller(u2[s]!, value)),
  );

  const samples = Math.ceil(lz * SAMPLES_PER_A);
  const cumulative =
    options.slicing === 'box'
      ? species.map((_, s) =>
          shellK2.map((value) => cumulativePotential(factor[s]!, u2[s]!, value, lz, samples, u2z[s]!)),
        )
      : [];

  const fft = new Fft2(nx, ny);
  const phase = {
    xr: new Float64Array(halfX),
    xi: new Float64Array(halfX),
    yr: new Float64Array(ny),
    yi: new Float64Array(ny),
  };

  /** Adds amplitude(shell)·exp(−2πik·r) of one atom to the half plane. */
  function deposit(
    atom: number,
    amplitude: Float64Array | undefined,
    weight: number,
    re: Float64Array,
    im: Float64Array,
  ): void {
    const fx = atoms.positions_A[3 * atom]! / lx;
    const fy = atoms.positions_A[3 * atom + 1]! / ly;
    for (let x = 0; x < halfX; x++) {
      phase.xr[x] = weight * Math.cos(2 * Math.PI * x * fx);
      phase.xi[x] = -weight * Math.sin(2 * Math.PI * x * fx);
    }
    for (let y = 0; y < ny; y++) {
      const angle = 2 * Math.PI * frequency(y, ny) * fy;
      const yr = Math.cos(angle);
      const yi = -Math.sin(angle);
      for (let x = 0, i = y * halfX; x < halfX; x++, i++) {
        const xr = phase.xr[x]!;
        const xi = phase.xi[x]!;
        const a = amplitude === undefined ? 1 : amplitude[shellOf[i]!]!;
        re[i] = re[i]! + a * (xr * yr - xi * yi);
        im[i] = im[i]! + a * (xr * yi + xi * yr);
      }
    }
  }

  function slice(index: number): Float64Array {
    const re = new Float64Array(nx * ny);
    const im = new Float64Array(nx * ny);
    const sumRe = new Float64Array(halfX * ny);
    const sumIm = new Float64Array(halfX * ny);
    for (let s = 0; s < species.length; s++) {
      sumRe.fill(0);
      sumIm.fill(0);
      if (options.slicing === 'box') {
        const amplitude = new Float64Array(shellK2.length);
        for (const atom of members[s]!) {
          boxIntegral(cumulative[s]!, atoms.positions_A[3 * atom + 2]!, index * dz, dz, lz, samples, amplitude);
          deposit(atom, amplitude, 1, sumRe, sumIm);
        }
      } else {
        for (const atom of members[s]!) {
          for (const [at, weight] of weights(atoms.positions_A[3 * atom + 2]!, dz, nSlices, options.slicing)) {
            if (at === index && weight > 0) deposit(atom, undefined, weight, sumRe, sumIm);
          }
        }
        const f = projected[s]!;
        for (let i = 0; i < sumRe.length; i++) {
          sumRe[i] = sumRe[i]! * f[shellOf[i]!]!;
          sumIm[i] = sumIm[i]! * f[shellOf[i]!]!;
        }
      }
      for (let y = 0; y < ny; y++) {
        for (let x = 0, i = y * halfX; x < halfX; x++, i++) {
          if (!keep[i]) continue;
          const at = y * nx + x;
          re[at] = re[at]! + sumRe[i]!;
          im[at] = im[at]! + sumIm[i]!;
          if (x === 0) continue;
          const mirror = ((ny - y) % ny) * nx + (nx - x);
          re[mirror] = re[mirror]! + sumRe[i]!;
          im[mirror] = im[mirror]! - sumIm[i]!;
        }
      }
    }
    fft.run(re, im, 1);
    const area = lx * ly;
    for (let i = 0; i < re.length; i++) re[i] = re[i]! / area;
    return re;
  }

  if (n === 0) fail('shape', 'The structure has no atoms.', 'Give at least one atom.');
  return { nx, ny, nSlices, cell_A: atoms.cell_A, dz_A: dz, slice };
}

/** ∫ of the atom's potential over [z0, z0 + dz), periodic with lz, for every shell of k⊥. */
function boxIntegral(
  tables: readonly Float64Array[],
  zAtom: number,
  z0: number,
  dz: number,
  lz: number,
  samples: number,
  out: Float64Array,
): void {
  // Relative start in [−lz/2, lz/2), in samples; C grows by V over one period.
  const start = ((((z0 - zAtom) / lz + 0.5) % 1) + 1) % 1;
  const at = (u: number, table: Float64Array): number => {
    const turns = Math.floor(u);
    const p = (u - turns) * samples;
    const i = Math.min(Math.floor(p), samples - 1);
    const t = p - i;
    return turns * table[samples]! + table[i]! * (1 - t) + table[i + 1]! * t;
  };
  for (let k = 0; k < tables.length; k++) out[k] = at(start + dz / lz, tables[k]!) - at(start, tables[k]!);
}
