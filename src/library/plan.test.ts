import { expect, test } from 'vitest';
import { pixel_mrad } from '../diffraction/detector.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { detectorOf, planStream, planStructure } from './plan.ts';

const tiled = (tiles: number, most_mrad = 2, patterns = 40) =>
  parseRecipe(`
    structures = { cells = [2, 2, 2] }
    library = { tilt_tiles = ${tiles}, tilt_max_mrad = ${most_mrad}, patterns_per_structure = ${patterns} }`);

/** θ [mrad] along x, then along y, of each structure's patterns. */
function tilts(recipe: ReturnType<typeof tiled>, structures: number): number[][][] {
  return Array.from({ length: structures }, (_, index) => {
    const { tilt_mrad } = planStructure(recipe, planStream(1, index, false), new Float64Array(12));
    return [0, 1].map((axis) => Array.from(tilt_mrad).filter((_, i) => i % 2 === axis));
  });
}

const [step_mrad] = pixel_mrad(detectorOf(tiled(1)));

test.each([1, 3, 4, 8])(
  'tilts of a structure lie in one of %i parts of the range, and those of all fill it evenly',
  (tiles) => {
    const width = 4 / tiles;
    const all = tilts(tiled(tiles), 600);
    for (const of of all.flat()) {
      const part = (t: number) => Math.floor((t + 2) / width);
      expect(new Set(of.map(part)).size).toBe(1);
      // On the detector's lattice.
      for (const t of of)
        expect(Math.abs(((t - of[0]!) / step_mrad) % 1)).toBeOneOf([expect.closeTo(0, 6), expect.closeTo(1, 6)]);
    }
    // 600 structures along two axes, each somewhere in a part: quarters of the range within four standard deviations of even.
    const first = all.flat().map((of) => of[0]!);
    for (let quarter = 0; quarter < 4; quarter++) {
      const inside = first.filter((t) => Math.floor(t + 2) === quarter).length;
      expect(Math.abs(inside - 300)).toBeLessThan(4 * Math.sqrt(1200 * 0.25 * 0.75));
    }
  },
);

test('a range narrower than the step of tilts is filled too, and none is no tilt', () => {
  const narrow = tilts(tiled(1, 0.1), 200).flat(2);
  expect(Math.min(...narrow)).toBeGreaterThanOrEqual(-0.1);
  expect(Math.max(...narrow)).toBeLessThanOrEqual(0.1);
  expect(Math.max(...narrow) - Math.min(...narrow)).toBeGreaterThan(0.18);
  expect(new Set(tilts(tiled(1, 0), 3).flat(2).map(Math.abs))).toEqual(new Set([0]));
});
