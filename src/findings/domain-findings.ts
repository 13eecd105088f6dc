/**
 * Walls and domains of a field in both ways (the paper's ridges, and merging by χ²), with sizes, angles and types, and what shuffled positions and noise give of the same.
 *
 * Nulls are few here: one takes as long as finding walls does. What shuffling and noise make is told apart from what is there by far more than their number leaves unsure.
 */

import type { RandomStream } from '../core/random.ts';
import { type Agreement, agreement } from './agreement.ts';
import { type AngleHistogram, angleHistogram, meanAngle } from './angle-histogram.ts';
import type { NoiseModel } from './draws.ts';
import type { Finding, Null, NullKind } from './finding.ts';
import { linkAngles, representatives, wallAngles } from './misorientation.ts';
import { type NullOptions, nullsOf } from './nulls.ts';
import type { Partition } from './partition.ts';
import { widthAtHalf } from './peak.ts';
import { scattering } from './scatter.ts';
import { segmentByNoise } from './segmentation.ts';
import { domainSizes, meanSize, wallToWall } from './sizes.ts';
import { type Statistic, together } from './statistic.ts';
import { magnitudes, type VectorField, validCount } from './vector-field.ts';
import { wallLinks } from './wall-links.ts';
import { type AngleType, type ChargeType, lengthsByType, linkCharges, typedWalls } from './wall-types.ts';
import { findWalls, LEAST_TURN_DEG, type Walls } from './walls.ts';

/** The paper's skeleton with Lantuéjoul's first term: without it a wall between two neighbouring positions is lost (morphology.ts). */
const FIRST = 0;

/** Fields with shuffled positions. */
const SHUFFLES = 4;

/** Of one way to find domains. */
export interface DomainsFound {
  readonly partition: Partition;
  readonly sizes: ReturnType<typeof domainSizes>;
  readonly angles: AngleHistogram;
  /** Length of walls by angle and charge [nm]. */
  readonly types: Readonly<Record<AngleType, Readonly<Record<ChargeType, number>>>>;
  readonly findings: readonly Finding[];
}

export interface DomainFindings {
  /** σ_P, its skeleton and ridges. */
  readonly walls: Walls;
  /** The paper's way, and by χ², which needs σ. */
  readonly paper: DomainsFound;
  readonly merged?: DomainsFound | undefined;
  readonly agreement?: Agreement | undefined;
}

/** Numbers that nulls are taken of: count, mean sizes along x and y, mean angle. */
const NUMBERS = 4;

function numbersOf(field: VectorField, partition: Partition): number[] {
  const size = (axis: 'x' | 'y') => meanSize(wallToWall(partition, field.step_nm, axis));
  const links = wallLinks(partition, field.step_nm);
  // Of angles alone: nobody asks for their σ.
  const angles = linkAngles(representatives({ ...field, sigma: undefined }, partition, links, { length_nm: 0 }));
  return [partition.count, size('x'), size('y'), meanAngle(links, angles)];
}

const few = (n: number, domains: number): string =>
  n === 0
    ? 'no domain has a wall on both sides'
    : `the sizes are of too few domains to tell how they vary (as of ${domains.toFixed(1)})`;

