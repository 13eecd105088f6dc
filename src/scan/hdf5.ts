/**
 * What is needed of an HDF5 library, and how it is read safely: every failure becomes a tagged error, filters that cannot be decoded are refused before
 * reading, numbers come as typed arrays. The library is h5wasm, in one build for Node and one for browsers (`node/hdf5.ts`, `web/hdf5.ts`): its objects are
 * known by their `type`, since the classes of one build are not those of the other.
 * Not here: what any group means.
 */

import { diskFullError, FerroscopeError, fail } from '../core/errors.ts';

export interface Hdf5Node {
  /** 'Group', 'Dataset', or something that is passed over. */
  readonly type: string;
  /** From the file's root. */
  readonly path: string;
  readonly attrs: Readonly<Record<string, { readonly json_value: unknown }>>;
}

export interface Hdf5Group extends Hdf5Node {
  keys(): string[];
  get(name: string): object | null;
}

export interface Hdf5Dataset extends Hdf5Node {
  readonly shape: number[] | null;
  /** Such as '<H'; for anything but numbers and text an object. */
  readonly dtype: unknown;
  /** Bytes of a value. */
  readonly metadata: { readonly size: number };
  readonly filters: readonly { readonly id: number; readonly name: string }[];
  readonly value: unknown;
  readonly json_value: unknown;
  /** The values from start up to stop along each axis. */
  slice(ranges: [start: number, stop: number][]): unknown;
}

export interface Hdf5File extends Hdf5Group {
  close(): unknown;
}

/** Filters of HDF5 itself: none, deflate, shuffle, fletcher32, (szip), nbit, scale-offset. */
const BUILT_IN_FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);
const SIGNATURE: readonly number[] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether HDF5's signature stands at the beginning, or behind the 512 bytes that MATLAB 7.3 puts before it. @param head 520 bytes, or all */
export function isHdf5(head: Uint8Array): boolean {
  return [0, 512].some((at) => SIGNATURE.every((byte, i) => head[at + i] === byte));
}

/** The last sentence of HDF5's own report, which says the cause: 'truncated file: eof = …'. */
function cause(error: unknown): string {
  const lines = String((error as Error)?.message ?? error).split('\n');
  const deepest = lines.findLast((line) => /#\d{3}:/.test(line)) ?? lines[0]!;
  return deepest.replace(/^.*\(\): /, '').trim();
}

/** Turns what h5wasm threw into a tagged error. */
export function hdf5Error(error: unknown, path: string, doing: string): FerroscopeError {
  if (error instanceof FerroscopeError) return error;
  const why = cause(error);
  const text = String((error as Error)?.message ?? error);
  if (/No space left|errno = 51\b|Disk quota/.test(text)) return diskFullError(path);
  if (/truncated/.test(text)) {
    const message = `${path} is cut short: ${why}.`;
    return new FerroscopeError(
      'file-unreadable',
      message,
      'Copy it again from its source; the transfer did not finish.',
      {
        path,
      },
    );
  }
  return new FerroscopeError('file-unreadable', `${path}: ${doing} failed: ${why}.`, 'Check or copy the file again.', {
    path,
  });
}

/** Runs one HDF5 action with its errors tagged. */
export function guarded<T>(path: string, doing: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw hdf5Error(error, path, doing);
  }
}

/** Makes sure that the library opened a file. @throws 'file-unreadable' */
export function opened<File extends { readonly file_id: bigint }>(path: string, open: () => File): File {
  const file = guarded(path, 'opening', open);
  if (file.file_id <= 0n) throw hdf5Error(new Error('the library could not open it'), path, 'opening');
  return file;
}

export function isGroup(node: object | null | undefined): node is Hdf5Group {
  return (node as Partial<Hdf5Node> | null | undefined)?.type === 'Group';
}

export function isDataset(node: object | null | undefined): node is Hdf5Dataset {
  return (node as Partial<Hdf5Node> | null | undefined)?.type === 'Dataset';
}

/** A scalar as a number, string or boolean; undefined for anything else. */
export function plain(value: unknown): number | string | boolean | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if ((Array.isArray(value) || ArrayBuffer.isView(value)) && (value as ArrayLike<unknown>).length === 1) {
    return plain((value as ArrayLike<unknown>)[0]);
  }
  return undefined;
}

/** A scalar attribute. */
export function attribute(node: Hdf5Node, name: string): number | string | boolean | undefined {
  return plain(node.attrs[name]?.json_value);
}

