/**
 * How patterns lie against the scan: the lattice of disks shows the crystal's axes on the camera, but not which of them is which on the specimen. A step r of the
 * probe lies on the camera along D·r, with vectors in the order (y, x) and R as in calibration.ts:
 *   D = Tᵐ·R(ψ),   T exchanges the axes (m = 1: the camera's picture is a mirror image of the scan),   M = D·C
 * C turns the scan's axes into the crystal's. The crystal's own symmetry leaves M·Q as good as M, for every turn and mirror Q of the disks' lattice (eight along
 * [001]); with D known, the Q is taken by which C is nearest to no turn at all, so that x of the map is the crystal's axis nearest to the scan's axis 1.
 *
 * ψ > 0 is what py4DSTEM states as QR_rotation (diffraction turned counter-clockwise against the scan, on pictures with row 0 at the top), m its QR_flip.
 * What this is not: a measurement of D; what the patterns themselves say of it is in deflections.ts, and only said.
 */

import { decimalLabel } from '../core/numbers.ts';
import { type Orientation, type Pair, partsOf, type Quad, times } from './calibration.ts';
import type { Flip, PatternTurn } from './pattern-source.ts';
import { seenText, seenVerdict } from './seen-turn-text.ts';
import { angle, turnText, within } from './turn-words.ts';

export interface Named {
  /** M with the crystal's axes as they are called. */
  readonly map: Quad;
  readonly orientation: Orientation;
  /** What a user should look at. */
  readonly warnings: readonly string[];
}

const FLIPS: Readonly<Record<Flip, Quad>> = {
  y: [
    [-1, 0],
    [0, 1],
  ],
  x: [
    [1, 0],
    [0, -1],
  ],
  transpose: [
    [0, 1],
    [1, 0],
  ],
};
const STRAIGHT: PatternTurn = { turn_deg: 0, mirror: false };

/** D as a matrix on (y, x). */
function matrixOf({ turn_deg, mirror }: PatternTurn): Quad {
  const turn = turnBy(turn_deg);
  return mirror ? times(FLIPS.transpose, turn) : turn;
}

/** Of patterns that lay as `before` and were flipped, one flip after the other. */
export function flipped(before: PatternTurn, flips: readonly Flip[]): PatternTurn {
  const after = flips.reduce((map, flip) => times(FLIPS[flip], map), matrixOf(before));
  const { rotation_deg, mirror } = partsOf(after);
  return { turn_deg: rotation_deg, mirror };
}

