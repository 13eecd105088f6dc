/**
 * The energy landscape of a uniform soft mode: every stationary point of E(u), what kind it is and along which directions, and the lowest energy along a
 * direction. Units eV per formula unit, Å, µC/cm² (P = 1602.18 Z* u / a0³: the parameter set's cubic cell).
 *
 * The search is Newton's method from starts that fill a ball. That nothing is missing shows in the sum of (−1)^index over all stationary points, which is 1
 * where the energy rises outwards over the ball's surface (Poincaré–Hopf).
 *
 * What this is not: a free energy. Temperature, domains and walls are not in it.
 */

import { fail } from '../core/errors.ts';
import { dot, inverse, type Mat3, norm, times } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { Voigt } from './strain.ts';
import { polarizationPerMode, type UniformEnergy } from './uniform.ts';

/** Directions of a stationary point: all of ⟨hkl⟩, no direction (u = 0), or a general one. */
export type Family = '⟨001⟩' | '⟨110⟩' | '⟨111⟩' | 'other' | 'u = 0';

/** By number of negative curvatures: 0, 1, 2, 3. */
export const KINDS = ['minimum', 'saddle', 'second-order saddle', 'maximum'] as const;
export type Kind = (typeof KINDS)[number];

export interface StationaryPoint {
  readonly u_A: Vec3;
  /** E(u) − E(0) in the same mechanical state. */
  readonly energy_eV: number;
  readonly P_uC_cm2: Vec3;
  /** Homogeneous strain, Voigt, against the parameter set's a0. */
  readonly strain: Voigt;
  /** Eigenvalues of the Hessian [eV/Å²], ascending. */
  readonly curvatures: Vec3;
  readonly kind: Kind;
  readonly family: Family;
  /** All u that symmetry makes of this one, itself first [Å]. */
  readonly equivalents: readonly Vec3[];
}

/** The ball in which stationary points are sought [Å]: more than twice the largest soft mode of the parameter sets. */
export const REACH_A = 0.4;

/** Step limit of Newton's method [Å]: it shall find the point near its start. */
const STEP_A = 0.01;
/** Points nearer than this are the same [Å]. */
const SAME_A = 1e-6;
/** Angle within which a direction counts as ⟨hkl⟩ [rad]. */
const ALIGNED = 1e-3;

const SIGNS = [1, -1] as const;
const PERMUTATIONS: readonly Vec3[] = [
  [0, 1, 2],
  [1, 2, 0],
  [2, 0, 1],
  [0, 2, 1],
  [2, 1, 0],
  [1, 0, 2],
];

/** The 48 operations of m3̄m. */
export const CUBIC_OPERATIONS: readonly Mat3[] = PERMUTATIONS.flatMap((order) =>
  SIGNS.flatMap((a) =>
    SIGNS.flatMap((b) =>
      SIGNS.map((c) => {
        const signs = [a, b, c];
        return order.map((column, row) => [0, 1, 2].map((k) => (k === column ? signs[row]! : 0))) as unknown as Mat3;
      }),
    ),
  ),
);

/** Those cubic operations that leave the energy as it is: fewer under epitaxy or a field. */
export function symmetries(of: UniformEnergy): Mat3[] {
  const probes: Vec3[] = [
    [0.031, 0.057, 0.083],
    [-0.071, 0.023, 0.047],
  ];
  return CUBIC_OPERATIONS.filter((m) => probes.every((u) => Math.abs(of.energy(times(u, m)) - of.energy(u)) < 1e-11));
}

/** Every stationary point within REACH_A of u = 0, one for each set of equivalent ones, lowest first. */
export function stationaryPoints(of: UniformEnergy): StationaryPoint[] {
  const operations = symmetries(of);
  const found: StationaryPoint[] = [];
  for (const start of starts()) {
    const u = stationaryFrom(of, start);
    if (!u || norm(u) > REACH_A || found.some((point) => point.equivalents.some((v) => apart(u, v) < SAME_A))) continue;
    found.push(describe(of, u, operations));
  }
  return found.sort((a, b) => a.energy_eV - b.energy_eV);
}

