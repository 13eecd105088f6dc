/** Partial coherence against damping in closed form, through the multislice kernel too. */

import { expect, test } from 'vitest';
import { blurScan, coherentParts, gaussHermite, rmsFromFwhm } from './coherence.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { directPatterns } from './direct.ts';
import { interactionConstant, wavelength } from './optics.ts';
import { type ProbeOptions, probeAmplitude } from './probe.ts';

const lambda = wavelength(300);

/** Weighted sum of what `simulate` gives for each part. */
function weightedSum<Part extends { readonly weight: number }>(
  parts: readonly Part[],
  simulate: (part: Part) => readonly number[],
): number[] {
  const each = parts.map((part) => simulate(part).map((value) => part.weight * value));
  return each.reduce((sum, values) => sum.map((value, i) => value + values[i]!));
}

test('Gauss–Hermite: moments of the normal distribution to degree 2n − 1, and known nodes', () => {
  for (const order of [1, 2, 3, 7, 16, 40]) {
    const nodes = gaussHermite(order);
    let odd = 1;
    for (let power = 0; power < Math.min(2 * order, 30); power += 2) {
      // (2k − 1)!!
      if (power > 0) odd *= power - 1;
      const moment = nodes.reduce((s, { at, weight }) => s + weight * at ** power, 0);
      expect(Math.abs(moment / odd - 1)).toBeLessThan(1e-10);
    }
    expect(Math.abs(nodes.reduce((s, { at, weight }) => s + weight * at ** 3, 0))).toBeLessThan(1e-10);
  }
  expect(gaussHermite(3)[2]!.at).toBeCloseTo(Math.sqrt(3), 12);
  expect(gaussHermite(3)[1]!.weight).toBeCloseTo(2 / 3, 12);
  expect(() => gaussHermite(0)).toThrow(/nodes/);
  expect(rmsFromFwhm(2.3548200450309493)).toBeCloseTo(1, 12);
});

test('a lattice image blurred by the source: each frequency by exp(−2π²s²g²), patterns pixel by pixel', () => {
  const [ny, nx, inner] = [12, 20, 3];
  const step = [0.2, 0.25] as const;
  const s = rmsFromFwhm(0.8);
  // Pixel p of each pattern oscillates over the scan with p + 1 periods along x and 2 along y.
  const wave = (p: number, contrast: number, i: number) => {
    const [y, x] = [Math.floor(i / nx), i % nx];
    return 1 + contrast * Math.cos((2 * Math.PI * (p + 1) * x) / nx + 0.3) * Math.cos((4 * Math.PI * y) / ny - 1);
  };
  const scan = Float64Array.from({ length: ny * nx * inner }, (_, i) => wave(i % inner, 1, Math.floor(i / inner)));
  const blurred = blurScan(scan, [ny, nx], step, s, 'periodic');
  for (const [i, value] of blurred.entries()) {
    const [gx, gy] = [((i % inner) + 1) / (nx * step[0]), 2 / (ny * step[1])];
    const damping = Math.exp(-2 * Math.PI ** 2 * s * s * (gx * gx + gy * gy));
    expect(value).toBeCloseTo(wave(i % inner, damping, Math.floor(i / inner)), 11);
  }
  // Padding: a constant stays; far from the edges the scan is as if it went on.
  const flat = blurScan(new Float64Array(30).fill(2.5), [3, 10], step, 1, 'edge');
  for (const value of flat) expect(value).toBeCloseTo(2.5, 10);
  const long = Float64Array.from({ length: 200 }, (_, i) => Math.exp(-(((i - 100) * 0.1) ** 2) / 2));
  const wide = blurScan(long, [1, 200], [0.1, 0.1], 0.5, 'edge');
  for (let i = 60; i < 140; i++) {
    expect(wide[i]!).toBeCloseTo(Math.exp(-(((i - 100) * 0.1) ** 2) / 2 / 1.25) / Math.sqrt(1.25), 9);
  }
  expect(() => blurScan(scan, [7, 7], step, 1, 'edge')).toThrow(/do not fill/);
  expect(() => blurScan(scan, [ny, nx], step, -1, 'edge')).toThrow(/negative/);
});

test('defocus spread: interference of k1 and k2 is damped by exp(−½(πλδ)²(k1² − k2²)²), not at all where |k1| = |k2|', () => {
  const defocusRms_nm = 4;
  const probe: ProbeOptions = { wavelength_A: lambda, convergence_mrad: 25, defocus_nm: 30, edge_mrad: 1 };
  const parts = coherentParts(probe, [0, 0], { defocusRms_nm, defocusOrder: 16 });
  const g = 1 / 1.95;
  const term = (k1: number, k2: number, of: ProbeOptions) => {
    const [a, b] = [probeAmplitude(k1, 0, 0, 0, of), probeAmplitude(k2, 0, 0, 0, of)];
    return [a[0] * b[0] + a[1] * b[1], a[1] * b[0] - a[0] * b[1]];
  };
  for (const [k1, k2] of [
    [0, g],
    [0.3 * g, g],
    [-g / 2, g / 2],
  ] as const) {
    const mean = weightedSum(parts, (part) => term(k1, k2, part.probe));
    const damping = Math.exp(-0.5 * (Math.PI * lambda * 10 * defocusRms_nm * (k1 * k1 - k2 * k2)) ** 2);
    const centre = term(k1, k2, probe);
    console.log(`k1 = ${(k1 / g).toFixed(1)} g, k2 = ${(k2 / g).toFixed(1)} g: contrast × ${damping.toFixed(4)}`);
    for (const i of [0, 1]) expect(mean[i]!).toBeCloseTo(damping * centre[i]!, 9);
  }
});

