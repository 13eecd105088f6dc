/**
 * Walls between domains as lines over a map: marks on the grid joined to their neighbours, so that lines keep their width however small the cells are. Where a strength is
 * given, weak walls are thin and grey and strong ones wide and dark, in four steps. Not here: where the walls are (findings/).
 */

import { numberLabel, unitLabel } from '../core/numbers.ts';
import type { Key } from './key.ts';
import { symbolSvg } from './labels.ts';
import type { Box } from './map-frame.ts';
import { requireShape, robustRange } from './scale.ts';
import { el, escapeText, px } from './svg.ts';
import { INK, TEXT } from './theme.ts';

export interface WallLines {
  /** [ny][nx], 1 on a wall. */
  readonly at: Uint8Array;
  /** What the grey goes by, as ED Fig. 7c: values [ny][nx] where `at` is 1, such as σ_P. */
  readonly strength?:
    | {
        /** As symbolSvg takes it: 'σ_P'. */
        readonly symbol: string;
        readonly unit: string;
        readonly values: ArrayLike<number>;
        /** Of the weakest and the strongest line; default the middle 96% on the walls. */
        readonly range?: readonly [number, number] | undefined;
      }
    | undefined;
  /** In the key; default 'walls'. */
  readonly name?: string | undefined;
}

/** Grey and width [px], weak to strong. */
const STEPS: readonly (readonly [colour: string, width: number])[] = [
  ['#8d959d', 0.45],
  ['#646d76', 0.65],
  ['#3d454d', 0.9],
  [INK, 1.2],
];
const PLAIN: readonly [string, number] = ['#30373e', 0.8];

/** The lines over the map in `box`. @throws 'shape' */
export function wallLines(box: Box, shape: readonly [number, number], walls: WallLines): string {
  const [a, b] = [box.width / shape[1], box.height / shape[0]];
  return wallGroup(shape, walls, `matrix(${px4(a)} 0 0 ${px4(b)} ${px(box.x)} ${px(box.y)})`, Math.sqrt(a * b));
}

/** The lines in cells, under a transform that makes a cell `cell` px large. @throws 'shape' */
export function wallGroup(shape: readonly [number, number], walls: WallLines, transform: string, cell: number): string {
  requireShape(walls.at, shape, 'walls');
  if (walls.strength) requireShape(walls.strength.values, shape, 'strength of walls');
  const steps = walls.strength ? STEPS : [PLAIN];
  const stepOf = stepsOf(walls);
  const paths = steps.map((_, step) => joined(shape, walls.at, (i, j) => Math.max(stepOf(i), stepOf(j)) === step));
  const line = { fill: 'none', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
  const strokes = (widen: number, colour?: string): string[] =>
    steps.flatMap(([own, width], step) =>
      paths[step] === ''
        ? []
        : [`<path d="${paths[step]}" stroke="${colour ?? own}" stroke-width="${px4((width + widen) / cell)}"/>`],
    );
  return el(
    'g',
    { class: 'walls', transform: `${transform} translate(0.5 0.5)`, ...line },
    // A light edge, so that lines read on dark colours too.
    el('g', { 'stroke-opacity': 0.6 }, ...strokes(0.8, '#ffffff')),
    ...strokes(0),
  );
}

const px4 = (value: number): string => String(Number(value.toFixed(4)));

function stepsOf({ at, strength }: WallLines): (i: number) => number {
  if (!strength) return () => 0;
  const [low, high] = rangeOf(at, strength);
  return (i) => {
    const share = (strength.values[i]! - low) / (high - low);
    return Math.min(STEPS.length - 1, Math.max(0, Math.floor(share * STEPS.length) || 0));
  };
}

function rangeOf(at: Uint8Array, { values, range }: NonNullable<WallLines['strength']>): readonly [number, number] {
  return (
    range ??
    robustRange(
      Float64Array.from(at, (mark, i) => (mark ? values[i]! : Number.NaN)),
      0.96,
    )
  );
}

/** The eight neighbours' half: right, down, and the diagonals down. */
const NEXT: readonly (readonly [dx: number, dy: number])[] = [
  [1, 0],
  [0, 1],
  [1, 1],
  [-1, 1],
];

/**
 * Path [cells] through marked neighbours whose link is wanted; a diagonal only where no marked cell lies beside it, so that lines have no small triangles. Straight runs are
 * one piece. A mark without neighbours is a dot.
 */
function joined(
  [ny, nx]: readonly [number, number],
  at: Uint8Array,
  wanted: (i: number, j: number) => boolean,
): string {
  const marked = (x: number, y: number): boolean => x >= 0 && x < nx && y >= 0 && y < ny && at[y * nx + x] !== 0;
  const linked = (x: number, y: number, dx: number, dy: number): boolean =>
    marked(x, y) &&
    marked(x + dx, y + dy) &&
    (dx === 0 || dy === 0 || !(marked(x + dx, y) || marked(x, y + dy))) &&
    wanted(y * nx + x, (y + dy) * nx + x + dx);
  const out: string[] = [];
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      if (!marked(x, y)) continue;
      for (const [dx, dy] of NEXT) {
        if (!linked(x, y, dx, dy) || linked(x - dx, y - dy, dx, dy)) continue;
        let run = 1;
        while (linked(x + run * dx, y + run * dy, dx, dy)) run++;
        const end = dy === 0 ? `h${run}` : dx === 0 ? `v${run}` : `l${run * dx} ${run * dy}`;
        out.push(`M${x} ${y}${end}`);
      }
      const alone = [-1, 0, 1].every((dy) =>
        [-1, 0, 1].every((dx) => (dx === 0 && dy === 0) || !marked(x + dx, y + dy)),
      );
      if (alone && wanted(y * nx + x, y * nx + x)) out.push(`M${x} ${y}h.01`);
    }
  }
  return out.join('');
}

/** The key of the lines. */
export function wallKey(walls: WallLines): Key {
  const { strength, name = 'walls' } = walls;
  const sample = (x: number, y: number, [stroke, width]: readonly [string, number]): string =>
    el('path', { d: `M${px(x)} ${px(y - 3)}h9`, stroke, 'stroke-width': width + 0.2 });
  if (!strength) return { words: name, room: 14, draw: (x, y) => sample(x, y, PLAIN) };
  const [low, high] = rangeOf(walls.at, strength);
  const values = `${numberLabel(low, 2)} to ${numberLabel(high, 2)} ${unitLabel(strength.unit)}`;
  return {
    words: `${name}, ${strength.symbol} ${values}`,
    svg: `${escapeText(name)}, ${symbolSvg(strength.symbol, values, TEXT.small)}`,
    room: 11 * STEPS.length + 3,
    draw: (x, y) => STEPS.map((step, i) => sample(x + 11 * i, y, step)).join(''),
  };
}
