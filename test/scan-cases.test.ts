/** The judge of `npm run cases` can say 'wrong': each rule against a run that breaks it and nothing else. */

import { describe, expect, test } from 'vitest';
import type { Expected } from '../scripts/cases/expected.ts';
import { type CaseRun, type CaseTruth, judge, ownLines } from '../scripts/cases/judge.ts';
import { type Calibration, mapFrom } from '../src/scan/calibration.ts';

const BASE = 'Orientation ASSUMED: the axes lie at 4.0° on the camera.\ntake care: the dose is 998917 e.';
const TRUTH: CaseTruth = {
  map: mapFrom(0.26, 4, 0.008, 30),
  // Two by two patterns whose centres move by 1 px along rx.
  centres: { shape: [2, 2, 2], data: [100, 50, 100, 51, 100, 50, 100, 51] },
};

function calibration(changed: Partial<Calibration> = {}, map = mapFrom(0.26, 4, 0.008, 30)): Calibration {
  return {
    shape: [2, 2, 256, 256],
    map_px_per_mrad: map,
    px_mrad: 0.26,
    px_se_mrad: 1e-4,
    rotation_se_deg: 0.01,
    ellipse_se_percent: 0.05,
    centre0_px: [100, 50.5],
    centre0_se_px: [0.02, 0.02],
    dose_e: 1e6,
    descan: { centre_px: [100, 50.5], per_ry_px: [0, 0], per_rx_px: [0, 1], middle: [0.5, 0.5], bend: [], jumps: [] },
    ...changed,
  } as Calibration;
}

const RUN: CaseRun = {
  ok: true,
  text: BASE,
  calibration: calibration(),
  correlations: { P_x: 0.7, P_y: 0.6 },
  polarization: [1, 2, 3, 4],
};
const verdict = (run: Partial<CaseRun>, expected: Expected = {}) =>
  judge('case', expected, { ...RUN, ...run }, TRUTH, BASE);

test('what every run says names nothing', () => {
  expect(ownLines(`${BASE.replace('998917', '1002').replace('4.0°', '31°')}\n  a word`, BASE)).toEqual(['  a word']);
});

describe('right', () => {
  test('is a run that is', () => expect(verdict({}).verdict).toBe('right'));
  test('is one whose axes have other names', () => {
    for (const turn of [90, 180, -90])
      expect(verdict({ calibration: calibration({}, mapFrom(0.26, 4 + turn, 0.008, 30 - turn)) })).toMatchObject({
        verdict: 'right',
      });
  });
  test('with words is said', () => {
    expect(verdict({ text: `${BASE}\ntake care: snake` }, { words: /snake/ })).toMatchObject({ verdict: 'said' });
  });
});

describe('wrong', () => {
  const off = (run: Partial<CaseRun>, text: RegExp, expected?: Expected) => {
    const { verdict: found, text: why } = verdict(run, expected);
    expect(`${found}: ${why}`).toMatch(new RegExp(`^wrong: .*${text.source}`));
  };
  test('a pixel beyond its error', () => off({ calibration: calibration({}, mapFrom(0.2604, 4, 0.008, 30)) }, /pixel/));
  test('a rotation beyond its error', () =>
    off({ calibration: calibration({}, mapFrom(0.26, 4.05, 0.008, 30)) }, /rotation/));
  test('an ellipse beyond its error', () =>
    off({ calibration: calibration({}, mapFrom(0.26, 4, 0.011, 30)) }, /ellipse/));
  test('no number for an error', () => off({ calibration: calibration({ px_se_mrad: Number.NaN }) }, /pixel/));
  const { descan } = calibration();
  test('centres off, all or by the slope', () => {
    off({ calibration: calibration({ descan: { ...descan, centre_px: [100.1, 50.5] } }) }, /centre y 0\.100/);
    off({ calibration: calibration({ descan: { ...descan, per_ry_px: [1, 0] } }) }, /a centre 0\.50 px/);
  });
  test('another shape', () => off({ calibration: calibration({ shape: [1, 4, 256, 256] }) }, /1 × 4 positions/));
  test('another dose', () => off({ calibration: calibration({ dose_e: 1.1e6 }) }, /dose 1\.100e\+6/));
  test('a turned map', () => off({ correlations: { P_x: 0.7, P_y: -0.6 } }, /P_y r -0\.60/));
  test('a value where there is no crystal', () =>
    off({}, /2 positions without the crystal/, { empty: (_, x) => x === 0, words: /vacuum/ }));
  test('no word where one is due', () => off({}, /without a word/, { words: /snake/, must: true }));
  test('words that any run says', () => off({}, /without a word/, { words: /Orientation|dose/, must: true }));
  test('a refusal for another cause', () => {
    off({ ok: false, text: 'ferroscope: Check a_A.' }, /Check a_A/, { words: /float/ });
    off({ ok: false, text: 'ferroscope: Check a_A.' }, /Check a_A/, { refused: /complex/ });
    off({}, /not refused/, { refused: /complex/ });
  });
});
