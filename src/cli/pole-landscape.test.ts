import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { givenLandscape } from '../ferroelectric/given-landscape.ts';
import { lowestAlong } from '../ferroelectric/landscape.ts';
import { lowestEnergies_meV } from '../ferroelectric/landscape-surface.ts';
import { poleDirections } from '../figures/pole-frame.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { inLandscape, poleLandscape } from './pole-landscape.ts';

const BST = '[crystal]\nmaterial = "BST"\n[landscape]\n';
const COMPRESSED = `${BST}strain = "epitaxial"\nmisfit_percent = -0.5\n`;

test.each(['x', 'y'] as const)(
  'a map across a film along %s: its normal is the landscape’s z, and axes stay right-handed',
  (across) => {
    const [a, b, c] = (
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ] as Vec3[]
    ).map((v) => inLandscape(v, across));
    expect(inLandscape(across === 'y' ? [0, 1, 0] : [1, 0, 0], across)[2]).toBe(1);
    const triple =
      a![0] * (b![1] * c![2] - b![2] * c![1]) +
      a![1] * (b![2] * c![0] - b![0] * c![2]) +
      a![2] * (b![0] * c![1] - b![1] * c![0]);
    expect(triple).toBe(1);
  },
);

test('energies found once for equivalent directions are those found one by one', async () => {
  for (const text of [COMPRESSED, `${BST}field_V_per_A = [0.001, 0.002, 0.003]\n`]) {
    const { of } = givenLandscape(parseRecipe(text));
    const directions = poleDirections(8, 'lower', 'y');
    const found = await lowestEnergies_meV(of, directions, quietTask);
    for (const [i, direction] of directions.entries()) {
      expect(found[i]).toBeCloseTo(1e3 * lowestAlong(of, direction).energy_eV, 6);
    }
  }
});

test('compressed in its plane the wells lie along the normal: in the middle of both disks', async () => {
  const { energies_meV, pixels, name } = (await poleLandscape(parseRecipe(COMPRESSED), 'y', quietTask))!;
  expect(name).toMatch(/epitaxial, misfit −0.5/);
  for (const half of ['upper', 'lower'] as const) {
    const energies = energies_meV[half];
    const middle = energies[(pixels / 2) * pixels + pixels / 2]!;
    expect(middle).toBeLessThan(energies.reduce((a, b) => Math.min(a, b)) + 0.05);
    expect(energies[(pixels / 2) * pixels]! - middle).toBeGreaterThan(3);
  }
});

test('none without [landscape]; a recipe along another zone is refused', async () => {
  expect(await poleLandscape(parseRecipe(''), 'y', quietTask)).toBeUndefined();
  const tilted = parseRecipe(`${COMPRESSED}[structures]\nzone = [1, 1, 0]\n`);
  await expect(poleLandscape(tilted, 'y', quietTask)).rejects.toThrow(/along \[001\]/);
});
