/** The first lattice of disks that a sample of patterns shows, before any centre is known well. */

import { fail } from '../core/errors.ts';
import { fixedLabel, quantity } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import type { Pair } from './calibration.ts';
import { alignedMean } from './centre.ts';
import { type DescanFit, fitPlane, type MeasuredCentre } from './descan-fit.ts';
import { brightest, type LatticeGuess, type SearchOptions, searchLattice } from './lattice-search.ts';
import { neighbourDrift } from './neighbour-drift.ts';
import type { Sample } from './survey.ts';

/** What a lattice must reach: mean edge contrast, and that in standard deviations of counting statistics. */
const LEAST_CONTRAST = 0.04;
const LEAST_SIGNIFICANCE = 8;
/** Rough centres that scatter more than this, in radii, or leave more than this share beside the plane follow several disks by turns. */
const SCATTER = 0.3;
const ASTRAY = 0.2;
/** Largest shift between neighbours, in spacings of the disks: beyond a half it is another disk's. */
const REACH = 0.45;

interface FirstOptions extends SearchOptions {
  readonly rough_px: number;
  readonly counts_per_electron: number;
}

/**
 * The first lattice, with the patterns aligned by the rough centres' plane or, where that does not show it better, not
 * aligned at all: rough centres follow the brightest disk, and few of them make a bad plane. Where they make none, also by what moves neighbours onto each other. @throws 'incomplete'
 */
export async function firstLattice(
  sample: Sample,
  rough: readonly MeasuredCentre[],
  target: Pair,
  task: Task,
  options: FirstOptions,
): Promise<{ plane: DescanFit; mean: Float64Array; guess: LatticeGuess }> {
  const [ry, rx, ny, nx] = sample.shape;
  const fitted = fitPlane(rough, [ry, rx], 0.1);
  const still: DescanFit = {
    ...fitted,
    descan: { ...fitted.descan, centre_px: target, per_ry_px: [0, 0], per_rx_px: [0, 0] },
  };
  const { radius_px, rough_px, rotation_deg, spacing_over_radius, cell, turn_deg } = options;
  const lattice = { spacing_over_radius, cell, turn_deg, rotation_deg };
  const astray = fitted.sigma > SCATTER * rough_px || fitted.outliers > ASTRAY;
  const moved = astray && (await neighbourDrift(sample, REACH * spacing_over_radius * rough_px, task));
  const planes = [fitted, still, ...(moved ? [{ ...still, descan: { ...still.descan, ...moved } }] : [])];
  let best: { plane: DescanFit; mean: Float64Array; guess: LatticeGuess } | undefined;
  const clear = (guess: LatticeGuess | undefined): guess is LatticeGuess =>
    guess !== undefined && guess.contrast >= LEAST_CONTRAST && guess.significance >= LEAST_SIGNIFICANCE;
  for (const plane of planes) {
    const mean = await alignedMean(sample, plane.descan, target, task);
    const scale = sample.indices.length / options.counts_per_electron;
    const image = { counts: Float64Array.from(mean, (v) => Math.max(0, v) * scale), ny, nx };
    const begin = brightest(image, 0.8 * rough_px);
    let guess = await searchLattice(image, begin, { ...lattice, radius_px }, task);
    if (!clear(guess) && radius_px !== undefined) {
      guess = await searchLattice(image, begin, lattice, task);
    }
    if (guess && (!best || guess.rank > best.guess.rank)) best = { plane, mean, guess };
  }
  if (best && clear(best.guess)) return best;
  const reached = best
    ? `best edge contrast ${fixedLabel(best.guess.contrast)}, ${quantity(best.guess.significance, 'σ')}`
    : 'no candidate fits the image';
  fail(
    'incomplete',
    `No lattice of diffraction disks was found in the mean pattern (${reached}).`,
    'Check that the model or the recipe (a_A, zone, voltage_kV, convergence_mrad) is for this scan, and that separate disks are visible and in focus; a known scan.rotation_deg narrows the search.',
    { contrast: best?.guess.contrast, significance: best?.guess.significance },
  );
}
