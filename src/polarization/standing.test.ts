import { expect, test } from 'vitest';
import { problemOf } from '../core/test-problem.ts';
import { NO_FACTS, type PositionFacts } from '../scan/positions.ts';
import { placeText } from './place-text.ts';
import { regionsApart } from './regions-apart.ts';
import { meanPatterns, standing } from './standing.ts';

const CRYSTAL: PositionFacts = { counts: 1e6, direct: 0.15, contrast: 0.6, contrast_se: 0.002, moved: 0, turned: 0 };
const VACUUM: PositionFacts = { ...CRYSTAL, direct: 0.68, contrast: -0.2, moved: 0.1, turned: 0.1 };
const TURNED: PositionFacts = { ...CRYSTAL, contrast: -0.1, moved: 0.2, turned: 0.5 };

test('positions that are no crystal have no value, and are counted and placed', () => {
  const facts = Array.from({ length: 24 }, (_, i) =>
    i % 6 === 0 ? VACUUM : i === 9 ? NO_FACTS : i >= 18 ? TURNED : CRYSTAL,
  );
  const found = standing(facts, [4, 6], undefined);
  expect(found.counts).toEqual({ crystal: 14, empty: 1, vacuum: 4, displaced: 0, turned: 5, other: 0 });
  expect(found.warnings.map(({ text }) => text.split(' hold')[0])).toEqual([
    '1 position of 24 (row 1, column 3)',
    '4 positions of 24 (column 0)',
    '5 positions of 24 (row 3, columns 1 to 5)',
  ]);
  const masked = found.masked(new Float32Array(24).fill(7));
  expect([...masked].filter(Number.isNaN).length).toBe(10);
  expect(masked[1]).toBe(7);
  // Means are taken over the crystal alone.
  const patterns = [0, 1, 9].map((i) => Float32Array.of(i === 1 ? 3 : 100));
  expect([...meanPatterns([0, 1, 9], patterns, found.kinds, 1)]).toEqual([3]);
});

test('a scan without crystal is refused, one that nothing shows the lattice in is not judged', async () => {
  expect(standing([VACUUM, VACUUM], [1, 2], undefined).counts.crystal).toBe(2);
  const problem = await problemOf(Promise.resolve().then(() => standing([NO_FACTS, NO_FACTS], [1, 2], undefined)));
  expect(problem.tag).toBe('incomplete');
  expect(problem.message).toContain('2 empty');
});

const SHAPE = [20, 16] as const;
const fieldOf = (far: (y: number, x: number) => boolean) =>
  Float32Array.from({ length: 320 }, (_, i) => (far(Math.floor(i / 16), i % 16) ? 3 : 0.5));
const apart = (far: (y: number, x: number) => boolean) => regionsApart(fieldOf(far), new Uint8Array(320), SHAPE);
const count = (marked: Uint8Array) => marked.reduce((a, b) => a + b, 0);

test('electrodes at both ends of a film, one row or several, and a grain stand apart', () => {
  expect(count(apart((y) => y < 3 || y >= 17).marked)).toBe(96);
  expect(apart((y) => y < 3 || y >= 17).warnings[0]!.text).toContain('(rows 0 to 2 and rows 17 to 19)');
  expect(count(apart((y) => y === 5).marked)).toBe(16);
  expect(count(apart((y, x) => Math.hypot(y - 10, x - 8) < 4).marked)).toBeGreaterThan(38);
});

test('far patterns among near ones are no region, and where nearly all are far the scan is', () => {
  expect(count(apart((y, x) => (7 * y + 3 * x) % 8 === 0).marked)).toBe(0);
  expect(count(apart((y) => y > 3).marked)).toBe(0);
  expect(apart(() => false).warnings).toEqual([]);
});

test('where positions lie, in words', () => {
  expect(placeText([0, 6, 12, 18], [4, 6])).toBe(' (column 0)');
  expect(placeText([7, 8, 13, 14], [4, 6])).toBe(' (rows 1 to 2, columns 1 to 2)');
  expect(placeText([0, 8, 22], [4, 6])).toBe('');
  expect(placeText([...Array.from({ length: 24 }).keys()], [4, 6])).toBe('');
});
