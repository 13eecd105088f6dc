/**
 * What a real instrument does to an elastic pattern before its camera counts, on a fine lattice of angles:
 *
 *     I → [(1 − f − b) I + f I∗K + b B] ∗ G
 *
 * f scattered inelastically, K ∝ (1 + q²/θ₀²)^(−3/2) with the half width at half maximum 0.7664 θ₀; b in an amorphous background, B ∝ e^(−q/6 mrad) +
 * ½ e^(−(q − ring)²/2(2 mrad)²) of sum 1 over the lattice; G the Gaussian of the point spread. All electrons are kept; what K scatters off one edge of the lattice
 * enters at the other. Written apart from the network's augmentation (network/augment.ts), whose background is of other shapes: a model is not to be tested on its own guess.
 *
 * What this is not: a model of plasmons or of a given amorphous layer.
 */

import { Fft2, frequency } from '../core/fft.ts';
import type { AnglePattern } from '../scan/camera.ts';
import type { ExperimentOptions } from './options.ts';

export type ExperimentOptics = Pick<
  ExperimentOptions,
  'inelastic_fraction' | 'inelastic_hwhm_mrad' | 'background_fraction' | 'background_ring_mrad' | 'blur_mrad'
>;

const DECAY_mrad = 6;
const RING_WIDTH_mrad = 2;

/** Alters patterns of size × size samples `step_mrad` apart. */
export class Optics {
  readonly #options: ExperimentOptics;
  readonly #size: number;
  readonly #fft: Fft2;
  /** |frequency| of each element [1/mrad]. */
  readonly #rho: Float64Array;
  readonly #background: Float64Array;
  #spectrum: { readonly re: Float64Array; readonly im: Float64Array } | undefined;

  constructor(options: ExperimentOptics, size: number, step_mrad: number) {
    this.#options = options;
    this.#size = size;
    this.#fft = new Fft2(size, size);
    const k = Float64Array.from({ length: size }, (_, i) => frequency(i, size) / (size * step_mrad));
    this.#rho = Float64Array.from({ length: size * size }, (_, i) =>
      Math.hypot(k[Math.floor(i / size)]!, k[i % size]!),
    );
    const shape = Float64Array.from({ length: size * size }, (_, i) => {
      const q = Math.hypot(Math.floor(i / size) - size / 2, (i % size) - size / 2) * step_mrad;
      return (
        Math.exp(-q / DECAY_mrad) + 0.5 * Math.exp(-0.5 * ((q - options.background_ring_mrad) / RING_WIDTH_mrad) ** 2)
      );
    });
    const sum = shape.reduce((a, b) => a + b, 0);
    this.#background = shape.map((value) => value / sum);
  }

  /** A pattern with the specimen in; one without is only blurred by the camera. */
  apply(pattern: AnglePattern, specimen = true): AnglePattern {
    const { inelastic_hwhm_mrad, blur_mrad } = this.#options;
    const f = specimen ? this.#options.inelastic_fraction : 0;
    const b = specimen ? this.#options.background_fraction : 0;
    if (f === 0 && b === 0 && blur_mrad === 0) return pattern;
    const n = this.#size;
    const re = Float64Array.from(pattern.values);
    const im = new Float64Array(n * n);
    const total = re.reduce((sum, value) => sum + value, 0);
    const theta0 = inelastic_hwhm_mrad / Math.sqrt(2 ** (2 / 3) - 1);
    const spectrum = b > 0 ? this.#backgroundSpectrum() : undefined;
    this.#fft.run(re, im, -1);
    for (let i = 0; i < n * n; i++) {
      const rho = this.#rho[i]!;
      const kept = 1 - f - b + f * Math.exp(-2 * Math.PI * theta0 * rho);
      const gauss = Math.exp(-2 * (Math.PI * blur_mrad * rho) ** 2);
      re[i] = (kept * re[i]! + (spectrum ? b * total * spectrum.re[i]! : 0)) * gauss;
      im[i] = (kept * im[i]! + (spectrum ? b * total * spectrum.im[i]! : 0)) * gauss;
    }
    this.#fft.run(re, im, 1);
    const norm = 1 / (n * n);
    // Rounding may leave −1e-20 where there is nothing.
    return { ...pattern, values: re.map((value) => Math.max(0, value * norm)) };
  }

  #backgroundSpectrum(): { readonly re: Float64Array; readonly im: Float64Array } {
    if (!this.#spectrum) {
      this.#spectrum = { re: this.#background.slice(), im: new Float64Array(this.#background.length) };
      this.#fft.run(this.#spectrum.re, this.#spectrum.im, -1);
    }
    return this.#spectrum;
  }
}
