/**
 * Regions of a map that are out of a model's domain together, such as a film's electrodes, whose lattice is nearly the film's: they are marked by themselves and the rest
 * is judged without them. Single far patterns among near ones are no region: a tenth of such says that the model does not fit the scan (network/marks.ts).
 */

import { plural } from '../core/numbers.ts';
import type { MapWarning } from './fit.ts';
import { placeText } from './place-text.ts';

/** Share of a position's neighbourhood, 3 × 3, or of its row or column, that must be far for it to stand in a region. */
const NEIGHBOURS = 0.5;
const LINE = 0.75;
/** Positions of a region, and share of the crystal's up to which regions are apart: beyond, they are the scan. */
const LEAST = 4;
const MOST = 0.67;

export interface Apart {
  /** 1 where a position stands in a region apart [positions]. */
  readonly marked: Uint8Array;
  readonly warnings: readonly MapWarning[];
}

/** @param beyond how far out of the domain a pattern is by itself, over what 99 of 100 held-out ones are [positions] @param kinds 0 where there is crystal */
export function regionsApart(beyond: ArrayLike<number>, kinds: Uint8Array, shape: readonly [number, number]): Apart {
  const [ry, rx] = shape;
  const far = Uint8Array.from(kinds, (kind, i) => (kind === 0 && beyond[i]! > 1 ? 1 : 0));
  const shareIn = (y0: number, y1: number, x0: number, x1: number): number => {
    let [n, all] = [0, 0];
    for (let y = Math.max(0, y0); y <= Math.min(ry - 1, y1); y++) {
      for (let x = Math.max(0, x0); x <= Math.min(rx - 1, x1); x++) {
        if (kinds[y * rx + x] !== 0) continue;
        all++;
        n += far[y * rx + x]!;
      }
    }
    return all >= LEAST ? n / all : 0;
  };
  const rows = Array.from({ length: ry }, (_, y) => shareIn(y, y, 0, rx - 1) >= LINE);
  const columns = Array.from({ length: rx }, (_, x) => shareIn(0, ry - 1, x, x) >= LINE);
  const marked = far.map((one, i) => {
    const [y, x] = [Math.floor(i / rx), i % rx];
    return one === 1 && (rows[y]! || columns[x]! || shareIn(y - 1, y + 1, x - 1, x + 1) > NEIGHBOURS) ? 1 : 0;
  });
  const where = [...marked.keys()].filter((i) => marked[i] === 1);
  const crystal = kinds.filter((kind) => kind === 0).length;
  if (where.length < LEAST || where.length > MOST * crystal)
    return { marked: new Uint8Array(far.length), warnings: [] };
  const text = `${plural(where.length, 'position')} of ${kinds.length}${placeText(where, shape)} are together unlike anything the model was tested on: another layer whose lattice is nearly the crystal's (an electrode, a substrate), another phase or grain. The rest of the map is judged without them; use their values for nothing.`;
  return { marked, warnings: [{ level: 'care', text }] };
}
