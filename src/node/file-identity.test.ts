/** Identities of large files, which are sparse here: 3 GiB of which a page of the disk is used for each place that was written. */

import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openAsBlob,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { blockOffsets, HASHED_WHOLE } from '../core/sampled-content.ts';
import { fileIdentity as webIdentity } from '../web/scan-file.ts';
import { fileIdentity } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-identity-'));
afterAll(() => rmSync(folder, { recursive: true }));
const SIZE = 3 * 2 ** 30;

/** @param writes bytes by offset */
function large(name: string, writes: Readonly<Record<number, string>> = {}, size = SIZE): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  truncateSync(path, size);
  const file = openSync(path, 'r+');
  for (const [at, text] of Object.entries(writes)) writeSync(file, text, Number(at));
  closeSync(file);
  return path;
}

test('blocks reach from the first byte to the last, evenly', () => {
  const offsets = blockOffsets(SIZE);
  expect([offsets[0], offsets.at(-1)! + 2 ** 18]).toEqual([0, SIZE]);
  const steps = offsets.slice(1).map((offset, i) => offset - offsets[i]!);
  expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
});

test('a large file is told from another of its size by its beginning, middle and end, and from one that is longer; not from its copy', async () => {
  const plain = await fileIdentity(large('a'));
  expect(plain).toMatchObject({ size_bytes: SIZE, hashed_bytes: 2 ** 26 });
  const middle = blockOffsets(SIZE)[128]! + 5;
  const others = [
    large('b', { 0: 'x' }),
    large('c', { [middle]: 'x' }),
    large('d', { [SIZE - 1]: 'x' }),
    large('e', {}, SIZE + 1),
  ];
  const contents = await Promise.all(others.map(async (path) => (await fileIdentity(path)).content));
  expect(new Set([plain.content, ...contents]).size).toBe(5);
  expect((await fileIdentity(large('copy'))).content).toBe(plain.content);
});

test('a page finds the same', async () => {
  for (const size of [1000, SIZE]) {
    const path = large('page', { 7: 'abc' }, size);
    const { name: _, ...own } = await fileIdentity(path);
    expect(await webIdentity(await openAsBlob(path), 'page')).toMatchObject(own);
  }
});

test('up to 1 GiB every byte counts', async () => {
  const [a, b] = [large('whole', {}, 2 ** 22), large('other', { 3000001: 'x' }, 2 ** 22)];
  const [one, two] = [await fileIdentity(a), await fileIdentity(b)];
  expect(one.content).not.toBe(two.content);
  expect(one.hashed_bytes).toBeUndefined();
  expect(2 ** 22).toBeLessThan(HASHED_WHOLE);
});

test('a large folder: a number in its metadata, a name and a block tell it from another', async () => {
  const zarr = (name: string, attributes: string, chunk: string, writes: Readonly<Record<number, string>>) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, '.zattrs'), attributes);
    large(join(name, '0.0'), {}, SIZE / 2);
    large(join(name, chunk), writes, SIZE / 2);
    return join(folder, name);
  };
  const all = [
    zarr('z1', '{"a":1}', '0.1', {}),
    zarr('z2', '{"a":2}', '0.1', {}),
    zarr('z3', '{"a":1}', '0.2', {}),
    zarr('z4', '{"a":1}', '0.1', { [SIZE / 2 - 1]: 'x' }),
  ];
  const contents = await Promise.all(all.map(async (path) => (await fileIdentity(path)).content));
  expect(new Set(contents).size).toBe(4);
});
