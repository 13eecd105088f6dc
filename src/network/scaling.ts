/**
 * The standardisation of a training: mean and standard deviation of what the network sees, per pixel, and of the labels,
 * over a sample of training patterns with the same noise, blur and background (and, for labels, symmetry) as in training.
 * A pixel's deviation is at least a tenth of the rms over pixels: dark pixels that hold noise alone are not blown up.
 */

import { RandomStream } from '../core/random.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import type { AugmentThread } from './batches.ts';
import type { LabelScaling } from './export.ts';
import type { NetworkOptions } from './options.ts';
import type { Sharing } from './sharing.ts';
import type { InputScaling } from './step-graphs.ts';
import { pixelTables } from './symmetry.ts';

const SAMPLE = 1024;
const FLOOR = 0.1;

/** Mean and variance per column, accumulated row by row (Welford). */
class Moments {
  readonly mean: Float64Array;
  readonly #sum: Float64Array;
  #rows = 0;

  constructor(columns: number) {
    this.mean = new Float64Array(columns);
    this.#sum = new Float64Array(columns);
  }

  /** Adds one row, of f(value). */
  add(row: Float32Array, f: (value: number) => number): void {
    this.#rows++;
    for (let i = 0; i < row.length; i++) {
      const value = f(row[i]!);
      const delta = value - this.mean[i]!;
      this.mean[i]! += delta / this.#rows;
      this.#sum[i]! += delta * (value - this.mean[i]!);
    }
  }

  /** Standard deviation per column, over the number of rows. */
  deviation(): Float64Array {
    return this.#sum.map((sum) => Math.sqrt(sum / Math.max(1, this.#rows)));
  }
}

/**
 * Measures the scaling of input and labels over up to 1024 of the patterns at `indices`.
 * @param indices of training patterns, at least one
 * @param seed of the choice of patterns
 * @throws 'aborted' when stopped, and what reading the dataset throws
 */
export async function measureScaling(
  data: PatternDataset,
  indices: readonly number[],
  network: NetworkOptions,
  seed: number,
  thread: AugmentThread,
  task: Task,
): Promise<{ input: InputScaling; labels: LabelScaling }> {
  const pixels = data.detector.pixels ** 2;
  const width = data.labels.length;
  const inputs = new Moments(pixels);
  const labels = new Moments(width);
  const sample = Array.from(new RandomStream(seed, 'sample').shuffle(Int32Array.from(indices)).subarray(0, SAMPLE));
  const seen = network.input === 'sqrt' ? (v: number) => Math.sqrt(Math.max(0, v)) : (v: number) => Math.max(0, v);
  for (let first = 0; first < sample.length; first += 64) {
    checkAborted(task);
    const here = sample.slice(first, first + 64);
    const job = { purpose: 'augment', epoch: -1, indices: here, ...(await data.read(here)) } as const;
    const made = await thread.run(job);
    here.forEach((_, i) => {
      inputs.add(made.patterns.subarray(i * pixels, (i + 1) * pixels), seen);
      labels.add(made.labels.subarray(i * width, (i + 1) * width), (v) => v);
    });
  }
  const deviation = inputs.deviation();
  const rms = Math.sqrt(deviation.reduce((sum, d) => sum + d * d, 0) / pixels);
  const floor = rms > 0 ? FLOOR * rms : 1;
  const labelDeviation = labels.deviation();
  return {
    input: {
      transform: network.input,
      mean: Float32Array.from(inputs.mean),
      deviation: Float32Array.from(deviation, (d) => Math.max(d, floor)),
    },
    labels: {
      mean: Float32Array.from(labels.mean),
      // A label that does not vary keeps its unit.
      deviation: Float32Array.from(labelDeviation, (d, i) => (d > 1e-6 * Math.abs(labels.mean[i]!) ? d : 1)),
    },
  };
}

/** The scaling of a training, made such that a turned pattern is seen as the turned view of it: in-plane labels have no mean, and one deviation for both. */
export function symmetricScaling(
  { input, labels }: { readonly input: InputScaling; readonly labels: LabelScaling },
  pixels: number,
  { operations, from, sign }: Sharing,
): { input: InputScaling; labels: LabelScaling } {
  const tables = operations.map((operation) => pixelTables(pixels)[operation]!);
  const overPixels = (values: Float32Array) =>
    values.map((_, i) => tables.reduce((sum, table) => sum + values[table[i]!]!, 0) / tables.length);
  const overLabels = (of: (label: number, h: number) => number) =>
    labels.mean.map((_, label) => from.reduce((sum, __, h) => sum + of(label, h), 0) / from.length);
  return {
    input: { ...input, mean: overPixels(input.mean), deviation: overPixels(input.deviation) },
    labels: {
      mean: overLabels((label, h) => sign[h]![label]! * labels.mean[from[h]![label]!]!),
      deviation: overLabels((label, h) => labels.deviation[from[h]![label]!]! ** 2).map(Math.sqrt),
    },
  };
}
