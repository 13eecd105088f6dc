/**
 * A calibration with what a user knows better: pixel size and centre that are given take the place of the measured ones, which are named beside them. What this is not:
 * help for the search, which measures as if nothing were given but the rotation, and which disk is the direct beam.
 */

import { measured, percent, quantity } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { calibrate } from './calibrate.ts';
import { type BeamAndCrystal, type Calibration, type Pair, times } from './calibration.ts';
import type { ScanOptions } from './options.ts';
import type { PatternSource } from './pattern-source.ts';
import { pixelSides_mrad } from './stretch.ts';

/** What of [scan] a calibration heeds. */
export type GivenValues = {
  readonly [key in 'rotation_deg' | 'hot_sigma' | 'counts_per_electron' | 'pixel_mrad' | 'centre_px']?:
    | ScanOptions[key]
    | undefined;
};

/** @throws as `calibrate` */
export async function calibrateGiven(
  source: PatternSource,
  beam: BeamAndCrystal,
  { rotation_deg, hot_sigma, counts_per_electron, pixel_mrad, centre_px }: GivenValues,
  task?: Task,
): Promise<Calibration> {
  return overruled(
    await calibrate(source, { ...beam, rotation_deg, hot_sigma, counts_per_electron, centre_px }, task),
    { pixel_mrad, centre_px },
  );
}

/** Given values stand without an error, in `given` and in a warning beside what was measured. */
export function overruled(
  found: Calibration,
  { pixel_mrad, centre_px }: Pick<GivenValues, 'pixel_mrad' | 'centre_px'>,
): Calibration {
  const warnings = [...found.warnings];
  const given = [...(pixel_mrad ? (['pixel'] as const) : []), ...(centre_px ? (['centre'] as const) : [])];
  if (given.length === 0) return found;
  let calibration = found;
  if (pixel_mrad !== undefined) {
    const scale = found.px_mrad / pixel_mrad;
    const map = times(found.map_px_per_mrad, [
      [scale, 0],
      [0, scale],
    ]);
    const { stretch } = calibration;
    calibration = {
      ...calibration,
      map_px_per_mrad: map,
      px_mrad: pixel_mrad,
      px_se_mrad: 0,
      ...(stretch && { stretch: { ...stretch, pixel_mrad: pixelSides_mrad(map) } }),
    };
    warnings.push(
      `The detector pixel is the given one, ${quantity(pixel_mrad, 'mrad', 4)}; the lattice of disks says ${measured(found.px_mrad, found.px_se_mrad, 'mrad')}, ${percent(Math.abs(scale - 1), 2)} ${scale < 1 ? 'less' : 'more'}. Leave out --pixel to take that.`,
    );
  }
  if (centre_px !== undefined) {
    const [y, x] = found.centre0_px;
    const centre: Pair = [centre_px[0], centre_px[1]];
    const { descan } = calibration;
    // A jump may lie before the middle: the whole descan is moved.
    const moved: Pair = [descan.centre_px[0] + centre[0] - y, descan.centre_px[1] + centre[1] - x];
    calibration = {
      ...calibration,
      centre0_px: centre,
      centre0_se_px: [0, 0],
      descan: { ...descan, centre_px: moved },
    };
    warnings.push(
      `The centre is the given one, ${quantity(Math.hypot(y - centre[0], x - centre[1]), 'px', 3)} from the measured one (y ${measured(y, found.centre0_se_px[0], 'px')}, x ${measured(x, found.centre0_se_px[1], 'px')}). Leave out --centre to take that.`,
    );
  }
  return { ...calibration, given, warnings };
}
