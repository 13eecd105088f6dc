/**
 * The order in which a scan's positions were recorded, from the centres of their patterns: descan moves the centre evenly along the scan, so a file that holds the
 * positions in another order than [ry][rx] row by row shows it. Tried: every second row backwards; rows of another length; the positions rolled on by some; every n-th row, to the eighth, rolled on within itself. Each by the
 * plane through the centres at the places that they then have. Another order is named where the best smooth surface of the file's own order (descan-fit.ts) leaves
 * {@link WORSE} times as much, which chance residuals and specimens do not reach, and no surface with a jump leaves less: a roll by two positions is a jump of just its size.
 * What this is not: a test where there is no descan, and it cannot tell a scan from its mirror image.
 */

import { percent, plural, quantity } from '../core/numbers.ts';
import { centreAt, type Descan, type Pair } from './calibration.ts';
import { type DescanFit, fitPlane, loss, type MeasuredCentre } from './descan-fit.ts';

/** Times that the file's own order must leave as much as another one, and by how much more in all, in σ². */
const WORSE = 1.25;
const MORE = 40;
/** As {@link WORSE}, of slipped rows: they move nothing by more than the descan of a few positions, and only just so. */
const WORSE_ROWS = 1.1;
/** By how much more it is worth measuring more centres. */
const SUSPECT = 12;
/** Times what a jump leaves that another order may. */
const AS_GOOD = 1.3;
/** Centres that a verdict needs. */
const LEAST = 12;
/** A centre is not known better than this, whatever it scatters [px]. */
const LEAST_PX = 0.05;
/** Rows up to this many times as long as the file's are tried. */
const LONGEST = 4;
/** One row in so many, at most, may be rolled on within itself, by up to so many positions. */
const EVERY = 8;
const SLIPS = 8;

const ORDINALS = ['second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];

export type OtherOrder =
  | { readonly kind: 'snake' }
  | { readonly kind: 'shape'; readonly length: number }
  | { readonly kind: 'rolled'; readonly by: number }
  /** Rows `first`, `first + every`, …, each rolled on within itself; by < 0: back. */
  | { readonly kind: 'rows'; readonly every: number; readonly first: number; readonly by: number };

interface Verdict {
  readonly order: OtherOrder;
  /** Robust sigma about the file's own order and about this one [px]. */
  readonly own_px: number;
  readonly other_px: number;
}

/**
 * The order that explains the centres where the file's own does not, undefined where it does; and whether one may be found with more centres.
 * @param own the surface of the file's own order, and the smooth one
 */
export function weighOrders(
  centres: readonly MeasuredCentre[],
  scan: Pair,
  own: DescanFit,
  smooth: DescanFit,
): { readonly other: Verdict | undefined; readonly suspected: boolean } {
  const none = { other: undefined, suspected: false };
  if (centres.length < LEAST) return none;
  const plane = fitPlane(centres, scan);
  const about = (all: readonly MeasuredCentre[]) =>
    all.reduce((sum, one) => sum + loss(one, plane.descan, Math.max(LEAST_PX, plane.sigma)), 0);
  const here = about(centres);
  const candidates = ordersOf(scan).flatMap((order) => {
    const [moved, shape] = reordered(centres, scan, order);
    // Slipped rows leave the plane where it is: without a fit it is seen whether they may help.
    if (order.kind === 'rows' && about(moved) >= here) return [];
    return [{ order, moved, fit: fitPlane(moved, shape) }];
  });
  const sigma = Math.max(LEAST_PX, Math.min(own.sigma, ...candidates.map(({ fit }) => fit.sigma)));
  const lossOf = (all: readonly MeasuredCentre[], { descan }: DescanFit) =>
    all.reduce((sum, one) => sum + loss(one, descan, sigma), 0);
  let best: { order: OtherOrder; loss: number; fit: DescanFit } | undefined;
  for (const { order, moved, fit } of candidates) {
    const left = lossOf(moved, fit);
    if (!best || left < best.loss) best = { order, loss: left, fit };
  }
  if (!best || best.loss > AS_GOOD * lossOf(centres, own)) return none;
  const more = lossOf(centres, smooth) - best.loss;
  const worse = best.order.kind === 'rows' ? WORSE_ROWS : WORSE;
  if (more <= Math.max((worse - 1) * best.loss, MORE)) return { ...none, suspected: more > SUSPECT };
  return {
    other: { order: best.order, own_px: rmsAbout(centres, smooth.descan), other_px: best.fit.sigma },
    suspected: true,
  };
}

function rmsAbout(centres: readonly MeasuredCentre[], descan: Descan): number {
  const squares = centres.map(({ ry, rx, centre }) => {
    const at = centreAt(descan, ry, rx);
    return (centre[0] - at[0]) ** 2 + (centre[1] - at[1]) ** 2;
  });
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / (2 * centres.length));
}

