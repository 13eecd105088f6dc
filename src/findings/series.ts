/**
 * The maps of one place in several states (under a bias, at temperatures) as one experiment: made alike, brought onto the positions of one of them by what the states
 * should not change (thickness, tilt), so that what does change can be compared position by position.
 */

import { fail } from '../core/errors.ts';
import { type Identity, difference as identityDifference, inWords, isFile } from '../core/identity.ts';
import { findChannel, type PolarizationMap, requireStep } from '../polarization/polarization-map.ts';
import { alignField, nearestIn } from './align.ts';
import { fieldOfMap, type MapField } from './from-map.ts';
import { type Pair, type Registration, register } from './registration.ts';
import type { VectorField } from './vector-field.ts';

/** A map and what state it is of. */
export interface StateMap {
  /** The map's name, for messages. */
  readonly name: string;
  /** [V] */
  readonly bias_V: number;
  readonly map: PolarizationMap;
}

/** A channel that the states should not change, on the positions of the reference. */
export interface Unchanged {
  readonly name: string;
  readonly unit: string;
  /** [ny][nx], NaN where there is no value. */
  readonly values: Float64Array;
  readonly sigma: Float64Array;
}

export interface State {
  readonly name: string;
  readonly bias_V: number;
  /** On the positions of the reference. */
  readonly field: VectorField;
  readonly left_out: MapField['left_out'];
  /** Where the reference's positions lie in this state's map; absent for the reference and where maps are taken as they lie. */
  readonly registration?: Registration | undefined;
  readonly unchanged: readonly Unchanged[];
}

export interface Series {
  readonly shape: readonly [ny: number, nx: number];
  readonly step_nm: number;
  /** By rising bias. */
  readonly states: readonly State[];
  /** Of `states`: the one with the bias nearest to 0, whose positions all have. */
  readonly reference: number;
  /** 1 where every state has a value, [ny][nx]. */
  readonly common: Uint8Array;
}

/** What a bias should leave as it is, best first. */
const UNCHANGED = ['thickness', 'tilt_x', 'tilt_y'];

/**
 * @param options.register 'none' takes positions as they lie
 * @throws 'usage' for two states of one bias; 'shape', 'range', 'model-mismatch' for maps that are not alike; 'incomplete' for maps without σ, without the channels to
 * register by, or with nothing in common; as `register`
 */
export function seriesOf(maps: readonly StateMap[], options: { readonly register: 'affine' | 'none' }): Series {
  const sorted = [...maps].sort((a, b) => a.bias_V - b.bias_V);
  const first = sorted[0];
  if (!first) fail('usage', 'A series needs a map.', 'Name the maps of the series.');
  sorted.forEach((state, i) => {
    const before = sorted[i - 1];
    if (before && before.bias_V === state.bias_V) {
      fail('usage', `${before.name} and ${state.name} are both at ${state.bias_V} V.`, 'Give each state its own bias.');
    }
    requireAlike(first, state);
  });
  const reference = sorted.reduce(
    (best, { bias_V }, i) => (Math.abs(bias_V) < Math.abs(sorted[best]!.bias_V) ? i : best),
    0,
  );
  const ground = { shape: first.map.shape, step_nm: requireStep(first.map, first.name) };
  const fields = sorted.map(({ map }) => fieldOfMap(map, { sigma: 'needed' }));
  const states = sorted.map(({ name, bias_V, map }, i): State => {
    const { field, left_out } = fields[i]!;
    if (i === reference || options.register === 'none') {
      return { name, bias_V, field, left_out, unchanged: unchangedOf(map, undefined) };
    }
    const registration = register(pairsOf(sorted[reference]!, sorted[i]!), ground);
    return {
      name,
      bias_V,
      field: alignField(field, registration),
      left_out,
      registration,
      unchanged: unchangedOf(map, registration),
    };
  });
  const common = states[0]!.field.valid.map((_, i) => (states.every(({ field }) => field.valid[i]) ? 1 : 0));
  if (!common.includes(1)) {
    fail(
      'incomplete',
      'No position has a value in every state.',
      'Map the same place in each state, or leave out the state that misses it.',
    );
  }
  return { ...ground, states, reference, common };
}

