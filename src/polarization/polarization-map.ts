/**
 * A polarization map: what a model says at every scan position, channel by channel, with where it came from.
 *
 * Arrays are row-major [ry][rx]: the first axis is y, the second x. Channels are named like the labels of the library
 * ('P_x', 'dTi_y', 'tilt_x', 'thickness'), with their units: polarization 'uC/cm2', displacement 'pm', tilt 'mrad',
 * thickness 'nm'; 'out_of_domain' is a mark, 0 or 1, 'position' the kind of what stands there. NaN marks a position that was not measured. Not here: drawing (figures/), files (map-files.ts).
 */

import { fail } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import { POSITION_KINDS } from '../scan/positions.ts';
import type { CalibrationError } from './calibration-error.ts';
import type { MapWarning } from './fit.ts';

export interface MapChannel {
  /** A label's name, such as 'P_x'; '…_column' marks the value of the single nearest column. */
  readonly name: string;
  /** 'uC/cm2', 'pm', 'mrad' or 'nm'; '1' for a mark. */
  readonly unit: string;
  /** [ry][rx], in `unit`; NaN where nothing was measured. */
  readonly values: Float32Array;
  /** Standard uncertainty of each value, in `unit`: value ± σ is the 68% interval. */
  readonly sigma?: Float32Array | undefined;
  /** Coverage factor of the 95% interval, value ± k95·σ; absent where the model states none. */
  readonly k95?: number | undefined;
  /** σ of somebody who knows only the mean of the structures that the model was made for, in `unit`: from there on a value carries no information. */
  readonly prior?: number | undefined;
  /** Share of σ² that all positions of the map have in common, 0 to 1, which no mean over them takes away; absent where the model states none. */
  readonly shared?: number | undefined;
}

/** A component that a map does not measure (abstention.ts). */
export interface Abstention {
  /** Of the channel; `unit` is that of the numbers below. */
  readonly name: string;
  readonly unit: string;
  /** Share of positions whose value carries no information. */
  readonly share: number;
  /** Median σ, before it is widened, and σ of somebody who knows only the prior's mean. */
  readonly sigma: number;
  readonly prior: number;
}

/** Whether predicted states explain the patterns (check-scan.ts). χ² is per degree of freedom. */
export interface Check {
  /** Positions that were checked: each `every`th along y and along x, but for those whose state cannot be simulated. */
  readonly positions: number;
  readonly every: number;
  readonly left_out: number;
  /** Over the positions; share of them above the threshold. */
  readonly median: number;
  readonly threshold: number;
  readonly above: number;
  /** Degrees of freedom, median: pixels that count less the amplitudes fitted. */
  readonly freedom: number;
  readonly fitted: number;
  /** Share of Poisson's variance that resampling leaves. */
  readonly variance: number;
  /** Medians over simulated patterns of structures whose states are known, with the scan's counting noise. */
  readonly floor: {
    readonly patterns: number;
    readonly structures: number;
    /** Of their blocks along x and y. */
    readonly cells: readonly [x: number, y: number];
    readonly thickness_nm: number;
    /** Beside themselves; of their true states; of states as wrong as the model is on held-out structures; of P reversed; 5 nm thicker. */
    readonly counting: number;
    readonly truth: number;
    readonly stated: number;
    readonly reversed: number;
    readonly thicker: number;
  };
  readonly check_s: number;
}

/** Where a map came from: enough to make it again. */
export interface MapProvenance {
  /** Absent where nobody states it: a truth from an archive, a map of format 1. */
  readonly identity?: Identity | undefined;
  /** Hash of the recipe, every default written out. */
  readonly recipe_hash: string;
  /** Version of the program that made the map. */
  readonly version: string;
  readonly seed: number;
  /** Name of the scan's file, without its folder. */
  readonly source: string;
  /** Mean electrons per pattern; left out when the scan does not tell. */
  readonly dose_e?: number | undefined;
  /** Mean absolute error of the model on its held-out structures, by label, in the label's unit. */
  readonly held_out_mae: Readonly<Record<string, number>>;
  /** Why its model was chosen; absent where somebody named the model. */
  readonly model_choice?: string | undefined;
  /** What there is to know before the map is believed. */
  readonly warnings?: readonly MapWarning[] | undefined;
  /** Components that the map does not measure. */
  readonly abstained?: readonly Abstention[] | undefined;
  /** Held-out structures that σ was calibrated on, and shares of patterns that the two intervals are sure to cover, whatever structures are like (network/conformal.ts). */
  readonly coverage?:
    | { readonly structures: number; readonly promised_68: number; readonly promised_95: number }
    | undefined;
  /** What the calibration's own error adds to σ, by channel (calibration-error.ts); absent in maps of earlier formats and truths. */
  readonly calibration_error?: readonly CalibrationError[] | undefined;
  /** Absent where nobody asked for it. */
  readonly check?: Check | undefined;
}

export interface PolarizationMap {
  /** Scan positions along y and x. */
  readonly shape: readonly [number, number];
  /** Distance between neighbouring positions [nm], the same along y and x; undefined where nobody knows it, and places are counted in positions. */
  readonly step_nm: number | undefined;
  readonly channels: readonly MapChannel[];
  readonly meta: MapProvenance;
}

