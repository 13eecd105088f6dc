/**
 * Atoms from the soft modes of a supercell and its homogeneous strain: a perovskite block with sites, on ideal sites that follow the strain, every atom moved by
 *
 *     v_τα = ξ_τ u_α,   Ti by its own cell's u, each O by the mean of its 2 cells, each A by the mean of its 8        (crystal/soft-mode.ts)
 *
 * u need not be of one instant: where it is a mean over time, that has to be said with the atoms, since the size of P depends on it (`frameInfo`).
 *
 * What this is not: homogeneous shear (the box stays orthogonal; at 300 K, 8³ free cells have 0.1 % of it), acoustic displacements, tilts of the octahedra or
 * modes other than the soft one: Ti and O move in a fixed ratio, but for the jitter of crystal/thermal.ts.
 */

import type { Material } from '../crystal/material.ts';
import { perovskite } from '../crystal/perovskite.ts';
import { displaceBySoftMode } from '../crystal/soft-mode.ts';
import { requireSites, type Structure, type Vec3 } from '../crystal/structure.ts';
import type { Voigt } from './strain.ts';

export interface SoftModeBlock {
  /** Unit cells along x, y and z. */
  readonly cells: Vec3;
  /** Amplitudes [Å], [nz][ny][nx][3]. */
  readonly u_A: Float64Array;
  /** Which A sites hold Ba, [nz][ny][nx] of 0 and 1; site (i, j, k) is the low corner of cell (i, j, k). */
  readonly ba: ArrayLike<number>;
  /** Eigenvector ξ. */
  readonly material: Material;
  /** Edges of a unit cell [Å]. */
  readonly edges_A: Vec3;
}

/** Edges of a unit cell [Å] under a homogeneous strain against a cube of a0_A; shear is left out. */
export function cellEdges(a0_A: number, strain: Voigt): Vec3 {
  return [a0_A * (1 + strain[0]), a0_A * (1 + strain[1]), a0_A * (1 + strain[2])];
}

/** The block of atoms. @throws 'shape' unless there are one u and one A site per cell */
export function softModeAtoms({ cells, u_A, ba, material, edges_A }: SoftModeBlock): Structure {
  const unit = perovskite(cells, 1, ba);
  const ideal_A = unit.positions_A.map((x, index) => x * edges_A[index % 3]!);
  const ideal: Structure = {
    ...unit,
    cell_A: [cells[0] * edges_A[0], cells[1] * edges_A[1], cells[2] * edges_A[2]],
    positions_A: ideal_A,
    sites: { ...requireSites(unit), ideal_A },
  };
  return displaceBySoftMode(ideal, material, u_A);
}

/** Where a frame comes from. */
export interface FrameOrigin {
  readonly run: string;
  readonly temperature_K: number;
  /** What held the crystal, in words. */
  readonly strain: string;
  /** Mean homogeneous strain of the window against the parameter set's a0, shear included. */
  readonly eta: Voigt;
  /** Applied, or what held the polarization: mean over the window [V/Å]. */
  readonly field_V_per_A: Vec3;
  readonly seed: number;
  /** Since the run began [ps]; the end of the window. */
  readonly time_ps: number;
  /** Length of the window that u is the mean over [ps]; 0: one instant. */
  readonly average_ps: number;
}

/** The origin as key=value pairs of an extxyz comment. */
export function frameInfo(origin: FrameOrigin): Record<string, string> {
  const row = (values: readonly number[]) => values.map((v) => Number(v.toPrecision(6))).join(' ');
  return {
    run: origin.run,
    temperature_K: String(origin.temperature_K),
    strain: origin.strain,
    eta: row(origin.eta),
    field_V_per_A: row(origin.field_V_per_A),
    seed: String(origin.seed),
    time_ps: String(Number(origin.time_ps.toPrecision(9))),
    average_ps: String(origin.average_ps),
  };
}
