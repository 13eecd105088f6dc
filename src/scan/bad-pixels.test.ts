import { expect, test } from 'vitest';
import { manyBad } from './bad-pixels.ts';

test('many bad pixels are told by their kind: hot ones by the threshold, dead ones by what covers them', () => {
  const indices = (n: number) => Array.from({ length: n }, (_, k) => k);
  expect(manyBad({ hot: indices(50), dead: indices(50) }, 1000)).toEqual([]);
  expect(manyBad({ hot: indices(60), dead: [] }, 1000)).toEqual([expect.stringMatching(/^60 pixels .* hot_sigma/)]);
  const [said, ...more] = manyBad({ hot: indices(14), dead: indices(120) }, 1000);
  expect(said).toMatch(/^120 pixels \(12\.0 %\).*beam stop/);
  expect(said).not.toContain('hot_sigma');
  expect(more).toEqual([]);
});