test('scanned fringes of a thin lattice: damped on the axis by the defocus spread, not halfway to g; by the source everywhere alike', async () => {
  // T = 1 + 2iσV·cos(2πgx), one lattice of 4 Å: the disks of 0 and ±g overlap on the axis, those of 0 and g alone at g/2.
  const [a, n, size] = [4, 64, 32];
  const phase = 1e-3;
  const v = Float64Array.from(
    { length: 8 * 8 },
    (_, i) => (2 * phase * Math.cos((2 * Math.PI * (i % 8)) / 8)) / interactionConstant(300),
  );
  const stack = { nx: 8, ny: 8, nSlices: 1, cell_A: [a, a, 1] as const, dz_A: 0, slice: () => v };
  const multislice = new Multislice(await SliceKernel.load(), stack, 300, [n / 8, n / 8]);
  const g = 1 / a;
  // πλΔf·g² = π/2 on the axis.
  const defocus_nm = 1 / (2 * lambda * g * g) / 10;
  const probe: ProbeOptions = { wavelength_A: lambda, convergence_mrad: 6.4, defocus_nm, edge_mrad: 0.1 };
  const defocusRms_nm = 12;
  const sourceRms_A = 0.5;
  /** Pattern at q = 0 and q = g/2 (4 pixels of 1/32 Å⁻¹). */
  const look = (of: ProbeOptions, position: readonly [number, number]) => {
    const { intensity } = directPatterns(multislice, of, position, [0, 0], [1], size)[0]!;
    return [intensity[16 * size + 16]!, intensity[16 * size + 20]!];
  };
  const count = 8;
  const scan = (coherence: Parameters<typeof coherentParts>[2]) =>
    Float64Array.from(
      Array.from({ length: count }, (_, i) =>
        Array.from(
          weightedSum(coherentParts(probe, [(i * a) / count, 0], coherence), (part) =>
            look(part.probe, part.position_A),
          ),
        ),
      ).flat(),
    );
  /** Amplitude of the fringe g over the scan, as a fraction of the mean, at each of the two points. */
  const contrast = (values: Float64Array) =>
    [0, 1].map((p) => {
      let [re, im, mean] = [0, 0, 0];
      for (let i = 0; i < count; i++) {
        const I = values[2 * i + p]!;
        re += I * Math.cos((2 * Math.PI * i) / count);
        im += I * Math.sin((2 * Math.PI * i) / count);
        mean += I;
      }
      return (2 * Math.hypot(re, im)) / mean;
    });
  const [axis, half] = contrast(scan({})) as [number, number];
  // 4σV_g from two sidebands on the axis, 2σV_g from one off it.
  expect(axis / (4 * phase)).toBeCloseTo(1, 2);
  expect(half / (2 * phase)).toBeCloseTo(1, 2);
  const spread = contrast(scan({ defocusRms_nm, defocusOrder: 9 }));
  const envelope = Math.exp(-0.5 * (Math.PI * lambda * 10 * defocusRms_nm * g * g) ** 2);
  const source = contrast(scan({ sourceRms_A, sourceOrder: 5 }));
  const blurred = contrast(blurScan(scan({}), [1, count], [a / count, 1], sourceRms_A, 'periodic'));
  const damping = Math.exp(-2 * Math.PI ** 2 * sourceRms_A ** 2 * g * g);
  console.log(
    `fringes: defocus spread ${defocusRms_nm} nm leaves ${(spread[0]! / axis).toFixed(4)} on the axis (closed form ${envelope.toFixed(4)}), ${(spread[1]! / half).toFixed(4)} at g/2; ` +
      `source ${sourceRms_A} Å leaves ${(source[0]! / axis).toFixed(4)}, ${(source[1]! / half).toFixed(4)} by positions, ${(blurred[0]! / axis).toFixed(4)}, ${(blurred[1]! / half).toFixed(4)} by convolution (${damping.toFixed(4)})`,
  );
  expect(spread[0]! / axis).toBeCloseTo(envelope, 2);
  expect(spread[1]! / half).toBeCloseTo(1, 2);
  for (const p of [0, 1]) {
    const before = [axis, half][p]!;
    expect(source[p]! / before).toBeCloseTo(damping, 2);
    expect(blurred[p]! / before).toBeCloseTo(damping, 3);
  }
  expect(() => coherentParts(probe, [0, 0], { sourceRms_A: -1 })).toThrow(/negative/);
});
