import { describe, expect, test } from 'vitest';
import { identify } from '../core/identity.ts';
import { RandomStream } from '../core/random.ts';
import { quietTask } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { fitCamera } from './camera-fit.ts';
import { CAMERA, CameraModel, noCamera } from './camera-model.ts';
import { addNoise } from './noise.ts';
import { TEST_LABELS } from './test-data.ts';

const n = 64;
const size = n * n;
const dose_e = 1e6;

/** 5 × 5 disks with edges, dark between them, whose intensities follow three numbers: a real library's geometry, not its physics. */
function disks(u: number, v: number, w: number): Float32Array {
  const out = new Float32Array(size);
  for (let gy = -2; gy <= 2; gy++) {
    for (let gx = -2; gx <= 2; gx++) {
      const height = Math.exp(-0.5 * (gx * gx + gy * gy) + 0.4 * (u * gx + v * gy)) * (1 + (0.4 * w) / (1 + gx * gx));
      for (let y = -4; y <= 4; y++) {
        for (let x = -4; x <= 4; x++) {
          const inside = Math.min(1, Math.max(0, 4 - Math.hypot(x, y)));
          out[(n / 2 + 8 * gy + y) * n + n / 2 + 8 * gx + x]! += height * inside;
        }
      }
    }
  }
  const sum = out.reduce((a, b) => a + b, 0);
  return out.map((value) => value / sum);
}

const data: PatternDataset = {
  identity: identify({ kind: 'library', schema: 1, program: 'test', settings: {}, inputs: {} }),
  count: 800,
  detector: { pixels: n, pixelsPerOrder: 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 },
  labels: TEST_LABELS,
  structureOf: (index) => index % 10,
  isHeldOut: (index) => index % 10 >= 8,
  read: async (indices) => {
    const patterns = new Float32Array(indices.length * size);
    const labels = new Float32Array(indices.length * TEST_LABELS.length);
    Array.from(indices).forEach((index, i) => {
      const stream = new RandomStream(5, 'disks', index);
      const numbers = [stream.between(-1, 1), stream.between(-1, 1), stream.between(-1, 1)] as const;
      patterns.set(disks(...numbers), i * size);
      labels.set(numbers, i * TEST_LABELS.length);
    });
    return { patterns, labels };
  },
};

/** Held-out patterns under a known camera, with counting noise. */
async function scan(values: Record<string, number>): Promise<Float32Array> {
  const held = Array.from({ length: 24 }, (_, i) => 10 * i + 8 + (i % 2));
  const { patterns } = await data.read(held);
  const theta = noCamera();
  for (const [name, value] of Object.entries(values)) theta[CAMERA.findIndex((one) => one.name === name)] = value;
  const model = new CameraModel(data.detector);
  const at = (i: number) => patterns.subarray(i * size, (i + 1) * size);
  for (let i = 0; i < held.length; i += 2) model.pair(at(i), theta, at(i + 1), theta);
  held.forEach((_, i) => {
    addNoise(at(i), dose_e, new RandomStream(3, 'fit', i));
  });
  return patterns;
}

describe('the instrument of a scan', () => {
  test('is found again within six of its errors, and explains the patterns', { timeout: 240_000 }, async () => {
    const truth = {
      inelastic_fraction: 0.12,
      inelastic_hwhm: 1.2,
      blur_variance: 0.2,
      scale: 0.9,
      shift_y: 0.05,
      shift_x: -0.04,
      ellipse_1: 0.004,
      magnification: -0.003,
      background_1: 0.03,
      background_3: 0.02,
    };
    const { fit } = await fitCamera({ patterns: await scan(truth), dose_e, data }, quietTask);
    const found = (name: string) => fit.parameters.find((one) => one.name === name)!;
    // Counting alone is in an error: by draws of the noise the half width lies 3.4 to 4.7 of them low, with the share and the magnification.
    for (const [name, value] of Object.entries(truth)) {
      const one = found(name);
      const error = Math.hypot(one.error, one.library_error);
      const off = Math.abs(one.value - value);
      expect(off, `${name} ${one.value} ± ${error}`).toBeLessThan(6 * error + 0.05 * Math.abs(value));
    }
    expect(found('inelastic_fraction').error).toBeLessThan(0.06);
    const background = fit.parameters.filter(({ name }) => name.startsWith('background_'));
    expect(Math.abs(background.reduce((sum, one) => sum + one.value, 0) - 0.05)).toBeLessThan(0.005);
    expect(fit.misfit).toBeLessThan(0.2 * fit.misfit_library);
    // Held-out patterns are no worse matched than the scan's, which are of the same kind.
    expect(fit.left).toBeLessThan(fit.left_reference.high);
  });

  test('of a scan like the library is nothing; of one unlike it is no explanation', { timeout: 240_000 }, async () => {
    const patterns = await scan({});
    const { fit } = await fitCamera({ patterns, dose_e, data }, quietTask);
    for (const { name, value } of fit.parameters) {
      if (name === 'inelastic_hwhm' || name === 'scale') continue;
      expect(Math.abs(value), name).toBeLessThan(0.02);
    }
    expect(fit.gain_rms).toBeLessThan(0.02);
    // Disks that no library pattern has: every second one is missing.
    for (let i = 0; i < patterns.length; i++) if (Math.floor(((i % n) + 4) / 8) % 2 === 1) patterns[i] = 0;
    const strange = await fitCamera({ patterns, dose_e, data }, quietTask);
    expect(strange.fit.left).toBeGreaterThan(2 * strange.fit.left_reference.high);
  });
});
