/** What computes the patterns of a structure: one function, two makers. The CPU is the reference; the GPU equals it to 2.3e-7 (R1, docs/verification.md). */

import type { Task } from '../core/task.ts';
import { Multislice } from './cpu/multislice.ts';
import type { SliceKernel } from './cpu/wasm.ts';
import type { Gpu } from './gpu/device.ts';
import { GpuMultislice } from './gpu/multislice.ts';
import { simulatePatternsGpu } from './gpu/patterns.ts';
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

/** Patterns [requests][pixels qy][pixels qx], fraction of the incident beam per pixel; progress in plane waves. @throws 'range', 'aborted', 'unsupported' */
export type PatternEngine = (job: PatternJob, task: Task) => Promise<Float32Array>;

export function cpuEngine(kernel: SliceKernel): PatternEngine {
  return async ({ stack, bandLimit, geometry, requests }, task) => {
    const mark = kernel.mark();
    try {
      const multislice = new Multislice(kernel, stack, geometry.detector.voltage_kV, [1, 1], bandLimit);
      return simulatePatterns(multislice, geometry, requests, task);
    } finally {
      kernel.release(mark);
    }
  };
}

export function gpuEngine(gpu: Gpu): PatternEngine {
  return async ({ stack, bandLimit, geometry, requests }, task) => {
    const multislice = new GpuMultislice(gpu, stack, geometry.detector.voltage_kV, { bandLimit });
    try {
      return await simulatePatternsGpu(multislice, geometry, requests, task);
    } finally {
      multislice.close();
    }
  };
}
