import { expect, test } from 'vitest';
import { writeExtxyz } from './extxyz.ts';
import { readStructure } from './read-structure.ts';
import { u2Comment } from './u2-comment.ts';

const pair = {
  cell_A: [4, 5, 6] as const,
  symbols: ['Ti', 'O', 'O'],
  positions_A: Float64Array.of(0, 0, 0, 1, 2, 3, 2, 1, 3),
};
const u2 = { Ba: 0.1, O: 0.00921, Ti: 1 / 180 };

test('u² goes through the file to the last bit, whichever way the block is cut; other elements are left out', () => {
  const text = writeExtxyz(pair, u2Comment(pair, u2));
  expect(readStructure(text, 'a.extxyz').u2_A2).toEqual({ O: u2.O, Ti: u2.Ti });
  const turned = readStructure(text, 'a.extxyz', { zone: [1, 0, 0] }).u2_A2;
  expect(turned.Ti).toBeCloseTo(u2.Ti, 12);
  expect(turned.O).toBeCloseTo(u2.O, 12);
});

test.each(['Ti', 'Ti x', 'Ti -1', 'ti 0.1', 'Ti 0.1 O'])('u2_A2="%s" is refused', (u2_A2) => {
  expect(() => readStructure(writeExtxyz(pair, { u2_A2 }), 'a.extxyz')).toThrow(/u2_A2/);
});

test('a file that does not say it has none', () => {
  expect(readStructure(writeExtxyz(pair), 'a.extxyz').u2_A2).toEqual({});
});
