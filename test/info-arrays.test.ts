/** `ferroscope info` on NumPy's files: a scan as any other, other arrays by name, and why they are none; nothing is read whole for a scan. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npyHead, writeNpz } from '../src/core/npy.ts';
import { cli } from './run-cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-info-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function info(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const { code, out, err } = await cli('info', path);
  expect([code, err]).toEqual([0, '']);
  return out;
}

const scan = (descr: string, bytes: number) =>
  Uint8Array.from([...npyHead(descr, [2, 3, 8, 8]), ...Array.from({ length: 384 * bytes }, (_, i) => (i * 7) % 60)]);

test('a scan, whatever its numbers', async () => {
  for (const [descr, dtype, bytes] of [
    ['>u2', 'uint16', 2],
    ['<f2', 'float16', 2],
    ['|b1', 'bool', 1],
  ] as const) {
    const out = await info('scan.npy', scan(descr, bytes));
    expect(out).toMatch(new RegExp(`2 × 3 positions[\\s\\S]*8 × 8 pixels[\\s\\S]*numbers +${dtype}`));
  }
  const archive = writeNpz({
    scan: { data: Uint16Array.from({ length: 384 }, (_, i) => i % 60), shape: [2, 3, 8, 8] },
  });
  expect(await info('scan.npz', archive)).toContain('2 × 3 positions');
});

test('other arrays by their names, and what a scan would need', async () => {
  const out = await info('truth.npz', writeNpz({ P: { data: new Float32Array(12), shape: [2, 2, 3] } }));
  expect(out).toMatch(/P float32 \[2, 2, 3\][\s\S]*no array of four axes/);
  expect(await info('complex.npy', scan('<c8', 8))).toMatch(/complex numbers/);
});
