/**
 * How much of its error a model makes again at the next position. What counting does is new at each; what a tilt, a thickness or a disorder that the model does not know
 * does to its answer is not, and no mean over a map takes it away. Measured on held-out structures, as the correlation of the errors of two patterns of one structure
 * that differ in tilt and thickness by no more than a map does:
 *
 *     ρ = ⟨e_i e_j⟩ / ⟨e²⟩,   |Δtilt_x|, |Δtilt_y|, |Δthickness| ≤ a quarter of what the patterns span,
 *
 * the mean over structures, each counted alike; 0 where it comes out below. The error of a mean over n positions of one map is then σ √(ρ + (1 − ρ)/n).
 *
 * Pairs of one column of the block, one in sixteen of 4 × 4, share its disorder too: ρ comes out a little large. What this is not: errors that a map shares because the specimen is none of the library's (another thermal motion, say). No held-out structure has those.
 */

import { extent } from '../core/extent.ts';
import type { Answers } from './answers.ts';

/** What one map has nearly one value of. */
const SLOW = ['tilt_x', 'tilt_y', 'thickness'];
/** Of the span of a label, by which the patterns of a pair may differ. */
const NEAR = 0.25;
/** A structure with fewer pairs does not count. */
const PAIRS = 8;

/**
 * ρ of every label, 0 to 1; undefined where no structure has enough pairs.
 * @param names of the labels
 */
export function sharedErrors(
  { count, structure, truth, mean }: Answers,
  names: readonly string[],
): number[] | undefined {
  const width = names.length;
  const slow = SLOW.flatMap((name) => {
    const label = names.indexOf(name);
    if (label < 0) return [];
    const own = Array.from({ length: count }, (_, i) => truth[i * width + label]!);
    const [low, high] = extent(own);
    return [{ own, reach: NEAR * (high - low) }];
  });
  const groups = Map.groupBy(
    Array.from({ length: count }, (_, i) => i),
    (i) => structure[i]!,
  );
  const found: { readonly pair: Float64Array; readonly own: Float64Array }[] = [];
  for (const members of groups.values()) {
    const pair = new Float64Array(width);
    const own = new Float64Array(width);
    let pairs = 0;
    for (const [a, i] of members.entries()) {
      for (let label = 0; label < width; label++)
        own[label]! += (mean[i * width + label]! - truth[i * width + label]!) ** 2 / members.length;
      for (const j of members.slice(a + 1)) {
        if (slow.some(({ own: values, reach }) => Math.abs(values[i]! - values[j]!) > reach)) continue;
        pairs++;
        for (let label = 0; label < width; label++) {
          const error = (at: number) => mean[at * width + label]! - truth[at * width + label]!;
          pair[label] = pair[label]! + error(i) * error(j);
        }
      }
    }
    if (pairs >= PAIRS) found.push({ pair: pair.map((sum) => sum / pairs), own });
  }
  if (found.length === 0) return undefined;
  return names.map((_, label) => {
    const sum = (of: 'pair' | 'own') => found.reduce((total, one) => total + one[of][label]!, 0);
    const all = sum('own');
    return all > 0 ? Math.min(1, Math.max(0, sum('pair') / all)) : 0;
  });
}
