/** EMPAD's files against frames written by hand with headers of both versions, the samples' among them. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { openScan } from '../open.ts';
import { ascii, bytesFile, expectTaggedWhenCut } from './test-file.ts';

/** Frames of 130 × 128; the two rows at the end are 9e9, so that they show where they should not. */
function raw(frames: number): Uint8Array {
  const out = new Float32Array(frames * 130 * 128);
  for (let f = 0; f < frames; f++) {
    for (let i = 0; i < 130 * 128; i++) out[f * 130 * 128 + i] = i < 128 * 128 ? f + i / 1024 : 9e9;
  }
  return new Uint8Array(out.buffer);
}
const xml = (inside: string, name = 'scan.raw') =>
  ascii(`<root name="acq"><raw_file filename="${name}"/>${inside}</root>`);
const OLD = `<type>scan</type><pix_x>3</pix_x><pix_y>2</pix_y><iom_measurements><source.get_voltage>300000.0</source.get_voltage>
<optics.get_full_scan_field_of_view>[6e-08, 6e-08]</optics.get_full_scan_field_of_view>
<calibrated_diffraction_angle>0.0005</calibrated_diffraction_angle></iom_measurements>`;
const NEW = `<iom_measurements><full_scan_field_of_view><scale_factor>0.5</scale_factor><x>6e-08</x><y>6e-08</y></full_scan_field_of_view>
<high_voltage>200000.0</high_voltage></iom_measurements>`;

test('version 0.51: shape, step, angle, voltage; the rows that are no image are left out', async () => {
  const folder = { 'scan.raw': raw(6), 'acq.xml': xml(OLD) };
  for (const name of ['/data/acq/acq.xml', '/data/acq/scan.raw'] as const) {
    const leaf = name.slice(10) as keyof typeof folder;
    const source = await openScan(bytesFile(name, folder[leaf], folder));
    expect(source.shape).toEqual([2, 3, 128, 128]);
    expect([...(await source.read(3, 2))]).toEqual(
      Array.from({ length: 2 * 16_384 }, (_, i) => 3 + Math.floor(i / 16_384) + (i % 16_384) / 1024),
    );
    // 60 nm over 2 and 3 positions: 30 and 20 nm.
    expect(source.info.step_nm).toBeCloseTo(25, 9);
    expect(source.info).toMatchObject({
      title: 'acq',
      dtype: 'float32',
      q_pixel: 0.5,
      q_unit: 'mrad',
      voltage_kV: 300,
    });
    expect(source.info.notes.join(' ')).toMatch(/pix_x and pix_y.*mean is taken.*calibrated_diffraction_angle/);
  }
});

test('version 1.2.2: the shape in the name alone, the field of view divided by its factor', async () => {
  const folder = { 'scan_x3_y2.raw': raw(6), 'acq.xml': xml(NEW, 'scan_x3_y2.raw') };
  const source = await openScan(bytesFile('acq.xml', folder['acq.xml'], folder));
  expect(source.shape.slice(0, 2)).toEqual([2, 3]);
  // 60 nm / 0.5 over the longer side's 3.
  expect(source.info.step_nm).toBeCloseTo(40, 9);
  expect(source.info).toMatchObject({ q_pixel: undefined, voltage_kV: 200 });
  // Renamed together with its header.
  const renamed = { 'my.raw': raw(6), 'my.xml': xml(NEW, 'scan_x3_y2.raw') };
  const again = await openScan(bytesFile('my.xml', renamed['my.xml'], renamed));
  expect(again.shape.slice(0, 2)).toEqual([2, 3]);
  expect(again.info.notes.join(' ')).toContain('names scan_x3_y2.raw; my.raw beside it is read');
  expect((await openScan(bytesFile('my.raw', renamed['my.raw'], renamed))).info.step_nm).toBeCloseTo(40, 9);
});

