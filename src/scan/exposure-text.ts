/** What is said of the counts of a scan: what was found, what was done, what to do. A sentence or two each. */

import { fixedLabel, percent, plural, quantity } from '../core/numbers.ts';
import type { DarkScale } from './dark-scale.ts';
import type { GainStripes } from './gain-stripes.ts';
import type { Saturation } from './saturation.ts';
import type { Area, Treatment } from './treatment.ts';

export function wrappedText(dtype: string, { below, add }: NonNullable<Treatment['wrapped']>): string {
  const which = below === 0 ? 'negative values' : `values below ${below}`;
  return `The brightest pixels hold negative numbers: counts above ${add / 2 - 1} wrapped in ${dtype}. ${add} was added to ${which}; export the scan with an unsigned type to be sure.`;
}

export function foreignText(rows: number, [y0, y1]: Area): string {
  return `${plural(rows, 'row')} at the border hold something else than counts, as the metadata of an EMPAD's frames: left out, rows ${y0} to ${y1 - 1} are the picture. Give the scan without them.`;
}

export function areaText([y0, y1, x0, x1]: Area, ny: number, nx: number): string {
  return `Nothing ever changes outside rows ${y0} to ${y1 - 1} and columns ${x0} to ${x1 - 1} of ${ny} × ${nx}: taken as padding, not as camera. If it is camera, check the export.`;
}

const CHECK_DARK = 'Give the right one with --dark.';

function darkOf(what: string, { scale, frames }: DarkScale): string {
  if (scale === 0) return `The dark reference is not in ${what}: it was taken off before, and is not taken off again.`;
  if (frames !== undefined) {
    return `The dark reference is ${frames} times that in ${what}: a sum of ${frames} frames, it seems, and divided by that. ${CHECK_DARK}`;
  }
  return `${fixedLabel(scale)} times the dark reference is in ${what}: another exposure, it seems, and so much of it is taken off. ${CHECK_DARK}`;
}

export function darkText(patterns: DarkScale | undefined, vacuum: DarkScale | undefined): string[] {
  if (patterns?.moved) {
    return [
      "The dark reference's level is in the patterns, its hot pixels are not where they should be: patterns were moved after they were recorded, or the camera has changed. It is taken off as it is; give the camera's own frames, or --dark.",
    ];
  }
  const [a, b] = [
    patterns && patterns.scale !== 1 ? patterns : undefined,
    vacuum && vacuum.scale !== 1 ? vacuum : undefined,
  ];
  if (a && b && Math.abs(a.scale - b.scale) < 0.05 * Math.max(a.scale, b.scale, 1)) {
    return [darkOf('the patterns and the vacuum probe', a)];
  }
  return [...(a ? [darkOf('the patterns', a)] : []), ...(b ? [darkOf('the vacuum probe', b)] : [])];
}

export function cutText(what: 'patterns' | 'vacuum probe', { pixels, cap }: Saturation): string {
  const then =
    what === 'patterns'
      ? 'intensities there are too small, and what a model reads from them is off'
      : 'the dose is too small';
  return `${plural(pixels.length, 'pixel')} of the ${what} are saturated, cut at ${fixedLabel(cap)} counts: ${then}. Record with a shorter exposure or less current.`;
}

export function offsetText(offset: number): string {
  return `There is no dark reference, and every pixel holds ${quantity(offset, 'counts')} or more that are no electrons, by their noise: so much is taken off. Give a dark reference (--dark), for dose and faint intensities depend on it.`;
}

export function stripesText({ along, rms }: GainStripes): string {
  return `The ${along} of the camera differ in gain by ${percent(rms, 2)} (rms), by their sums in the mean pattern: intensities are off by as much, the dose by less. Give a gain image (--gain), or export the scan corrected.`;
}

/** Where frames without any number are. @param positions [y, x] */
export function lostText(positions: readonly (readonly [number, number])[], looked: number): string {
  const places = positions.slice(0, 6).map((at) => `[${at.join(', ')}]`);
  const more = positions.length > places.length ? ` and ${positions.length - places.length} more` : '';
  return `${plural(positions.length, 'frame')} of ${looked} that were looked at (${percent(positions.length / looked, 2)}) hold no numbers, or many values that are none (NaN or infinite), at ${places.join(', ')}${more}: left out. Check that the file is whole.`;
}

/** Pixels of the camera that never hold a number. */
export function deafText(pixels: number): string {
  return `${plural(pixels, 'pixel')} of the camera ${pixels === 1 ? 'holds' : 'hold'} no number (NaN or infinite) in most patterns: left out as dead. Nothing is to be done where the camera or the export marks its bad pixels so.`;
}

/** Single values that are no numbers, in `spoiled` patterns of `looked`. */
export function mendedText(values: number, spoiled: number, looked: number): string {
  return `${plural(values, 'value')} in ${spoiled} of ${plural(looked, 'pattern')} ${values === 1 ? 'is' : 'are'} no number (NaN or infinite): the median of the neighbours is taken instead. Export the scan again where it should not hold any.`;
}

/** Pixels of a camera image that hold no number. */
export function imageText(pixels: number, what: 'dark' | 'gain' | 'vacuum'): string {
  const name = { dark: 'dark reference', gain: 'gain image', vacuum: 'vacuum probe' }[what];
  const then =
    what === 'vacuum' ? 'the median of the neighbours is taken instead' : 'they are left out of the patterns as dead';
  return `${plural(pixels, 'pixel')} of the ${name} ${pixels === 1 ? 'holds' : 'hold'} no number (NaN or infinite): ${then}. Give another with --${what} where that is wrong.`;
}