function found(
  field: VectorField,
  partition: Partition,
  nulls: readonly Partial<Record<NullKind, Null>>[],
  name: string,
  noise: NoiseModel,
  stream: RandomStream,
  caution?: string,
): DomainsFound {
  const sizes = domainSizes(partition, field.step_nm);
  const links = wallLinks(partition, field.step_nm);
  const sides = representatives(field, partition, links, noise);
  const angles = angleHistogram(links, sides, field.sigma !== undefined, stream.fork('angles'));
  const types = lengthsByType(typedWalls(wallAngles(field, links, sides, noise), links, linkCharges(links, sides)));
  const size = (axis: 'x' | 'y', at: number): Finding => {
    const { mean_nm, sigma_nm, interval_nm, n, domains } = sizes[axis];
    return {
      name: `domain size along ${axis}, ${name}`,
      unit: 'nm',
      value: mean_nm,
      ...(interval_nm
        ? { sigma: sigma_nm, interval: interval_nm, of: 'kind' as const, ...(caution !== undefined && { caution }) }
        : { undetermined: few(n, domains) }),
      n,
      nulls: nulls[at] ?? {},
    };
  };
  const angle = (what: string, value: number, at: number): Finding => ({
    name: `misorientation, ${what}, ${name}`,
    unit: 'deg',
    value,
    n: angles.n,
    nulls: nulls[at] ?? {},
  });
  const width = angles.fit?.fwhm ?? Number.NaN;
  // Angles that fill 0 to 180° have no peak, whatever a fit says.
  const peaked = width < 180 && angles.fwhm_error_deg < width / 2;
  return {
    partition,
    sizes,
    angles,
    types,
    findings: [
      {
        name: `domains, ${name}`,
        unit: '1',
        value: partition.count,
        n: validCount(field),
        nulls: nulls[0] ?? {},
        undetermined: 'noise hides walls and makes others',
      },
      size('x', 1),
      size('y', 2),
      {
        ...angle('mean', angles.mean_deg, 3),
        undetermined: 'noise widens angles and hides walls',
      },
      {
        ...angle('FWHM', peaked ? width : widthAtHalf(angles.histogram), 4),
        ...(peaked
          ? { sigma: angles.fwhm_error_deg, of: 'kind' as const }
          : { undetermined: 'the angles have no peak' }),
      },
    ],
  };
}

/** What noise hides from the ridges of σ_P; nothing where it is less than what is no wall anyway. */
function hidden(field: VectorField, { threshold }: Walls): string | undefined {
  const middle = (values: Float64Array): number => {
    const sorted = values.filter((value) => !Number.isNaN(value)).sort();
    return sorted[sorted.length >> 1]!;
  };
  const turn_deg = (360 / Math.PI) * Math.asin(Math.min(1, middle(threshold) / middle(magnitudes(field))));
  if (turn_deg < LEAST_TURN_DEG + 0.1) return undefined;
  return `noise hides walls that turn by less than ${turn_deg.toFixed(0)}°, so that sizes come out too large; of domains with random vectors 76 to 95% of intervals held at σ = 0.1 |P|, 41 to 92% at 0.3`;
}

/** @param said with the σ that the map states @param options.draws of each null @throws 'incomplete' where no position is valid */
export function domainFindings(said: VectorField, kinds: readonly NullKind[], options: NullOptions): DomainFindings {
  const { stream } = options;
  const field = scattering(said, options.values);
  const walls = findWalls(field, FIRST);
  const ofRidges: Statistic = (some) => numbersOf(some, findWalls(some, FIRST).partition);
  const ofMerging: Statistic = (some) => numbersOf(some, segmentByNoise(some));
  const statistic = field.sigma ? together(ofRidges, ofMerging) : ofRidges;
  // Shuffled positions are nothing but walls: they take longest, and vary least.
  const nulls = kinds
    .map((kind) => nullsOf(said, statistic, [kind], kind === 'shuffled' ? { ...options, draws: SHUFFLES } : options))
    .reduce((all, some) => some.map((one, i) => ({ ...all[i], ...one })), []);
  const paper = found(
    field,
    walls.partition,
    nulls.slice(0, NUMBERS),
    'by ridges of σ_P',
    options.noise,
    stream.fork('paper'),
    hidden(field, walls),
  );
  const base = { walls, paper };
  if (!field.sigma) return base;
  const partition = segmentByNoise(field);
  const merged = found(field, partition, nulls.slice(NUMBERS), 'by χ²', options.noise, stream.fork('χ²'));
  return { ...base, merged, agreement: agreement(walls.partition, partition) };
}
