/** Slices of tabulated atoms, and a scan in windows of them, against exact phases and direct multislice of the whole box. */

import { expect, test } from 'vitest';
import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { RollingSlices } from './rolling-slices.ts';
import { scatteringFactor } from './scattering-factor.ts';
import { r1 } from './test-structures.ts';
import { A, exact, exactStack, film, kernel, moved, place, scanOf, small, wide } from './test-wide-scan.ts';
import { widePatterns } from './wide-scan.ts';

test('slices lie where exact ones do, absorption too', () => {
  const scan = scanOf(small, { absorption: true });
  const [nx, ny] = scan.grid;
  const stack = exactStack(scan);
  const rolling = new RollingSlices(small, scan);
  let [v, v2, w, w2, sum] = [0, 0, 0, 0, 0];
  for (let s = 0; s < scan.nSlices; s++) {
    const got = rolling.next();
    const want = stack.slice(s);
    const lost = stack.diffuse!.slice(s);
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const at = ((x >> 2) * ny + y) * 4 + (x & 3);
        v += (got.v[at]! - want[y * nx + x]!) ** 2;
        v2 += want[y * nx + x]! ** 2;
        w += (got.w![at]! - lost[y * nx + x]!) ** 2;
        w2 += lost[y * nx + x]! ** 2;
        sum += got.v[at]!;
      }
    }
  }
  // The soft edge.
  expect(Math.sqrt(v / v2)).toBeLessThan(0.08);
  expect(Math.sqrt(w / w2)).toBeLessThan(0.2);
  const whole = small.symbols.reduce((f, symbol) => f + SCATTERING_TO_POTENTIAL * scatteringFactor(symbol)(0), 0);
  expect((sum * small.cell_A[0] * small.cell_A[1]) / (nx * ny) / whole).toBeCloseTo(1, 1.3);
});

test.each([
  [false, [0, 0], 2 / 3],
  [true, [3, -5], 2 / 3],
  [false, [3, -5], 1],
] as const)('patterns of the whole box: absorption %s, tilt %j, band limit %d', (absorption, tilt, bandLimit) => {
  const scan = scanOf(small, { absorption, bandLimit });
  const want = exact(scan, place, tilt);
  const [got, untilted] = widePatterns(
    kernel,
    scan,
    [tilt, [0, 0] as const].map((tilt_mrad) => ({ position_A: place, tilt_mrad })),
  ) as [Float64Array, Float64Array];
  expect(r1(got, want)).toBeLessThan(3e-3);
  if (tilt[0] !== 0) expect(r1(untilted, want)).toBeGreaterThan(10 * r1(got, want));
});

test('probe and atoms together may move anywhere, over the borders of the box and between its points', () => {
  const scan = scanOf(film([6, 5, 1]), { window: [60, 60] });
  const step = A / 20;
  const want = wide(scan, [11.3, 9.7]);
  const at = (dx: number, dy: number) =>
    wide({ ...scan, atoms: moved(scan.atoms, (_, axis) => [dx, dy, 0][axis]!) }, [11.3 + dx, 9.7 + dy]);
  // To whole panels and points nothing but rounding differs; the window then lies across two borders.
  expect(r1(at(48 * step, -44 * step), want)).toBeLessThan(1e-5);
  expect(r1(at(-60 * step, 31 * step), want)).toBeLessThan(1e-5);
  expect(r1(at(48 * step, 0), at(48.37 * step, 0.41 * step))).toBeLessThan(2e-3);
});

test('5 pm of Ti along the beam change a pattern as they do the exact one', () => {
  const up = moved(small, (atom, axis) => (axis === 2 && small.symbols[atom] === 'Ti' ? 0.05 : 0));
  const changes = [exact, wide].map((patterns) => {
    const [before, after] = [small, up].map((atoms) => patterns(scanOf(atoms), place, [2, 1])) as [
      Float64Array,
      Float64Array,
    ];
    return before.map((v, i) => after[i]! - v);
  }) as [Float64Array, Float64Array];
  let [off, all] = [0, 0];
  for (const [i, want] of changes[0].entries()) {
    off += Math.abs(changes[1][i]! - want);
    all += Math.abs(want);
  }
  expect(off / all).toBeLessThan(0.08);
});