test('where shapes differ, the one that fits the frames, and both are said', async () => {
  const scan = `<scan_parameters mode="search"><scan_resolution_x>3</scan_resolution_x><scan_resolution_y>2</scan_resolution_y></scan_parameters>
    <scan_parameters mode="acquire"><scan_resolution_x>8</scan_resolution_x><scan_resolution_y>8</scan_resolution_y></scan_parameters>`;
  const folder = { 'scan.raw': raw(6), 'acq.xml': xml(scan) };
  const source = await openScan(bytesFile('acq.xml', folder['acq.xml'], folder));
  expect(source.shape.slice(0, 2)).toEqual([2, 3]);
  expect(source.info.notes.join(' ')).toMatch(
    /'search'\. the scan parameters 'acquire' would make it 8 × 8.*no field of view/,
  );
  // A scan that was stopped.
  const short = { 'scan.raw': raw(5), 'acq.xml': xml(OLD) };
  await expect(openScan(bytesFile('acq.xml', short['acq.xml'], short))).rejects.toThrow('holds 5 patterns');
  const given = await openScan(bytesFile('acq.xml', short['acq.xml'], short), { scan_shape: [1, 4] });
  expect(given.info.notes.join(' ')).toMatch(/the file states 2 × 3.*1 patterns behind/);
  const series = { 'scan.raw': raw(6), 'acq.xml': xml('<type>series</type><count>6</count>') };
  await expect(openScan(bytesFile('acq.xml', series['acq.xml'], series))).rejects.toThrow('does not say how they lie');
});

test('a raw file alone: its name or the user gives the shape; others are refused', async () => {
  const named = await openScan(bytesFile('/d/scan_x3_y2.raw', raw(6)));
  expect(named.shape.slice(0, 2)).toEqual([2, 3]);
  expect(named.info.notes.join(' ')).toContain('No EMPAD header lies beside it');
  await expect(openScan(bytesFile('any.raw', raw(6)))).rejects.toThrow('does not say how they lie');
  await expect(openScan(bytesFile('any.raw', raw(1).subarray(4)))).rejects.toThrow('no EMPAD scan');
  await expect(openScan(bytesFile('any.xml', ascii('<a/>')))).rejects.toThrow('no EMPAD header');
  await expect(openScan(bytesFile('any.xml', xml(OLD, '../b\\else.raw')))).rejects.toThrow(
    'else.raw, are not beside it',
  );
  // The header of another acquisition beside it is not taken.
  const other = { 'd.xml': xml(OLD, 'scan_other.raw') };
  expect((await openScan(bytesFile('/d/scan_x3_y2.raw', raw(6), other))).info.step_nm).toBeUndefined();
});

test('values that are no number are read as 0, as is said', async () => {
  const bytes = raw(1);
  new DataView(bytes.buffer).setFloat32(4 * 77, Number.NaN, true);
  const source = await openScan(bytesFile('scan_x1_y1.raw', bytes));
  const pattern = await source.read(0, 1);
  expect([pattern[76], pattern[77], pattern[78]]).toEqual([76 / 1024, 0, 78 / 1024]);
  expect(source.info.notes.join(' ')).toContain('no number are read as 0');
});

test('cut anywhere, raw or header: a tagged error', async () => {
  const cuts = [0, 1, 512, 66_559, 66_560, 66_561, 133_119, 133_120, 6 * 66_560 - 1];
  await expectTaggedWhenCut('scan_x3_y2.raw', raw(6), cuts);
  const header = xml(OLD);
  const all = Array.from({ length: header.length }, (_, i) => i);
  await expectTaggedWhenCut('acq.xml', header, all, {}, { 'scan.raw': raw(1) });
});

test('headers of the samples, with frames that they speak of', async (context) => {
  const old = new Uint8Array(readFileSync(sample(context, 'rosettasciio/map4x4.xml')));
  const first = await openScan(bytesFile('map4x4.xml', old, { 'scan_x4_y4.raw': raw(16) }));
  expect(first.shape).toEqual([4, 4, 128, 128]);
  expect(first.info.step_nm).toBeCloseTo(4566.342650568219 / 4, 6);
  expect(first.info).toMatchObject({ title: 'acquisition_1', voltage_kV: 300 });
  expect(first.info.q_pixel).toBeCloseTo(0.42906574394463665, 12);
  const recent = new Uint8Array(readFileSync(sample(context, 'rosettasciio/EMPAD_v1.2.2_x32_y64_size0.8.xml')));
  const frames = new Uint8Array(66_560 * 32 * 64);
  const second = await openScan(bytesFile('e.xml', recent, { 'scan_x32_y64.raw': frames }));
  expect(second.shape).toEqual([64, 32, 128, 128]);
  expect(second.info.step_nm).toBeCloseTo(1272.412341559544 / 0.72 / 64, 6);
  expect(second.info).toMatchObject({ voltage_kV: 300, q_pixel: undefined });
});
