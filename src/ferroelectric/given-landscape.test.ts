import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { givenLandscape } from './given-landscape.ts';
import { stationaryPoints } from './landscape.ts';
import { landscapeChecks } from './landscape-checks.ts';
import { BARIUM_TITANATE, BARIUM_STRONTIUM_TITANATE as BST } from './parameters.ts';
import { FREE } from './strain.ts';
import { uniformEnergy } from './uniform.ts';

const of = (text: string) => givenLandscape(parseRecipe(text)).of;
const lowest = (text: string) => stationaryPoints(of(text))[0]!.energy_eV;

test('material, composition and pressure', () => {
  expect(of('[landscape]\n').parameters).toBe(BST);
  expect(of('[crystal]\nmaterial = "BTO"\n[landscape]\n').parameters).toBe(BARIUM_TITANATE);
  const u = [0.05, 0.06, 0.07] as const;
  const richer = of('[crystal]\nba_fraction = 0.75\n[landscape]\n');
  expect(richer.energy(u)).toBeCloseTo(uniformEnergy(BST, { held: FREE, pressure_GPa: -1.5 }).energy(u), 14);
  // A pressure that is given wins.
  const given = of('[crystal]\nba_fraction = 0.75\n[landscape]\npressure_GPa = 0\n');
  expect(given.energy(u)).toBeCloseTo(uniformEnergy(BST, { held: FREE }).energy(u), 14);
});

test('a material without an effective Hamiltonian is refused, saying which have one', () => {
  const error = problem(() => of('[crystal]\nmaterial = "PTO"\n[landscape]\n'));
  expect([error.tag, error.message]).toEqual(['recipe', expect.stringContaining('PbTiO3, only of (Ba,Sr)TiO3')]);
});

test('strain counts from the paraelectric cell of the composition: no misfit, no strain', () => {
  const crystal = '[crystal]\nba_fraction = 0.8\n[landscape]\n';
  const zero = of(crystal).strain([0, 0, 0]);
  expect(zero[0]).toBeGreaterThan(0.001);
  for (const strain of ['strain = "clamped"', 'strain = "epitaxial"\nmisfit_percent = 0']) {
    of(`${crystal}${strain}\n`)
      .strain([0, 0, 0])
      .forEach((value, l) => void expect(value).toBeCloseTo(zero[l]!, 14));
  }
  const film = of(`${crystal}strain = "epitaxial"\nmisfit_percent = -1\n`).strain([0, 0, 0]);
  expect((1 + film[0]) / (1 + zero[0])).toBeCloseTo(0.99, 12);
  expect(film[2]).toBeGreaterThan(zero[2]);
  // A clamped crystal of more barium is deeper than one of less, too.
  expect(lowest(`${crystal}strain = "clamped"\n`)).toBeLessThan(lowest('[landscape]\nstrain = "clamped"\n'));
});

test('a recipe without [landscape] is refused', () => {
  expect(problem(() => of('')).tag).toBe('recipe');
});

test('every number of the report agrees with its target', () => {
  const checks = landscapeChecks();
  expect(checks).toHaveLength(17);
  for (const { what, value, target, tolerance } of checks) {
    expect(Math.abs(value - target), what).toBeLessThanOrEqual(1.001 * tolerance);
  }
});