/** What a map's places are counted in: nm, or where nobody knows the step, positions. */
export function stepOf({ step_nm }: Pick<PolarizationMap, 'step_nm'>): {
  readonly step: number;
  readonly unit: 'nm' | 'positions';
} {
  return step_nm === undefined ? { step: 1, unit: 'positions' } : { step: step_nm, unit: 'nm' };
}

/** The step of a map that is to be analysed [nm]. @throws 'incomplete' where nobody knows it */
export function requireStep({ step_nm }: Pick<PolarizationMap, 'step_nm'>, name: string): number {
  return (
    step_nm ??
    fail(
      'incomplete',
      `${name}: the step between positions is not known, and findings are lengths, gradients and densities.`,
      'Map the scan again with --step NM.',
      { name },
    )
  );
}

/** The channel of that name, or undefined. */
export function findChannel(map: PolarizationMap, name: string): MapChannel | undefined {
  return map.channels.find((channel) => channel.name === name);
}

/** The channel of that name. @throws 'model-mismatch' when the map has none */
export function getChannel(map: PolarizationMap, name: string): MapChannel {
  const found = findChannel(map, name);
  if (found) return found;
  const known = map.channels.map((channel) => channel.name);
  fail('model-mismatch', `The map has no channel '${name}'.`, `It has: ${known.join(', ') || 'none'}.`, {
    name,
    known,
  });
}

/** Names that the files of a map need for themselves. */
const TAKEN: ReadonlySet<string> = new Set(['x', 'y', 'x_nm', 'y_nm', 'step_nm', 'attributes_json']);

/** Checks that every channel fills the shape once, under its own name. @throws 'shape', 'range' */
export function checkMap(map: PolarizationMap): void {
  const [ry, rx] = map.shape;
  const count = ry * rx;
  if (!(Number.isInteger(ry) && Number.isInteger(rx) && count > 0)) {
    fail('shape', `A map of ${ry} × ${rx} positions is empty.`, 'Give the scan at least one row and one column.');
  }
  if (map.step_nm !== undefined && !(map.step_nm > 0)) {
    fail('range', `The scan step is ${map.step_nm} nm.`, 'Give the distance between scan positions in nm, above zero.');
  }
  const seen = new Set<string>();
  for (const { name, values, sigma } of map.channels) {
    if (!/^\w+$/.test(name) || seen.has(name) || TAKEN.has(name) || name.endsWith('_sigma')) {
      fail(
        'range',
        `'${name}' cannot name a channel of this map.`,
        `Use each name once; letters, digits, underscores; not ending in _sigma, and none of ${[...TAKEN].join(', ')}.`,
        { name },
      );
    }
    seen.add(name);
    for (const [what, array] of [
      ['values', values],
      ['sigma', sigma],
    ] as const) {
      if (array && array.length !== count) {
        fail(
          'shape',
          `Channel ${name}: ${array.length} ${what} for ${ry} × ${rx} positions.`,
          'Fill [ry][rx] row by row.',
          { name, expected: count, found: array.length },
        );
      }
    }
  }
}

/** The channel that marks positions out of the model's domain. */
export const OUT_OF_DOMAIN = 'out_of_domain';

/** The channel that says what stands at each position: a code of scan/positions.ts. */
export const POSITION = 'position';

/** Positions of a map that are not of the crystal: how many of which kind, and its code. Empty for a map that does not say. */
export function otherPositions(
  map: PolarizationMap,
): { readonly kind: string; readonly code: number; readonly count: number }[] {
  const values = findChannel(map, POSITION)?.values ?? new Float32Array();
  return POSITION_KINDS.flatMap((kind, code) => {
    const count = code > 0 ? values.filter((one) => one === code).length : 0;
    return count > 0 ? [{ kind, code, count }] : [];
  });
}

/** The channel of a check: χ² per degree of freedom of each pattern beside that of its predicted state. */
export const CHI2 = 'chi2';

const QUANTITIES: Readonly<Record<string, string>> = {
  P: 'polarization',
  dTi: 'displacement of Ti from the centre of its cell',
  dO: 'displacement of O from the centre of its cell',
  tilt: 'tilt of the incident beam from the zone axis',
  thickness: 'specimen thickness',
  chi2: 'chi-squared per degree of freedom of the pattern beside that of the predicted state',
  position: `what stands at the position: ${POSITION_KINDS.map((kind, code) => `${code} ${kind}`).join(', ')}`,
  out: 'position out of the domain of the model (1) or not (0)',
};

/** The unit that channels of that name have in this program; '' for names that it does not know. */
export function usualUnit(name: string): string {
  const quantity = name.split('_')[0]!;
  return { P: 'uC/cm2', dTi: 'pm', dO: 'pm', tilt: 'mrad', thickness: 'nm' }[quantity] ?? '';
}

/** What a channel holds, in words: 'polarization along x', for file attributes and table rows. */
export function longName(name: string): string {
  const [quantity = '', axis, of] = name.split('_');
  const words = QUANTITIES[quantity] ?? quantity;
  if (name === OUT_OF_DOMAIN) return words;
  const remark = { column: ', nearest column only', spread: ', rms variation through the depth' }[of ?? ''] ?? '';
  return `${words}${axis ? ` along ${axis}` : ''}${remark}`;
}
