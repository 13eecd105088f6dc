/** `ferroscope structures RECIPE` with a [film]: P_z against height under each bias as CSV and JSON, the soft modes of each as NPZ, figure and report. */

import { join } from 'node:path';
import { writeNpz } from '../core/npy.ts';
import { plural, quantity, setting } from '../core/numbers.ts';
import { cellCount } from '../crystal/structure.ts';
import { type FilmPlan, type FilmProfile, filmIdentity, filmPlan, filmSeries } from '../ferroelectric/film-series.ts';
import { renderFilm } from '../figures/film-report.ts';
import { refuseExisting, writeFolderWhole } from '../node/files.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipeToToml } from '../recipe/recipe.ts';
import { option } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { requireResources } from './resources.ts';
import { PROGRAM } from './version.ts';

/** @param recipe with a [film] */
export async function runFilm(line: CommandLine, recipe: Recipe): Promise<void> {
  const out = option(line, 'out') ?? 'film';
  refuseExisting(out, line.options.overwrite === true);
  const plan = filmPlan(recipe);
  // The soft modes of each bias, twice: now, and as files.
  const bytes = 2 * 24 * cellCount(plan.system.cells) * plan.biases.length;
  await requireResources(
    {
      what: `A film of ${plan.system.cells.join(' × ')} cells under ${plural(plan.biases.length, 'bias', 'biases')}`,
      memory_bytes: 2 * bytes,
      disk_bytes: bytes,
      hint: 'lower film.cells, or list fewer biases_V.',
    },
    out,
  );
  const profiles: FilmProfile[] = [];
  for await (const profile of filmSeries(plan, line.console.task)) profiles.push(profile);
  const identity = filmIdentity(recipe, PROGRAM);
  const recipe_toml = recipeToToml(recipe, ['crystal', 'film']);
  const texts = renderFilm({
    plan,
    profiles,
    average_ps: recipe.film!.average_ps,
    recipe_toml,
    identity: identity.id,
    seed: plan.seed,
    version: PROGRAM,
  });
  texts.set('profiles.csv', profilesCsv(plan, profiles));
  const numbers = profiles.map(({ bias_V, field_V_per_A, P_z_uC_cm2, mean_uC_cm2, tail_to_tail_nm }) => ({
    bias_V,
    field_V_per_A,
    P_z_uC_cm2: [...P_z_uC_cm2],
    mean_uC_cm2,
    tail_to_tail_nm: tail_to_tail_nm ?? null,
  }));
  const material = plan.system.parameters.name;
  const data = { kind: 'ferroscope-film/1', identity, recipe_toml, material, seed: plan.seed, profiles: numbers };
  texts.set('film.json', `${JSON.stringify(data, null, 1)}\n`);
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>([...texts].map(([name, text]) => [name, encoder.encode(text)]));
  for (const profile of profiles) files.set(`modes_${profile.bias_V}V.npz`, modesNpz(plan, profile));
  await writeFolderWhole(out, files);

  line.console.result(
    [
      ...profiles.map(
        ({ bias_V, mean_uC_cm2, tail_to_tail_nm }) =>
          `${setting(bias_V, 'V')}: mean P_z ${quantity(mean_uC_cm2, 'uC/cm2')}, ${tail_to_tail_nm === undefined ? 'no tail-to-tail state' : `tails meet at ${quantity(tail_to_tail_nm, 'nm')}`}.`,
      ),
      'Screened, phenomenological: a texture with a known truth, not a prediction.',
      `Look at ${join(out, 'report.html')}`,
    ],
    {
      out,
      files: [...files.keys()],
      profiles: numbers,
      identity: identity.id,
    },
  );
}

function profilesCsv({ system }: FilmPlan, profiles: readonly FilmProfile[]): string {
  const rows = profiles.flatMap(({ bias_V, field_V_per_A, P_z_uC_cm2 }) =>
    Array.from(P_z_uC_cm2, (P, k) =>
      [
        bias_V,
        field_V_per_A.toPrecision(6),
        k,
        ((k + 0.5) * (system.parameters.a0_A / 10)).toFixed(4),
        P.toFixed(3),
      ].join(','),
    ),
  );
  return `bias_V,field_V_per_A,layer,height_nm,P_z_uC_cm2\n${rows.join('\n')}\n`;
}

/** Soft modes [Å], [nz][ny][nx][3], as a mean over the averaging time and at its end; A sites [nz][ny][nx], +1 Ba, −1 Sr. */
function modesNpz({ system }: FilmPlan, { mean_u_A, last_u_A, bias_V, field_V_per_A }: FilmProfile): Uint8Array {
  const [nx, ny, nz] = system.cells;
  const shape = [nz, ny, nx];
  return writeNpz({
    mean_u_A: { data: mean_u_A, shape: [...shape, 3] },
    last_u_A: { data: last_u_A, shape: [...shape, 3] },
    a_sites: { data: system.aSites!, shape },
    bias_V: { data: Float64Array.of(bias_V), shape: [1] },
    field_V_per_A: { data: Float64Array.of(field_V_per_A), shape: [1] },
  });
}
