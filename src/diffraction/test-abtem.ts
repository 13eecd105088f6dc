/**
 * This room's own functions with abTEM 1.0's habits given to them as input, so that the two can agree to rounding; not for production. Source of the
 * habits: abTEM's antialias.py, integrals.py and multislice.py.
 *
 * - Its infinite projection splits each atom's delta bilinearly over four pixels: four atoms on the grid, `occupancy` their shares.
 * - It divides the projection by sin κ/κ, κ = |k| in cycles per pixel: another form factor, `form`.
 * - It keeps the Nyquist frequencies of the potential, which ours leaves out (with static atoms R1 0.8% at 80 nm): slices of a grid twice as fine, resampled.
 * - Its antialias aperture is round: 1 below 2/3 of Nyquist less a cosine taper of 0.01/pixel, 0 beyond. (Ours is square, and by default there is none.)
 *   It acts on the transmission function T: T filtered is exp(iσV − σ²W) for another V and W, a potential and an absorption. And it acts in the propagator:
 *   on the spectrum that our multislice leaves after each slice.
 */

import { Fft2, frequency } from '../core/fft.ts';
import { Multislice } from './cpu/multislice.ts';
import { toPanels } from './cpu/panels.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { interactionConstant, wavelength } from './optics.ts';
import { multisliceReference, type Wave } from './reference.ts';
import { type FactorModel, scatteringFactor } from './scattering-factor.ts';
import { type Atoms, type SliceStack, sliceStack } from './slices.ts';
import { fromPanels } from './test-panels.ts';

/** Its infinite projections: an atom's whole projected potential in the slice that holds the nucleus, static atoms, square pixels. */
export function abtemStack(atoms: Atoms, nx: number, ny: number, nSlices: number, model: FactorModel): SliceStack {
  const pixel_A = atoms.cell_A[0] / nx;
  const form = (symbol: string) => {
    const f = scatteringFactor(symbol, model);
    return (k2: number) => {
      const cycles = Math.sqrt(k2) * pixel_A;
      return f(k2) * (cycles === 0 ? 1 : cycles / Math.sin(cycles));
    };
  };
  const fine = sliceStack(onPixels(atoms, nx, ny), { nx: 2 * nx, ny: 2 * ny, nSlices, slicing: 'whole-atom', form });
  const slices = Array.from({ length: nSlices }, (_, s) => everySecond(fine.slice(s), nx, ny));
  return { nx, ny, nSlices, cell_A: atoms.cell_A, dz_A: atoms.cell_A[2] / nSlices, slice: (s) => slices[s]! };
}

/** Each atom as four on the corners of its pixel. */
function onPixels(atoms: Atoms, nx: number, ny: number): Atoms {
  const [lx, ly] = atoms.cell_A;
  const symbols: string[] = [];
  const positions: number[] = [];
  const occupancy: number[] = [];
  for (const [i, symbol] of atoms.symbols.entries()) {
    const [x, y, z] = atoms.positions_A.subarray(3 * i) as unknown as [number, number, number];
    const [u, v] = [(x / lx) * nx + 1e-9, (y / ly) * ny + 1e-9];
    const [s, t] = [u - Math.floor(u), v - Math.floor(v)];
    for (const [dx, dy, share] of [
      [0, 0, (1 - s) * (1 - t)],
      [1, 0, s * (1 - t)],
      [0, 1, (1 - s) * t],
      [1, 1, s * t],
    ] as const) {
      symbols.push(symbol);
      positions.push(((Math.floor(u) + dx) * lx) / nx, ((Math.floor(v) + dy) * ly) / ny, z);
      occupancy.push(share);
    }
  }
  return {
    cell_A: atoms.cell_A,
    symbols,
    positions_A: Float64Array.from(positions),
    occupancy: Float64Array.from(occupancy),
  };
}

/** A real field [2ny][2nx] on [ny][nx] points, with the frequencies that these have, Nyquist's counted once. */
function everySecond(field: Float64Array, nx: number, ny: number): Float64Array {
  const wide = { re: field.slice(), im: new Float64Array(field.length) };
  new Fft2(2 * nx, 2 * ny).run(wide.re, wide.im, -1);
  const re = new Float64Array(nx * ny);
  const im = new Float64Array(nx * ny);
  for (let y = 0, i = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++, i++) {
      const from = ((frequency(y, ny) + 2 * ny) % (2 * ny)) * 2 * nx + ((frequency(x, nx) + 2 * nx) % (2 * nx));
      re[i] = wide.re[from]! / field.length;
      im[i] = wide.im[from]! / field.length;
    }
  }
  new Fft2(nx, ny).run(re, im, 1);
  return re;
}

/** Its antialias aperture for a pixel [Å], as a function of |k| [1/Å]. */
function aperture(pixel_A: number): (k: number) => number {
  const cutoff = 1 / (3 * pixel_A);
  const taper = 0.01 / pixel_A;
  return (k) =>
    k > cutoff ? 0 : k > cutoff - taper ? 0.5 * (1 + Math.cos((Math.PI * (k - cutoff + taper)) / taper)) : 1;
}

/** The aperture's values [ny][nx] on a window. */
function apertureValues(nx: number, ny: number, lx: number, ly: number): Float64Array {
  const pass = aperture(Math.max(lx / nx, ly / ny));
  return Float64Array.from({ length: nx * ny }, (_, i) =>
    pass(Math.hypot(frequency(i % nx, nx) / lx, frequency(Math.floor(i / nx), ny) / ly)),
  );
}

