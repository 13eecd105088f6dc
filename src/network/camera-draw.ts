/**
 * The instrument that was fitted to a scan (camera-fit.ts), drawn afresh for every pattern: θ of the fit's covariance, errors and spread over the scan in one, no farther than two standard
 * deviations along any of its axes; a gain of single pixels up to the bound that the fit found. A map looks at each pattern twice, the second time turned by 180° (along
 * [111] mirrored), so the shift (and what else a mirror turns round) is drawn with either sign.
 */

import type { RandomStream } from '../core/random.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import type { CameraFit } from './camera-fit-info.ts';
import { bounded, CAMERA, CameraModel, MIRRORED, noCamera, SHIFT } from './camera-model.ts';
import { looksOf } from './symmetry.ts';

const FARTHEST = 2;

/** Draws the instrument for patterns of one detector. */
export class CameraDraw {
  readonly #fit: CameraFit;
  readonly #model: CameraModel;
  readonly #spare: Float32Array;
  /** Of θ what the second look turns round. */
  readonly #turned: readonly number[];

  /** @throws 'range' for patterns whose size is no power of two */
  constructor(fit: CameraFit, detector: LatticeDetector) {
    this.#fit = fit;
    this.#model = new CameraModel(detector);
    this.#turned = looksOf(detector)[1] === 2 ? [SHIFT, SHIFT + 1] : MIRRORED;
    this.#spare = new Float32Array(detector.pixels ** 2);
  }

  /** Alters patterns, elastic ones of the library, in place; each by its own stream. */
  apply(patterns: readonly Float32Array[], streams: readonly RandomStream[]): void {
    const thetas = streams.map((stream) => this.#theta(stream));
    for (let i = 0; i < patterns.length; i += 2) {
      const alone = i + 1 === patterns.length;
      if (alone) this.#spare.fill(0);
      this.#model.pair(patterns[i]!, thetas[i]!, alone ? this.#spare : patterns[i + 1]!, thetas[i + 1] ?? noCamera());
    }
    patterns.forEach((pattern, i) => {
      const gain = streams[i]!.between(0, this.#fit.gain_rms);
      if (gain === 0) return;
      for (let p = 0; p < pattern.length; p++) {
        pattern[p] = pattern[p]! * Math.max(0, 1 + gain * streams[i]!.normal());
      }
    });
  }

  #theta(stream: RandomStream): Float64Array {
    const { parameters, covariance_root } = this.#fit;
    const z = CAMERA.map(() => Math.max(-FARTHEST, Math.min(FARTHEST, stream.normal())));
    let at = 0;
    const theta = Float64Array.from(CAMERA, (_, a) => {
      let value = parameters[a]!.value;
      for (let b = 0; b <= a; b++) value += covariance_root[at++]! * z[b]!;
      return value;
    });
    if (stream.uniform() < 0.5) for (const k of this.#turned) theta[k] = -theta[k]!;
    return bounded(theta);
  }
}