/** Σ (−1)^index over all stationary points, equivalents counted: 1 where none is missing. */
export function indexSum(points: readonly StationaryPoint[]): number {
  return points.reduce((sum, { kind, equivalents }) => sum + (-1) ** KINDS.indexOf(kind) * equivalents.length, 0);
}

/**
 * The stationary point to which Newton's method leads from `start_A`, or undefined where it leaves or does not settle. With a plane, given by its unit
 * normal, the one of the energy in that plane through u = 0.
 */
export function stationaryFrom(of: UniformEnergy, start_A: Vec3, normal?: Vec3): Vec3 | undefined {
  let u = normal ? inPlane(start_A, normal) : start_A;
  for (let i = 0; i < 200; i++) {
    const { force, hessian } = planar(of, u, normal);
    const step = times(force, inverse(hessian));
    const length = norm(step);
    if (!Number.isFinite(length) || norm(u) > 2 * REACH_A) return undefined;
    u = plus(u, step, Math.min(1, STEP_A / length));
    // Newton's last step is quadratic: what is left after it is rounding.
    if (length < 1e-9) return u;
  }
  return undefined;
}

/** Number of negative curvatures at u; with a plane, of those in it. */
export function indexAt(of: UniformEnergy, u_A: Vec3, normal?: Vec3): number {
  return eigenvalues(planar(of, u_A, normal).hessian).filter((value) => value < 0).length;
}

/**
 * The lowest energy along a direction, E(|u|n) minimised over |u|, and the u there; u = 0 where no |u| has less.
 * @throws 'range' for a direction of no length
 */
export function lowestAlong(of: UniformEnergy, direction: Vec3): { u_A: Vec3; energy_eV: number } {
  const length = norm(direction);
  if (!(length > 0)) fail('range', 'A direction has no length.', 'Give a vector other than zero.');
  const n: Vec3 = [direction[0] / length, direction[1] / length, direction[2] / length];
  const at = (r: number): Vec3 => [r * n[0], r * n[1], r * n[2]];
  const steps = 40;
  let r = 0;
  let least = 0;
  for (let i = 1; i <= steps; i++) {
    const energy = of.energy(at((i * REACH_A) / steps));
    if (energy < least) [r, least] = [(i * REACH_A) / steps, energy];
  }
  if (r > 0) {
    for (let i = 0; i < 8; i++) {
      const curvature = dot(times(n, of.hessian(at(r))), n);
      const step = curvature > 0 ? -dot(of.gradient(at(r)), n) / curvature : 0;
      r = Math.max(0, r + Math.max(-REACH_A / steps, Math.min(REACH_A / steps, step)));
    }
  }
  return { u_A: at(r), energy_eV: of.energy(at(r)) };
}

/** P [µC/cm²] of a uniform mode. */
export function polarization({ parameters }: UniformEnergy, u_A: Vec3): Vec3 {
  const perMode = polarizationPerMode(parameters);
  return [perMode * u_A[0], perMode * u_A[1], perMode * u_A[2]];
}

/** Which ⟨hkl⟩ a vector belongs to. */
export function familyOf(u: Vec3): Family {
  const length = norm(u);
  if (length < SAME_A) return 'u = 0';
  const [c, b, a] = u.map((x) => Math.abs(x) / length).sort((x, y) => x - y) as [number, number, number];
  const near = (x: number, y: number, z: number): boolean => Math.hypot(a - x, b - y, c - z) < ALIGNED;
  if (near(1, 0, 0)) return '⟨001⟩';
  if (near(Math.SQRT1_2, Math.SQRT1_2, 0)) return '⟨110⟩';
  const third = Math.sqrt(1 / 3);
  return near(third, third, third) ? '⟨111⟩' : 'other';
}

/** u less its part along the unit normal. */
export function inPlane(u: Vec3, normal: Vec3): Vec3 {
  return plus(u, normal, -dot(u, normal));
}

/** a + share·b. */
export function plus(a: Vec3, b: Vec3, share = 1): Vec3 {
  return [a[0] + share * b[0], a[1] + share * b[1], a[2] + share * b[2]];
}

