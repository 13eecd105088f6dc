/** TIA's series against bytes written as FEI describes them, and the sample against RosettaSciIO's facts. */

import { expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { problemOf } from '../../core/test-problem.ts';
import { scanFile } from '../../node/scan-file.ts';
import { openScan } from '../open.ts';
import { ascii, bytesFile, expectTaggedWhenCut, joined, sumOf } from './test-file.ts';
import { type TiaOptions, tia } from './test-tia.ts';

const series = (options?: TiaOptions, beside = {}) => bytesFile('a_1.ser', tia(options), beside);
const xml = (kV: number, mode = 'STEM nP SA Zoom Diffraction') =>
  ascii(
    `<ObjectInfo><AcceleratingVoltage>${kV * 1e3}</AcceleratingVoltage><Label>Mode</Label><Value>${mode}</Value></ObjectInfo>`,
  );
const emi = (...parts: Uint8Array[]) => joined(Uint8Array.of(0x4a, 0x4b, 0, 2), new Uint8Array(300), ...parts);

test('both widths of offsets; the first axis runs fastest, the last row is stored first', async () => {
  for (const version of [0x210, 0x220] as const) {
    const source = await openScan(series({ version }));
    expect(source.shape).toEqual([2, 3, 2, 3]);
    // Position [1][0] is element 3.
    expect([...(await source.read(3, 1))]).toEqual([303, 304, 305, 300, 301, 302]);
    expect(source.info).toMatchObject({ dtype: 'uint16', step_nm: 2, q_unit: '1/nm' });
    expect(source.info.q_pixel).toBeCloseTo(0.1, 12);
  }
});

test('positions in the tags: their step and turn; where rows run upwards, rows of patterns do so, too', async () => {
  const down = await openScan(series({ place: (x, y) => [x * 3e-9, -y * 3e-9] }));
  expect(down.info.step_nm).toBeCloseTo(3, 9);
  expect(down.info.notes.join(' ')).toContain('3 nm by the positions');
  expect([...(await down.read(0, 1))]).toEqual([3, 4, 5, 0, 1, 2]);
  const up = await openScan(series({ place: (x, y) => [x * 2e-9, y * 2e-9] }));
  expect([...(await up.read(0, 1))]).toEqual([0, 1, 2, 3, 4, 5]);
  expect(up.info.notes.join(' ')).toContain('rows run upwards');
  const turned = await openScan(series({ place: (x, y) => [y * 2e-9, x * 2e-9] }));
  expect(turned.info.rotation_deg).toBeCloseTo(90, 9);
});

test('a scan that was ended early: its whole rows; a stack asks for its shape', async () => {
  const { shape, info } = await sumOf(series({ written: 5 }));
  expect(shape).toEqual([1, 3, 2, 3]);
  expect(info.notes.join(' ')).toContain('5 of 2 × 3 patterns are written');
  expect(await problemOf(openScan(series({ dimensions: [6] })))).toMatchObject({ tag: 'shape', fields: { frames: 6 } });
  expect((await openScan(series({ dimensions: [6] }), { scan_shape: [3, 2] })).shape).toEqual([3, 2, 2, 3]);
});

test('a pixel too small to be 1/m is not taken', async () => {
  const { info } = await sumOf(series({ perPixel: [4e-10, 4e-10] }));
  expect(info.q_pixel).toBeUndefined();
  expect(info.notes.join(' ')).toContain('too small for 1/m');
});

test('refused by name: spectra, complex numbers, images of several sizes, elements beyond the end', async () => {
  const refusal = (options: TiaOptions) => problemOf(openScan(series(options)));
  expect(await refusal({ kind: 0x4120 })).toMatchObject({ tag: 'unsupported' });
  expect(await refusal({ type: 9 })).toMatchObject({ tag: 'unsupported', message: expect.stringContaining('complex') });
  expect(await refusal({ columns: (i) => (i === 5 ? 4 : 3) })).toMatchObject({ tag: 'unsupported' });
  expect(await refusal({ written: 7 })).toMatchObject({ tag: 'format' });
});

test('the voltage stands in the .emi, in the description of that number', async () => {
  const one = { 'a.emi': emi(xml(200)) };
  expect((await openScan(series({}, one))).info).toMatchObject({ voltage_kV: 200 });
  const two = { 'a.emi': emi(xml(80), new Uint8Array(5_000_000), xml(300, 'TEM imaging')) };
  const second = await openScan(bytesFile('a_2.ser', tia(), two));
  expect(second.info.voltage_kV).toBe(300);
  expect(second.info.notes.join(' ')).toContain('TEM imaging');
  expect((await openScan(series())).info.notes.join(' ')).toContain('a.emi is not beside it');
});

test('an .emi opens the one of its series that is a scan, or the one that is asked for', async () => {
  const beside = { 'a_1.ser': tia({ dimensions: [1] }), 'a_2.ser': tia() };
  const file = bytesFile('a.emi', emi(xml(200)), beside);
  expect((await openScan(file)).info).toMatchObject({ dataset: 'a_2.ser' });
  expect((await openScan(file, { dataset: '1', scan_shape: [1, 1] })).info.dataset).toBe('a_1.ser');
  expect(await problemOf(openScan(file, { dataset: '7' }))).toMatchObject({ tag: 'shape' });
  expect(await problemOf(openScan(bytesFile('b.emi', emi())))).toMatchObject({ tag: 'shape' });
  const both = bytesFile('a.emi', emi(), { 'a_1.ser': tia(), 'a_2.ser': tia() });
  expect(await problemOf(openScan(both))).toMatchObject({ hint: expect.stringContaining('--dataset NUMBER') });
});

test('cuts are told', async () => {
  // The last tag holds the time of the last pattern, which is not read.
  const whole = tia();
  const cuts = Array.from({ length: whole.length - 8 }, (_, i) => i).filter((n) => n > 4);
  await expectTaggedWhenCut('a_1.ser', whole, cuts);
});

test('the sample: RosettaSciIO’s sum and pixel', async (context) => {
  const file = await scanFile(sample(context, 'tia/64x64_diffraction_acquire.emi'));
  const { shape, sum, info } = await sumOf(file, { scan_shape: [1, 1] });
  expect(shape).toEqual([1, 1, 64, 64]);
  expect(sum).toBeCloseTo(51_634.980297505856, 4);
  expect(info.q_pixel).toBeCloseTo(0.101572, 6);
  expect(info).toMatchObject({ q_unit: '1/nm', voltage_kV: 200 });
});
