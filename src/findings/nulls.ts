/**
 * What a statistic would be if there were nothing of it to see: the same statistic of fields that lack it.
 *
 *     'shuffled'  positions in another order, each vector whole with its σ: nothing that neighbours share is left
 *     'prior'     P_z replaced by draws from the model's prior, N(mean of P_z over the field, prior σ), as a map of this σ_z would show them: with noise on top,
 *                 √(prior² + σ²), where values are truth + noise; drawn towards the mean, √(prior² − σ²), where they are posterior means (estimate.ts)
 *     'noise'     the field smoothed to a stated width, plus noise of its σ: whatever is finer than that width is noise
 *
 * Noise is what values scatter by (scatter.ts). Draws share its correlation length. Seeded: the stream's forks name the kind and the draw.
 */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import { rearranged } from './blocks.ts';
import { type NoiseModel, NoiseSource, sigmaOf, withNoise } from './draws.ts';
import type { Null, NullKind } from './finding.ts';
import { scattering } from './scatter.ts';
import { smoothed } from './smooth.ts';
import { numbersOf, type Statistic } from './statistic.ts';
import { componentsOf, type VectorField } from './vector-field.ts';

export interface NullOptions {
  readonly noise: NoiseModel;
  /** What the field's values are: truth + noise, or means of a posterior. */
  readonly values: 'noisy' | 'posterior';
  /** Of the Gaussian that smooths for 'noise', its standard deviation [nm]. */
  readonly smooth_nm: number;
  /** Fields of each kind. */
  readonly draws: number;
  readonly stream: RandomStream;
}

/** Positions permuted among the valid ones; those masked stay. */
export function shuffledField(field: VectorField, stream: RandomStream): VectorField {
  const from = new Int32Array(field.valid.length).map((_, i) => i);
  const where = from.filter((i) => field.valid[i] === 1);
  const order = stream.shuffle(where.slice());
  for (let k = 0; k < where.length; k++) from[where[k]!] = order[k]!;
  return rearranged(field, from);
}

/**
 * A maker of fields whose P_z is drawn from the prior; each is written over the one before.
 * @throws 'incomplete' where the field states no prior or no σ
 */
export function priorFields(
  field: VectorField,
  { noise, values }: Pick<NullOptions, 'noise' | 'values'>,
): (stream: RandomStream) => VectorField {
  const prior =
    field.prior?.z ?? fail('incomplete', 'The field states no prior.', 'Leave the null of the prior out, or give one.');
  const sigma = sigmaOf(field).z;
  const source = new NoiseSource(field, noise);
  let sum = 0;
  let n = 0;
  for (let i = 0; i < field.valid.length; i++) {
    if (!field.valid[i]) continue;
    sum += field.values.z[i]!;
    n++;
  }
  const side = values === 'noisy' ? 1 : -1;
  const spread = sigma.map((s) => Math.sqrt(Math.max(0, prior ** 2 + side * s ** 2)));
  const unit = new Float64Array(field.valid.length);
  const z = new Float64Array(field.valid.length);
  return (stream) => {
    const g = source.nextZ(stream, unit);
    for (let i = 0; i < z.length; i++) z[i] = field.valid[i] ? sum / n + spread[i]! * g[i]! : Number.NaN;
    return { ...field, values: { ...field.values, z } };
  };
}

/** A maker of fields that are the smoothed field and noise; each is written over the one before. @throws 'incomplete' where the field states no σ */
export function noiseFields(
  field: VectorField,
  { noise, smooth_nm }: Pick<NullOptions, 'noise' | 'smooth_nm'>,
): (stream: RandomStream) => VectorField {
  const source = new NoiseSource(field, noise);
  const smooth = (array: Float64Array) => smoothed(array, field.shape, smooth_nm / field.step_nm).values;
  const { x, y, z } = field.values;
  const plain = { ...field, values: { x: smooth(x), y: smooth(y), z: smooth(z) }, sigma: sigmaOf(field) };
  const [unit, made] = [componentsOf(field.valid.length), componentsOf(field.valid.length)];
  return (stream) => withNoise(plain, source.next(stream, unit), 1, made);
}

/**
 * Mean and 95% interval of each number of the statistic over fields of each kind, made of a field with the σ that it states; σ of what is made is the scatter of its values. Draws where the statistic is not a number do not count; with fewer than two left there
 * is no null of that kind.
 * @returns one for each number of the statistic
 * @throws 'usage' where fewer than two draws are asked for; 'incomplete' where a kind needs a σ or a prior that the field does not state
 */
export function nullsOf(
  field: VectorField,
  statistic: Statistic,
  kinds: readonly NullKind[],
  options: NullOptions,
): Partial<Record<NullKind, Null>>[] {
  if (!(options.draws >= 2)) fail('usage', `${options.draws} draws make no null.`, 'Draw 40 or more.');
  const all: Partial<Record<NullKind, Null>>[] = [];
  const seen = scattering(field, options.values);
  for (const kind of kinds) {
    const make = nullFields(kind, field, seen, options);
    const found: number[][] = [];
    for (let k = 0; k < options.draws; k++) {
      const numbers = numbersOf(statistic, make(options.stream.fork('null', kind, k)));
      for (let i = 0; i < numbers.length; i++) {
        found[i] ??= [];
        if (Number.isFinite(numbers[i])) found[i]!.push(numbers[i]!);
      }
    }
    for (const [i, some] of found.entries()) {
      all[i] ??= {};
      if (some.length >= 2) all[i]![kind] = nullOf(some);
    }
  }
  return all;
}

/** @param field as stated @param seen the same with the scatter of its values for σ, which made fields have too */
function nullFields(kind: NullKind, field: VectorField, seen: VectorField, options: NullOptions) {
  if (kind === 'shuffled') return (stream: RandomStream) => shuffledField(seen, stream);
  if (kind === 'noise') return noiseFields(seen, options);
  const make = priorFields(field, options);
  return (stream: RandomStream) => ({ ...make(stream), sigma: seen.sigma });
}

/** Mean and 95% interval of a sample. */
export function nullOf(values: readonly number[]): Null {
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => {
    const place = q * (sorted.length - 1);
    const low = Math.floor(place);
    return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
  };
  return { mean: sorted.reduce((a, b) => a + b, 0) / sorted.length, interval: [at(0.025), at(0.975)] };
}
