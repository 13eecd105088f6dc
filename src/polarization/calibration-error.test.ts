/** A spot on a camera, asked of a "model" that answers with the moments of what it sees: what a calibration's error does to these is known in closed form. */

import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { type LatticeDetector, pixel_mrad } from '../diffraction/detector.ts';
import type { Model } from '../network/infer.ts';
import { type Calibration, mapFrom } from '../scan/calibration.ts';
import { memorySource } from '../scan/pattern-source.ts';
import { type CalibrationError, calibrationErrorLine, calibrationErrors, sharedWith } from './calibration-error.ts';

const detector: LatticeDetector = { pixels: 64, pixelsPerOrder: 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 };
const [n, px, spot_px, offset_px] = [96, 0.4, 6, [5, -9] as const];
/** A Gaussian off the direct beam, at every position. */
const picture = Float32Array.from({ length: n * n }, (_, i) => {
  const [y, x] = [Math.floor(i / n) - 48 - offset_px[0], (i % n) - 48 - offset_px[1]];
  return 1e4 * Math.exp(-(y * y + x * x) / (2 * spot_px ** 2));
});
const source = memorySource([1, 2, n, n], Float32Array.of(...picture, ...picture));
const calibration = {
  shape: [1, 2, n, n],
  crystal: { a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 },
  centre0_px: [48, 48],
  centre0_se_px: [0.02, 0.03],
  descan: { centre_px: [48, 48], per_ry_px: [0, 0], per_rx_px: [0, 0], middle: [0, 0.5], bend: [], jumps: [] },
  map_px_per_mrad: mapFrom(px, 0),
  px_mrad: px,
  px_se_mrad: 0.001 * px,
  rotation_se_deg: 0.1,
  ellipse_se_percent: 0.2,
  hot_pixels: [],
  dead_pixels: [],
  dose_e: 1,
  counts_per_electron: 1,
} as unknown as Calibration;

type By = CalibrationError['by'];
const labels = ['tilt_x', 'tilt_y', 'thickness'].map((name) => ({ name, unit: name === 'thickness' ? 'nm' : 'mrad' }));
/** Answers with the pattern's mean q along x and y [mrad], and with its mean (q_x − ⟨q_x⟩)² [mrad²]. */
const moments = {
  info: { labels, detector, adapts: false },
  turns: true,
  predict: async (patterns: Float32Array, count: number) => {
    const [side] = pixel_mrad(detector);
    const size = detector.pixels ** 2;
    const out = new Float32Array(3 * count);
    for (let k = 0; k < count; k++) {
      const mean = (f: (x: number, y: number) => number) => {
        let [sum, all] = [0, 0];
        for (let i = 0; i < size; i++) {
          const value = patterns[k * size + i]!;
          all += value;
          sum += value * f(((i % 64) - 32) * side, (Math.floor(i / 64) - 32) * side);
        }
        return sum / all;
      };
      const x = mean((qx) => qx);
      out.set([x, mean((_, qy) => qy), mean((qx) => (qx - x) ** 2)], 3 * k);
    }
    return {
      labels: out,
      sigma: new Float32Array(),
      latent: new Float32Array(count),
      reconstruction: new Float32Array(),
    };
  },
} as unknown as Model;

test('pixel, ellipse, rotation and centre move the moments of a spot as the geometry has it', async () => {
  const errors = await calibrationErrors(source, moments, calibration, [0, 1], quietTask);
  const [x, y, square] = [0, 1, 2].map((label) => errors[label]!.by) as [By, By, By];
  const [qy, qx] = [offset_px[0] * px, offset_px[1] * px];
  const close = (value: number, want: number) => expect(value / want).toBeCloseTo(1, 1.2);
  close(x.centre, 0.03 * px);
  close(y.centre, 0.02 * px);
  close(x.pixel, 0.001 * Math.abs(qx));
  close(y.pixel, 0.001 * Math.abs(qy));
  const turn = (0.1 * Math.PI) / 180;
  close(x.rotation, turn * Math.abs(qy));
  close(y.rotation, turn * Math.abs(qx));
  // Both components of e/2 = 0.1%: along the axes, and between them.
  close(x.ellipse, 0.001 * Math.hypot(qx, qy));
  close(y.ellipse, 0.001 * Math.hypot(qx, qy));
  close(square.pixel, 2 * 0.001 * (spot_px * px) ** 2);
  close(errors[0]!.sigma, Math.hypot(x.centre, x.pixel, x.rotation, x.ellipse));
  expect(calibrationErrorLine(errors)).toMatch(
    /^Of σ, the calibration’s own error is tilt_x 0\.0\d+ mrad \(most by the centre\)/,
  );
});

test('without errors, or without positions, nothing is added and nothing said', async () => {
  const exact = {
    ...calibration,
    px_se_mrad: 0,
    ellipse_se_percent: 0,
    rotation_se_deg: 0,
    centre0_se_px: [0, 0],
  } as const;
  for (const [as, at] of [
    [exact, [0]],
    [calibration, []],
  ] as const) {
    const errors = await calibrationErrors(source, moments, as, at, quietTask);
    expect(errors.map(({ sigma }) => sigma)).toEqual([0, 0, 0]);
    expect(calibrationErrorLine(errors)).toBeUndefined();
  }
});

test('what all positions have in common grows by the calibration’s share of σ²', () => {
  expect(sharedWith(0.2, [5, 5, 5], 3)).toBeCloseTo(0.2 + 0.8 * 0.36, 12);
  expect(sharedWith(0.2, [Number.NaN], 3)).toBe(0.2);
  expect(sharedWith(undefined, [5], 3)).toBeUndefined();
});
