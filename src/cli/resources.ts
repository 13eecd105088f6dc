/** Whether a machine can do what a recipe asks for, before it begins. */

import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fail } from '../core/errors.ts';
import { quantity } from '../core/numbers.ts';
import { requireWritable } from '../node/files.ts';

export interface Need {
  /** What needs it: 'The library'. */
  readonly what: string;
  /** Written below the output's folder [bytes]. */
  readonly disk_bytes: number;
  /** Held at once [bytes]. */
  readonly memory_bytes: number;
  /** What to change. */
  readonly hint: string;
}

const bytes = (n: number) => (n >= 1e9 ? quantity(n / 1e9, 'GB') : quantity(n / 1e6, 'MB'));

/**
 * @param out what will be written; its folder need not be there yet
 * @throws 'disk-full' where the disk has too little room, 'range' where the machine has too little memory
 */
export async function requireResources({ what, disk_bytes, memory_bytes, hint }: Need, out: string): Promise<void> {
  requireWritable(out);
  const memory = totalmem();
  if (memory_bytes > memory) {
    const message = `${what} needs ${bytes(memory_bytes)} of memory at once; this machine has ${bytes(memory)}.`;
    fail('range', message, hint, { memory_bytes, memory });
  }
  const free = await freeBytes(resolve(out));
  if (free !== undefined && disk_bytes > free) {
    const message = `${what} takes ${bytes(disk_bytes)}; the disk of ${out} has ${bytes(free)} left. Nothing was begun.`;
    fail('disk-full', message, `Free some space, choose another --out, or: ${hint}`, { disk_bytes, free });
  }
}

/** Room where a path is or would be; undefined where the system does not say. */
async function freeBytes(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return dirname(path) === path ? undefined : freeBytes(dirname(path));
  }
}
