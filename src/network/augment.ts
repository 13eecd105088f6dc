/**
 * What an experiment does to a pattern, drawn afresh for every pattern and epoch: a symmetry operation, the instrument that was fitted to a scan where there is one
 * (camera-draw.ts), inelastic blur, detector blur, a smooth background, and the Poisson noise of a dose. Each pattern has its own random stream, named by
 * purpose, epoch and index, so that batches can be made in any order and by any worker.
 *   I → (1−b)·blur(I) + b·B·ΣI,  then counts N ~ Poisson(dose·I), then N/dose
 * B is a decaying central term plus one or two broad rings, normalised to 1: a stand-in for what a thin amorphous layer
 * and diffuse scattering add, not a model of either.
 *
 * Patterns are intensity fractions per pixel, [qy][qx] with the direct beam at [n/2][n/2]; angles in mrad.
 */

import { RandomStream } from '../core/random.ts';
import type { Worker } from '../core/threads.ts';
import { type LatticeDetector, pixelSide_mrad, pixelSides } from '../diffraction/detector.ts';
import { type Blur, Blurrer, theta0Of } from './blur.ts';
import { CameraDraw } from './camera-draw.ts';
import type { CameraFit } from './camera-fit-info.ts';
import { addNoise } from './noise.ts';
import type { TrainingOptions } from './options.ts';
import { type LabelPair, labelPairs, operationsOf, pixelTables, turnLabels } from './symmetry.ts';

/** A batch to be augmented. */
export interface AugmentJob {
  /** 'augment' draws a symmetry operation too; 'validate' and 'statistics' leave the patterns as they lie. */
  readonly purpose: 'augment' | 'validate' | 'statistics';
  /** Names the random streams together with purpose and index. */
  readonly epoch: number;
  /** Of the patterns in their dataset. */
  readonly indices: readonly number[];
  /** [indices][pixels²] and [indices][labels]; changed in place. */
  readonly patterns: Float32Array;
  readonly labels: Float32Array;
}

/** What a training does to its patterns: [training] of its recipe, the detector of the patterns and the names of the labels. */
export interface AugmentSettings {
  readonly training: TrainingOptions;
  readonly detector: LatticeDetector;
  readonly labels: readonly string[];
  /** The instrument of a scan that a model is adapted to; what [training] draws comes on top of it. */
  readonly camera?: CameraFit | undefined;
}

/** For the pattern of zeros that an odd one is paired with. */
const NO_BLUR: Blur = { fraction: 0, theta0: 0, sigma: 0 };

interface Draw {
  readonly blur: Blur;
  readonly background: number;
  readonly dose: number | undefined;
}

/** Augments patterns of one detector. */
export class Augmenter {
  readonly #training: TrainingOptions;
  readonly #pixels: number;
  readonly #mrad: number;
  readonly #pairs: readonly LabelPair[];
  readonly #operations: readonly number[];
  readonly #tables: readonly Int32Array[];
  readonly #blurrer: Blurrer | undefined;
  /** Distance of each pixel from the direct beam, in eighths of a pixel. */
  readonly #radius: Uint16Array;
  readonly #scratch: Float32Array;
  readonly #camera: CameraDraw | undefined;

