/** Scans against closed forms: kinematic dark field of one atom, Ehrenfest's theorem for the centre of mass, sums, and the direct patterns. */

import { expect, test } from 'vitest';
import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { Fft2, frequency } from '../core/fft.ts';
import { RandomStream } from '../core/random.ts';
import { detectorWeights, segments } from './angular-detector.ts';
import { annularScan, scanArea } from './annular-scan.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { directPatterns } from './direct.ts';
import { interactionConstant, wavelength } from './optics.ts';
import { ProbeWave } from './probe-wave.ts';
import { scatteringFactor } from './scattering-factor.ts';
import { sliceStack } from './slices.ts';
import { fromPanels } from './test-panels.ts';
import { perovskiteBlock } from './test-structures.ts';

const lambda = wavelength(300);
const sigma = interactionConstant(300);
const whole = { inner_mrad: 0, outer_mrad: Number.POSITIVE_INFINITY };
const probe = { wavelength_A: lambda, convergence_mrad: 21.4, defocus_nm: 0, edge_mrad: 1 };

test('one weak atom, plane wave: the annulus collects σ²/A·∫V²d²k', async () => {
  const kernel = await SliceKernel.load();
  const length = 12;
  const n = 192;
  const atom = { cell_A: [length, length, 4] as const, symbols: ['Sr'], positions_A: Float64Array.of(1, 2, 2) };
  const share = 0.02;
  const stack = sliceStack(
    { ...atom, occupancy: Float64Array.of(share) },
    { nx: n, ny: n, nSlices: 2, slicing: 'whole-atom' },
  );
  const multislice = new Multislice(kernel, stack, 300);
  // Narrower than one lattice point: the direct beam alone.
  const beam = { ...probe, convergence_mrad: 0.5, edge_mrad: 0.1 };
  const rings = [
    [20, 40],
    [40, 80],
    [62, 150],
  ] as const;
  const detectors = [
    ...rings.map(([inner_mrad, outer_mrad]) => ({ inner_mrad, outer_mrad })),
    ...rings.map(([inner_mrad, outer_mrad]) => ({ inner_mrad, outer_mrad, edges: 'centre' as const })),
  ];
  const got = annularScan(multislice, beam, { positions_A: [[0, 0]], detectors, exits: [2] });
  const f = scatteringFactor('Sr');
  for (const [i, [inner, outer]] of rings.entries()) {
    let integral = 0;
    const steps = 4000;
    for (let s = 0; s < steps; s++) {
      const k = (1e-3 * (inner + ((s + 0.5) * (outer - inner)) / steps)) / lambda;
      const dk = (1e-3 * (outer - inner)) / steps / lambda;
      integral += (share * SCATTERING_TO_POTENTIAL * f(k * k)) ** 2 * 2 * Math.PI * k * dk;
    }
    const want = (sigma ** 2 * integral) / length ** 2;
    console.log(
      `Sr, ${inner}–${outer} mrad: ${got[i]!.toExponential(3)} of the beam, closed form off by ${(100 * (got[i]! / want - 1)).toFixed(2)}% (pixel centres ${(100 * (got[i + 3]! / want - 1)).toFixed(2)}%)`,
    );
    expect(Math.abs(got[i]! / want - 1)).toBeLessThan(0.005);
  }
});

test('thin object: the centre of mass is σ/2π·∇V averaged over the probe (Ehrenfest)', async () => {
  const kernel = await SliceKernel.load();
  const cell = perovskiteBlock([3, 3, 1], 3.95, new RandomStream(7, 'com'));
  const n = 120;
  const u2_A2 = { Ba: 0.01, Sr: 0.01, Ti: 0.01, O: 0.01 };
  const stack = sliceStack(cell, { nx: n, ny: n, nSlices: 1, slicing: 'whole-atom', u2_A2 });
  // Nothing to propagate: the transmission function alone.
  const thin = { ...stack, dz_A: 0 };
  const multislice = new Multislice(kernel, thin, 300);
  const length = 3 * 3.95;
  const positions = [0, 1, 2, 3].map((i): [number, number] => [0.3 + (i * 4.7) / 3, 0.2 + (i * 2.9) / 3]);
  const moments = (['x', 'y'] as const).map((moment) => ({ ...whole, moment }));
  const got = annularScan(multislice, probe, { positions_A: positions, detectors: moments, exits: [1] });
  const v = stack.slice(0);
  const re = v.slice();
  const im = new Float64Array(n * n);
  const fft = new Fft2(n, n);
  fft.run(re, im, -1);
  const wave = new ProbeWave(multislice, probe);
  const panels = new Float32Array(2 * n * n);
  let worst = 0;
  for (const axis of [0, 1] as const) {
    const gr = re.map(
      (_, i) => ((-2 * Math.PI) / length) * frequency(axis === 0 ? i % n : Math.floor(i / n), n) * im[i]!,
    );
    const gi = re.map((r, i) => ((2 * Math.PI) / length) * frequency(axis === 0 ? i % n : Math.floor(i / n), n) * r);
    fft.run(gr, gi, 1);
    for (const [p, position] of positions.entries()) {
      wave.fill(position, panels);
      const psi = fromPanels(panels, n, n);
      let [flux, mean] = [0, 0];
      for (let i = 0; i < n * n; i++) {
        const I = psi.re[i]! ** 2 + psi.im[i]! ** 2;
        flux += I;
        mean += (I * gr[i]!) / (n * n);
      }
      const want = ((sigma * mean) / (2 * Math.PI * flux)) * lambda * 1e3;
      worst = Math.max(worst, Math.abs(got[axis * positions.length + p]! - want));
    }
  }
  console.log(
    `centre of mass, worst error ${worst.toExponential(1)} mrad of up to ${Math.max(...got.map(Math.abs)).toFixed(3)} mrad`,
  );
  expect(worst).toBeLessThan(2e-4);
});

