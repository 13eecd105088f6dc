/**
 * A scan as a folder of files: HyperSpy's tree (hyperspy.ts) in Zarr, format 2, chunks of neighbours along x, zlib. xarray opens the group of the signal, since
 * the array names its dimensions.
 */

import type { Files } from '../../core/store.ts';
import { breathe, type Task } from '../../core/task.ts';
import { hyperspyGroups, SIGNAL } from './hyperspy.ts';
import { bytesOf, type NumberArray } from './number-type.ts';
import { axesOf, type ScanToWrite } from './scan-to-write.ts';

/** Of a chunk, before it is compressed [bytes]. */
const CHUNK = 2 ** 20;

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value, null, 4));

/** Its files by their path below the folder. @throws what reading the scan throws, 'aborted' */
export async function* zspyFiles(scan: ScanToWrite, task: Task): Files & AsyncGenerator<[string, Uint8Array]> {
  const { shape, kind } = scan;
  const [, rx, qy, qx] = shape;
  const size = qy * qx;
  const row = Math.max(1, Math.min(rx, Math.floor(CHUNK / (size * kind.bytes))));
  const group = json({ zarr_format: 2 });
  yield ['.zgroup', group];
  yield ['.zattrs', json({ file_format: 'ZSpy', file_format_version: '3.3' })];
  for (const [path, attributes] of hyperspyGroups(scan)) {
    yield [`${path}/.zgroup`, group];
    yield [`${path}/.zattrs`, json(attributes)];
  }
  const array = {
    zarr_format: 2,
    shape,
    chunks: [1, row, qy, qx],
    dtype: kind.numpy,
    order: 'C',
    fill_value: null,
    compressor: { id: 'zlib', level: 6 },
    filters: null,
    dimension_separator: '/',
  };
  yield [`${SIGNAL}/data/.zarray`, json(array)];
  yield [`${SIGNAL}/data/.zattrs`, json({ _ARRAY_DIMENSIONS: axesOf(scan).map(({ name }) => name) })];
  // Patterns until a chunk is full, or its row ends; a chunk is whole even there, and filled with zeros.
  let chunk: NumberArray = kind.make(row * size);
  let index = 0;
  for await (const pattern of scan.patterns(task)) {
    const [y, x] = [Math.floor(index / rx), index % rx];
    chunk.set(pattern as never, (x % row) * size);
    index++;
    if ((x + 1) % row !== 0 && x + 1 < rx) continue;
    yield [`${SIGNAL}/data/${y}/${Math.floor(x / row)}/0/0`, await deflated(bytesOf(chunk))];
    chunk = kind.make(row * size);
    await breathe(task);
  }
}

/** zlib, at the level that the platform takes (6). */
async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
