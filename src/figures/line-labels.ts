/** Names at the ends of lines instead of a legend: each as near its line's end as the others leave room. */

import { channelSvg } from './labels.ts';
import { text } from './svg.ts';
import { TEXT } from './theme.ts';

export interface LineEnd {
  /** A channel's name ('P_x') or words. */
  readonly name: string;
  readonly colour: string;
  /** Where the line ends [px]. */
  readonly x: number;
  readonly y: number;
}

/** The y of each label: in the order of the ends, at least `gap` apart, inside [top, bottom] [px]. */
export function spread(ys: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = ys.map((_, i) => i).toSorted((a, b) => ys[a]! - ys[b]!);
  const out = [...ys];
  let least = top;
  for (const i of order) {
    out[i] = Math.max(out[i]!, least);
    least = out[i]! + gap;
  }
  let most = bottom;
  for (const i of order.toReversed()) {
    out[i] = Math.min(out[i]!, most);
    most = out[i]! - gap;
  }
  return out;
}

/** Draws the names to the right of their lines' ends. */
export function lineLabels(ends: readonly LineEnd[], top: number, bottom: number): string {
  const size = TEXT.small;
  const ys = spread(
    ends.map((end) => end.y),
    size + 2,
    top + 4,
    bottom - 2,
  );
  return ends
    .map((end, i) =>
      text(end.x + 5, ys[i]! + 0.33 * size, channelSvg(end.name, size), { fill: end.colour, 'font-size': size }),
    )
    .join('\n');
}