/** R(φ), exact for multiples of 90°. */
function turnBy(degrees: number): Quad {
  const quarters = degrees / 90;
  const [c, s] = Number.isInteger(quarters)
    ? [[1, 0, -1, 0][((quarters % 4) + 4) % 4]!, [0, 1, 0, -1][((quarters % 4) + 4) % 4]!]
    : [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [
    [c, -s],
    [s, c],
  ];
}

/** M of the crystal whose axes lie nearest to the scan's (or, on the camera, nearest to `wanted_deg`), where patterns lie as D. @param turn_deg what the lattice is the same under */
export function nameAxes(map: Quad, how: PatternTurn, turn_deg: number, wanted_deg?: number): Quad {
  // Disks lie symmetrically about x along every zone.
  const right = partsOf(map).mirror === how.mirror ? map : times(map, FLIPS.y);
  const middle = wanted_deg ?? how.turn_deg;
  const off = partsOf(right).rotation_deg - middle;
  let by = -turn_deg * Math.round(off / turn_deg);
  // Of two that are equally near, the one at +45°.
  if (wanted_deg === undefined && off + by <= -turn_deg / 2) by += turn_deg;
  return times(right, turnBy(by));
}

/** What is known of D. */
export interface KnownTurn {
  /** What the file says, of patterns as they come. */
  readonly file?: PatternTurn | undefined;
  /** How a user had patterns turned: to lie as the scan does. */
  readonly flips?: readonly Flip[] | undefined;
  /** Where a user says that the crystal's axes lie on the camera [degrees]. */
  readonly rotation_deg?: number | undefined;
}

/** Names the crystal's axes by what is known; where nothing is, the camera's axes are taken for the scan's, and `orientation` says so. */
export function orient(map: Quad, { file, flips = [], rotation_deg }: KnownTurn, turn_deg: number): Named {
  const given = flips.length > 0 || rotation_deg !== undefined;
  const mirror = flips.length > 0 ? false : (file?.mirror ?? false);
  const how = given ? { turn_deg: 0, mirror } : (file ?? STRAIGHT);
  const named = nameAxes(map, how, turn_deg, rotation_deg);
  const from = given ? 'given' : file ? 'file' : 'assumed';
  const orientation = orientationOf(named, from, file && !given ? file : undefined, turn_deg);
  const other = file && nameAxes(map, file, turn_deg);
  if (!given || !file || !other || same(named, other)) return { map: named, orientation, warnings: [] };
  const { rotation_deg: byFile, mirror: mirrored } = partsOf(other);
  const warning = `The file says that, against the scan, patterns are ${turnText(file)}${flips.length > 0 ? ' (as turned by --flip)' : ''}, which puts the crystal's axes at ${angle(byFile)}${mirrored ? ', mirrored' : ''} on the camera; what was given puts them at ${angle(orientation.rotation_deg)}${orientation.mirror ? ', mirrored' : ''}. The given orientation is used: leave out --rotation and --flip to take the file's.`;
  return { map: named, orientation, warnings: [warning] };
}

/** @param how D, where it is known */
export function orientationOf(
  map: Quad,
  from: Orientation['from'],
  how: PatternTurn | undefined,
  period_deg: number,
): Orientation {
  const { rotation_deg, mirror } = partsOf(map);
  const shown = how?.turn_deg ?? (from === 'given' ? rotation_deg : 0);
  const near = Math.round(shown / period_deg) * period_deg;
  const turn_deg = ((near % 360) + 360) % 360;
  return {
    turn_deg,
    mirror,
    from,
    rotation_deg,
    period_deg,
    ...(how && { pattern_deg: how.turn_deg, crystal_deg: within(rotation_deg - how.turn_deg) }),
  };
}

const same = (a: Quad, b: Quad): boolean =>
  Math.max(...a.flatMap((row, i) => row.map((v, k) => Math.abs(v - b[i]![k]!)))) < 1e-6 * Math.hypot(...a[0], ...a[1]);
/** How the sentence of an assumed orientation begins. */
export const ASSUMED = 'Orientation ASSUMED';

/** An orientation in a sentence or three: which it is, how that is known, and what would be otherwise. */
export function orientationText(o: Orientation): string {
  const verdict = seenVerdict(o);
  const seen = verdict && (verdict !== 'nothing' || o.from === 'assumed') ? ` ${seenText(o)}` : '';
  return `${statedText(o)}${seen}`;
}

function statedText(o: Orientation): string {
  const axes = `the crystal's axes lie at ${angle(o.rotation_deg)} on the camera (y towards x)`;
  const on = o.crystal_deg === undefined ? '' : ` and at ${angle(o.crystal_deg)} on the scan`;
  const how = { turn_deg: o.pattern_deg ?? 0, mirror: o.mirror };
  if (o.from === 'file')
    return `Orientation as the file states it: against the scan, patterns are ${turnText(how)}; ${axes}${on}.${Math.abs(o.pattern_deg ?? 0) > 1 ? SENSE : ''}`;
  if (o.from === 'given') return `Orientation as given: ${axes}${o.mirror ? ', mirrored' : ''}.`;
  const others = otherTurns(o).length;
  const names = Array.from({ length: 360 / o.period_deg - 1 }, (_, k) =>
    angle(within(o.rotation_deg + (k + 1) * o.period_deg)),
  );
  return `${ASSUMED}: nothing says how patterns lie against the scan, so the camera's axes are taken for the scan's, not turned, not mirrored. Then ${axes}; if the camera is turned, the same axes are at ${names.join(' or ')} and have other names. In the ${others} other cases P_x and P_y change places or signs, as the report's table says. Give --rotation (of the crystal's axes on the camera) or --flip where you know better.`;
}

/** No documentation of py4DSTEM's says it; one file with a known answer does (shared cases, detector-rot90-stated). */
const SENSE =
  ' The angle is taken to count from y towards x, counter-clockwise with row 0 at the top: where the program that wrote the file means the other sense, give --rotation.';

/** One of the other cases. */
export interface OtherTurn extends PatternTurn {
  /** P in the plane in that case, from this map's: [x from x, x from y], [y from x, y from y]. */
  readonly p: Quad;
}

/** What P in the plane would be if patterns lay otherwise than this map takes them to lie. */
export function otherTurns({
  mirror,
  turn_deg,
  period_deg,
}: Pick<Orientation, 'mirror' | 'turn_deg' | 'period_deg'>): OtherTurn[] {
  const turns = Array.from({ length: 360 / period_deg }, (_, k) => k * period_deg);
  const here = matrixOf({ turn_deg, mirror });
  return [false, true].flatMap((m) =>
    turns
      .filter((turn) => m !== mirror || turn !== turn_deg)
      .map((turn) => {
        // The pattern is what it is: D·P = D′·P′.
        const back = transposed(matrixOf({ turn_deg: turn, mirror: m }));
        const [[yy, yx], [xy, xx]] = times(back, here);
        return {
          turn_deg: turn,
          mirror: m,
          p: [
            [xx, xy],
            [yx, yy],
          ] as Quad,
        };
      }),
  );
}

const transposed = ([[a, b], [c, d]]: Quad): Quad => [
  [a, c],
  [b, d],
];

/** One of the other cases in words: 'patterns turned by 90°, not mirrored', 'P_x = −P_y', 'P_y = P_x'. */
export function otherRow({ turn_deg, mirror, p }: OtherTurn): [string, string, string] {
  const sum = ([x, y]: Pair): string => {
    const parts = (
      [
        [x, 'P_x'],
        [y, 'P_y'],
      ] as const
    )
      .filter(([value]) => Math.abs(value) > 1e-9)
      .map(([value, name]) => ({ sign: value < 0 ? '−' : '', size: Math.abs(value), name }));
    return parts
      .map(({ sign, size, name }, i) => {
        const times = size > 0.999 ? name : `${decimalLabel(size, 2)} ${name}`;
        return i === 0 ? `${sign}${times}` : ` ${sign === '' ? '+' : '−'} ${times}`;
      })
      .join('');
  };
  return [`turned by ${turn_deg}°${mirror ? ', mirrored' : ''}`, sum(p[0]), sum(p[1])];
}
