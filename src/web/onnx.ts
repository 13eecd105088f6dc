/** ONNX Runtime's WebAssembly build. */

import * as ort from 'onnxruntime-web/wasm';
import type { OnnxRuntime } from '../network/session.ts';

type Tensors = Readonly<Record<string, ort.Tensor>>;

/**
 * @param folder URL, ending in '/', of the folder that holds `ort-wasm-simd-threaded.wasm`; where left out, bundlers copy it and browsers find it beside its
 * module. Runs use more than one thread only in pages that are cross-origin isolated; how many, the first session decides.
 */
export function webOnnx(folder = ''): OnnxRuntime {
  if (folder !== '') ort.env.wasm.wasmPaths = folder;
  return {
    native: false,
    tensor: (data, shape) => new ort.Tensor('float32', data, shape),
    async create(model, threads) {
      if (threads !== undefined) ort.env.wasm.numThreads = threads;
      const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'], logSeverityLevel: 3 });
      const run = session.run.bind(session);
      // It would hand back tensors that outputs are to go into as they were: it makes its own.
      return Object.assign(session, { run: (feeds: Tensors, into: object) => run(feeds, Object.keys(into)) });
    },
  };
}
