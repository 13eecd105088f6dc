/**
 * Direct multislice of a scan over a specimen that is wider than a probe's window and repeats nowhere along the beam: a film in cross-section. All positions go through
 * together, each in a window of its own around the probe, so that a slice is made once for all of them and forgotten. Beside `directPatterns` of the whole
 * box: what a wave does that leaves its window (it comes back on the other side), and what atom-shares.ts states.
 */

import { fail } from '../core/errors.ts';
import { type FftPlan, fftPlan } from './cpu/fft-plan.ts';
import { panelIndex } from './cpu/panels.ts';
import type { SliceKernel } from './cpu/wasm.ts';
import { interactionConstant, wavelength } from './optics.ts';
import type { ProbeOptions } from './probe.ts';
import { ProbeWave } from './probe-wave.ts';
import { axisPropagator } from './propagator.ts';
import { FACTOR_TABLES, propagatorTables } from './propagator-tables.ts';
import { type PanelSlice, RollingSlices } from './rolling-slices.ts';
import type { FactorModel } from './scattering-factor.ts';
import type { Atoms } from './slices.ts';

export interface WideScan {
  /** Periodic across the beam; 4 Å of vacuum before and behind them. */
  readonly atoms: Atoms;
  /** Mean-square displacement per axis, per symbol [Å²]; 0 where a symbol is absent. */
  readonly u2_A2: Readonly<Record<string, number>>;
  /** Points of the whole box; nx a multiple of 4. */
  readonly grid: readonly [nx: number, ny: number];
  /** Slices of the whole box. */
  readonly nSlices: number;
  /** Points of a probe's window, no more than the box's; the kernel's sizes. */
  readonly window: readonly [wx: number, wy: number];
  readonly voltage_kV: number;
  /** Of the wave, as a fraction of Nyquist; 1 leaves it out. */
  readonly bandLimit: number;
  readonly factors: FactorModel;
  readonly absorption: boolean;
  readonly probe: ProbeOptions;
  /** Of a pattern: frequency indices −size/2 … size/2 − 1 of the window. */
  readonly size: number;
}

export interface WidePosition {
  /** In the box. */
  readonly position_A: readonly [x: number, y: number];
  /** As in docs/design.md. */
  readonly tilt_mrad: readonly [x: number, y: number];
}

/** A wave passes so many slices before the next one's turn: it stays in the cache. */
const SLICES_AT_ONCE = 8;

/** cos p and sin p for |p| ≤ 1, to 2e-9: series, six times as fast as the library's functions. */
const cosine = (q: number): number => 1 - (q / 2) * (1 - (q / 12) * (1 - (q / 30) * (1 - (q / 56) * (1 - q / 90))));
const sine = (p: number, q: number): number =>
  p * (1 - (q / 6) * (1 - (q / 20) * (1 - (q / 42) * (1 - (q / 72) * (1 - q / 110)))));

/** Writes exp(iσV − σ²W), panels, to `t`, and its length. */
function transmission({ v, w }: PanelSlice, sigma: number, t: Float32Array): void {
  for (let i = 0, to = 0; i < v.length; to += 8) {
    for (let lane = to; lane < to + 4; lane++, i++) {
      const phase = sigma * v[i]!;
      const q = phase * phase;
      const lost = w ? w[i]! : 0;
      const left = lost === 0 ? 1 : Math.exp(-sigma * sigma * lost);
      t[lane] = left * (q <= 1 ? cosine(q) : Math.cos(phase));
      t[lane + 4] = left * (q <= 1 ? sine(phase, q) : Math.sin(phase));
    }
  }
}

function check({ grid, window, size, probe, voltage_kV, nSlices }: WideScan): void {
  const [[nx, ny], [wx, wy]] = [grid, window];
  if (nx % 4 !== 0 || !(wx <= nx && wy <= ny))
    fail(
      'range',
      `A window of ${wx} × ${wy} points in a box of ${nx} × ${ny}.`,
      'Give a box of 4n columns, as wide as the window or wider.',
    );
  if (!(size % 2 === 0 && size <= Math.min(wx, wy)))
    fail('range', `Patterns of ${size}² of a window of ${wx} × ${wy}.`, 'Give an even size within the window.');
  if (!(Number.isInteger(nSlices) && nSlices > 0)) fail('range', `${nSlices} slices.`, 'Give 1 or more.');
  if (Math.abs(probe.wavelength_A / wavelength(voltage_kV) - 1) > 1e-9)
    fail('range', 'The probe has another wavelength than the scan.', 'Use wavelength(voltage_kV) for both.');
}

/** A position's addresses in the kernel's memory, and the window's corner on the grid. */
interface Place {
  readonly psi: number;
  readonly factors: readonly [x: number, y: number];
  readonly corner: readonly [x: number, y: number];
}

/**
 * The pattern of each position, [size qy][size qx], as `directPatterns` gives it: fraction of the incident beam per lattice point 1/window, direct beam at size/2.
 * Takes a window's wave (8 bytes a point) of the kernel's memory for each position, and gives it back.
 * @param progress gets the share done, after every few slices
 * @throws 'range' for windows and sizes that do not fit, a probe of another wavelength, atoms nearer than 4 Å to a face, or past 2 GB; else as `RollingSlices`
 */
