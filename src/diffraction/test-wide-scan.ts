/** A small film in vacuum, and what wide scans of it are held against: exact phases and direct multislice of the whole box. Not a test. */

import { RandomStream } from '../core/random.ts';
import { absorbingStack } from './absorption.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { directPatterns } from './direct.ts';
import { wavelength } from './optics.ts';
import { type Atoms, type SliceStack, sliceStack } from './slices.ts';
import { perovskiteBlock } from './test-structures.ts';
import { type WideScan, widePatterns } from './wide-scan.ts';

export const A = 3.95;
export const u2_A2 = { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 };
export const lambda = wavelength(300);
export const SIZE = 24;
export const kernel = await SliceKernel.load();

/** A displaced block of cells[0] × cells[1] × cells[2] cells in 4.3 Å of vacuum before and behind. */
export function film(cells: readonly [number, number, number]): Atoms {
  const block = perovskiteBlock(cells, A, new RandomStream(3, 'film'));
  return {
    ...block,
    cell_A: [cells[0] * A, cells[1] * A, cells[2] * A + 8.6],
    positions_A: block.positions_A.map((v, i) => (i % 3 === 2 ? v + 4.3 : v)),
  };
}

export function moved(atoms: Atoms, by: (atom: number, axis: number) => number): Atoms {
  return { ...atoms, positions_A: atoms.positions_A.map((v, i) => v + by(Math.floor(i / 3), i % 3)) };
}

export function scanOf(atoms: Atoms, more: Partial<WideScan> = {}): WideScan {
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

export function exactStack({ atoms, grid, nSlices, absorption }: WideScan): SliceStack {
  const options = { nx: grid[0], ny: grid[1], nSlices, slicing: 'smooth', u2_A2 } as const;
  return absorption ? absorbingStack(atoms, options) : sliceStack(atoms, options);
}

export type Pair = readonly [number, number];

export function exact(scan: WideScan, position: Pair, tilt: Pair, stack = exactStack(scan)): Float64Array {
  const mark = kernel.mark();
  const multislice = new Multislice(kernel, stack, 300, [1, 1], scan.bandLimit);
  const [pattern] = directPatterns(multislice, scan.probe, position, tilt, [scan.nSlices], scan.size);
  kernel.release(mark);
  return pattern!.intensity;
}

export function wide(scan: WideScan, position: Pair, tilt: Pair = [0, 0]): Float64Array {
  return widePatterns(kernel, scan, [{ position_A: position, tilt_mrad: tilt }])[0]!;
}

export const small = film([2, 2, 6]);
export const place = [5.321, 4.17] as const;
