/**
 * What is simulated, and what computes its forces. Two engines answer: `energy.ts`, the readable reference in float64, and `kernel.ts`, its fast twin.
 * Fields are [nz][ny][nx][3], row-major; x, y, z are the cubic axes, z along the beam.
 */

import { GPA_EV_PER_A3 } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import { cellCount, cellIndex, type Vec3 } from '../crystal/structure.ts';
import type { HamiltonianParameters } from './parameters.ts';
import { type HeldStrain, relaxedStrain, type Voigt } from './strain.ts';
import { requireCells } from './wave-vectors.ts';

/** What surrounds the crystal; may change from step to step. */
export interface Conditions {
  /** Strain components that are held; the others minimise the energy at every step. */
  readonly held: HeldStrain;
  /** Uniform electric field E [V/Å], energy −Z* Σ E·u; default none. */
  readonly field_V_per_A?: Vec3;
  /** Field of each cell beside the uniform one [V/Å], [nz][ny][nx][3], energy −Z* Σ E(R)·u(R): surfaces, random fields. Default none. */
  readonly localField_V_per_A?: Float64Array;
  /** Hydrostatic pressure [GPa], energy +p N a0³ (η1 + η2 + η3); default 0. */
  readonly pressure_GPa?: number;
}

export interface System {
  readonly parameters: HamiltonianParameters;
  /** Unit cells along x, y and z: products of 2, 3 and 5. */
  readonly cells: Vec3;
  /** Occupation of the A sites, +1 Ba, −1 Sr, [nz][ny][nx]; site (i, j, k) is the low corner of cell (i, j, k). Default: no chemical term. */
  readonly aSites?: Int8Array;
  /**
   * Inverse screening length q [1/Å] of the macroscopic field of the dipoles, as of free charge in a film (dipole.ts). Phenomenological. Default 0: unscreened.
   */
  readonly screening_per_A?: number;
}

export interface Evaluation {
  /** Potential energy of the supercell [eV], strain relaxed. */
  readonly energy_eV: number;
  readonly strain: Voigt;
  /** −∂H/∂η of the supercell [eV]: 0 for relaxed components, what the surroundings hold against for the others. */
  readonly stress_eV: Voigt;
}

/** An engine: reads `u_A`, fills `force`. Both arrays keep their identity. */
export interface ForceField {
  readonly system: System;
  conditions: Conditions;
  /** Soft-mode amplitudes [Å], [nz][ny][nx][3]. */
  readonly u_A: Float64Array;
  /** −∂H/∂u [eV/Å], same shape. */
  readonly force: Float64Array;
  /** The force, energy and strain of `u_A` as it is now. A function of u_A and the conditions alone, to the last bit. */
  evaluate(): Evaluation;
  /** One standard normal deviate per component of u, of (seed, step) alone (normals.ts): the same bits from every engine. Valid until the next call. */
  normals(seed: number, step: number): Float64Array;
}

/**
 * @throws 'range' for a cell count with other factors than 2, 3, 5, an A site other than ±1 or a negative screening; 'shape' for a wrong number of A sites
 */
export function requireSystem({ cells, aSites, screening_per_A = 0 }: System): void {
  requireCells(cells);
  if (!(screening_per_A >= 0 && Number.isFinite(screening_per_A))) {
    fail('range', `A screening of ${screening_per_A} Å⁻¹.`, 'Give 0 or an inverse length, such as 0.3.');
  }
  if (!aSites) return;
  if (aSites.length !== cellCount(cells)) {
    fail('shape', `${aSites.length} A sites for ${cellCount(cells)} cells.`, 'Give one A site per cell.', { cells });
  }
  if (aSites.some((a) => a !== 1 && a !== -1)) {
    fail('range', 'An A site is neither +1 (Ba) nor −1 (Sr).', 'From orderA’s 0 and 1, give 2·ba − 1.');
  }
}

/** The chemical source c·a(R) of each cell [eV], [nz][ny][nx]: a(R) sums the cell's 8 A sites. */
export function chemicalSource({ parameters, cells, aSites }: System): Float64Array {
  const source = new Float64Array(cellCount(cells));
  if (!aSites) return source;
  for (let k = 0, at = 0; k < cells[2]; k++) {
    for (let j = 0; j < cells[1]; j++) {
      for (let i = 0; i < cells[0]; i++, at++) {
        for (let corner = 0; corner < 8; corner++) {
          const site = cellIndex(cells, i + (corner & 1), j + ((corner >> 1) & 1), k + (corner >> 2));
          source[at]! += parameters.chemical_eV * aSites[site]!;
        }
      }
    }
  }
  return source;
}

/**
 * Adds Z*E(R) [eV/Å] to the forces where the conditions have a field per cell.
 * @returns its energy −Z* Σ E(R)·u(R) [eV]
 * @throws 'shape' for a field of another number of cells
 */
export function addLocalField({ system, conditions, u_A, force }: ForceField): number {
  const field = conditions.localField_V_per_A;
  if (!field) return 0;
  if (field.length !== u_A.length) {
    fail('shape', `A field of ${field.length} components for ${u_A.length}.`, 'Give three per cell.', {
      cells: system.cells,
    });
  }
  const { zStar } = system.parameters;
  let sum = 0;
  for (let i = 0; i < field.length; i++) {
    force[i]! += zStar * field[i]!;
    sum += field[i]! * u_A[i]!;
  }
  return -zStar * sum;
}

/** The screening in units of 1/a0, as dipole.ts takes it. */
export function screeningOf({ parameters, screening_per_A = 0 }: System): number {
  return screening_per_A * parameters.a0_A;
}

/** Pressure's work per cell and unit of normal strain, p a0³ [eV]. */
export function pressureWork({ a0_A }: HamiltonianParameters, { pressure_GPa = 0 }: Conditions): number {
  return pressure_GPa * GPA_EV_PER_A3 * a0_A ** 3;
}

/** Adds the pressure's work to the normal components of `source`. */
export function withPressure(source: Voigt, work: number): Voigt {
  return source.map((value, l) => value + (l < 3 ? work : 0)) as unknown as Voigt;
}

/**
 * The homogeneous strain of a supercell and the stress [eV] that is left at it.
 * @param meanSource mean over cells of the coupling's g_l(u) [eV]
 */
export function homogeneousStrain(
  { parameters, cells }: System,
  conditions: Conditions,
  meanSource: Voigt,
): { strain: Voigt; stress_eV: Voigt } {
  const load = withPressure(meanSource, pressureWork(parameters, conditions));
  const strain = relaxedStrain(parameters, conditions.held, load);
  const { B11, B12, B44 } = parameters;
  const trace = strain[0] + strain[1] + strain[2];
  const stress_eV = strain.map((value, l) => {
    if (conditions.held[l] === undefined) return 0;
    const elastic = l < 3 ? (B11 - B12) * value + B12 * trace : B44 * value;
    return -cellCount(cells) * (elastic + load[l]!);
  }) as unknown as Voigt;
  return { strain, stress_eV };
}
