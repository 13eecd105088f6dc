/** A worker thread, Node only: computes units and writes their files. Started by `run.ts`. */

import { serve } from '../core/pool.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { writePart } from './parts.ts';
import { type UnitJob, UnitSimulator } from './unit.ts';

const simulator = SliceKernel.load().then((kernel) => new UnitSimulator(kernel));

serve<{ readonly folder: string; readonly unit: UnitJob }, void>(async ({ folder, unit }, progress) => {
  await writePart(folder, unit, (await simulator).run(unit, progress));
});
