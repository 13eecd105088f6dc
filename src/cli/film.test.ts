import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readNpz } from '../core/npy.ts';
import { filmIdentity } from '../ferroelectric/film-series.ts';
import { BARIUM_STRONTIUM_TITANATE } from '../ferroelectric/parameters.ts';
import { polarizationPerMode } from '../ferroelectric/uniform.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { Console } from './console.ts';
import { runFilm } from './film.ts';
import { PROGRAM } from './version.ts';

const RECIPE = `
[film]
cells = [2, 3, 25]
biases_V = [-20, 20]
surface_field_V_per_A = 0.01
equilibrate_ps = 0.4
average_ps = 0.2
`;

test('writes profiles, modes, figure and report of every bias', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'film-'));
  try {
    const out = join(folder, 'out');
    const line = { positional: [], options: { out }, console: new Console(true, new AbortController().signal) };
    await runFilm(line, parseRecipe(RECIPE));
    expect((await readdir(out)).toSorted()).toEqual([
      'figures',
      'film.json',
      'modes_-20V.npz',
      'modes_20V.npz',
      'profiles.csv',
      'report.html',
    ]);
    const [head, ...rows] = (await readFile(join(out, 'profiles.csv'), 'utf8')).trim().split('\n');
    expect(head).toBe('bias_V,field_V_per_A,layer,height_nm,P_z_uC_cm2');
    expect(rows.length).toBe(50);
    // No dead layer: the whole of 20 V falls across 25 cells. It points up; the other bias down.
    const last = rows.at(-1)!.split(',').map(Number);
    expect(last.slice(0, 1).concat(last.slice(2, 3))).toEqual([20, 24]);
    expect(last[1]).toBeCloseTo(20 / (25 * BARIUM_STRONTIUM_TITANATE.a0_A), 5);
    expect(last[4]).toBeGreaterThan(10);
    expect(Number(rows[0]!.split(',')[4])).toBeLessThan(-10);

    const { mean_u_A, a_sites } = readNpz(new Uint8Array(await readFile(join(out, 'modes_20V.npz'))));
    expect(mean_u_A!.shape).toEqual([25, 3, 2, 3]);
    expect(a_sites!.shape).toEqual([25, 3, 2]);
    const top = mean_u_A!.data.slice(-18) as Float64Array;
    const u_z = (top[2]! + top[5]! + top[8]! + top[11]! + top[14]! + top[17]!) / 6;
    expect(u_z * polarizationPerMode(BARIUM_STRONTIUM_TITANATE)).toBeCloseTo(last[4]!, 2);

    const figure = await readFile(join(out, 'figures', 'film-profile.svg'), 'utf8');
    expect(figure).toContain('phenomenological</text>');
    expect(figure).toContain('−20 V');
    const report = await readFile(join(out, 'report.html'), 'utf8');
    const data = JSON.parse(await readFile(join(out, 'film.json'), 'utf8'));
    expect(report).toContain(data.identity.id);
    expect(data.profiles[1].P_z_uC_cm2[24]).toBeCloseTo(last[4]!, 2);
    // What is embedded is the same film: so is one whose recipe differs in what films do not heed, and another seed is not.
    const idOf = (text: string) => filmIdentity(parseRecipe(text), PROGRAM).id;
    expect(idOf(data.recipe_toml)).toBe(data.identity.id);
    expect(idOf(`[crystal]\na_A = 4\n[library]\nseed = 5\n${RECIPE}`)).toBe(data.identity.id);
    expect(idOf(`${RECIPE}seed = 2\n`)).not.toBe(data.identity.id);
    expect(data.recipe_toml).not.toMatch(/\[(library|training|structures)\]/);
    expect(report).toContain('phenomenological');
    // A row of the independent computation.
    expect(report).toMatch(/−20\.7.*−16\.1.*−8\.5.*−0\.8.*6\.6.*13\.4.*17\.9.*−1\.2/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
