/**
 * A HAADF and bright-field line of another program (abTEM 1.0, whole-atom slices a/2, static SrTiO3, 20 nm), from /work/shared/reference: with its habits
 * (test-abtem.ts) and as it comes from `annularScan`.
 */

import { expect, test } from 'vitest';
import { Fft2, frequency } from '../core/fft.ts';
import { type AngularDetector, detectorWeights } from './angular-detector.ts';
import { annularScan } from './annular-scan.ts';
import { Multislice } from './cpu/multislice.ts';
import { panelIndex, toPanels } from './cpu/panels.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { interactionConstant, wavelength } from './optics.ts';
import { sliceStack } from './slices.ts';
import { abtemAperture, abtemProbe, abtemStack } from './test-abtem.ts';
import { r1, sharedNpy, strontiumTitanate } from './test-structures.ts';

const lambda = wavelength(300);
const a = 3.905;
const [n, cells, repeats] = [512, 4, 51];
const grid = { nx: n, ny: n, length_A: [cells * a, cells * a] as const };

/** abTEM's multislice of one probe, its signals: transforms by the kernel (a vacuum slice), the rest as test-abtem.ts does it, in panels, float32. */
async function abtemSignals(positions: readonly number[], detectors: readonly AngularDetector[]): Promise<number[][]> {
  const zero = new Float64Array(n * n);
  const vacuum = { nx: n, ny: n, nSlices: 1, cell_A: [cells * a, cells * a, 1] as const, dz_A: 1, slice: () => zero };
  const kernel = await SliceKernel.load();
  const fourier = new Multislice(kernel, vacuum, 300);
  const transform = (field: Float32Array, to: Float32Array) =>
    fourier.run(
      (panels) => panels.set(field),
      [0],
      {},
      (_, s) => to.set(s),
    );
  const aperture = abtemAperture((cells * a) / n);
  // Planes in the middle of slices rather than on their edges: the same slices.
  const stack = abtemStack(strontiumTitanate(a), n / cells, n / cells, 2, 'lobato');
  const sigma = interactionConstant(300);
  const m = n / cells;
  const small = new Fft2(m, m);
  const slices = [0, 1].map((s) => {
    const v = stack.slice(s);
    const re = v.map((x) => Math.cos(sigma * x));
    const im = v.map((x) => Math.sin(sigma * x));
    small.run(re, im, -1);
    for (let i = 0; i < m * m; i++) {
      const w = aperture(Math.hypot(frequency(i % m, m), frequency(Math.floor(i / m), m)) / a) / (m * m);
      re[i] = re[i]! * w;
      im[i] = im[i]! * w;
    }
    small.run(re, im, 1);
    const t = new Float32Array(2 * n * n);
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++) {
        const at = panelIndex(x, y, n);
        t[at] = re[(y % m) * m + (x % m)]!;
        t[at + 4] = im[(y % m) * m + (x % m)]!;
      }
    }
    return t;
  });
  const propagator = new Float32Array(2 * n * n);
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const k = Math.hypot(frequency(x, n), frequency(y, n)) / (cells * a);
      const angle = -Math.PI * lambda * (a / 2) * k * k;
      const at = panelIndex(x, y, n);
      propagator[at] = (aperture(k) * Math.cos(angle)) / (n * n);
      propagator[at + 4] = (aperture(k) * Math.sin(angle)) / (n * n);
    }
  }
  /** field ← field·factor, conjugated where `conjugate`. */
  const multiply = (field: Float32Array, factor: Float32Array, conjugate: boolean) => {
    for (let i = 0; i < field.length; i += 8) {
      for (let k = i; k < i + 4; k++) {
        const [r, q, c, s] = [field[k]!, field[k + 4]!, factor[k]!, factor[k + 4]!];
        field[k] = r * c - q * s;
        field[k + 4] = conjugate ? -(r * s + q * c) : r * s + q * c;
      }
    }
  };
  const weights = detectors.map((detector) => detectorWeights(detector, grid, lambda));
  const psi = new Float32Array(2 * n * n);
  const spectrum = new Float32Array(2 * n * n);
  return positions.map((x) => {
    const wave = abtemProbe(n, cells * a, x, 0, 21.4);
    toPanels(wave.re, wave.im, n, n, psi);
    for (let s = 0; s < 2 * repeats; s++) {
      multiply(psi, slices[s % 2]!, false);
      transform(psi, spectrum);
      // An inverse transform is a forward one between conjugations.
      multiply(spectrum, propagator, true);
      transform(spectrum, psi);
      for (let i = 0; i < psi.length; i += 8) for (let k = i + 4; k < i + 8; k++) psi[k] = -psi[k]!;
    }
    transform(psi, spectrum);
    return weights.map((w) =>
      w.reduce((sum, share, i) => {
        if (share === 0) return sum;
        const at = panelIndex(i % n, Math.floor(i / n), n);
        return sum + (share * (spectrum[at]! ** 2 + spectrum[at + 4]! ** 2)) / n ** 4;
      }, 0),
    );
  });
}

