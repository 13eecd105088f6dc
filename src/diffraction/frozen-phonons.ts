/**
 * Thermal diffuse scattering by frozen phonons: patterns averaged over snapshots of the vibrating crystal (Loane, Xu, Silcox, Acta Cryst. A 47 (1991) 267).
 * Snapshots are Einstein's (every atom a normal displacement of its own) or those of a trajectory. The motion is then explicit: the potential of each
 * snapshot is that of atoms at rest, and a Debye–Waller factor beside it would count the motion twice; `thermalAverage` refuses it.
 * What it is not: inelastic in energy, or correlated motion other than what a trajectory brings.
 */

import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { checkAborted, quietTask, type Task } from '../core/task.ts';
import { Multislice, type Tiles } from './cpu/multislice.ts';
import type { SliceKernel } from './cpu/wasm.ts';
import { type Atoms, type SliceOptions, sliceStack } from './slices.ts';

/** `times` copies of a block along x, y and z, atoms [z copy][y copy][x copy][atom]: what vibrates has no smaller period. */
export function supercell(atoms: Atoms, times: readonly [x: number, y: number, z: number]): Atoms {
  const { cell_A, symbols, positions_A, occupancy } = atoms;
  const copies = times[0] * times[1] * times[2];
  const positions = new Float64Array(3 * symbols.length * copies);
  let to = 0;
  for (let k = 0; k < times[2]; k++) {
    for (let j = 0; j < times[1]; j++) {
      for (let i = 0; i < times[0]; i++) {
        const shift = [i * cell_A[0], j * cell_A[1], k * cell_A[2]];
        for (let c = 0; c < positions_A.length; c++) positions[to++] = positions_A[c]! + shift[c % 3]!;
      }
    }
  }
  const many = <T>(list: readonly T[]): T[] => Array.from({ length: copies }, () => list).flat();
  return {
    cell_A: [cell_A[0] * times[0], cell_A[1] * times[1], cell_A[2] * times[2]],
    symbols: many(symbols),
    positions_A: positions,
    ...(occupancy && { occupancy: Float64Array.from(many([...occupancy])) }),
  };
}

/**
 * Snapshot number `configuration` of `atoms`: each displaced by a normal deviate of variance u² [Å²] along each axis, drawn from
 * (seed, configuration, index of the atom) alone. Two half atoms in one place move apart.
 * @throws 'range' for a symbol without u², or one that is negative
 */
export function frozenPhonon(
  atoms: Atoms,
  u2_A2: Readonly<Record<string, number>>,
  seed: number,
  configuration: number,
): Atoms {
  const positions_A = atoms.positions_A.slice();
  for (const [i, symbol] of atoms.symbols.entries()) {
    const u2 = u2_A2[symbol];
    if (!(u2 !== undefined && u2 >= 0)) {
      fail(
        'range',
        `${symbol} has no mean-square displacement.`,
        'Give u² in Å² for every element; 0 keeps it still.',
        { u2_A2 },
      );
    }
    const random = new RandomStream(seed, 'frozen phonon', configuration, i);
    for (let axis = 0; axis < 3; axis++) {
      positions_A[3 * i + axis] = positions_A[3 * i + axis]! + Math.sqrt(u2) * random.normal();
    }
  }
  return { ...atoms, positions_A };
}

/** Einstein snapshots 0 … count − 1. */
export function* einsteinSnapshots(
  atoms: Atoms,
  u2_A2: Readonly<Record<string, number>>,
  seed: number,
  count: number,
): Generator<Atoms> {
  for (let configuration = 0; configuration < count; configuration++) {
    yield frozenPhonon(atoms, u2_A2, seed, configuration);
  }
}

/** Mean of equal-length arrays as they come, and its standard error (Welford): no array is kept. */
export class RunningMean {
  #count = 0;
  #mean: Float64Array = new Float64Array();
  /** Sum of squared deviations. */
  #square: Float64Array = new Float64Array();

