/**
 * Bloch waves: the exact solution for a crystal that is uniform along the beam, and so an oracle for multislice that shares nothing with it but the
 * potential. In the paraxial (high-energy) approximation the beams ψ_g obey
 *
 *   dψ/dz = iHψ,   H_gh = σ·V_(g−h) − πλ|g + β|² δ_gh,   so   ψ(z) = Σ_j C_j exp(iγ_j z) ⟨C_j|ψ(0)⟩
 *
 * with V_g the Fourier coefficients of the mean potential [V], γ_j and C_j eigenvalues and eigenvectors of the Hermitian H. Source: Kirkland (2010),
 * chapter 6; Humphreys, Rep. Prog. Phys. 42, 1825 (1979). Not for production: the eigen-solution costs O(beams³), and is left to the caller.
 */

import { Fft2 } from '../core/fft.ts';
import { interactionConstant, wavelength } from './optics.ts';
import type { SliceStack } from './slices.ts';

export type Beam = readonly [h: number, k: number];

/** Eigenvalues and orthonormal eigenvectors of a real symmetric n×n matrix: vectors[i·n + j] is component i of vector j. */
export type SymmetricEigen = (matrix: Float64Array, n: number) => { values: ArrayLike<number>; vectors: Float64Array };

export interface BlochOptions {
  readonly voltage_kV: number;
  /** Transverse wave vector of the incident beam [1/Å]. */
  readonly offset_invA?: readonly [number, number];
}

/**
 * Beams of the block's reciprocal lattice after a thickness [Å], for the incident beam 000 (amplitude 1, one of `beams`): amplitudes in the order of `beams`. With every beam of the
 * grid given, this is the limit of a multislice on that grid for thin slices; with |g| below half the grid's Nyquist frequency, nothing is aliased.
 */
export function blochWaves(
  stack: SliceStack,
  beams: readonly Beam[],
  options: BlochOptions,
  eigen: SymmetricEigen,
): (thickness_A: number) => { re: Float64Array; im: Float64Array } {
  const { nx, ny, nSlices, cell_A } = stack;
  const [lx, ly, lz] = cell_A;
  const re = new Float64Array(nx * ny);
  const im = new Float64Array(nx * ny);
  for (let s = 0; s < nSlices; s++) {
    const v = stack.slice(s);
    for (let i = 0; i < re.length; i++) re[i] = re[i]! + v[i]! / (lz * nx * ny);
  }
  new Fft2(nx, ny).run(re, im, -1);

  const sigma = interactionConstant(options.voltage_kV);
  const lambda = wavelength(options.voltage_kV);
  const [bx, by] = options.offset_invA ?? [0, 0];
  const n = beams.length;
  // A Hermitian A + iB is the real symmetric [[A, −B], [B, A]] on (re, im); each eigenvalue comes twice, which the sum over all vectors allows.
  const m = 2 * n;
  const matrix = new Float64Array(m * m);
  for (const [i, [h, k]] of beams.entries()) {
    for (const [j, [h2, k2]] of beams.entries()) {
      const at = ((((k - k2) % ny) + ny) % ny) * nx + ((((h - h2) % nx) + nx) % nx);
      const kinetic = i === j ? Math.PI * lambda * ((h / lx + bx) ** 2 + (k / ly + by) ** 2) : 0;
      const a = sigma * re[at]! - kinetic;
      const b = sigma * im[at]!;
      matrix[i * m + j] = a;
      matrix[(i + n) * m + j + n] = a;
      matrix[(i + n) * m + j] = b;
      matrix[i * m + j + n] = -b;
    }
  }
  const { values, vectors } = eigen(matrix, m);
  const start = beams.findIndex(([h, k]) => h === 0 && k === 0);

  // exp(iγz) on a real vector (a, b), which stands for a + ib: cos(γz)·(a, b) + sin(γz)·(−b, a).
  return (thickness_A) => {
    const out = { re: new Float64Array(n), im: new Float64Array(n) };
    for (let j = 0; j < m; j++) {
      const overlap = vectors[start * m + j]!;
      const c = overlap * Math.cos(values[j]! * thickness_A);
      const s = overlap * Math.sin(values[j]! * thickness_A);
      for (let g = 0; g < n; g++) {
        const vr = vectors[g * m + j]!;
        const vi = vectors[(g + n) * m + j]!;
        out.re[g] = out.re[g]! + c * vr - s * vi;
        out.im[g] = out.im[g]! + c * vi + s * vr;
      }
    }
    return out;
  };
}
