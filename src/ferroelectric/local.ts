/**
 * What one cell's soft-mode amplitude u [Å] contributes by itself: its self energy, and
 * what it does to strain. Equations: Nishimatsu et al., PRB 82, 134106 (2010); Zhong, Vanderbilt, Rabe, PRB 52, 6301 (1995), Eqs. 3 and 14.
 *
 *     V_self(u) = κ₂u² + αu⁴ + γ(u_x²u_y² + u_y²u_z² + u_z²u_x²) + k1 u⁶ + k2[u_x⁴(u_y² + u_z²) + cyclic] + k3 u_x²u_y²u_z² + k4 u⁸
 *     V_coup = Σ_l η_l g_l(u),   g_1 = ½[B1xx u_x² + B1yy(u_y² + u_z²)] (cyclic g_2, g_3),   g_4 = B4yz u_y u_z (cyclic g_5, g_6)
 */

import type { HamiltonianParameters } from './parameters.ts';
import type { Voigt } from './strain.ts';

/** Self energy of one cell [eV]. */
export function selfEnergy(p: HamiltonianParameters, x: number, y: number, z: number): number {
  const [a, b, c] = [x * x, y * y, z * z];
  const s = a + b + c;
  return (
    p.kappa2 * s +
    p.alpha * s ** 2 +
    p.gamma * (a * b + b * c + c * a) +
    p.k1 * s ** 3 +
    p.k2 * (a * a * (b + c) + b * b * (c + a) + c * c * (a + b)) +
    p.k3 * a * b * c +
    p.k4 * s ** 4
  );
}

/** ∂V_self/∂x [eV/Å]; the other components by cycling the arguments: (y, z, x), (z, x, y). */
export function selfGradient(p: HamiltonianParameters, x: number, y: number, z: number): number {
  const [a, b, c] = [x * x, y * y, z * z];
  const s = a + b + c;
  // dV/da, and da/dx = 2x.
  const slope =
    p.kappa2 +
    2 * p.alpha * s +
    p.gamma * (b + c) +
    3 * p.k1 * s ** 2 +
    p.k2 * (2 * a * (b + c) + b * b + c * c) +
    p.k3 * b * c +
    4 * p.k4 * s ** 3;
  return 2 * x * slope;
}

/** g_l(u) [eV]: the force on strain component l is −g_l. */
export function strainSource(p: HamiltonianParameters, x: number, y: number, z: number): Voigt {
  const [a, b, c] = [x * x, y * y, z * z];
  return [
    (p.B1xx * a + p.B1yy * (b + c)) / 2,
    (p.B1xx * b + p.B1yy * (c + a)) / 2,
    (p.B1xx * c + p.B1yy * (a + b)) / 2,
    p.B4yz * y * z,
    p.B4yz * z * x,
    p.B4yz * x * y,
  ];
}

/** ∂/∂u of Σ_l η_l g_l(u) [eV/Å]. */
export function couplingGradient(
  p: HamiltonianParameters,
  strain: Voigt,
  x: number,
  y: number,
  z: number,
): [x: number, y: number, z: number] {
  const [e1, e2, e3, e4, e5, e6] = strain;
  return [
    (p.B1xx * e1 + p.B1yy * (e2 + e3)) * x + p.B4yz * (e6 * y + e5 * z),
    (p.B1xx * e2 + p.B1yy * (e3 + e1)) * y + p.B4yz * (e4 * z + e6 * x),
    (p.B1xx * e3 + p.B1yy * (e1 + e2)) * z + p.B4yz * (e5 * x + e4 * y),
  ];
}