  /**
   * @throws 'unsupported' where training.symmetry is set and an in-plane label lacks its partner, 'range' for blur of patterns whose size is no power of two
   */
  constructor({ training, detector, labels, camera }: AugmentSettings) {
    const n = detector.pixels;
    this.#training = training;
    this.#pixels = n;
    this.#mrad = pixelSide_mrad(detector);
    this.#pairs = training.symmetry ? labelPairs(labels) : [];
    this.#operations = operationsOf(detector);
    this.#tables = training.symmetry ? pixelTables(n) : [];
    this.#blurrer =
      training.inelastic_fraction[1] > 0 || training.blur_mrad[1] > 0
        ? new Blurrer(n, pixelSides(detector))
        : undefined;
    this.#radius = Uint16Array.from({ length: n * n }, (_, i) =>
      Math.round(8 * Math.hypot(Math.floor(i / n) - n / 2, (i % n) - n / 2)),
    );
    this.#scratch = new Float32Array(n * n);
    this.#camera = camera && new CameraDraw(camera, detector);
  }

  /** Changes the job's patterns and labels in place; gives the dose of each pattern [electrons], Infinity without noise. */
  apply({ purpose, epoch, indices, patterns, labels }: AugmentJob): number[] {
    const size = this.#pixels ** 2;
    const width = labels.length / indices.length;
    const pattern = (i: number): Float32Array => patterns.subarray(i * size, (i + 1) * size);
    const streams = indices.map((index) => new RandomStream(this.#training.seed, purpose, epoch, index));
    const draws = streams.map((stream, i): Draw => {
      if (purpose === 'augment' && this.#training.symmetry) {
        const operation = this.#operations[stream.integer(this.#operations.length)]!;
        this.#turn(pattern(i), operation);
        turnLabels(labels.subarray(i * width, (i + 1) * width), this.#pairs, operation);
      }
      return this.#draw(stream);
    });
    this.#camera?.apply(
      indices.map((_, i) => pattern(i)),
      streams,
    );
    if (this.#blurrer) {
      this.#scratch.fill(0);
      for (let i = 0; i < indices.length; i += 2) {
        const other = i + 1 < indices.length ? pattern(i + 1) : this.#scratch;
        this.#blurrer.pair(pattern(i), draws[i]!.blur, other, i + 1 < draws.length ? draws[i + 1]!.blur : NO_BLUR);
      }
    }
    draws.forEach(({ background, dose }, i) => {
      const stream = streams[i]!;
      if (background > 0) this.#background(pattern(i), background, stream);
      if (dose !== undefined) addNoise(pattern(i), dose, stream);
    });
    return draws.map(({ dose }) => dose ?? Number.POSITIVE_INFINITY);
  }

  #draw(stream: RandomStream): Draw {
    const t = this.#training;
    const fraction = stream.between(...t.inelastic_fraction);
    const hwhm = stream.between(...t.inelastic_hwhm_mrad);
    const sigma = stream.between(...t.blur_mrad) / this.#mrad;
    const background = stream.between(...t.background_fraction);
    const dose = t.dose_e && Math.exp(stream.between(Math.log(t.dose_e[0]), Math.log(t.dose_e[1])));
    return { blur: { fraction, theta0: theta0Of(hwhm) / this.#mrad, sigma }, background, dose };
  }

  #turn(pattern: Float32Array, operation: number): void {
    if (operation === 0) return;
    const table = this.#tables[operation]!;
    this.#scratch.set(pattern);
    for (let i = 0; i < table.length; i++) pattern[i] = this.#scratch[table[i]!]!;
  }

  #background(pattern: Float32Array, fraction: number, stream: RandomStream): void {
    const half = this.#pixels / 2;
    const decay = half * stream.between(0.1, 0.5);
    const rings = Array.from({ length: 1 + stream.integer(2) }, () => ({
      height: stream.between(0, 0.5),
      radius: half * stream.between(0.2, 0.9),
      width: half * stream.between(0.08, 0.25),
    }));
    const profile = Float32Array.from({ length: Math.ceil(8 * half * Math.SQRT2) + 2 }, (_, i) => {
      const q = i / 8;
      return rings.reduce(
        (sum, ring) => sum + ring.height * Math.exp(-0.5 * ((q - ring.radius) / ring.width) ** 2),
        Math.exp(-q / decay),
      );
    });
    let total = 0;
    let norm = 0;
    for (let i = 0; i < pattern.length; i++) {
      total += pattern[i]!;
      norm += profile[this.#radius[i]!]!;
    }
    const factor = (fraction * total) / norm;
    for (let i = 0; i < pattern.length; i++) {
      pattern[i] = (1 - fraction) * pattern[i]! + factor * profile[this.#radius[i]!]!;
    }
  }
}

/** What a worker thread of a training does: augments batches, whose arrays it hands back. */
export async function augmentWorker(settings: AugmentSettings): Promise<Worker<AugmentJob, AugmentJob>> {
  const augmenter = new Augmenter(settings);
  return {
    async run(job) {
      augmenter.apply(job);
      return job;
    },
    handOver: ({ patterns, labels }) => [patterns.buffer as ArrayBuffer, labels.buffer as ArrayBuffer],
  };
}
