/** What the probe sees of a film in cross-section at each position: the truth that its map is held against. */

import { DepthFields } from '../library/depth-means.ts';
import { ProbeWeights } from '../library/probe-weights.ts';
import type { BiasInputs } from './bias-options.ts';
import { type BiasPlan, columnAt, type Position, WINDOW_CELLS } from './bias-plan.ts';
import { type CrossSection, sectionFields } from './cross-section.ts';
import type { ScanTruth } from './experiment.ts';
import { TruthChannels } from './truth-channels.ts';

const none = (count: number): number[] => new Array<number>(count).fill(Number.NaN);
const NOTHING = { probe: none(9), column: none(9), spread: none(3) };

/**
 * Channels as [experiment] has them. Thickness is the mean over the columns that the probe enters; P, δTi and δO are not numbers where it enters an electrode, whose
 * columns count as unpolarized where it sees them from the film.
 */
export function sectionTruth(
  inputs: BiasInputs,
  plan: BiasPlan,
  section: CrossSection,
  positions: readonly Position[],
): ScanTruth {
  const { a_A } = inputs.crystal;
  const [nx, ny, nz] = section.cells;
  const columns = [nx, ny] as const;
  const fields = new DepthFields(sectionFields(section, inputs), section.cells, a_A);
  const weights = new ProbeWeights(
    plan.probe,
    [a_A, a_A],
    { cells: [nx, ny, 1] },
    [WINDOW_CELLS, WINDOW_CELLS],
    nz * a_A,
  );
  const truth = new TruthChannels(positions.length);
  for (const [i, { at_A, tilt_mrad }] of positions.entries()) {
    const here = columnAt(columns, a_A, at_A);
    const whole = weights.along([...at_A], [...tilt_mrad], nz * a_A);
    const thickness_A = a_A * whole[0]!.weights.reduce((sum, weight, c) => sum + weight * section.depth[c]!, 0);
    const sections = whole
      .filter(({ from_A }) => from_A < thickness_A)
      .map((part) => ({ ...part, to_A: Math.min(part.to_A, thickness_A) }));
    const seen = fields.seenBy(sections, here);
    const row = Math.floor(here / nx);
    const film = row >= section.film[0] && row < section.film[1];
    truth.putSeen(i, film ? seen : NOTHING);
    truth.put('tilt_x', i, tilt_mrad[0]);
    truth.put('tilt_y', i, tilt_mrad[1]);
    truth.put('thickness', i, thickness_A / 10);
  }
  return { shape: plan.shape, step_nm: plan.step_nm, channels: truth.channels };
}
