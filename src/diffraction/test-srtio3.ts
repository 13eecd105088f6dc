/**
 * SrTiO3 [001], position-averaged patterns of Xu and LeBeau, Ultramicroscopy 188 (2018) 59 (samples/DeepDiffraction): what is known of them, and their simulation over
 * thickness. Stated by the source: material, zone axis, 13.6 mrad, thickness (from its own simulations, in the files' names). Inferred by fitting: 200 kV, camera length.
 */

import { absorbingStack } from './absorption.ts';
import { Multislice } from './cpu/multislice.ts';
import type { SliceKernel } from './cpu/wasm.ts';
import { type SliceOptions, sliceStack } from './slices.ts';
import { blurred, type Pacbed, pacbed } from './test-pacbed.ts';
import { strontiumTitanate } from './test-structures.ts';

/** R1 of the patterns against 40 × 40 pixels and `smooth` slices of half these: 0.13%. */
const SLICES: Omit<SliceOptions, 'u2_A2'> = { nx: 24, ny: 24, nSlices: 4, slicing: 'spline' };
export const SRTIO3 = {
  a_A: 3.905,
  voltage_kV: 200,
  convergence_mrad: 13.6,
  /** 300 K. */
  u2_A2: { Sr: 0.0079, Ti: 0.0056, O: 0.0092 },
  /** Of the camera and the source, rms. */
  blur_mrad: 0.5,
  slices: SLICES,
} as const;
/** What is compared: the bright disk and the overlaps around it. */
export const RADIUS_MRAD = 20;
/** Image pixels are averaged 4 × 4, to 0.4 mrad. */
export const BINNING = 4;

/** Whole cells, 43.7 to 68.3 nm. */
const CELLS = Array.from({ length: 64 }, (_, i) => 112 + i);
/** Thickness of a simulated pattern [nm]. */
export const thickness_nm = (pattern: number): number => (CELLS[pattern]! * SRTIO3.a_A) / 10;

/** One pattern for each thickness, blurred. */
export function simulatedPacbed(
  kernel: SliceKernel,
  absorbing: boolean,
  { voltage_kV, blur_mrad }: { readonly voltage_kV: number; readonly blur_mrad: number } = SRTIO3,
): Pacbed {
  const { a_A, convergence_mrad, u2_A2, slices } = SRTIO3;
  const stack = (absorbing ? absorbingStack : sliceStack)(strontiumTitanate(a_A), { ...slices, u2_A2 });
  const mark = kernel.mark();
  const multislice = new Multislice(kernel, stack, voltage_kV);
  const exits = CELLS.map((n) => n * slices.nSlices);
  const patterns = pacbed(multislice, exits, { convergence_mrad, perOrder: 16, orders: 4 });
  kernel.release(mark);
  return blurred(patterns, blur_mrad);
}

/** The authors' thickness in a file's name, such as 03-on_zone_52-53nm.jpg [nm]. */
export function labelOf(file: string): { readonly low: number; readonly high: number; readonly middle: number } {
  const [, low, high] = /_(\d+)-(\d+)nm/.exec(file)!.map(Number) as [number, number, number];
  return { low, high, middle: (low + high) / 2 };
}
