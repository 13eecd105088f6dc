import { expect, test } from 'vitest';
import { hashOf } from '../core/hash.ts';
import { problem } from '../core/test-problem.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { biasField, filmField, layerMeans, tailToTailLayer } from './film.ts';
import { FILM_REFERENCE, FILM_REFERENCE_STEP } from './film-reference.ts';
import { type FilmProfile, filmPlan, filmSeries } from './film-series.ts';

test('a bias divides between film and dead layer as between capacitors in series', () => {
  // No dead layer, or a perfect one: the whole voltage falls across the film.
  expect(biasField(2, 200)).toBe(0.01);
  expect(biasField(2, 200, { thickness_nm: 0, permittivity: 10, film_permittivity: 400 })).toBe(0.01);
  expect(biasField(2, 200, { thickness_nm: 1, permittivity: 1e12, film_permittivity: 400 })).toBeCloseTo(0.01, 10);
  // Of the film's own permittivity it is more film.
  expect(biasField(2, 150, { thickness_nm: 5, permittivity: 400, film_permittivity: 400 })).toBeCloseTo(0.01, 12);
  // A very poor one takes everything.
  expect(biasField(2, 200, { thickness_nm: 1, permittivity: 1, film_permittivity: 1e9 })).toBeLessThan(1e-9);
  // The two voltages add up, and D is the same in both.
  const [d, dead] = [200, { thickness_nm: 2, permittivity: 10, film_permittivity: 450 }] as const;
  const E = biasField(-3, d, dead);
  const inDead = (E * dead.film_permittivity) / dead.permittivity;
  expect(E * d + inDead * 20).toBeCloseTo(-3, 12);
  expect(problem(() => biasField(1, 0)).tag).toBe('range');
  expect(problem(() => biasField(1, 100, { ...dead, permittivity: 0 })).tag).toBe('range');
});

test('surface fields point outward and fall by e over their length; random fields have their width', () => {
  const cells: Vec3 = [20, 20, 30];
  const surface = {
    surface_field_V_per_A: 0.01,
    surface_decay_cells: 3,
    built_in_field_V_per_A: 0,
    random_field_V_per_A: 0,
  };
  const z = layerMeans(filmField(cells, surface, 1), cells, 2);
  expect(z[0]).toBeCloseTo(-0.01, 5);
  expect(z[29]).toBeCloseTo(0.01, 5);
  expect(z[3]! / z[0]!).toBeCloseTo(Math.exp(-1), 3);
  const random = filmField(
    cells,
    { ...surface, surface_field_V_per_A: 0, built_in_field_V_per_A: 0.03, random_field_V_per_A: 0.002 },
    1,
  );
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
  const x = random.filter((_, i) => i % 3 === 0);
  const zs = random.filter((_, i) => i % 3 === 2);
  // Four standard errors of 12 000 draws.
  expect(Math.abs(mean(x))).toBeLessThan(8e-5);
  expect(Math.abs(mean(zs) - 0.03)).toBeLessThan(8e-5);
  expect(Math.abs(Math.sqrt(mean(x.map((v) => v * v))) - 0.002)).toBeLessThan(6e-5);
});

test('where tails meet', () => {
  expect(tailToTailLayer([-3, -1, 1, 3])).toBeCloseTo(1.5, 12);
  expect(tailToTailLayer([-3, -1, 3, 3])).toBeCloseTo(1.25, 12);
  // A fluctuation is not the wall; heads that meet, and a film that points one way, have none.
  expect(tailToTailLayer([-5, 1, -5, -5, 5, 5])).toBeCloseTo(3.5, 12);
  expect(tailToTailLayer([3, 1, -1, -3])).toBeUndefined();
  expect(tailToTailLayer([3, 2, 1])).toBeUndefined();
  expect(tailToTailLayer([-3, -2, -1])).toBeUndefined();
});

const RECIPE = `
[film]
cells = [4, 4, 25]
screening_per_A = 0.3
surface_field_V_per_A = 0.01
dead_layer = { thickness_nm = 2, permittivity = 10, film_permittivity = 450 }
biases_V = [-2, 0, 2]
`;

test('a recipe: other sections keep their hash, defaults, cells that the transform can do', () => {
  expect('film' in parseRecipe('')).toBe(false);
  expect(hashOf(parseRecipe(''))).toBe(hashOf({ ...parseRecipe(''), film: undefined }));
  const plan = filmPlan(parseRecipe(RECIPE));
  expect(plan.biases[2]!.field_V_per_A).toBeCloseTo(0.002, 5);
  expect([plan.equilibrate, plan.average]).toEqual([3000, 5000]);
  expect(problem(() => parseRecipe('[film]\ncells = [8, 8, 22]\nbiases_V = [0]')).tag).toBe('recipe');
  expect(problem(() => filmPlan(parseRecipe(''))).tag).toBe('recipe');
});

test('without bias the film is tail-to-tail, and a bias of ±2 V drives the wall out; as an independent computation has it', async () => {
  const profiles: FilmProfile[] = [];
  for await (const profile of filmSeries(filmPlan(parseRecipe(RECIPE)))) profiles.push(profile);
  const [down, none, up] = profiles as [FilmProfile, FilmProfile, FilmProfile];
  // Down below and up above: tails meet near the middle, 4.9 nm up.
  expect(none.P_z_uC_cm2[0]).toBeLessThan(-12);
  expect(none.P_z_uC_cm2[24]).toBeGreaterThan(12);
  expect(Math.abs(none.tail_to_tail_nm! - 4.93)).toBeLessThan(1.5);
  // Now within a layer or two of the electrode that it was driven to, or gone.
  expect(up.tail_to_tail_nm ?? 0).toBeLessThan(1);
  expect(down.tail_to_tail_nm ?? 9.86).toBeGreaterThan(8.86);
  for (const [i, { P_z_uC_cm2, mean_uC_cm2 }] of FILM_REFERENCE.entries()) {
    const here = profiles[i]!;
    expect(Math.abs(here.mean_uC_cm2 - mean_uC_cm2)).toBeLessThan(5);
    P_z_uC_cm2.forEach((P, n) => {
      expect(Math.abs(here.P_z_uC_cm2[FILM_REFERENCE_STEP * n]! - P)).toBeLessThan(7);
    });
  }
});
