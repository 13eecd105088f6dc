/**
 * The density of the true |P| from that of the noisy one: Richardson–Lucy (Richardson, J. Opt. Soc. Am. 62, 55 (1972); Lucy, Astron. J. 79, 745 (1974)) on the histogram, with
 * the known kernel p(r|ν) of magnitude-noise.ts:
 *
 *     fᵢ ← fᵢ / Σⱼ Kⱼᵢ · Σⱼ Kⱼᵢ nⱼ / (K f)ⱼ.
 *
 * It keeps f ≥ 0 and the count, and goes to the likeliest f, which is ragged; it is therefore stopped as soon as the reconvolved histogram fits as well as counts of
 * independent positions allow: Σ (nⱼ − mⱼ)²/mⱼ ≤ bins (discrepancy). What is narrower than σ is not recovered in full: a line of |P| comes back with a width.
 *
 * σ is one number at each position, the rms of its components: for very different σ by component (z at prior level) the kernel is not that of a magnitude alone, since it
 * depends on the direction, and the result is an estimate at best. Nothing is said of regions where σ exceeds |P|.
 */

import { fail } from '../core/errors.ts';
import { histogram, lengthsOf } from './densities.ts';
import { sigmaOf } from './draws.ts';
import { type Dimensions, magnitudeDensity } from './magnitude-noise.ts';
import type { VectorField } from './vector-field.ts';

export interface Deconvolved {
  /** Ascending, one more than bins. */
  readonly edges: Float64Array;
  readonly centres: Float64Array;
  /** Of the noisy |P|, per unit. */
  readonly raw: Float64Array;
  /** Of the true |P|, per unit. */
  readonly density: Float64Array;
  readonly iterations: number;
  /** Σ (nⱼ − mⱼ)²/mⱼ over the number of bins. */
  readonly misfit: number;
  /** 'limit': it never fitted as well as counts allow. The kernel or σ may be wrong. */
  readonly stopped: 'discrepancy' | 'limit';
  readonly n: number;
}

/** Groups of like σ that a kernel is the mean of. */
const GROUPS = 8;
/** Points in each bin of the noisy and of the true |P|. */
const FINE = 4;
const LIMIT = 2000;

/** σ of each valid position, rms of the components that the magnitude has. */
function sigmasOf(field: VectorField, dimensions: Dimensions): Float64Array {
  const { x, y, z } = sigmaOf(field);
  const out: number[] = [];
  for (let i = 0; i < field.valid.length; i++) {
    if (!field.valid[i]) continue;
    const square = x[i]! ** 2 + y[i]! ** 2 + (dimensions === 3 ? z[i]! ** 2 : 0);
    out.push(Math.sqrt(square / dimensions));
  }
  return Float64Array.from(out);
}

/**
 * Share of true |P| in bin i that is measured in bin j: [j][i]. Columns sum to what stays inside the edges.
 * @param sigmas σ of each position, above zero; the kernel is the mean over them
 */
export function magnitudeKernel(edges: Float64Array, sigmas: Float64Array, dimensions: Dimensions): Float64Array {
  const bins = edges.length - 1;
  const sorted = sigmas.toSorted();
  const groups = Array.from({ length: GROUPS }, (_, g) => sorted[Math.floor(((g + 0.5) / GROUPS) * sorted.length)]!);
  const kernel = new Float64Array(bins * bins);
  const inside = (bin: number, k: number, points: number): number =>
    edges[bin]! + ((k + 0.5) / points) * (edges[bin + 1]! - edges[bin]!);
  for (const sigma of groups) {
    // Bins wider than σ need more points.
    const points = Math.max(FINE, Math.ceil((3 * (edges[1]! - edges[0]!)) / sigma));
    for (let j = 0; j < bins; j++) {
      const weight = (edges[j + 1]! - edges[j]!) / (points * FINE * GROUPS);
      for (let i = 0; i < bins; i++) {
        let sum = 0;
        for (let a = 0; a < points; a++) {
          for (let b = 0; b < FINE; b++) {
            sum += magnitudeDensity(inside(j, a, points), inside(i, b, FINE), sigma, dimensions);
          }
        }
        kernel[j * bins + i]! += sum * weight;
      }
    }
  }
  return kernel;
}

/**
 * @param counts [j] of the noisy histogram
 * @param kernel [j][i]
 * @param independent how many of the counted positions are independent, as a share: below 1 where neighbours share noise, which makes it stop earlier
 */
export function richardsonLucy(
  counts: Float64Array,
  kernel: Float64Array,
  independent = 1,
): { counts: Float64Array; iterations: number; misfit: number; stopped: Deconvolved['stopped'] } {
  const bins = counts.length;
  const total = counts.reduce((a, b) => a + b, 0);
  const efficiency = new Float64Array(bins);
  for (let j = 0; j < bins; j++) for (let i = 0; i < bins; i++) efficiency[i]! += kernel[j * bins + i]!;
  const f = new Float64Array(bins).fill(total / bins);
  const model = new Float64Array(bins);
  const ratio = new Float64Array(bins);
  for (let iterations = 0; ; iterations++) {
    let misfit = 0;
    for (let j = 0; j < bins; j++) {
      let sum = 0;
      for (let i = 0; i < bins; i++) sum += kernel[j * bins + i]! * f[i]!;
      model[j] = sum;
      ratio[j] = sum > 0 ? counts[j]! / sum : 0;
      // Where less than one count is expected the square is no χ².
      misfit += (independent * (counts[j]! - sum) ** 2) / (Math.max(1, sum) * bins);
    }
    if (misfit <= 1) return { counts: f, iterations, misfit, stopped: 'discrepancy' };
    if (iterations === LIMIT) return { counts: f, iterations, misfit, stopped: 'limit' };
    for (let i = 0; i < bins; i++) {
      let sum = 0;
      for (let j = 0; j < bins; j++) sum += kernel[j * bins + i]! * ratio[j]!;
      f[i] = efficiency[i]! > 0 ? (f[i]! * sum) / efficiency[i]! : 0;
    }
  }
}

/**
 * What gives the density of the true |P| of fields whose values are truth + noise, beside the raw one. The kernel is made once, of this field's σ, so that it can be asked
 * for resampled fields: for an interval give `estimate` a field without σ and blocks, since noise drawn onto a field would be twice what the kernel takes away.
 * @param edges equally far apart, from 0 to above the largest |P|
 * @param independent see richardsonLucy
 * @throws 'incomplete' where the field states no σ; 'range' where no position is valid or a σ is 0
 */
export function magnitudeDeconvolution(
  field: VectorField,
  dimensions: Dimensions,
  edges: Float64Array,
  independent = 1,
): (field: VectorField) => Deconvolved {
  const sigmas = sigmasOf(field, dimensions);
  if (sigmas.length === 0) fail('range', 'No position is valid.', 'Choose a region with valid positions.');
  if (sigmas.some((sigma) => !(sigma > 0))) {
    fail('range', 'Positions with σ = 0 have nothing to be taken away.', 'Mask them, or take the raw density.');
  }
  const kernel = magnitudeKernel(edges, sigmas, dimensions);
  const width = edges[1]! - edges[0]!;
  const centres = edges.subarray(0, -1).map((edge) => edge + width / 2);
  return (some) => {
    const raw = histogram(lengthsOf(some, dimensions), edges);
    const { counts, ...rest } = richardsonLucy(raw.counts, kernel, independent);
    const total = counts.reduce((a, b) => a + b, 0);
    return { edges, centres, raw: raw.density, density: counts.map((c) => c / (total * width)), ...rest, n: raw.n };
  };
}
