/**
 * A graph builder: typed tensors with known shapes, and the ONNX nodes that connect them. Operators (`ops*.ts`) emit
 * nodes and leave a record of how to differentiate themselves on the tape; `autodiff.ts` walks that tape backwards.
 *
 * What this is not: an executor (`session.ts` hands the bytes to ONNX Runtime) or an optimiser.
 * A dimension of −1 is the free batch dimension 'n'; only exported graphs have one, and they are not differentiated.
 */

import { fail } from '../core/errors.ts';
import { hashOfArrays } from '../core/hash.ts';
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  type DataType,
  encodeModel,
  type GraphProto,
  type NodeProto,
  structureOf,
  type TensorProto,
  type ValueInfoProto,
} from './onnx-proto.ts';

/** A value of the graph: its name, its sizes along each axis ([] for a scalar) and the type of its elements. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: DataType;
}

/** An attribute of a node: an integer, a float, or a list of integers. */
export type Attribute = { i: number } | { f: number } | { ints: readonly number[] };

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
  return { name, type: ATTRIBUTE_TYPE.ints, ints: [...value.ints] };
}

function valueInfo(tensor: Tensor): ValueInfoProto {
  const dim = tensor.shape.map((size) => (size < 0 ? { dimParam: 'n' } : { dimValue: size }));
  return { name: tensor.name, type: { tensorType: { elemType: DATA_TYPE[tensor.type], shape: { dim } } } };
}

/** How many elements a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

interface Sizes {
  2: readonly [number, number];
  3: readonly [number, number, number];
  4: readonly [number, number, number, number];
}

/** The sizes of a tensor along its `rank` axes. @throws 'shape' for a tensor of another rank */
export function sizesOf<Rank extends keyof Sizes>({ name, shape }: Tensor, rank: Rank): Sizes[Rank] {
  if (shape.length !== rank) {
    fail('shape', `${name} of shape [${shape.join(', ')}] has not ${rank} axes.`, 'This is a bug in the graph.');
  }
  return shape as unknown as Sizes[Rank];
}

/** Hash of a graph's constants, as `Graph.contents` gives it. */
export function contentsOf(initializers: readonly Pick<TensorProto, 'rawData'>[]): string {
  return hashOfArrays(...initializers.map(({ rawData }) => rawData));
}

/** Tensors, the nodes that make them, and the tape by which `gradients` (autodiff.ts) differentiates them. */
export class Graph {
  /** In the order in which the operators were called. */
  readonly tape: TapeEntry[] = [];
  /** What `input` and `output` have named, in that order. */
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #scalars: Map<number, Tensor> = new Map();
  readonly #tables: Map<Int32Array, Tensor[]> = new Map();
  /** Names of tensors that a node makes, and the names under which some of them leave the graph. */
  readonly #made: Set<string> = new Set();
  readonly #aliases: Map<string, string> = new Map();
  #names = 0;

  /** A float32 tensor that whoever runs the graph gives under this name. A size of −1 is free. */
  input(name: string, shape: readonly number[]): Tensor {
    const tensor: Tensor = { name, shape, type: 'float32' };
    this.inputs.push(tensor);
    return tensor;
  }

  /** A constant array of float32, row-major; `name` is one of its own where left out. @throws 'shape' where data do not fill the shape */
  constant(data: Float32Array, shape: readonly number[], name?: string): Tensor {
    return this.#constant(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), data, shape, 'float32', name);
  }

  /** A constant list of int64, as shapes and axes want. */
  ints(values: readonly number[]): Tensor {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant(new Uint8Array(data.buffer), data, [values.length], 'int64');
  }

  /** A constant table of int32, row-major: the indices of a Gather; one for the same array and shape. @throws 'shape' where values do not fill the shape */
  table(values: Int32Array, shape: readonly number[]): Tensor {
    const known = this.#tables.get(values) ?? [];
    const same = known.find((tensor) => tensor.shape.join() === shape.join());
    if (same) return same;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const made = this.#constant(bytes, values, shape, 'int32', undefined);
    this.#tables.set(values, [...known, made]);
    return made;
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

  /** Emits one node (ONNX operator `opType`) with one output, float32, whose shape the caller knows. Leaves nothing on the tape. */
  emit(
    opType: string,
    inputs: readonly Tensor[],
    shape: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Tensor {
    return this.#node(opType, inputs, [shape], attributes)[0]!;
  }

  /** Cuts a vector [Σ sizes] into vectors of these sizes. Not differentiated. */
  split(x: Tensor, sizes: readonly number[]): Tensor[] {
    const shapes = sizes.map((size) => [size]);
    return this.#node('Split', [x, this.ints(sizes)], shapes, { axis: { i: 0 } });
  }

  /** Leaves on the tape how `output` is differentiated with respect to `inputs`; gives `output` back. */
  record(output: Tensor, inputs: readonly Tensor[], backward: TapeEntry['backward']): Tensor {
    this.tape.push({ output, inputs, backward });
    return output;
  }

  /**
   * Names `tensor` as an output of the graph: the node that makes it gets that name, so nothing is copied. An input, a constant or a tensor that is an output
   * already is copied.
   */
  output(name: string, tensor: Tensor): Tensor {
    const output: Tensor = { name, shape: tensor.shape, type: tensor.type };
    const made = this.#made.has(tensor.name) && !this.#aliases.has(tensor.name);
    if (made) this.#aliases.set(tensor.name, name);
    else
      this.#nodes.push({ name, opType: 'Identity', domain: '', input: [tensor.name], output: [name], attribute: [] });
    this.outputs.push(output);
    return output;
  }

  /** Hash of the constants: of a model, its weights. */
  contents(): string {
    return contentsOf(this.#initializers);
  }

  /** Hash of all else, as `structureOf` (onnx-proto.ts) gives it. */
  structure(): string {
    return structureOf(this.#graph(''));
  }

  /**
   * The graph as the bytes of an .onnx file.
   * @param options name of the graph, version of the program and entries of the file's metadata; none where left out
   */
  toModel(options: { name?: string; version?: string; metadata?: Readonly<Record<string, string>> } = {}): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'ferroscope',
      producerVersion: options.version ?? '',
      docString: '',
      graph: this.#graph(options.name ?? 'ferroscope'),
      opsetImport: [{ domain: '', version: OPSET }],
      metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    });
  }

  #graph(name: string): GraphProto {
    const renamed = (name: string): string => this.#aliases.get(name) ?? name;
    return {
      name,
      node: this.#nodes.map((node) => ({
        ...node,
        input: node.input.map(renamed),
        output: node.output.map(renamed),
      })),
      initializer: this.#initializers,
      input: this.inputs.map(valueInfo),
      output: this.outputs.map(valueInfo),
    };
  }

  #node(
    opType: string,
    inputs: readonly Tensor[],
    shapes: readonly (readonly number[])[],
    attributes: Readonly<Record<string, Attribute>>,
  ): Tensor[] {
    const outputs = shapes.map((shape): Tensor => ({ name: this.#fresh(opType), shape, type: 'float32' }));
    for (const { name } of outputs) this.#made.add(name);
    this.#nodes.push({
      name: outputs[0]!.name,
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
