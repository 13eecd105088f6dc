import { expect, test } from 'vitest';
import type { FileIdentity } from '../core/identity.ts';
import { calibrationIdentity, saidOf } from './calibration.ts';

const scan: FileIdentity = { kind: 'file', name: 'scan.h5', size_bytes: 1, content: 'aa' };
const known = { a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2, flip: [] };
const id = (more: object) =>
  calibrationIdentity({ scan }, { ...known, ...saidOf({ ...known, ...more }) }, 'ferroscope 0').id;

test('what was asked for of a file is part of a calibration’s identity, and what is not said changes none', () => {
  const ids = [
    {},
    { dataset: '/a' },
    { dataset: '/b' },
    { given_voltage_kV: 200 },
    { rotation_deg: 3 },
    { counts_per_electron: 500 },
    { centre_px: [1, 2] },
    { pixel_mrad: 0.3 },
    { step_nm: 0.4 },
    { order: ['ry', 'rx', 'qy', 'qx'] },
    { flip: ['y'] },
    { row_order: 'snake' },
    { roll: 2 },
  ].map(id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(id({ dataset: undefined, given_voltage_kV: undefined })).toBe(ids[0]);
});
