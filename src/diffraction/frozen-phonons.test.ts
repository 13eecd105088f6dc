/** Frozen phonons against the Debye–Waller factor, kinematic diffuse scattering in closed form, and flux. */

import { expect, test } from 'vitest';
import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { frequency } from '../core/fft.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { frozenPhonon, RunningMean, supercell } from './frozen-phonons.ts';
import { interactionConstant } from './optics.ts';
import { debyeWaller, scatteringFactor } from './scattering-factor.ts';
import { type Atoms, sliceStack } from './slices.ts';
import { planeWaveBeams, r1, strontiumTitanate } from './test-structures.ts';
import { amplitudes, coherentIntensity, thermalAverage } from './test-thermal.ts';

const u2_A2 = { Sr: 0.0079, Ti: 0.0056, O: 0.0092 };
const a = 3.905;

test('snapshots: named by seed, number and atom; variance u² on every axis', () => {
  const atoms = supercell(strontiumTitanate(a), [8, 8, 8]);
  const one = frozenPhonon(atoms, u2_A2, 5, 3);
  expect(frozenPhonon(atoms, u2_A2, 5, 3)).toEqual(one);
  // The first atoms of a smaller structure move alike.
  const few = { ...atoms, symbols: atoms.symbols.slice(0, 7), positions_A: atoms.positions_A.slice(0, 21) };
  expect(frozenPhonon(few, u2_A2, 5, 3).positions_A).toEqual(one.positions_A.slice(0, 21));
  for (const other of [frozenPhonon(atoms, u2_A2, 5, 4), frozenPhonon(atoms, u2_A2, 6, 3)]) {
    expect(other.positions_A[0]).not.toBe(one.positions_A[0]);
  }
  for (const [symbol, u2] of Object.entries(u2_A2)) {
    for (let axis = 0; axis < 3; axis++) {
      let [n, sum, square] = [0, 0, 0];
      for (const [i, s] of atoms.symbols.entries()) {
        if (s !== symbol) continue;
        const d = one.positions_A[3 * i + axis]! - atoms.positions_A[3 * i + axis]!;
        n++;
        sum += d;
        square += d * d;
      }
      expect(Math.abs(square / n / u2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
      expect(Math.abs(sum / n)).toBeLessThan(4 * Math.sqrt(u2 / n));
    }
  }
  expect(() => frozenPhonon(atoms, { Sr: 0.01, Ti: 0.01 }, 1, 0)).toThrow(/O has no/);
  expect(() => frozenPhonon(atoms, { Sr: 0.01, Ti: 0.01, O: -1 }, 1, 0)).toThrow(/O has no/);
});

test('a running mean and its standard error, against the two-pass formulae', () => {
  const mean = new RunningMean();
  const rows = [
    [1, 1e6 + 1],
    [2, 1e6 + 2],
    [4, 1e6 - 5],
    [-3, 1e6 + 9],
  ];
  mean.add(rows[0]!);
  expect(mean.standardError()[0]).toBe(Number.POSITIVE_INFINITY);
  for (const row of rows.slice(1)) mean.add(row);
  for (const c of [0, 1]) {
    const m = rows.reduce((s, row) => s + row[c]!, 0) / 4;
    const v = rows.reduce((s, row) => s + (row[c]! - m) ** 2, 0) / 3;
    expect(mean.mean[c]! / m).toBeCloseTo(1, 12);
    expect(mean.standardError()[c]! / Math.sqrt(v / 4)).toBeCloseTo(1, 9);
  }
  expect(() => mean.add([1])).toThrow(/average of 2 values got 1/);
});

test('the mean potential of many snapshots is the Debye–Waller damped one', () => {
  const atoms = strontiumTitanate(a);
  const options = { nx: 32, ny: 32, nSlices: 1, slicing: 'whole-atom' } as const;
  const mean = new RunningMean();
  for (let i = 0; i < 3000; i++) mean.add(sliceStack(frozenPhonon(atoms, u2_A2, 1, i), options).slice(0));
  const want = sliceStack(atoms, { ...options, u2_A2 }).slice(0);
  const error = mean.standardError();
  const chi2 = want.reduce((s, v, i) => s + ((mean.mean[i]! - v) / error[i]!) ** 2, 0) / want.length;
  const at = r1(mean.mean.map(Math.abs), want.map(Math.abs));
  const still = r1(sliceStack(atoms, options).slice(0).map(Math.abs), want.map(Math.abs));
  console.log(
    `mean potential of 3000 snapshots: R1 ${(100 * at).toFixed(2)}% (atoms at rest ${(100 * still).toFixed(1)}%), mean squared deviation ${chi2.toFixed(2)} standard errors²`,
  );
  expect(at).toBeLessThan(still / 10);
  expect(chi2).toBeGreaterThan(0.2);
  expect(chi2).toBeLessThan(2.5);
});

test('thin and weak: diffuse intensity between the Bragg beams is (σ/A)²ΣV²(1 − D²), in closed form', async () => {
  const atoms = supercell(strontiumTitanate(a), [2, 2, 1]);
  const share = 0.05;
  const weak: Atoms = { ...atoms, occupancy: new Float64Array(atoms.symbols.length).fill(share) };
  const n = 56;
  const slices = { nx: n, ny: n, nSlices: 2, slicing: 'whole-atom' } as const;
  const kernel = await SliceKernel.load();
  const average = thermalAverage(kernel, weak, { u2_A2, seed: 2, count: 300 }, slices, (multislice) =>
    amplitudes(multislice, 2),
  );
  const sigma = interactionConstant(300);
  const factors = new Map(atoms.symbols.map((s) => [s, scatteringFactor(s)]));
  let [got, want, worst] = [0, 0, 0];
  const error = average.standardError();
  for (let i = 0; i < n * n; i++) {
    const [h, k] = [frequency(i % n, n), frequency(Math.floor(i / n), n)];
    // Between the Bragg beams, inside a disc.
    if ((h % 2 === 0 && k % 2 === 0) || Math.hypot(h, k) > 20) continue;
    const k2 = (h * h + k * k) / (2 * a) ** 2;
    let closed = 0;
    for (const symbol of atoms.symbols) {
      const v = share * SCATTERING_TO_POTENTIAL * factors.get(symbol)!(k2);
      closed += ((sigma * v) / (2 * a) ** 2) ** 2 * (1 - debyeWaller(u2_A2[symbol as 'Sr'], k2) ** 2);
    }
    got += average.mean[2 * n * n + i]!;
    want += closed;
    worst = Math.max(worst, Math.abs(average.mean[2 * n * n + i]! - closed) / error[2 * n * n + i]!);
  }
  console.log(
    `diffuse between the beams: ${got.toExponential(3)} of the beam, closed form ${want.toExponential(3)} (${(100 * (got / want - 1)).toFixed(2)}%); worst point off by ${worst.toFixed(1)} standard errors`,
  );
  expect(Math.abs(got / want - 1)).toBeLessThan(0.02);
  expect(worst).toBeLessThan(5);
});

test('flux is 1; the diffuse part grows with thickness; the coherent part of a thin crystal is that of the Debye–Waller factor', async () => {
  const kernel = await SliceKernel.load();
  const n = 64;
  const rows: [nm: number, diffuse: number, between: number, R1: number][] = [];
  for (const cells of [1, 4]) {
    const crystal = strontiumTitanate(a);
    const slices = { nx: n, ny: n, nSlices: 2 * cells, slicing: 'whole-atom' } as const;
    const block = supercell(crystal, [2, 2, cells]);
    const average = thermalAverage(kernel, block, { u2_A2, seed: 3, count: 160 }, slices, (multislice) =>
      amplitudes(multislice, 2 * cells),
    );
    const [re, im, intensity] = [0, 1, 2].map((part) => average.mean.subarray(part * n * n, (part + 1) * n * n));
    const coherent = coherentIntensity(re!, im!, intensity!, average.count);
    const sum = (v: Float64Array) => v.reduce((x, y) => x + y, 0);
    expect(Math.abs(sum(intensity!) - 1)).toBeLessThan(1e-5);
    const bragg = (i: number) => frequency(i % n, n) % 2 === 0 && frequency(Math.floor(i / n), n) % 2 === 0;
    // Between Bragg beams nothing is coherent.
    const between = coherent.reduce((s, I, i) => s + (bragg(i) ? 0 : I), 0);
    expect(Math.abs(between)).toBeLessThan(0.02 * (1 - sum(coherent)));
    const background = intensity!.reduce((s, I, i) => s + (bragg(i) ? 0 : I), 0);
    const still = sliceStack(supercell(crystal, [2, 2, 1]), { nx: n, ny: n, nSlices: 2, slicing: 'whole-atom', u2_A2 });
    const damped = planeWaveBeams(still, [2 * cells], { voltage_kV: 300 })[0]!;
    rows.push([(cells * a) / 10, 1 - sum(coherent), background, r1(coherent, damped)]);
  }
  for (const [nm, diffuse, between, difference] of rows) {
    console.log(
      `${nm.toFixed(2)} nm: diffuse ${(100 * diffuse).toFixed(2)}%, ${(100 * between).toFixed(2)}% between the Bragg beams, R1 of the coherent part against Debye–Waller ${(100 * difference).toFixed(2)}%`,
    );
  }
  expect(rows[0]![3]).toBeLessThan(0.003);
  for (const part of [1, 2] as const) expect(rows[1]![part]).toBeGreaterThan(2.5 * rows[0]![part]);
});