const detectors = (edges: 'area' | 'centre'): AngularDetector[] => [
  { inner_mrad: 80, outer_mrad: 200, edges },
  { inner_mrad: 0, outer_mrad: 21.4, edges },
];

test('SrTiO3, 20 nm, Sr to O: abTEM’s HAADF and bright field, with its habits', async (context) => {
  const table = sharedNpy(context, 'haadf_sto_line').data as Float64Array;
  const rows = [0, 3, 10];
  const got = await abtemSignals(
    rows.map((row) => table[3 * row]!),
    detectors('centre'),
  );
  for (const [i, row] of rows.entries()) {
    for (const d of [0, 1] as const) expect(Math.abs(got[i]![d]! / table[3 * row + 1 + d]! - 1)).toBeLessThan(2e-5);
    console.log(
      `x = ${table[3 * row]!.toFixed(3)} Å: HAADF ${got[i]![0]!.toFixed(7)} (abTEM ${table[3 * row + 1]!.toFixed(7)}), BF ${got[i]![1]!.toFixed(7)} (abTEM ${table[3 * row + 2]!.toFixed(7)})`,
    );
  }
});

// The potential keeps all of the grid's frequencies; cut at 2/3 of Nyquist, as the propagator is, the Sr column would be 8% bright. Converged (768²
// without a limit) it is 0.4331.
test('SrTiO3, 20 nm: the line from annularScan, with a square band limit in the propagator', async (context) => {
  const table = sharedNpy(context, 'haadf_sto_line').data as Float64Array;
  // Symmetric about the O column: half of the line.
  const column = (i: number) => Float64Array.from({ length: 11 }, (_, row) => table[3 * row + i]!);
  const stack = sliceStack(strontiumTitanate(a), { nx: n / cells, ny: n / cells, nSlices: 2, slicing: 'whole-atom' });
  const probe = {
    wavelength_A: lambda,
    convergence_mrad: 21.4,
    defocus_nm: 0,
    edge_mrad: (1e3 * lambda) / (cells * a),
  };
  const multislice = new Multislice(await SliceKernel.load(), stack, 300, [cells, cells], 2 / 3);
  const positions_A = Array.from(column(0), (x) => [x, 0] as const);
  const got = annularScan(multislice, probe, {
    positions_A,
    detectors: [...detectors('centre'), ...detectors('area')],
    exits: [2 * repeats],
  });
  const signals = [0, 1, 2, 3].map((d) => got.subarray(11 * d, 11 * d + 11));
  const [haadf, bright] = signals.map((signal, d) => r1(signal, column(1 + (d % 2)))) as [number, number];
  const pearson = correlation(signals[0]!, column(1));
  const [areaHaadf, areaBright] = [r1(signals[2]!, column(1)), r1(signals[3]!, column(2))];
  const percent = (x: number) => `${(100 * x).toFixed(2)}%`;
  console.log(
    `annularScan against abTEM: R1 HAADF ${percent(haadf)}, BF ${percent(bright)} (edges by area ${percent(areaHaadf)}, ${percent(areaBright)}), ` +
      `correlation of the profile ${pearson.toFixed(6)}; Sr column ${signals[0]![0]!.toFixed(4)} (abTEM ${column(1)[0]!.toFixed(4)}), O column ${signals[0]![10]!.toFixed(5)} (${column(1)[10]!.toFixed(5)})`,
  );
  expect(haadf).toBeLessThan(0.03);
  expect(bright).toBeLessThan(0.01);
  expect(pearson).toBeGreaterThan(0.9999);
});

function correlation(x: Float64Array, y: Float64Array): number {
  const mean = (v: Float64Array) => v.reduce((s, e) => s + e, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const dot = (f: (i: number) => number) => x.reduce((s, _, i) => s + f(i), 0);
  return (
    dot((i) => (x[i]! - mx) * (y[i]! - my)) / Math.sqrt(dot((i) => (x[i]! - mx) ** 2) * dot((i) => (y[i]! - my) ** 2))
  );
}