/** Every order that is tried, the file's own left out. */
function ordersOf([ry, rx]: Pair): OtherOrder[] {
  const orders: OtherOrder[] = ry > 1 && rx > 2 ? [{ kind: 'snake' }] : [];
  const longest = Math.min(LONGEST * rx, Math.floor((ry * rx) / 2));
  for (let length = 2; length <= longest; length++) if (length !== rx) orders.push({ kind: 'shape', length });
  if (ry > 1) for (let by = 1; by < rx; by++) orders.push({ kind: 'rolled', by });
  for (let rows = 1; rows < ry; rows++) orders.push({ kind: 'rolled', by: rows * rx });
  // By half a row or more is by less than half of it the other way.
  const furthest = Math.min(SLIPS, Math.ceil(rx / 2) - 1);
  const slips = Array.from({ length: 2 * furthest + 1 }, (_, i) => i - furthest).filter((by) => by !== 0);
  for (let every = 2; every <= EVERY && 2 * every <= ry; every++) {
    for (let first = 0; first < every; first++) {
      orders.push(...slips.map((by) => ({ kind: 'rows' as const, every, first, by })));
    }
  }
  return orders;
}

/** The centres at the places that another order gives them, and the scan's shape then. */
function reordered(centres: readonly MeasuredCentre[], [ry, rx]: Pair, order: OtherOrder): [MeasuredCentre[], Pair] {
  const count = ry * rx;
  const length = order.kind === 'shape' ? order.length : rx;
  const place = (y: number, x: number): Pair => {
    if (order.kind === 'snake') return [y, y % 2 === 1 ? rx - 1 - x : x];
    if (order.kind === 'rows') return [y, y % order.every === order.first ? (x - order.by + rx) % rx : x];
    const index = (y * rx + x - (order.kind === 'rolled' ? order.by : 0) + count) % count;
    return [Math.floor(index / length), index % length];
  };
  const moved = centres.map(({ ry: y, rx: x, centre }) => {
    const [toY, toX] = place(y, x);
    return { ry: toY, rx: toX, centre };
  });
  return [moved, [Math.ceil(count / length), length]];
}

/** What is wrong with the order, in numbers, and what to do. */
export function orderWarning({ order, own_px, other_px }: Verdict, [ry, rx]: Pair): string {
  const numbers = `the centres of single patterns lie ${quantity(own_px, 'px', 2)} rms off those of ${ry} rows of ${rx} in the order of the file, ${quantity(other_px, 'px', 2)} off`;
  if (order.kind === 'snake') {
    return `Every second row of the scan seems to run backwards: ${numbers} those of rows to and fro. Give scan.row_order = "snake" (--row-order snake), or turn these rows round in the file.`;
  }
  if (order.kind === 'shape') {
    const rows = (ry * rx) / order.length;
    return Number.isInteger(rows)
      ? `The scan seems to have ${rows} rows of ${order.length} positions, not ${ry} of ${rx}: ${numbers} those of such rows. Give scan.scan_shape = [${rows}, ${order.length}] (--scan-shape ${rows},${order.length}).`
      : `The rows of the scan seem to be ${order.length} positions long, not ${rx}, which leaves ${(ry * rx) % order.length} over: ${numbers} those of such rows. Positions were lost or added: export the scan again, or cut it to whole rows.`;
  }
  if (order.kind === 'rows') {
    const { every, first } = order;
    const n = plural(Math.abs(order.by), 'position');
    const [which, where] = order.by > 0 ? ['first', 'end'] : ['last', 'start'];
    const belong = Math.abs(order.by) === 1 ? 'belongs' : 'belong';
    return `Every ${ORDINALS[every - 2]} row of the scan, from row ${first} on, seems to be rolled by ${n}: its ${which} ${n} ${belong} to its ${where} (${numbers} those with these rows rolled back). Roll them back in the file, or export the scan again.`;
  }
  const by = order.by % rx === 0 ? `${order.by / rx} rows` : `${order.by} positions`;
  return `The scan seems to be rolled by ${by}: the first ${by} belong to the end (${numbers} those of a scan rolled back). Give scan.roll = ${order.by} (--roll ${order.by}).`;
}

/** Times the error of a single pattern's centre, and how far at least [px], that centres may lie off the best surface. */
const LOST = 4;
const LOST_PX = 0.3;
const LOST_SHARE = 0.2;

/** What to know where centres follow no surface; undefined where they do. @param error_px standard error of a single pattern's centre, median */
export function lostWarning({ sigma, outliers }: DescanFit, error_px: number): string | undefined {
  if (sigma < Math.max(LOST_PX, LOST * error_px) && outliers < LOST_SHARE) return undefined;
  return `The centres follow no surface: they lie ${quantity(sigma, 'px', 2)} (robust rms) off the best one, ${percent(outliers, 2)} of them beyond, where a single one is known to ${quantity(error_px, 'px', 2)}. Patterns are brought together about the wrong places: check the shape and the order of the scan, and that the beam stood still.`;
}
