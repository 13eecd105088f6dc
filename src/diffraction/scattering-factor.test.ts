/** Scattering factors and structure factors against published numbers and another program's tables. */

import { expect, test } from 'vitest';
import { oracle } from '../../test/oracles/oracle.ts';
import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { Fft2 } from '../core/fft.ts';
import { elementsOf, materialNames, perovskiteOf } from '../crystal/crystal-perovskite.ts';
import { BoxIntegral } from './box-integral.ts';
import { LOBATO } from './factor-tables.ts';
import { interactionConstant, wavelength } from './optics.ts';
import { scatteringFactor } from './scattering-factor.ts';
import { sliceStack } from './slices.ts';
import { abtemStack } from './test-abtem.ts';
import { strontiumTitanate } from './test-structures.ts';

const ELEMENTS = ['Ba', 'Sr', 'Ti', 'O'] as const;

test('every element of the built-in perovskites has a factor in both tables', () => {
  for (const material of materialNames.filter((name) => name !== 'given')) {
    for (const element of elementsOf(perovskiteOf({ material }))) {
      for (const table of ['lobato', 'kirkland'] as const) {
        expect(scatteringFactor(element, table)(0)).toBeGreaterThan(1);
        expect(scatteringFactor(element, table)(4)).toBeGreaterThan(0.1);
      }
    }
  }
});

test('wavelength and interaction constant: Kirkland’s table', () => {
  expect(wavelength(300)).toBeCloseTo(0.01968749, 8);
  const table = [
    [10, 2.599],
    [60, 1.1356],
    [100, 0.9244],
    [200, 0.7288],
    [300, 0.6526],
    [800, 0.5503],
  ] as const;
  for (const [kV, sigma] of table) expect(Math.abs((interactionConstant(kV) * 1e3) / sigma - 1)).toBeLessThan(1e-4);
});

test('Lobato f_e at k = 0, 0.25, 0.5, 1, 2 1/Å', () => {
  const table = {
    Ba: [18.2696, 10.0371, 5.5391, 2.5115, 0.9001],
    Sr: [13.1099, 7.2408, 3.8649, 1.742, 0.6473],
    Ti: [8.7797, 5.3725, 2.8556, 1.2223, 0.3939],
    O: [2.0291, 1.7507, 1.2318, 0.5427, 0.1586],
  };
  for (const [element, values] of Object.entries(table)) {
    const f = scatteringFactor(element);
    for (const [i, k] of [0, 0.25, 0.5, 1, 2].entries()) expect(f(k * k)).toBeCloseTo(values[i]!, 4);
  }
});

test('SrTiO3 at 200 kV, Kirkland, with B factors: U100, U110, U200 (the Felix sample) to 1e-4', () => {
  const B = { Sr: 0.4153, Ti: 1.1035, O: 0.8888 };
  const n = 16;
  const stack = sliceStack(strontiumTitanate(3.8996), {
    nx: n,
    ny: n,
    nSlices: 4,
    slicing: 'spline',
    factors: 'kirkland',
    u2_A2: Object.fromEntries(Object.entries(B).map(([symbol, b]) => [symbol, b / (8 * Math.PI ** 2)])),
  });
  const re = new Float64Array(n * n);
  for (let s = 0; s < 4; s++) for (const [i, v] of stack.slice(s).entries()) re[i] = re[i]! + v / (3.8996 * n * n);
  const im = new Float64Array(n * n);
  new Fft2(n, n).run(re, im, -1);
  // U_g = 2meγV_g/h² = σV_g/(πλ)
  const toU = interactionConstant(200) / (Math.PI * wavelength(200));
  const U = [re[1]! * toU, re[n + 1]! * toU, re[2]! * toU];
  console.log(`U100, U110, U200 of SrTiO3 [1/Å²]: ${U.map((u) => u.toPrecision(6)).join(', ')}`);
  for (const [i, want] of [0.00111059, 0.0559294, 0.0722129].entries())
    expect(Math.abs(U[i]! / want - 1)).toBeLessThan(1e-4);
});

