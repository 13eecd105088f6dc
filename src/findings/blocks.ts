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
 * Variance of each number of a statistic between pieces of material as large as the field, noise included. With c, about the length of correlation, the variance of a mean over a
 * line of a positions goes as (1 − c/a)/a. Blocks of side b so see too little:
 *
 *     along each axis that they divide, of n positions, by (1 − c m/n)/(1 − c/n), m the number of blocks, the cut one at the end with them;
 *     and by 1 − v, the share of a block's variance that the mean has on which they are centred: v = Π b Σw²/(1 − c/b), w the weight of a position in the mean over all blocks.
 *
 * c comes from blocks of b and b/2.
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
  const [ny, nx] = field.shape;
  const side = (share: number) => sides(field, { ...block, length_nm: block.length_nm * share });
  const [[by, bx], [hy, hx]] = [side(1), side(0.5)];
  const axes = [
    { n: ny, b: by, h: hy },
    { n: nx, b: bx, h: hx },
  ].filter(({ n, b }) => b < n);
  const product = (of: (axis: (typeof axes)[number]) => number) => axes.reduce((all, axis) => all * of(axis), 1);
  const seen = (c: number, n: number, b: number) => 1 - (c * Math.ceil(n / b)) / n;
  const centre = product(({ n, b }) => b * squaredWeights(n, b));
  const most = Math.min(...axes.map(({ b }) => b)) / 3;
  return whole!.map((variance, i) => {
    if (variance === 0) return 0;
    const ratio = half![i]! / variance;
    // Chance may put half blocks above whole ones; above a third of a side the blocks are no blocks.
    let [low, high] = [0, most];
    for (let k = 0; k < 40; k++) {
      const c = (low + high) / 2;
      if (product(({ n, b, h }) => seen(c, n, h) / seen(c, n, b)) > ratio) low = c;
      else high = c;
    }
    const c = low;
    const share = product(({ n, b }) => seen(c, n, b) / (1 - c / n));
    return variance / share / (1 - centre / product(({ b }) => 1 - c / b));
  });
}

/** Σw² over a line of n positions, w the share of each in the mean over all blocks of b. */
function squaredWeights(n: number, b: number): number {
  const starts = n - b + 1;
  let sum = 0;
  for (let at = 0; at < n; at++) sum += (Math.min(at + 1, n - at, b, starts) / (b * starts)) ** 2;
  return sum;
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
