/** What a worker thread of a check does (check-scan.ts): patterns of states, compared with those of a scan, or with those of structures whose state is known. */

import { RandomStream } from '../core/random.ts';
import { quietTask } from '../core/task.ts';
import type { Worker } from '../core/threads.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import { STORED_LABELS } from '../library/labels.ts';
import type { LibraryInputs } from '../library/options.ts';
import { simulateShard } from '../library/shard.ts';
import { UniformCrystal, type UniformState } from '../library/uniform-crystal.ts';
import { addNoise } from '../network/noise.ts';
import { type ChiSquare, type ChiSquareOptions, chiSquare } from './chi-square.ts';

export interface CheckedState extends UniformState {
  readonly thickness_nm: number;
}

export interface CheckSettings {
  readonly inputs: LibraryInputs;
  readonly options: ChiSquareOptions;
}

export type CheckJob =
  /** A pattern of the scan [pixels²] and the state predicted of it. */
  | { readonly kind: 'position'; readonly pattern: Float32Array; readonly state: CheckedState }
  /** A structure like those of the library, that none holds. */
  | {
      readonly kind: 'structure';
      /** What it is simulated by; its own thickness, tilts and size. */
      readonly inputs: LibraryInputs;
      readonly index: number;
      /** Rms error of the model: P [µC/cm²], tilt [mrad], thickness [nm]. */
      readonly error: Readonly<Record<StateLabel, number>>;
    };

/** Labels that make a state. */
export const STATE_LABELS = ['P_x', 'P_y', 'P_z', 'tilt_x', 'tilt_y', 'thickness'] as const;
export type StateLabel = (typeof STATE_LABELS)[number];

/** Wrong by so much [nm]. */
export const THICKER_NM = 5;

/** χ² per degree of freedom of one simulated pattern with the counting noise of the scan. */
export interface FloorSample {
  /** Beside itself without noise: what counting leaves. */
  readonly counting: number;
  /** Beside the uniform crystal of its true state: what disorder adds. */
  readonly truth: number;
  /** Of a state as wrong as the model is: its rms error times a normal deviate. */
  readonly stated: number;
  /** P reversed; THICKER_NM thicker. */
  readonly reversed: number;
  readonly thicker: number;
}

export type CheckPart =
  | { readonly kind: 'position'; readonly chi2: ChiSquare }
  | { readonly kind: 'structure'; readonly samples: readonly FloorSample[] };

export function stateOf(value: (label: StateLabel) => number): CheckedState {
  return {
    P_uC_cm2: [value('P_x'), value('P_y'), value('P_z')],
    tilt_mrad: [value('tilt_x'), value('tilt_y')],
    thickness_nm: value('thickness'),
  };
}

export async function checkWorker({ inputs, options }: CheckSettings): Promise<Worker<CheckJob, CheckPart>> {
  const engine = cpuEngine(await SliceKernel.load());
  const crystal = new UniformCrystal(inputs);
  const simulated = (state: CheckedState, thickness_nm = [state.thickness_nm]) =>
    crystal.patterns(state, thickness_nm, engine, quietTask);

  /** @param stream of the noise */
  async function sample(
    clean: Float32Array,
    truth: CheckedState,
    stated: CheckedState,
    stream: RandomStream,
  ): Promise<FloorSample> {
    const size = clean.length;
    const noisy = clean.slice();
    // Of so many electrons counts scatter as the scan's do once they are resampled.
    addNoise(noisy, options.dose_e / options.variance, stream);
    const chi = (pattern: Float32Array) => chiSquare(noisy, pattern, options).reduced;
    const own = await simulated(truth, [truth.thickness_nm, truth.thickness_nm + THICKER_NM]);
    const [x, y, z] = truth.P_uC_cm2;
    return {
      counting: chi(clean),
      truth: chi(own.subarray(0, size)),
      stated: chi(await simulated(stated)),
      reversed: chi(await simulated({ ...truth, P_uC_cm2: [-x, -y, -z] })),
      thicker: chi(own.subarray(size)),
    };
  }

  return {
    async run(job) {
      if (job.kind === 'position') {
        return { kind: 'position', chi2: chiSquare(job.pattern, await simulated(job.state), options) };
      }
      const { patterns, labels, count } = await simulateShard(job.inputs, job.index, true, engine, quietTask);
      const [size, width] = [patterns.length / count, labels.length / count];
      const samples: FloorSample[] = [];
      for (let i = 0; i < count; i++) {
        const stream = new RandomStream(job.inputs.library.seed, 'check', job.index, i);
        const value = (label: StateLabel) => labels[i * width + STORED_LABELS.findIndex(({ name }) => name === label)]!;
        const truth = stateOf(value);
        const off = stream.fork('error');
        // An error greater than the thickness would leave none.
        const erring = (label: StateLabel) => value(label) + job.error[label] * off.normal();
        const stated = stateOf((label) => (label === 'thickness' ? Math.abs(erring(label)) : erring(label)));
        samples.push(await sample(patterns.subarray(i * size, (i + 1) * size), truth, stated, stream.fork('noise')));
      }
      return { kind: 'structure', samples };
    },
  };
}
