/**
 * A HAADF and bright-field line of abTEM 1.0 (whole-atom slices a/2, static SrTiO3, 20 nm; test/oracles/README.md): from this room's slices, multislice and
 * detectors with abTEM's habits (test-abtem.ts), to float32's rounding, and as it comes from `annularScan`.
 */

import { expect, test } from 'vitest';
import { oracle } from '../../test/oracles/oracle.ts';
import { type AngularDetector, detectorWeights } from './angular-detector.ts';
import { annularScan } from './annular-scan.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { wavelength } from './optics.ts';
import { sliceStack } from './slices.ts';
import { abtemKernel, abtemProbe, abtemStack } from './test-abtem.ts';
import { intensities, r1, strontiumTitanate } from './test-structures.ts';

const lambda = wavelength(300);
const a = 3.905;
const [n, cells, repeats] = [512, 4, 51];
const grid = { nx: n, ny: n, length_A: [cells * a, cells * a] as const };
const table = oracle('haadf_sto_line').data;

const detectors = (edges: 'area' | 'centre'): AngularDetector[] => [
  { inner_mrad: 80, outer_mrad: 200, edges },
  { inner_mrad: 0, outer_mrad: 21.4, edges },
];

test('SrTiO3, 20 nm, Sr to O: abTEM’s HAADF and bright field, with its habits', async () => {
  // Planes in the middle of slices rather than on their edges: the same slices.
  const stack = abtemStack(strontiumTitanate(a), n / cells, n / cells, 2, 'lobato');
  const send = await abtemKernel(stack, cells, [2 * repeats], { voltage_kV: 300 });
  const weights = detectors('centre').map((detector) => detectorWeights(detector, grid, lambda));
  for (const row of [0, 3, 10]) {
    const [x, ...want] = table.subarray(3 * row, 3 * row + 3) as unknown as [number, number, number];
    send(abtemProbe(n, cells * a, x, 0, 21.4), (_, spectrum) => {
      const I = intensities(spectrum);
      const got = weights.map((w) => w.reduce((sum, share, i) => sum + share * I[i]!, 0));
      console.log(
        `x = ${x.toFixed(3)} Å: HAADF ${got[0]!.toFixed(7)} (abTEM ${want[0]!.toFixed(7)}), BF ${got[1]!.toFixed(7)} (abTEM ${want[1]!.toFixed(7)})`,
      );
      for (const d of [0, 1] as const) expect(Math.abs(got[d]! / want[d]! - 1)).toBeLessThan(2e-5);
    });
  }
  expect.assertions(6);
});

// The potential keeps all of the grid's frequencies; cut at 2/3 of Nyquist, as the propagator is, the Sr column would be 8% bright. Converged (768²
// without a limit) it is 0.4331.
test('SrTiO3, 20 nm: the line from annularScan, with a square band limit in the propagator', async () => {
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
  // abTEM counts whole pixels by their centres; what is left is the band's shape (a square, abTEM's a circle) and the probe's edge.
  expect(haadf).toBeLessThan(0.02);
  expect(bright).toBeLessThan(0.01);
  expect(areaHaadf).toBeLessThan(0.015);
  expect(areaBright).toBeLessThan(0.006);
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
