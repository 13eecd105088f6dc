/** Small displaced perovskite blocks for the tests of this room; not for production (see crystal/). */

import type { RandomStream } from '../core/random.ts';
import type { Atoms } from './slices.ts';

/** cells[0]×cells[1]×cells[2] cells of (Ba,Sr)TiO3, A at a/4 and TiO2 at 3a/4 along z, every coordinate off by 0.05 Å rms. */
export function perovskiteBlock(
  cells: readonly [number, number, number],
  a: number,
  random: RandomStream,
  rms_A = 0.05,
): Atoms {
  const symbols: string[] = [];
  const positions: number[] = [];
  const basis: readonly [string, number, number, number][] = [
    ['A', 0, 0, 0.25],
    ['Ti', 0.5, 0.5, 0.75],
    ['O', 0.5, 0.5, 0.25],
    ['O', 0.5, 0, 0.75],
    ['O', 0, 0.5, 0.75],
  ];
  for (let z = 0; z < cells[2]; z++) {
    for (let y = 0; y < cells[1]; y++) {
      for (let x = 0; x < cells[0]; x++) {
        for (const [symbol, u, v, w] of basis) {
          symbols.push(symbol === 'A' ? (random.uniform() < 0.5 ? 'Ba' : 'Sr') : symbol);
          for (const f of [x + u, y + v, z + w]) positions.push(f * a + rms_A * random.normal());
        }
      }
    }
  }
  return {
    cell_A: [cells[0] * a, cells[1] * a, cells[2] * a],
    symbols,
    positions_A: Float64Array.from(positions),
  };
}
