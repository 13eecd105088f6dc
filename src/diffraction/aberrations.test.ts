/** Aberrations against the figures of each coefficient, numerical gradients, and where a narrow beam through the aperture lands. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Aberrations, aberrationPhase, rayShift_A } from './aberrations.ts';
import { wavelength } from './optics.ts';
import { probeAmplitude } from './probe.ts';

const lambda = wavelength(300);

/** k [1/Å] of an angle [mrad] at azimuth [degrees]. */
const at = (mrad: number, degrees: number): [number, number] => {
  const k = (mrad * 1e-3) / lambda;
  return [k * Math.cos((degrees * Math.PI) / 180), k * Math.sin((degrees * Math.PI) / 180)];
};

test('χ of each coefficient: (2π/λ)·C·θ^(n+1)/(n+1) along its azimuth, its symmetry about it', () => {
  const theta = 25e-3;
  const cases: [aberrations: Aberrations, n: number, m: number, c_A: number][] = [
    [{ C12_nm: 2, phi12_deg: 17 }, 1, 2, 20],
    [{ C21_nm: 40, phi21_deg: 17 }, 2, 1, 400],
    [{ C23_nm: 40, phi23_deg: 17 }, 2, 3, 400],
    [{ C30_um: 1200 }, 3, 0, 1.2e7],
    [{ C32_um: 1.5, phi32_deg: 17 }, 3, 2, 1.5e4],
    [{ C34_um: 1.5, phi34_deg: 17 }, 3, 4, 1.5e4],
  ];
  for (const [aberrations, n, m, c_A] of cases) {
    const peak = ((2 * Math.PI) / lambda) * ((c_A * theta ** (n + 1)) / (n + 1));
    const chi = (degrees: number) => aberrationPhase(...at(25, degrees), lambda, aberrations);
    expect(chi(17) / peak).toBeCloseTo(1, 12);
    if (m === 0) {
      expect(chi(100) / peak).toBeCloseTo(1, 12);
      continue;
    }
    expect(chi(17 + 360 / m) / peak).toBeCloseTo(1, 12);
    expect(chi(17 + 180 / m) / peak).toBeCloseTo(-1, 12);
    expect(chi(17 + 90 / m) / peak).toBeCloseTo(0, 12);
  }
});

test('defocus and spherical aberration have opposite signs in χ: Scherzer’s balance', () => {
  // Underfocus (defocus > 0, C10 < 0) cancels Cs at θ² = 2·Δf/Cs: the textbook 4·∫ of a flat phase there.
  const Cs_um = 1000;
  const defocus_nm = 60;
  const theta = Math.sqrt((2 * defocus_nm * 1e-3) / Cs_um);
  const k = theta / lambda;
  const options = { wavelength_A: lambda, convergence_mrad: 50, defocus_nm, edge_mrad: 1 };
  const [re, im] = probeAmplitude(k, 0, 0, 0, { ...options, aberrations: { C30_um: Cs_um } });
  expect(Math.atan2(im, re)).toBeCloseTo(0, 9);
  const [, half] = probeAmplitude(k / 4, 0, 0, 0, { ...options, aberrations: { C30_um: Cs_um } });
  expect(half).toBeGreaterThan(0);
});

test('property: rays land at ∇χ/2π, against central differences', () => {
  const coefficient = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(
      fc.record({
        C12_nm: coefficient,
        phi12_deg: coefficient,
        C21_nm: coefficient,
        phi21_deg: coefficient,
        C23_nm: coefficient,
        phi23_deg: coefficient,
        C30_um: coefficient,
        C32_um: coefficient,
        phi32_deg: coefficient,
        C34_um: coefficient,
        phi34_deg: coefficient,
      }),
      fc.double({ min: 1, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 360, noNaN: true }),
      (aberrations, mrad, degrees) => {
        const [kx, ky] = at(mrad, degrees);
        const h = 1e-5;
        const chi = (x: number, y: number) => aberrationPhase(x, y, lambda, aberrations) / (2 * Math.PI);
        const [x, y] = rayShift_A(kx, ky, lambda, aberrations);
        const scale = 1e-6 * (1 + Math.abs(x) + Math.abs(y));
        expect(Math.abs((chi(kx + h, ky) - chi(kx - h, ky)) / (2 * h) - x)).toBeLessThan(scale);
        expect(Math.abs((chi(kx, ky + h) - chi(kx, ky - h)) / (2 * h) - y)).toBeLessThan(scale);
      },
    ),
    { numRuns: 200 },
  );
});

