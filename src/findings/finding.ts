/**
 * What is found in a field, stated as it has to be: value, σ, interval, number of things it rests on, and the same where there is nothing to see.
 * Not here: how σ and nulls are drawn (draws.ts, estimate.ts).
 */

/** The same statistic of fields that hold nothing of it: mean and the 95% interval over draws. */
export interface Null {
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
}

/**
 * What a null replaces: 'shuffled', the positions in another order; 'prior', z by draws of the model's prior as far as the map measures it; 'noise', noise alone
 * around the smoothed field.
 */
export type NullKind = 'shuffled' | 'prior' | 'noise';

/** 'shapeless': a cloud of vectors of the same mean square without any preferred length or direction; in closed form. */
export type AnyNull = NullKind | 'shapeless';

/**
 * What an interval is for. 'field': this very field, other noise. 'kind': the material, of which the field is one piece: other pieces of this size too.
 */
export type IntervalOf = 'field' | 'kind';

export interface Finding {
  readonly name: string;
  readonly unit: string;
  /** Of the field as it is. */
  readonly value: number;
  /** Standard error of `corrected` where it is there, else of `value`; absent where the field states none. */
  readonly sigma?: number | undefined;
  /** 95%, for what `value` would be without noise where `corrected` is there, else for `value`. */
  readonly interval?: readonly [low: number, high: number] | undefined;
  /** What `value` would be without the noise of the field, where noise shifts it. */
  readonly corrected?: number | undefined;
  /** What `sigma` and `interval` are for; absent with them. */
  readonly of?: IntervalOf | undefined;
  /**
   * The part of the interval that is no chance: standard uncertainty of taking the noise away (extrapolate.ts). It stands in
   * `interval`, not in `sigma`; above half of `sigma` the interval is a bound, which holds the truth more often than 95%.
   */
  readonly extrapolation?: number | undefined;
  /** Why there is no `interval`, where errors were asked for and none can be stated. */
  readonly undetermined?: string | undefined;
  /** Where intervals of this kind were found not to hold the truth as often as they say, and how often they did (scripts/coverage-study.ts). */
  readonly caution?: string | undefined;
  /** Positions, walls, domains: what the value is a mean or a count of. */
  readonly n: number;
  readonly nulls: Readonly<Partial<Record<AnyNull, Null>>>;
}
