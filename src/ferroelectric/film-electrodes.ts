/**
 * A film between ideal (metallic) electrodes, normal z: the film and its mirror image in a doubled supercell. Both surfaces are mirror planes, half a cell below
 * the lowest layer and half a cell above the highest. The image of a dipole in a metal has u_x, u_y → −u_x, −u_y and u_z → +u_z, so the metal's field is
 * that of the image film, and that of its images again.
 *
 * The film's u alone is free; layer k's image, layer 2 nz − 1 − k, is made from it at every step: the mirror holds to the last bit. The film's energy is half
 * the doubled supercell's, and its forces are then those on the real half.
 *
 * What this is not: a metal with a screening length (system.ts has one for the whole film), or one with a work function (a built-in field).
 */

import { fail } from '../core/errors.ts';
import { cellCount, type Vec3 } from '../crystal/structure.ts';
import type { Conditions, Evaluation, ForceField, System } from './system.ts';

/** Fills the image half of a doubled field, [2 nz][ny][nx][3], from its real half. */
function mirror(doubled: Float64Array, [nx, ny, nz]: Vec3): void {
  const layer = 3 * nx * ny;
  for (let k = 0; k < nz; k++) {
    const from = k * layer;
    const to = (2 * nz - 1 - k) * layer;
    for (let i = 0; i < layer; i++) doubled[to + i] = i % 3 === 2 ? doubled[from + i]! : -doubled[from + i]!;
  }
}

/** The doubled system. A-site plane k lies between cell layers k − 1 and k: the mirror keeps plane 0 and takes plane k to 2 nz − k; plane nz repeats plane 0. */
function doubledSystem({ aSites, ...system }: System): System {
  const [nx, ny, nz] = system.cells;
  const cells: Vec3 = [nx, ny, 2 * nz];
  if (!aSites) return { ...system, cells };
  const plane = nx * ny;
  const sites = new Int8Array(cellCount(cells));
  for (let k = 0; k < 2 * nz; k++) {
    const real = (k <= nz ? k : 2 * nz - k) % nz;
    sites.set(aSites.subarray(real * plane, (real + 1) * plane), k * plane);
  }
  return { ...system, cells, aSites: sites };
}

/** An engine for the film, made of an engine for the doubled supercell. Its u, forces, energy and stress are the film's. */
export class ElectrodedFilm implements ForceField {
  readonly system: System;
  readonly u_A: Float64Array;
  readonly force: Float64Array;
  readonly #doubled: ForceField;
  readonly #image: Float64Array;
  #conditions: Conditions;

  private constructor(system: System, doubled: ForceField, conditions: Conditions) {
    this.system = system;
    this.#doubled = doubled;
    this.#image = new Float64Array(doubled.u_A.length);
    const components = 3 * cellCount(system.cells);
    this.u_A = new Float64Array(components);
    this.force = new Float64Array(components);
    this.#conditions = conditions;
    this.conditions = conditions;
  }

  /**
   * @param system the film: cells without the image, A sites [nz][ny][nx], the plane at the upper electrode being that at the lower
   * @param conditions fields as the film has them; the image's follow
   * @param engine makes an engine for the doubled supercell, such as `KernelHamiltonian.load`
   * @throws 'range' for a uniform field along the electrodes, or a held strain that the mirror does not have; as the engine
   */
  static async load(
    system: System,
    conditions: Conditions,
    engine: (system: System, conditions: Conditions) => ForceField | Promise<ForceField>,
  ): Promise<ElectrodedFilm> {
    const doubled = await engine(doubledSystem(system), { held: conditions.held });
    return new ElectrodedFilm(system, doubled, conditions);
  }

  get conditions(): Conditions {
    return this.#conditions;
  }

  set conditions(conditions: Conditions) {
    const { held, field_V_per_A: field = [0, 0, 0], localField_V_per_A: local } = conditions;
    if (field[0] !== 0 || field[1] !== 0) {
      fail('range', 'A uniform field along the electrodes.', 'Give a field along the normal, z.', { field });
    }
    if ((held[3] ?? 0) !== 0 || (held[4] ?? 0) !== 0) {
      fail(
        'range',
        'A held shear with the normal, which the mirror reverses.',
        'Hold η4 and η5 at 0, or let them relax.',
      );
    }
    if (local && local.length !== this.u_A.length) {
      fail('shape', `A field of ${local.length} components for ${this.u_A.length}.`, 'Give three per cell.');
    }
    let doubledLocal: Float64Array | undefined;
    if (local) {
      doubledLocal = new Float64Array(2 * local.length);
      doubledLocal.set(local);
      mirror(doubledLocal, this.system.cells);
    }
    this.#conditions = conditions;
    this.#doubled.conditions = { ...conditions, ...(doubledLocal && { localField_V_per_A: doubledLocal }) };
  }

  /** @throws 'not-finite' where the energy is no number */
  evaluate(): Evaluation {
    this.#image.set(this.u_A);
    mirror(this.#image, this.system.cells);
    this.#doubled.u_A.set(this.#image);
    const { energy_eV, strain, stress_eV } = this.#doubled.evaluate();
    this.force.set(this.#doubled.force.subarray(0, this.force.length));
    return {
      energy_eV: energy_eV / 2,
      strain,
      stress_eV: stress_eV.map((value) => value / 2) as unknown as Evaluation['stress_eV'],
    };
  }

  /** The film's are the first of the doubled supercell's, the same bits as from any engine of the film's size. */
  normals(seed: number, step: number): Float64Array {
    return this.#doubled.normals(seed, step).subarray(0, this.u_A.length);
  }
}
