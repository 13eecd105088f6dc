/**
 * What a probe that passes a crystal sees of its cells' fields: P [µC/cm²], δTi and δO [pm], means over the depth and over the columns under the probe; and
 * what is left out by such a mean, how much P varies along the depth.
 */

import type { LocalFields } from '../crystal/local.ts';
import { cellCount, type Vec3 } from '../crystal/structure.ts';
import type { ProbeSection } from './probe-weights.ts';

const FIELDS = ['P', 'dTi', 'dO'] as const;

export interface DepthMeans {
  /** P, δTi, δO, three components each, as the probe weights columns. */
  readonly probe: readonly number[];
  /** The same of the column nearest to where the probe enters. */
  readonly column: readonly number[];
  /** Rms deviation of P's components along the depth from their mean, of the probe's sections (an eighth of the greatest depth each) [µC/cm²]. */
  readonly spread: readonly number[];
}

export class DepthFields {
  readonly #cells: Vec3;
  readonly #height_A: number;
  /** Of each field sums over the layers before, [nz + 1][ny][nx][3]. */
  readonly #sums: readonly Float64Array[];

  /** @param fields of all cells from the entrance face on, [nz][ny][nx][3], of a crystal whose cells are height_A high */
  constructor(fields: LocalFields, cells: Vec3, height_A: number) {
    const layer = 3 * cells[0] * cells[1];
    this.#cells = cells;
    this.#height_A = height_A;
    this.#sums = FIELDS.map((name) => {
      const sums = new Float64Array(3 * cellCount(cells) + layer);
      fields[name].forEach((value, i) => {
        sums[i + layer] = sums[i]! + value;
      });
      return sums;
    });
  }

  /** Adds `weight` times a column's means between two depths, P, δTi, δO, to nine numbers. */
  #add(column: number, from_A: number, to_A: number, weight: number, to: Float64Array): void {
    const layer = 3 * this.#cells[0] * this.#cells[1];
    const scale = (weight * this.#height_A) / (to_A - from_A);
    const [z0, z1] = [this.#layers(from_A), this.#layers(to_A)];
    const [k0, k1] = [this.#below(z0), this.#below(z1)];
    const [at0, at1] = [k0 * layer + 3 * column, k1 * layer + 3 * column];
    const [f0, f1] = [z0 - k0, z1 - k1];
    let i = 0;
    for (const sums of this.#sums) {
      for (let axis = 0; axis < 3; axis++, i++) {
        const low = sums[at0 + axis]!;
        const high = sums[at1 + axis]!;
        const first = low + f0 * (sums[at0 + layer + axis]! - low);
        const last = high + f1 * (sums[at1 + layer + axis]! - high);
        to[i] = to[i]! + scale * (last - first);
      }
    }
  }

  /** A depth in layers, and the whole ones before it. */
  #layers = (depth_A: number): number => Math.min(depth_A / this.#height_A, this.#cells[2]);
  #below = (z: number): number => Math.min(Math.floor(z), this.#cells[2] - 1);

  /** Means of a column between two depths, P, δTi, δO. */
  #mean(column: number, from_A: number, to_A: number): Float64Array {
    const mean = new Float64Array(9);
    this.#add(column, from_A, to_A, 1, mean);
    return mean;
  }

  /** Means of every column down to `depth_A`, [ny][nx][3], δTi [pm]. */
  columnsDTi(depth_A: number): Float64Array {
    const columns = this.#cells[0] * this.#cells[1];
    return Float64Array.from(
      Array.from({ length: columns }, (_, column) => [...this.#mean(column, 0, depth_A).subarray(3, 6)]).flat(),
    );
  }

  /**
   * @param sections of the probe's path, from the entrance face to the exit face
   * @param nearest column where it enters
   * @param unpolarized_A what of the depth before the exit face counts as zero
   */
  seenBy(sections: readonly ProbeSection[], nearest: number, unpolarized_A = 0): DepthMeans {
    const thickness_A = sections.at(-1)!.to_A;
    const end_A = Math.max(0, thickness_A - unpolarized_A);
    /** Of a stretch, how much is not zero. */
    const share = (from_A: number, to_A: number) => Math.max(0, Math.min(to_A, end_A) - from_A) / (to_A - from_A);
    const seen = sections.map(({ from_A, to_A, weights }) => {
      const mean = new Float64Array(9);
      const live = share(from_A, to_A);
      if (live > 0) {
        for (let column = 0; column < weights.length; column++) {
          const weight = weights[column]!;
          if (weight > 0) this.#add(column, from_A, Math.min(to_A, end_A), weight * live, mean);
        }
      }
      return { part: (to_A - from_A) / thickness_A, mean };
    });
    const probe = Array.from({ length: 9 }, (_, i) => seen.reduce((sum, { part, mean }) => sum + part * mean[i]!, 0));
    const spread = [0, 1, 2].map((i) =>
      Math.sqrt(seen.reduce((sum, { part, mean }) => sum + part * (mean[i]! - probe[i]!) ** 2, 0)),
    );
    const column =
      end_A > 0 ? [...this.#mean(nearest, 0, end_A)].map((v) => (v * end_A) / thickness_A) : new Array(9).fill(0);
    return { probe, column, spread };
  }
}
