/** A stack whose slices are computed, at the cuts that a simulation needs: plain arrays, to hand over from the thread that made them to the one with the GPU. */

import { placeOf, type SliceStack } from './slices.ts';

export interface ComputedStack extends Omit<SliceStack, 'slice' | 'cut' | 'diffuse'> {
  readonly slices: readonly Float64Array[];
  /** By the place that each cut comes before; none where no cut meets an atom. */
  readonly cuts: ReadonlyMap<number, Float64Array>;
  readonly diffuse?: ComputedStack;
}

/** @param exits slice counts at which the block may end; it also begins, before slice 0 */
export function computeStack(stack: SliceStack, exits: readonly number[]): ComputedStack {
  const { nx, ny, nSlices, order, ending, cell_A, dz_A, diffuse } = stack;
  const slices = Array.from({ length: nSlices }, (_, s) => stack.slice(s));
  const faces = stack.cut ? new Set([0, ...exits.map((exit) => placeOf(stack, exit))]) : [];
  const cuts = new Map([...faces].map((s) => [s, stack.cut!(s)]));
  return {
    nx,
    ny,
    nSlices,
    ...(order && { order }),
    ...(ending && { ending }),
    cell_A,
    dz_A,
    slices,
    cuts,
    ...(diffuse && { diffuse: computeStack(diffuse, exits) }),
  };
}

export function stackOfComputed({ slices, cuts, diffuse, ...rest }: ComputedStack): SliceStack {
  return {
    ...rest,
    slice: (s) => slices[s]!,
    ...(cuts.size > 0 && { cut: (s: number) => cuts.get(s)! }),
    ...(diffuse && { diffuse: stackOfComputed(diffuse) }),
  };
}

/** What to hand over with it, each once: faces that are alike share one. */
export function buffersOf({ slices, cuts, diffuse }: ComputedStack): ArrayBuffer[] {
  const own = [...new Set([...slices, ...cuts.values()].map(({ buffer }) => buffer as ArrayBuffer))];
  return diffuse ? [...own, ...buffersOf(diffuse)] : own;
}
