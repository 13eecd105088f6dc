/**
 * A Zarr v3 group of small arrays, made in memory (little-endian, uncompressed). Where an array's name is that of its dimension, xarray takes it for the
 * coordinate along it; `units` are spelled as pint reads them. Not here: folders (files.ts), reading (zarr-folder.ts).
 *
 * The arrays' metadata stand once more in the group's zarr.json, inline, as zarr-python 3 consolidates them and xarray looks for them; other readers pass over it.
 */

/** Files by path inside the group's folder. */
export type GroupFiles = Map<string, Uint8Array>;

export interface ArrayInfo {
  readonly shape: readonly number[];
  readonly dimensions: readonly string[];
  /** `units` and `long_name`: what plots are labelled with. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const METADATA = 'zarr.json';
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value, null, 2));

/** @param type data type, fill value and the codec that makes bytes of values */
function declare(
  files: GroupFiles,
  name: string,
  { shape, dimensions, attributes = {} }: ArrayInfo,
  chunk_shape: readonly number[],
  [data_type, fill_value, codec, configuration]: readonly [string, string, string, object],
): void {
  const metadata = {
    zarr_format: 3,
    node_type: 'array',
    shape,
    data_type,
    chunk_grid: { name: 'regular', configuration: { chunk_shape } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    codecs: [{ name: codec, configuration }],
    fill_value,
    dimension_names: dimensions,
    attributes,
  };
  files.set(`${name}/${METADATA}`, json(metadata));
}

/** An array of numbers whose chunks others write; what is lost of it is NaN. */
export function declareArray(
  files: GroupFiles,
  name: string,
  info: ArrayInfo,
  chunkShape: readonly number[],
  dtype: 'float32' | 'float64',
): void {
  declare(files, name, info, chunkShape, [dtype, 'NaN', 'bytes', { endian: 'little' }]);
}

/** An array with its values, row by row, in one chunk. */
export function putArray(files: GroupFiles, name: string, info: ArrayInfo, data: Float32Array | Float64Array): void {
  declareArray(files, name, info, info.shape, data instanceof Float32Array ? 'float32' : 'float64');
  files.set(
    `${name}/c/${info.shape.map(() => 0).join('/')}`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
}

/** Where the positions along a dimension lie: its coordinate, named like it. */
export function putAxis(files: GroupFiles, name: string, data: Float64Array, units: string, long_name: string): void {
  putArray(files, name, { shape: [data.length], dimensions: [name], attributes: { units, long_name } }, data);
}

/** `count` equal steps, the first at `first`. */
export function evenSteps(count: number, step: number, first = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => first + i * step);
}

/** Names along a dimension: codec vlen-utf8, which is a count, then length and bytes of each; uint32, little-endian. */
export function putNames(files: GroupFiles, name: string, names: readonly string[]): void {
  const shape = [names.length];
  declare(files, name, { shape, dimensions: [name] }, shape, ['string', '', 'vlen-utf8', {}]);
  const texts = names.map((text) => new TextEncoder().encode(text));
  const chunk = new Uint8Array(4 + texts.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(chunk.buffer);
  view.setUint32(0, texts.length, true);
  let at = 4;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    chunk.set(text, at + 4);
    at += 4 + text.length;
  }
  files.set(`${name}/c/0`, chunk);
}

/** The group whole: its zarr.json, with the arrays' metadata, then the arrays' files. */
export function groupFiles(arrays: GroupFiles, attributes: object): GroupFiles {
  const metadata = Object.fromEntries(
    [...arrays]
      .filter(([path]) => path.endsWith(`/${METADATA}`))
      .map(([path, bytes]) => [path.slice(0, -METADATA.length - 1), JSON.parse(new TextDecoder().decode(bytes))]),
  );
  const consolidated_metadata = { kind: 'inline', must_understand: false, metadata };
  return new Map([
    [METADATA, json({ zarr_format: 3, node_type: 'group', attributes, consolidated_metadata })],
    ...arrays,
  ]);
}
