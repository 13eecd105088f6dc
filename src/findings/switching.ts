/**
 * What changes between the states of a series: ΔP position by position, how far vectors turn, whether P changes less where the topological density is high (the paper's Fig. 3l), and
 * how little changes that should not (thickness, tilt: Extended Data Fig. 9).
 *
 * |T_d| grows where |P| is small and noise turns directions about; |ΔP| is larger where σ is. Noise alone therefore relates them: the relation comes at fixed |P| too, beside
 * the same of shuffled positions, of z from the prior and of noise around the smoothed fields.
 */

import type { RandomStream } from '../core/random.ts';
import { difference } from './align.ts';
import { directions } from './directions.ts';
import type { Finding, NullKind } from './finding.ts';
import { type NullOptions, noiseFields, nullOf, priorFields } from './nulls.ts';
import { rotation_deg } from './poles.ts';
import { type Bins, type Counts2, counts2, equalBins, ranks, relation, relationOfRanks } from './relation.ts';
import { scattering } from './scatter.ts';
import type { Series } from './series.ts';
import { type LatticeCharges, latticeCharges, latticeDensity } from './topology.ts';
import { restrict, type VectorField } from './vector-field.ts';

/** A state against the reference. */
export interface Change {
  readonly bias_V: number;
  /** State − reference, where both are valid. */
  readonly field: VectorField;
  /** By how much each vector turns [degrees], NaN where either has no value: [ny][nx]. */
  readonly turn_deg: Float64Array;
}

/** @param keep positions that count, [ny][nx] */
export function changesOf({ states, reference }: Series, keep: Uint8Array): Change[] {
  const from = states[reference]!.field;
  return states.flatMap(({ bias_V, field }, i) =>
    i === reference
      ? []
      : [{ bias_V, field: restrict(difference(from, field), keep), turn_deg: rotation_deg(from, field, keep) }],
  );
}

/** |ΔP| of one component against |T_d|, each a mean over states, position by position. */
export interface Reluctance {
  /** Spearman's ρ of |ΔP| and |T_d|, and the same at fixed |P|. */
  readonly findings: readonly Finding[];
  /** |ΔP| in bins of |T_d| of equal population: of the maps, and of noise around the smoothed fields. */
  readonly bins: Bins;
  readonly noiseBins: Bins;
  /** Positions by |T_d| and |ΔP|. */
  readonly counts: Counts2;
}

/** Cells of the histogram, and bins. */
const CELLS = [40, 40] as const;
const BINS = 12;
/** What chance makes of a correlation stands in its nulls. */
const NO_INTERVAL = 'neighbours say the same, and how many positions are independent is not known';

interface Positions {
  readonly change: Float64Array;
  readonly density: Float64Array;
  readonly length: Float64Array;
}

/** What makes `Positions`; arrays between fields are written over. @param axis of ΔP @param keep positions that count, [ny][nx] */
function positionsBy(reference: number, axis: 'x' | 'y', keep: Uint8Array) {
  const lattices: (LatticeCharges | undefined)[] = [];
  const densities: Float64Array[] = [];
  const at = new Uint32Array(keep.length);
  /** Positions of `keep` with a T_d in every state. @param fields one of each state */
  return (fields: readonly VectorField[]): Positions => {
    for (const [k, field] of fields.entries()) {
      const last = lattices[k];
      const lattice = latticeCharges(directions(field, 0, last?.directions), 'open', last);
      lattices[k] = lattice;
      densities[k] = latticeDensity(lattice, densities[k]).values;
    }
    let n = 0;
    for (let i = 0; i < keep.length; i++) {
      if (keep[i] && densities.every((one) => !Number.isNaN(one[i]!))) at[n++] = i;
    }
    const from = fields[reference]!.values[axis];
    const found = { change: new Float64Array(n), density: new Float64Array(n), length: new Float64Array(n) };
    for (const [k, { values }] of fields.entries()) {
      const { x, y, z } = values;
      const to = values[axis];
      const others = k === reference ? 0 : 1 / (fields.length - 1);
      for (let m = 0; m < n; m++) {
        const i = at[m]!;
        found.change[m]! += others * Math.abs(to[i]! - from[i]!);
        found.density[m]! += Math.abs(densities[k]![i]!) / fields.length;
        found.length[m]! += Math.sqrt(x[i]! * x[i]! + y[i]! * y[i]! + z[i]! * z[i]!) / fields.length;
      }
    }
    return found;
  };
}

/** Largest of what 99% are below: single positions do not stretch a histogram. */
function most(values: Float64Array): number {
  const sorted = values.toSorted();
  return sorted[Math.floor(0.99 * (sorted.length - 1))] || 1;
}

