/** For tests: HDF5 files of other programs, made by hand, with counts that say where they belong. Not a test. */

import { createHdf5 } from '../node/hdf5.ts';
import { scanFile } from '../node/scan-file.ts';
import type { OpenOptions } from './formats/reader.ts';
import { openScan } from './open.ts';

/** What h5wasm's groups have of writing beyond `NewGroup`. */
export interface Writable {
  create_group(name: string): Writable;
  create_dataset(args: {
    name: string;
    data: unknown;
    shape?: readonly number[];
    dtype?: string;
    chunks?: readonly number[];
    compression?: number | string;
    compression_opts?: readonly number[];
  }): Writable;
  create_attribute(name: string, data: unknown, shape?: readonly number[], dtype?: string): void;
  create_external_link(file: string, target: string, name: string): number;
  create_soft_link(target: string, name: string): number;
}

export async function makeHdf5(path: string, fill: (file: Writable) => void): Promise<void> {
  const file = await createHdf5(path);
  fill(file as unknown as Writable);
  file.close();
}

/** A scan of 2 × 3 positions of 5 × 4 pixels, [ry][rx][qy][qx]: the count says the place, 1000·ry + 100·rx + 10·qy + qx. */
export const SHAPE = [2, 3, 5, 4] as const;
type Axis = 'ry' | 'rx' | 'qy' | 'qx';
const AXES: readonly Axis[] = ['ry', 'rx', 'qy', 'qx'];
const WEIGHT = { ry: 1000, rx: 100, qy: 10, qx: 1 } as const;

/** The same numbers with the axes in another order, and that array's shape. */
export function counts(order: readonly Axis[] = AXES): {
  readonly data: Uint16Array;
  readonly shape: readonly number[];
} {
  const shape = order.map((axis) => SHAPE[AXES.indexOf(axis)]!);
  const data = new Uint16Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      data[i]! += WEIGHT[order[axis]!] * (rest % shape[axis]!);
      rest = Math.floor(rest / shape[axis]!);
    }
  }
  return { data, shape };
}

/** All counts of a scan, and what is said of it. */
export async function readAllOf(path: string, options: OpenOptions = {}) {
  const source = await openScan(await scanFile(path), options);
  const [ry, rx] = source.shape;
  const numbers = await source.read(0, ry * rx);
  source.close();
  return { shape: source.shape, numbers: [...numbers], info: source.info };
}
