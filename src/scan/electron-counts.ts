/**
 * Counts per electron: what somebody knows; otherwise 1, unless the noise of the patterns says clearly another number. Patterns
 * whose noise is not that of counted electrons have an unknown dose, and it is said.
 */

import { quantity } from '../core/numbers.ts';
import type { CountingNoise } from './counting-noise.ts';

export type CountsFrom = 'given' | 'noise' | 'assumed' | 'unknown';

export interface ElectronCounts {
  /** For the dose. */
  readonly counts_per_electron: number;
  readonly counts_from: CountsFrom;
  /** Variance of a pixel over its mean, for weights: what the noise is, whatever its cause [counts]. */
  readonly noise_per_count: number;
  readonly said: readonly string[];
}

/** Counts per electron by the noise that are taken for 1: cameras share charge between pixels, and gain is not even. */
const LIKE_ONE: readonly [number, number] = [0.4, 2.5];
/** Factor between given and measured from which on it is said. */
const DISAGREE = 3;

const GIVE = 'Give counts_per_electron (--counts-per-electron), where it is known.';

export function electronsOf(
  noise: CountingNoise | undefined,
  given: number | undefined,
  dtype: string,
  saturated: boolean,
): ElectronCounts {
  const like = (g: number): boolean => g > LIKE_ONE[0] && g < LIKE_ONE[1];
  const measured = noise?.gain;
  // Of correlated noise the wider stencil sees more, and still not all.
  const gain = measured !== undefined && noise ? measured * (noise.correlated ? noise.correlation : 1) : undefined;
  const ratio = noise && noise.ratio > 0 && Number.isFinite(noise.ratio) ? noise.ratio : undefined;
  const scale = gain ?? (ratio !== undefined && !/int/.test(dtype) && !like(ratio) ? ratio : 1);
  const noise_per_count = like(scale) ? 1 : scale;
  if (given !== undefined) {
    const off = measured === undefined || noise?.correlated ? 1 : measured / given;
    const said =
      off > DISAGREE || off < 1 / DISAGREE
        ? [
            `${quantity(given, 'counts')} per electron are given; the patterns are as noisy as where an electron gives ${quantity(measured!, 'counts')}. Check counts_per_electron.`,
          ]
        : [];
    return {
      counts_per_electron: given,
      counts_from: 'given',
      noise_per_count: measured === undefined ? given : noise_per_count,
      said,
    };
  }
  if (noise?.falls && !saturated) {
    return {
      counts_per_electron: 1,
      counts_from: 'unknown',
      noise_per_count,
      said: [
        `Bright pixels are less noisy than faint ones, which counted electrons never are: these are no counts, but log scaled, filtered or normalised pixel by pixel. Dose and intensities are unknown; export the raw counts.`,
      ],
    };
  }
  if (gain === undefined) {
    const counts = /int/.test(dtype) || (ratio !== undefined && like(ratio));
    return {
      counts_per_electron: 1,
      counts_from: counts ? 'assumed' : 'unknown',
      noise_per_count,
      said: counts
        ? []
        : [`The patterns' noise does not say how many counts an electron gives: the dose is in counts. ${GIVE}`],
    };
  }
  if (like(gain)) return { counts_per_electron: 1, counts_from: 'assumed', noise_per_count, said: [] };
  if (noise?.correlated) {
    return {
      counts_per_electron: 1,
      counts_from: 'unknown',
      noise_per_count,
      said: [
        `The noise of neighbouring pixels goes together (patterns interpolated, or a camera that spreads its light), and speaks of ${quantity(gain, 'counts')} per electron or more: the dose is in counts. ${GIVE}`,
      ],
    };
  }
  return {
    counts_per_electron: gain,
    counts_from: 'noise',
    noise_per_count,
    said: [
      `By the patterns' noise an electron gives ${quantity(gain, 'counts')}, to some per cent: the dose follows from that. ${GIVE}`,
    ],
  };
}
