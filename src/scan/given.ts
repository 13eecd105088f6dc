/**
 * What a user knows of a scan and its file does not say: a vacuum probe, a dark reference, a gain image, pixels to leave out, and how the camera's picture lies against the scan.
 * They take the place of what the file holds; the source's notes say so.
 *
 * What this is not: a guess. Nothing here is found out.
 */

import { fail } from '../core/errors.ts';
import { percent, plural } from '../core/numbers.ts';
import { flipped } from './orientation.ts';
import type { Flip, PatternSource } from './pattern-source.ts';

/** Values, row by row, of `shape` [qy, qx]. */
export interface GivenImage {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** Images [qy][qx] of the camera as the file has it, before any flip. */
export interface GivenImages {
  /** Direct beam without specimen, counts as a pattern has them. */
  readonly vacuum?: GivenImage | undefined;
  /** Counts without beam. */
  readonly dark?: GivenImage | undefined;
  /** Relative gain; counts are divided by it. */
  readonly gain?: GivenImage | undefined;
  /** Not zero where a pixel is to be left out. */
  readonly mask?: GivenImage | undefined;
}

/** Masked pixels are replaced by their neighbours' median, which serves for single ones. */
const MOST_MASKED = 0.05;

/** A relative gain is about 1: within this factor. */
const MOST_GAIN = 100;

/** @throws 'shape' for an image of another size, 'range' for one that does not hold numbers, a gain that is none, or a mask over more than 5 % of the camera */
export function withGiven(source: PatternSource, images: GivenImages, flips: readonly Flip[] = []): PatternSource {
  const [ry, rx, qy, qx] = source.shape;
  const size = qy * qx;
  const notes: string[] = [];
  const image = (what: string, given: GivenImage | undefined): Float32Array | undefined => {
    if (!given) return undefined;
    if (given.shape.length !== 2 || given.shape[0] !== qy || given.shape[1] !== qx) {
      fail(
        'shape',
        `The ${what} has ${given.shape.join(' × ')} values; a pattern has ${qy} × ${qx}.`,
        'Give one of this camera.',
      );
    }
    const values = Float32Array.from(given.data);
    const strange = values.findIndex((v) => !Number.isFinite(v));
    if (strange >= 0) {
      const at = `row ${Math.floor(strange / qx)}, column ${strange % qx}`;
      fail('range', `The ${what} has no number at ${at}.`, 'Give a number for each pixel; --mask leaves pixels out.');
    }
    return values;
  };
  const dark = image('dark reference', images.dark);
  const vacuum = image('vacuum probe', images.vacuum);
  let gain = image('gain image', images.gain);
  const mask = image('mask', images.mask);
  if (gain) {
    const middle = Float32Array.from(gain).sort()[Math.floor(size / 2)]!;
    if (middle < 1 / MOST_GAIN || middle > MOST_GAIN) {
      fail(
        'range',
        `The median of the gain image is ${middle.toPrecision(3)}; gain is relative, about 1.`,
        'Divide it by its mean.',
        { middle },
      );
    }
  }
  if (dark) notes.push(`The dark reference is the given one${source.dark ? ', not the one in the file' : ''}.`);
  if (vacuum) notes.push(`The vacuum probe is the given one${source.vacuum ? ', not the one in the file' : ''}.`);
  if (gain) notes.push(`The gain image is the given one${source.gain ? ', not the one in the file' : ''}.`);
  if (mask) {
    const masked = mask.reduce((n, v) => n + (v === 0 ? 0 : 1), 0);
    if (masked > MOST_MASKED * size) {
      fail(
        'range',
        `The mask covers ${percent(masked / size)} of the camera.`,
        'Masked pixels are filled in from their neighbours, which serves for single ones: mask 5 % at most.',
        { masked },
      );
    }
    // A pixel of gain 0 does not count (correct.ts).
    const before = gain ?? source.gain;
    gain = Float32Array.from(mask, (v, k) => (v === 0 ? (before ? before[k]! : 1) : 0));
    notes.push(`${plural(masked, 'pixel')} left out by the given mask.`);
  }
  if (flips.length > 0) notes.push(`Patterns turned as given: ${flips.join(', ')}.`);
  const { table, shape } = flipTable(qy, qx, flips);
  const turn = (patterns: Float32Array): Float32Array => {
    if (flips.length === 0) return patterns;
    const out = new Float32Array(patterns.length);
    for (let from = 0; from < patterns.length; from += size) {
      for (let k = 0; k < size; k++) out[from + k] = patterns[from + table[k]!]!;
    }
    return out;
  };
  const told = source.info.turned;
  const turned = (one: Float32Array | undefined) => one && turn(one);
  return {
    shape: [ry, rx, ...shape],
    info: { ...source.info, ...(told && { turned: flipped(told, flips) }), notes: [...source.info.notes, ...notes] },
    ...(flips.length > 0 && { flips }),
    read: async (first, count) => turn(await source.read(first, count)),
    vacuum: turned(vacuum ?? source.vacuum),
    dark: turned(dark ?? source.dark),
    gain: turned(gain ?? source.gain),
    close: () => source.close(),
  };
}

/** Which pixel of a pattern each pixel of the turned one is, and the turned one's shape [qy, qx]. */
function flipTable(qy: number, qx: number, flips: readonly Flip[]): { table: Int32Array; shape: [number, number] } {
  let table = Int32Array.from({ length: qy * qx }, (_, k) => k);
  let shape: [number, number] = [qy, qx];
  for (const flip of flips) {
    const [ny, nx] = shape;
    const before = table;
    const next: [number, number] = flip === 'transpose' ? [nx, ny] : shape;
    table = Int32Array.from({ length: qy * qx }, (_, k) => {
      const [y, x] = [Math.floor(k / next[1]), k % next[1]];
      if (flip === 'y') return before[(ny - 1 - y) * nx + x]!;
      return flip === 'x' ? before[y * nx + nx - 1 - x]! : before[x * nx + y]!;
    });
    shape = next;
  }
  return { table, shape };
}
