/** The absorptive potential against closed forms, the variance of a vibrating atom's potential, and frozen phonons. */

import { expect, test } from 'vitest';
import { Fft2, frequency } from '../core/fft.ts';
import { absorbingStack, diffuseIntegral } from './absorption.ts';
import { Multislice } from './cpu/multislice.ts';
import { toPanels } from './cpu/panels.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { supercell } from './frozen-phonons.ts';
import { planeWave } from './reference.ts';
import { debyeWaller, scatteringFactor } from './scattering-factor.ts';
import { type SliceStack, sliceStack } from './slices.ts';
import { fromPanels } from './test-panels.ts';
import { planeWaveBeams, r1, strontiumTitanate } from './test-structures.ts';
import { amplitudes, coherentIntensity, thermalAverage } from './test-thermal.ts';

const u2_A2 = { Sr: 0.0079, Ti: 0.0056, O: 0.0092 };
const a = 3.905;
const sum = (v: Float64Array) => v.reduce((x, y) => x + y, 0);

test('the integral of a Gaussian factor, in closed form; refined by its own nodes elsewhere', () => {
  const b = 0.9;
  for (const u2 of [0.003, 0.01, 0.05]) {
    const c = 2 * Math.PI ** 2 * u2;
    for (const k of [0, 0.3, 1, 2.5, 5]) {
      // |k/2 ± q|² add up to 2q² + k²/2.
      const want =
        Math.exp((-b * k * k) / 2) *
        ((debyeWaller(u2, k * k) * Math.PI) / (2 * b) - (Math.exp((-c * k * k) / 2) * Math.PI) / (2 * (b + c)));
      expect(Math.abs(diffuseIntegral((k2) => Math.exp(-b * k2), u2, k) - want)).toBeLessThan(2e-5 * (Math.PI / b));
    }
  }
});

test('W is half the variance of a vibrating atom’s projected potential: spread in reciprocal space, squared in real space', () => {
  const [n, length] = [192, 6];
  for (const symbol of ['Sr', 'Ti', 'O'] as const) {
    const atom = { cell_A: [length, length, 4] as const, symbols: [symbol], positions_A: Float64Array.of(3, 3, 2) };
    const options = { nx: n, ny: n, nSlices: 1, slicing: 'whole-atom' } as const;
    const u2 = { [symbol]: u2_A2[symbol] };
    const fft = new Fft2(n, n);
    const square = sliceStack(atom, options)
      .slice(0)
      .map((v) => v * v);
    const im = new Float64Array(n * n);
    fft.run(square, im, -1);
    for (let i = 0; i < n * n; i++) {
      const k2 = (frequency(i % n, n) ** 2 + frequency(Math.floor(i / n), n) ** 2) / length ** 2;
      const d = debyeWaller(u2_A2[symbol], k2) / (n * n);
      square[i] = square[i]! * d;
      im[i] = im[i]! * d;
    }
    fft.run(square, im, 1);
    const mean = sliceStack(atom, { ...options, u2_A2: u2 }).slice(0);
    const want = square.map((v, i) => 0.5 * (v - mean[i]! ** 2));
    const got = absorbingStack(atom, { ...options, u2_A2: u2 }).diffuse!.slice(0);
    console.log(
      `W of ${symbol}: R1 ${(100 * r1(got, want.map(Math.abs))).toFixed(2)}%, total ${(100 * (sum(got) / sum(want) - 1)).toFixed(2)}% off the grid’s variance`,
    );
    expect(r1(got, want.map(Math.abs))).toBeLessThan(0.02);
  }
});

test('W is the loss of one layer: σ²·W integrated is half of the kinematic diffuse cross-section', () => {
  // Twice the absorbed amplitude = intensity scattered out of the Bragg beams: (σ/κ)²∫f²(1 − D²)d²k.
  for (const symbol of ['Sr', 'O'] as const) {
    const f = scatteringFactor(symbol);
    const u2 = u2_A2[symbol];
    let integral = 0;
    for (let i = 0; i < 200_000; i++) {
      const k = (i + 0.5) * 5e-4;
      integral += 2 * Math.PI * k * 5e-4 * f(k * k) ** 2 * (1 - debyeWaller(u2, k * k) ** 2);
    }
    // Beyond 100 Å⁻¹ f falls as k⁻².
    integral += Math.PI * 100 ** 2 * f(1e4) ** 2;
    expect(Math.abs(diffuseIntegral(f, u2, 0) / integral - 1)).toBeLessThan(1e-3);
  }
});

