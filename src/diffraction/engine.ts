/**
 * What computes patterns: for a library all tilts of a small block at once (`PatternEngine`), for a given specimen one probe position after another in a window
 * (`PositionEngine`). Each a function with two makers. The CPU is the reference; the GPU equals it to 2.3e-7 (R1, docs/verification.md).
 */

import type { Task } from '../core/task.ts';
import { Multislice, type Tiles } from './cpu/multislice.ts';
import type { SliceKernel } from './cpu/wasm.ts';
import type { Gpu } from './gpu/device.ts';
import { GpuMultislice } from './gpu/multislice.ts';
import { simulatePatternsGpu } from './gpu/patterns.ts';
import { GpuPositionPatterns } from './gpu/position-patterns.ts';
import { PixelAreas } from './pixel-areas.ts';
import { type PositionGeometry, PositionPatterns } from './position-patterns.ts';
import { type LatticeGeometry, type PatternRequest, simulatePatterns } from './scattering-matrix.ts';
import type { SliceStack } from './slices.ts';

export type EngineName = 'cpu' | 'gpu';

export interface PatternJob {
  readonly stack: SliceStack;
  /** Of the propagator, as a fraction of the Nyquist frequency. */
  readonly bandLimit: number;
  readonly geometry: LatticeGeometry;
  readonly requests: readonly PatternRequest[];
}

/** Patterns [requests][pixels qy][pixels qx], fraction of the incident beam that each pixel's area records (pixel-areas.ts); progress in plane waves. @throws 'range', 'aborted', 'unsupported' */
export type PatternEngine = (job: PatternJob, task: Task) => Promise<Float32Array>;

export function cpuEngine(kernel: SliceKernel): PatternEngine {
  const record = recorder();
  return async ({ stack, bandLimit, geometry, requests }, task) => {
    const mark = kernel.mark();
    try {
      const multislice = new Multislice(kernel, stack, geometry.detector.voltage_kV, [1, 1], bandLimit);
      return record(simulatePatterns(multislice, geometry, requests, task), geometry);
    } finally {
      kernel.release(mark);
    }
  };
}

export function gpuEngine(gpu: Gpu): PatternEngine {
  const record = recorder();
  return async ({ stack, bandLimit, geometry, requests }, task) => {
    const multislice = new GpuMultislice(gpu, stack, geometry.detector.voltage_kV, { bandLimit });
    try {
      return record(await simulatePatternsGpu(multislice, geometry, requests, task), geometry);
    } finally {
      multislice.close();
    }
  };
}

/** From samples to what pixels record, in place; engines are asked for one detector's patterns again and again. */
function recorder(): (samples: Float32Array, geometry: LatticeGeometry) => Float32Array {
  let last: { readonly key: string; readonly areas: PixelAreas } | undefined;
  return (samples, { detector }) => {
    const key = JSON.stringify(detector);
    if (last?.key !== key) last = { key, areas: new PixelAreas(detector) };
    last.areas.apply(samples);
    return samples;
  };
}

export interface PositionJob {
  readonly stack: SliceStack;
  /** Repeats of the stack across the window. */
  readonly tiles: Tiles;
  readonly voltage_kV: number;
  /** Of the propagator, as a fraction of the Nyquist frequency. */
  readonly bandLimit: number;
  readonly geometry: PositionGeometry;
}

/** A specimen, cut into slices, that probes are sent through. */
export interface PositionSource {
  /** Size of a pattern; the direct beam is at index [height >> 1][width >> 1]. */
  readonly width: number;
  readonly height: number;
  /**
   * Patterns of each position, in order: [exits] of [height][width], fraction of the incident beam per lattice point.
   * @param tick is called now and then with the share done of the position in hand, 0 to 1, and may throw to stop
   */
  at(
    positions_A: readonly (readonly [x: number, y: number])[],
    tick?: (share: number) => void,
  ): AsyncIterable<readonly Float64Array[]>;
  /** Gives the memory back. On the CPU sources are closed in reverse order of their making. */
  close(): void;
}

/** @throws 'range' where it does not fit, or as `planPositions` */
export type PositionEngine = (job: PositionJob) => PositionSource;

export function cpuPositions(kernel: SliceKernel): PositionEngine {
  return ({ stack, tiles, voltage_kV, bandLimit, geometry }) => {
    const mark = kernel.mark();
    const patterns = new PositionPatterns(new Multislice(kernel, stack, voltage_kV, tiles, bandLimit), geometry);
    const { width, height } = patterns.plan;
    return {
      width,
      height,
      async *at(positions_A, tick = () => {}) {
        for (const position of positions_A) {
          tick(0);
          yield patterns.at(position, tick);
        }
      },
      close: () => kernel.release(mark),
    };
  };
}

export function gpuPositions(gpu: Gpu): PositionEngine {
  return ({ stack, tiles, voltage_kV, bandLimit, geometry }) => {
    const multislice = new GpuMultislice(gpu, stack, voltage_kV, { tiles, bandLimit });
    const patterns = new GpuPositionPatterns(multislice, geometry);
    const { width, height } = patterns.plan;
    return {
      width,
      height,
      at: (positions_A, tick) => patterns.at(positions_A, tick),
      close() {
        patterns.close();
        multislice.close();
      },
    };
  };
}
