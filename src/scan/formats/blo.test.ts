/** NanoMEGAS block files against bytes written by hand, and a sample. */

import { expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { scanFile } from '../../node/scan-file.ts';
import { openScan } from '../open.ts';
import { ascii, bytesFile, expectTaggedWhenCut, joined } from './test-file.ts';

interface Fields {
  readonly version?: number;
  readonly step?: readonly [x: number, y: number];
  readonly volts?: number;
  readonly density?: number;
  readonly length?: number;
  readonly nx?: number;
}
const START = 300;
/** Two rows of three patterns of 4 × 4 whose pixel i is 20·index + i. */
function blo(little: boolean, fields: Fields = {}): Uint8Array {
  const { version = 258, step = [2, 2], volts = 200_000, density = 5000, length = 4000, nx = 3 } = fields;
  const head = joined(ascii('IMGBLO'), new Uint8Array(START - 6));
  const view = new DataView(head.buffer);
  view.setUint16(6, version, little);
  view.setUint32(8, 250, little);
  view.setUint32(12, START, little);
  for (const [at, value] of [
    [20, 4],
    [24, nx],
    [26, 2],
    [28, 4500],
    [50, density],
  ] as const)
    view.setUint16(at, value, little);
  view.setFloat64(30, step[0], little);
  view.setFloat64(38, step[1], little);
  view.setUint32(46, volts, little);
  view.setUint32(52, length, little);
  const frames = Array.from({ length: 6 }, (_, f) =>
    Uint8Array.from({ length: 22 }, (_, i) => (i < 6 ? [0xaa, 0x55, f, 0, 0, 0][i]! : 20 * f + i - 6)),
  );
  return joined(head, ...frames);
}

test.each([true, false])(
  'both orders of bytes (least significant first: %s): patterns, step, angle, voltage',
  async (little) => {
    for (const version of [258, 259]) {
      const source = await openScan(bytesFile('a.blo', blo(little, { version })));
      expect(source.shape).toEqual([2, 3, 4, 4]);
      expect([...(await source.read(4, 1))]).toEqual(Array.from({ length: 16 }, (_, i) => 80 + i));
      expect(source.info).toMatchObject({
        dtype: 'uint8',
        step_nm: 2,
        voltage_kV: 200,
        rotation_deg: 45,
        q_unit: 'mrad',
      });
      // 50 pixels a cm are 0.2 mm each, at 400 mm: 0.5 mrad.
      expect(source.info.q_pixel).toBeCloseTo(0.5, 12);
    }
  },
);

test('what is missing or odd is said or refused', async () => {
  const bare = await openScan(bytesFile('a.blo', blo(true, { step: [0, 0], volts: 0, density: 0 })));
  expect(bare.info.step_nm).toBeUndefined();
  expect(bare.info.q_pixel).toBeUndefined();
  expect(bare.info.voltage_kV).toBeUndefined();
  expect(bare.info.notes.join(' ')).toMatch(/size of a detector pixel is not known.*no step/);
  const skewed = await openScan(bytesFile('a.blo', blo(true, { step: [2, 4] })));
  expect(skewed.info.step_nm).toBe(3);
  expect(skewed.info.notes.join(' ')).toContain('2 nm along x and 4 nm along y');
  // A scan that was stopped: fewer patterns than the header states.
  await expect(openScan(bytesFile('a.blo', blo(true, { nx: 4 })))).rejects.toThrow('holds 6 patterns');
  const given = await openScan(bytesFile('a.blo', blo(true, { nx: 4 })), { scan_shape: [3, 2] });
  expect(given.info.notes.join(' ')).toContain('the file states 2 × 4');
  const shifted = blo(true);
  shifted[START] = 0;
  await expect(openScan(bytesFile('a.blo', shifted))).rejects.toThrow('no pattern begins at byte 300');
  await expect(openScan(bytesFile('a.blo', blo(true, { version: 7 })))).rejects.toThrow('version, 7, is not known');
});

test('cut anywhere: a tagged error', async () => {
  const whole = blo(true);
  await expectTaggedWhenCut(
    'a.blo',
    whole,
    Array.from({ length: whole.length }, (_, i) => i),
  );
});

test('a sample: shape, sum by another program, what its header states', async (context) => {
  const source = await openScan(await scanFile(sample(context, 'rosettasciio/test1.blo')));
  expect(source.shape).toEqual([3, 2, 144, 144]);
  const all = await source.read(0, 6);
  const sums = Array.from({ length: 6 }, (_, f) =>
    all.subarray(f * 20_736, (f + 1) * 20_736).reduce((a, b) => a + b, 0),
  );
  // Python's sum() of each pattern's bytes.
  expect(sums).toEqual([845_297, 867_000, 861_801, 872_369, 847_954, 870_149]);
  expect(source.info).toMatchObject({ step_nm: 12.8, voltage_kV: 200, rotation_deg: 25 });
  expect(source.info.q_pixel).toBeCloseTo((10 / 62.26 / 200) * 1e3, 12);
});
