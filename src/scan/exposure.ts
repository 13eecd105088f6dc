/**
 * What a camera and an export did to the counts of a scan, judged from a sample of its raw patterns before anything else is measured:
 * counts wrapped or cut, dark reference, offset, what is no picture, counts per electron. What can be undone becomes the
 * scan's treatment; what was found, and what to do about it, becomes sentences.
 *
 * Not here: positions, geometry, and whether the vacuum probe has the patterns' exposure (vacuum-exposure.ts).
 */

import { Corrector } from './correct.ts';
import { type CountingNoise, countingNoise } from './counting-noise.ts';
import { darkScale } from './dark-scale.ts';
import { type ElectronCounts, electronsOf } from './electron-counts.ts';
import { areaText, cutText, darkText, foreignText, offsetText, stripesText, wrappedText } from './exposure-text.ts';
import { gainStripes } from './gain-stripes.ts';
import { median } from './linear.ts';
import type { PatternSource } from './pattern-source.ts';
import { type Picture, pictureArea } from './picture-area.ts';
import { type Saturation, saturation, wrappedCounts } from './saturation.ts';
import type { Treatment } from './treatment.ts';

export interface Exposure extends ElectronCounts {
  readonly treatment: Treatment;
  readonly picture: Picture;
  /** The direct beam without a specimen, corrected, counts [qy][qx]. */
  readonly vacuum: Float32Array | undefined;
  readonly saturated: Saturation | undefined;
  /** Noise that is there without electrons, rms per pattern and pixel [counts]. */
  readonly read_noise: number;
  readonly warnings: readonly string[];
}

/** Share of all counts that an offset must make to be taken off. */
const OFFSET_MATTERS = 0.02;

/**
 * @param patterns raw; they are corrected in place, counts [qy][qx]
 * @param given counts per electron that somebody knows
 * @param deaf 1 at pixels [qy][qx] that never held a number; the patterns hold 0 there
 * @throws 'not-finite' for a reference that is not an image of numbers
 */
export function examine(
  source: PatternSource,
  patterns: readonly Float32Array[],
  given: number | undefined,
  deaf?: Uint8Array,
): Exposure {
  const [, , ny, nx] = source.shape;
  const warnings: string[] = [];
  const { dark, info } = source;
  const wrapped = wrappedCounts(info.dtype, patterns);
  if (wrapped) {
    for (const pattern of patterns) unwrap(pattern, wrapped);
    warnings.push(wrappedText(info.dtype, wrapped));
  }
  const picture = pictureArea(patterns, ny, nx, deaf);
  const area = picture.area;
  if (picture.foreign > 0) warnings.push(foreignText(picture.foreign, area));
  else if (area[0] > 0 || area[1] < ny || area[2] > 0 || area[3] < nx) warnings.push(areaText(area, ny, nx));

  const scale = dark ? darkScale(meanOf(patterns), dark, ny, nx) : undefined;
  const vacuumScale = dark && source.vacuum ? darkScale(source.vacuum, dark, ny, nx) : undefined;
  warnings.push(...darkText(scale, vacuumScale));
  const level = dark ? median(dark) * (scale?.scale ?? 1) : 0;
  const saturated = saturation(patterns, ny, nx, level);

  const own: Treatment = {
    ...(scale && scale.scale !== 1 && { dark_scale: scale.scale }),
    ...((area[0] > 0 || area[1] < ny || area[2] > 0 || area[3] < nx) && { area: [...area] as Treatment['area'] }),
  };
  const corrector = new Corrector(source, picture.still, own);
  for (const pattern of patterns) corrector.correct(pattern);
  const noise = countingNoise(patterns, nx, area, skipped(ny * nx, saturated, picture));
  const counts = electronsOf(noise, given, info.dtype, saturated !== undefined);
  warnings.push(...counts.said);
  if (saturated) warnings.push(cutText('patterns', saturated));

  const offset = dark ? undefined : offsetOf(noise, counts.noise_per_count, patterns, area);
  if (offset !== undefined) {
    for (const pattern of patterns) {
      for (let y = area[0]; y < area[1]; y++) for (let x = area[2]; x < area[3]; x++) pattern[y * nx + x]! -= offset;
    }
    warnings.push(offsetText(offset));
  }
  const stripes = gainStripes(meanOf(patterns), nx, area);
  if (stripes) warnings.push(stripesText(stripes));
  const vacuum = vacuumOf(source, { ...own, dark_scale: vacuumScale?.scale ?? 1 }, offset);
  if (source.vacuum) {
    const cut = saturation([source.vacuum], ny, nx, median(source.vacuum));
    if (cut) warnings.push(cutText('vacuum probe', cut));
  }
  const faint = noise && noise.faint.variance - counts.noise_per_count * Math.max(0, noise.faint.mean - (offset ?? 0));
  return {
    ...counts,
    treatment: {
      ...own,
      ...(wrapped && { wrapped }),
      ...(vacuumScale && vacuumScale.scale !== 1 && { vacuum_dark_scale: vacuumScale.scale }),
      ...(offset !== undefined && { offset }),
    },
    picture,
    vacuum,
    saturated,
    read_noise: Math.sqrt(Math.max(0, faint ?? 0)),
    warnings,
  };
}

function unwrap(pattern: Float32Array, { below, add }: NonNullable<Treatment['wrapped']>): void {
  for (let k = 0; k < pattern.length; k++) if (pattern[k]! < below) pattern[k]! += add;
}

function meanOf(patterns: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(patterns[0]!.length);
  for (const pattern of patterns) for (let k = 0; k < mean.length; k++) mean[k]! += pattern[k]! / patterns.length;
  return mean;
}

function skipped(size: number, saturated: Saturation | undefined, { still }: Picture): Uint8Array {
  const skip = new Uint8Array(size);
  for (const k of [...(saturated?.pixels ?? []), ...still]) skip[k] = 1;
  return skip;
}

/**
 * Counts without electrons, at least: what the faintest pixels hold beyond what their noise tells of electrons. Undefined where that is little.
 */
function offsetOf(
  noise: CountingNoise | undefined,
  per_count: number,
  patterns: readonly Float32Array[],
  [y0, y1, x0, x1]: Picture['area'],
): number | undefined {
  if (!noise || noise.falls || noise.correlated) return undefined;
  const offset = noise.faint.mean - noise.faint.variance / per_count;
  const total = patterns.reduce((sum, pattern) => sum + pattern.reduce((a, b) => a + b, 0) / patterns.length, 0);
  return offset * (y1 - y0) * (x1 - x0) > OFFSET_MATTERS * total && offset > 0 ? offset : undefined;
}

function vacuumOf(source: PatternSource, treatment: Treatment, offset: number | undefined): Float32Array | undefined {
  if (!source.vacuum) return undefined;
  const image = new Corrector(source, [], treatment).correct(source.vacuum.slice());
  // The same camera: an offset of the patterns that the probe shows outside its disk is its own.
  return offset !== undefined && median(image) > offset / 2 ? image.map((v) => v - offset) : image;
}
