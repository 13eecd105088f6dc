import { expect, test } from 'vitest';
import { evenSteps, type GroupFiles, groupFiles, putArray, putAxis, putNames } from './zarr-write.ts';

/** What a file of the group says. */
function said(files: GroupFiles, path: string) {
  return JSON.parse(new TextDecoder().decode(files.get(path)));
}

function group(): GroupFiles {
  const arrays: GroupFiles = new Map();
  putAxis(arrays, 'y', evenSteps(2, 0.1, -0.1), 'nm', 'down');
  putNames(arrays, 'detector', ['BF', 'ä', '']);
  // Not at the start of its buffer.
  const values = Float32Array.of(9, 1, 2, 3, Number.NaN, 5, 6).subarray(1);
  putArray(arrays, 'images', { shape: [2, 3], dimensions: ['y', 'detector'], attributes: { units: 'count' } }, values);
  return groupFiles(arrays, { format: 'test' });
}

test('the group’s metadata are those of its arrays, and every array has one chunk of its size', () => {
  const files = group();
  const root = said(files, 'zarr.json');
  expect(root).toMatchObject({ zarr_format: 3, node_type: 'group', attributes: { format: 'test' } });
  expect(Object.keys(root.consolidated_metadata.metadata)).toEqual(['y', 'detector', 'images']);
  for (const [name, metadata] of Object.entries<Record<string, never>>(root.consolidated_metadata.metadata)) {
    expect(metadata).toEqual(said(files, `${name}/zarr.json`));
    const { shape, dimension_names, chunk_grid } = metadata as never as {
      shape: number[];
      dimension_names: string[];
      chunk_grid: { configuration: { chunk_shape: number[] } };
    };
    expect(chunk_grid.configuration.chunk_shape).toEqual(shape);
    expect(dimension_names).toHaveLength(shape.length);
    expect(files.has(`${name}/c/${shape.map(() => 0).join('/')}`)).toBe(true);
  }
  expect(files.size).toBe(1 + 2 * 3);
});

test('numbers stand in the chunk as little-endian floats of the stated type', () => {
  const files = group();
  expect(said(files, 'images/zarr.json')).toMatchObject({ data_type: 'float32', fill_value: 'NaN' });
  const chunk = files.get('images/c/0/0')!;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  expect(Array.from({ length: chunk.length / 4 }, (_, i) => view.getFloat32(4 * i, true))).toEqual([
    1,
    2,
    3,
    Number.NaN,
    5,
    6,
  ]);
  expect(said(files, 'y/zarr.json')).toMatchObject({
    data_type: 'float64',
    dimension_names: ['y'],
    attributes: { units: 'nm', long_name: 'down' },
  });
  const axis = files.get('y/c/0')!;
  expect(axis.length).toBe(16);
  expect(new DataView(axis.buffer, axis.byteOffset).getFloat64(0, true)).toBe(-0.1);
  expect(new DataView(axis.buffer, axis.byteOffset).getFloat64(8, true)).toBe(0);
});

test('names: their count, then length and UTF-8 bytes of each', () => {
  const files = group();
  expect(said(files, 'detector/zarr.json')).toMatchObject({ data_type: 'string', codecs: [{ name: 'vlen-utf8' }] });
  expect([...files.get('detector/c/0')!]).toEqual([
    ...[3, 0, 0, 0],
    ...[2, 0, 0, 0, 0x42, 0x46],
    ...[2, 0, 0, 0, 0xc3, 0xa4],
    ...[0, 0, 0, 0],
  ]);
});
