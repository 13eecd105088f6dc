/**
 * A polar phase in pseudo-cubic axes: along which axes its polarization lies, how far its atoms have moved, the edges of its cell, and how its octahedra are
 * turned. Å, µC/cm².
 *
 * A refined structure gives displacements d of A, B, O∥ and O⊥ (`material.ts`) along each axis that P has a component on, from any common origin. Their mean over
 * the five atoms is a shift of the crystal, without polarization, and is taken out; what is left is the soft mode, u = |d|, ξ = ±d/|d|, Σξ² = 1, with the sign
 * that makes Z* positive.
 *
 * What this is not: shear. Angles of rhombohedral and orthorhombic cells, 90° within 0.6°, count as right ones.
 */

import { E_PER_A2_IN_UC_CM2 } from '../core/constants.ts';
import { cellSum, type Material, material, type PerKind } from './material.ts';
import type { Vec3 } from './structure.ts';

/** A direction of the family that the spontaneous polarizations of a phase are of: tetragonal, orthorhombic, rhombohedral. */
export type PolarAxis = '001' | '110' | '111';
export const POLAR_AXES: readonly [PolarAxis, PolarAxis, PolarAxis] = ['001', '110', '111'];

/** How octahedra are turned in a phase whose P lies along `axis` itself (not another of its family). */
export interface Tilt {
  /** About x, y and z [°]; about [111] with φ each, the angle Θ has tan Θ = √3 tan φ. */
  readonly angle_deg: Vec3;
  /** For x, y and z: '-' where neighbours along that axis turn oppositely about it, '+' where alike; Glazer's a⁻a⁻a⁻ is '---'. Across the axis they always turn oppositely. */
  readonly phase: string;
}

export interface PolarPhase {
  readonly axis: PolarAxis;
  /** Amplitude of the soft mode along each axis that P has a component on [Å]. */
  readonly u_A: number;
  /** Edge of the cell along an axis that P has a component on [Å]. */
  readonly along_A: number;
  /** Edge along an axis that it has none on [Å]. */
  readonly across_A: number;
}

/** Axes that P has a component on. */
export function polarAxes(axis: PolarAxis): 1 | 2 | 3 {
  return axis === '001' ? 1 : axis === '110' ? 2 : 3;
}

export function phaseVolume({ axis, along_A, across_A }: PolarPhase): number {
  const n = polarAxes(axis);
  return along_A ** n * across_A ** (3 - n);
}

/** |P| [µC/cm²] in the cell of the phase. */
export function spontaneousPolarization({ zStar }: Pick<Material, 'zStar'>, phase: PolarPhase): number {
  return (E_PER_A2_IN_UC_CM2 * zStar * phase.u_A * Math.sqrt(polarAxes(phase.axis))) / phaseVolume(phase);
}

/** Displacements less their mean over the five atoms. */
export function withoutShift(d: PerKind): PerKind {
  const mean = cellSum(d) / 5;
  return { A: d.A - mean, Ti: d.Ti - mean, Opar: d.Opar - mean, Operp: d.Operp - mean };
}

/** √(A² + B² + O∥² + 2 O⊥²). */
export function modeNorm(d: PerKind): number {
  return Math.sqrt(d.A ** 2 + d.Ti ** 2 + d.Opar ** 2 + 2 * d.Operp ** 2);
}

export function scaled(d: PerKind, factor: number): PerKind {
  return { A: factor * d.A, Ti: factor * d.Ti, Opar: factor * d.Opar, Operp: factor * d.Operp };
}

/** A material whose soft mode is a displacement pattern, of any size, sign and origin. */
export function materialOfPattern(
  pattern: PerKind,
  given: Pick<Material, 'name' | 'bornPublished' | 'status'>,
): Material {
  const centred = withoutShift(pattern);
  const made = material({ ...given, mode: scaled(centred, 1 / modeNorm(centred)) });
  return made.zStar < 0 ? material({ ...given, mode: scaled(made.mode, -1) }) : made;
}
