/** The lattice parameter by a camera's own scale: patterns of a known crystal, calibrated as if they were of another. */

import { expect, test } from 'vitest';
import { calibrate } from '../scan/calibrate.ts';
import type { Calibration } from '../scan/calibration.ts';
import type { ScanInfo } from '../scan/pattern-source.ts';
import { BEAM, synthetic } from '../scan/test-scan.ts';
import { measuredFacts, scanRemarks } from './scan-facts.ts';

const PX = 0.45;
const { source } = synthetic({ rotation: 3, px: PX });
const says = (more: Partial<ScanInfo>): ScanInfo => ({ ...source.info, voltage_kV: 300, ...more });

test.each([
  ['its own crystal', BEAM.a_A],
  ['BaTiO3', 4.0064],
  ['SrTiO3', 3.905],
])('calibrated with the edge of %s, a is the patterns’ 3.95 Å', async (_, a_A) => {
  const calibration = await calibrate(source, { ...BEAM, a_A });
  const inMrad = measuredFacts(says({ q_pixel: PX, q_unit: 'mrad' }), calibration).a_A!;
  expect(Math.abs(inMrad / BEAM.a_A - 1)).toBeLessThan(0.005);
  // λ of 300 kV is 1.96875 pm.
  const perAngstrom = PX / (1e3 * 0.0196875);
  const inverse = measuredFacts(says({ q_pixel: perAngstrom, q_unit: '1/A' }), calibration).a_A!;
  expect(Math.abs(inverse / inMrad - 1)).toBeLessThan(1e-5);
  expect(measuredFacts(says({}), calibration).a_A).toBeUndefined();
  // Half the pixel, for a camera binned by two: no crystal of 7.9 Å, but a wrong scale.
  expect(measuredFacts(says({ q_pixel: PX / 2, q_unit: 'mrad' }), calibration).a_A).toBeUndefined();
  const remarks = scanRemarks(says({ q_pixel: PX, q_unit: 'mrad' }), calibration);
  expect(remarks).toHaveLength(a_A === BEAM.a_A ? 0 : 1);
});

test('a voltage that nobody states is said', async () => {
  const calibration = await calibrate(source, BEAM);
  expect(scanRemarks({ ...source.info, voltage_kV: undefined }, calibration)).toEqual([
    'The file does not state the voltage: the model’s 300 kV is taken for it.',
  ]);
});

test('of pixels that are no squares a file may state either side: the same crystal', () => {
  const sides = { cause: 'camera', told_by: 'nothing', pixel_mrad: [0.439, 0.4615], on_camera_deg: 0 } as const;
  const of = (stretch: Calibration['stretch']) => (q_pixel: number) =>
    measuredFacts(says({ q_pixel, q_unit: 'mrad' }), {
      crystal: BEAM,
      px_mrad: 0.45,
      disk_radius_mrad: 2.2,
      stretch,
    } as Calibration).a_A!;
  for (const side of [0.439, 0.45, 0.4615]) expect(of({ ...sides, pixel_mrad: [0.439, 0.4615] })(side)).toBe(BEAM.a_A);
  // A cell that is no square does not excuse the scale.
  expect(of({ ...sides, pixel_mrad: [0.439, 0.4615], cause: 'crystal' })(0.439)).toBeGreaterThan(1.02 * BEAM.a_A);
});
