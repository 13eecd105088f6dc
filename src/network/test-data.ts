/**
 * Patterns for tests: nine disks on a 3×3 lattice whose intensities depend on the labels the way a crystal's might, and
 * turn with them under 4mm. Not a diffraction simulation: only something a network can learn in a few hundred steps.
 */

import { identify } from '../core/identity.ts';
import { RandomStream } from '../core/random.ts';
import type { PatternDataset } from '../library/dataset.ts';

/** Names and units of the labels. */
export const TEST_LABELS: PatternDataset['labels'] = [
  { name: 'P_x', unit: 'uC/cm2' },
  { name: 'P_y', unit: 'uC/cm2' },
  { name: 'P_z', unit: 'uC/cm2' },
  { name: 'tilt_x', unit: 'mrad' },
  { name: 'tilt_y', unit: 'mrad' },
  { name: 'thickness', unit: 'nm' },
];

/** The pattern of given labels (each −1 … 1 after scaling), total intensity about 1. */
function draw(pixels: number, labels: readonly number[]): Float32Array {
  const [px, py, pz, tx, ty, t] = labels as [number, number, number, number, number, number];
  const pattern = new Float32Array(pixels * pixels);
  const spacing = pixels / 4;
  const radius = pixels / 12;
  for (let gy = -1; gy <= 1; gy++) {
    for (let gx = -1; gx <= 1; gx++) {
      const order = gx * gx + gy * gy;
      const along = order === 1 ? (px + tx) * gx + (py + ty) * gy : 0.7 * ((px - tx) * gx + (py - ty) * gy);
      const height = order === 0 ? 1 + 0.4 * t : 0.3 * Math.exp(0.6 * along + (order === 1 ? 0.4 : -0.4) * pz);
      for (let y = 0; y < pixels; y++) {
        for (let x = 0; x < pixels; x++) {
          const r2 = (x - pixels / 2 - spacing * gx) ** 2 + (y - pixels / 2 - spacing * gy) ** 2;
          pattern[y * pixels + x]! += (height * Math.exp(-r2 / (radius * radius))) / (9 * radius * radius);
        }
      }
    }
  }
  return pattern;
}

const CENTRE = [0, 0, 0, 0, 0, 40] as const;
const SPAN = [30, 30, 30, 2, 2, 10] as const;

/** `count` patterns from ten structures, the last two held out. */
export function testDataset(pixels: number, count: number): PatternDataset {
  const structureOf = (index: number): number => index % 10;
  const settings = { pixels, count };
  return {
    identity: identify({ kind: 'library', schema: 1, program: 'test', settings, inputs: {} }),
    count,
    detector: { pixels, pixelsPerOrder: pixels / 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 },
    labels: TEST_LABELS,
    structureOf,
    isHeldOut: (index) => structureOf(index) >= 8,
    read: async (indices) => {
      const patterns = new Float32Array(indices.length * pixels * pixels);
      const labels = new Float32Array(indices.length * 6);
      for (let i = 0; i < indices.length; i++) {
        const stream = new RandomStream(11, 'test', indices[i]!);
        const unit = CENTRE.map(() => stream.between(-1, 1));
        patterns.set(draw(pixels, unit), i * pixels * pixels);
        labels.set(
          unit.map((u, k) => CENTRE[k]! + SPAN[k]! * u),
          i * 6,
        );
      }
      return { patterns, labels };
    },
  };
}
