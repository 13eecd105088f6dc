/**
 * Polarization textures: P [µC/cm²] along x, y and z per cell, [nz][ny][nx][3], periodic along x, y and z. The block repeats through the
 * thickness, so that a texture varies along z only over the block's nz cells. Lengths in a, the edge of a cell.
 *
 * - uniform: one vector, direction isotropic, |P| as `p_distribution` says.
 * - gradient: the paper's diverging model (Methods, 'Generation of atomic models': δTi gradually increasing by 2 pm), made
 *   periodic: a triangle wave.
 * - diverging: the same model in the plane, the paper's picture of it (Fig. 1e): along each axis its component of δTi grows by the step from cell to cell.
 * - smooth: three independent Gaussian fields g; the direction of P is that of g, isotropic, and since |g| follows the
 *   Maxwell distribution, |P| = p_max F(|g|), F its cumulative distribution, is uniform on [0, p_max] ('magnitude');
 *   with the cube root of F, P is uniform in the ball ('volume'). Exact over many structures, not within one.
 *
 * What this is not: physics. No energy chooses these; they cover the directions that a network has to learn.
 * These are imposed textures: the atoms' own P is smoother (`soft-mode.ts`).
 */

import type { RandomStream } from '../core/random.ts';
import { gaussianField } from './gaussian-field.ts';
import type { StructuresOptions } from './options.ts';
import { cellAt, cellCount, cellIndex, type Vec3 } from './structure.ts';
import { type BlockCells, fineOf, stepsOf, zoneOf } from './zone.ts';

type Distribution = StructuresOptions['p_distribution'];

/** Isotropic unit vector. */
function direction(stream: RandomStream): Vec3 {
  const z = stream.between(-1, 1);
  const angle = stream.between(0, 2 * Math.PI);
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(angle), r * Math.sin(angle), z];
}

/** Share of the maximum for a uniform deviate: |P|/p_max. */
function magnitude(uniform: number, distribution: Distribution): number {
  return distribution === 'magnitude' ? uniform : Math.cbrt(uniform);
}

/** Cumulative Maxwell distribution of the length r of three standard normal deviates: P(3/2, r²/2), by its power series. */
export function maxwellCdf(r: number): number {
  const x = (r * r) / 2;
  if (x > 40) return 1;
  let term = 4 / (3 * Math.sqrt(Math.PI));
  let sum = term;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= x / (n + 1.5);
    sum += term;
  }
  return Math.min(1, x ** 1.5 * Math.exp(-x) * sum);
}

export function uniformTexture(
  cells: Vec3,
  pMax: number,
  distribution: Distribution,
  stream: RandomStream,
): Float64Array {
  const size = pMax * magnitude(stream.uniform(), distribution);
  const unit = direction(stream);
  return Float64Array.from({ length: 3 * cellCount(cells) }, (_, index) => size * unit[index % 3]!);
}

/**
 * A triangle wave along x, y or an in-plane diagonal (drawn), P along ± one isotropic direction (drawn) and through zero
 * between: δTi changes by the step over each a along the gradient (along both axes for a diagonal), which along [001] is from cell to cell, but for the
 * smaller step at a turning point that no cell meets. Unequal edges: the step holds along the shorter one, the other's is
 * smaller. |P| is clipped at `pMax`, where the wave is then flat.
 * @param step_uC_cm2 the step of P that makes the wanted step of δTi
 */
export function gradientTexture(
  { cells, zone: axis }: BlockCells,
  pMax: number,
  step_uC_cm2: number,
  stream: RandomStream,
): Float64Array {
  const zone = zoneOf(axis);
  const [nx, ny] = cells;
  const [lx, ly] = [nx * zone.steps[0], ny * zone.steps[1]];
  const [h, l] = (
    [
      [1, 0],
      [0, 1],
      [1, 1],
      [1, -1],
    ] as const
  )[stream.integer(4)]!;
  const length = Math.min(h === 0 ? Number.POSITIVE_INFINITY : lx, l === 0 ? Number.POSITIVE_INFINITY : ly);
  const [x0, y0] = [stream.integer(nx), stream.integer(ny)];
  const unit = direction(stream);
  return Float64Array.from({ length: 3 * cellCount(cells) }, (_, index) => {
    const [x, y] = stepsOf(zone, cellAt(cells, Math.floor(index / 3)));
    const phase = (h * (x - x0)) / nx + (l * (y - y0)) / ny;
    const triangle = 0.25 - Math.abs(phase - Math.round(phase));
    const size = Math.max(-pMax, Math.min(pMax, step_uC_cm2 * length * triangle));
    return size * unit[index % 3]!;
  });
}

/**
 * P away from one cell, in the plane: its x component grows by the step from cell to cell along x, its y component along y, both zero at the cells
 * n/4 of each axis (n a multiple of four: from −n/4 to n/4 steps over half of the block), and falls back over the other half, so that the block repeats. Nothing is drawn.
 * @param step_uC_cm2 the step of P that makes the wanted step of δTi
 */
export function divergingTexture(cells: Vec3, step_uC_cm2: number): Float64Array {
  const [nx, ny] = cells;
  /** In steps. */
  const wave = (i: number, n: number): number => {
    const from = i - n / 4;
    return from <= n / 4 ? from : n / 2 - from;
  };
  return Float64Array.from({ length: 3 * cellCount(cells) }, (_, index) => {
    const cell = Math.floor(index / 3);
    const steps = [wave(cell % nx, nx), wave(Math.floor(cell / nx) % ny, ny), 0];
    return step_uC_cm2 * steps[index % 3]!;
  });
}

/** @param correlation correlation length [a] */
export function smoothTexture(
  { cells, zone: axis }: BlockCells,
  pMax: number,
  distribution: Distribution,
  correlation: number,
  stream: RandomStream,
): Float64Array {
  const zone = zoneOf(axis);
  // On the grid of f, which has all cells among its points.
  const grid = cells.map((n, i) => n * zone.per[i]!) as unknown as Vec3;
  const width = zone.steps.map((step, i) => (correlation * zone.per[i]!) / step) as unknown as Vec3;
  const g = [0, 1, 2].map(() => gaussianField(grid, width, stream));
  const texture = new Float64Array(3 * cellCount(cells));
  for (let cell = 0; cell < cellCount(cells); cell++) {
    const point = cellIndex(grid, ...fineOf(zone, cellAt(cells, cell)));
    const vector = g.map((field) => field[point]!);
    const length = Math.hypot(...vector);
    const scale = length === 0 ? 0 : (pMax * magnitude(maxwellCdf(length), distribution)) / length;
    vector.forEach((value, axis) => {
      texture[3 * cell + axis] = value * scale;
    });
  }
  return texture;
}
