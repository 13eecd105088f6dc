/**
 * Dynamics at a given mean polarization: the mean of u over the block is held where it is put. The forces less their mean drive the rest; the mean F̄ itself is
 * what a uniform field would have to balance,
 *
 *     E = −F̄ / Z*,
 *
 * a Lagrange multiplier. Its mean over time is the field under which the free crystal has that polarization, where it has one state there (a paraelectric); below
 * the transition small P is held in states that no field makes stable, domains among them.
 */

import type { Vec3 } from '../../crystal/structure.ts';
import type { Conditions, Evaluation, ForceField, System } from '../system.ts';

/** Mean over the cells of a field [cells][3]. */
export function blockMean(field: Float64Array): [number, number, number] {
  const mean: [number, number, number] = [0, 0, 0];
  field.forEach((value, i) => {
    mean[(i % 3) as 0 | 1 | 2] += value;
  });
  return [(3 * mean[0]) / field.length, (3 * mean[1]) / field.length, (3 * mean[2]) / field.length];
}

/** Takes the mean of a field [cells][3] off, in place, and returns it. */
export function removeMean(field: Float64Array): Vec3 {
  const mean = blockMean(field);
  for (let i = 0; i < field.length; i++) field[i]! -= mean[i % 3]!;
  return mean;
}

/** An engine whose forces and noise have no mean. Velocities must start without one (`removeMean`). */
export class HeldMean implements ForceField {
  readonly #inner: ForceField;
  /** What holds the mean of the present u, beyond the field of the conditions [V/Å]. */
  field_V_per_A: Vec3 = [0, 0, 0];

  constructor(inner: ForceField) {
    this.#inner = inner;
  }

  get system(): System {
    return this.#inner.system;
  }
  get conditions(): Conditions {
    return this.#inner.conditions;
  }
  set conditions(conditions: Conditions) {
    this.#inner.conditions = conditions;
  }
  get u_A(): Float64Array {
    return this.#inner.u_A;
  }
  get force(): Float64Array {
    return this.#inner.force;
  }

  evaluate(): Evaluation {
    const evaluation = this.#inner.evaluate();
    const [x, y, z] = removeMean(this.force);
    const { zStar } = this.system.parameters;
    this.field_V_per_A = [-x / zStar, -y / zStar, -z / zStar];
    return evaluation;
  }

  normals(seed: number, step: number): Float64Array {
    const noise = this.#inner.normals(seed, step);
    removeMean(noise);
    return noise;
  }
}
