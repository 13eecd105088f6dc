/** Scattering factors and structure factors against published numbers and another program's tables. */

import { expect, test } from 'vitest';
import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { Fft2, frequency } from '../core/fft.ts';
import { BoxIntegral } from './box-integral.ts';
import { LOBATO } from './factor-tables.ts';
import { interactionConstant, wavelength } from './optics.ts';
import { scatteringFactor } from './scattering-factor.ts';
import { sliceStack } from './slices.ts';
import { sharedNpy, strontiumTitanate } from './test-structures.ts';

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
  test(`f_e and projected factors of Ba, Sr, Ti, O are abTEM’s to 1e-5: ${model}`, (ctx) => {
    for (const element of ['Ba', 'Sr', 'Ti', 'O']) {
      const table = sharedNpy(ctx, `fe_${element}_${model}`);
      const f = scatteringFactor(element, model);
      for (let i = 0; i < table.data.length; i += 3) {
        const [k, fe, projected] = [0, 1, 2].map((column) => Number(table.data[i + column])) as [
          number,
          number,
          number,
        ];
        expect(Math.abs(f(k * k) / fe - 1)).toBeLessThan(1e-5);
        expect(Math.abs((SCATTERING_TO_POTENTIAL * f(k * k)) / projected - 1)).toBeLessThan(1e-5);
      }
    }
  });

  test(`the projected potential of an atom on a grid is abTEM’s infinite projection: ${model}`, (ctx) => {
    for (const element of ['Ba', 'Sr', 'Ti', 'O']) {
      const n = 200;
      const re = Float64Array.from(sharedNpy(ctx, `atom_${element}_${model}_infinite`).data as Float64Array);
      const im = new Float64Array(n * n);
      new Fft2(n, n).run(re, im, -1);
      // abTEM divides its projections by sin κ/κ, κ = |k| in cycles per pixel (reference.json): undone here.
      const widening = (cycles: number) => (cycles === 0 ? 1 : cycles / Math.sin(cycles));
      const f = scatteringFactor(element, model);
      let worst = 0;
      for (let y = 0; y < n; y++) {
        for (let x = 0; x < n; x++) {
          if (x === n / 2 || y === n / 2) continue;
          const cycles = Math.hypot(frequency(x, n), frequency(y, n)) / n;
          const k2 = (cycles / 0.05) ** 2;
          const theirs = (Math.hypot(re[y * n + x]!, im[y * n + x]!) * 0.05 ** 2) / widening(cycles);
          worst = Math.max(worst, Math.abs(theirs / (SCATTERING_TO_POTENTIAL * f(k2)) - 1));
        }
      }
      expect(worst).toBeLessThan(1e-5);
    }
  });
}

test('Lobato in real space: V(r) is abTEM’s to 1e-5, and its integral along the beam the projected potential', (ctx) => {
  for (const element of ['Ba', 'Sr', 'Ti', 'O']) {
    const { a, b } = LOBATO[element]!;
    // V(r) = Σ A(2/(Br) + 1)e^(−Br), A = π²a/(b^(3/2)κ), B = 2π/√b
    const potential = (r: number) => {
      let sum = 0;
      for (let i = 0; i < a.length; i++) {
        const B = (2 * Math.PI) / Math.sqrt(b[i]!);
        const A = (Math.PI ** 2 * a[i]! * SCATTERING_TO_POTENTIAL) / b[i]! ** 1.5;
        sum += A * (2 / (B * r) + 1) * Math.exp(-B * r);
      }
      return sum;
    };
    const table = sharedNpy(ctx, `radial_${element}_lobato`);
    for (let i = 0; i < table.data.length; i += 3) {
      const [r, projected, v] = [0, 1, 2].map((column) => Number(table.data[i + column])) as [number, number, number];
      if (Math.abs(v) > 1e-6) expect(Math.abs(potential(r) / v - 1)).toBeLessThan(1e-5);
      if (i % 30 > 0 || projected < 1e-3) continue;
      let sum = 0; // z = r·sinh(u)
      for (let u = 0.005; u < 10; u += 0.01) sum += potential(r * Math.cosh(u)) * r * Math.cosh(u) * 0.02;
      expect(Math.abs(sum / projected - 1)).toBeLessThan(1e-4);
    }
  }
});

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
