/**
 * Patterns of probe positions on a GPU: twin of `../position-patterns.ts`, which says what they are and states the two ways. Only intensities come back, summed
 * over the source's places and the probe's parts; float32.
 */

import { fail } from '../../core/errors.ts';
import { amplitudeAt, type PositionGeometry, type PositionPlan, planPositions } from '../position-patterns.ts';
import { allocate, ENTRY, type Kernel, kernel, readFloats, upload, uploadEntries } from './buffers.ts';
import type { GpuMultislice, SpectrumWindow } from './multislice.ts';
import { GATHER, MATRIX_SHADER, SQUARES_SHADER } from './shaders.ts';

/** What the intensities, and the amplitudes, of the positions of one group may take [bytes]. */
const GROUP_BYTES = 2 ** 27;
/** Products of one dispatch: a desktop's watchdog ends one that takes seconds. */
const PRODUCTS = 2 ** 32;

/** Sums over the source's places, and for each over the probe's parts. */
interface Probe {
  readonly part: number;
  readonly offset_A: readonly [x: number, y: number];
  readonly weight: number;
}

export class GpuPositionPatterns {
  readonly plan: PositionPlan;
  readonly #multislice: GpuMultislice;
  readonly #geometry: PositionGeometry;
  /** Of each position. */
  readonly #probes: readonly Probe[];
  readonly #weights: GPUBuffer;
  /** From spectra of probes, or from the matrix, to intensities. */
  readonly #gather: Kernel;
  /** Positions that are computed at once. */
  readonly #group: number;
  /** Spectra of the aperture's plane waves, [exit][wave][height][width], complex. */
  #matrix: GPUBuffer | undefined;

