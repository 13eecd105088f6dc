/**
 * Position-averaged CBED of a crystal whose projection has the symmetry 4mm, for tests. The mean over probe positions in a cell takes away the products of different
 * plane waves, so the pattern is an incoherent sum over the aperture, exactly:
 *
 *   ⟨I(q; r0)⟩ = Σ_k |A(k)|²·|S(q, k)|²,   Σ|A|² = 1
 *
 * (LeBeau, Findlay, Allen, Stemmer, Ultramicroscopy 110 (2010) 118.) Directions lie on the lattice λ/(a·perOrder), an eighth of them is computed, and patterns are
 * sampled there too. Aperture as in `probe.ts`, its edge one pixel wide.
 */

import type { Multislice } from './cpu/multislice.ts';
import { wavelength } from './optics.ts';
import { apertureAmplitude, apertureLimit_mrad } from './probe.ts';
import { type Pair, rockingCurves } from './test-rocking.ts';

export interface PacbedOptions {
  readonly convergence_mrad: number;
  /** Pixels per reciprocal lattice vector. */
  readonly perOrder: number;
  /** Beams (h, k) up to ±orders are kept. */
  readonly orders: number;
}

export interface Pacbed {
  readonly pixel_mrad: number;
  /** Pixels along each side, odd; the direct beam is in the middle. */
  readonly size: number;
  /** One pattern [size][size] for each exit, fraction of the incident beam per pixel. */
  readonly patterns: readonly Float64Array[];
}

/** The eight images of a point under 4mm, repeated where it lies on a mirror. */
const images = (x: number, y: number): Pair[] =>
  [-1, 1].flatMap((sx) =>
    [-1, 1].flatMap((sy): Pair[] => [
      [sx * x, sy * y],
      [sx * y, sy * x],
    ]),
  );

/** Patterns after each of `exits` slices; the multislice holds one square cell. */
export function pacbed(multislice: Multislice, exits: readonly number[], options: PacbedOptions): Pacbed {
  const { convergence_mrad, perOrder, orders } = options;
  const wavelength_A = wavelength(multislice.voltage_kV);
  const step = 1 / (multislice.length_A[0] * perOrder);
  const pixel_mrad = 1e3 * wavelength_A * step;
  const probe = { wavelength_A, convergence_mrad, defocus_nm: 0, edge_mrad: pixel_mrad };
  const reach = Math.floor(apertureLimit_mrad(probe) / pixel_mrad);
  const points: { readonly at: Pair; readonly weight: number }[] = [];
  let norm = 0;
  for (let x = 0; x <= reach; x++) {
    for (let y = 0; y <= x; y++) {
      const passes = apertureAmplitude(Math.hypot(x, y) * pixel_mrad, probe) ** 2;
      if (passes === 0) continue;
      const distinct = new Set(images(x, y).map(([u, v]) => `${u + 0},${v + 0}`)).size;
      points.push({ at: [x, y], weight: (passes * distinct) / 8 });
      norm += passes * distinct;
    }
  }
  const along = Array.from({ length: 2 * orders + 1 }, (_, i) => i - orders);
  const beams = along.flatMap((k) => along.map((h): Pair => [h, k]));
  const directions = points.map(({ at: [x, y] }): Pair => [x * step, y * step]);
  const curves = rockingCurves(multislice, directions, exits, beams);

  const half = orders * perOrder + reach;
  const size = 2 * half + 1;
  const patterns = exits.map(() => new Float64Array(size * size));
  let from = 0;
  for (const { at, weight } of points) {
    for (const pattern of patterns) {
      for (const [h, k] of beams) {
        const intensity = (weight * curves[from++]!) / norm;
        for (const [x, y] of images(at[0] + h * perOrder, at[1] + k * perOrder)) {
          const i = (half + y) * size + half + x;
          pattern[i] = pattern[i]! + intensity;
        }
      }
    }
  }
  return { pixel_mrad, size, patterns };
}

/** Convolved with a round Gaussian of rms `sigma_mrad`, in its place. */
export function blurred({ pixel_mrad, size, patterns }: Pacbed, sigma_mrad: number): Pacbed {
  const sigma = sigma_mrad / pixel_mrad;
  const reach = Math.ceil(4 * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)));
  const sum = kernel.reduce((a, b) => a + b, 0);
  const alongRows = (from: Float64Array): Float64Array => {
    const to = new Float64Array(size * size);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        let value = 0;
        for (let i = Math.max(-reach, -x); i <= Math.min(reach, size - 1 - x); i++) {
          value += kernel[i + reach]! * from[y * size + x + i]!;
        }
        // Transposed, so that the second time takes the columns.
        to[x * size + y] = value / sum;
      }
    }
    return to;
  };
  return { pixel_mrad, size, patterns: patterns.map((pattern) => alongRows(alongRows(pattern))) };
}
