/**
 * Other pieces of the same material, as far as one field tells: blocks of it, drawn with replacement and laid side by side (moving-block bootstrap, Künsch, Ann. Statist.
 * 17, 1217 (1989); in the plane: Politis and Romano 1993). Vectors, σ and mask go together. Blocks must be several times as long as the texture is correlated and much
 * shorter than the field; of domains larger than a block nothing is learnt, and of a handful of blocks little.
 *
 * Neighbours across a seam never were neighbours: for whatever takes differences (walls, T_d, curl) mask the seams with `gap`.
 */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import { numbersOf, type Statistic, varianceOfSample } from './statistic.ts';
import type { Components, VectorField } from './vector-field.ts';

export interface Block {
  /** Side of a block [nm]. */
  readonly length_nm: number;
  /** 'both': squares. 'x', 'y': strips across the whole field, shifted along that axis alone: 'x' for a film whose interfaces run along x, so that heights stay. */
  readonly along: 'x' | 'y' | 'both';
  /** Rows or columns masked on the far side of each seam. */
  readonly gap?: number | undefined;
}

/** Sides of a block [positions]. */
function sides({ shape: [ny, nx], step_nm }: VectorField, { length_nm, along }: Block): [by: number, bx: number] {
  const side = Math.max(1, Math.round(length_nm / step_nm));
  const by = along === 'x' ? ny : side;
  const bx = along === 'y' ? nx : side;
  if (!(length_nm > 0) || (along !== 'x' && 2 * by > ny) || (along !== 'y' && 2 * bx > nx)) {
    fail(
      'range',
      `Blocks of ${length_nm} nm in a field of ${ny * step_nm} × ${nx * step_nm} nm.`,
      'Give a block of at most half of the field, or ask for intervals of this field alone.',
      { length_nm },
    );
  }
  return [by, bx];
}

/** How many blocks cover the field, not a whole number. @throws 'range' where the block is longer than half of the field */
export function blockCount(field: VectorField, block: Block): number {
  const [by, bx] = sides(field, block);
  return (field.shape[0] * field.shape[1]) / (by * bx);
}

/** One resampled field of the same shape. @throws 'range' as blockCount */
export function resampled(field: VectorField, block: Block, stream: RandomStream): VectorField {
  const [ny, nx] = field.shape;
  const [by, bx] = sides(field, block);
  const gap = block.gap ?? 0;
  const from = new Int32Array(ny * nx);
  const seam = new Uint8Array(ny * nx);
  for (let y0 = 0; y0 < ny; y0 += by) {
    for (let x0 = 0; x0 < nx; x0 += bx) {
      const sy = stream.integer(ny - by + 1);
      const sx = stream.integer(nx - bx + 1);
      for (let y = 0; y < by && y0 + y < ny; y++) {
        for (let x = 0; x < bx && x0 + x < nx; x++) {
          const at = (y0 + y) * nx + x0 + x;
          from[at] = (sy + y) * nx + sx + x;
          if ((y0 > 0 && y < gap) || (x0 > 0 && x < gap)) seam[at] = 1;
        }
      }
    }
  }
  return rearranged(field, from, seam);
}

/**
 * Variance of each number of a statistic between pieces of material as large as the field, noise included. Blocks of side b see too little of it, by (1 − c/b) along each axis
 * that they divide: c, which is about the length of correlation, comes from blocks of b and b/2, and their number g, on whose own mean they are centred, from g/(g − 1).
 * @param draws resampled fields of each of the two sides
 * @throws 'range' as blockCount
 */
export function samplingVariance(
  field: VectorField,
  statistic: Statistic,
  block: Block,
  draws: number,
  stream: RandomStream,
): number[] {
  const [whole, half] = [1, 0.5].map((share) => {
    const part = { ...block, length_nm: block.length_nm * share };
    const found = Array.from({ length: draws }, (_, k) =>
      numbersOf(statistic, resampled(field, part, stream.fork('sampling', share, k))),
    );
    return Array.from(found[0]!, (_, i) => varianceOfSample(found.map((numbers) => numbers[i]!)));
  });
  const blocks = blockCount(field, block);
  const axes = block.along === 'both' ? 2 : 1;
  const [ny, nx] = field.shape;
  return whole!.map((variance, i) => {
    if (variance === 0) return 0;
    // Chance may put half blocks above whole ones; below a quarter along an axis the blocks are no blocks.
    const q = Math.min(1, Math.max(0.5, (half![i]! / variance) ** (1 / axes)));
    const c = (1 - q) / (2 - q);
    const side = block.length_nm / field.step_nm;
    let missing = (1 - c) ** axes;
    // A piece as large as the field sees too little as well, and that is what is asked for.
    if (block.along !== 'y') missing /= 1 - (c * side) / nx;
    if (block.along !== 'x') missing /= 1 - (c * side) / ny;
    return ((variance / missing) * blocks) / (blocks - 1);
  });
}

/** Position i takes everything of position from[i]; masked where `drop` is 1. */
export function rearranged(field: VectorField, from: Int32Array, drop?: Uint8Array): VectorField {
  const valid = new Uint8Array(from.length);
  for (let i = 0; i < from.length; i++) valid[i] = drop?.[i] ? 0 : field.valid[from[i]!]!;
  const one = (values: Float64Array): Float64Array => {
    const out = new Float64Array(from.length);
    for (let i = 0; i < out.length; i++) out[i] = valid[i] ? values[from[i]!]! : Number.NaN;
    return out;
  };
  const moved = ({ x, y, z }: Components): Components => ({ x: one(x), y: one(y), z: one(z) });
  return { ...field, values: moved(field.values), ...(field.sigma && { sigma: moved(field.sigma) }), valid };
}
