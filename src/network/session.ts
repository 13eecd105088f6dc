/**
 * ONNX Runtime behind one narrow door: load a graph, run it on typed arrays. Which build of it runs is its host's: `node/onnx.ts`, `web/onnx.ts`.
 * What this is not: a graph; and no file is read here.
 */

import type * as ort from 'onnxruntime-common';
import { FerroscopeError, fail } from '../core/errors.ts';

/** A build of ONNX Runtime. */
export interface OnnxRuntime {
  /** Native code, which aborts the process when its thread is torn down in mid-run (core/threads.ts). */
  readonly native: boolean;
  /** A tensor of this build's own class: it knows no other. It shares `data`. */
  tensor(data: Float32Array, shape: readonly number[]): ort.Tensor;
  /** Loads a graph from the bytes of its file; throws what this build throws. @param threads of one run; default all cores */
  create(model: Uint8Array, threads?: number): Promise<ort.InferenceSession>;
}

/** An array of float32, row-major. */
export interface Array32 {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Arrays by the names of a graph's inputs or outputs. */
export type Arrays = Readonly<Record<string, Array32>>;

/** @param data fills the shape; it is not copied */
export function array32(data: Float32Array, shape: readonly number[]): Array32 {
  return { data, shape };
}

/** A graph that ONNX Runtime has loaded. */
export class Session {
  readonly inputNames: readonly string[];
  readonly #outputNames: readonly string[];
  readonly #runtime: OnnxRuntime;
  readonly #session: ort.InferenceSession;

  private constructor(runtime: OnnxRuntime, session: ort.InferenceSession) {
    this.#runtime = runtime;
    this.#session = session;
    this.inputNames = session.inputNames;
    this.#outputNames = session.outputNames;
  }

  /**
   * Loads a graph from the bytes of its file.
   * @param threads of one run; default all cores
   * @throws 'format' when ONNX Runtime refuses the bytes, and what `create` throws with a tag
   */
  static async open(runtime: OnnxRuntime, model: Uint8Array, threads?: number): Promise<Session> {
    try {
      return new Session(runtime, await runtime.create(model, threads));
    } catch (error) {
      if (error instanceof FerroscopeError) throw error;
      fail(
        'format',
        `ONNX Runtime cannot load the model: ${(error as Error).message}`,
        'Copy the model file again, or train it again.',
      );
    }
  }

  /**
   * Runs the graph and gives its outputs by name, float32. What ONNX Runtime throws passes through.
   * @param feeds every input of the graph
   * @param into arrays that receive outputs in place, of the outputs' shapes
   */
  async run(feeds: Arrays, into: Arrays = {}): Promise<Record<string, Float32Array>> {
    const tensors = (arrays: Arrays) =>
      Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, this.#runtime.tensor(a.data, a.shape)]));
    const receivers = tensors(into);
    const fetches = Object.fromEntries(this.#outputNames.map((name) => [name, receivers[name] ?? null]));
    const results = await this.#session.run(tensors(feeds), fetches);
    return Object.fromEntries(
      Object.entries(results).map(([name, { data }]) => {
        const receiver = into[name]?.data;
        // A build that makes its own outputs.
        if (receiver && receiver !== data) receiver.set(data as Float32Array);
        return [name, receiver ?? (data as Float32Array)];
      }),
    );
  }

  /** Frees what ONNX Runtime holds. */
  async close(): Promise<void> {
    await this.#session.release();
  }
}