export function widePatterns(
  kernel: SliceKernel,
  scan: WideScan,
  positions: readonly WidePosition[],
  progress: (share: number) => void = () => {},
): Float64Array[] {
  check(scan);
  const { grid, window, atoms, nSlices } = scan;
  const [nx, ny] = grid;
  const [wx, wy] = window;
  const pixel = [atoms.cell_A[0] / nx, atoms.cell_A[1] / ny] as const;
  const length_A = [wx * pixel[0], wy * pixel[1]] as const;
  const sigma = interactionConstant(scan.voltage_kV);
  const plans: readonly [FftPlan, FftPlan] = [fftPlan(wx), fftPlan(wy)];
  const probe = new ProbeWave({ nx: wx, ny: wy, length_A }, scan.probe);
  const slices = new RollingSlices(atoms, scan);
  const mark = kernel.mark();
  try {
    const each = (bytes: (plan: FftPlan) => number) =>
      [kernel.allocate(bytes(plans[0])), kernel.allocate(bytes(plans[1]))] as const;
    const field = 8 * wx * wy;
    const box = 8 * nx * ny;
    const planned = each(({ bytes }) => bytes.length);
    const orders = each(({ n }) => 4 * n);
    const scratch = kernel.allocate(64 * Math.max(wx, wy));
    const turns = kernel.allocate(4 * SLICES_AT_ONCE);
    const tmp = kernel.allocate(field);
    const out = kernel.allocate(field);
    const windows = kernel.allocate(SLICES_AT_ONCE * field);
    const boxes = kernel.allocate(SLICES_AT_ONCE * box);
    const places = positions.map(({ position_A }): Place => {
      const middle = ([0, 1] as const).map((axis) => position_A[axis] / pixel[axis] - window[axis] / 2);
      return {
        psi: kernel.allocate(field),
        factors: each(({ n }) => 8 * n * FACTOR_TABLES),
        // To whole panels along x, which are then copied as they lie.
        corner: [4 * Math.round(middle[0]! / 4), Math.round(middle[1]!)],
      };
    });
    for (const [axis, plan] of plans.entries()) {
      kernel.bytes(planned[axis]!, plan.bytes.length).set(plan.bytes);
      kernel.ints(orders[axis]!, plan.n).set(plan.position);
    }
    kernel.ints(turns, SLICES_AT_ONCE).set(Int32Array.from({ length: SLICES_AT_ONCE }, (_, i) => i));
    for (const [i, { psi, factors, corner }] of places.entries()) {
      const { position_A, tilt_mrad } = positions[i]!;
      probe.fill(
        [position_A[0] - corner[0] * pixel[0], position_A[1] - corner[1] * pixel[1]],
        kernel.floats(psi, field / 4),
      );
      for (const axis of [0, 1] as const) {
        const propagator = axisPropagator(
          window[axis],
          length_A[axis],
          atoms.cell_A[2] / nSlices,
          wavelength(scan.voltage_kV),
          0,
          tilt_mrad[axis],
          scan.bandLimit,
        );
        propagatorTables(plans[axis], propagator, kernel.floats(factors[axis], 2 * window[axis] * FACTOR_TABLES));
      }
    }

    const memory = kernel.floats(0, kernel.mark() / 4);
    /** The part of a box's transmission at `from` around a corner, to `to`: [floats] of the kernel's memory. */
    const cutOut = (from: number, [cx, cy]: Place['corner'], to: number): void => {
      const top = ((cy % ny) + ny) % ny;
      const rows = Math.min(wy, ny - top);
      for (let panel = 0; panel < wx / 4; panel++) {
        const column = (((cx / 4 + panel) % (nx / 4)) + nx / 4) % (nx / 4);
        const start = from + column * ny * 8;
        const into = to + panel * wy * 8;
        memory.copyWithin(into, start + top * 8, start + (top + rows) * 8);
        if (rows < wy) memory.copyWithin(into + rows * 8, start, start + (wy - rows) * 8);
      }
    };
    for (let done = 0; done < nSlices; done += SLICES_AT_ONCE) {
      const count = Math.min(SLICES_AT_ONCE, nSlices - done);
      for (let s = 0; s < count; s++) transmission(slices.next(), sigma, kernel.floats(boxes + s * box, box / 4));
      for (const { psi, factors, corner } of places) {
        for (let s = 0; s < count; s++) cutOut((boxes + s * box) / 4, corner, (windows + s * field) / 4);
        kernel.run.propagate(
          psi,
          tmp,
          scratch,
          wx,
          wy,
          windows,
          turns,
          SLICES_AT_ONCE,
          done,
          count,
          planned[0],
          planned[1],
          FACTOR_TABLES,
          factors[0],
          factors[1],
        );
      }
      progress((done + count) / nSlices);
    }
    return places.map(({ psi }) => {
      kernel.run.transform(psi, 0, tmp, out, scratch, wx, wy, planned[0], planned[1], orders[0], orders[1]);
      return cutPattern(kernel.floats(out, field / 4), window, scan.size);
    });
  } finally {
    kernel.release(mark);
  }
}

/** |ψ|² around the direct beam of a spectrum in panels. */
function cutPattern(spectrum: Float32Array, [wx, wy]: WideScan['window'], size: number): Float64Array {
  const intensity = new Float64Array(size * size);
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      const at = panelIndex((x - size / 2 + wx) % wx, (y - size / 2 + wy) % wy, wy);
      intensity[i] = (spectrum[at]! ** 2 + spectrum[at + 4]! ** 2) / (wx * wy) ** 2;
    }
  }
  return intensity;
}
