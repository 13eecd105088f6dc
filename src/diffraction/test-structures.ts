/** Small crystals and measures for the tests of this room; not for production (see crystal/). */

import { Fft2 } from '../core/fft.ts';
import type { RandomStream } from '../core/random.ts';
import type { Aberrations } from './aberrations.ts';
import { Multislice } from './cpu/multislice.ts';
import type { SliceKernel } from './cpu/wasm.ts';
import { type LatticeDetector, pixel_invA } from './detector.ts';
import type { PatternEngine } from './engine.ts';
import { probeAmplitude } from './probe.ts';
import { type MultisliceOptions, multisliceReference, planeWave, type Wave } from './reference.ts';
import { latticeProbe, simulatePatterns } from './scattering-matrix.ts';
import type { Atoms, SliceStack } from './slices.ts';

/** cells[0]×cells[1]×cells[2] cells of (Ba,Sr)TiO3, A at a/4 and TiO2 at 3a/4 along z, every coordinate off by 0.05 Å rms. */
export function perovskiteBlock(
  cells: readonly [number, number, number],
  a: number,
  random: RandomStream,
  rms_A = 0.05,
): Atoms {
  const symbols: string[] = [];
  const positions: number[] = [];
  const basis: readonly [string, number, number, number][] = [
    ['A', 0, 0, 0.25],
    ['Ti', 0.5, 0.5, 0.75],
    ['O', 0.5, 0.5, 0.25],
    ['O', 0.5, 0, 0.75],
    ['O', 0, 0.5, 0.75],
  ];
  for (let z = 0; z < cells[2]; z++) {
    for (let y = 0; y < cells[1]; y++) {
      for (let x = 0; x < cells[0]; x++) {
        for (const [symbol, u, v, w] of basis) {
          symbols.push(symbol === 'A' ? (random.uniform() < 0.5 ? 'Ba' : 'Sr') : symbol);
          for (const f of [x + u, y + v, z + w]) positions.push(f * a + rms_A * random.normal());
        }
      }
    }
  }
  return {
    cell_A: [cells[0] * a, cells[1] * a, cells[2] * a],
    symbols,
    positions_A: Float64Array.from(positions),
  };
}

/** Where the planes of a one-cell crystal lie, in units of a: an AO plane and a TiO2 plane. */
interface VirtualCrystal {
  readonly a_A: number;
  readonly planes: readonly [ao: number, tio2: number];
  /** Displacement of Ti [Å]. */
  readonly ti_A?: readonly [number, number, number];
  /** Displacement of everything [Å]. */
  readonly shift_A?: readonly [number, number, number];
}

/** One cell of (Ba,Sr)TiO3 whose A site holds half a Ba and half a Sr. */
export function virtualCrystal(options: VirtualCrystal): Atoms {
  const { a_A: a, planes, ti_A = [0, 0, 0], shift_A = [0, 0, 0] } = options;
  const [ao, tio2] = planes;
  const sites: [symbol: string, x: number, y: number, z: number][] = [
    ['Ba', 0, 0, ao],
    ['Sr', 0, 0, ao],
    ['Ti', 0.5, 0.5, tio2],
    ['O', 0.5, 0.5, ao],
    ['O', 0.5, 0, tio2],
    ['O', 0, 0.5, tio2],
  ];
  return {
    cell_A: [a, a, a],
    symbols: sites.map(([symbol]) => symbol),
    positions_A: Float64Array.from(
      sites.flatMap(([symbol, ...f]) =>
        f.map((value, axis) => value * a + shift_A[axis]! + (symbol === 'Ti' ? ti_A[axis]! : 0)),
      ),
    ),
    occupancy: Float64Array.from(sites, ([symbol]) => (symbol === 'Ba' || symbol === 'Sr' ? 0.5 : 1)),
  };
}

/** SrTiO3, one cell, AO plane at a/4. */
export function strontiumTitanate(a: number): Atoms {
  const { cell_A, positions_A } = virtualCrystal({ a_A: a, planes: [0.25, 0.75] });
  return { cell_A, symbols: ['Sr', 'Ti', 'O', 'O', 'O'], positions_A: positions_A.slice(3) };
}

/** The same block with its potential spread evenly along the beam, in `nSlices` slices. */
export function averaged(stack: SliceStack, nSlices: number): SliceStack {
  const mean = new Float64Array(stack.nx * stack.ny);
  for (let s = 0; s < stack.nSlices; s++) {
    const v = stack.slice(s);
    for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + v[i]! / nSlices;
  }
  return { ...stack, nSlices, dz_A: stack.cell_A[2] / nSlices, slice: () => mean };
}

/** Intensities |ψ(h, k)|² of a spectrum [ny][nx], frequencies in FFT order. */
export function intensities(spectrum: Wave): Float64Array {
  return spectrum.re.map((re, i) => re * re + spectrum.im[i]! * spectrum.im[i]!);
}

/** Σ|a − b| / Σ b. */
export function r1(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let sum = 0;
  for (let i = 0; i < b.length; i++) {
    difference += Math.abs(a[i]! - b[i]!);
    sum += b[i]!;
  }
  return difference / sum;
}

/** Intensities of all beams after each of `exits` slices for a plane wave, float64. */
export function planeWaveBeams(
  stack: SliceStack,
  exits: readonly number[],
  options: MultisliceOptions,
  start: readonly [h: number, k: number] = [0, 0],
): Float64Array[] {
  const out: Float64Array[] = [];
  multisliceReference(stack, planeWave(stack.nx, stack.ny, ...start), exits, options, (_, spectrum) =>
    out.push(intensities(spectrum)),
  );
  return out;
}

/**
 * The tilted beam of a lattice detector written out on a window's lattice, in real space: the aperture at the tilt (in steps of the fine lattice). The lattice's
 * offset belongs into the propagator. `norm` is Σ|A|².
 */
export function latticeBeam(
  { nx, ny }: { readonly nx: number; readonly ny: number },
  detector: LatticeDetector,
  defocus_nm: number,
  position_A: readonly [number, number],
  tilt: readonly [number, number],
  aberrations?: Aberrations,
): Wave & { readonly norm: number } {
  const [step] = pixel_invA(detector);
  const probe = latticeProbe(detector, defocus_nm, aberrations);
  const re = new Float64Array(nx * ny);
  const im = new Float64Array(nx * ny);
  let norm = 0;
  for (let y = -4; y <= 4; y++) {
    for (let x = -4; x <= 4; x++) {
      const i = ((y + tilt[1] + ny) % ny) * nx + ((x + tilt[0] + nx) % nx);
      [re[i], im[i]] = probeAmplitude(x * step, y * step, ...position_A, probe);
      norm += re[i]! ** 2 + im[i]! ** 2;
    }
  }
  new Fft2(nx, ny).run(re, im, 1);
  return { re, im, norm };
}

/** Intensities at pixel centres, as other programs have them; engines for libraries give what pixels record (pixel-areas.ts). */
export function samplingEngine(kernel: SliceKernel): PatternEngine {
  return async ({ stack, bandLimit, geometry, requests }, task) => {
    const multislice = new Multislice(kernel, stack, geometry.detector.voltage_kV, [1, 1], bandLimit);
    return simulatePatterns(multislice, geometry, requests, task);
  };
}
