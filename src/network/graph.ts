/**
 * A graph builder: typed tensors with known shapes, and the ONNX nodes that connect them. Operators (`ops*.ts`) emit
 * nodes and leave a record of how to differentiate themselves on the tape; `autodiff.ts` walks that tape backwards.
 *
 * What this is not: an executor (`session.ts` hands the bytes to ONNX Runtime) or an optimiser.
 * A dimension of −1 is the free batch dimension 'n'; only exported graphs have one, and they are not differentiated.
 */

import { fail } from '../core/errors.ts';
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  type DataType,
  encodeModel,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx-proto.ts';

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: DataType;
}

export type Attribute = { i: number } | { f: number } | { s: string } | { ints: readonly number[] };

/** How one operator, or a composite of several, is differentiated. */
export interface TapeEntry {
  readonly output: Tensor;
  readonly inputs: readonly Tensor[];
  /** Emits ∂L/∂input for each input from ∂L/∂output; undefined where there is none. */
  readonly backward: (gradient: Tensor, needed: readonly boolean[]) => readonly (Tensor | undefined)[];
}

/** ONNX operator set and file version that this program writes. */
const OPSET = 17;
const IR_VERSION = 8;

function attributeProto(name: string, value: Attribute): AttributeProto {
  if ('i' in value) return { name, type: ATTRIBUTE_TYPE.int, i: value.i };
  if ('f' in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.f };
  if ('s' in value) return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value.s) };
  return { name, type: ATTRIBUTE_TYPE.ints, ints: [...value.ints] };
}

function valueInfo(tensor: Tensor): ValueInfoProto {
  const dim = tensor.shape.map((size) => (size < 0 ? { dimParam: 'n' } : { dimValue: size }));
  return { name: tensor.name, type: { tensorType: { elemType: DATA_TYPE[tensor.type], shape: { dim } } } };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

export class Graph {
  readonly tape: TapeEntry[] = [];
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #scalars: Map<number, Tensor> = new Map();
  /** Names of tensors that a node makes, and the names under which some of them leave the graph. */
  readonly #made: Set<string> = new Set();
  readonly #aliases: Map<string, string> = new Map();
  #names = 0;

  input(name: string, shape: readonly number[], type: DataType = 'float32'): Tensor {
    const tensor = { name, shape, type };
    this.inputs.push(tensor);
    return tensor;
  }

  /** A constant array of float32. */
  constant(data: Float32Array, shape: readonly number[], name?: string): Tensor {
    return this.#constant(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), data, shape, 'float32', name);
  }

  /** A constant list of int64, as shapes and axes want. */
  ints(values: readonly number[]): Tensor {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant(new Uint8Array(data.buffer), data, [values.length], 'int64');
  }

  /** A constant table of int32: the indices of a Gather. */
  table(values: Int32Array, shape: readonly number[]): Tensor {
    return this.#constant(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      values,
      shape,
      'int32',
      undefined,
    );
  }

  /** A constant number (of shape []). */
  scalar(value: number): Tensor {
    let tensor = this.#scalars.get(value);
    if (!tensor) {
      tensor = this.constant(Float32Array.of(value), []);
      this.#scalars.set(value, tensor);
    }
    return tensor;
  }

  /** Emits one node with one output. */
  emit(
    opType: string,
    inputs: readonly Tensor[],
    shape: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
    type: DataType = 'float32',
  ): Tensor {
    const [output] = this.#node(opType, inputs, [shape], attributes, type);
    return output as Tensor;
  }

  /** Cuts a vector into pieces of these sizes. Not differentiated. */
  split(x: Tensor, sizes: readonly number[]): Tensor[] {
    const shapes = sizes.map((size) => [size]);
    return this.#node('Split', [x, this.ints(sizes)], shapes, { axis: { i: 0 } }, x.type);
  }

  /** Leaves on the tape how `output` is differentiated with respect to `inputs`. */
  record(output: Tensor, inputs: readonly Tensor[], backward: TapeEntry['backward']): Tensor {
    this.tape.push({ output, inputs, backward });
    return output;
  }

  /** Names `tensor` as an output of the graph: the node that makes it gets that name, so nothing is copied. */
  output(name: string, tensor: Tensor): Tensor {
    const output: Tensor = { name, shape: tensor.shape, type: tensor.type };
    const made = this.#made.has(tensor.name) && !this.#aliases.has(tensor.name);
    if (made) this.#aliases.set(tensor.name, name);
    else
      this.#nodes.push({ name, opType: 'Identity', domain: '', input: [tensor.name], output: [name], attribute: [] });
    this.outputs.push(output);
    return output;
  }

  /** The graph as the bytes of an .onnx file. */
  toModel(
    options: { name?: string; version?: string; doc?: string; metadata?: Readonly<Record<string, string>> } = {},
  ): Uint8Array {
    const renamed = (name: string): string => this.#aliases.get(name) ?? name;
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'ferroscope',
      producerVersion: options.version ?? '',
      docString: options.doc ?? '',
      graph: {
        name: options.name ?? 'ferroscope',
        node: this.#nodes.map((node) => ({
          ...node,
          input: node.input.map(renamed),
          output: node.output.map(renamed),
        })),
        initializer: this.#initializers,
        input: this.inputs.map(valueInfo),
        output: this.outputs.map(valueInfo),
      },
      opsetImport: [{ domain: '', version: OPSET }],
      metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    });
  }

  #node(
    opType: string,
    inputs: readonly Tensor[],
    shapes: readonly (readonly number[])[],
    attributes: Readonly<Record<string, Attribute>>,
    type: DataType,
  ): Tensor[] {
    const outputs = shapes.map((shape): Tensor => ({ name: this.#fresh(opType), shape, type }));
    for (const { name } of outputs) this.#made.add(name);
    this.#nodes.push({
      name: outputs[0]?.name ?? opType,
      opType,
      domain: '',
      input: inputs.map((tensor) => tensor.name),
      output: outputs.map((tensor) => tensor.name),
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
    return outputs;
  }

  #fresh(stem: string): string {
    return `${stem}_${this.#names++}`;
  }

  #constant(
    bytes: Uint8Array,
    data: { length: number },
    shape: readonly number[],
    type: DataType,
    name = this.#fresh('const'),
  ): Tensor {
    if (data.length !== sizeOf(shape)) {
      fail('shape', `Constant ${name}: ${data.length} values for shape [${shape.join(', ')}].`, 'This is a bug.');
    }
    this.#initializers.push({ name, dims: [...shape], dataType: DATA_TYPE[type], rawData: bytes });
    return { name, shape, type };
  }
}
