/** What belongs to a scan beside its file: files that hold its patterns or say what they are, for its identity. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { fileIdentity } from '../node/files.ts';
import { tia } from '../scan/formats/test-tia.ts';
import { scanOptions } from '../scan/options.ts';
import { openGivenScan } from './open-scan.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-open-scan-'));
const known = scanOptions.parse({});
afterAll(() => rmSync(folder, { recursive: true }));

test('patterns that lie in a file beside the one that is named are part of what the scan is', async () => {
  const [emi, ser] = [join(folder, 'a.emi'), join(folder, 'a_1.ser')];
  writeFileSync(emi, Uint8Array.of(0x4a, 0x4b, 0, 2));
  writeFileSync(ser, tia());
  const opened = await openGivenScan(emi, known, '.');
  opened.source.close();
  expect(opened.given['file a_1.ser']).toEqual(await fileIdentity(ser));
  writeFileSync(ser, tia({ place: (x, y) => [x, -y] }));
  expect((await openGivenScan(emi, known, '.')).given['file a_1.ser']).not.toEqual(opened.given['file a_1.ser']);
  // Of the .ser, it is the .emi that lies beside it.
  expect(Object.keys((await openGivenScan(ser, known, '.')).given)).toEqual(['file a.emi']);
});

test('linked files of a Dectris master, those of others not', async (context) => {
  const master = sample(context, 'rosettasciio/test_00_master.h5');
  const { source, given } = await openGivenScan(master, { ...known, scan_shape: [1, 16] }, '.');
  source.close();
  expect(Object.keys(given)).toEqual(['file test_00_data_000001.h5']);
});
