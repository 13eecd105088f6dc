/**
 * ONNX Runtime behind one narrow door: load a graph, run it on typed arrays. CPU, on all cores.
 * What this is not: a graph; and no file is read here.
 */

import { availableParallelism } from 'node:os';
import * as ort from 'onnxruntime-node';
import { fail } from '../core/errors.ts';

export interface Array32 {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

export type Arrays = Readonly<Record<string, ort.Tensor>>;

export function tensorOf(data: Float32Array, shape: readonly number[]): ort.Tensor {
  return new ort.Tensor('float32', data, shape);
}

export class Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: ort.InferenceSession;

  private constructor(session: ort.InferenceSession) {
    this.#session = session;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  /** @throws 'format' when ONNX Runtime refuses the bytes */
  static async open(model: Uint8Array, options: ort.InferenceSession.SessionOptions = {}): Promise<Session> {
    try {
      const session = await ort.InferenceSession.create(model, {
        intraOpNumThreads: availableParallelism(),
        logSeverityLevel: 3,
        // Waiting threads sleep: spinning takes half the cores from the thread that prepares batches (and from others).
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        ...options,
      });
      return new Session(session);
    } catch (error) {
      fail(
        'format',
        `ONNX Runtime cannot load the model: ${(error as Error).message}`,
        'Copy the model file again, or train it again.',
      );
    }
  }

  /** Runs the graph; `into` holds tensors that receive outputs in place. */
  async run(feeds: Arrays, into?: Arrays): Promise<Record<string, Float32Array>> {
    const fetches = into
      ? Object.fromEntries(this.outputNames.map((name) => [name, into[name] ?? null]))
      : Object.fromEntries(this.outputNames.map((name) => [name, null]));
    const results = await this.#session.run({ ...feeds }, fetches);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
