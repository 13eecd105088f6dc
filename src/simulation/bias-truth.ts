/** What the probe sees of a film in cross-section at each position: the truth that its map is held against. */

import { DepthFields } from '../library/depth-means.ts';
import { ProbeWeights } from '../library/probe-weights.ts';
import type { BiasInputs } from './bias-options.ts';
import { type BiasPlan, columnAt, type Position, WINDOW_CELLS } from './bias-plan.ts';
import { type CrossSection, sectionFields } from './cross-section.ts';
import type { ScanTruth } from './experiment.ts';

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
  const channels: Record<string, Float32Array> = {};
  const put = (name: string, index: number, value: number) => {
    channels[name] ??= new Float32Array(positions.length);
    channels[name][index] = value;
  };
  for (const [i, { at_A, tilt_mrad }] of positions.entries()) {
    const here = columnAt(columns, a_A, at_A);
    const whole = weights.along([...at_A], [...tilt_mrad], nz * a_A);
    const thickness_A = a_A * whole[0]!.weights.reduce((sum, weight, c) => sum + weight * section.depth[c]!, 0);
    const sections = whole
      .filter(({ from_A }) => from_A < thickness_A)
      .map((part) => ({ ...part, to_A: Math.min(part.to_A, thickness_A) }));
    const { probe, column, spread } = fields.seenBy(sections, here);
    const row = Math.floor(here / nx);
    const film = row >= section.film[0] && row < section.film[1];
    for (const [axis, letter] of ['x', 'y', 'z'].entries()) {
      for (const [f, stem] of ['P', 'dTi', 'dO'].entries()) {
        put(`${stem}_${letter}`, i, film ? probe[3 * f + axis]! : Number.NaN);
        put(`${stem}_${letter}_column`, i, film ? column[3 * f + axis]! : Number.NaN);
      }
      put(`P_${letter}_spread`, i, film ? spread[axis]! : Number.NaN);
    }
    put('tilt_x', i, tilt_mrad[0]);
    put('tilt_y', i, tilt_mrad[1]);
    put('thickness', i, thickness_A / 10);
  }
  return { shape: plan.shape, step_nm: plan.step_nm, channels };
}
