/** Centres of some of a sample's patterns, each from its disks' edges (centre.ts), about where the descan has it. */

import { fail } from '../core/errors.ts';
import { breathe, type Task } from '../core/task.ts';
import { centreAt, type Descan, type Pair, partsOf } from './calibration.ts';
import { type CentreFit, type GuideDisk, patternCentre } from './centre.ts';
import type { MeasuredCentre } from './descan-fit.ts';
import type { LatticeFit } from './lattice.ts';
import { indexPosition } from './pattern-source.ts';
import type { Sample } from './survey.ts';

/** The descan, moved by what the lattice's centre in the mean aligned to `target` says about it. */
export function movedBy(descan: Descan, centre: Pair, target: Pair): Descan {
  return {
    ...descan,
    centre_px: [descan.centre_px[0] + centre[0] - target[0], descan.centre_px[1] + centre[1] - target[1]],
  };
}

/** About `count` of the items: one of each stretch, at places that fall on all columns of a scan alike. */
function thin<T>(items: readonly T[], count: number): T[] {
  const stride = Math.max(1, Math.round(items.length / count));
  const golden = (Math.sqrt(5) - 1) / 2;
  return items.filter((_, i) => {
    const stretch = Math.floor(i / stride);
    return i % stride === Math.floor(stride * ((stretch * golden) % 1));
  });
}

/** The centres of about `count` patterns of the sample, evenly spread. @throws 'incomplete' where hardly any is found, 'aborted' */
export async function measureCentres(
  sample: Sample,
  count: number,
  expected: Descan,
  lattice: LatticeFit,
  guides: readonly GuideDisk[],
  noise: { readonly read: number; readonly counts_per_electron: number },
  task: Task,
): Promise<{ at: MeasuredCentre; fit: CentreFit }[]> {
  const [, , ny, nx] = sample.shape;
  const chosen = thin([...sample.indices.keys()], count);
  const found: { at: MeasuredCentre; fit: CentreFit }[] = [];
  const geometry = { ...lattice.geometry, edge_px: lattice.pattern_edge_px };
  const per_count = noise.counts_per_electron;
  const floor = noise.read ** 2 + 0.1 * per_count ** 2;
  const too_far = (0.4 * geometry.spacing_mrad) / partsOf(geometry.map).px_mrad;
  for (const [i, k] of chosen.entries()) {
    await breathe(task);
    const data = sample.patterns[k]!;
    const [ry, rx] = indexPosition(sample, sample.indices[k]!);
    const begin = centreAt(expected, ry, rx);
    const fit = patternCentre({ data, ny, nx, per_count, floor }, geometry, begin, guides);
    if (fit && Math.hypot(fit.centre[0] - begin[0], fit.centre[1] - begin[1]) < too_far) {
      found.push({ at: { ry, rx, centre: fit.centre }, fit });
    }
    task.progress(i + 1, chosen.length, 'centres');
  }
  if (found.length < Math.max(1, 0.2 * chosen.length)) {
    fail(
      'incomplete',
      `The centre could be found in only ${found.length} of ${chosen.length} patterns.`,
      'Check that the disks are visible in single patterns; a higher dose or binned scan positions help.',
      { found: found.length },
    );
  }
  return found;
}
