/**
 * Draws of a field's noise: values + √λ·σ·g, with g Gaussian, of variance 1 at every position, edges and masks included, and
 *
 *     ⟨g(r) g(r′)⟩ = ρ + (1 − ρ) exp(−|r − r′|² / 2L²),
 *
 * ρ being 0 but for errors of a map whose model states what its positions share.
 *
 * White noise on a grid that reaches beyond the field by the kernel's reach is convolved with the kernel whose autocorrelation this is: the square root of its spectrum,
 * so the correlation holds at neighbours too, where a sampled Gaussian would not give it.
 * Not here: what L is (noise-length.ts), what is made of draws (estimate.ts).
 */

import { cholesky } from '../core/cholesky.ts';
import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import { convolveInside, type Taps } from './convolve.ts';
import { AXES, type Components, componentsOf, type VectorField } from './vector-field.ts';

export interface NoiseModel {
  /** L [nm]: errors at a distance r correlate as exp(−r²/2L²); 0: each position for itself. */
  readonly length_nm: number;
  /** Correlation of the errors of two components at one position; 0 where it is not given. */
  readonly between?: { readonly xy?: number; readonly xz?: number; readonly yz?: number } | undefined;
  /** ρ of each component: as `VectorField.shared`. */
  readonly shared?: VectorField['shared'];
}

/** Below this length [steps] neighbours correlate by less than 1e-5. */
const ALONE = 0.2;
/** The kernel ends where it has fallen to this share. */
const CUT = 1e-3;

/** Half of the kernel with autocorrelation exp(−n²/2ℓ²) and Σk² = 1. @param length ℓ [steps] */
export function correlationTaps(length: number): Taps {
  if (length < ALONE) return Float64Array.of(1);
  const n = Math.max(32, 2 * Math.ceil(8 * length));
  const half = n >> 1;
  const cosine = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const spectrum = Float64Array.from({ length: n }, (_, k) => {
    let sum = 1;
    for (let i = 1; i <= half; i++) {
      sum += (i === half ? 1 : 2) * Math.exp(-(i * i) / (2 * length * length)) * cosine[(i * k) % n]!;
    }
    return Math.sqrt(Math.max(0, sum));
  });
  const taps = Float64Array.from({ length: half }, (_, i) =>
    spectrum.reduce((sum, s, k) => sum + s * cosine[(i * k) % n]!, 0),
  );
  let reach = half - 1;
  while (reach > 0 && Math.abs(taps[reach]!) < CUT * taps[0]!) reach--;
  const kept = taps.subarray(0, reach + 1);
  const norm = Math.sqrt(kept.reduce((sum, tap, i) => sum + (i === 0 ? 1 : 2) * tap * tap, 0));
  return kept.map((tap) => tap / norm);
}

/** Unit noise for fields of one shape and step; its arrays are made once. */
export class NoiseSource {
  readonly shape: readonly [ny: number, nx: number];
  readonly #taps: Taps;
  readonly #white: Float64Array;
  readonly #work: Float64Array;
  readonly #mix: Float64Array | undefined;
  readonly #shared: VectorField['shared'];

  /** @throws 'range' where the length is negative or the correlations between components cannot be */
  constructor({ shape, step_nm }: Pick<VectorField, 'shape' | 'step_nm'>, { length_nm, between, shared }: NoiseModel) {
    if (!(length_nm >= 0 && Number.isFinite(length_nm))) {
      fail('range', `A correlation length of ${length_nm} nm.`, 'Give the length in nm, 0 for none.', { length_nm });
    }
    const [ny, nx] = shape;
    this.shape = shape;
    this.#shared = shared;
    this.#taps = correlationTaps(length_nm / step_nm);
    const r = this.#taps.length - 1;
    this.#white = new Float64Array((ny + 2 * r) * (nx + 2 * r));
    this.#work = new Float64Array((ny + 2 * r) * nx);
    if (between) {
      const { xy = 0, xz = 0, yz = 0 } = between;
      this.#mix = cholesky(Float64Array.of(1, xy, xz, xy, 1, yz, xz, yz, 1), 3);
      if (![0, 4, 8].every((i) => this.#mix![i]! > 0)) {
        fail('range', `Correlations xy ${xy}, xz ${xz}, yz ${yz} contradict each other.`, 'Give a positive matrix.');
      }
    }
  }

  #one(stream: RandomStream, out: Float64Array): Float64Array {
    if (this.#taps.length === 1) return stream.normals(out);
    return convolveInside(stream.normals(this.#white), this.shape, this.#taps, this.#work, out);
  }

  /**
   * The z of `next` alone, as fast as one component is made where nothing mixes it with others.
   * @param into [ny][nx], written over
   */
  nextZ(stream: RandomStream, into: Float64Array): Float64Array {
    if (this.#mix || this.#shared) return this.next(stream).z;
    const words = 2 * Math.ceil((this.#taps.length === 1 ? into : this.#white).length / 2);
    stream.skip(2 * words);
    return this.#one(stream, into);
  }

  /**
   * The stream's next g: [ny][nx], a number at masked positions too.
   * @param into written over; fresh arrays where it is not given
   */
  next(stream: RandomStream, into = componentsOf(this.shape[0] * this.shape[1])): Components {
    const { x, y, z } = into;
    for (const out of [x, y, z]) this.#one(stream, out);
    const mix = this.#mix;
    if (mix) {
      for (let i = 0; i < x.length; i++) {
        z[i] = mix[6]! * x[i]! + mix[7]! * y[i]! + mix[8]! * z[i]!;
        y[i] = mix[3]! * x[i]! + mix[4]! * y[i]!;
      }
    }
    for (const axis of AXES) {
      const share = this.#shared?.[axis] ?? 0;
      if (share === 0) continue;
      const [all, own] = [Math.sqrt(share) * stream.normal(), Math.sqrt(1 - share)];
      const g = into[axis];
      for (let i = 0; i < g.length; i++) g[i] = all + own * g[i]!;
    }
    return into;
  }
}

/**
 * The field with `scale`·σ·g on its values; σ and mask stay. NaN stays where nothing is valid.
 * @param unit g of a NoiseSource
 * @param into values of the field that is made, written over; fresh arrays where it is not given
 * @throws 'incomplete' where the field states no σ
 */
export function withNoise(
  field: VectorField,
  unit: Components,
  scale = 1,
  into = componentsOf(field.valid.length),
): VectorField {
  const sigma = sigmaOf(field);
  for (const axis of AXES) {
    const [values, s, g, out] = [field.values[axis], sigma[axis], unit[axis], into[axis]];
    for (let i = 0; i < out.length; i++) out[i] = values[i]! + scale * s[i]! * g[i]!;
  }
  return { ...field, values: into };
}

/** @throws 'incomplete' where the field states no σ */
export function sigmaOf({ sigma }: VectorField): Components {
  return (
    sigma ??
    fail(
      'incomplete',
      'The field states no σ, so its noise cannot be drawn.',
      'Give a map with σ, or ask for no errors.',
    )
  );
}
