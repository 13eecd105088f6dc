/**
 * The part of ONNX's protobuf format that Ferroscope writes and reads: models, graphs, nodes, attributes, dense
 * tensors, tensor types and metadata. Field numbers are those of the public onnx.proto (ONNX IR specification, proto2).
 *
 * What this is not: a checker. ONNX Runtime checks a model when it loads it. Left out: functions, sparse and external
 * tensors, sub-graphs, training info; a file that has them decodes without them.
 */

import protobuf from 'protobufjs/light.js';
import { fail } from '../core/errors.ts';
import { hashOf } from '../core/hash.ts';

/** ONNX element types (TensorProto.DataType). */
export const DATA_TYPE = { float32: 1, int32: 6, int64: 7 } as const;
/** Element types that graphs of this program have. */
export type DataType = keyof typeof DATA_TYPE;

/** AttributeProto.type of the attributes that this program writes. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 } as const;

/** A constant: row-major elements of `dims` in little-endian bytes. */
export interface TensorProto {
  name: string;
  dims: number[];
  dataType: number;
  rawData: Uint8Array;
}

/** An attribute of a node; the one of its fields that `type` names is set. */
export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  floats?: number[];
  ints?: number[];
}

/** An operator, and the names of what it reads and makes. */
export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

/** An input or output: name, element type and dimensions. A dimension is a number, or a name for a size that a caller chooses. */
export interface ValueInfoProto {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: { dimValue?: number; dimParam?: string }[] } } };
}

/** Nodes in an order in which they can run, constants, inputs and outputs. */
export interface GraphProto {
  name: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}

/** A whole .onnx file. */
export interface ModelProto {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  docString: string;
  graph: GraphProto;
  opsetImport: { domain: string; version: number }[];
  metadataProps: { key: string; value: string }[];
}

/**
 * Hash of a graph but for the bytes of its constants: what each node does with what, in order, and the types and shapes of constants, inputs and outputs. The same of a
 * graph that was just made and of one that was decoded; names of graph and nodes do not count.
 */
export function structureOf({ node, initializer, input, output }: GraphProto): string {
  const value = ({ name, type: { tensorType } }: ValueInfoProto) => ({
    name,
    type: tensorType.elemType,
    shape: tensorType.shape.dim.map(({ dimValue, dimParam }) => dimParam || dimValue),
  });
  return hashOf({
    node: node.map(({ opType, domain, input, output, attribute }) => ({
      opType,
      domain,
      input,
      output,
      // One decoded has its absent fields too; floats are written as float32.
      attribute: attribute.map(({ name, type, f = 0, i = 0, ints = [] }) => [name, type, Math.fround(f), i, ints]),
    })),
    constants: initializer.map(({ name, dims, dataType }) => ({ name, dims, dataType })),
    input: input.map(value),
    output: output.map(value),
  });
}

type Field = [name: string, id: number, type: string, repeated?: 'repeated'];

function message(...fields: Field[]): protobuf.IType {
  return {
    fields: Object.fromEntries(
      fields.map(([name, id, type, rule]) => [
        name,
        rule ? { id, type, rule, options: { packed: false } } : { id, type },
      ]),
    ),
  };
}

const root = protobuf.Root.fromJSON({
  nested: {
    Entry: message(['key', 1, 'string'], ['value', 2, 'string']),
    Opset: message(['domain', 1, 'string'], ['version', 2, 'int64']),
    Dimension: message(['dimValue', 1, 'int64'], ['dimParam', 2, 'string']),
    Shape: message(['dim', 1, 'Dimension', 'repeated']),
    TensorType: message(['elemType', 1, 'int32'], ['shape', 2, 'Shape']),
    Type: message(['tensorType', 1, 'TensorType']),
    ValueInfo: message(['name', 1, 'string'], ['type', 2, 'Type']),
    Tensor: message(
      ['dims', 1, 'int64', 'repeated'],
      ['dataType', 2, 'int32'],
      ['floatData', 4, 'float', 'repeated'],
      ['int64Data', 7, 'int64', 'repeated'],
      ['name', 8, 'string'],
      ['rawData', 9, 'bytes'],
    ),
    Attribute: message(
      ['name', 1, 'string'],
      ['f', 2, 'float'],
      ['i', 3, 'int64'],
      ['s', 4, 'bytes'],
      ['t', 5, 'Tensor'],
      ['floats', 7, 'float', 'repeated'],
      ['ints', 8, 'int64', 'repeated'],
      ['type', 20, 'int32'],
    ),
    Node: message(
      ['input', 1, 'string', 'repeated'],
      ['output', 2, 'string', 'repeated'],
      ['name', 3, 'string'],
      ['opType', 4, 'string'],
      ['attribute', 5, 'Attribute', 'repeated'],
      ['domain', 7, 'string'],
    ),
    Graph: message(
      ['node', 1, 'Node', 'repeated'],
      ['name', 2, 'string'],
      ['initializer', 5, 'Tensor', 'repeated'],
      ['input', 11, 'ValueInfo', 'repeated'],
      ['output', 12, 'ValueInfo', 'repeated'],
    ),
    Model: message(
      ['irVersion', 1, 'int64'],
      ['producerName', 2, 'string'],
      ['producerVersion', 3, 'string'],
      ['docString', 6, 'string'],
      ['graph', 7, 'Graph'],
      ['opsetImport', 8, 'Opset', 'repeated'],
      ['metadataProps', 14, 'Entry', 'repeated'],
    ),
  },
});
const Model = root.lookupType('Model');

/** The model as the bytes of an .onnx file. */
export function encodeModel(model: ModelProto): Uint8Array {
  // A copy: protobufjs hands out a view of a larger pooled buffer.
  return Uint8Array.from(Model.encode(Model.create(model as unknown as Record<string, unknown>)).finish());
}

/** Decodes an .onnx file. @throws 'format' when the bytes are no ONNX model */
export function decodeModel(bytes: Uint8Array): ModelProto {
  let model: ModelProto;
  try {
    model = Model.toObject(Model.decode(bytes), {
      longs: Number,
      defaults: true,
      arrays: true,
    }) as unknown as ModelProto;
  } catch (error) {
    fail('format', `Not an ONNX file: ${(error as Error).message}.`, 'Copy the model file again, or train it again.');
  }
  if (!model.graph || model.graph.node.length === 0 || model.opsetImport.length === 0) {
    fail('format', 'Not an ONNX file: it holds no graph.', 'Copy the model file again, or train it again.');
  }
  return model;
}
