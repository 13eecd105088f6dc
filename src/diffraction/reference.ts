/**
 * Multislice in float64, written to be read: ψ ← P·(T·ψ) slice after slice (Kirkland 2010, equation 6.86). The reference
 * that the WebAssembly kernel is tested against; not for production.
 */

import { Fft2 } from '../core/fft.ts';
import { interactionConstant, wavelength } from './optics.ts';
import { axisPropagator } from './propagator.ts';
import { placeOf, type SliceStack } from './slices.ts';

/** A complex field [ny][nx]. */
export interface Wave {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export interface MultisliceOptions {
  readonly voltage_kV: number;
  readonly bandLimit?: number;
  readonly offset_invA?: readonly [number, number];
  readonly tilt_mrad?: readonly [number, number];
}

/**
 * Sends `wave` (real space, changed in place) through the stack, repeated along z, with whole atoms at both faces, and calls `onExit` with its transform
 * (frequencies [ny][nx], exponent −2πi, divided by nx·ny) after each slice count in `exits` (ascending).
 */
export function multisliceReference(
  stack: SliceStack,
  wave: Wave,
  exits: readonly number[],
  options: MultisliceOptions,
  onExit: (exit: number, spectrum: Wave) => void,
): void {
  const { nx, ny, nSlices, order, ending, cell_A, dz_A } = stack;
  const lambda = wavelength(options.voltage_kV);
  const sigma = interactionConstant(options.voltage_kV);
  const limit = options.bandLimit ?? 1;
  const [bx, by] = options.offset_invA ?? [0, 0];
  const [tx, ty] = options.tilt_mrad ?? [0, 0];
  const px = axisPropagator(nx, cell_A[0], dz_A, lambda, bx, tx, limit);
  const py = axisPropagator(ny, cell_A[1], dz_A, lambda, by, ty, limit);
  const fft = new Fft2(nx, ny);
  const slices = Array.from({ length: nSlices }, (_, s) => stack.slice(s));
  const { re, im } = wave;
  const n = nx * ny;
  const diffuse = stack.diffuse ? Array.from({ length: nSlices }, (_, s) => stack.diffuse!.slice(s)) : undefined;
  /** Multiplies by exp(sign·(iσv − σ²w)). */
  const transmit = (to: Wave, v: Float64Array, w?: Float64Array, sign = 1): void => {
    for (let i = 0; i < n; i++) {
      const loss = w ? Math.exp(-sign * sigma * sigma * w[i]!) : 1;
      const c = loss * Math.cos(sigma * v[i]!);
      const s = loss * sign * Math.sin(sigma * v[i]!);
      const r = to.re[i]!;
      to.re[i] = r * c - to.im[i]! * s;
      to.im[i] = r * s + to.im[i]! * c;
    }
  };
  if (stack.cut) transmit(wave, stack.cut(0), stack.diffuse?.cut?.(0), -1);
  const places = new Map(exits.map((exit) => [exit, placeOf(stack, exit)]));
  /** Slices `from` … `to` of an order. */
  const pass = (on: Wave, of: Int32Array | undefined, from: number, to: number): void => {
    for (let place = from; place < to; place++) {
      const s = of ? of[place]! : place % nSlices;
      transmit(on, slices[s]!, diffuse?.[s]);
      fft.run(on.re, on.im, -1);
      for (let y = 0, i = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++, i++) {
          const pr = (px.re[x]! * py.re[y]! - px.im[x]! * py.im[y]!) / n;
          const pi = (px.re[x]! * py.im[y]! + px.im[x]! * py.re[y]!) / n;
          const r = on.re[i]!;
          on.re[i] = r * pr - on.im[i]! * pi;
          on.im[i] = r * pi + on.im[i]! * pr;
        }
      }
      fft.run(on.re, on.im, 1);
    }
  };
  let done = 0;
  for (const exit of exits) {
    const turn = Math.max(done, exit - (ending?.slices ?? 0));
    pass(wave, order, done, turn);
    done = turn;
    const spectrum = { re: re.slice(), im: im.slice() };
    pass(spectrum, ending?.order ?? order, turn, exit);
    const place = places.get(exit)!;
    if (stack.cut) transmit(spectrum, stack.cut(place), stack.diffuse?.cut?.(place));
    fft.run(spectrum.re, spectrum.im, -1);
    for (let i = 0; i < n; i++) {
      spectrum.re[i] = spectrum.re[i]! / n;
      spectrum.im[i] = spectrum.im[i]! / n;
    }
    onExit(exit, spectrum);
  }
}

/** exp(2πi(hx/nx + ky/ny)), [ny][nx]: a plane wave on the grid's reciprocal lattice, unit amplitude. */
export function planeWave(nx: number, ny: number, h: number, k: number): Wave {
  const re = new Float64Array(nx * ny);
  const im = new Float64Array(nx * ny);
  for (let y = 0, i = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++, i++) {
      const angle = 2 * Math.PI * ((h * x) / nx + (k * y) / ny);
      re[i] = Math.cos(angle);
      im[i] = Math.sin(angle);
    }
  }
  return { re, im };
}
