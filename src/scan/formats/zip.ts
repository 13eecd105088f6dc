/** What lies in a ZIP archive, found without reading it (APPNOTE 6.3 of PKWARE, with its 64-bit sizes), and its members as files. Not here: what they hold. */

import { fail } from '../../core/errors.ts';
import type { ScanFile } from '../scan-file.ts';
import { inflatedFile, partOf } from './part.ts';

export interface ZipEntry {
  /** With its folders. */
  readonly name: string;
  /** 0 as it is, 8 deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly packed_bytes: number;
  readonly size_bytes: number;
  /** Of the local header in the file. */
  readonly offset: number;
}

/** A directory longer than this is none [bytes]: half a million members. */
const LONGEST_DIRECTORY = 2 ** 26;
const ALL = 0xffffffff;

export const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const long = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

function bad(file: ScanFile, why: string): never {
  fail('format', `${file.name} is no readable ZIP archive: ${why}.`, 'Copy it again: it may have been cut off.');
}

/** @throws 'format' where the directory at its end is missing or damaged */
export async function zipEntries(file: ScanFile): Promise<readonly ZipEntry[]> {
  const from = Math.max(0, file.size_bytes - 22 - 65_535);
  const tail = viewOf(await file.read(from, file.size_bytes - from));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) bad(file, 'it has no directory at its end');
  let size = tail.getUint32(end + 12, true);
  let offset = tail.getUint32(end + 16, true);
  const locator = end - 20;
  if ((size === ALL || offset === ALL) && locator >= 0 && tail.getUint32(locator, true) === 0x07064b50) {
    const record = viewOf(await file.read(long(tail, locator + 8), 56));
    if (record.byteLength < 56 || record.getUint32(0, true) !== 0x06064b50)
      bad(file, 'its 64-bit directory is missing');
    size = long(record, 40);
    offset = long(record, 48);
  }
  if (size > LONGEST_DIRECTORY || offset + size > file.size_bytes) bad(file, 'its directory lies beyond its end');
  const bytes = await file.read(offset, size);
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  for (let at = 0; at + 46 <= bytes.length; ) {
    if (view.getUint32(at, true) !== 0x02014b50) bad(file, 'its directory is damaged');
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    if (extraEnd > bytes.length) bad(file, 'its directory is cut off');
    const sizes = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
    // Fields that say ALL stand with 64 bits in extra field 1, those alone and in this order.
    for (let extra = nameEnd; extra + 4 <= extraEnd; extra += 4 + view.getUint16(extra + 2, true)) {
      if (view.getUint16(extra, true) !== 1) continue;
      const until = Math.min(extra + 4 + view.getUint16(extra + 2, true), extraEnd);
      let field = extra + 4;
      for (const [i, value] of sizes.entries()) {
        if (value !== ALL || field + 8 > until) continue;
        sizes[i] = long(view, field);
        field += 8;
      }
    }
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, nameEnd)),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      size_bytes: sizes[0]!,
      packed_bytes: sizes[1]!,
      offset: sizes[2]!,
    });
    at = extraEnd + view.getUint16(at + 32, true);
  }
  return entries;
}

/** A member as a file, called `archive/member`. @throws 'format', 'unsupported' */
export async function zipMember(file: ScanFile, entry: ZipEntry): Promise<ScanFile> {
  const name = `${file.name}/${entry.name}`;
  if (entry.encrypted || (entry.method !== 0 && entry.method !== 8)) {
    const how = entry.encrypted ? 'encrypted' : `compressed by method ${entry.method}`;
    fail('unsupported', `${name} is ${how}.`, 'Save it stored or deflated, without a password.');
  }
  const head = viewOf(await file.read(entry.offset, 30));
  if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50) bad(file, `${entry.name} is not where it says`);
  const start = entry.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const part = partOf(file, name, start, entry.packed_bytes);
  return entry.method === 0 ? part : inflatedFile(part, 'deflate-raw', entry.size_bytes, entry.crc32);
}
