/** What the findings of a state need to be told. */

import type { RandomStream } from '../core/random.ts';
import type { NoiseModel } from './draws.ts';
import type { NullKind } from './finding.ts';
import type { VectorField } from './vector-field.ts';

export interface StateOptions {
  readonly noise: NoiseModel;
  readonly values: 'posterior' | 'noisy';
  readonly across: 'x' | 'y';
  /** Of the smoothing of null 'noise' [nm]. */
  readonly smooth_nm: number;
  readonly pairs: number;
  /** Fields of each null; of walls and domains fewer (`wallDraws`). */
  readonly draws: number;
  readonly wallDraws: number;
  /** Fields and walls draw from forks of it. */
  readonly stream: RandomStream;
}

/** Nulls that can be made of a field: noise needs a σ, the prior both. */
export function kindsOf({ sigma, prior }: VectorField): NullKind[] {
  return ['shuffled', ...(sigma && prior ? (['prior'] as const) : []), ...(sigma ? (['noise'] as const) : [])];
}
