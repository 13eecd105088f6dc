/** Panta Rhei's archives: written here as RosettaSciIO and the sample lay them out. */

import { unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { writeNpz } from '../../core/npy.ts';
import { problemOf } from '../../core/test-problem.ts';
import { scanFile } from '../../node/scan-file.ts';
import { openScan } from '../open.ts';
import { ascii, bytesFile, expectEachCutTold, joined, sumOf } from './test-file.ts';

/** numpy.array(text): one text, UTF-32. */
function textNpy(text: string, order: '<' | '>' = '<'): Uint8Array {
  const dict = `{'descr': '${order}U${text.length}', 'fortran_order': False, 'shape': (), }`.padEnd(117);
  const body = new DataView(new ArrayBuffer(4 * text.length));
  for (let i = 0; i < text.length; i++) body.setUint32(4 * i, text.charCodeAt(i), order === '<');
  return joined(
    Uint8Array.of(0x93),
    ascii('NUMPY'),
    Uint8Array.of(1, 0, 118, 0),
    ascii(`${dict}\n`),
    new Uint8Array(body.buffer),
  );
}

const counts = Uint16Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => 7 * i);
const nm = (value: number, more = {}) => ({ name: 'Length', value: value * 1e-9, unit: 'm', ...more });
const camera = [
  { value: 2e8, unit: '1/m' },
  { value: 2e8, unit: '1/m' },
];

function prz(metadata: string | undefined, order: '<' | '>' = '<', level: 0 | 6 = 0): Uint8Array {
  const members: Record<string, Uint8Array> = unzipSync(writeNpz({ data: { data: counts, shape: [2, 3, 4, 5] } }));
  if (metadata !== undefined) members['meta_data_json.npy'] = textNpy(metadata, order);
  return zipSync(members, { level });
}
const described = (metadata: object) => JSON.stringify([metadata]);
const infoOf = async (metadata: object) => (await sumOf(bytesFile('a.prz', prz(described(metadata))))).info;

test('calibrations stand fastest axis first, a pixel being value × factor; in either order of bytes, stored or deflated', async () => {
  const text = described({
    'electron_gun.voltage': 200_000,
    'device.calib': [...camera, nm(0.2, { pixel_factor: 2 }), nm(0.2, { pixel_factor: 2 }), null],
  });
  for (const [order, level] of [
    ['<', 0],
    ['>', 6],
  ] as const) {
    const { shape, sum, info } = await sumOf(bytesFile('a.prz', prz(text, order, level)));
    expect(shape).toEqual([2, 3, 4, 5]);
    expect(sum).toBe((7 * 119 * 120) / 2);
    expect(info).toMatchObject({ format: 'Panta Rhei', voltage_kV: 200, q_unit: '1/nm', notes: [] });
    expect(info.step_nm).toBeCloseTo(0.4, 12);
    expect(info.q_pixel).toBeCloseTo(0.2, 12);
  }
});

test('a camera’s own two axes give way to those of the whole; alone they calibrate the pattern', async () => {
  const inherited = [...camera, nm(0.5), nm(0.5)];
  expect(await infoOf({ 'device.calib': [nm(9), nm(9), null], 'inherited.calib': inherited })).toMatchObject({
    step_nm: 0.5,
    q_unit: '1/nm',
  });
  const alone = await infoOf({ 'device.calib': [...camera, null] });
  expect(alone.q_pixel).toBeCloseTo(0.2, 12);
  expect(alone.step_nm).toBeUndefined();
});

test('metadata that is not text, pickled alone or damaged: the array is read and the rest said to be unknown', async () => {
  for (const text of [undefined, 'no JSON', '[]']) {
    const { shape, info } = await sumOf(bytesFile('a.prz', prz(text)));
    expect(shape).toEqual([2, 3, 4, 5]);
    expect(info.notes.join(' ')).toContain('pickled');
  }
});

test('refused: axes whose units say that the pattern comes first, an archive without data', async () => {
  const turned = { 'device.calib': [nm(1), nm(1), ...camera] };
  expect(await problemOf(openScan(bytesFile('a.prz', prz(described(turned)))))).toMatchObject({ tag: 'shape' });
  const empty = zipSync({ 'meta_data_json.npy': textNpy('[{}]') });
  expect(await problemOf(openScan(bytesFile('a.prz', empty)))).toMatchObject({ tag: 'format' });
});

test('every cut is told', async () => {
  await expectEachCutTold((part) => bytesFile('a.prz', part), prz(described({})));
});

test('the sample holds one image', async (context) => {
  const file = await scanFile(sample(context, 'prz/panta_rhei_sample.prz'));
  expect(await problemOf(openScan(file))).toMatchObject({ tag: 'shape', message: expect.stringContaining('16 × 16') });
});