export function apart(a: Vec3, b: Vec3): number {
  return norm(plus(a, b, -1));
}

/** Eigenvalues of a symmetric 3×3 matrix, ascending (Smith, Comm. ACM 4, 168 (1961)). */
export function eigenvalues(m: Mat3): [number, number, number] {
  const mean = (m[0][0] + m[1][1] + m[2][2]) / 3;
  const off = m[0][1] ** 2 + m[0][2] ** 2 + m[1][2] ** 2;
  const spread = Math.sqrt(((m[0][0] - mean) ** 2 + (m[1][1] - mean) ** 2 + (m[2][2] - mean) ** 2 + 2 * off) / 6);
  if (spread === 0) return [mean, mean, mean];
  const [x, y, z] = m.map((row, i) => row.map((v, k) => (v - (i === k ? mean : 0)) / spread)) as unknown as Mat3;
  const half =
    (x[0] * (y[1] * z[2] - y[2] * z[1]) - x[1] * (y[0] * z[2] - y[2] * z[0]) + x[2] * (y[0] * z[1] - y[1] * z[0])) / 2;
  const angle = Math.acos(Math.min(1, Math.max(-1, half))) / 3;
  const high = mean + 2 * spread * Math.cos(angle);
  const low = mean + 2 * spread * Math.cos(angle + (2 * Math.PI) / 3);
  return [low, 3 * mean - low - high, high];
}

/** Force −∂E/∂u and Hessian; in a plane, its part in the plane, the normal made an eigenvector of value 1 so that steps stay in it. */
function planar(of: UniformEnergy, u: Vec3, normal?: Vec3): { force: Vec3; hessian: Mat3 } {
  const g = of.gradient(u);
  const force: Vec3 = [-g[0], -g[1], -g[2]];
  const full = of.hessian(u);
  if (!normal) return { force, hessian: full };
  const rows = full.map((row) => inPlane(row, normal)) as unknown as Mat3;
  const columns = [0, 1, 2].map((k) => inPlane([rows[0][k]!, rows[1][k]!, rows[2][k]!], normal));
  const hessian = columns.map((column, i) => plus(column, normal, normal[i]!)) as unknown as Mat3;
  return { force: inPlane(force, normal), hessian };
}

function describe(of: UniformEnergy, found: Vec3, operations: readonly Mat3[]): StationaryPoint {
  // What Newton leaves of a zero is rounding.
  const u = found.map((x) => (Math.abs(x) < 1e-9 ? 0 : x)) as unknown as Vec3;
  const equivalents: Vec3[] = [u];
  for (const operation of operations) {
    const v = times(u, operation);
    if (!equivalents.some((w) => apart(v, w) < SAME_A)) equivalents.push(v);
  }
  const curvatures = eigenvalues(of.hessian(u));
  return {
    u_A: u,
    energy_eV: of.energy(u),
    P_uC_cm2: polarization(of, u),
    strain: of.strain(u),
    curvatures,
    kind: KINDS[curvatures.filter((value) => value < 0).length]!,
    family: familyOf(u),
    equivalents,
  };
}

/** u = 0, and shells of directions: the 26 of ⟨001⟩, ⟨110⟩ and ⟨111⟩, positive ones first so that they stand for their family, and 60 general ones. */
function* starts(): Generator<Vec3> {
  yield [0, 0, 0];
  const low = [1, 0, -1];
  const special = low.flatMap((x) => low.flatMap((y) => low.map((z): Vec3 => [x, y, z]))).filter((v) => norm(v) > 0);
  const general = Array.from({ length: 60 }, (_, i): Vec3 => {
    const z = 1 - (2 * i + 1) / 60;
    const angle = i * Math.PI * (3 - Math.sqrt(5));
    return [Math.sqrt(1 - z * z) * Math.cos(angle), Math.sqrt(1 - z * z) * Math.sin(angle), z];
  });
  for (const direction of [...special, ...general]) {
    for (let shell = 1; shell <= 12; shell++)
      yield plus([0, 0, 0], direction, (shell * REACH_A) / 12 / norm(direction));
  }
}
