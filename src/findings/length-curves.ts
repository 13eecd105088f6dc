/**
 * The density of |P| of one state as a curve, with what makes it without anything to see, and without noise: the numbers behind −ln ρ of |P| (the paper's Fig. 2c, d).
 * Where −ln of it is least, with its interval, is a finding of the state (state-findings.ts): the same kernel of the same map.
 */

import type { RandomStream } from '../core/random.ts';
import { type Deconvolved, magnitudeDeconvolution } from './deconvolve.ts';
import { equalEdges, histogram, kernelDensity, lengthsOf, silverman } from './densities.ts';
import type { NoiseModel } from './draws.ts';
import { noiseAroundMean } from './length-noise.ts';
import type { Dimensions } from './magnitude-noise.ts';
import { nullOf, priorFields } from './nulls.ts';
import { scattering } from './scatter.ts';
import { freed, type Told } from './told.ts';
import { AXES, type Axis, type VectorField } from './vector-field.ts';

export interface LengthCurves {
  /** |P|, equally far apart from 0. */
  readonly at: Float64Array;
  /** Kernel density of the map as it is. */
  readonly mapped: Float64Array;
  /** If P were its mean everywhere and noise all that there is; absent where the map states no σ. */
  readonly noise?: Float64Array | undefined;
  /** With P_z from the prior: mean and 95% interval over draws; in space only, where a prior is stated. */
  readonly prior?: { readonly mean: Float64Array; readonly low: Float64Array; readonly high: Float64Array } | undefined;
  /** Without prior and noise; what is the reason where there is none. */
  readonly clean: Clean | string;
}

export interface Clean extends Deconvolved {
  /** Of the map as it is in the same bins, per unit. */
  readonly mapped: Float64Array;
  /** Positions that are measured. */
  readonly n: number;
  /** Whether σ along the beam is that of the plane: the kernel knows one σ for a position. */
  readonly alike: boolean;
}

const POINTS = 201;
const BINS = 40;
/** σ beyond the longest |P| to which bins reach. */
const BEYOND = 3;
/** σ of components that differ by more than this share make a kernel of one σ an estimate. */
const ALIKE = 0.2;

export interface LengthCurveOptions {
  readonly noise: NoiseModel;
  readonly values: 'posterior' | 'noisy';
  /** Of the prior. */
  readonly draws: number;
  readonly stream: RandomStream;
}

/** @param said with the σ that the map states @param most end of the curves */
export function lengthCurves(
  said: VectorField,
  told: Told,
  dimensions: Dimensions,
  most: number,
  options: LengthCurveOptions,
): LengthCurves {
  const { values, draws, stream } = options;
  const field = scattering(said, values);
  const at = Float64Array.from({ length: POINTS }, (_, i) => (most * i) / (POINTS - 1));
  const bandwidth = silverman(lengthsOf(field, dimensions));
  const curve = (some: VectorField): Float64Array => {
    const found = kernelDensity(lengthsOf(some, dimensions), { reflect: true, bandwidth });
    const step = found.at[1]! - found.at[0]!;
    return at.map((r) => {
      const place = r / step;
      const low = Math.floor(place);
      const [a, b] = [found.density[low] ?? 0, found.density[low + 1] ?? 0];
      return a + (place - low) * (b - a);
    });
  };
  const prior = () => {
    const make = priorFields(said, options);
    const drawn = Array.from({ length: draws }, (_, k) => curve(make(stream.fork('prior', k))));
    const each = Array.from(at, (_, i) => nullOf(drawn.map((one) => one[i]!)));
    const column = (of: (one: (typeof each)[number]) => number) => Float64Array.from(each, of);
    return {
      mean: column(({ mean }) => mean),
      low: column(({ interval }) => interval[0]),
      high: column(({ interval }) => interval[1]),
    };
  };
  return {
    at,
    mapped: curve(field),
    ...(field.sigma && { noise: noiseAroundMean(field, at, dimensions) }),
    ...(dimensions === 3 && said.sigma && said.prior && { prior: prior() }),
    clean: cleanOf(said, told, dimensions, most, options),
  };
}

function cleanOf(
  said: VectorField,
  told: Told,
  dimensions: Dimensions,
  most: number,
  { noise, values }: LengthCurveOptions,
): Clean | string {
  const axes = AXES.slice(0, dimensions);
  const missing = axes.filter((axis) => !told.axes.includes(axis));
  if (!said.sigma) return 'the map states no σ';
  if (missing.length > 0) return `the map does not measure P along ${missing.join(', ')}: σ is as large as the prior's`;
  const field = freed(said, values, axes);
  if (field.valid.some((mark, i) => mark && axes.some((axis) => !(field.sigma![axis][i]! > 0)))) {
    return 'positions state a σ of 0';
  }
  const lengths = lengthsOf(field, dimensions);
  const longest = lengths.reduce((a, b) => Math.max(a, b), most);
  const rms = (axis: Axis) =>
    Math.sqrt(field.sigma![axis].reduce((sum, s, i) => (field.valid[i] ? sum + s * s : sum), 0) / lengths.length);
  const sizes = axes.map(rms);
  // To beyond what noise makes of the longest: at the last bins half of the kernel is outside, and what comes back there is none of the field.
  const bins = Math.ceil(((longest + BEYOND * Math.max(...sizes)) * BINS) / most);
  const edges = equalEdges(0, (bins / BINS) * most, bins);
  const independent = 1 / Math.max(1, (2 * Math.PI * noise.length_nm ** 2) / field.step_nm ** 2);
  const found = magnitudeDeconvolution(field, dimensions, edges, independent)(field);
  return {
    ...found,
    mapped: histogram(lengthsOf(said, dimensions), edges).density,
    n: lengths.length,
    alike: Math.max(...sizes) < (1 + ALIKE) * Math.min(...sizes),
  };
}