test('figures of the rays: coma’s circle at 60°, a round Cs disc, threefold and fourfold petals', () => {
  const theta = 20e-3;
  for (const degrees of [0, 40, 130, 250]) {
    const phi = (degrees * Math.PI) / 180;
    const k = at(20, degrees);
    const close = (got: readonly [number, number], want: readonly [number, number]) => {
      expect(got[0]).toBeCloseTo(want[0], 9);
      expect(got[1]).toBeCloseTo(want[1], 9);
    };
    const coma = (600 * theta ** 2) / 3;
    close(rayShift_A(...k, lambda, { C21_nm: 60 }), [coma * (2 + Math.cos(2 * phi)), coma * Math.sin(2 * phi)]);
    const sphere = 3e4 * theta ** 3;
    close(rayShift_A(...k, lambda, { C30_um: 3 }), [sphere * Math.cos(phi), sphere * Math.sin(phi)]);
    const three = 600 * theta ** 2;
    close(rayShift_A(...k, lambda, { C23_nm: 60 }), [three * Math.cos(2 * phi), -three * Math.sin(2 * phi)]);
    const four = 3e4 * theta ** 3;
    close(rayShift_A(...k, lambda, { C34_um: 3 }), [four * Math.cos(3 * phi), -four * Math.sin(3 * phi)]);
  }
});

test('a part of the probe’s spectrum lands where its ray does', () => {
  // A Gaussian window of the probe around k, transformed: the centre of mass of its intensity is r0 + ∇χ/2π averaged over it.
  const aberrations = { C12_nm: 3, phi12_deg: 30, C21_nm: 150, phi21_deg: -70, C30_um: 20, C34_um: 8, phi34_deg: 11 };
  const options = { wavelength_A: lambda, convergence_mrad: 40, defocus_nm: 12, edge_mrad: 1, aberrations };
  const centre = at(18, 65);
  const width = 0.02;
  const step = width / 4;
  const points: [kx: number, ky: number, re: number, im: number][] = [];
  for (let i = -16; i <= 16; i++) {
    for (let j = -16; j <= 16; j++) {
      const [kx, ky] = [centre[0] + i * step, centre[1] + j * step];
      const g = Math.exp(-((i * step) ** 2 + (j * step) ** 2) / (4 * width * width));
      const [re, im] = probeAmplitude(kx, ky, 1.3, -0.4, options);
      points.push([kx, ky, g * re, g * im]);
    }
  }
  let [sum, sx, sy] = [0, 0, 0];
  const [ox, oy] = rayShift_A(...centre, lambda, aberrations);
  // Defocus: χ = −πλ·Δf·k², so its rays land at −λ·Δf·k.
  const expected = [1.3 + ox - lambda * 120 * centre[0], -0.4 + oy - lambda * 120 * centre[1]] as const;
  for (let y = -40; y <= 40; y++) {
    for (let x = -40; x <= 40; x++) {
      const [rx, ry] = [expected[0] + x * 1, expected[1] + y * 1];
      let [re, im] = [0, 0];
      for (const [kx, ky, ar, ai] of points) {
        const angle = 2 * Math.PI * (kx * rx + ky * ry);
        re += ar * Math.cos(angle) - ai * Math.sin(angle);
        im += ar * Math.sin(angle) + ai * Math.cos(angle);
      }
      const I = re * re + im * im;
      sum += I;
      sx += I * rx;
      sy += I * ry;
    }
  }
  console.log(
    `ray at 18 mrad lands at ${expected.map((v) => v.toFixed(3)).join(', ')} Å; wave packet ${(sx / sum).toFixed(3)}, ${(sy / sum).toFixed(3)} Å`,
  );
  expect(Math.abs(sx / sum - expected[0])).toBeLessThan(0.05);
  expect(Math.abs(sy / sum - expected[1])).toBeLessThan(0.05);
});

test('no aberrations: the probe as before; a coefficient that is no number is refused', () => {
  const options = { wavelength_A: lambda, convergence_mrad: 21.4, defocus_nm: 7, edge_mrad: 1 };
  expect(probeAmplitude(0.4, -0.3, 1, 2, { ...options, aberrations: {} })).toEqual(
    probeAmplitude(0.4, -0.3, 1, 2, options),
  );
  expect(() => aberrationPhase(1, 0, lambda, { C30_um: Number.NaN })).toThrow(/not a number/);
});
