import { expect, test } from 'vitest';
import { pixel_mrad } from '../diffraction/detector.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { detectorOf, planStream, planStructure } from './plan.ts';

const recipeOf = (most_mrad = 2) =>
  parseRecipe(`
    structures = { cells = [2, 2, 2] }
    library = { tilt_max_mrad = ${most_mrad}, patterns_per_structure = 40 }`);

/** θ [mrad] along x, then along y, of each structure's patterns. */
function tilts(recipe: ReturnType<typeof recipeOf>, structures: number): number[][][] {
  return Array.from({ length: structures }, (_, index) => {
    const { tilt_mrad } = planStructure(recipe, planStream(1, index, false), new Float64Array(12));
    return [0, 1].map((axis) => Array.from(tilt_mrad).filter((_, i) => i % 2 === axis));
  });
}

const [step_mrad] = pixel_mrad(detectorOf(recipeOf()));

test('tilts of a structure lie on the detector’s lattice, and those of all fill the range evenly', () => {
  const all = tilts(recipeOf(), 600).flat();
  for (const of of all) {
    for (const t of of)
      expect(Math.abs(((t - of[0]!) / step_mrad) % 1)).toBeOneOf([expect.closeTo(0, 6), expect.closeTo(1, 6)]);
  }
  // One of each structure and axis: quarters of the range within four standard deviations of even.
  const first = all.map((of) => of[0]!);
  for (let quarter = 0; quarter < 4; quarter++) {
    const inside = first.filter((t) => Math.floor(t + 2) === quarter).length;
    expect(Math.abs(inside - 300)).toBeLessThan(4 * Math.sqrt(1200 * 0.25 * 0.75));
  }
});

test('a range narrower than the step of tilts is filled too, and none is no tilt', () => {
  const narrow = tilts(recipeOf(0.1), 200).flat(2);
  expect(Math.min(...narrow)).toBeGreaterThanOrEqual(-0.1);
  expect(Math.max(...narrow)).toBeLessThanOrEqual(0.1);
  expect(Math.max(...narrow) - Math.min(...narrow)).toBeGreaterThan(0.18);
  expect(new Set(tilts(recipeOf(0), 3).flat(2).map(Math.abs))).toEqual(new Set([0]));
});
