/**
 * The weights of a model's file as a training keeps them: `export.ts` backwards. Adam's moments are not in the file, so a training that goes on from there begins with none.
 */

import { fail } from '../core/errors.ts';
import type { Architecture } from './architecture.ts';
import type { LabelScaling } from './export.ts';
import { sizeOf } from './graph.ts';
import type { ModelInfo } from './model-info.ts';
import type { ModelProto } from './onnx-proto.ts';
import { type Parameter, parameters, statistics } from './parameters.ts';
import type { InputScaling } from './step-graphs.ts';
import { weightLayout } from './weight-layout.ts';

export interface Restored {
  /** Flat, in the order of `parameters` and `statistics`. */
  readonly p: Float32Array;
  readonly s: Float32Array;
  readonly input: InputScaling;
  readonly labels: LabelScaling;
}

/** @throws 'format' where the file's weights are not those of the architecture */
export function restoreWeights(proto: ModelProto, a: Architecture, transform: ModelInfo['input']): Restored {
  const held = new Map(
    // A copy of its own: the file's bytes need not lie at multiples of four.
    proto.graph.initializer.map(({ name, rawData }) => [name, new Float32Array(new Uint8Array(rawData).buffer)]),
  );
  const get = (name: string, size: number): Float32Array => {
    const data = held.get(name);
    if (data?.length === size) return data;
    return fail(
      'format',
      `The model file has ${data?.length ?? 'no'} values of ${name}; its network has ${size}.`,
      'Use a model that this version of ferroscope train wrote.',
      { name },
    );
  };
  const { toTraining } = weightLayout(a);
  const flat = (list: readonly Parameter[]) => {
    const out = new Float32Array(list.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
    let at = 0;
    for (const parameter of list) {
      const size = sizeOf(parameter.shape);
      out.set(toTraining(get(parameter.name, size), parameter), at);
      at += size;
    }
    return out;
  };
  const pixels = a.pixels ** 2;
  return {
    p: flat(parameters(a)),
    s: flat(statistics(a)),
    input: { transform, mean: get('input.mean', pixels), deviation: get('input.deviation', pixels) },
    labels: { mean: get('labels.mean', a.labels), deviation: get('labels.deviation', a.labels) },
  };
}
