/** Averages over Einstein's snapshots in one call, as tests of thermal diffuse scattering take them; simulations average unit by unit (simulation/). */

import { Multislice } from './cpu/multislice.ts';
import { toPanels } from './cpu/panels.ts';
import type { SliceKernel } from './cpu/wasm.ts';
import { frozenPhonon, RunningMean } from './frozen-phonons.ts';
import { planeWave } from './reference.ts';
import { type Atoms, type SliceOptions, sliceStack } from './slices.ts';
import { fromPanels } from './test-panels.ts';

/** Averages what `measure` takes of each of the snapshots 0 … count − 1 of `atoms`, at 300 kV. The slices are without u²: the snapshots move. */
export function thermalAverage(
  kernel: SliceKernel,
  atoms: Atoms,
  { u2_A2, seed, count }: { u2_A2: Readonly<Record<string, number>>; seed: number; count: number },
  slices: Omit<SliceOptions, 'u2_A2' | 'u2z_A2'>,
  measure: (multislice: Multislice) => ArrayLike<number>,
): RunningMean {
  const average = new RunningMean();
  const mark = kernel.mark();
  for (let configuration = 0; configuration < count; configuration++) {
    // Each snapshot takes the last one's place in the kernel's memory.
    kernel.release(mark);
    const stack = sliceStack(frozenPhonon(atoms, u2_A2, seed, configuration), slices);
    average.add(measure(new Multislice(kernel, stack, 300)));
  }
  kernel.release(mark);
  return average;
}

/** Exit amplitudes of a plane wave and their squares: [re, im, intensity][ny][nx]. */
export function amplitudes(multislice: Multislice, exit: number): Float64Array {
  const { nx, ny } = multislice;
  const size = nx * ny;
  const out = new Float64Array(3 * size);
  const wave = planeWave(nx, ny, 0, 0);
  multislice.run(
    (panels) => toPanels(wave.re, wave.im, nx, ny, panels),
    [exit],
    {},
    (_, s) => {
      const { re, im } = fromPanels(s, nx, ny);
      for (let i = 0; i < size; i++) {
        out[i] = re[i]! / size;
        out[size + i] = im[i]! / size;
        out[2 * size + i] = (re[i]! ** 2 + im[i]! ** 2) / size ** 2;
      }
    },
  );
  return out;
}

/**
 * The coherent (Bragg) part |⟨ψ⟩|² of each pixel, from means over `count` ≥ 2 snapshots of the real part, imaginary part and intensity: |mean|² holds 1/count
 * of the diffuse intensity ⟨|ψ|²⟩ − |⟨ψ⟩|², which is taken off. The rest, mean intensity less this, is thermal diffuse. Noise makes it negative where
 * nothing is coherent.
 */
export function coherentIntensity(
  re: ArrayLike<number>,
  im: ArrayLike<number>,
  intensity: ArrayLike<number>,
  count: number,
): Float64Array {
  return Float64Array.from(
    { length: intensity.length },
    (_, i) => (count * (re[i]! ** 2 + im[i]! ** 2) - intensity[i]!) / (count - 1),
  );
}