/**
 * Whether P along `axis` changes less where |T_d| is high.
 * @param options.draws fields of each null
 * @throws 'range' where fewer than four positions have a T_d in every state
 */
export function reluctance(
  { states, reference }: Series,
  axis: 'x' | 'y',
  keep: Uint8Array,
  options: NullOptions,
): Reluctance {
  const fields = states.map(({ field }) => restrict(field, keep));
  const positionsOf = positionsBy(reference, axis, keep);
  const own = positionsOf(fields);
  // Shuffled positions have the same ranks in another order.
  const [ofChange, ofDensity, ofLength] = [ranks(own.change), ranks(own.density), ranks(own.length)];
  const found = relationOfRanks(ofChange, ofDensity, ofLength);
  const makers: Partial<Record<NullKind, ((stream: RandomStream) => VectorField)[]>> = {
    ...(fields.every(({ prior, sigma }) => prior && sigma) && {
      prior: fields.map((field) => priorFields(field, options)),
    }),
    ...(fields.every(({ sigma }) => sigma) && {
      noise: fields.map((field) => noiseFields(scattering(field, options.values), options)),
    }),
  };
  const drawn: Record<NullKind, { rank: number[]; partial: number[] }> = {
    shuffled: { rank: [], partial: [] },
    prior: { rank: [], partial: [] },
    noise: { rank: [], partial: [] },
  };
  const keepBoth = (kind: NullKind, { rank, partial }: { rank: number; partial: number }) => {
    if (Number.isFinite(rank)) drawn[kind].rank.push(rank);
    if (Number.isFinite(partial)) drawn[kind].partial.push(partial);
  };
  let noiseBins: Bins | undefined;
  for (let k = 0; k < options.draws; k++) {
    const order = options.stream.fork('shuffled', k).shuffle(Int32Array.from(own.change.keys()));
    keepBoth(
      'shuffled',
      relationOfRanks(
        Float64Array.from(order, (i) => ofChange[i]!),
        ofDensity,
        ofLength,
      ),
    );
    for (const kind of ['prior', 'noise'] as const) {
      const made = makers[kind]?.map((make, i) => make(options.stream.fork(kind, k, i)));
      if (!made) continue;
      const some = positionsOf(made);
      keepBoth(kind, relation(some.change, some.density, some.length));
      if (kind === 'noise') noiseBins ??= equalBins(some.density, some.change, BINS);
    }
  }
  const nulls = (which: 'rank' | 'partial') =>
    Object.fromEntries(
      (Object.keys(drawn) as NullKind[]).flatMap((kind) =>
        drawn[kind][which].length >= 2 ? [[kind, nullOf(drawn[kind][which])]] : [],
      ),
    );
  const what = `rank correlation of |ΔP_${axis}| and |T_d|`;
  return {
    findings: [
      { name: what, unit: '1', value: found.rank, n: found.n, nulls: nulls('rank'), undetermined: NO_INTERVAL },
      {
        name: `${what} at fixed |P|`,
        unit: '1',
        value: found.partial,
        n: found.n,
        nulls: nulls('partial'),
        undetermined: NO_INTERVAL,
      },
    ],
    bins: equalBins(own.density, own.change, BINS),
    noiseBins: noiseBins ?? equalBins([], [], BINS),
    counts: counts2(own.density, own.change, { a: [0, most(own.density)], b: [0, most(own.change)] }, CELLS),
  };
}

/** How much a channel that should stay as it is changes in a state. */
export interface Constancy {
  readonly name: string;
  readonly unit: string;
  readonly bias_V: number;
  /** Mean of state − reference, and rms about it. */
  readonly mean: number;
  readonly rms: number;
  /** rms over the σ of a difference: about 1 where nothing but noise changes. */
  readonly in_sigma: number;
  readonly n: number;
}

export function constancyOf({ states, reference }: Series, keep: Uint8Array): Constancy[] {
  return states.flatMap(({ bias_V, unchanged }, i) => {
    if (i === reference) return [];
    return unchanged.flatMap(({ name, unit, values, sigma }): Constancy[] => {
      const before = states[reference]!.unchanged.find((one) => one.name === name);
      if (!before) return [];
      let [n, sum, squares, variance] = [0, 0, 0, 0];
      for (let at = 0; at < keep.length; at++) {
        const change = values[at]! - before.values[at]!;
        if (!(keep[at] && Number.isFinite(change))) continue;
        n++;
        sum += change;
        squares += change * change;
        variance += sigma[at]! ** 2 + before.sigma[at]! ** 2;
      }
      if (n < 2) return [];
      const mean = sum / n;
      const rms = Math.sqrt(Math.max(0, squares / n - mean * mean));
      return [{ name, unit, bias_V, mean, rms, in_sigma: rms / Math.sqrt(variance / n), n }];
    });
  });
}
