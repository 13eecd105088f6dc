/** What labels average over: the probe's columns section by section, and the cells of each section. */

import { expect, test } from 'vitest';
import { latticeProbe } from '../diffraction/scattering-matrix.ts';
import { DepthFields } from './depth-means.ts';
import { ProbeWeights } from './probe-weights.ts';

const A = 4;
const detector = { pixels: 32, pixelsPerOrder: 8, a_A: A, voltage_kV: 300, convergence_mrad: 2.2 };
const weights = new ProbeWeights(latticeProbe(detector, 0), [A, A], { cells: [8, 8, 1] }, [8, 8], 400);

/** P_x = f(layer, column x), everything else 0, 8 × 8 cells. */
function fieldsOf(layers: number, f: (layer: number, x: number) => number): DepthFields {
  const zero = new Float64Array(3 * 64 * layers);
  const P = zero.map((_, i) => (i % 3 === 0 ? f(Math.floor(i / 192), Math.floor(i / 3) % 8) : 0));
  return new DepthFields({ P, dTi: zero, dO: zero }, [8, 8, layers], A);
}

test('sections tile the depth, and each holds all of the probe', () => {
  const sections = weights.along([2, 2], [1, -2], 270);
  expect(sections[0]!.from_A).toBe(0);
  expect(sections.at(-1)!.to_A).toBe(270);
  for (const [i, { from_A, to_A, weights: w }] of sections.entries()) {
    if (i > 0) expect(from_A).toBe(sections[i - 1]!.to_A);
    expect(to_A).toBeGreaterThan(from_A);
    expect(w.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
  // Of the whole depth, all eight; a thickness at a section's end has no empty one behind it.
  expect(weights.along([2, 2], [0, 0], 400).length).toBe(8);
  expect(weights.along([2, 2], [0, 0], 150).length).toBe(3);
});

test('a field that changes with depth alone: its mean down to the thickness, in closed form, and its spread', () => {
  const ramp = fieldsOf(100, (layer) => layer);
  for (const cells of [7, 40, 63, 100]) {
    const { probe, column } = ramp.seenBy(weights.along([18, 18], [1, 1], cells * A), 0);
    expect(probe[0]).toBeCloseTo((cells - 1) / 2, 9);
    expect(column[0]).toBeCloseTo((cells - 1) / 2, 9);
    expect(probe.slice(1).every((value) => value === 0)).toBe(true);
  }
  // Two domains, +10 and −10, a wall at half of the depth.
  const walls = fieldsOf(100, (layer) => (layer < 50 ? 10 : -10));
  const { probe, spread } = walls.seenBy(weights.along([18, 18], [0, 0], 400), 0);
  expect(probe[0]).toBeCloseTo(0, 9);
  expect(spread[0]).toBeCloseTo(10, 9);
  expect(walls.seenBy(weights.along([18, 18], [0, 0], 200), 0).spread[0]).toBeCloseTo(0, 9);
});

test('a tilted probe sees the columns that it walks to, deep down', () => {
  // 20 mrad over 400 Å are 8 Å, two columns.
  const step = fieldsOf(100, (_, x) => (x < 4 ? 1 : 0));
  const at = (tilt: number, thickness: number) =>
    step.seenBy(weights.along([10, 18], [tilt, 0], thickness), 2).probe[0]!;
  expect(at(20, 400)).toBeLessThan(at(0, 400));
  expect(at(-20, 400)).toBeGreaterThan(at(20, 400));
  expect(at(20, 50)).toBeGreaterThan(at(20, 400));
});
