/**
 * Topological density of a field of directions u(x, y), how often they wrap the sphere for each nm²:
 *
 *     T_d = u·(∂x u × ∂y u) / 4π   [1/nm²],      Q = ∫ T_d dx dy,
 *
 * equations 2 and 3 of Byun et al., in two ways. By central differences, as the paper; an approximation that loses charge where u turns fast from one position to the next.
 * And on the lattice: the signed solid angle that the directions at the corners of each plaquette span, over 4π (B. Berg and M. Lüscher, Nucl. Phys. B 190, 412 (1981)),
 * whose sum over a closed region is a whole number whatever the field is.
 *
 * Sign: axes are those of VectorField, y first, (x, y, z) right-handed. With u = (sin θ cos ψ, sin θ sin ψ, cos θ) and ψ = mφ + γ about a centre, m the vorticity and γ the
 * helicity, Q = m (cos θ(0) − cos θ(∞))/2: a Néel skyrmion (m = 1; γ = 0 outward, π inward) or a Bloch one (γ = +π/2 turning from x to y, −π/2 from y to x) with core
 * u_z = −1 in u_z = +1 has Q = −1; core up in down has +1.
 * Q stays where grid and vectors turn about z together, or are mirrored together in a plane that holds z (γ becomes −γ; P is polar, an axial vector would change Q). It
 * changes sign where only one of the two is mirrored, where P becomes −P or P_z becomes −P_z, and where the specimen is seen from its other side.
 *
 * What this is not: a test of anything. T_d of noise alone is large where |P| is small.
 */

import { fail } from '../core/errors.ts';
import type { Directions } from './directions.ts';
import type { ScalarMap } from './scalar-map.ts';
import { solidAngleOfTwo } from './solid-angle.ts';
import type { Components } from './vector-field.ts';

/** Whether the last row and column have the first as neighbours. */
export type Boundary = 'open' | 'periodic';

/** Cosines and charges this near to each other are equal. */
const ROUNDING = 1e-12;

/**
 * T_d by central differences [1/nm²], at positions that have a direction and all four neighbours with one: none at open edges nor beside masked positions, where
 * one-sided differences would be of lower order and have twice the noise. No σ: T_d is not linear in the field, draw it.
 */
export function topologicalDensity(
  { shape, step_nm, u: { x, y, z }, defined }: Directions,
  boundary: Boundary = 'open',
): ScalarMap {
  const [ny, nx] = shape;
  const values = new Float64Array(ny * nx).fill(Number.NaN);
  const edge = boundary === 'open' ? 1 : 0;
  const scale = 1 / (4 * Math.PI * (2 * step_nm) ** 2);
  let n = 0;
  for (let j = edge; j < ny - edge; j++) {
    for (let i = edge; i < nx - edge; i++) {
      const at = j * nx + i;
      const left = j * nx + ((i + nx - 1) % nx);
      const right = j * nx + ((i + 1) % nx);
      const below = ((j + ny - 1) % ny) * nx + i;
      const above = ((j + 1) % ny) * nx + i;
      if (!(defined[at]! & defined[left]! & defined[right]! & defined[below]! & defined[above]!)) continue;
      const [px, py, pz] = [x[right]! - x[left]!, y[right]! - y[left]!, z[right]! - z[left]!];
      const [qx, qy, qz] = [x[above]! - x[below]!, y[above]! - y[below]!, z[above]! - z[below]!];
      const triple = x[at]! * (py * qz - pz * qy) + y[at]! * (pz * qx - px * qz) + z[at]! * (px * qy - py * qx);
      values[at] = triple * scale;
      n++;
    }
  }
  return { shape, step_nm, unit: '1/nm2', values, n, leftOut: ny * nx - n };
}

/** Charge of each plaquette: the square of positions (y, x), (y, x + 1), (y + 1, x + 1), (y + 1, x). */
export interface LatticeCharges {
  readonly directions: Directions;
  readonly boundary: Boundary;
  /** Of plaquettes: one less each way than positions, or as many where periodic. */
  readonly shape: readonly [rows: number, columns: number];
  /** Ω/4π, within (−1, 1); NaN where left out: [rows][columns]. */
  readonly charges: Float64Array;
  /** Plaquettes that have a charge. */
  readonly n: number;
  /** Plaquettes with a corner that has no direction. */
  readonly masked: number;
  /** Plaquettes whose solid angle is not defined: opposite neighbours, corners round a great circle, or both diagonals as short and their charges not the same. */
  readonly exceptional: number;
}

