/**
 * A statistic of the same field with more noise, in pairs ±g at each λ, and, for intervals of the kind, of blocks of each. The same g and the same blocks serve all λ: what
 * differs between rows is then the noise's size alone, and carrying on to λ = −1 does not magnify chance. In the mean of a pair what is linear in the noise cancels.
 * Not here: what follows (estimate.ts).
 */

import type { RandomStream } from '../core/random.ts';
import { type Block, resampled } from './blocks.ts';
import { type NoiseModel, NoiseSource, withNoise } from './draws.ts';
import { numbersOf, type Statistic } from './statistic.ts';
import { componentsOf, type VectorField } from './vector-field.ts';

/** Of one number of the statistic. */
export interface Redrawn {
  /** Half the sum and half the difference of +g and −g: [λ][pair]. */
  readonly even: readonly number[][];
  readonly odd: readonly number[][];
  /** Of the field's blocks without more noise: [pair]; empty without blocks. */
  readonly blocks: readonly number[];
  /** Half the sum of +g and −g of blocks: [λ][pair]. */
  readonly evenBlocks: readonly number[][];
}

/**
 * @param numbers how many the statistic gives
 * @param block drawn too where it is given
 * @throws 'incomplete' where the field states no σ
 */
export function redrawn(
  field: VectorField,
  statistic: Statistic,
  numbers: number,
  lambdas: readonly number[],
  noise: NoiseModel,
  block: Block | undefined,
  pairs: number,
  stream: RandomStream,
): Redrawn[] {
  const table = () => Array.from({ length: numbers }, () => lambdas.map((): number[] => []));
  const [even, odd, evenBlocks] = [table(), table(), table()];
  const blocks = Array.from({ length: numbers }, (): number[] => []);
  const source = new NoiseSource(field, { ...noise, shared: field.shared });
  const draws = stream.fork('noise');
  // One after another in the same arrays: a statistic keeps no field.
  const [unit, plus, minus] = [0, 1, 2].map(() => componentsOf(field.valid.length));
  const each = (f: (i: number) => void): void => {
    for (let i = 0; i < numbers; i++) f(i);
  };
  for (let pair = 0; pair < pairs; pair++) {
    const g = source.next(draws, unit);
    const ofBlocks = (some: VectorField) =>
      block && numbersOf(statistic, resampled(some, block, stream.fork('blocks', pair)));
    const plain = ofBlocks(field);
    if (plain) each((i) => blocks[i]!.push(plain[i]!));
    for (const [row, lambda] of lambdas.entries()) {
      const up = withNoise(field, g, Math.sqrt(lambda), plus);
      const down = withNoise(field, g, -Math.sqrt(lambda), minus);
      const [a, b] = [numbersOf(statistic, up), numbersOf(statistic, down)];
      each((i) => {
        even[i]![row]!.push((a[i]! + b[i]!) / 2);
        odd[i]![row]!.push((a[i]! - b[i]!) / 2);
      });
      const [c, d] = [ofBlocks(up), ofBlocks(down)];
      if (c && d) each((i) => evenBlocks[i]![row]!.push((c[i]! + d[i]!) / 2));
    }
  }
  return even.map((_, i) => ({ even: even[i]!, odd: odd[i]!, blocks: blocks[i]!, evenBlocks: evenBlocks[i]! }));
}
