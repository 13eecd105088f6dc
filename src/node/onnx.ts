/** ONNX Runtime's native build. CPU, on all cores. Loaded when first needed: an installation may lack it (docs/notes/0008-package.md). */

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type * as Ort from 'onnxruntime-node';
import { fail } from '../core/errors.ts';
import type { OnnxRuntime } from '../network/session.ts';

const require = createRequire(import.meta.url);

/** For the beginning of long work that will need it. @throws 'unsupported' without the package onnxruntime-node */
export function requireOnnx(): void {
  ort();
}

function ort(): typeof Ort {
  try {
    return require('onnxruntime-node') as typeof Ort;
  } catch (error) {
    fail(
      'unsupported',
      'The package onnxruntime-node, which trains and runs models, is missing or does not load.',
      'Run npm install --ignore-scripts onnxruntime-node@1.30 beside ferroscope: npm leaves it out where its install script cannot fetch CUDA, which nothing here uses.',
      { reason: String(error) },
    );
  }
}

export const nodeOnnx: OnnxRuntime = {
  native: true,
  tensor: (data, shape) => new (ort().Tensor)('float32', data, shape),
  create: (model, threads = availableParallelism()) =>
    ort().InferenceSession.create(model, {
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
      // Waiting threads sleep: spinning takes half the cores from the thread that prepares batches (and from others).
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    }),
};
