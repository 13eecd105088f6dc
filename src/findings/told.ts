/**
 * Which components of a map are measured at all, and the field that statistics are taken of. Where σ is as large as the prior's a value is what the model's structures
 * are like and nothing of the specimen (polarization/abstention.ts): a length or an angle made with it is made of the prior.
 */

import { tellsNothing } from '../polarization/abstention.ts';
import { unshrunk } from './unshrink.ts';
import { AXES, type Axis, type VectorField } from './vector-field.ts';

/** A component is measured where it is at this share of positions. */
const MOST = 0.5;

export interface Told {
  /** Components that are measured. */
  readonly axes: readonly Axis[];
  /** Of each component: share of valid positions that are measured, and median of σ over prior; absent where no prior is stated. */
  readonly shares: Readonly<Record<Axis, { readonly measured: number; readonly ratio: number } | undefined>>;
  /** Whether P has a length and a direction in space: all three are measured. */
  readonly whole: boolean;
}

export function toldOf({ sigma, prior, valid }: VectorField): Told {
  const one = (axis: Axis) => {
    if (!sigma || !prior) return undefined;
    const sigmas = sigma[axis].filter((_, i) => valid[i] === 1).sort();
    return {
      measured: sigmas.filter((one) => !tellsNothing(one, prior[axis])).length / sigmas.length,
      ratio: sigmas[sigmas.length >> 1]! / prior[axis],
    };
  };
  const shares = { x: one('x'), y: one('y'), z: one('z') };
  const axes = AXES.filter((axis) => (shares[axis]?.measured ?? 1) >= MOST);
  return { axes, shares, whole: axes.length === 3 };
}

/** Why nothing is said of these components together. */
export function notMeasured({ axes: told }: Told, axes: readonly Axis[]): string {
  return `the map does not measure P along ${axes.filter((axis) => !told.includes(axis)).join(', ')}: σ is as large as the prior's`;
}

/** The field as truth + noise, in the components that are asked for and measured (unshrink.ts); the field itself where its values are that already. */
export function freed(field: VectorField, values: 'posterior' | 'noisy', axes: readonly Axis[]): VectorField {
  return values === 'posterior' && field.prior && field.sigma ? unshrunk(field, undefined, axes) : field;
}
