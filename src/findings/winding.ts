/**
 * Winding number of the in-plane direction ψ = atan2(P_y, P_x): how often it turns, from x to y, on the way round a plaquette that turns the same way,
 *
 *     w = (1/2π) Σ wrapped(ψ_next − ψ),   wrapped to (−π, π):
 *
 * +1 for a vortex, a hedgehog and anything between (helicity), −1 for an antivortex. N. D. Mermin, Rev. Mod. Phys. 51, 591 (1979).
 *
 * P_∥ vanishes at the heart of a defect, so that the positions there are those whose ψ is not known. Plaquettes with such a corner are wound together: a hole, positions
 * without ψ that touch each other by edge or corner, has the winding number of the way round it, unless it reaches the edge of the grid. Sums over plaquettes and holes are thus
 * the winding number of the way round all of them.
 * w stays where grid and vectors turn or are mirrored together, and for P → −P; it changes sign where only one of the two is mirrored.
 * What this is not: a topological charge (topology.ts); P may leave the plane at a defect or vanish.
 */

import { checkFactor, SHORT } from './directions.ts';
import type { VectorField } from './vector-field.ts';

/** P_∥ below this share of |P| is rounding. */
const NONE = 1e-9;
/** Neighbours whose ψ differ by π to this turn neither way. */
const OPPOSITE = 1e-12;

export interface InPlaneAngles {
  readonly shape: readonly [ny: number, nx: number];
  /** ψ [rad], from x towards y; NaN where `defined` is 0: [ny][nx]. */
  readonly psi: Float64Array;
  readonly defined: Uint8Array;
}

/**
 * In-plane directions, where P is valid and |P_∥| is above `factor` of its σ, σ² = ((P_x σ_x)² + (P_y σ_y)²) / P_∥².
 * @throws 'range' for a factor below zero
 */
export function inPlaneAngles({ shape, values, sigma, valid }: VectorField, factor: number = SHORT): InPlaneAngles {
  checkFactor(factor);
  const psi = new Float64Array(valid.length).fill(Number.NaN);
  const defined = new Uint8Array(valid.length);
  for (let i = 0; i < valid.length; i++) {
    if (!valid[i]) continue;
    const [x, y, z] = [values.x[i]!, values.y[i]!, values.z[i]!];
    const square = x * x + y * y;
    const noise = sigma ? factor * Math.sqrt((x * sigma.x[i]!) ** 2 + (y * sigma.y[i]!) ** 2) : 0;
    if (!(square > noise && square > NONE * NONE * (square + z * z))) continue;
    psi[i] = Math.atan2(y, x);
    defined[i] = 1;
  }
  return { shape, psi, defined };
}

export interface Hole {
  /** Of the way round it; absent where that is not closed: it reaches the edge of the grid, or neighbours on the way are opposite. */
  readonly winding?: number | undefined;
  /** Positions without ψ in it. */
  readonly positions: number;
}

export interface Windings {
  readonly shape: readonly [rows: number, columns: number];
  /** Of plaquettes with four corners: −1, 0, 1; 0 where there is none: [ny − 1][nx − 1]. */
  readonly plaquettes: Int8Array;
  /** Which hole a plaquette belongs to, −1 for none. */
  readonly hole: Int32Array;
  readonly holes: readonly Hole[];
  /** Plaquettes wound by themselves. */
  readonly n: number;
  /** Plaquettes of no known winding number: in a hole without one, or with opposite neighbours. */
  readonly leftOut: number;
}

/** Winding numbers of plaquettes and holes. */
export function windings({ shape: [ny, nx], psi, defined }: InPlaneAngles): Windings {
  const shape = [Math.max(0, ny - 1), Math.max(0, nx - 1)] as const;
  const { label, holes } = holesOf([ny, nx], defined);
  const plaquettes = new Int8Array(shape[0] * shape[1]);
  const hole = new Int32Array(plaquettes.length).fill(-1);
  const turns = new Float64Array(holes.length);
  const closed = holes.map(({ edge }) => !edge);
  const corners = new Int32Array(5);
  let [n, opposite] = [0, 0];
  for (let j = 0; j < shape[0]; j++) {
    for (let i = 0; i < shape[1]; i++) {
      const a = j * nx + i;
      corners[0] = corners[4] = a;
      corners[1] = a + 1;
      corners[2] = a + nx + 1;
      corners[3] = a + nx;
      let turn = 0;
      let clear = true;
      let within = -1;
      for (let k = 0; k < 4; k++) {
        const [from, to] = [corners[k]!, corners[k + 1]!];
        within = Math.max(within, label[from]!);
        // An edge that ends in a hole has the same hole on its other side: it would cancel.
        if (!(defined[from]! & defined[to]!)) continue;
        const change = psi[to]! - psi[from]!;
        const wrapped = change - 2 * Math.PI * Math.round(change / (2 * Math.PI));
        if (Math.PI - Math.abs(wrapped) < OPPOSITE) clear = false;
        turn += wrapped;
      }
      const at = j * shape[1] + i;
      hole[at] = within;
      if (within >= 0) {
        turns[within]! += turn;
        if (!clear) closed[within] = false;
      } else if (clear) {
        plaquettes[at] = Math.round(turn / (2 * Math.PI));
        n++;
      } else opposite++;
    }
  }
  const wound = holes.map(
    ({ positions }, h): Hole =>
      closed[h] ? { winding: Math.round(turns[h]! / (2 * Math.PI)) + 0, positions } : { positions },
  );
  let leftOut = opposite;
  for (const h of hole) if (h >= 0 && !closed[h]) leftOut++;
  return { shape, plaquettes, hole, holes: wound, n, leftOut };
}

/** Positions without ψ that touch each other, labelled from 0; −1 elsewhere. */
function holesOf([ny, nx]: readonly [number, number], defined: Uint8Array) {
  const label = new Int32Array(defined.length).fill(-1);
  const holes: { positions: number; edge: boolean }[] = [];
  const stack: number[] = [];
  for (let start = 0; start < defined.length; start++) {
    if (defined[start] || label[start]! >= 0) continue;
    const found = { positions: 0, edge: false };
    label[start] = holes.length;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const [j, i] = [Math.floor(at / nx), at % nx];
      found.positions++;
      if (j === 0 || i === 0 || j === ny - 1 || i === nx - 1) found.edge = true;
      for (let v = Math.max(0, j - 1); v <= Math.min(ny - 1, j + 1); v++) {
        for (let u = Math.max(0, i - 1); u <= Math.min(nx - 1, i + 1); u++) {
          const next = v * nx + u;
          if (defined[next] || label[next]! >= 0) continue;
          label[next] = holes.length;
          stack.push(next);
        }
      }
    }
    holes.push(found);
  }
  return { label, holes };
}
