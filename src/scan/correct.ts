/**
 * Camera corrections of raw patterns: (raw − dark) / gain, hot and dead pixels replaced by their neighbours' median.
 * Every reader of a scan goes through here, so this is also where a value that is not finite is refused, with its
 * place: EMPAD files can hold NaN, and a NaN silently set to zero would look like a dark pixel. Counts stay counts.
 */

import { fail } from '../core/errors.ts';
import { repair } from './hot-pixels.ts';
import { indexPosition, type PatternSource } from './pattern-source.ts';

/** What corrections need to know of a scan; it can be sent to a thread. */
export type Camera = Pick<PatternSource, 'shape' | 'dark' | 'gain' | 'vacuum'>;

/** Refuses NaN and infinities in patterns [count][qy][qx] from linear index `first` on. @throws 'not-finite' naming the first one and how many there are */
function checkFinite(patterns: Float32Array, source: Camera, first: number): void {
  // A sum of many finite numbers is finite; one bad number spoils it.
  // Four sums, for one would wait for each addition.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = patterns.length - (patterns.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += patterns[i]!;
    b += patterns[i + 1]!;
    c += patterns[i + 2]!;
    d += patterns[i + 3]!;
  }
  for (let i = whole; i < patterns.length; i++) a += patterns[i]!;
  if (Number.isFinite(a + b + c + d)) return;
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
  readonly #camera: Camera;
  readonly #bad: number[];
  readonly #mask: Uint8Array;
  readonly #inverseGain: Float32Array | undefined;

  /** `bad_pixels`: indices qy·width + qx of hot and dead pixels. @throws 'not-finite' for a dark, gain or vacuum image that is */
  constructor(camera: Camera, bad_pixels: readonly number[] = []) {
    this.#camera = camera;
    const [, , qy, qx] = camera.shape;
    checkImage(camera.dark, 'dark reference', qx);
    checkImage(camera.gain, 'gain image', qx);
    checkImage(camera.vacuum, 'vacuum probe', qx);
    // A pixel of gain 0 (or less) does not count: treated as dead.
    const { gain } = camera;
    const deaf = gain ? [...gain.keys()].filter((k) => !(gain[k]! > 0)) : [];
    this.#bad = [...new Set([...bad_pixels, ...deaf])];
    this.#mask = new Uint8Array(qy * qx);
    for (const k of this.#bad) this.#mask[k] = 1;
    this.#inverseGain = gain && Float32Array.from(gain, (g) => (g > 0 ? 1 / g : 0));
  }

  /** Corrects images [count][qy][qx], counts, in place: dark off, over gain, bad pixels replaced. */
  apply(patterns: Float32Array): Float32Array {
    const { dark, shape } = this.#camera;
    const [, , qy, qx] = shape;
    const size = qy * qx;
    const gain = this.#inverseGain;
    for (let from = 0; from < patterns.length; from += size) {
      if (dark) for (let k = 0; k < size; k++) patterns[from + k]! -= dark[k]!;
      if (gain) for (let k = 0; k < size; k++) patterns[from + k]! *= gain[k]!;
      this.repair(patterns.subarray(from, from + size));
    }
    return patterns;
  }

  /** Replaces the bad pixels of one pattern [qy][qx], in place. */
  repair(pattern: Float32Array): void {
    const [, , qy, qx] = this.#camera.shape;
    if (this.#bad.length > 0) repair(pattern, qy, qx, this.#bad, this.#mask);
  }

  /** Corrects raw patterns [count][qy][qx] from linear index `first` on, counts, in place. @throws 'not-finite' */
  correct(raw: Float32Array, first: number): Float32Array {
    checkFinite(raw, this.#camera, first);
    return this.apply(raw);
  }
}