  /** @throws 'range' as `planPositions`, and for patterns that the device cannot hold */
  constructor(multislice: GpuMultislice, geometry: PositionGeometry) {
    const { device } = multislice.gpu;
    const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = device.limits;
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    this.plan = planPositions(multislice, geometry, most);
    this.#multislice = multislice;
    this.#geometry = geometry;
    const { way, width, height, apertures, source } = this.plan;
    this.#probes = source.flatMap(({ offset_A, weight }) =>
      geometry.parts.map((part, p) => ({ part: p, offset_A, weight: weight * part.weight })),
    );
    this.#weights = upload(
      device,
      Float32Array.from(this.#probes, ({ weight }) => weight),
    );
    this.#gather =
      way === 'direct'
        ? kernel(device, SQUARES_SHADER, [false, false, true], 24)
        : kernel(device, MATRIX_SHADER, [false, false, true, false], 20);
    const size = width * height;
    const pattern = 4 * geometry.exits.length * size;
    if (pattern > most) {
      fail(
        'range',
        `${geometry.exits.length} patterns of ${height} × ${width} are too many for ${multislice.gpu.name}.`,
        'Use fewer thicknesses, smaller angles or the CPU engine.',
      );
    }
    const sums = this.#probes.length * apertures[0]!.length;
    const room = Math.min(most, GROUP_BYTES);
    const fits = way === 'matrix' ? Math.min(room / (8 * sums), PRODUCTS / (sums * size)) : Number.POSITIVE_INFINITY;
    this.#group = Math.max(1, Math.floor(Math.min(room / pattern, fits, maxComputeWorkgroupsPerDimension)));
  }

  /**
   * Patterns of each position, in order: [exits] of [height][width], fraction of the incident beam per lattice point.
   * @param tick is called now and then while the GPU works, and may throw to stop
   */
  async *at(
    positions_A: readonly (readonly [x: number, y: number])[],
    tick: (share: number) => void = () => {},
  ): AsyncGenerator<Float64Array[]> {
    const { gpu } = this.#multislice;
    const size = this.plan.width * this.plan.height;
    const exits = this.#geometry.exits.length;
    for (let first = 0; first < positions_A.length; first += this.#group) {
      const positions = positions_A.slice(first, first + this.#group);
      const values = new Float32Array(positions.length * exits * size);
      const intensities = allocate(gpu.device, values.byteLength);
      try {
        if (this.plan.way === 'direct') await this.#direct(positions, intensities, tick);
        else await this.#sum(positions, intensities, tick);
        await readFloats(gpu.device, intensities, values);
        await gpu.settled();
      } finally {
        intensities.destroy();
      }
      for (let p = 0; p < positions.length; p++) {
        const start = p * exits * size;
        yield this.#geometry.exits.map((_, e) =>
          Float64Array.from(values.subarray(start + e * size, start + (e + 1) * size)),
        );
      }
    }
  }

  get #window(): SpectrumWindow {
    const { width, height } = this.plan;
    const [x, y] = this.#geometry.reach;
    return { low: [-x, -y], width, height };
  }

  /** Amplitudes [probes][points], complex; probe `index` is that of position ⌊index / probes of each⌋. */
  #amplitudes(
    positions_A: readonly (readonly [x: number, y: number])[],
    from: number,
    to: number,
  ): Float32Array<ArrayBuffer> {
    const { apertures } = this.plan;
    const out = new Float32Array(2 * (to - from) * apertures[0]!.length);
    let at = 0;
    for (let index = from; index < to; index++) {
      const [x, y] = positions_A[Math.floor(index / this.#probes.length)]!;
      const { part, offset_A } = this.#probes[index % this.#probes.length]!;
      for (const point of apertures[part]!) {
        const [re, im] = amplitudeAt(point, [x + offset_A[0], y + offset_A[1]], this.#multislice.length_A);
        out[at++] = re;
        out[at++] = im;
      }
    }
    return out;
  }

  async #direct(
    positions_A: readonly (readonly [x: number, y: number])[],
    intensities: GPUBuffer,
    tick: (share: number) => void,
  ): Promise<void> {
    const { exits, tilt_mrad } = this.#geometry;
    const { maxWaves, gpu } = this.#multislice;
    const probes = this.#probes.length;
    const size = this.plan.width * this.plan.height;
    const squares = this.#gather;
    const points = this.plan.apertures[0]!.map(({ x, y }) => [x, y] as const);
    const total = positions_A.length * probes;
    for (let from = 0; from < total; from += maxWaves) {
      tick(0);
      const to = Math.min(total, from + maxWaves);
      const touched = Math.ceil(to / probes) - Math.floor(from / probes);
      const entries = uploadEntries(
        gpu.device,
        exits.map((_, e) => [size, exits.length, e, probes, from, to]),
      );
      await this.#multislice.propagate(
        { points, amplitudes: this.#amplitudes(positions_A, from, to) },
        exits,
        { tilt_mrad },
        this.#window,
        (index, encoder, spectra) => {
          const pass = encoder.beginComputePass();
          pass.setPipeline(squares.pipeline);
          pass.setBindGroup(0, squares.bind([spectra, this.#weights, intensities]));
          pass.setBindGroup(1, squares.bindEntry(entries), [index * ENTRY]);
          pass.dispatchWorkgroups(Math.ceil(size / GATHER), touched);
          pass.end();
        },
        () => tick(0),
      );
      entries.destroy();
    }
  }

  async #sum(
    positions_A: readonly (readonly [x: number, y: number])[],
    intensities: GPUBuffer,
    tick: (share: number) => void,
  ): Promise<void> {
    const { exits } = this.#geometry;
    const { device } = this.#multislice.gpu;
    const probes = this.#probes.length;
    const size = this.plan.width * this.plan.height;
    const waves = this.plan.apertures[0]!.length;
    this.#matrix ??= await this.#made(tick);
    const sums = this.#gather;
    const amplitudes = upload(device, this.#amplitudes(positions_A, 0, positions_A.length * probes));
    const entries = uploadEntries(
      device,
      exits.map((_, e) => [size, exits.length, e, probes, waves]),
    );
    const group = sums.bind([this.#matrix, this.#weights, intensities, amplitudes]);
    for (const e of exits.keys()) {
      tick(0);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(sums.pipeline);
      pass.setBindGroup(0, group);
      pass.setBindGroup(1, sums.bindEntry(entries), [e * ENTRY]);
      pass.dispatchWorkgroups(Math.ceil(size / GATHER), positions_A.length);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }
    amplitudes.destroy();
    entries.destroy();
  }

  /** The matrix, made once: all parts share the points and differ in phase only. */
  async #made(tick: (share: number) => void): Promise<GPUBuffer> {
    const { exits, tilt_mrad } = this.#geometry;
    const { gpu, maxWaves } = this.#multislice;
    const points = this.plan.apertures[0]!.map(({ x, y }) => [x, y] as const);
    const bytes = 8 * this.plan.width * this.plan.height;
    const matrix = allocate(gpu.device, exits.length * points.length * bytes);
    for (let from = 0; from < points.length; from += maxWaves) {
      tick(0);
      const plane = points.slice(from, from + maxWaves);
      await this.#multislice.propagate(
        { plane },
        exits,
        { tilt_mrad },
        this.#window,
        (index, encoder, spectra) => {
          const to = (index * points.length + from) * bytes;
          encoder.copyBufferToBuffer(spectra, 0, matrix, to, plane.length * bytes);
        },
        () => tick(0),
      );
    }
    return matrix;
  }

  /** Gives back what this holds of the device's memory; the multislice is its maker's. */
  close(): void {
    this.#weights.destroy();
    this.#matrix?.destroy();
  }
}
