/**
 * A trained model, ready to predict: patterns in, labels in physical units out. Two sessions: the whole graph, and one
 * without the decoder, which is twice as fast and is opened when only labels and latents are wanted.
 */

import { fail } from '../core/errors.ts';
import { readBytes } from '../core/files.ts';
import { infoFromMetadata, type ModelInfo } from './model-info.ts';
import { decodeModel, encodeModel, type ModelProto } from './onnx-proto.ts';
import { Session, tensorOf } from './session.ts';

export interface Prediction {
  /** [count][labels], in the labels' units. */
  readonly labels: Float32Array;
  /** [count][latent] */
  readonly latent: Float32Array;
  /** [count][pixels²], intensity fractions; empty when not wanted. */
  readonly reconstruction: Float32Array;
}

export interface PredictOptions {
  /** Patterns are experimental: pass them through the domain-adaptation layers. Default false. */
  readonly experimental?: boolean;
  /** Decode the latents too. Default true. */
  readonly reconstruction?: boolean;
  /** Patterns in one run. Default 64. */
  readonly batch?: number;
}

/** The model without what its named outputs do not need. */
function prune(model: ModelProto, outputs: readonly string[]): ModelProto {
  const wanted = new Set(outputs);
  const node = model.graph.node
    .toReversed()
    .filter(({ output, input }) => {
      if (!output.some((name) => wanted.has(name))) return false;
      for (const name of input) wanted.add(name);
      return true;
    })
    .toReversed();
  return {
    ...model,
    graph: {
      ...model.graph,
      node,
      initializer: model.graph.initializer.filter(({ name }) => wanted.has(name)),
      output: model.graph.output.filter(({ name }) => outputs.includes(name)),
    },
  };
}

export class Model {
  readonly info: ModelInfo;
  readonly #proto: ModelProto;
  readonly #latent: number;
  readonly #threads: number | undefined;
  #whole: Promise<Session> | undefined;
  #labelsOnly: Promise<Session> | undefined;

  /** @param threads of one run; default all cores */
  constructor(proto: ModelProto, threads?: number) {
    this.info = infoFromMetadata(proto.metadataProps);
    this.#proto = proto;
    this.#threads = threads;
    const shape = proto.graph.output.find(({ name }) => name === 'latent')?.type.tensorType.shape.dim;
    this.#latent = shape?.[1]?.dimValue ?? 0;
  }

  /** Predicts for `count` patterns [count][pixels²], intensity per pixel as a fraction of the beam. */
  async predict(patterns: Float32Array, count: number, options: PredictOptions = {}): Promise<Prediction> {
    const { experimental = false, reconstruction = true, batch = 64 } = options;
    const n = this.info.detector.pixels;
    const size = n * n;
    if (patterns.length !== count * size) {
      fail('shape', `${patterns.length} values are not ${count} patterns of ${n}×${n}.`, 'Resample them first.', {});
    }
    const session = await this.#session(reconstruction);
    const out: Prediction = {
      labels: new Float32Array(count * this.info.labels.length),
      latent: new Float32Array(count * this.#latent),
      reconstruction: new Float32Array(reconstruction ? count * size : 0),
    };
    for (let first = 0; first < count; first += batch) {
      const here = Math.min(batch, count - first);
      const part = await session.run({
        patterns: tensorOf(patterns.subarray(first * size, (first + here) * size), [here, 1, n, n]),
        ...(this.info.adapts ? { domain: tensorOf(Float32Array.of(experimental ? 1 : 0), []) } : {}),
      });
      for (const name of ['labels', 'latent', 'reconstruction'] as const) {
        const data = part[name];
        if (data) out[name].set(data, (first * data.length) / here);
      }
    }
    return out;
  }

  /** The model's file. */
  bytes(): Uint8Array {
    return encodeModel(this.#proto);
  }

  async close(): Promise<void> {
    for (const session of [this.#whole, this.#labelsOnly]) await (await session)?.close();
    this.#whole = undefined;
    this.#labelsOnly = undefined;
  }

  #session(whole: boolean): Promise<Session> {
    const options = this.#threads === undefined ? {} : { intraOpNumThreads: this.#threads };
    if (whole) {
      this.#whole ??= Session.open(this.bytes(), options);
      return this.#whole;
    }
    this.#labelsOnly ??= Session.open(encodeModel(prune(this.#proto, ['labels', 'latent'])), options);
    return this.#labelsOnly;
  }
}

/** Opens a model from its file or its bytes. @throws 'file-missing', 'format' */
export async function openModel(
  source: Uint8Array | string,
  options: { readonly threads?: number } = {},
): Promise<Model> {
  return new Model(decodeModel(typeof source === 'string' ? await readBytes(source) : source), options.threads);
}
