/**
 * Thermal diffuse scattering by frozen phonons: patterns averaged over snapshots of the vibrating crystal (Loane, Xu, Silcox, Acta Cryst. A 47 (1991) 267).
 * Snapshots are Einstein's (every atom a normal displacement of its own) or those of a trajectory. The motion is then explicit: the potential of each
 * snapshot is that of atoms at rest, and a Debye–Waller factor beside it would count the motion twice.
 * What it is not: inelastic in energy, or correlated motion other than what a trajectory brings.
 */

import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import type { Atoms } from './slices.ts';

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
