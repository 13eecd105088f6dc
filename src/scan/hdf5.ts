/**
 * What is needed of an HDF5 library, and how a file's tree is walked: every failure becomes a tagged error. The library is h5wasm, in one build for Node and one for browsers (`node/hdf5.ts`, `web/hdf5.ts`): its objects are
 * known by their `type`, since the classes of one build are not those of the other.
 * Not here: what any group means, and numbers (hdf5-array.ts).
 */

import { diskFullError, FerroscopeError } from '../core/errors.ts';

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
  readonly metadata: {
    /** Bytes of a value. */
    readonly size: number;
    /** HDF5's class of types: 0 whole numbers, 1 floating point, 4 bits, 6 compound, 8 enumeration, 11 complex. */
    readonly type: number;
    readonly chunks?: readonly number[] | null;
    readonly littleEndian?: boolean;
    readonly enum_type?: { readonly members: Readonly<Record<string, number>> };
    /** Where a virtual dataset shows others: '.' is the file itself. */
    readonly virtual_sources?: readonly { readonly file_name: string; readonly dset_name: string }[];
  };
  readonly filters: readonly { readonly id: number; readonly name: string }[];
  readonly value: unknown;
  readonly json_value: unknown;
  /** Names of the axes, and paths of arrays along one, where HDF5's dimension scales state them. */
  get_dimension_labels?(): readonly (string | null)[];
  get_attached_scales?(axis: number): readonly string[];
  /** The values from start up to stop along each axis. */
  slice(ranges: [start: number, stop: number][]): unknown;
}

export interface Hdf5File extends Hdf5Group {
  /** Filters beside HDF5's own that the library has as plug-ins, by number. */
  readonly plugins?: ReadonlySet<number>;
  /** Where the object header of a path stands in the file's address space; undefined where a link that is no hard one leads there, maybe to another file. */
  headerAddress?(path: string): number | undefined;
  close(): unknown;
}

/** A link to another file, or to a path, that leads nowhere. */
export interface LostLink {
  /** Where it stands in the file. */
  readonly path: string;
  /** The file or the path that is not there. */
  readonly target: string;
}

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
  if (/external raw data file/.test(text)) {
    return new FerroscopeError(
      'file-missing',
      `${path}: ${doing} failed: its numbers lie in a second file (HDF5's external storage), which is not there.`,
      'Put that file beside it under the name that it had; h5dump -pH FILE prints it.',
      { path },
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

/** What was seen of a node: every layout looks at the whole tree, and looking takes the library long. */
interface Seen {
  attrs?: Hdf5Node['attrs'];
  names?: readonly string[];
  readonly children: Map<string, object | null | undefined>;
}
const SEEN = new WeakMap<Hdf5Node, Seen>();
function seenOf(node: Hdf5Node): Seen {
  const old = SEEN.get(node);
  if (old) return old;
  const seen: Seen = { children: new Map() };
  SEEN.set(node, seen);
  return seen;
}

/** A scalar attribute. */
export function attribute(node: Hdf5Node, name: string): number | string | boolean | undefined {
  const seen = seenOf(node);
  seen.attrs ??= node.attrs;
  return plain(seen.attrs[name]?.json_value);
}

/** Names of what a group holds. */
function namesOf(group: Hdf5Group): readonly string[] {
  const seen = seenOf(group);
  seen.names ??= group.keys();
  return seen.names;
}

/** What stands under a name; undefined for a link that only leads to itself, which HDF5 gives up on. */
function followed(group: Hdf5Group, name: string): object | null | undefined {
  const { children } = seenOf(group);
  if (children.has(name)) return children.get(name);
  const found = followedNow(group, name);
  children.set(name, found);
  return found;
}

function followedNow(group: Hdf5Group, name: string): object | null | undefined {
  try {
    return group.get(name);
  } catch (error) {
    if (/too many( soft)? links/.test(String((error as Error)?.message ?? error))) return undefined;
    throw error;
  }
}

/** What a group holds under a name or path: a group, a dataset, or undefined for anything else and for nothing. */
export function child(group: Hdf5Group, name: string): Hdf5Group | Hdf5Dataset | undefined {
  const found = followed(group, name);
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
    for (const name of namesOf(next)) {
      const node = child(next, name);
      if (!node) continue;
      if (++seen > limit) return;
      yield node;
      if (isGroup(node)) queue.push(node);
    }
  }
}

/** Links below `group` that lead nowhere. */
export function lostLinks(group: Hdf5Group): LostLink[] {
  const lost: LostLink[] = [];
  const look = (parent: Hdf5Group): void => {
    for (const name of namesOf(parent)) {
      const node = followed(parent, name) as { type?: string; filename?: string; target?: string } | null | undefined;
      const path = `${parent.path === '/' ? '' : parent.path}/${name}`;
      if (node?.type === 'ExternalLink') lost.push({ path, target: node.filename! });
      if (node?.type === 'BrokenSoftLink') lost.push({ path, target: node.target! });
    }
  };
  look(group);
  for (const node of walk(group)) if (isGroup(node)) look(node);
  return lost;
}
