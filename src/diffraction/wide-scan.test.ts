/** Tabulated atoms, and a scan in windows of them: what is quick to check (wide-scan.slow.test.ts has the rest). */

import { expect, test } from 'vitest';
import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { FerroscopeError } from '../core/errors.ts';
import { AtomShares, RADII, RADII_PER_A, RadialTransform } from './atom-shares.ts';
import { debyeWaller, scatteringFactor } from './scattering-factor.ts';
import type { Atoms } from './slices.ts';
import { r1 } from './test-structures.ts';
import { A, exact, film, moved, place, scanOf, small, u2_A2, wide } from './test-wide-scan.ts';

test('shares of an atom add up to its projected potential, at Bragg frequencies too', () => {
  const dz = 0.395;
  const transform = new RadialTransform(20 / (2 * A));
  for (const [symbol, u2] of Object.entries(u2_A2)) {
    const f = scatteringFactor(symbol);
    const shares = new AtomShares(f, u2, dz, transform);
    const sum = new Float64Array(RADII);
    const row = new Float64Array(RADII);
    for (let slice = -shares.span; slice <= shares.span; slice++) {
      const count = shares.row(slice, 0.3, 1, row);
      for (let r = 0; r < count; r++) sum[r] = sum[r]! + row[r]!;
    }
    const projected = transform.run(
      transform.k.map((k) => SCATTERING_TO_POTENTIAL * f(k * k) * debyeWaller(u2, k * k)),
      transform.k.length,
    );
    const lacks = Math.max(
      ...[0, 0.1, 0.3, 1, 2].map((r) => Math.abs(sum[(r * RADII_PER_A) | 0]! - projected[(r * RADII_PER_A) | 0]!)),
    );
    // Back to frequencies, by rings: 0 and the reflections of the lattice.
    const [forward, first, second] = [0, 1 / A, 2 / A].map((k) => {
      let total = 0;
      for (let r = 1; r < RADII; r++) {
        const x = (2 * Math.PI * k * r) / RADII_PER_A;
        let j0 = 0;
        for (let a = 0; a < 64; a++) j0 += Math.cos(x * Math.cos((Math.PI * (a + 0.5)) / 128)) / 64;
        total += (2 * Math.PI * r * sum[r]! * j0) / RADII_PER_A ** 2;
      }
      return total / (SCATTERING_TO_POTENTIAL * f(k * k) * debyeWaller(u2, k * k)) - 1;
    }) as [number, number, number];
    expect(lacks / projected[0]!).toBeLessThan(3e-3);
    expect(Math.abs(forward)).toBeLessThan(0.04);
    expect(Math.abs(first)).toBeLessThan(0.01);
    expect(Math.abs(second)).toBeLessThan(0.005);
  }
});

test('nothing is lost without absorption and band limit', () => {
  const scan = scanOf(small, { bandLimit: 1, size: 40 });
  expect(Math.abs(wide(scan, place).reduce((a, b) => a + b) - 1)).toBeLessThan(1e-5);
});

test('a window of a wider box sees the atoms in it', () => {
  const box = film([7, 6, 1]);
  const scan = scanOf(box, { window: [80, 80], probe: { ...scanOf(box).probe, convergence_mrad: 12, edge_mrad: 6 } });
  const position = [3.5 * A + 0.3, 3 * A - 0.2] as const;
  // The corner that the scan takes: whole panels along x.
  const corner = [4 * Math.round((position[0] / (A / 20) - 40) / 4), Math.round(position[1] / (A / 20) - 40)];
  const inside = box.symbols.flatMap((_, i) => {
    const [x, y] = [
      box.positions_A[3 * i]! - (corner[0]! * A) / 20,
      box.positions_A[3 * i + 1]! - (corner[1]! * A) / 20,
    ];
    return x >= 0 && x < 4 * A && y >= 0 && y < 4 * A ? [{ i, at: [x, y, box.positions_A[3 * i + 2]!] }] : [];
  });
  const cut: Atoms = {
    cell_A: [4 * A, 4 * A, box.cell_A[2]],
    symbols: inside.map(({ i }) => box.symbols[i]!),
    positions_A: Float64Array.from(inside.flatMap(({ at }) => at)),
  };
  const local = [position[0] - (corner[0]! * A) / 20, position[1] - (corner[1]! * A) / 20] as const;
  const difference = r1(wide(scan, position), exact({ ...scan, atoms: cut, grid: [80, 80] }, local, [0, 0]));
  expect(difference).toBeLessThan(5e-3);
});

test('what does not fit is refused', () => {
  const tags = [
    scanOf(moved(small, (_, axis) => (axis === 2 ? -2 : 0))),
    scanOf(small, { window: [80, 40] }),
    scanOf(small, { size: 42 }),
    scanOf(small, { voltage_kV: 200 }),
    scanOf(small, { absorption: true, u2_A2: {} }),
  ].map((scan) => {
    try {
      wide(scan, place);
    } catch (error) {
      if (error instanceof FerroscopeError) return error.tag;
    }
    return 'no error';
  });
  expect(tags).toEqual(['range', 'range', 'range', 'range', 'range']);
});
