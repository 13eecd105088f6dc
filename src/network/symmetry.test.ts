import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { INVERSE, labelPairs, looksOf, operationsOf, pixelTables, turnLabels } from './symmetry.ts';
import { testDataset } from './test-data.ts';

test('labels pair by stem and suffix', () => {
  const names = ['P_x', 'P_y', 'P_z', 'P_y_column', 'P_x_column', 'thickness'];
  expect(labelPairs(names)).toEqual([
    { x: 0, y: 1 },
    { x: 4, y: 3 },
  ]);
  expect(() => labelPairs(['P_x', 'thickness'])).toThrow(/no partner P_y/);
});

test('the eight operations are permutations that form a group and keep the direct beam', () => {
  const n = 8;
  const tables = pixelTables(n);
  expect(tables.length).toBe(8);
  tables.forEach((table, operation) => {
    const back = tables[INVERSE[operation]!]!;
    expect([...table].every((from, i) => back[from] === i)).toBe(true);
  });
  const known = new Set(tables.map((table) => table.join()));
  expect(known.size).toBe(8);
  for (const a of tables) {
    expect(new Set(a).size).toBe(n * n);
    expect(a[(n / 2) * n + n / 2]).toBe((n / 2) * n + n / 2);
    for (const b of tables) expect(known.has(Int32Array.from(a, (i) => b[i]!).join())).toBe(true);
  }
});

test('patterns and vectors turn together: the turned pattern is the pattern of the turned labels', async () => {
  const pixels = 32;
  const data = testDataset(pixels, 8);
  const pairs = labelPairs(data.labels.map(({ name }) => name));
  const { patterns, labels } = await data.read([0]);
  // The centre of mass of the pattern is a vector, and for these patterns it points along P + tilt.
  const centre = (pattern: (i: number) => number) => {
    let [x, y] = [0, 0];
    for (let i = 0; i < pixels * pixels; i++) {
      // Leaves out the unpaired row and column.
      const [qx, qy] = [(i % pixels) - pixels / 2, Math.floor(i / pixels) - pixels / 2];
      if (qx === -pixels / 2 || qy === -pixels / 2) continue;
      x += qx * pattern(i);
      y += qy * pattern(i);
    }
    return [x, y] as const;
  };
  const before = centre((i) => patterns[i]!);
  pixelTables(pixels).forEach((table, operation) => {
    const vector = Float32Array.of(before[0], before[1], 0, ...labels.subarray(3));
    turnLabels(vector, pairs, operation);
    const [x, y] = centre((i) => patterns[table[i]!]!);
    expect(x).toBeCloseTo(vector[0]!, 4);
    expect(y).toBeCloseTo(vector[1]!, 4);
  });
});

test('a zone has the operations of m-3m that keep the beam and the grid: 4mm, 2mm, m; and two looks among them', () => {
  const of = (zone?: [number, number, number], pixelsPerOrder: number | [number, number] = 8) => {
    const detector = { zone, pixelsPerOrder };
    return [operationsOf(detector), looksOf(detector)];
  };
  expect(of()).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7],
    [0, 2],
  ]);
  expect(of([1, 1, 0])).toEqual([
    [0, 2, 4, 5],
    [0, 2],
  ]);
  // Pixels that are twice as long along x: what exchanges x and y would call one angle another.
  expect(of(undefined, [4, 8])).toEqual([
    [0, 2, 4, 5],
    [0, 2],
  ]);
  expect(of(undefined, [8, 8])).toEqual(of());
  expect(of([1, 1, 1])).toEqual([
    [0, 4],
    [0, 4],
  ]);
});

test('lengths of in-plane vectors, components along z and thickness do not change', () => {
  const pairs = labelPairs(['P_x', 'P_y', 'P_z', 'thickness']);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 1000 }), (operation, seed) => {
      const stream = new RandomStream(seed, 'labels');
      const labels = Float32Array.from({ length: 4 }, () => stream.normal());
      const turned = labels.slice();
      turnLabels(turned, pairs, operation);
      expect(Math.hypot(turned[0]!, turned[1]!)).toBeCloseTo(Math.hypot(labels[0]!, labels[1]!), 5);
      expect([turned[2], turned[3]]).toEqual([labels[2], labels[3]]);
    }),
  );
});
