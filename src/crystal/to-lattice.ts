/**
 * An imported perovskite block on the lattice of a recipe: cells of its a_A, and c_A along the beam, which the library's grid, detector and thickness count in. Sites move with
 * the lattice; displacements [Å] stay as they are, so that δTi and δO do too. P goes with 1/Ω of the new cells.
 */

import { fail } from '../core/errors.ts';
import { cellCount, displacements, requireSites, type Structure, type Vec3 } from './structure.ts';

/** Strain up to which a block may stand for one of the recipe's lattice [1]; BaTiO3's c/a is 1.011. */
const MOST_STRAIN = 0.02;

/** The lattice parameter that keeps the volume: (V / number of cells)^⅓ [Å]. @throws 'unsupported' without sites */
export function pseudoCubicEdge(structure: Structure): number {
  const [x, y, z] = structure.cell_A;
  return Math.cbrt((x * y * z) / cellCount(requireSites(structure).cells));
}

/** @throws 'range' where an edge of the cells is more than 2 % off; 'unsupported' without sites */
export function toLattice(structure: Structure, a_A: number, c_A: number = a_A): Structure {
  const sites = requireSites(structure);
  const { cells, ideal_A } = sites;
  const edges = structure.cell_A.map((edge, axis) => edge / cells[axis]!);
  const wanted: Vec3 = [a_A, a_A, c_A];
  if (edges.some((edge, axis) => !(Math.abs(edge / wanted[axis]! - 1) <= MOST_STRAIN))) {
    fail(
      'range',
      `The cells are ${edges.map((edge) => edge.toFixed(3)).join(' × ')} Å, the recipe's ${c_A === a_A ? a_A : wanted.join(' × ')} Å: more than ${100 * MOST_STRAIN} % apart.`,
      `Set crystal.a_A = ${pseudoCubicEdge(structure).toFixed(3)}, or give a structure nearer to cubic.`,
      { edges_A: edges, a_A },
    );
  }
  const d = displacements(structure);
  const ideal = ideal_A.map((x, i) => (x * wanted[i % 3]!) / edges[i % 3]!);
  return {
    ...structure,
    cell_A: cells.map((n, axis) => n * wanted[axis]!) as unknown as Vec3,
    positions_A: ideal.map((x, i) => x + d[i]!),
    sites: { ...sites, ideal_A: ideal },
  };
}