  /** Takes one more array, of any shape and unit. @throws 'shape' for an array of another length */
  add(values: ArrayLike<number>): void {
    if (this.#count === 0) {
      this.#mean = new Float64Array(values.length);
      this.#square = new Float64Array(values.length);
    }
    if (values.length !== this.#mean.length) {
      fail(
        'shape',
        `An average of ${this.#mean.length} values got ${values.length}.`,
        'Measure the same thing each time.',
      );
    }
    this.#count++;
    for (let i = 0; i < values.length; i++) {
      const away = values[i]! - this.#mean[i]!;
      this.#mean[i] = this.#mean[i]! + away / this.#count;
      this.#square[i] = this.#square[i]! + away * (values[i]! - this.#mean[i]!);
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Of the arrays so far, in their order and unit; empty before the first. */
  get mean(): Float64Array {
    return this.#mean;
  }

  /** Standard error of each mean, in its unit; infinite below two arrays. */
  standardError(): Float64Array {
    const n = this.#count;
    return this.#square.map((s) => (n < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(s / (n - 1) / n)));
  }
}

export interface ThermalOptions {
  /** Slices of every snapshot; without u², since the snapshots move. */
  readonly slices: SliceOptions;
  readonly voltage_kV: number;
  readonly tiles?: Tiles;
  readonly bandLimit?: number;
}

/**
 * Averages what `measure` takes of each snapshot (a pattern, an annular scan, exit amplitudes) over all of them. Snapshots may be any iterable: Einstein's,
 * or the frames of a trajectory, in boxes of one size. Atoms that left the box come in at the other side, so let faces lie between atomic planes.
 * Slices repeat along the beam if `measure` asks for more than the snapshot has: a snapshot should span the thickness, or its atoms vibrate in step.
 * @throws 'range' where the slices have a Debye–Waller factor too, or there is no snapshot; 'aborted'
 */
export function thermalAverage(
  kernel: SliceKernel,
  snapshots: Iterable<Atoms>,
  options: ThermalOptions,
  measure: (multislice: Multislice, snapshot: number) => ArrayLike<number>,
  task: Task = quietTask,
): RunningMean {
  const { slices } = options;
  const damped = Object.entries({ ...slices.u2_A2, ...slices.u2z_A2 }).filter(([, u2]) => u2 !== 0);
  if (damped.length > 0) {
    fail(
      'range',
      `The slices have a Debye–Waller factor for ${damped.map(([symbol]) => symbol).join(', ')}, and the snapshots vibrate.`,
      'Leave u2_A2 out of the slices: it would count the motion twice.',
      { u2_A2: slices.u2_A2, u2z_A2: slices.u2z_A2 },
    );
  }
  const average = new RunningMean();
  const mark = kernel.mark();
  for (const atoms of snapshots) {
    checkAborted(task);
    // Each snapshot takes the last one's place in the kernel's memory.
    kernel.release(mark);
    const stack = sliceStack(atoms, slices);
    average.add(
      measure(new Multislice(kernel, stack, options.voltage_kV, options.tiles, options.bandLimit), average.count),
    );
    task.progress(average.count, average.count, 'snapshots');
  }
  kernel.release(mark);
  if (average.count === 0) fail('range', 'There are no snapshots to average over.', 'Give at least one.');
  return average;
}

/**
 * The coherent (Bragg) part |⟨ψ⟩|² of each pixel, from means over `count` snapshots of the real part, imaginary part and intensity, arrays of one length in any
 * order (such as [ny][nx]), intensity in units of the squared amplitudes; the result is in the same: |mean|² holds
 * 1/count of the diffuse intensity ⟨|ψ|²⟩ − |⟨ψ⟩|², which is taken off. The rest, mean intensity less this, is thermal diffuse.
 * Noise makes it negative where nothing is coherent. @throws 'range' for fewer than two snapshots
 */
export function coherentIntensity(
  re: ArrayLike<number>,
  im: ArrayLike<number>,
  intensity: ArrayLike<number>,
  count: number,
): Float64Array {
  if (!(count >= 2)) fail('range', 'The coherent part needs two snapshots or more.', 'Average over more.', { count });
  return Float64Array.from(
    { length: intensity.length },
    (_, i) => (count * (re[i]! ** 2 + im[i]! ** 2) - intensity[i]!) / (count - 1),
  );
}
