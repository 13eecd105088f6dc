/** Which frame of a TVIPS stream belongs to which position of the scan. The camera runs freely: it starts before the scan, may take a position twice or miss it. */

export interface Order {
  /** The frame of each position that was found, row by row. */
  readonly frames: readonly number[];
  /** Rows and columns, where they are stated or can be guessed. */
  readonly shape: readonly [ry: number, rx: number] | undefined;
  readonly notes: readonly string[];
}

/** Position of each frame in the scan. */
export interface Positions {
  readonly y: Float32Array;
  readonly x: Float32Array;
}

/**
 * @param rotidx the scan's index of each frame; all alike where the file has none
 * @param positions undefined where the headers are too short for them
 * @param given rows and columns that the user states
 */
export function orderOf(
  rotidx: Uint32Array,
  positions: Positions | undefined,
  given: readonly [ry: number, rx: number] | undefined,
): Order {
  const as_stored = { frames: Array.from(rotidx, (_, i) => i), shape: undefined };
  const grid = positions && gridOf(positions);
  const index = grid
    ? rotidx.map((_, i) => positions.y[i]! * grid[1] + positions.x[i]!)
    : rotidx.some((value) => value !== rotidx[0])
      ? rotidx
      : undefined;
  if (!index) {
    return {
      ...as_stored,
      notes: ['No frame says where in the scan it is: all are taken in their order, from the first on.'],
    };
  }
  // Frames before the scan bear 0, and so does the first position where counting begins at 0.
  const largest = index.reduce((a, b) => Math.max(a, b), 0);
  const smallest = index.reduce((a, b) => Math.min(a, b), largest);
  const wanted = given && given[0] * given[1];
  const zeros = index.filter((value) => value === 0).length;
  const idle = !grid && smallest === 0 && index.includes(1) && (zeros > 1 || wanted === largest);
  const base = grid ? 0 : idle ? 1 : smallest;
  const count = largest - base + 1;
  if (count > 2 * index.length) {
    return {
      ...as_stored,
      notes: [`The scan's index runs up to ${largest} in ${index.length} frames, which is not understood: not heeded.`],
    };
  }

  const frames: number[] = [];
  let used = 0;
  let filled = 0;
  let previous = -1;
  let end = index.length;
  for (const [i, value] of index.entries()) {
    const at = value - base;
    if (at < 0) continue;
    if (at < previous) {
      end = i;
      break;
    }
    // Of several frames at one position the last: the beam has settled, and those before the scan are gone.
    for (let lacking = previous + 1; lacking < at; lacking++) {
      frames[lacking] = frames[lacking - 1] ?? i;
      filled++;
    }
    if (at > previous) used++;
    frames[at] = i;
    previous = at;
  }
  const left = end - used;
  const side = Math.round(Math.sqrt(frames.length));
  const square = side > 1 && side * side === frames.length;
  const shape = grid ?? (square ? ([side, side] as const) : undefined);
  return {
    frames,
    shape,
    notes: [
      grid
        ? "The scan's shape is that of the positions in the headers of the frames."
        : `Frames lie in the order of the scan's index in their headers, ${base} to ${base + frames.length - 1}.`,
      ...(!grid && square && !given
        ? [`The scan is taken to be square, ${side} × ${side}: a guess; else give --scan-shape ROWS,COLUMNS.`]
        : []),
      ...(left > 0 ? [`${left} frames outside the scan, or at a position that has a later one, are left out.`] : []),
      ...(filled > 0 ? [`${filled} positions have no frame of their own: they repeat a neighbour's.`] : []),
      ...(end < index.length
        ? [`The scan begins anew at frame ${end}: ${index.length - end} frames from there on are left out.`]
        : []),
    ],
  };
}

/** Rows and columns of positions that are whole numbers on a grid; undefined where they are not, or all alike. */
function gridOf({ y, x }: Positions): [number, number] | undefined {
  const whole = (value: number) => Number.isInteger(value) && value >= 0;
  if (!y.every(whole) || !x.every(whole)) return undefined;
  const most = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), 0);
  const [rows, columns] = [most(y) + 1, most(x) + 1];
  return rows > 1 && columns > 1 && rows * columns <= 2 * y.length ? [rows, columns] : undefined;
}
