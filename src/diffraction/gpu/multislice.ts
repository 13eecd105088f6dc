/**
 * Multislice on a GPU, float32: twin of `cpu/multislice.ts`, for many waves at once that share the transmission functions and the propagator. Twin also
 * in what keeps 3,000 slices from drifting: propagator tables rounded to the right mean, over the twiddles' gain (`propagator-tables.ts`).
 */

import { fail } from '../../core/errors.ts';
import { interactionConstant, wavelength } from '../optics.ts';
import { axisPropagator } from '../propagator.ts';
import { FACTOR_TABLES, propagatorTables } from '../propagator-tables.ts';
import type { MultisliceOptions, Wave } from '../reference.ts';
import { placeOf, type SliceStack } from '../slices.ts';
import { allocate, ENTRY, floatBits, type Kernel, kernel, readFloats, upload, uploadEntries } from './buffers.ts';
import type { Gpu } from './device.ts';
import { type GpuLinePlan, gpuLinePlan, gpuRadices } from './line-plan.ts';
import {
  exitShader,
  FILL,
  type Layout,
  layout,
  linesShader,
  passShader,
  planeWaveShader,
  sumShader,
} from './shaders.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Slices in one submission: long enough to hide its cost, short enough for a desktop's watchdog and to stop soon. */
const SLICES_PER_SUBMIT = 128;
/** Submissions that may wait in the queue. */
const QUEUED = 4;
/** What all fields of a batch of waves take where the device would allow more [bytes]. */
const BATCH_BYTES = 2 ** 30;

/** Waves to start from: plane waves as indices of the reciprocal lattice, sums of them, or fields [ny][nx]. */
export type Waves =
  | { readonly plane: readonly (readonly [gx: number, gy: number])[] }
  | WaveSums
  | { readonly fields: readonly Wave[] };

/** Each wave a sum over the same plane waves: probes of one aperture. */
export interface WaveSums {
  /** Row by row: neighbours in the list that share gy are summed first. */
  readonly points: readonly (readonly [gx: number, gy: number])[];
  /** [waves][points], complex. */
  readonly amplitudes: Float32Array<ArrayBuffer>;
}

function countOf(waves: Waves): number {
  if ('plane' in waves) return waves.plane.length;
  return 'points' in waves ? waves.amplitudes.length / (2 * waves.points.length) : waves.fields.length;
}

/** The frequencies that are kept of a spectrum: `width` from low[0] on along x, `height` from low[1] on along y. */
export interface SpectrumWindow {
  readonly low: readonly [x: number, y: number];
  readonly width: number;
  readonly height: number;
}

export interface GpuMultisliceOptions {
  /** Repeats of the block across a wider window. */
  readonly tiles?: readonly [x: number, y: number];
  readonly bandLimit?: number;
  /** Largest radix of the transforms; which is fastest depends on the GPU. */
  readonly largestRadix?: 4 | 8 | 16;
  /** Most threads in a workgroup. Default 256; 16 on a software adapter, which pays for every thread at every barrier. */
  readonly threads?: number;
  /** Most waves at once; fewer where the device's buffers are smaller. */
  readonly batch?: number;
}

const floorMod = (a: number, m: number) => ((a % m) + m) % m;
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** A field that grows when more waves come. */
interface Fields {
  readonly psi: GPUBuffer;
  readonly tmp: GPUBuffer;
  readonly spectra: GPUBuffer;
  /** The waves before the crystal's ending, where it has one. */
  readonly kept?: GPUBuffer;
}

