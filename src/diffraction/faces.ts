/**
 * What lies on the faces of a crystal without belonging to it, as projected potentials: the wave passes it in one step, before the first slice and behind the
 * last. That costs nothing per wave, and an exit face may stand at every thickness; it neglects what propagation does within the layer, πλtk² (0.5 for 3 nm at
 * k = 0.5/Å and 300 kV). It serves for layers without order; a layer of the crystal itself in one step is wrong by nearly all that it does (block-stack.ts has it).
 */

import type { SliceStack } from './slices.ts';

export interface Faces {
  /** Projected potential [ny][nx] [V·Å] before the entrance face. */
  readonly entrance?: Float64Array | undefined;
  /** The same, behind the exit face, wherever that is. */
  readonly exit?: Float64Array | undefined;
}

/** @param stack that does not repeat: its faces are told by their places. @throws RangeError for one that does */
export function withFaces(stack: SliceStack, { entrance, exit }: Faces): SliceStack {
  if (!entrance && !exit) return stack;
  if (!stack.order) throw new RangeError('a stack that repeats has no face of its own');
  return {
    ...stack,
    cut(place) {
      const own = stack.cut?.(place) ?? new Float64Array(stack.nx * stack.ny);
      // The cut at the entrance is what is taken off.
      const [layer, sign] = place === 0 ? [entrance, -1] : [exit, 1];
      return layer ? own.map((v, i) => v + sign * layer[i]!) : own;
    },
  };
}
