/**
 * Blocks on top of each other: a depth that does not repeat. Each block is cut into slices as if it repeated along the beam (slices.ts), so that the tails of its
 * own last atoms lie in its first slices. Where another block q stands behind block p, the potential
 *
 *     cut_p − cut_q,      cut = what lies beyond the face of atoms before it, less what lies before the face of atoms beyond it,
 *
 * in q's first slice puts p's tails behind the seam in place of q's own, and q's before it: every atom is whole. The tails, a few per cent of an atom, then lie
 * in the plane of the seam, where an exact cut of the whole depth spreads them over a few slices: R1 5e-6 at 30 nm (block-stack.test.ts). A block behind itself
 * changes nothing, to the last bit.
 *
 * A crystal may end otherwise than it would go on, wherever it ends (an unpolarized layer at its face): its last cells are then those of other blocks, twins of
 * the ones that they stand for. At that inner boundary the tails are left as each block has them.
 */

import { fail } from '../core/errors.ts';
import type { SliceStack } from './slices.ts';

/** What was made once, kept. */
function kept(make: (place: number) => Float64Array): (place: number) => Float64Array {
  const known = new Map<number, Float64Array>();
  return (place) => {
    const made = known.get(place) ?? make(place);
    known.set(place, made);
    return made;
  };
}

/**
 * The stack of `blocks[order[0]]`, `blocks[order[1]]`, … from the entrance face on. A crystal may end at any place of it; it does not go on behind the last.
 * @param blocks of one cell, grid and number of slices
 * @param order which block stands at each place
 * @param ending in what a crystal ends: its last slices, this many, are those of the blocks of another order, as long as the first
 * @throws 'shape' for blocks that do not fit onto each other, 'range' for an order that names none of them
 */
export function blockStack(
  blocks: readonly SliceStack[],
  order: readonly number[],
  ending?: { readonly slices: number; readonly order: readonly number[] },
): SliceStack {
  const [first] = blocks;
  const orders = [order, ...(ending ? [ending.order] : [])];
  if (!first || orders.some((of) => of.length !== order.length || of.length === 0 || of.some((b) => !(b in blocks)))) {
    fail('range', 'No block stands somewhere along the depth.', 'Give at least one block, and an order of such.', {
      order,
    });
  }
  const { nx, ny, nSlices: n, cell_A, dz_A } = first;
  if (blocks.some((block) => block.nx !== nx || block.ny !== ny || block.nSlices !== n || block.dz_A !== dz_A)) {
    fail('shape', 'Blocks of different grids or slices do not fit onto each other.', 'Sample them alike.');
  }
  const cuts = blocks.map((block) => kept((s) => block.cut?.(s) ?? new Float64Array(nx * ny)));
  const firsts = kept((block) => blocks[block]!.slice(0));
  /** The first slice of a block behind another one: [before, block]. */
  const seams: [before: number, block: number][] = [];
  const numbers = new Map<string, number>();
  const [places, endings] = orders.map((of) => {
    const slices = new Int32Array(n * of.length);
    for (const [j, block] of of.entries()) {
      for (let s = 0; s < n; s++) slices[j * n + s] = block * n + s;
      const before = of[j - 1];
      if (before === undefined || before === block) continue;
      const key = `${before} ${block}`;
      if (!numbers.has(key)) numbers.set(key, blocks.length * n + seams.push([before, block]) - 1);
      slices[j * n] = numbers.get(key)!;
    }
    return slices;
  });
  const diffuse = blocks.map((block) => block.diffuse);
  return {
    nx,
    ny,
    nSlices: blocks.length * n + seams.length,
    order: places!,
    ...(ending && { ending: { slices: ending.slices, order: endings! } }),
    cell_A: [cell_A[0], cell_A[1], cell_A[2] * order.length],
    dz_A,
    slice(s) {
      if (s < blocks.length * n) return blocks[Math.floor(s / n)]!.slice(s % n);
      const [before, block] = seams[s - blocks.length * n]!;
      const [own, p, q] = [firsts(block), cuts[before]!(0), cuts[block]!(0)];
      return own.map((v, i) => v + p[i]! - q[i]!);
    },
    cut(place) {
      // Behind a block its own cut, as behind the last of its repeats.
      const j = place === 0 ? 0 : Math.ceil(place / n) - 1;
      const last = place === 0 || !ending ? order : ending.order;
      return cuts[last[j]!]!((place - j * n) % n);
    },
    ...(diffuse.every((stack) => stack !== undefined) && { diffuse: blockStack(diffuse, order, ending) }),
  };
}
