/**
 * A trained model, ready to predict: patterns in, labels in physical units out. Two sessions: the whole graph, and one
 * without the decoder, which is twice as fast and is opened when only labels and latents are wanted.
 */

import { fail } from '../core/errors.ts';
import { contentsOf } from './graph.ts';
import { checkModel } from './model-check.ts';
import {
  infoFromMetadata,
  infoToMetadata,
  type ModelInfo,
  networkOf,
  PREFIX,
  STRUCTURE,
  WEIGHTS,
} from './model-info.ts';
import { decodeModel, encodeModel, type ModelProto, structureOf } from './onnx-proto.ts';
import { array32, type OnnxRuntime, Session } from './session.ts';

/** What a model says of patterns. */
export interface Prediction {
  /** [count][labels], in the labels' units. */
  readonly labels: Float32Array;
  /** Standard deviation of each label as the network states it, [count][labels], in the labels' units; empty where it states none. */
  readonly sigma: Float32Array;
  /** [count][latent] */
  readonly latent: Float32Array;
  /** [count][pixels²], intensity fractions; empty when not wanted. */
  readonly reconstruction: Float32Array;
}

/** How patterns are predicted. */
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

/** A model that is open; its sessions are opened when they are first needed. */
export class Model {
  /** What it says of itself. */
  readonly info: ModelInfo;
  /** It states σ pattern by pattern. */
  readonly statesSigma: boolean;
  /** Turned and mirrored patterns get turned labels, exactly (sharing.ts). */
  readonly turns: boolean;
  /** Components of its latent vectors. */
  readonly latent: number;
  readonly #runtime: OnnxRuntime;
  readonly #proto: ModelProto;
  readonly #threads: number | undefined;
  #whole: Promise<Session> | undefined;
  #labelsOnly: Promise<Session> | undefined;

  /**
   * @param threads of one run; default all cores
   * @throws 'format' for a file that Ferroscope did not write, whose weights or graph have changed, or that contradicts itself
   */
  constructor(proto: ModelProto, runtime: OnnxRuntime, threads?: number) {
    this.#runtime = runtime;
    this.info = infoFromMetadata(proto.metadataProps);
    for (const [what, key, found] of [
      ['weights are not those', WEIGHTS, () => contentsOf(proto.graph.initializer)],
      ['graph is not the one', STRUCTURE, () => structureOf(proto.graph)],
    ] as const) {
      const stated = proto.metadataProps.find((entry) => entry.key === key)?.value;
      if (stated !== undefined && stated !== found()) {
        fail('format', `The model file is damaged: its ${what} that it was written with.`, 'Copy it again.', { key });
      }
    }
    this.#proto = proto;
    this.statesSigma = proto.graph.output.some(({ name }) => name === 'sigma');
    const network = networkOf(this.info);
    this.turns = network?.share === true && !network.channels && !this.info.adapts;
    this.#threads = threads;
    this.latent = checkModel(this.info, proto).latent;
  }

  /**
   * Predicts for `count` patterns.
   * @param patterns [count][pixels²] on the model's detector, intensity per pixel as a fraction of the beam
   * @throws 'shape' for another number of values, 'format' where ONNX Runtime refuses the model
   */
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
      sigma: new Float32Array(this.statesSigma ? count * this.info.labels.length : 0),
      latent: new Float32Array(count * this.latent),
      reconstruction: new Float32Array(reconstruction ? count * size : 0),
    };
    for (let first = 0; first < count; first += batch) {
      const here = Math.min(batch, count - first);
      const part = await session.run({
        patterns: array32(patterns.subarray(first * size, (first + here) * size), [here, 1, n, n]),
        ...(this.info.adapts ? { domain: array32(Float32Array.of(experimental ? 1 : 0), []) } : {}),
      });
      for (const name of ['labels', 'sigma', 'latent', 'reconstruction'] as const) {
        const data = part[name];
        if (data) out[name].set(data, (first * data.length) / here);
      }
    }
    return out;
  }

  /** The model's file, encoded again. */
  bytes(): Uint8Array {
    return encodeModel(this.#proto);
  }

  /** The model's file, saying something else of itself. */
  saying(change: Partial<ModelInfo>): Uint8Array {
    const others = this.#proto.metadataProps.filter(({ key }) => key === WEIGHTS || !key.startsWith(PREFIX));
    const own = Object.entries(infoToMetadata({ ...this.info, ...change })).map(([key, value]) => ({ key, value }));
    return encodeModel({ ...this.#proto, metadataProps: [...own, ...others] });
  }

  /** Frees what ONNX Runtime holds; whoever predicts afterwards opens it again. */
  async close(): Promise<void> {
    for (const session of [this.#whole, this.#labelsOnly]) await (await session)?.close();
    this.#whole = undefined;
    this.#labelsOnly = undefined;
  }

  #session(whole: boolean): Promise<Session> {
    if (whole) {
      this.#whole ??= Session.open(this.#runtime, this.bytes(), this.#threads);
      return this.#whole;
    }
    this.#labelsOnly ??= Session.open(
      this.#runtime,
      encodeModel(prune(this.#proto, ['labels', 'sigma', 'latent'])),
      this.#threads,
    );
    return this.#labelsOnly;
  }
}

/**
 * Opens a model from the bytes of its file. ONNX Runtime sees them when something is predicted.
 * @param threads of one run; default all cores
 * @throws 'format' for bytes that are no ONNX file, or no model of Ferroscope
 */
export function openModel(bytes: Uint8Array, runtime: OnnxRuntime, threads?: number): Model {
  return new Model(decodeModel(bytes), runtime, threads);
}
