/** What a begun recipe trains on is to hold what the specimen may be. */

import { expect, test } from 'vitest';
import { perovskiteOf } from '../crystal/crystal-perovskite.ts';
import { spontaneousPolarization } from '../crystal/phase.ts';
import { parseRecipe } from './recipe.ts';
import { scanRecipe } from './scan-recipe.ts';

const begun = (material: string) =>
  scanRecipe({
    name: 'scan.h5',
    material,
    shape: [2, 2, 64, 64],
    info: { format: 'emd', title: '', dataset: '', dtype: '', notes: [] },
    calibration: { failed: 'none.' },
    given: {},
    program: 'test',
  }).toml;

// P [µC/cm²] in the textbooks: 84 (PbTiO3, 75 to 97), 75 (PbZr0.52Ti0.48O3), 97 (BiFeO3, 90 to 100), 41 (KNbO3), 26 (BaTiO3).
test.each([
  ['PbTiO3', 95, 84],
  ['Pb(Zr,Ti)O3', 85, 75],
  ['BiFeO3', 110, 100],
  ['KNbO3', 55, 41],
  ['BaTiO3', 40, 26],
])('textures of %s go up to %d µC/cm², beyond its spontaneous polarization, and say so', (material, p_max, known) => {
  const toml = begun(material);
  const { crystal, structures } = parseRecipe(toml);
  expect(structures.p_max_uC_cm2).toBe(p_max);
  expect(p_max).toBeGreaterThan(known);
  const { phase, ...own } = perovskiteOf(crystal);
  expect(p_max / spontaneousPolarization(own.material, phase!)).toBeGreaterThan(1.1);
  expect(toml).toMatch(
    /p_max_uC_cm2 = \d+ {2}# default: 10 % above the spontaneous [\d.]+ µC\/cm² of \S+, rounded up to 5/,
  );
});

test('where no polar phase is built in, 30 µC/cm² are a default to look at', () => {
  for (const material of ['(Ba,Sr)TiO3', 'SrTiO3']) {
    expect(begun(material)).toContain('p_max_uC_cm2 = 30  # default: raise it where the specimen may have more');
  }
});
