/**
 * The tags of Gatan's DM3 and DM4 files: a tree of named values, big-endian in structure, its numbers in the order that the head states. DM4 has 64-bit sizes
 * where DM3 has 32-bit ones, and says after each name how long its tag is. Arrays stay in the file; text alone is read. Layout: "Digital Micrograph file
 * format" of the NTU microscopy group, and files. Not here: what the tags mean.
 */

import { fail } from '../../core/errors.ts';
import type { ScanFile } from '../scan-file.ts';

/** An array in the file, not read. */
export interface DmArray {
  /** Where it begins, and its length [bytes]. */
  readonly offset: number;
  readonly bytes: number;
  /** What it says as text, where it is short and may be one. */
  readonly text?: string | undefined;
}

/** Tags without a name are called by their place in the group: '0', '1'. */
export type DmGroup = ReadonlyMap<string, DmTag>;
export type DmTag = number | readonly number[] | DmArray | DmGroup;

export interface DmFile {
  readonly version: 3 | 4;
  /** Order of the numbers. */
  readonly little: boolean;
  readonly root: DmGroup;
}

/** What is read at once [bytes]: tags are small and stand close together, between arrays. */
const WINDOW = 65_536;
/** Text longer than this is none [bytes]; types with more parts, deeper groups and more tags are damage. */
const TEXT = 4096;
const PARTS = 1024;
const DEPTH = 64;
const TAGS = 2 ** 20;

/** Bytes of a number by the code of its type; 8 is a truth value. */
const BYTES: Readonly<Record<number, number>> = {
  2: 2,
  3: 4,
  4: 2,
  5: 4,
  6: 4,
  7: 8,
  8: 1,
  9: 1,
  10: 1,
  11: 8,
  12: 8,
};
const [UINT16, STRUCT, STRING, ARRAY] = [4, 15, 18, 20];

function numberAt(view: DataView, at: number, type: number, little: boolean): number {
  if (type === 2) return view.getInt16(at, little);
  if (type === 3) return view.getInt32(at, little);
  if (type === 4) return view.getUint16(at, little);
  if (type === 5) return view.getUint32(at, little);
  if (type === 6) return view.getFloat32(at, little);
  if (type === 7) return view.getFloat64(at, little);
  if (type === 9) return view.getInt8(at);
  if (type === 11) return Number(view.getBigInt64(at, little));
  if (type === 12) return Number(view.getBigUint64(at, little));
  return view.getUint8(at);
}

