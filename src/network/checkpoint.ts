/**
 * A checkpoint of a training in one file, written whole: a signature, the length of a JSON header, the header (where the
 * training stands and what it belongs to), then float32 arrays one after another. Private to this program and version
 * of the format; models for others are `.onnx`.
 */

import { existsSync } from 'node:fs';
import { fail } from '../core/errors.ts';
import { readBytes, writeWhole } from '../core/files.ts';

const SIGNATURE = 'FERROCK1';

export interface Checkpoint<Header> {
  readonly header: Header;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

export async function writeCheckpoint<Header>(path: string, { header, arrays }: Checkpoint<Header>): Promise<void> {
  const sizes = Object.entries(arrays).map(([name, data]) => [name, data.length] as const);
  const json = new TextEncoder().encode(JSON.stringify({ header, sizes }));
  const start = Math.ceil((12 + json.length) / 4) * 4;
  const out = new Uint8Array(start + 4 * sizes.reduce((sum, [, size]) => sum + size, 0));
  out.set(new TextEncoder().encode(SIGNATURE));
  new DataView(out.buffer).setUint32(8, json.length, true);
  out.set(json, 12);
  let at = start;
  for (const data of Object.values(arrays)) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  await writeWhole(path, out);
}

/** The checkpoint at `path`; undefined when there is none. @throws 'format' when the file is something else */
export async function readCheckpoint<Header>(path: string): Promise<Checkpoint<Header> | undefined> {
  if (!existsSync(path)) return undefined;
  const bytes = Uint8Array.from(await readBytes(path));
  try {
    if (new TextDecoder().decode(bytes.subarray(0, 8)) !== SIGNATURE) throw new Error('no signature');
    const length = new DataView(bytes.buffer).getUint32(8, true);
    const { header, sizes } = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length))) as {
      header: Header;
      sizes: [string, number][];
    };
    let at = Math.ceil((12 + length) / 4) * 4;
    const arrays: Record<string, Float32Array> = {};
    for (const [name, size] of sizes) {
      arrays[name] = new Float32Array(bytes.buffer, at, size);
      at += 4 * size;
    }
    return { header, arrays };
  } catch (error) {
    fail(
      'format',
      `${path} is not a checkpoint of this program: ${(error as Error).message}.`,
      'Remove it to start the training again.',
      { path },
    );
  }
}
