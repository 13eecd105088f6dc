import { expect, test } from 'vitest';
import * as zarr from 'zarrita';
import { memoryStore } from './store.ts';
import { problemOf } from './test-problem.ts';
import { evenSteps, GroupFiles, hasArray, rawAttributes, readArray, readRows } from './zarr.ts';

/** What a file of the group says. */
function said(files: Map<string, Uint8Array>, path: string) {
  return JSON.parse(new TextDecoder().decode(files.get(path)));
}

async function group(): Promise<Map<string, Uint8Array>> {
  const made = new GroupFiles();
  await made.axis('y', evenSteps(2, 0.1, -0.1), 'nm', 'down');
  await made.names('detector', ['BF', 'ä', '']);
  // Not at the start of its buffer.
  const data = Float32Array.of(9, 1, 2, 3, Number.NaN, 5, 6).subarray(1);
  const info = { shape: [2, 3], dimensions: ['y', 'detector'], attributes: { units: 'count' }, fill: Number.NaN };
  await made.put('images', { data, ...info });
  return new Map(made.finish({ format: 'test' }));
}

test('the group’s metadata are those of its arrays, and every array has one chunk of its size', async () => {
  const files = await group();
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

test('numbers stand in the chunk as little-endian floats of the stated type', async () => {
  const files = await group();
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

test('names: their count, then length and UTF-8 bytes of each', async () => {
  const files = await group();
  expect(said(files, 'detector/zarr.json')).toMatchObject({ data_type: 'string', codecs: [{ name: 'vlen-utf8' }] });
  expect([...files.get('detector/c/0')!]).toEqual([
    ...[3, 0, 0, 0],
    ...[2, 0, 0, 0, 0x42, 0x46],
    ...[2, 0, 0, 0, 0xc3, 0xa4],
    ...[0, 0, 0, 0],
  ]);
});

test('slabs that come one after the other are what zarrita reads back; what never came is the fill value', async () => {
  const store = memoryStore();
  const made = new GroupFiles();
  const info = { shape: [2, 3, 4], dimensions: ['t', 'y', 'x'], chunk: [1, 1, 4], fill: Number.NaN };
  const slab = await made.stream('patterns', info, 'float32');
  const files = made.finish({});
  for (const [t, y] of [
    [0, 0],
    [1, 2],
  ] as const) {
    const here = await slab(
      [t, y],
      Float32Array.from({ length: 4 }, (_, x) => 100 * t + 10 * y + x),
    );
    expect(here).toHaveLength(1);
    files.push(...here);
  }
  await store.commit('group', files);
  const array = await zarr.open.v3(zarr.root(store.within('group')).resolve('patterns'), { kind: 'array' });
  const data = (await zarr.get(array)).data as Float32Array;
  expect([...data.subarray(20, 24)]).toEqual([120, 121, 122, 123]);
  expect([...data.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
  expect(data.subarray(4, 20).every(Number.isNaN)).toBe(true);
});

test('rows read in place are those that zarrita reads; a chunk that is cut short says so', async () => {
  const store = memoryStore();
  const made = new GroupFiles();
  const data = Float32Array.from({ length: 7 * 6 }, (_, i) => Math.sin(i));
  await made.put('rows', { data, shape: [7, 2, 3], chunk: [3, 2, 3], dimensions: ['row', 'y', 'x'] });
  await store.commit('g', made.finish({}));
  const inner = store.within('g');
  const array = await zarr.open.v3(zarr.root(inner).resolve('rows'), { kind: 'array' });
  const out = new Float32Array(4 * 6);
  const layout = { name: 'rows', chunk: 3, rank: 3, size: 6 };
  const rows = [6, 0, 3, 0];
  await readRows(
    inner,
    layout,
    rows.map((row, place) => [row, place] as const),
    out,
  );
  for (const [place, row] of rows.entries()) {
    const whole = await zarr.get(array, [row, null, null]);
    expect([...out.subarray(6 * place, 6 * place + 6)]).toEqual([...(whole.data as Float32Array)]);
  }
  await inner.set('/rows/c/1/0/0', new Uint8Array(5));
  expect(await problemOf(readRows(inner, layout, [[4, 0]], out))).toMatchObject({
    tag: 'format',
    message: expect.stringContaining('/rows/c/1/0/0'),
  });
});

test('a chunk that is gone is told, not taken for fill values', async () => {
  const store = memoryStore();
  const made = new GroupFiles();
  await made.put('rows', { data: new Float32Array(6).fill(1), shape: [3, 2], chunk: [1, 2], dimensions: ['row', 'x'] });
  const files = made.finish({}).filter(([name]) => !name.endsWith('rows/c/1/0'));
  await store.commit('g', files);
  expect(await problemOf(readArray(store.within('g'), 'rows', Float32Array))).toMatchObject({
    tag: 'format',
    message: expect.stringContaining('lacks /rows/c/1/0'),
  });
});

test('what is not there, or of another type, is told', async () => {
  const store = memoryStore('here', new Map());
  expect(await rawAttributes(store)).toBeUndefined();
  await store.commit('g', await group());
  const inner = store.within('g');
  expect([await hasArray(inner, 'images'), await hasArray(inner, 'nothing')]).toEqual([true, false]);
  expect((await problemOf(readArray(inner, 'nothing', Float32Array))).message).toContain('here/g: the array nothing');
  expect((await problemOf(readArray(inner, 'images', Float64Array))).message).toContain('holds float32');
});
