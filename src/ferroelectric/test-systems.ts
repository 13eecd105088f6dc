/** For tests: small systems with random soft modes and A sites. */

import { RandomStream } from '../core/random.ts';
import { cellCount, type Vec3 } from '../crystal/structure.ts';
import { BARIUM_STRONTIUM_TITANATE } from './parameters.ts';
import { clamped, epitaxial, FREE, type HeldStrain } from './strain.ts';
import type { System } from './system.ts';

/** Random u [Å], [nz][ny][nx][3], standard deviation `deviation`. */
export function randomModes(cells: Vec3, seed: number, deviation = 0.08): Float64Array {
  const stream = new RandomStream(seed, 'test modes');
  return Float64Array.from({ length: 3 * cellCount(cells) }, () => deviation * stream.normal());
}

/** Ba0.5Sr0.5TiO3 with A sites drawn one by one. */
export function disordered(cells: Vec3, seed: number): System {
  const stream = new RandomStream(seed, 'test A sites');
  const aSites = Int8Array.from({ length: cellCount(cells) }, () => (stream.uniform() < 0.5 ? -1 : 1));
  return { parameters: BARIUM_STRONTIUM_TITANATE, cells, aSites };
}

export const HELD: Readonly<Record<string, HeldStrain>> = {
  free: FREE,
  clamped: clamped([0.01, -0.004, 0.002, 0.006, -0.003, 0.005]),
  'film along z': epitaxial(-0.01, 'z'),
  'film along x': epitaxial(0.006, 'x'),
};
