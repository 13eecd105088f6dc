/** SrTiO3 [001], position-averaged CBED: how far the thickness of five measured patterns hangs on what the source does not state. */

import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { matchThickness, readGrey } from './test-pacbed-match.ts';
import { BINNING, labelOf, RADIUS_MRAD, SRTIO3, simulatedPacbed, thickness_nm } from './test-srtio3.ts';

test('thickness hardly changes with blur and with what is compared; 300 kV does not fit', async (context) => {
  const folder = sample(context, 'DeepDiffraction');
  const kernel = await SliceKernel.load();
  const files = readdirSync(folder).toSorted();
  const result = (name: string, voltage_kV: number, blur_mrad: number, radius_mrad: number) => {
    const simulated = simulatedPacbed(kernel, true, { voltage_kV, blur_mrad });
    const matches = files.map((file) => {
      const image = readGrey(`${folder}/${file}`, BINNING);
      const { best, curve } = matchThickness(image, simulated, SRTIO3.convergence_mrad, radius_mrad);
      return { error: Math.abs(thickness_nm(best) - labelOf(file).middle), ncc: curve[best]! };
    });
    const error = matches.reduce((sum, match) => sum + match.error, 0) / files.length;
    const least = Math.min(...matches.map(({ ncc }) => ncc));
    console.log(`SrTiO3, ${name}: mean error of thickness ${error.toFixed(2)} nm, least NCC ${least.toFixed(4)}`);
    return { error, least };
  };
  const { voltage_kV, blur_mrad } = SRTIO3;
  const usual = result('as tested', voltage_kV, blur_mrad, RADIUS_MRAD);
  for (const blur of [0.2, 0.8]) {
    expect(result(`blur ${blur} mrad`, voltage_kV, blur, RADIUS_MRAD).error).toBeLessThan(1);
  }
  for (const radius of [13, 30]) {
    expect(result(`within ${radius} mrad`, voltage_kV, blur_mrad, radius).error).toBeLessThan(1);
  }
  expect(result('300 kV', 300, blur_mrad, RADIUS_MRAD).least).toBeLessThan(usual.least - 0.03);
});
