/** Crystals for examples and tests that need no file. */

import { latticeOf } from './lattice.ts';
import type { Crystal } from './unit-cell.ts';

/** Diamond structure, Fd-3m. a and U_iso at 300 K: IUCrJ 8, 387 (2021), table 2 (reciprocal space). */
export function silicon(): Crystal {
  const corners = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0];
  return {
    name: 'Si',
    lattice_A: latticeOf([5.431302, 5.431302, 5.431302], [90, 90, 90]),
    symbols: new Array<string>(8).fill('Si'),
    fractional: Float64Array.from([...corners, ...corners.map((f) => f + 0.25)]),
    occupancy: new Float64Array(8).fill(1),
    uIso_A2: new Float64Array(8).fill(0.00577),
  };
}

/**
 * 2H-MoS2, P6_3/mmc: Mo on 2c (1/3, 2/3, 1/4), S on 4f (1/3, 2/3, z). a and c: Bronsema, de Boer and Jellinek, Z. Anorg. Allg. Chem. 540, 15 (1986).
 * z = 0.621(4): Dickinson and Pauling, JACS 45, 1466 (1923); with this cell Mo–S is 2.417 Å. (z = 0.629, also seen, makes 2.35 Å.)
 * U_iso: that of 3R-MoS2 (Schönfeld, Huang and Moss, Acta Cryst. B39, 404 (1983), COD 9007661; read second-hand), whose layers are the same.
 */
export function molybdenite2H(): Crystal {
  const z = 0.621;
  const [one, two] = [1 / 3, 2 / 3];
  return {
    name: '2H-MoS2',
    lattice_A: latticeOf([3.16, 3.16, 12.294], [90, 90, 120]),
    symbols: ['Mo', 'Mo', 'S', 'S', 'S', 'S'],
    fractional: Float64Array.of(
      one,
      two,
      0.25,
      two,
      one,
      0.75,
      one,
      two,
      z,
      two,
      one,
      z - 0.5,
      two,
      one,
      1 - z,
      one,
      two,
      1.5 - z,
    ),
    occupancy: new Float64Array(6).fill(1),
    uIso_A2: Float64Array.of(0.0057, 0.0057, 0.0042, 0.0042, 0.0042, 0.0042),
  };
}
