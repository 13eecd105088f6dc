/**
 * Which positions of a map are of the crystal, and how it is said of the others: they get no value, and are left out of whatever is taken over the map. What tells them
 * is in scan/positions.ts.
 */

import { fail } from '../core/errors.ts';
import { plural } from '../core/numbers.ts';
import type { Calibration } from '../scan/calibration.ts';
import { Corrector } from '../scan/correct.ts';
import { mendedText } from '../scan/exposure-text.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import {
  POSITION_KINDS,
  type PositionFacts,
  type PositionKind,
  PositionLook,
  positionKinds,
} from '../scan/positions.ts';
import type { MapWarning } from './fit.ts';
import { placeText } from './place-text.ts';

export interface Standing {
  /** Code of every position, as {@link POSITION_KINDS} has them. */
  readonly kinds: Uint8Array;
  /** Linear indices of the positions that are of the crystal. */
  readonly crystal: readonly number[];
  readonly counts: Readonly<Record<PositionKind, number>>;
  readonly warnings: readonly MapWarning[];
  /** Values with NaN where there is no crystal. */
  readonly masked: (values: Float32Array) => Float32Array;
}

const SAID: Readonly<Record<Exclude<PositionKind, 'crystal'>, string>> = {
  empty:
    'no electrons to speak of, or many values that are no numbers: frames that were lost. Check that the camera kept up with the scan, and that the file is whole.',
  vacuum: 'vacuum, the direct beam alone. Nothing is to be done, unless the specimen should be there.',
  displaced:
    'the crystal, but with its disks elsewhere than the rest of the scan has them, as where the beam flies back. Cut them off where they are a whole row or column.',
  turned:
    'another crystal or grain, turned about the beam. If it is what you want, give a rotation nearer to its own (--rotation) and map again.',
  other:
    'no lattice of this crystal: an amorphous layer, another crystal, or one far off its zone axis. Nothing is to be done, unless the crystal should be there.',
};

/** @param probe_share see `positionKinds`. @throws 'incomplete' where no position is of the crystal */
export function standing(
  facts: readonly PositionFacts[],
  shape: readonly [number, number],
  probe_share: number | undefined,
): Standing {
  const kinds = positionKinds(facts, probe_share);
  const of = (kind: PositionKind) => [...kinds.keys()].filter((i) => POSITION_KINDS[kinds[i]!] === kind);
  const counts = Object.fromEntries(POSITION_KINDS.map((kind) => [kind, of(kind).length])) as Record<
    PositionKind,
    number
  >;
  const crystal = of('crystal');
  if (crystal.length === 0) {
    fail(
      'incomplete',
      `No position of the scan shows the crystal's lattice: ${POSITION_KINDS.slice(1)
        .map((kind) => `${counts[kind]} ${kind}`)
        .join(', ')}.`,
      'Check that the model is for this scan.',
      counts,
    );
  }
  const warnings = POSITION_KINDS.flatMap((kind): MapWarning[] => {
    if (kind === 'crystal' || counts[kind] === 0) return [];
    const text = `${plural(counts[kind], 'position')} of ${kinds.length}${placeText(of(kind), shape)} ${counts[kind] === 1 ? 'holds' : 'hold'} ${SAID[kind]} They have no value in the map (channel position: ${kind}).`;
    return [{ level: 'care', text }];
  });
  const spoiled = facts.filter(({ mended = 0 }) => mended > 0);
  if (spoiled.length > 0) {
    const values = spoiled.reduce((sum, { mended = 0 }) => sum + mended, 0);
    warnings.push({ level: 'care', text: mendedText(values, spoiled.length, facts.length) });
  }
  const masked = (values: Float32Array) => values.map((value, i) => (kinds[i] === 0 ? value : Number.NaN));
  return { kinds, crystal, counts, warnings, masked };
}

/** Share of the scan's vacuum probe in its direct beam; undefined where there is none. */
export function probeShareOf(source: PatternSource, calibration: Calibration): number | undefined {
  const [, , ny, nx] = source.shape;
  if (!source.vacuum) return undefined;
  const corrector = new Corrector(source, [...calibration.hot_pixels, ...calibration.dead_pixels]);
  return new PositionLook(calibration).probeShare(corrector.correct(source.vacuum.slice()), ny, nx);
}

/** Mean over the shown positions that are of the crystal [pixels²]. @param shown linear indices of the patterns */
export function meanPatterns(
  shown: readonly number[],
  patterns: readonly Float32Array[],
  kinds: Uint8Array,
  size: number,
): Float32Array {
  const some = patterns.filter((_, k) => kinds[shown[k]!] === 0);
  const mean = new Float32Array(size);
  for (const pattern of some) for (let j = 0; j < size; j++) mean[j]! += pattern[j]! / some.length;
  return mean;
}
