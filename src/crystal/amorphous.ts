/**
 * A layer without order, such as preparation leaves on a specimen: the crystal's own elements in its own shares and density, at random places no two of which
 * are closer than 1.8 Å (random sequential addition), periodic across the beam as the block is.
 *
 * What this is not: a real glass. Its nearest neighbours are not those of a network; it makes a diffuse pattern with a broad ring, not the rings of a given material.
 */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import { Places } from './places.ts';
import type { Structure, Vec3 } from './structure.ts';

/** Least distance of two atoms [Å]. */
const APART_A = 1.8;
/** A thinner layer [Å] is none. */
export const LEAST_A = 4;
const TRIES = 20_000;

/** @param block the crystal that it lies on. @throws 'range' where its atoms find no room */
export function amorphousLayer({ cell_A, symbols }: Structure, thickness_A: number, stream: RandomStream): Structure {
  const edges: Vec3 = [cell_A[0], cell_A[1], thickness_A];
  const count = Math.round((symbols.length * thickness_A) / cell_A[2]);
  const places = new Places(
    [
      [edges[0], 0, 0],
      [0, edges[1], 0],
      [0, 0, edges[2]],
    ],
    APART_A,
  );
  for (let tries = 0; places.points.length < count; tries++) {
    if (tries > TRIES * count) {
      fail(
        'range',
        'An amorphous layer of this density finds no room for its atoms.',
        'Leave structures.amorphous_nm out.',
      );
    }
    const f: Vec3 = [stream.uniform(), stream.uniform(), stream.uniform()];
    if (places.near(f).length === 0) places.add(f);
  }
  return {
    cell_A: edges,
    // Places come in no order: elements may.
    symbols: Array.from({ length: count }, (_, i) => symbols[Math.floor((i * symbols.length) / count)]!),
    positions_A: Float64Array.from(places.points.flatMap((f) => f.map((x, axis) => x * edges[axis]!))),
  };
}
