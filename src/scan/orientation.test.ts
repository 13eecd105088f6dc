/** Which of the crystal's axes is which: every way a camera may lie against the scan, with a crystal of known axes on it. */

import { expect, test } from 'vitest';
import { mapFrom, partsOf, type Quad, times } from './calibration.ts';
import { flipped, nameAxes, orient, orientationText, otherRow, otherTurns } from './orientation.ts';
import type { Flip, PatternTurn } from './pattern-source.ts';

const T = [
  [0, 1],
  [1, 0],
] as const;
const UPSIDE_DOWN = [
  [-1, 0],
  [0, 1],
] as const;
/** M of a crystal turned by `crystal` on the scan, on a camera that lies as D: T^m·R(ψ)·R(crystal)·S. */
const truth = ({ turn_deg, mirror }: PatternTurn, crystal: number) => {
  const map = mapFrom(0.26, turn_deg + crystal, 0.02, 20);
  return mirror ? times(T, map) : map;
};
/** What a fit to the disks gives of it: any of the equivalent lattices, never a mirrored one. */
const asFitted = ({ turn_deg, mirror }: PatternTurn, crystal: number, quarter: number) => {
  const right = times(truth({ turn_deg, mirror }, crystal), mapFrom(1, 90 * quarter));
  return mirror ? times(right, UPSIDE_DOWN) : right;
};
const close = (a: Quad, b: Quad) => {
  for (const [i, row] of a.entries()) for (const [k, v] of row.entries()) expect(v).toBeCloseTo(b[i]![k]!, 9);
};

const WAYS = [0, 4, 90, 94, 180, -86, 37].flatMap((turn_deg) => [false, true].map((mirror) => ({ turn_deg, mirror })));

test.each(WAYS)('patterns that lie as the file says, %o: the axes are the scan’s', (file) => {
  for (const crystal of [0, -12, 40]) {
    for (const quarter of [0, 1, 2, 3]) {
      const { map, orientation, warnings } = orient(asFitted(file, crystal, quarter), { file }, 90);
      close(map, truth(file, crystal));
      expect(orientation).toMatchObject({ from: 'file', mirror: file.mirror });
      expect(orientation.crystal_deg).toBeCloseTo(crystal, 9);
      expect(orientation.turn_deg % 90).toBe(0);
      expect(warnings).toEqual([]);
    }
  }
});

test('nothing known: assumed, in a sentence that names the other answers', () => {
  const { map, orientation } = orient(mapFrom(0.26, 47), {}, 90);
  expect(partsOf(map).rotation_deg).toBeCloseTo(-43, 9);
  expect(orientation).toMatchObject({ from: 'assumed', turn_deg: 0, mirror: false });
  const text = orientationText(orientation);
  for (const said of ['ASSUMED', '-43.0°', '47.0°', '7 other cases', '--rotation', '--flip'])
    expect(text.replace('−', '-')).toContain(said);
});

test('flips by hand turn what the file says of patterns, too', () => {
  // Upside down and exchanged is a quarter turn.
  expect(flipped({ turn_deg: 0, mirror: false }, ['y', 'transpose']).mirror).toBe(false);
  const flips: Flip[] = ['transpose'];
  expect(flipped({ turn_deg: 4, mirror: true }, flips)).toMatchObject({ mirror: false });
  expect(flipped({ turn_deg: 4, mirror: true }, flips).turn_deg).toBeCloseTo(4, 9);
  for (const way of WAYS) {
    const twice = flipped(flipped(way, ['x', 'transpose', 'y']), ['y', 'transpose', 'x']);
    expect(twice.mirror).toBe(way.mirror);
    expect(Math.cos(((twice.turn_deg - way.turn_deg) * Math.PI) / 180)).toBeCloseTo(1, 9);
  }
});

test('a user overrules the file, and is told where they differ', () => {
  const file = { turn_deg: 94, mirror: false };
  const fitted = asFitted(file, 0, 1);
  const same = orient(fitted, { file, rotation_deg: 95 }, 90);
  expect(same.warnings).toEqual([]);
  expect(same.orientation).toMatchObject({ from: 'given', turn_deg: 90 });
  const other = orient(fitted, { file, rotation_deg: 3 }, 90);
  expect(partsOf(other.map).rotation_deg).toBeCloseTo(4, 9);
  expect(other.warnings.join()).toMatch(/94.*4.*given orientation is used/);
  const mirrored = orient(fitted, { file: { turn_deg: 4, mirror: true }, flips: ['y'] }, 90);
  expect(mirrored.warnings).toHaveLength(1);
});

test('lattices of other zones keep to their own turns', () => {
  for (const [period, names] of [
    [180, 3],
    [60, 11],
  ] as const) {
    const { orientation, map } = orient(mapFrom(0.26, 100), {}, period);
    expect(Math.abs(partsOf(map).rotation_deg)).toBeLessThanOrEqual(period / 2);
    expect(otherTurns(orientation)).toHaveLength(names);
    for (const file of [
      { turn_deg: 94, mirror: true },
      { turn_deg: -30, mirror: false },
    ]) {
      for (let turn = 0; turn < 360; turn += period) {
        const fitted = times(truth(file, 5), mapFrom(1, turn));
        close(orient(file.mirror ? times(fitted, UPSIDE_DOWN) : fitted, { file }, period).map, truth(file, 5));
      }
    }
  }
});

test('the table: a vector that the pattern shows is the same vector on the camera in every case', () => {
  const here = { turn_deg: 0, mirror: false, period_deg: 90 };
  const rows = otherTurns(here);
  expect(rows).toHaveLength(7);
  // By hand: patterns turned by 90° (down to the right) show what points to the right on the camera where it points down on the scan.
  expect(otherRow(rows[0]!)).toEqual(['turned by 90°', '−P_y', 'P_x']);
  expect(otherRow(rows[1]!)).toEqual(['turned by 180°', '−P_x', '−P_y']);
  expect(otherRow(rows[3]!)).toEqual(['turned by 0°, mirrored', 'P_y', 'P_x']);
  // By the maps themselves: M·P of one case is M′·P′ of the other.
  const map = nameAxes(mapFrom(1, 0), { turn_deg: 0, mirror: false }, 90);
  for (const { p, ...how } of rows) {
    const other = nameAxes(map, how, 90);
    const [px, py] = [0.3, -1.7];
    const [qx, qy] = p.map(([a, b]) => a * px + b * py) as [number, number];
    for (const axis of [0, 1] as const)
      expect(other[axis][0] * qy + other[axis][1] * qx).toBeCloseTo(map[axis][0] * py + map[axis][1] * px, 9);
  }
});
