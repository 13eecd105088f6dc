/**
 * Minimum-energy paths between stationary points of the landscape by the simplified string method (E, Ren and Vanden-Eijnden, J. Chem. Phys. 126, 164103
 * (2007)): images go downhill, then are spread evenly along the cubic spline through them, until the curve moves no more. Extremes along the path are then
 * found exactly by Newton's method, so that a barrier does not depend on the number of images.
 *
 * A path is free, or confined to a plane through u = 0. Its ends are stationary points and stay; between two minima it is the way of least resistance,
 * from other points it follows the gradient down and up again. Units Å, eV per formula unit, µC/cm².
 *
 * What this is not: a rate. Real switching goes through domain walls, not through a uniform state.
 */

import { fail } from '../core/errors.ts';
import { dot, norm } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { apart, indexAt, inPlane, KINDS, type Kind, lowestAlong, plus, stationaryFrom } from './landscape.ts';
import { splineThrough } from './path-spline.ts';
import type { UniformEnergy } from './uniform.ts';

export interface PathOptions {
  /** Normal of the plane that holds the path, of any length; free where left out. */
  readonly plane?: Vec3;
  /** Points along the path, ends included; default 61. */
  readonly images?: number;
}

/** A stationary point on the path. Its kind is that of the whole landscape, also where a plane confines the path. */
export interface PathStation {
  readonly u_A: Vec3;
  readonly energy_eV: number;
  readonly kind: Kind;
  /** Along the path: one of its ends, a well between them, or the top of a barrier. */
  readonly role: 'end' | 'well' | 'barrier';
  /** Where it is along the path [Å]. */
  readonly at_A: number;
}

export interface EnergyPath {
  /** Unit normal of the plane that held it. */
  readonly normal?: Vec3 | undefined;
  /** Images, evenly apart, ends included. */
  readonly u_A: readonly Vec3[];
  /** Length along the path from its start [Å]. */
  readonly length_A: readonly number[];
  /** E(u) − E(0). */
  readonly energy_eV: readonly number[];
  /** In the order of the path, both ends included. */
  readonly stations: readonly PathStation[];
  /** The top of the highest barrier over the lowest station; 0 where the energy has no maximum between the ends. */
  readonly barrier_eV: number;
  /** Largest force across the path that is left at an image [eV/Å]. */
  readonly force_eV_per_A: number;
}

const MOST_SWEEPS = 20_000;
/** An image that moves less than this per unit of step counts as at rest [eV/Å]. */
const REST_EV_PER_A = 1e-8;
/** How far an end may lie from the direction that names it [rad]. */
const END_ANGLE = (25 * Math.PI) / 180;

/**
 * The path whose ends are the stationary points along the first and the last of `through` (directions of u, any length); those between them only tell
 * which way round the first guess goes.
 * @throws 'range' for fewer than two directions, neighbouring ones that are opposite or the same, a direction that is not in the plane or has no stationary
 * point near it; 'incomplete' where the string does not come to rest
 */
export function minimumEnergyPath(of: UniformEnergy, through: readonly Vec3[], options: PathOptions = {}): EnergyPath {
  const { plane, images = 61 } = options;
  if (through.length < 2 || images < 5) {
    fail('range', 'A path needs two directions and five images.', 'Give more of them.', { through, images });
  }
  if (plane && !(norm(plane) > 0)) fail('range', "A plane's normal has no length.", 'Give a vector other than zero.');
  const normal = plane && scaled(plane, 1 / norm(plane));
  for (const direction of through) {
    if (normal && Math.abs(dot(direction, normal)) > 1e-9 * norm(direction)) {
      const names = `[${direction.join(' ')}] does not lie in the plane with normal [${plane.join(' ')}].`;
      fail('range', names, 'Choose directions in the plane, or leave the plane out.', { direction, plane });
    }
  }
  const ends = [through[0]!, through.at(-1)!].map((direction) => endAlong(of, direction, normal)) as [Vec3, Vec3];
  const u_A = relax(of, firstGuess(of, through, ends, images), normal);
  const energy_eV = u_A.map((u) => of.energy(u));
  const { length_A, tangents } = splineThrough(u_A);
  const stations = findStations(of, u_A, length_A, energy_eV, normal);
  const energies = stations.map((station) => station.energy_eV);
  const tops = stations.filter(({ role }) => role === 'barrier').map((station) => station.energy_eV);
  const inner = u_A.slice(1, -1).map((u, i) => norm(across(forceAt(of, u, normal), tangents[i + 1]!)));
  return {
    normal,
    u_A,
    length_A,
    energy_eV,
    stations,
    barrier_eV: tops.length > 0 ? Math.max(...tops) - Math.min(...energies) : 0,
    force_eV_per_A: Math.max(...inner),
  };
}

const scaled = (u: Vec3, factor: number): Vec3 => plus([0, 0, 0], u, factor);

function forceAt(of: UniformEnergy, u: Vec3, normal?: Vec3): Vec3 {
  const force = scaled(of.gradient(u), -1);
  return normal ? inPlane(force, normal) : force;
}

