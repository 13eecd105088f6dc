/** Samples brought to means over pixels, against means taken of samples three times finer along each side. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { quietTask } from '../core/task.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { type LatticeDetector, pixel_mrad } from './detector.ts';
import { PixelAreas } from './pixel-areas.ts';
import { apertureAmplitude } from './probe.ts';
import { latticeProbe, simulatePatterns } from './scattering-matrix.ts';
import { sliceStack } from './slices.ts';
import { perovskiteBlock, r1 } from './test-structures.ts';

const detector: LatticeDetector = { pixels: 32, pixelsPerOrder: 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 };
const FINE = 3;
/** Of a crystal of one cell, tilted by about (0.9, −0.6) mrad, after 10 and 40 nm. */
const EXITS = [26, 100];

test('edges of disks are what pixels record: R1 beside means over pixels a fourth of that of samples', async () => {
  const kernel = await SliceKernel.load();
  const stack = sliceStack(perovskiteBlock([1, 1, 1], 3.95, new RandomStream(8)), {
    nx: 24,
    ny: 24,
    nSlices: 10,
    slicing: 'spline',
    u2_A2: { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 },
  });
  const multislice = new Multislice(kernel, stack, 300, [1, 1]);
  const patterns = (times: number) =>
    simulatePatterns(
      multislice,
      {
        detector: { ...detector, pixels: detector.pixels * times, pixelsPerOrder: 8 * times },
        defocus_nm: 0,
        cells: [1, 1],
        offset: [(0.4 * times) % 1, (0.1 * times) % 1],
      },
      EXITS.map((exit) => ({
        position_A: [1, 2],
        tilt: [Math.floor(1.4 * times), Math.floor(-0.9 * times)],
        exit: exit * 10,
      })),
      quietTask,
    );
  const samples = patterns(1);
  const fine = patterns(FINE);
  const recorded = samples.slice();
  new PixelAreas(detector).apply(recorded);
  const n = detector.pixels;
  const wide = n * FINE;
  for (const [exit, nm] of EXITS.entries()) {
    const [sampled, corrected, means]: [number[], number[], number[]] = [[], [], []];
    // But for the first row and column, of which the fine pattern holds half.
    for (let y = 1; y < n; y++) {
      for (let x = 1; x < n; x++) {
        let sum = 0;
        for (let j = -1; j <= 1; j++) {
          // The direct beam is at index pixels/2 of either.
          const row = exit * wide ** 2 + (FINE * (y - n / 2) + j + wide / 2) * wide + FINE * (x - n / 2) + wide / 2;
          for (let i = -1; i <= 1; i++) sum += fine[row + i]!;
        }
        means.push(sum);
        sampled.push(samples[exit * n * n + y * n + x]!);
        corrected.push(recorded[exit * n * n + y * n + x]!);
      }
    }
    const before = r1(sampled, means);
    expect(before, `after ${nm} cells`).toBeGreaterThan(0.012);
    expect(r1(corrected, means), `after ${nm} cells`).toBeLessThan(0.25 * before);
    const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(total(corrected) / total(means)).toBeCloseTo(1, 2.3);
  }
});

test('of an even disk pixels hold the share that is lit, of a disk with a slope that of its middle', () => {
  const n = detector.pixels;
  const sides = pixel_mrad(detector);
  const probe = latticeProbe(detector, 0);
  const [slope, curve] = [0.05, 0.01];
  /** As the matrix samples it: only the direct beam. */
  const brightness = (x: number) => 1 + slope * x + curve * x * x;
  const pattern = Float32Array.from({ length: n * n }, (_, k) => {
    const [x, y] = [(k % n) - n / 2, Math.floor(k / n) - n / 2];
    return apertureAmplitude(Math.hypot(x * sides[0], y * sides[1]), probe) ** 2 * brightness(x);
  });
  const weights = pattern.reduce((sum, _, k) => {
    const [x, y] = [(k % n) - n / 2, Math.floor(k / n) - n / 2];
    return sum + apertureAmplitude(Math.hypot(x * sides[0], y * sides[1]), probe) ** 2;
  }, 0);
  new PixelAreas(detector).apply(pattern);
  // A disk of radius R holds πR²(1 + curve·R²/4) whatever the slope.
  const radius = detector.convergence_mrad / sides[0];
  const area = Math.PI * radius ** 2;
  const sum = pattern.reduce((a, b) => a + b, 0);
  expect(((sum / weights) * area) / (area * (1 + (curve * radius ** 2) / 4))).toBeCloseTo(1, 2.5);
});

test('disks that overlap stay as they were sampled', () => {
  const wide = { ...detector, convergence_mrad: 2.6 };
  const pattern = Float32Array.from({ length: 1024 }, (_, k) => 1 + (k % 7));
  const before = pattern.slice();
  new PixelAreas(wide).apply(pattern);
  expect(pattern).toEqual(before);
});