for (const model of ['lobato', 'kirkland'] as const) {
  test.each(ELEMENTS)(`f_e and projected factor of %s are abTEM’s to 1e-5: ${model}`, (element) => {
    const { data } = oracle(`fe_${element}_${model}`);
    const f = scatteringFactor(element, model);
    for (let i = 0; i < data.length; i += 3) {
      const [k, fe, projected] = data.subarray(i, i + 3) as unknown as [number, number, number];
      expect(Math.abs(f(k * k) / fe - 1)).toBeLessThan(1e-5);
      expect(Math.abs((SCATTERING_TO_POTENTIAL * f(k * k)) / projected - 1)).toBeLessThan(1e-5);
    }
  });

  test.each(ELEMENTS)(
    `the slice of one %s atom is abTEM’s infinite projection, widened as abTEM’s: ${model}`,
    (element) => {
      const { data } = oracle(`atom_${element}_${model}_infinite`);
      const n = 200;
      const atom = { cell_A: [10, 10, 10] as const, symbols: [element], positions_A: Float64Array.of(5, 5, 5) };
      const v = abtemStack(atom, n, n, 1, model).slice(0);
      const at = (x: number, y: number) => v[((n / 2 + y) % n) * n + ((n / 2 + x) % n)]!;
      const cuts = [
        (i: number) => at(i, 0),
        (i: number) => at(i, i),
        (i: number) => Array.from({ length: n }, (_, y) => at(i, y)).reduce((a, b) => a + b),
      ];
      for (const [c, cut] of cuts.entries()) {
        for (let i = 0; i <= n / 2; i++) {
          // Of the value itself, down to the last digits of the sum over frequencies.
          const want = data[c * 101 + i]!;
          expect(Math.abs(cut(i) - want)).toBeLessThan(1e-5 * Math.abs(want) + 1e-9 * data[c * 101]!);
        }
      }
    },
  );
}

test.each(ELEMENTS)(
  'box integrals of %s, Lobato: what abTEM’s V(r) has between two planes, at k⊥ = 0, 0.4, 1',
  (element) => {
    const { data } = oracle(`radial_${element}_lobato`);
    const f = scatteringFactor(element);
    const box = new BoxIntegral(f, 0, 24, 1);
    const k = Float64Array.of(0, 0.4, 1);
    /** Mean of exp(2πi·k·ρ) over the directions of ρ: the Bessel function J0(2πkρ). */
    const bessel = (x: number) => {
      let sum = 0;
      for (let i = 0; i < 32; i++) sum += Math.cos(x * Math.cos((Math.PI * (i + 0.5)) / 32)) / 32;
      return sum;
    };
    for (const [z0, z1] of [
      [0, 0.2],
      [0.2, 0.7],
      [0.7, 2],
    ] as const) {
      const got = new Float64Array(3);
      box.fractions(z0, z1 - z0, k, got);
      for (const [j, kj] of k.entries()) {
        // Shell by shell: 2πrV dr, times ∫ J0(2πk√(r² − z²)) dz over the shell's part between the planes. dr = r d(ln r).
        const shells = Array.from({ length: data.length / 2 }, (_, i) => {
          const [r, V] = data.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
          const length = Math.min(r, z1) - z0;
          if (length <= 0) return 0;
          let sum = 0;
          for (let s = 0; s < 40; s++) {
            const z = z0 + ((s + 0.5) / 40) * length;
            sum += (bessel(2 * Math.PI * kj * Math.sqrt(r * r - z * z)) * length) / 40;
          }
          return 2 * Math.PI * r * r * V * sum;
        });
        const step = Math.log(data[2]! / data[0]!);
        const integral = shells.reduce((a, b) => a + b) * step;
        const want = integral / (SCATTERING_TO_POTENTIAL * f(kj * kj));
        // What the table's steps in r and its start at 0.005 Å allow.
        expect(Math.abs(got[j]! - want)).toBeLessThan(2e-3 * want + 2e-4);
      }
    }
  },
);

test('box integral: fractions tile to 1, and give the closed form of Lobato’s projected potential at k⊥ = 0', () => {
  const { a, b } = LOBATO.Ti!;
  const cumulative = (z: number) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) {
      const s = (2 * Math.PI) / Math.sqrt(b[i]!);
      // f = a[1/(1+bk²) + 1/(1+bk²)²]: transforms (s/2)e^{−s|z|} and (s/4)(1 + s|z|)e^{−s|z|}; integrals from −∞ to −|z| below.
      const e = Math.exp(-s * Math.abs(z));
      const tail = e / 2 + (e * (2 + s * Math.abs(z))) / 4;
      sum += a[i]! * (z < 0 ? tail : 2 - tail);
    }
    return sum / scatteringFactor('Ti')(0);
  };
  const box = new BoxIntegral(scatteringFactor('Ti'), 0, 24, 1);
  const k = new Float64Array([0]);
  const out = new Float64Array(1);
  let total = 0;
  for (let s = 0; s < 240; s++) {
    box.fractions(-12 + 0.1 * s, 0.1, k, out);
    total += out[0]!;
    if (Math.abs(s - 120) < 20) {
      const want = cumulative(-12 + 0.1 * (s + 1)) - cumulative(-12 + 0.1 * s);
      expect(Math.abs(out[0]! - want)).toBeLessThan(2e-5);
    }
  }
  expect(total).toBeCloseTo(1, 6);
});