/**
 * Charge of each plaquette, its solid angle over 4π.
 *
 * A plaquette is cut into two triangles along the diagonal whose ends are nearer to each other in direction. The two cuts give the same charge or one that differs by 1;
 * this choice goes with the field when grid and vectors turn or are mirrored, which one fixed diagonal does not, and leaves sums over closed regions whole, which the
 * mean over both does not.
 * @param before of the same shape and boundary, written over; fresh arrays where it is not given
 * @throws 'shape' for a grid of one row or column
 */
export function latticeCharges(
  directions: Directions,
  boundary: Boundary = 'open',
  before?: LatticeCharges,
): LatticeCharges {
  const [ny, nx] = directions.shape;
  if (ny < 2 || nx < 2) {
    fail('shape', `${ny} × ${nx} positions have no plaquette.`, 'Give a field of at least two rows and columns.');
  }
  const { u, defined } = directions;
  const shape = boundary === 'open' ? ([ny - 1, nx - 1] as const) : ([ny, nx] as const);
  const charges = before?.charges ?? new Float64Array(shape[0] * shape[1]);
  let n = 0;
  let masked = 0;
  for (let j = 0; j < shape[0]; j++) {
    const low = j * nx;
    const high = ((j + 1) % ny) * nx;
    for (let i = 0; i < shape[1]; i++) {
      const next = (i + 1) % nx;
      const a = low + i;
      const b = low + next;
      const c = high + next;
      const d = high + i;
      if (!(defined[a]! & defined[b]! & defined[c]! & defined[d]!)) {
        charges[j * shape[1] + i] = Number.NaN;
        masked++;
        continue;
      }
      const charge = plaquetteCharge(u, a, b, c, d);
      charges[j * shape[1] + i] = charge;
      if (!Number.isNaN(charge)) n++;
    }
  }
  return { directions, boundary, shape, charges, n, masked, exceptional: charges.length - n - masked };
}

/** Of corners in the order that turns from x to y; NaN where exceptional. */
function plaquetteCharge(u: Components, a: number, b: number, c: number, d: number): number {
  const ac = u.x[a]! * u.x[c]! + u.y[a]! * u.y[c]! + u.z[a]! * u.z[c]!;
  const bd = u.x[b]! * u.x[d]! + u.y[b]! * u.y[d]! + u.z[b]! * u.z[d]!;
  if (Math.abs(ac - bd) > ROUNDING) return ac > bd ? cutCharge(u, a, b, c, d) : cutCharge(u, b, c, d, a);
  // Neither is nearer, as at the centre of a symmetric texture.
  const [one, other] = [cutCharge(u, a, b, c, d), cutCharge(u, b, c, d, a)];
  return Math.abs(one - other) < 0.5 ? one : Number.NaN;
}

/** Of the two triangles on either side of the diagonal from a to c. */
function cutCharge(u: Components, a: number, b: number, c: number, d: number): number {
  return solidAngleOfTwo(u, a, b, c, d) / (4 * Math.PI);
}

/**
 * T_d on the lattice at positions [1/nm²]: the mean over the plaquettes around each that have a charge, over the area of one. A density, not a share: at open edges and
 * beside what is left out it is the mean of fewer, and its sum is Q only where nothing is. Sum plaquettes for Q.
 * @param values [ny][nx], written over
 */
export function latticeDensity(
  { directions, boundary, shape: [rows, columns], charges }: LatticeCharges,
  values: Float64Array = new Float64Array(directions.defined.length),
): ScalarMap {
  const [ny, nx] = directions.shape;
  const area = directions.step_nm ** 2;
  const periodic = boundary === 'periodic';
  let n = 0;
  for (let j = 0, at = 0; j < ny; j++) {
    // Rows of plaquettes before and after a position; −1 where there is none.
    const before = j > 0 ? j - 1 : periodic ? rows - 1 : -1;
    const after = j < rows ? j : -1;
    // Column by column, each the right of one position and the left of the next.
    let [leftSum, leftShare] = [0, 0];
    for (let i = periodic ? -1 : 0; i < nx; i++) {
      const column = i < 0 ? columns - 1 : i;
      let rightSum = 0;
      let rightShare = 0;
      const up = before >= 0 && column < columns ? charges[before * columns + column]! : Number.NaN;
      if (!Number.isNaN(up)) {
        rightSum += up;
        rightShare++;
      }
      const down = after >= 0 && column < columns ? charges[after * columns + column]! : Number.NaN;
      if (!Number.isNaN(down)) {
        rightSum += down;
        rightShare++;
      }
      if (i >= 0) {
        const share = leftShare + rightShare;
        values[at++] = share > 0 ? (leftSum + rightSum) / (share * area) : Number.NaN;
        if (share > 0) n++;
      }
      leftSum = rightSum;
      leftShare = rightShare;
    }
  }
  return { shape: directions.shape, step_nm: directions.step_nm, unit: '1/nm2', values, n, leftOut: ny * nx - n };
}
