/**
 * A scan whose file's own camera images hold values that are no numbers at single pixels: a dark or gain value that is not known makes the pixel count as dead (gain 0,
 * correct.ts), one of the vacuum probe is replaced by the median of its neighbours. Each is said. Images with many such values are left as they are, to be refused.
 */

import { imageText } from './exposure-text.ts';
import { LOST_SHARE, mendNumbers, noNumbers } from './no-numbers.ts';
import type { PatternSource } from './pattern-source.ts';

/** The same scan where all images are of numbers. */
export function withNumbers(source: PatternSource): PatternSource {
  const [, , qy, qx] = source.shape;
  const notes: string[] = [];
  const deaf = new Uint8Array(qy * qx);
  const mended = (what: 'dark' | 'gain' | 'vacuum'): Float32Array | undefined => {
    const image = source[what];
    const wrong = image ? noNumbers(image) : 0;
    if (!image || wrong === 0 || wrong > LOST_SHARE * image.length) return image;
    notes.push(imageText(wrong, what));
    if (what !== 'vacuum') for (let k = 0; k < deaf.length; k++) if (!Number.isFinite(image[k]!)) deaf[k] = 1;
    const copy = image.slice();
    mendNumbers(copy, qy, qx);
    return copy;
  };
  const [dark, gain, vacuum] = [mended('dark'), mended('gain'), mended('vacuum')];
  if (notes.length === 0) return source;
  return {
    ...source,
    read: (first, count) => source.read(first, count),
    close: () => source.close(),
    shape: source.shape,
    info: { ...source.info, notes: [...source.info.notes, ...notes] },
    dark,
    vacuum,
    gain: deaf.includes(1) ? Float32Array.from(deaf, (one, k) => (one ? 0 : (gain?.[k] ?? 1))) : gain,
  };
}