/** @throws 'shape', 'range', 'model-mismatch' */
function requireAlike(a: StateMap, b: StateMap): void {
  if (a.map.shape[0] !== b.map.shape[0] || a.map.shape[1] !== b.map.shape[1]) {
    fail(
      'shape',
      `${b.name} has ${b.map.shape.join(' × ')} positions, ${a.name} ${a.map.shape.join(' × ')}.`,
      'States of one series are scans of one shape; crop the larger one before it is mapped.',
    );
  }
  const [stepA, stepB] = [requireStep(a.map, a.name), requireStep(b.map, b.name)];
  if (Math.abs(stepB / stepA - 1) > 1e-3) {
    fail(
      'range',
      `${b.name} has a step of ${stepB} nm, ${a.name} of ${stepA} nm.`,
      'States of one series are scans of one step: is the step of one of the files wrong?',
    );
  }
  const [ofA, ofB] = [a.map.meta.identity, b.map.meta.identity];
  if (!ofA || !ofB) {
    fail(
      'incomplete',
      `${(ofA ? b : a).name} does not say what it was made from.`,
      'Map its scan again with this version.',
    );
  }
  const [modelA, modelB] = [ofA.inputs.model, ofB.inputs.model];
  if (!modelA || !modelB || modelA.content !== modelB.content) {
    fail(
      'model-mismatch',
      `${b.name} was made by another model (${modelB?.name ?? 'unknown'}) than ${a.name} (${modelA?.name ?? 'unknown'}).`,
      'Map all states with one model: what two models differ by would pass for what the bias does.',
    );
  }
  const [calibrationA, calibrationB] = [ofA.inputs.calibration, ofB.inputs.calibration];
  if (calibrationA && calibrationB && !isFile(calibrationA) && !isFile(calibrationB)) {
    // The scans differ, as they should, and may be datasets of one file; what was known of their orientation must not.
    const how = (one: Identity) => ({ ...one, settings: { known: one.settings.known }, inputs: {} });
    const found = identityDifference(how(calibrationA), how(calibrationB));
    if (found) {
      fail(
        'model-mismatch',
        `${b.name} was calibrated in another way than ${a.name}: ${found.what} was ${inWords(found.now)} against ${inWords(found.kept)}.`,
        'Map all states with the same rotation, flips and camera images, so that their axes are the same.',
      );
    }
  }
}

/** Median of what is finite. */
function median(values: ArrayLike<number>): number {
  const sorted = Array.from(values)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** @throws 'incomplete' where the two share no channel with σ to register by */
function pairsOf(reference: StateMap, moved: StateMap): Pair[] {
  const pairs = UNCHANGED.flatMap((name): Pair[] => {
    const [a, b] = [findChannel(reference.map, name), findChannel(moved.map, name)];
    if (!a?.sigma || !b?.sigma) return [];
    return [{ name, reference: a.values, moved: b.values, sigma: Math.hypot(median(a.sigma), median(b.sigma)) }];
  }).filter(({ sigma }) => sigma > 0);
  if (pairs.length === 0) {
    fail(
      'incomplete',
      `${reference.name} and ${moved.name} share none of ${UNCHANGED.join(', ')} with σ.`,
      'Map them again with this version; or, if the scans lie on each other as they are, say so: --register none.',
    );
  }
  return pairs;
}

function unchangedOf(map: PolarizationMap, registration: Registration | undefined): Unchanged[] {
  const from = registration && nearestIn(registration, map.shape, requireStep(map, map.meta.source));
  return UNCHANGED.flatMap((name) => {
    const channel = findChannel(map, name);
    if (!channel?.sigma) return [];
    const at = (array: Float32Array) =>
      from ? Float64Array.from(from, (i) => (i >= 0 ? array[i]! : Number.NaN)) : Float64Array.from(array);
    return [{ name, unit: channel.unit, values: at(channel.values), sigma: at(channel.sigma) }];
  });
}
