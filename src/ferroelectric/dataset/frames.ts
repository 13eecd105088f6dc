/** The frames of a run as atoms, in the run's own box or on the recipe's lattice, and as extxyz. Runs and frames count from 0. */

import type { Identity } from '../../core/identity.ts';
import { RandomStream } from '../../core/random.ts';
import { writeExtxyz } from '../../crystal/extxyz.ts';
import { cellCount, type Structure, type Vec3 } from '../../crystal/structure.ts';
import { withJitter } from '../../crystal/thermal.ts';
import { toLattice } from '../../crystal/to-lattice.ts';
import { cellEdges, frameInfo, softModeAtoms } from '../atoms.ts';
import type { Voigt } from '../strain.ts';
import type { RunResult } from './collected.ts';
import type { DynamicsPlan } from './plan.ts';

/** Mean strain of a run over all its windows. */
export function meanStrain({ strain }: RunResult): Voigt {
  const mean = [0, 0, 0, 0, 0, 0];
  strain.forEach((value, i) => {
    mean[i % 6]! += (6 * value) / strain.length;
  });
  return mean as unknown as Voigt;
}

/** Atoms of a frame in the run's own box, with jitter. */
export function frameAtoms(plan: DynamicsPlan, run: number, result: RunResult, frame: number): Structure {
  const { cells, ba, material, parameters, jitter_pm } = plan;
  const n = 3 * cellCount(cells);
  const u_A = result.u_A.subarray(frame * n, (frame + 1) * n);
  const edges_A = cellEdges(parameters.a0_A, meanStrain(result));
  const jitter = new RandomStream(plan.runs[run]!.stream, 'jitter', frame);
  return withJitter(softModeAtoms({ cells, u_A, ba, material, edges_A }), jitter_pm, jitter);
}

/** Atoms of a frame on the recipe's lattice. @throws 'range' where the run's mean cell is more than 2 % off it */
export function latticeAtoms(plan: DynamicsPlan, run: number, result: RunResult, frame: number): Structure {
  return toLattice(frameAtoms(plan, run, result, frame), plan.a_A);
}

/**
 * A frame as extxyz, its origin in the comment; positions to 1e-6 Å.
 * @param atoms of that frame
 * @param identity of the trajectory
 */
export function frameText(
  atoms: Structure,
  plan: DynamicsPlan,
  run: number,
  result: RunResult,
  frame: number,
  { id, program }: Identity,
): Uint8Array {
  const { name, temperature_K, strain, seed } = plan.runs[run]!;
  const info = frameInfo({
    run: name,
    temperature_K,
    strain,
    eta: [...result.strain.subarray(6 * frame, 6 * frame + 6)] as unknown as Voigt,
    field_V_per_A: [...result.field_V_per_A.subarray(3 * frame, 3 * frame + 3)] as unknown as Vec3,
    seed,
    time_ps: ((plan.equilibrate + (frame + 1) * plan.interval) * plan.timestep_fs) / 1000,
    average_ps: plan.average_ps,
  });
  const positions_A = atoms.positions_A.map((x) => Math.round(1e6 * x) / 1e6);
  return new TextEncoder().encode(writeExtxyz({ ...atoms, positions_A }, { ...info, identity: id, program }));
}

/** One text after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
