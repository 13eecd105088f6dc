/** The lowest energy along many directions: what stereograms draw. */

import { breathe, type Task } from '../core/task.ts';
import { norm, times } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { lowestAlong, symmetries } from './landscape.ts';
import type { UniformEnergy } from './uniform.ts';

/** Digits by which directions are told apart. */
const DIGITS = 9;

/**
 * Lowest energy along each direction [meV per formula unit], found once for those that symmetry makes the same: up to 48 of a grid that shares it.
 * @throws 'aborted'; 'range' for a direction of no length
 */
export async function lowestEnergies_meV(
  of: UniformEnergy,
  directions: readonly Vec3[],
  task: Task,
): Promise<Float64Array> {
  const operations = symmetries(of);
  const found = new Map<string, number>();
  const energies = new Float64Array(directions.length);
  for (const [i, direction] of directions.entries()) {
    const length = norm(direction);
    // Of all that symmetry makes of it, the last in the order of strings stands for them.
    let name = '';
    for (const operation of operations) {
      const one = times(direction, operation)
        .map((v) => (v / length || 0).toFixed(DIGITS).replace(/^-(0\.0+)$/, '$1'))
        .join();
      if (one > name) name = one;
    }
    let energy = found.get(name);
    if (energy === undefined) {
      await breathe(task);
      energy = 1e3 * lowestAlong(of, direction).energy_eV;
      found.set(name, energy);
    }
    energies[i] = energy;
  }
  return energies;
}
