/** Slices of tabulated atoms, and a scan in windows of them, against exact phases and direct multislice of the whole box. */

import { expect, test } from 'vitest';
import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { FerroscopeError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { absorbingStack } from './absorption.ts';
import { AtomShares, RADII, RADII_PER_A, RadialTransform } from './atom-shares.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { directPatterns } from './direct.ts';
import { wavelength } from './optics.ts';
import { RollingSlices } from './rolling-slices.ts';
import { debyeWaller, scatteringFactor } from './scattering-factor.ts';
import { type Atoms, type SliceStack, sliceStack } from './slices.ts';
import { perovskiteBlock, r1 } from './test-structures.ts';
import { type WideScan, widePatterns } from './wide-scan.ts';

const A = 3.95;
const u2_A2 = { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 };
const lambda = wavelength(300);
const SIZE = 24;
const kernel = await SliceKernel.load();

/** A displaced block of cells[0] × cells[1] × cells[2] cells in 4.3 Å of vacuum before and behind. */
function film(cells: readonly [number, number, number]): Atoms {
  const block = perovskiteBlock(cells, A, new RandomStream(3, 'film'));
  return {
    ...block,
    cell_A: [cells[0] * A, cells[1] * A, cells[2] * A + 8.6],
    positions_A: block.positions_A.map((v, i) => (i % 3 === 2 ? v + 4.3 : v)),
  };
}

function moved(atoms: Atoms, by: (atom: number, axis: number) => number): Atoms {
  return { ...atoms, positions_A: atoms.positions_A.map((v, i) => v + by(Math.floor(i / 3), i % 3)) };
}

function scanOf(atoms: Atoms, more: Partial<WideScan> = {}): WideScan {
  const grid = [Math.round(atoms.cell_A[0] / A) * 20, Math.round(atoms.cell_A[1] / A) * 20] as const;
  return {
    atoms,
    u2_A2,
    grid,
    nSlices: Math.round(atoms.cell_A[2] / 0.395),
    window: grid,
    voltage_kV: 300,
    bandLimit: 2 / 3,
    factors: 'lobato',
    absorption: false,
    probe: { wavelength_A: lambda, convergence_mrad: 6, defocus_nm: 0, edge_mrad: 1 },
    size: SIZE,
    ...more,
  };
}

function exactStack({ atoms, grid, nSlices, absorption }: WideScan): SliceStack {
  const options = { nx: grid[0], ny: grid[1], nSlices, slicing: 'smooth', u2_A2 } as const;
  return absorption ? absorbingStack(atoms, options) : sliceStack(atoms, options);
}

type Pair = readonly [number, number];

function exact(scan: WideScan, position: Pair, tilt: Pair, stack = exactStack(scan)): Float64Array {
  const mark = kernel.mark();
  const multislice = new Multislice(kernel, stack, 300, [1, 1], scan.bandLimit);
  const [pattern] = directPatterns(multislice, scan.probe, position, tilt, [scan.nSlices], scan.size);
  kernel.release(mark);
  return pattern!.intensity;
}

function wide(scan: WideScan, position: Pair, tilt: Pair = [0, 0]): Float64Array {
  return widePatterns(kernel, scan, [{ position_A: position, tilt_mrad: tilt }])[0]!;
}

const small = film([2, 2, 6]);
const place = [5.321, 4.17] as const;

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
    console.log(
      `${symbol}: F(0) ${(100 * forward).toFixed(2)}%, 1/a ${(100 * first).toFixed(2)}%, 2/a ${(100 * second).toFixed(2)}%, V(r) within ${(lacks / projected[0]!).toExponential(1)} of the peak`,
    );
    expect(lacks / projected[0]!).toBeLessThan(3e-3);
    expect(Math.abs(forward)).toBeLessThan(0.04);
    expect(Math.abs(first)).toBeLessThan(0.01);
    expect(Math.abs(second)).toBeLessThan(0.005);
  }
});

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
  console.log(
    `rms of slices against exact ones: V ${Math.sqrt(v / v2).toExponential(1)}, W ${Math.sqrt(w / w2).toExponential(1)}`,
  );
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
  console.log(`R1 ${r1(got, want).toExponential(1)}`);
  expect(r1(got, want)).toBeLessThan(3e-3);
  if (tilt[0] !== 0) expect(r1(untilted, want)).toBeGreaterThan(10 * r1(got, want));
});

test('nothing is lost without absorption and band limit', () => {
  const scan = scanOf(small, { bandLimit: 1, size: 40 });
  expect(Math.abs(wide(scan, place).reduce((a, b) => a + b) - 1)).toBeLessThan(1e-5);
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
  console.log(`R1 of a window in a wider box ${difference.toExponential(1)}`);
  expect(difference).toBeLessThan(5e-3);
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
  console.log(`change by 5 pm of Ti along z: R1 ${all.toExponential(1)}, off by ${((100 * off) / all).toFixed(1)}%`);
  expect(off / all).toBeLessThan(0.08);
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
