/**
 * A crystal as its unit cell: any lattice, every atom of the cell. Lengths in Å.
 *
 * What this is not: a block to send electrons through; `orthogonal.ts` cuts one out.
 */

import { fail } from '../core/errors.ts';
import { atomicMass } from './elements.ts';
import { at, determinant, type Mat3, nearestImage, norm, planeSpacings, times } from './lattice.ts';
import type { SpaceGroup } from './named-group.ts';
import { Places } from './places.ts';
import type { Operator } from './symmetry-operator.ts';

/** What is known of a crystal's symmetry. */
export interface CrystalSymmetry {
  readonly operators: readonly Operator[];
  /** As the file states it, or as its operators were taken from the tables. */
  readonly group: SpaceGroup | undefined;
}

export interface Crystal {
  readonly name: string;
  /** Lattice vectors a, b, c [Å], one per row, in any frame. */
  readonly lattice_A: Mat3;
  /** Chemical symbol of each atom of the cell. */
  readonly symbols: readonly string[];
  /** Fractional coordinates, [atoms][3]. */
  readonly fractional: Float64Array;
  /** Share of each atom that is there, in (0, 1]; atoms that share a site have the same coordinates. */
  readonly occupancy: Float64Array;
  /** Mean-square displacement per axis of each atom, U_iso [Å²]; NaN where it is not known. */
  readonly uIso_A2: Float64Array;
  /** Where the file gives it. */
  readonly symmetry?: CrystalSymmetry | undefined;
  /** What a reader of the file guessed or repaired, for the user. */
  readonly notes?: readonly string[];
  /** The same of U_iso; of no interest where atoms are at rest. */
  readonly u2Notes?: readonly string[];
}

/** Nearer than this [Å], atoms are one, or share a site. */
const OVERLAP_A = 0.5;
/** Nearer than this [Å], no two atoms but hydrogen are neighbours (N₂: 1.10 Å): one is there where the other is not, or the cell has the wrong scale. */
const CONTACT_A = 1;

/** More than this [g/cm³] no crystal has: the cell has the wrong scale. */
const DENSEST_G_CM3 = 30;
/** Atomic mass unit over Å³ [g/cm³]. */
const U_PER_A3 = 1.66053906892;

/** Mass over volume [g/cm³], shares counted. */
export function densityOf({
  symbols,
  occupancy,
  lattice_A,
}: Pick<Crystal, 'symbols' | 'occupancy' | 'lattice_A'>): number {
  const mass = symbols.reduce((sum, symbol, i) => sum + atomicMass(symbol) * occupancy[i]!, 0);
  return (U_PER_A3 * mass) / Math.abs(determinant(lattice_A));
}

/** @throws 'format' for a cell without volume, or thinner than an atom */
export function checkCell(name: string, lattice_A: Mat3): void {
  const volume = Math.abs(determinant(lattice_A));
  const edges = lattice_A.map(norm);
  const flat = !(volume > 1e-3 * edges.reduce((product, edge) => product * edge, 1));
  if (!flat && planeSpacings(lattice_A).every((d) => d > 1)) return;
  fail(
    'format',
    `${name}: the cell is flat (volume ${volume.toPrecision(3)} Å³).`,
    'Check its vectors, its scale, or its lengths [Å] and angles [°].',
    { name, volume_A3: volume },
  );
}

/** The crystal, if it can be one. @throws 'format' for a flat or far too dense cell, no atoms, or more than one atom in one place */
export function checkedCrystal(crystal: Crystal): Crystal {
  const { name, lattice_A, symbols, fractional, occupancy } = crystal;
  checkCell(name, lattice_A);
  if (symbols.length === 0)
    fail('format', `${name}: the cell holds no atoms.`, 'Export the file with its atoms.', { name });
  const places = new Places(lattice_A, CONTACT_A);
  for (let atom = 0; atom < symbols.length; atom++) {
    const f = at(fractional, atom);
    const distance_A = (other: number) => norm(times(nearestImage(f, places.points[other]!), lattice_A));
    const near = places.near(f);
    const overlap = near.filter((other) => distance_A(other) < OVERLAP_A);
    const total = overlap.reduce((sum, other) => sum + occupancy[other]!, occupancy[atom]!);
    if (total > 1.05) {
      const other = overlap[0]!;
      const d = distance_A(other);
      fail(
        'format',
        `${name}: ${symbols[atom]} and ${symbols[other]} lie ${d.toFixed(2)} Å apart at (${f.map((x) => x.toFixed(4)).join(', ')}), occupied ${total.toFixed(2)} times.`,
        'Give shared sites occupancies that add up to 1 at most, and coordinates such as 1/3 with five digits.',
        { name, distance_A: d, occupancy: total },
      );
    }
    const hydrogen = (i: number) => symbols[i] === 'H';
    const close = near.find((i) => !hydrogen(i) && !hydrogen(atom) && occupancy[i]! + occupancy[atom]! > 1.05);
    if (close !== undefined) {
      fail(
        'format',
        `${name}: ${symbols[atom]} and ${symbols[close]} lie ${distance_A(close).toFixed(2)} Å apart at (${f.map((x) => x.toFixed(4)).join(', ')}).`,
        'Check the scale of the cell (Å) and the coordinates (fractional or Cartesian).',
        { name, distance_A: distance_A(close) },
      );
    }
    places.add(f);
  }
  const density = densityOf(crystal);
  if (density > DENSEST_G_CM3) {
    fail(
      'format',
      `${name}: ${symbols.length} atoms in ${Math.abs(determinant(lattice_A)).toPrecision(3)} Å³ make ${density.toFixed(1)} g/cm³, and the densest element (Os) has 22.6.`,
      'Check the scale of the cell (Å).',
      { name, density_g_cm3: density },
    );
  }
  return crystal;
}