/** The stationary point that a direction names: where Newton's method leads from the lowest energy along it. */
function endAlong(of: UniformEnergy, direction: Vec3, normal?: Vec3): Vec3 {
  const start = lowestAlong(of, direction).u_A;
  const end = norm(start) > 0 ? stationaryFrom(of, start, normal) : undefined;
  const cosine = end ? dot(end, direction) / (norm(end) * norm(direction)) : -1;
  if (!end || !(cosine > Math.cos(END_ANGLE))) {
    const hint =
      'A path starts and ends at stationary points, from which these directions may differ by 25°. Name directions of others.';
    fail('range', `There is no stationary point near [${direction.join(' ')}].`, hint, { direction });
  }
  return end;
}

/** Arcs from direction to direction at even angles, |u| the one of lowest energy. */
function firstGuess(
  of: UniformEnergy,
  through: readonly Vec3[],
  [first, last]: readonly [Vec3, Vec3],
  images: number,
): Vec3[] {
  const corners = [first, ...through.slice(1, -1), last].map((u) => scaled(u, 1 / norm(u)));
  const perArc = Math.ceil(images / (corners.length - 1));
  const points: Vec3[] = [first];
  for (const [i, to] of corners.slice(1).entries()) {
    const from = corners[i]!;
    const angle = Math.acos(Math.max(-1, Math.min(1, dot(from, to))));
    if (Math.abs(Math.sin(angle)) < 1e-6) {
      const names = `[${through[i]!.join(' ')}] and [${through[i + 1]!.join(' ')}]`;
      fail(
        'range',
        `${names} are opposite or the same: there is no one arc between them.`,
        'Give a direction between.',
      );
    }
    for (let k = 1; k <= perArc; k++) {
      const share = k / perArc;
      const direction = plus(scaled(from, Math.sin((1 - share) * angle)), to, Math.sin(share * angle));
      points.push(lowestAlong(of, direction).u_A);
    }
  }
  points[points.length - 1] = last;
  return splineThrough(points).evenly(images);
}

/** u after a time `step` [Å²/eV] of du/dt = −∂E/∂u (Runge–Kutta, fourth order). A first-order step would leave a curved path, and the string rest beside it. */
function downhill(of: UniformEnergy, u: Vec3, step: number, normal?: Vec3): Vec3 {
  const k1 = forceAt(of, u, normal);
  const k2 = forceAt(of, plus(u, k1, step / 2), normal);
  const k3 = forceAt(of, plus(u, k2, step / 2), normal);
  const k4 = forceAt(of, plus(u, k3, step), normal);
  return plus(plus(plus(plus(u, k1, step / 6), k2, step / 3), k3, step / 3), k4, step / 6);
}

/** The part of a force across the unit tangent. */
const across = (force: Vec3, tangent: Vec3): Vec3 => plus(force, tangent, -dot(force, tangent));

/** A free path may start on a ridge by symmetry and stay there; this little push, in no special direction, lets it fall off. */
function pushed(string: readonly Vec3[]): Vec3[] {
  const push: Vec3 = [3e-4, 5e-4, -7e-4];
  return string.map((u, i) => plus(u, push, Math.sin((Math.PI * i) / (string.length - 1))));
}

/** Sweeps downhill and spreads the images evenly, until they rest. */
function relax(of: UniformEnergy, guess: readonly Vec3[], normal?: Vec3): Vec3[] {
  // Stable below 2 over the largest curvature, which the row sums bound.
  const stiffest = Math.max(
    ...guess.flatMap((u) => of.hessian(u).map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0))),
  );
  const step = 0.5 / stiffest;
  const last = guess.length - 1;
  let string = normal ? [...guess] : pushed(guess);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    const moved = string.map((u, i) => (i === 0 || i === last ? u : downhill(of, u, step, normal)));
    const next = splineThrough(moved).evenly(string.length);
    const most = Math.max(...next.map((u, i) => apart(u, string[i]!)));
    string = next;
    if (most < REST_EV_PER_A * step) return string;
    if (!Number.isFinite(most)) break;
  }
  fail('incomplete', 'The path does not come to rest.', 'Choose other ends, or a direction between them.', {
    sweeps: MOST_SWEEPS,
  });
}

/** The ends, and the exact stationary point at each extreme of the energy between them. */
function findStations(
  of: UniformEnergy,
  u_A: readonly Vec3[],
  length_A: readonly number[],
  energy_eV: readonly number[],
  normal?: Vec3,
): PathStation[] {
  const last = u_A.length - 1;
  const station = (u: Vec3, role: PathStation['role'], at_A: number): PathStation => ({
    u_A: u,
    energy_eV: of.energy(u),
    kind: KINDS[indexAt(of, u)]!,
    role,
    at_A,
  });
  const out = [station(u_A[0]!, 'end', 0)];
  for (let i = 1; i < last; i++) {
    const before = energy_eV[i]! - energy_eV[i - 1]!;
    const after = energy_eV[i + 1]! - energy_eV[i]!;
    if (before === 0 || before * after > 0) continue;
    const spacing = length_A[i + 1]! - length_A[i]!;
    const u = stationaryFrom(of, u_A[i]!, normal);
    if (!u || apart(u, u_A[i]!) > spacing) {
      fail('incomplete', 'An extreme of the energy along the path is not a stationary point.', 'Use more images.', {
        i,
      });
    }
    const along = plus(u_A[i + 1]!, u_A[i - 1]!, -1);
    const at = length_A[i]! + dot(plus(u, u_A[i]!, -1), along) / norm(along);
    out.push(station(u, before > 0 ? 'barrier' : 'well', at));
  }
  out.push(station(u_A[last]!, 'end', length_A[last]!));
  return out;
}