/** Beams of a plane wave on the float32 kernel. */
async function beams(stack: SliceStack, exit: number): Promise<Float64Array> {
  const multislice = new Multislice(await SliceKernel.load(), stack, 300);
  const { nx, ny } = stack;
  const wave = planeWave(nx, ny, 0, 0);
  let out = new Float64Array();
  multislice.run(
    (panels) => toPanels(wave.re, wave.im, nx, ny, panels),
    [exit],
    {},
    (_, s) => {
      const { re, im } = fromPanels(s, nx, ny);
      out = re.map((r, i) => (r * r + im[i]! ** 2) / (nx * ny) ** 2);
    },
  );
  return out;
}

test('the kernel and the float64 reference absorb alike, whole faces included', async () => {
  const crystal = strontiumTitanate(a);
  for (const slicing of ['smooth', 'spline', 'whole-atom'] as const) {
    const options = { nx: 40, ny: 40, nSlices: slicing === 'whole-atom' ? 2 : 16, slicing, u2_A2 } as const;
    const stack = absorbingStack(crystal, options);
    const exit = 10 * options.nSlices;
    const want = planeWaveBeams(stack, [exit], { voltage_kV: 300 })[0]!;
    expect(r1(await beams(stack, exit), want)).toBeLessThan(1e-5);
    const lost = 1 - sum(want);
    console.log(`${slicing}: ${(100 * lost).toFixed(3)}% absorbed in 3.9 nm`);
    expect(lost).toBeGreaterThan(0.01);
  }
  expect(() => absorbingStack(crystal, { nx: 8, ny: 8, nSlices: 1, slicing: 'spline' })).toThrow(/vibrates/);
});

test('what absorption takes is what frozen phonons scatter, and what it leaves is their coherent part', async () => {
  const kernel = await SliceKernel.load();
  const crystal = strontiumTitanate(a);
  const cells = 12;
  const n = 96;
  const exit = 2 * cells;
  const slices = { nx: n, ny: n, nSlices: exit, slicing: 'whole-atom' } as const;
  const block = supercell(crystal, [2, 2, cells]);
  const size = n * n;
  const average = thermalAverage(kernel, block, { u2_A2, seed: 11, count: 60 }, slices, (multislice) =>
    amplitudes(multislice, exit),
  );
  const [re, im, intensity] = [0, 1, 2].map((part) => average.mean.subarray(part * size, (part + 1) * size));
  const coherent = coherentIntensity(re!, im!, intensity!, average.count);
  const diffuse = 1 - sum(coherent);
  const options = { nx: n / 2, ny: n / 2, nSlices: 2, slicing: 'whole-atom', u2_A2 } as const;
  const absorbed = await beams(absorbingStack(crystal, options), exit);
  const damped = await beams(sliceStack(crystal, options), exit);
  // Bragg beams: even indices of the supercell.
  const bragg = Float64Array.from({ length: size / 4 }, (_, i) => {
    const [h, k] = [frequency(i % (n / 2), n / 2), frequency(Math.floor(i / (n / 2)), n / 2)];
    return coherent[((2 * k + n) % n) * n + ((2 * h + n) % n)]!;
  });
  const lost = 1 - sum(absorbed);
  // W counts what is scattered anywhere; the snapshots' potentials end at the grid's Nyquist frequency (a disc of the same area).
  const within = (reach: number) => {
    let total = 0;
    for (const symbol of crystal.symbols) {
      const f = scatteringFactor(symbol);
      for (let k = 0.005; k < reach; k += 0.01) {
        total += k * f(k * k) ** 2 * (1 - debyeWaller(u2_A2[symbol as 'O'], k * k) ** 2);
      }
    }
    return total;
  };
  const share = within(n / (2 * a) / Math.sqrt(Math.PI)) / within(100);
  const [with_, without] = [r1(absorbed, bragg), r1(damped, bragg)];
  console.log(
    `SrTiO3, ${((cells * a) / 10).toFixed(1)} nm, ${average.count} snapshots: diffuse ${(100 * diffuse).toFixed(2)}%, absorbed ${(100 * lost).toFixed(2)}% (${(100 * lost * share).toFixed(2)}% within the grid); ` +
      `R1 of the Bragg beams with absorption ${(100 * with_).toFixed(2)}%, with the Debye–Waller factor alone ${(100 * without).toFixed(2)}%; ` +
      `I000, I100, I110, I200 frozen ${[0, 1, n / 2 + 1, 2].map((i) => bragg[i]!.toFixed(4)).join(' ')}, absorbing ${[0, 1, n / 2 + 1, 2].map((i) => absorbed[i]!.toFixed(4)).join(' ')}, Debye–Waller ${[0, 1, n / 2 + 1, 2].map((i) => damped[i]!.toFixed(4)).join(' ')}`,
  );
  expect(Math.abs((lost * share) / diffuse - 1)).toBeLessThan(0.03);
  expect(with_).toBeLessThan(without / 3);
});