/** What a group holds under a name or path: a group, a dataset, or undefined for anything else and for nothing. */
export function child(group: Hdf5Group, name: string): Hdf5Group | Hdf5Dataset | undefined {
  const found = group.get(name);
  return isGroup(found) || isDataset(found) ? found : undefined;
}

/** The same where it is a group, else undefined. */
export function childGroup(group: Hdf5Group, name: string): Hdf5Group | undefined {
  const found = child(group, name);
  return isGroup(found) ? found : undefined;
}

/** The same where it is a dataset (any shape and type, nothing read yet), else undefined. */
export function childDataset(group: Hdf5Group, name: string): Hdf5Dataset | undefined {
  const found = child(group, name);
  return isDataset(found) ? found : undefined;
}

/** All groups and datasets below `group`, parents first, links not followed twice; at most `limit` of them. */
export function* walk(group: Hdf5Group, limit = 20000): Generator<Hdf5Group | Hdf5Dataset> {
  const queue: Hdf5Group[] = [group];
  let seen = 0;
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const name of next.keys()) {
      const node = child(next, name);
      if (!node) continue;
      if (++seen > limit) return;
      yield node;
      if (isGroup(node)) queue.push(node);
    }
  }
}

const BITS = { b: 8, h: 16, i: 32, q: 64, e: 16, f: 32, d: 64 } as const;

/** 'uint16', 'float32' …; undefined for what is not a plain real number. */
export function numberType(dataset: Hdf5Dataset): string | undefined {
  const match = /^[<>|]?([bhiqefd])$/i.exec(String(dataset.dtype));
  const letter = match?.[1];
  if (!letter) return undefined;
  const bits = BITS[letter.toLowerCase() as keyof typeof BITS];
  if ('efd'.includes(letter)) return `float${bits}`;
  return `${letter === letter.toLowerCase() ? 'int' : 'uint'}${bits}`;
}

/** Refuses a dataset that h5wasm would misread. @throws 'unsupported' */
export function checkReadable(dataset: Hdf5Dataset, path: string): string {
  const type = numberType(dataset);
  const where = `${path}:${dataset.path}`;
  if (!type || type === 'float16') {
    fail(
      'unsupported',
      `${where} holds ${type ?? 'compound, text or complex values'}.`,
      'Save it as uint16 or float32.',
    );
  }
  const alien = dataset.filters.find((filter) => !BUILT_IN_FILTERS.has(filter.id));
  if (alien) {
    const name = alien.name.split(';')[0] || `filter ${alien.id}`;
    const hint =
      'Rewrite it with gzip, for example: h5repack -f GZIP=4 in.h5 out.h5 (with the HDF5 plugins installed).';
    fail('unsupported', `${where} is compressed with ${name}, which is not built in.`, hint, {
      path,
      filter: alien.id,
    });
  }
  return type;
}

/**
 * Reads a hyperslab into `out` as float32, row-major: `ranges` holds [start, stop) per axis, `out` has room for their product. Values as stored, whatever their
 * unit. @throws 'file-unreadable'
 */
export function readSlab(
  dataset: Hdf5Dataset,
  ranges: readonly (readonly [number, number])[],
  path: string,
  out: Float32Array,
): void {
  const value = guarded(path, `reading ${dataset.path}`, () => dataset.slice(ranges.map(([a, b]) => [a, b])));
  if (ArrayBuffer.isView(value) && !(value instanceof BigInt64Array) && !(value instanceof BigUint64Array)) {
    out.set(value as unknown as ArrayLike<number>);
  } else out.set(toFloat32(value, path));
}

/** A whole dataset as float32, row-major in its own shape, values as stored. @throws 'file-unreadable' */
export function readAll(dataset: Hdf5Dataset, path: string): Float32Array {
  return toFloat32(
    guarded(path, `reading ${dataset.path}`, () => dataset.value),
    path,
  );
}

function toFloat32(value: unknown, path: string): Float32Array {
  if (value instanceof Float32Array) return value;
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Float32Array.from(value, Number);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return new Float32Array(value as unknown as ArrayLike<number>);
  if (typeof value === 'number' || typeof value === 'bigint') return new Float32Array([Number(value)]);
  fail('unsupported', `${path}: an array is not of plain numbers.`, 'Save it as uint16 or float32.', { path });
}
