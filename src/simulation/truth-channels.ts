/** The truth of a simulated scan, channel by channel, named like labels. */

import type { DepthMeans } from '../library/depth-means.ts';

const FIELDS = ['P', 'dTi', 'dO'] as const;
const AXES = ['x', 'y', 'z'] as const;

export class TruthChannels {
  /** Row by row. */
  readonly channels: Record<string, Float32Array> = {};
  readonly #positions: number;

  constructor(positions: number) {
    this.#positions = positions;
  }

  put(name: string, index: number, value: number): void {
    this.channels[name] ??= new Float32Array(this.#positions);
    this.channels[name][index] = value;
  }

  /** What a probe sees at a position, the same of the nearest column ('…_column'), and how P varies along the depth ('…_spread'). */
  putSeen(index: number, { probe, column, spread }: DepthMeans): void {
    for (const [axis, letter] of AXES.entries()) {
      for (const [f, stem] of FIELDS.entries()) {
        this.put(`${stem}_${letter}`, index, probe[3 * f + axis]!);
        this.put(`${stem}_${letter}_column`, index, column[3 * f + axis]!);
      }
      this.put(`P_${letter}_spread`, index, spread[axis]!);
    }
  }
}