/** The slices of a stack, each alone, with the potential and the absorption whose transmission function is the filtered one. */
function filtered(stack: SliceStack, voltage_kV: number): SliceStack[] {
  const { nx, ny, cell_A } = stack;
  const sigma = interactionConstant(voltage_kV);
  const pass = apertureValues(nx, ny, cell_A[0], cell_A[1]);
  const fft = new Fft2(nx, ny);
  return Array.from({ length: stack.nSlices }, (_, s) => {
    const v = stack.slice(s);
    const re = v.map((x) => Math.cos(sigma * x));
    const im = v.map((x) => Math.sin(sigma * x));
    fft.run(re, im, -1);
    for (const [i, a] of pass.entries()) {
      re[i] = (re[i]! * a) / (nx * ny);
      im[i] = (im[i]! * a) / (nx * ny);
    }
    fft.run(re, im, 1);
    const one = { nx, ny, nSlices: 1, cell_A, dz_A: stack.dz_A };
    const phase = re.map((x, i) => Math.atan2(im[i]!, x) / sigma);
    const loss = re.map((x, i) => -Math.log(Math.hypot(x, im[i]!)) / sigma ** 2);
    return { ...one, slice: () => phase, diffuse: { ...one, slice: () => loss } };
  });
}

/** Its soft probe, in real space with Σ|ψ|² = n²: amplitude (not intensity, as ours) falls linearly over one pixel of the window. */
export function abtemProbe(n: number, length_A: number, x: number, y: number, convergence_mrad: number): Wave {
  const lambda = wavelength(300);
  const pixel_mrad = (lambda / length_A) * 1e3;
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  let norm = 0;
  for (let j = 0, i = 0; j < n; j++) {
    for (let k = 0; k < n; k++, i++) {
      const [h, l] = [frequency(k, n), frequency(j, n)];
      const a = Math.min(1, Math.max(0, (convergence_mrad - Math.hypot(h, l) * pixel_mrad) / pixel_mrad + 0.5));
      const angle = (-2 * Math.PI * (h * x + l * y)) / length_A;
      re[i] = a * Math.cos(angle);
      im[i] = a * Math.sin(angle);
      norm += a * a;
    }
  }
  for (let i = 0; i < re.length; i++) {
    re[i] = re[i]! / Math.sqrt(norm);
    im[i] = im[i]! / Math.sqrt(norm);
  }
  new Fft2(n, n).run(re, im, 1);
  return { re, im };
}

interface AbtemOptions {
  readonly voltage_kV: number;
  readonly tilt_mrad?: readonly [number, number];
}

/** abTEM's multislice by `multisliceReference`, a slice at a time: the spectrum (divided by nx·ny) after each of `exits` slices. */
export function abtemReference(
  stack: SliceStack,
  { re, im }: Wave,
  exits: readonly number[],
  options: AbtemOptions,
  onExit: (exit: number, spectrum: Wave) => void,
): void {
  const { nx, ny } = stack;
  const slices = filtered(stack, options.voltage_kV);
  const pass = apertureValues(nx, ny, stack.cell_A[0], stack.cell_A[1]);
  const fft = new Fft2(nx, ny);
  let done = 0;
  for (const exit of exits) {
    for (; done < exit; done++) {
      multisliceReference(slices[done % slices.length]!, { re, im }, [1], options, (_, spectrum) => {
        re.set(spectrum.re.map((x, i) => x * pass[i]!));
        im.set(spectrum.im.map((x, i) => x * pass[i]!));
      });
      if (done + 1 === exit) onExit(exit, { re: re.slice(), im: im.slice() });
      fft.run(re, im, 1);
    }
  }
}

/** The same by `Multislice`, float32, on `tiles`² copies of the block: a function of a wave, for any number of probes. */
export async function abtemKernel(
  stack: SliceStack,
  tiles: number,
  exits: readonly number[],
  options: AbtemOptions,
): Promise<(wave: Wave, onExit: (exit: number, spectrum: Wave) => void) => void> {
  const kernel = await SliceKernel.load();
  const slices = filtered(stack, options.voltage_kV).map(
    (slice) => new Multislice(kernel, slice, options.voltage_kV, [tiles, tiles]),
  );
  const [nx, ny] = [stack.nx * tiles, stack.ny * tiles];
  const values = apertureValues(nx, ny, stack.cell_A[0] * tiles, stack.cell_A[1] * tiles).map((a) => a / (nx * ny));
  // An inverse transform is a forward one between conjugations: the aperture in panels, for the imaginary parts negative.
  const passed = new Float32Array(2 * nx * ny);
  toPanels(
    values,
    values.map((a) => -a),
    nx,
    ny,
    passed,
  );
  const psi = new Float32Array(2 * nx * ny);
  return (wave, onExit) => {
    toPanels(wave.re, wave.im, nx, ny, psi);
    let done = 0;
    for (const exit of exits) {
      for (; done < exit; done++) {
        const slice = slices[done % slices.length]!;
        slice.run(
          (panels) => panels.set(psi),
          [1],
          options,
          (_, spectrum) => psi.set(spectrum),
        );
        for (let i = 0; i < psi.length; i++) psi[i] = psi[i]! * passed[i]!;
        if (done + 1 === exit) {
          const { re, im } = fromPanels(psi, nx, ny);
          onExit(exit, { re, im: im.map((x) => -x) });
        }
        slice.run(
          (panels) => panels.set(psi),
          [0],
          options,
          (_, wave) => psi.set(wave),
        );
        for (let i = 0; i < psi.length; i++) if (i & 4) psi[i] = -psi[i]!;
      }
    }
  };
}
