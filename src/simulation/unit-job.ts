/** What a worker thread of a simulation does: units, or only their slices, where a GPU on the main thread computes the rest. */

import type { Worker } from '../core/threads.ts';
import { buffersOf, type ComputedStack, computeStack } from '../diffraction/computed-stack.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { cpuPositions } from '../diffraction/engine.ts';
import { stackOf, type UnitJob, type UnitResult, UnitSimulator } from './unit.ts';

export interface SimulationJob {
  readonly unit: UnitJob;
  readonly only?: 'slices';
}

/** A unit's result, or the slices of its configuration. */
export type SimulationAnswer = UnitResult | ComputedStack;

export async function unitWorker(): Promise<Worker<SimulationJob, SimulationAnswer>> {
  let simulator: Promise<UnitSimulator> | undefined;
  return {
    async run({ unit, only }, progress) {
      if (only) return computeStack(stackOf(unit), unit.plan.exits);
      simulator ??= SliceKernel.load().then((kernel) => new UnitSimulator(cpuPositions(kernel)));
      return (await simulator).run(unit, () => stackOf(unit), progress);
    },
    handOver: (answer) =>
      'slices' in answer
        ? buffersOf(answer)
        : [answer.signals.buffer as ArrayBuffer, answer.patterns.buffer as ArrayBuffer],
  };
}
