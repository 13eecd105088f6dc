/**
 * Camera corrections of raw patterns: (raw − dark) / gain, hot and dead pixels replaced by their neighbours' median.
 * Every reader of a scan goes through here, so this is also where a value that is not finite is refused, with its
 * place: EMPAD files can hold NaN, and a NaN silently set to zero would look like a dark pixel. Counts stay counts.
 */

import { fail } from '../core/errors.ts';
import { repair } from './hot-pixels.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';

/** Refuses NaN and infinities. @throws 'not-finite' naming the first one and how many there are */
export function checkFinite(patterns: Float32Array, source: PatternSource, first: number): void {
  let sum = 0;
  for (let i = 0; i < patterns.length; i++) sum += patterns[i]! - patterns[i]!;
  if (sum === 0) return;
  const [, , qy, qx] = source.shape;
  const at = patterns.findIndex((v) => !Number.isFinite(v));
  const bad = patterns.reduce((n, v) => n + (Number.isFinite(v) ? 0 : 1), 0);
  const position = indexPosition(source, first + Math.floor(at / (qy * qx)));
  const pixel = [Math.floor((at % (qy * qx)) / qx), at % qx];
  const many = bad > 1 ? `, and ${bad - 1} more among the patterns read with it` : '';
  fail(
    'not-finite',
    `The pattern at scan position [${position}] holds ${patterns[at]} at pixel [${pixel}]${many}.`,
    'Cut these patterns out, or replace the values with a measured number; Ferroscope does not guess them.',
    { position, pixel, count: bad },
  );
}

/** Refuses a dark reference, gain or vacuum image that is not finite. @throws 'not-finite' */
function checkImage(image: Float32Array | undefined, what: string, qx: number): void {
  const at = image ? image.findIndex((v) => !Number.isFinite(v)) : -1;
  if (at < 0) return;
  const pixel = [Math.floor(at / qx), at % qx];
  fail('not-finite', `The ${what} holds ${image?.[at]} at pixel [${pixel}].`, `Mend or leave out the ${what}.`, {
    pixel,
  });
}

export class Corrector {
  readonly source: PatternSource;
  readonly #bad: number[];
  readonly #mask: Uint8Array;
  readonly #inverseGain: Float32Array | undefined;

  constructor(source: PatternSource, bad_pixels: readonly number[] = []) {
    this.source = source;
    const [, , qy, qx] = source.shape;
    checkImage(source.dark, 'dark reference', qx);
    checkImage(source.gain, 'gain image', qx);
    checkImage(source.vacuum, 'vacuum probe', qx);
    // A pixel of gain 0 (or less) does not count: treated as dead.
    const deaf = source.gain ? [...source.gain.keys()].filter((k) => !((source.gain?.[k] ?? 0) > 0)) : [];
    this.#bad = [...new Set([...bad_pixels, ...deaf])];
    this.#mask = new Uint8Array(qy * qx);
    for (const k of this.#bad) this.#mask[k] = 1;
    this.#inverseGain = source.gain && Float32Array.from(source.gain, (g) => (g > 0 ? 1 / g : 0));
  }

  /** Corrects raw patterns in place. */
  apply(patterns: Float32Array): Float32Array {
    const { dark, shape } = this.source;
    const [, , qy, qx] = shape;
    const size = qy * qx;
    const gain = this.#inverseGain;
    for (let from = 0; from < patterns.length; from += size) {
      if (dark) for (let k = 0; k < size; k++) patterns[from + k]! -= dark[k]!;
      if (gain) for (let k = 0; k < size; k++) patterns[from + k]! *= gain[k]!;
      if (this.#bad.length > 0) repair(patterns.subarray(from, from + size), qy, qx, this.#bad, this.#mask);
    }
    return patterns;
  }

  /** Reads and corrects. @throws 'not-finite' and whatever the source throws */
  async read(first: number, count: number): Promise<Float32Array> {
    const raw = await this.source.read(first, count);
    checkFinite(raw, this.source, first);
    return this.apply(raw);
  }

  /** The vacuum probe, corrected. */
  vacuum(): Float32Array | undefined {
    return this.source.vacuum && this.apply(this.source.vacuum.slice());
  }
}