export class GpuMultislice {
  readonly nx: number;
  readonly ny: number;
  readonly length_A: readonly [number, number];
  /** Waves that one batch can hold. */
  readonly maxWaves: number;
  readonly gpu: Gpu;
  readonly #stack: SliceStack;
  readonly voltage_kV: number;
  readonly bandLimit: number;
  readonly #plans: readonly [GpuLinePlan, GpuLinePlan];
  readonly #layouts: readonly [Layout, Layout];
  readonly #passes: readonly [Kernel, Kernel];
  readonly #exits: readonly [plain: Kernel, face: Kernel, second: Kernel];
  readonly #start: Kernel;
  readonly #lines: Kernel;
  readonly #sum: Kernel;
  readonly #tables: {
    readonly twiddles: readonly [GPUBuffer, GPUBuffer];
    readonly frequencies: readonly [GPUBuffer, GPUBuffer];
    readonly factors: readonly [GPUBuffer, GPUBuffer];
    readonly roots: GPUBuffer;
    readonly transmission: GPUBuffer;
    readonly turns: GPUBuffer;
    /** As `turns`, of what a crystal ends in; the same where it ends as it goes on. */
    readonly endings: GPUBuffer;
  };
  readonly #turns: number;
  /** What takes off, before the first slice, what atoms before the entrance face would reach in. */
  readonly #entrance: Float32Array<ArrayBuffer>;
  readonly #entranceFace: GPUBuffer;
  readonly #faces = new Map<number, GPUBuffer | undefined>();
  #fields: Fields | undefined;
  #capacity = 0;

  /** Computes the transmission functions of `stack` (its absorption included), tiled, and compiles the kernels. @throws 'range' if the block is too large for the device */
  constructor(gpu: Gpu, stack: SliceStack, voltage_kV: number, options: GpuMultisliceOptions = {}) {
    const { tiles = [1, 1] } = options;
    const { device } = gpu;
    const { limits } = device;
    this.gpu = gpu;
    this.#stack = stack;
    this.voltage_kV = voltage_kV;
    this.bandLimit = options.bandLimit ?? 1;
    const nx = stack.nx * tiles[0];
    const ny = stack.ny * tiles[1];
    this.nx = nx;
    this.ny = ny;
    this.length_A = [stack.cell_A[0] * tiles[0], stack.cell_A[1] * tiles[1]];
    const field = 8 * nx * ny;
    const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
    this.maxWaves = Math.min(
      options.batch ?? Number.POSITIVE_INFINITY,
      Math.floor(Math.min(most, BATCH_BYTES) / field),
      limits.maxComputeWorkgroupsPerDimension,
    );
    if (this.maxWaves < 1 || stack.nSlices * field > most) {
      fail(
        'range',
        `A block of ${nx}×${ny} points and ${stack.nSlices} slices is too large for ${gpu.name}.`,
        'Use a shorter block, a smaller grid or the CPU engine.',
      );
    }
    const plan = (n: number) => gpuLinePlan(n, gpuRadices(n, options.largestRadix));
    this.#plans = [plan(nx), plan(ny)];
    const [px, py] = this.#plans;
    const threads = options.threads ?? (gpu.software ? 16 : 256);
    this.#layouts = [layout(px, ny, limits, threads), layout(py, nx, limits, threads)];
    const [lx, ly] = this.#layouts;
    for (const [axis, shape] of this.#layouts.entries()) {
      if (shape.lines * this.#plans[axis]!.n * 8 > limits.maxComputeWorkgroupStorageSize) {
        fail('range', `A line of ${this.#plans[axis]!.n} points is too long for ${gpu.name}.`, 'Use the CPU engine.');
      }
    }
    this.#passes = [
      kernel(device, passShader(px, ny, lx, true), [false, true, false, false, false], 12),
      kernel(device, passShader(py, nx, ly, false), [false, true, false, false], 12),
    ];
    this.#exits = [
      kernel(device, exitShader(px, lx, false), [false, true, false, false], 16),
      kernel(device, exitShader(px, lx, true), [false, true, false, false, false], 16),
      kernel(device, exitShader(py, ly, false), [false, true, false, false], 16),
    ];
    this.#start = kernel(device, planeWaveShader(nx, ny), [true, false, false, false]);
    this.#lines = kernel(device, linesShader(nx), [true, false, false, false, false]);
    this.#sum = kernel(device, sumShader(nx, ny), [true, false, false, false, false]);

    const pair = <T>(make: (plan: GpuLinePlan) => T): readonly [T, T] => [make(px), make(py)];
    const ones = new Float32Array(2 * nx * ny);
    for (let i = 0; i < ones.length; i += 2) ones[i] = 1;
    // Entries for the whole depth, or until both the block and the propagator's tables begin anew.
    const { order, nSlices, ending } = stack;
    this.#turns = order ? order.length : (nSlices * FACTOR_TABLES) / gcd(nSlices, FACTOR_TABLES);
    const entries = (of: Int32Array | undefined) =>
      uploadEntries(
        device,
        Array.from({ length: this.#turns }, (_, s) => [
          (of ? of[s]! : s % nSlices) * nx * ny,
          (s % FACTOR_TABLES) * nx,
          (s % FACTOR_TABLES) * ny,
        ]),
      );
    const turns = entries(order);
    this.#tables = {
      twiddles: pair(({ twiddles }) => upload(device, twiddles)),
      frequencies: pair(({ n, position }) => {
        const frequencies = new Uint32Array(n);
        for (let k = 0; k < n; k++) frequencies[position[k]!] = k;
        return upload(device, frequencies);
      }),
      factors: pair(({ n }) => allocate(device, 8 * n * FACTOR_TABLES)),
      roots: upload(device, Float32Array.from([...roots(nx), ...roots(ny)])),
      transmission: allocate(device, stack.nSlices * field),
      turns,
      endings: ending ? entries(ending.order) : turns,
    };
    for (let s = 0; s < stack.nSlices; s++) {
      const t = this.#transmission(stack.slice(s), stack.diffuse?.slice(s));
      device.queue.writeBuffer(this.#tables.transmission, s * field, t);
    }
    this.#entrance = this.#cut(0, -1) ?? ones;
    this.#entranceFace = upload(device, this.#entrance);
  }

  /** exp(iσV − σ²W), or its inverse (sign −1), tiled, [ny][nx] complex; W is 0 where absent. */
  #transmission(v: Float64Array, w: Float64Array | undefined, sign: 1 | -1 = 1): Float32Array<ArrayBuffer> {
    const { nx, ny } = this;
    const { nx: width, ny: height } = this.#stack;
    const sigma = sign * interactionConstant(this.voltage_kV);
    const t = new Float32Array(2 * nx * ny);
    for (let y = 0, i = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i += 2) {
        const at = (y % height) * width + (x % width);
        const left = w ? Math.exp(-sign * sigma * sigma * w[at]!) : 1;
        t[i] = left * Math.cos(sigma * v[at]!);
        t[i + 1] = left * Math.sin(sigma * v[at]!);
      }
    }
    return t;
  }

  /** The factor that completes the atoms at a cut before slice s, or its inverse (sign −1); undefined where nothing is cut. */
  #cut(s: number, sign: 1 | -1): Float32Array<ArrayBuffer> | undefined {
    const v = this.#stack.cut?.(s);
    return v?.some((value) => value !== 0) ? this.#transmission(v, this.#stack.diffuse?.cut?.(s), sign) : undefined;
  }

  #exitFace(s: number): GPUBuffer | undefined {
    if (!this.#faces.has(s)) {
      const cut = this.#cut(s, 1);
      this.#faces.set(s, cut && upload(this.gpu.device, cut));
    }
    return this.#faces.get(s);
  }

  #room(waves: number): Fields {
    if (this.#fields === undefined || waves > this.#capacity) {
      for (const buffer of Object.values(this.#fields ?? {}) as GPUBuffer[]) buffer.destroy();
      const make = () => allocate(this.gpu.device, 8 * this.nx * this.ny * waves);
      this.#fields = { psi: make(), tmp: make(), spectra: make(), ...(this.#stack.ending && { kept: make() }) };
      this.#capacity = waves;
    }
    return this.#fields;
  }

  #begin(waves: Waves, { psi, tmp }: Fields): void {
    const { nx, ny } = this;
    const { device } = this.gpu;
    if ('points' in waves) {
      this.#beginSums(waves, psi, tmp);
      return;
    }
    if ('plane' in waves) {
      const list = upload(
        device,
        Uint32Array.from(waves.plane.flatMap(([gx, gy]) => [floorMod(gx, nx), floorMod(gy, ny)])),
      );
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(this.#start.pipeline);
      pass.setBindGroup(0, this.#start.bind([psi, list, this.#tables.roots, this.#entranceFace]));
      pass.dispatchWorkgroups(Math.ceil((nx * ny) / FILL), waves.plane.length);
      pass.end();
      device.queue.submit([encoder.finish()]);
      list.destroy();
      return;
    }
    const t = this.#entrance;
    for (const [w, { re, im }] of waves.fields.entries()) {
      const data = new Float32Array(2 * nx * ny);
      for (let i = 0; i < nx * ny; i++) {
        const [c, s] = [t[2 * i]!, t[2 * i + 1]!];
        data[2 * i] = re[i]! * c - im[i]! * s;
        data[2 * i + 1] = re[i]! * s + im[i]! * c;
      }
      device.queue.writeBuffer(psi, data.byteLength * w, data);
    }
  }

  /** Row by row into `tmp`, then the rows into `psi`. */
  #beginSums(waves: WaveSums, psi: GPUBuffer, tmp: GPUBuffer): void {
    const { nx, ny } = this;
    const { device } = this.gpu;
    const { points, amplitudes } = waves;
    const rows: [first: number, end: number, gy: number, points: number][] = [];
    for (const [i, [, y]] of points.entries()) {
      const gy = floorMod(y, ny);
      const last = rows.at(-1);
      if (last?.[2] === gy) last[1] = i + 1;
      else rows.push([i, i + 1, gy, points.length]);
    }
    // A row of `tmp` holds each.
    if (rows.length > ny) throw new RangeError(`${rows.length} rows of plane waves on a grid of ${ny}`);
    const list = upload(device, Uint32Array.from(rows.flat()));
    const columns = upload(
      device,
      Uint32Array.from(points, ([x]) => floorMod(x, nx)),
    );
    const given = upload(device, amplitudes);
    const { roots } = this.#tables;
    const count = countOf(waves);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#lines.pipeline);
    pass.setBindGroup(0, this.#lines.bind([tmp, list, columns, given, roots]));
    pass.dispatchWorkgroups(Math.ceil((nx * rows.length) / FILL), count);
    pass.setPipeline(this.#sum.pipeline);
    pass.setBindGroup(0, this.#sum.bind([psi, list, tmp, roots, this.#entranceFace]));
    pass.dispatchWorkgroups(Math.ceil((nx * ny) / FILL), count);
    pass.end();
    device.queue.submit([encoder.finish()]);
    for (const buffer of [list, columns, given]) buffer.destroy();
  }

  #setPropagator(options: Pick<MultisliceOptions, 'offset_invA' | 'tilt_mrad'>): void {
    for (const axis of [0, 1] as const) {
      const plan = this.#plans[axis];
      const propagator = axisPropagator(
        plan.n,
        this.length_A[axis],
        this.#stack.dz_A,
        wavelength(this.voltage_kV),
        options.offset_invA?.[axis] ?? 0,
        options.tilt_mrad?.[axis] ?? 0,
        this.bandLimit,
      );
      const tables = new Float32Array(2 * plan.n * FACTOR_TABLES);
      propagatorTables(plan, propagator, tables);
      this.gpu.device.queue.writeBuffer(this.#tables.factors[axis], 0, tables);
    }
  }

  /**
   * Sends waves (at most `maxWaves`) through the block, repeated along z, with whole atoms at both faces. After each slice count in `exits` (ascending)
   * `atExit` may add commands that read `spectra`: the waves' transforms over nx·ny, [wave][window's height][width], complex.
   * `tick` is called now and then while the GPU works, and may throw to stop.
   */
  async propagate(
    waves: Waves,
    exits: readonly number[],
    options: Pick<MultisliceOptions, 'offset_invA' | 'tilt_mrad'>,
    window: SpectrumWindow,
    atExit: (index: number, encoder: GPUCommandEncoder, spectra: GPUBuffer) => void,
    tick: () => void = () => {},
    stopwatch?: Stopwatch,
  ): Promise<void> {
    const { nx, ny } = this;
    const { device } = this.gpu;
    const count = countOf(waves);
    if (count > this.maxWaves) throw new RangeError(`${count} waves at once, room for ${this.maxWaves}`);
    const fields = this.#room(count);
    const { psi, tmp, spectra, kept } = fields;
    const { twiddles, frequencies, factors, transmission, turns, endings } = this.#tables;
    this.#setPropagator(options);
    this.#begin(waves, fields);

    const [x, y] = this.#passes;
    const groups = [
      x.bind([psi, tmp, twiddles[0], factors[0], transmission]),
      y.bind([tmp, psi, twiddles[1], factors[1]]),
    ] as const;
    const entry = (of: GPUBuffer) => [x.bindEntry(of), y.bindEntry(of)] as const;
    const [goesOn, ends] = [entry(turns), entry(endings)];
    const [lx, ly] = this.#layouts;
    const windows = uploadEntries(device, [
      [floorMod(window.low[0], nx), window.width, ny, floatBits(1)],
      [floorMod(window.low[1], ny), window.height, window.width, floatBits(1 / (nx * ny))],
    ]);
    const [plain, face, second] = this.#exits;
    const secondGroup = second.bind([tmp, spectra, twiddles[1], frequencies[1]]);

    let queued = 0;
    const submit = async (encoder: GPUCommandEncoder): Promise<void> => {
      device.queue.submit([encoder.finish()]);
      if (++queued < QUEUED) return;
      queued = 0;
      await this.gpu.settled();
      tick();
    };
    const propagate = async (turn: typeof goesOn, from: number, to: number): Promise<void> => {
      for (let done = from; done < to; ) {
        const end = Math.min(to, done + SLICES_PER_SUBMIT);
        const encoder = device.createCommandEncoder();
        const compute = stopwatch?.begin(encoder) ?? encoder.beginComputePass();
        for (; done < end; done++) {
          const at = [(done % this.#turns) * ENTRY];
          compute.setPipeline(x.pipeline);
          compute.setBindGroup(0, groups[0]);
          compute.setBindGroup(1, turn[0], at);
          compute.dispatchWorkgroups(ny / lx.lines, count);
          compute.setPipeline(y.pipeline);
          compute.setBindGroup(0, groups[1]);
          compute.setBindGroup(1, turn[1], at);
          compute.dispatchWorkgroups(nx / ly.lines, count);
        }
        compute.end();
        stopwatch?.stop(encoder);
        await submit(encoder);
      }
    };
    /** Puts the waves aside before the ending, and takes them up again behind it. */
    const copy = (encoder: GPUCommandEncoder, from: GPUBuffer, to: GPUBuffer) =>
      encoder.copyBufferToBuffer(from, 0, to, 0, 8 * nx * ny * count);
    const { ending } = this.#stack;
    let done = 0;
    for (const [index, exit] of exits.entries()) {
      const turn = Math.max(done, exit - (ending?.slices ?? 0));
      await propagate(goesOn, done, turn);
      done = turn;
      if (kept) {
        const encoder = device.createCommandEncoder();
        copy(encoder, psi, kept);
        await submit(encoder);
        await propagate(ends, turn, exit);
      }
      const cut = this.#exitFace(placeOf(this.#stack, exit));
      const first = cut ? face : plain;
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(first.pipeline);
      pass.setBindGroup(0, first.bind([psi, tmp, twiddles[0], frequencies[0], ...(cut ? [cut] : [])]));
      pass.setBindGroup(1, first.bindEntry(windows), [0]);
      pass.dispatchWorkgroups(ny / lx.lines, count);
      pass.setPipeline(second.pipeline);
      pass.setBindGroup(0, secondGroup);
      pass.setBindGroup(1, second.bindEntry(windows), [ENTRY]);
      pass.dispatchWorkgroups(Math.ceil(window.width / ly.lines), count);
      pass.end();
      atExit(index, encoder, spectra);
      if (kept) copy(encoder, kept, psi);
      await submit(encoder);
    }
    await this.gpu.settled();
    windows.destroy();
  }

  /** Spectra of waves at each exit, as `propagate` leaves them but read back: over nx·ny, [wave][ny][nx] complex, all frequencies. */
  async run(
    waves: Waves,
    exits: readonly number[],
    options: Pick<MultisliceOptions, 'offset_invA' | 'tilt_mrad'> = {},
  ): Promise<Float32Array[]> {
    const { nx, ny } = this;
    const count = countOf(waves);
    const copies: GPUBuffer[] = [];
    const window = { low: [0, 0], width: nx, height: ny } as const;
    await this.propagate(waves, exits, options, window, (index, encoder, spectra) => {
      const copy = allocate(this.gpu.device, 8 * nx * ny * count);
      encoder.copyBufferToBuffer(spectra, 0, copy, 0, copy.size);
      copies[index] = copy;
    });
    const out: Float32Array[] = [];
    for (const copy of copies) {
      const values = new Float32Array(2 * nx * ny * count);
      await readFloats(this.gpu.device, copy, values);
      copy.destroy();
      out.push(values);
    }
    return out;
  }

  /** Gives the device's memory back. */
  close(): void {
    const { twiddles, frequencies, factors, ...single } = this.#tables;
    for (const buffer of new Set([...twiddles, ...frequencies, ...factors, ...Object.values(single)])) buffer.destroy();
    for (const face of [this.#entranceFace, ...this.#faces.values()]) face?.destroy();
    for (const buffer of Object.values(this.#fields ?? {}) as GPUBuffer[]) buffer.destroy();
  }
}

/** exp(2πik/n), k = 0 … n − 1. */
function roots(n: number): number[] {
  return Array.from({ length: n }, (_, k) => [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)]).flat();
}
