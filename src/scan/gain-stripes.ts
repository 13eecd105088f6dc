/**
 * Columns, or rows, of a camera that differ in gain. The sum s of a column over the mean pattern is smooth from column to column but for the edges of disks, which make columns
 * and rows alike rough; so roughness of one that the other lacks is gain:
 *   r = σ(ln s₋₁ − 2·ln s + ln s₊₁)/√6,   robust; excess √(r² − r′²).
 * Single pixels' gain, and stripes both ways, are not told so.
 */

import { median, robustSigma } from './linear.ts';
import { type Area, cropped } from './treatment.ts';

/** Roughness over that of the other direction, and excess, from which on it is gain. */
const ROUGHER = 1.8;
const LEAST = 0.03;
/** Lines without which nothing is said. */
const FEWEST = 24;

export interface GainStripes {
  readonly along: 'columns' | 'rows';
  /** Scatter of the gain, rms. */
  readonly rms: number;
}

/** @param mean corrected pattern, counts, [ny][nx] */
export function gainStripes(mean: Float64Array, nx: number, area: Area): GainStripes | undefined {
  const image = cropped(mean, nx, area);
  const [ny, width] = [area[1] - area[0], area[3] - area[2]];
  if (Math.min(ny, width) < FEWEST) return undefined;
  const [columns, rows] = [new Float64Array(width), new Float64Array(ny)];
  for (const [k, v] of image.entries()) {
    columns[k % width]! += v;
    rows[Math.floor(k / width)]! += v;
  }
  const [across, down] = [roughness(columns), roughness(rows)];
  const [most, least] = [Math.max(across, down), Math.min(across, down)];
  const rms = Math.sqrt(most ** 2 - least ** 2);
  return most > ROUGHER * least && rms > LEAST ? { along: across > down ? 'columns' : 'rows', rms } : undefined;
}

function roughness(sums: Float64Array): number {
  const least = 1e-3 * median(sums);
  const logs = sums.map((s) => Math.log(Math.max(s, least)));
  return robustSigma(logs.slice(1, -1).map((l, i) => logs[i]! - 2 * l + logs[i + 2]!)) / Math.sqrt(6);
}
