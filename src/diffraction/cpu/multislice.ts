/**
 * Multislice on the WebAssembly kernel, float32: holds a block's transmission functions and sends waves through it.
 * Twin of `reference.ts`, which is the oracle.
 */

import { interactionConstant, wavelength } from '../optics.ts';
import { axisPropagator } from '../propagator.ts';
import { FACTOR_TABLES, propagatorTables } from '../propagator-tables.ts';
import type { MultisliceOptions } from '../reference.ts';
import { placeOf, type SliceStack } from '../slices.ts';
import { type FftPlan, fftPlan } from './fft-plan.ts';
import { panelIndex } from './panels.ts';
import type { SliceKernel } from './wasm.ts';

/** Repeats of the block across a wider window (a probe needs room that a small block does not give). */
export type Tiles = readonly [x: number, y: number];

/** Between reports of progress: up to a second on a large grid. */
const SLICES_AT_ONCE = 64;

export class Multislice {
  readonly nx: number;
  readonly ny: number;
  readonly length_A: readonly [number, number];
  readonly voltage_kV: number;
  readonly bandLimit: number;
  readonly #kernel: SliceKernel;
  readonly #period: number;
  readonly #dz: number;
  readonly #plans: readonly [FftPlan, FftPlan];
  readonly #at: {
    psi: number;
    tmp: number;
    out: number;
    scratch: number;
    transmission: number;
    /** Of the transmission functions, a place's each; and what a crystal ends in. */
    slices: number;
    ending: number;
    /** The wave before the ending. */
    kept: number;
    plan: readonly [number, number];
    order: readonly [number, number];
    factor: readonly [number, number];
  };
  readonly #stack: SliceStack;
  /** exp(iσV) of what completes the atoms at a cut before each place that was asked for; 0 where nothing is cut. */
  readonly #cuts = new Map<number, number>();

  /** Computes the transmission functions exp(iσV) of `stack` (its absorption included), tiled. Takes nSlices·nx·ny·8 bytes of the kernel's memory. */
  constructor(kernel: SliceKernel, stack: SliceStack, voltage_kV: number, tiles: Tiles = [1, 1], bandLimit = 1) {
    this.#kernel = kernel;
    this.#stack = stack;
    this.nx = stack.nx * tiles[0];
    this.ny = stack.ny * tiles[1];
    this.length_A = [stack.cell_A[0] * tiles[0], stack.cell_A[1] * tiles[1]];
    const order = stack.order ?? Int32Array.from({ length: stack.nSlices }, (_, s) => s);
    this.#period = order.length;
    this.#dz = stack.dz_A;
    this.voltage_kV = voltage_kV;
    this.bandLimit = bandLimit;
    this.#plans = [fftPlan(this.nx), fftPlan(this.ny)];
    const { nx, ny } = this;
    const field = nx * ny * 8;
    const block = (bytes: number) => kernel.allocate(bytes);
    const pair = (make: (plan: FftPlan) => number): readonly [number, number] => [
      make(this.#plans[0]),
      make(this.#plans[1]),
    ];
    this.#at = {
      psi: block(field),
      tmp: block(field),
      out: block(field),
      scratch: block(64 * Math.max(nx, ny)),
      plan: pair((plan) => block(plan.bytes.length)),
      order: pair((plan) => block(4 * plan.n)),
      factor: pair((plan) => block(8 * plan.n * FACTOR_TABLES)),
      transmission: block(field * stack.nSlices),
      slices: block(4 * order.length),
      ending: stack.ending ? block(4 * order.length) : 0,
      kept: stack.ending ? block(field) : 0,
    };
    kernel.ints(this.#at.slices, order.length).set(order);
    if (stack.ending) kernel.ints(this.#at.ending, order.length).set(stack.ending.order);
    this.#plans.forEach((plan, axis) => {
      kernel.bytes(this.#at.plan[axis]!, plan.bytes.length).set(plan.bytes);
      kernel.ints(this.#at.order[axis]!, plan.n).set(plan.position);
    });
    for (let s = 0; s < stack.nSlices; s++) {
      this.#transmission(stack.slice(s), stack.diffuse?.slice(s), this.#at.transmission + s * field);
    }
  }

  /** exp(iσV − σ²W), tiled, at an address; W is 0 where absent. */
  #transmission(v: Float64Array, w: Float64Array | undefined, address: number): void {
    const { nx, ny } = this;
    const { nx: width, ny: height } = this.#stack;
    const sigma = interactionConstant(this.voltage_kV);
    const t = this.#kernel.floats(address, 2 * nx * ny);
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const from = (y % height) * width + (x % width);
        const phase = sigma * v[from]!;
        const left = w ? Math.exp(-sigma * sigma * w[from]!) : 1;
        const at = panelIndex(x, y, ny);
        t[at] = left * Math.cos(phase);
        t[at + 4] = left * Math.sin(phase);
      }
    }
  }

  #cut(s: number): number {
    let address = this.#cuts.get(s);
    if (address === undefined) {
      const v = this.#stack.cut?.(s);
      address = v?.some((value) => value !== 0) ? this.#kernel.allocate(8 * this.nx * this.ny) : 0;
      if (v && address !== 0) this.#transmission(v, this.#stack.diffuse?.cut?.(s), address);
      this.#cuts.set(s, address);
    }
    return address;
  }

  /** Takes off what atoms before the entrance face would reach in, and puts on what those behind it reach out. */
  #enter(cut: number): void {
    const size = 2 * this.nx * this.ny;
    const psi = this.#kernel.floats(this.#at.psi, size);
    const t = this.#kernel.floats(cut, size);
    const absorbs = this.#stack.diffuse !== undefined;
    for (let i = 0; i < size; i += 8) {
      for (let k = i; k < i + 4; k++) {
        const [r, c, s] = [psi[k]!, t[k]!, t[k + 4]!];
        // 1/t: its conjugate, over |t|² where the face absorbs too.
        const norm = absorbs ? c * c + s * s : 1;
        psi[k] = (r * c + psi[k + 4]! * s) / norm;
        psi[k + 4] = (psi[k + 4]! * c - r * s) / norm;
      }
    }
  }

  #setPropagator(options: Pick<MultisliceOptions, 'offset_invA' | 'tilt_mrad'>): void {
    const lambda = wavelength(this.voltage_kV);
    for (const axis of [0, 1] as const) {
      const plan = this.#plans[axis];
      const propagator = axisPropagator(
        plan.n,
        this.length_A[axis],
        this.#dz,
        lambda,
        options.offset_invA?.[axis] ?? 0,
        options.tilt_mrad?.[axis] ?? 0,
        this.bandLimit,
      );
      propagatorTables(plan, propagator, this.#kernel.floats(this.#at.factor[axis], 2 * plan.n * FACTOR_TABLES));
    }
  }

  /**
   * Sends the wave that `fill` writes (real space, panels) through the block, repeated along z, with whole atoms at both faces, and calls `onExit` after
   * each slice count in `exits` (ascending) with the wave's transform: panels of frequencies, multiplied by nx·ny.
   * The view is valid only inside the call.
   * @param progress gets the slices done, now and then
   */
  run(
    fill: (panels: Float32Array) => void,
    exits: readonly number[],
    options: Pick<MultisliceOptions, 'offset_invA' | 'tilt_mrad'>,
    onExit: (exit: number, spectrum: Float32Array) => void,
    progress: (slices: number) => void = () => {},
  ): void {
    const { nx, ny } = this;
    const at = this.#at;
    const kernel = this.#kernel;
    this.#setPropagator(options);
    const cuts = exits.map((exit) => this.#cut(placeOf(this.#stack, exit)));
    const entrance = this.#cut(0);
    fill(kernel.floats(at.psi, 2 * nx * ny));
    if (entrance !== 0) this.#enter(entrance);
    /** Slices `from` … `to` of an order. */
    const pass = (order: number, from: number, to: number): void => {
      for (let done = from; done < to; ) {
        const slices = Math.min(SLICES_AT_ONCE, to - done);
        kernel.run.propagate(
          at.psi,
          at.tmp,
          at.scratch,
          nx,
          ny,
          at.transmission,
          order,
          this.#period,
          done,
          slices,
          at.plan[0],
          at.plan[1],
          FACTOR_TABLES,
          at.factor[0],
          at.factor[1],
        );
        done += slices;
        progress(done);
      }
    };
    const field = () => kernel.floats(at.psi, 2 * nx * ny);
    const kept = () => kernel.floats(at.kept, 2 * nx * ny);
    const { ending } = this.#stack;
    let done = 0;
    for (const [i, exit] of exits.entries()) {
      const turn = Math.max(done, exit - (ending?.slices ?? 0));
      pass(at.slices, done, turn);
      done = turn;
      if (ending) {
        kept().set(field());
        pass(at.ending, turn, exit);
      }
      kernel.run.transform(
        at.psi,
        cuts[i]!,
        at.tmp,
        at.out,
        at.scratch,
        nx,
        ny,
        at.plan[0],
        at.plan[1],
        at.order[0],
        at.order[1],
      );
      onExit(exit, kernel.floats(at.out, 2 * nx * ny));
      if (ending) field().set(kept());
    }
  }
}