/** @throws 'format' where the file is cut off or damaged, 'file-unreadable' */
export async function readDmTags(file: ScanFile): Promise<DmFile> {
  const damaged = (why: string): never =>
    fail('format', `${file.name} is no readable DM file: ${why}.`, 'Copy it again from its source.', {
      size_bytes: file.size_bytes,
    });
  let at = 0;
  let start = 0;
  let window: Uint8Array = new Uint8Array(0);
  /** The next `count` bytes, WINDOW at most. */
  const take = async (count: number): Promise<DataView> => {
    if (at + count > file.size_bytes) damaged(`it is cut off within its tags, after ${file.size_bytes} bytes`);
    if (at < start || at + count > start + window.length) {
      start = at;
      window = await file.read(at, WINDOW);
      if (window.length < count) damaged(`it is cut off within its tags, after ${at + window.length} bytes`);
    }
    at += count;
    return new DataView(window.buffer, window.byteOffset + at - count - start, count);
  };

  const version = (await take(4)).getUint32(0);
  if (version !== 3 && version !== 4) damaged(`it states version ${version}`);
  const wide = version === 4;
  const size = async (): Promise<number> => {
    const view = await take(wide ? 8 : 4);
    return wide ? Number(view.getBigUint64(0)) : view.getUint32(0);
  };
  // Programs disagree on what the length of all tags counts.
  await size();
  const order = (await take(4)).getUint32(0);
  if (order > 1) damaged(`it states the byte order ${order}`);
  const little = order === 1;

  /** Bytes of the type that begins at part i of `info`, the types of its numbers, and the part behind it. */
  const measure = (info: readonly number[], i: number): { bytes: number; types: readonly number[]; next: number } => {
    const type = info[i] ?? damaged('a type is incomplete');
    if (BYTES[type] !== undefined) return { bytes: BYTES[type], types: [type], next: i + 1 };
    if (type === STRING) return { bytes: info[i + 1] ?? damaged('a text has no length'), types: [], next: i + 2 };
    if (type === STRUCT) {
      // Length of its name, number of fields, and for each the length of its name and its type.
      const fields = info[i + 2] ?? damaged('a structure has no fields');
      if (i + 3 + 2 * fields > info.length) damaged(`a structure has ${fields} fields in ${info.length} parts`);
      const types = Array.from({ length: fields }, (_, k) => info[i + 4 + 2 * k]!);
      const sizes = types.map((field) => BYTES[field] ?? damaged(`a structure holds a field of unknown type ${field}`));
      return { bytes: sizes.reduce((a, b) => a + b, 0), types, next: i + 3 + 2 * fields };
    }
    if (type === ARRAY) {
      const one = measure(info, i + 1);
      const length = info[one.next] ?? damaged('an array has no length');
      return { bytes: one.bytes * length, types: [], next: one.next + 1 };
    }
    return damaged(`a tag has the unknown type ${type}`);
  };

  const value = async (): Promise<DmTag> => {
    const mark = await take(4);
    if (mark.getUint32(0) !== 0x25252525) damaged(`no value where one was promised, at byte ${at - 4}`);
    const parts = await size();
    if (parts < 1 || parts > PARTS) damaged(`a type of ${parts} parts`);
    const info: number[] = [];
    for (let i = 0; i < parts; i++) info.push(await size());
    const { bytes, types } = measure(info, 0);
    const offset = at;
    if (offset + bytes > file.size_bytes) {
      damaged(`it ends after ${file.size_bytes} bytes, and an array needs ${offset + bytes}`);
    }
    if (types.length === 0) {
      const textual = bytes <= TEXT && (info[0] === STRING || (info[0] === ARRAY && info[1] === UINT16));
      const view = textual ? await take(bytes) : undefined;
      at = offset + bytes;
      const text = view && new TextDecoder(little ? 'utf-16le' : 'utf-16be').decode(view);
      return { offset, bytes, text: text?.replace(/\0+$/, '') };
    }
    const view = await take(bytes);
    let place = 0;
    const numbers = types.map((type) => {
      place += BYTES[type]!;
      return numberAt(view, place - BYTES[type]!, type, little);
    });
    return info[0] === STRUCT ? numbers : numbers[0]!;
  };

  let left = TAGS;
  const group = async (depth: number): Promise<DmGroup> => {
    if (depth > DEPTH) damaged(`groups lie ${depth} deep`);
    // Sorted, open.
    await take(2);
    const count = await size();
    if (3 * count > file.size_bytes - at) damaged(`it is cut off, or a group promises ${count} tags`);
    const tags = new Map<string, DmTag>();
    for (let i = 0; i < count; i++) {
      if (--left < 0) damaged(`it has more than ${TAGS} tags`);
      const head = await take(3);
      const kind = head.getUint8(0);
      const length = head.getUint16(1);
      const name = length === 0 ? String(i) : new TextDecoder('latin1').decode(await take(length));
      if (wide) await size();
      if (kind !== 20 && kind !== 21) damaged(`a tag of kind ${kind} at byte ${at}`);
      const tag = kind === 20 ? await group(depth + 1) : await value();
      if (!tags.has(name)) tags.set(name, tag);
    }
    return tags;
  };
  return { version: version as 3 | 4, little, root: await group(0) };
}

function isGroup(tag: DmTag | undefined): tag is DmGroup {
  return tag instanceof Map;
}

/** The tag at a path of names. */
export function tagAt(group: DmGroup, ...path: readonly string[]): DmTag | undefined {
  let tag: DmTag | undefined = group;
  for (const name of path) tag = isGroup(tag) ? tag.get(name) : undefined;
  return tag;
}

/** The group at a path; empty where there is none. */
export function groupAt(group: DmGroup, ...path: readonly string[]): DmGroup {
  const tag = tagAt(group, ...path);
  return isGroup(tag) ? tag : new Map();
}

/** The finite number at a path. */
export function numberOf(group: DmGroup, ...path: readonly string[]): number | undefined {
  const tag = tagAt(group, ...path);
  return typeof tag === 'number' && Number.isFinite(tag) ? tag : undefined;
}

/** The array at a path. */
export function arrayOf(group: DmGroup, ...path: readonly string[]): DmArray | undefined {
  const tag = tagAt(group, ...path);
  return typeof tag === 'object' && 'offset' in tag ? tag : undefined;
}

/** The text at a path; '' where there is none. */
export function textOf(group: DmGroup, ...path: readonly string[]): string {
  return arrayOf(group, ...path)?.text ?? '';
}

/** The number at a path, in the shallowest group that has one there: processed data keep the tags of what they were made from under 'Parent' and its like. */
export function findNumber(
  group: DmGroup,
  ...path: readonly string[]
): { readonly value: number; readonly under: string } | undefined {
  const queue: { tags: DmGroup; under: readonly string[] }[] = [{ tags: group, under: [] }];
  for (const { tags, under } of queue) {
    const value = numberOf(tags, ...path);
    if (value !== undefined) return { value, under: under.join('/') };
    for (const [name, tag] of tags) if (isGroup(tag)) queue.push({ tags: tag, under: [...under, name] });
  }
  return undefined;
}