test('flux, parts that sum to the whole, and the direct patterns integrated by hand', async () => {
  const kernel = await SliceKernel.load();
  const cell = perovskiteBlock([3, 3, 2], 3.95, new RandomStream(8, 'scan'));
  const n = 120;
  const stack = sliceStack(cell, {
    nx: n,
    ny: n,
    nSlices: 8,
    slicing: 'spline',
    u2_A2: { Ba: 0.006, Sr: 0.008, Ti: 0.006, O: 0.01 },
  });
  const multislice = new Multislice(kernel, stack, 300);
  const positions_A = scanArea([1, 2], [3.95, 3.95], [2, 2]);
  expect(positions_A[3]).toEqual([1 + 3.95 / 2, 2 + 3.95 / 2]);
  const rings = [
    { inner_mrad: 0, outer_mrad: 21.4 },
    ...segments(21.4, 62, 4),
    { inner_mrad: 62, outer_mrad: Number.POSITIVE_INFINITY },
  ];
  const exits = [8, 40];
  const options = { ...probe, defocus_nm: 3, aberrations: { C30_um: -8, C12_nm: 2, phi12_deg: 40 } };
  const got = annularScan(multislice, options, { positions_A, detectors: [whole, ...rings], exits });
  const signal = (exit: number, detector: number, p: number) => got[(exit * 7 + detector) * 4 + p]!;
  for (const [e, exit] of exits.entries()) {
    for (const [p, position] of positions_A.entries()) {
      expect(Math.abs(signal(e, 0, p) - 1)).toBeLessThan(1e-5);
      const parts = [1, 2, 3, 4, 5, 6].reduce((total, d) => total + signal(e, d, p), 0);
      expect(Math.abs(parts / signal(e, 0, p) - 1)).toBeLessThan(1e-9);
      const [pattern] = directPatterns(multislice, options, position, [0, 0], [exit], n);
      const shifted = { nx: n, ny: n, length_A: multislice.length_A };
      for (const [d, detector] of rings.entries()) {
        const w = detectorWeights(detector, shifted, lambda);
        let sum = 0;
        for (let i = 0; i < n * n; i++) {
          const [x, y] = [(i % n) - n / 2, Math.floor(i / n) - n / 2];
          sum += pattern!.intensity[i]! * w[((y + n) % n) * n + ((x + n) % n)]!;
        }
        expect(Math.abs(sum - signal(e, d + 1, p))).toBeLessThan(1e-6);
      }
    }
  }
});

test('what would be wrong without saying so is refused', async () => {
  const kernel = await SliceKernel.load();
  const zero = new Float64Array(64 * 64);
  const stack = { nx: 64, ny: 64, nSlices: 1, cell_A: [8, 8, 2] as const, dz_A: 2, slice: () => zero };
  const scan = { positions_A: [[0, 0]] as const, detectors: [{ inner_mrad: 10, outer_mrad: 60 }], exits: [1] };
  const limited = new Multislice(kernel, stack, 300, [1, 1], 2 / 3);
  // 78.7 mrad at Nyquist, 52.5 at the band limit.
  expect(() => annularScan(limited, probe, scan)).toThrow(/holds angles to 52.5 mrad/);
  const free = new Multislice(kernel, stack, 300);
  // Vacuum: the part of the aperture beyond 10 mrad.
  expect(Math.abs(annularScan(free, probe, scan)[0]! - (1 - (10 / 21.4) ** 2))).toBeLessThan(0.02);
  expect(() => annularScan(free, { ...probe, wavelength_A: wavelength(200) }, scan)).toThrow(/wavelength/);
  expect(() => annularScan(free, probe, { ...scan, exits: [3, 1] })).toThrow(/ascending/);
  expect(() => annularScan(free, { ...probe, convergence_mrad: 90 }, scan)).toThrow(/aperture reaches/);
  const stopped = { signal: AbortSignal.abort(), progress: () => {} };
  expect(() => annularScan(free, probe, scan, stopped)).toThrow(/Stopped/);
});
