/** What a study says at its end: summary.json and lines for people. */

import { hashOf } from '../core/hash.ts';
import { duration, electrons, fixedLabel, plural, quantity } from '../core/numbers.ts';
import type { ModelScores } from '../network/model-info.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type MapSummary, scoreRows, warningLines } from './map.ts';
import { PROGRAM } from './version.ts';

export interface StudyResult {
  readonly recipe: Recipe;
  readonly library: { readonly patterns: number; readonly passes: number; readonly made: number };
  readonly model: { readonly path: string; readonly kept: boolean; readonly scores: ModelScores };
  /** Of the scan that was given, or of the experiment. */
  readonly map?: { readonly summary: MapSummary; readonly kept: boolean; readonly experiment: boolean } | undefined;
  readonly simulate_s: number;
  readonly train_s: number;
  readonly experiment_s?: number | undefined;
  readonly total_s: number;
}

interface Triple {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

type Scores = MapSummary['scores'];

/** Values along the three axes, where all are scored. */
function triple(scores: Scores, stem: string, value: (s: Scores[number]) => number): Triple | undefined {
  const of = (axis: string) => scores.find(({ name }) => name === `${stem}_${axis}`);
  const [x, y, z] = [of('x'), of('y'), of('z')];
  return x && y && z && { x: value(x), y: value(y), z: value(z) };
}

export function summaryOf({ recipe, library, model, map, ...times }: StudyResult) {
  const scores = map?.summary.scores ?? [];
  const mae = (name: string) => scores.find((one) => one.name === name)?.mae;
  const [tilt_x, tilt_y] = [mae('tilt_x'), mae('tilt_y')];
  const heldOut = (rows: ModelScores['noiseFree']) =>
    Object.fromEntries(rows.map(({ name, mae, correlation }) => [name, { mae, correlation }]));
  return {
    patterns: library.patterns,
    passes: library.passes,
    simulate_s: times.simulate_s,
    train_s: times.train_s,
    experiment_s: times.experiment_s,
    map_s: map && map.summary.map_s + map.summary.calibrate_s,
    total_s: times.total_s,
    mae_pm: triple(scores, 'dTi', (s) => s.mae),
    mae_uC_cm2: triple(scores, 'P', (s) => s.mae),
    mae_tilt_mrad: tilt_x !== undefined && tilt_y !== undefined ? (tilt_x + tilt_y) / 2 : undefined,
    mae_thickness_nm: mae('thickness'),
    correlation: triple(scores, 'P', (s) => s.correlation),
    dose: map?.experiment ? recipe.experiment.dose_e : map?.summary.dose_e,
    seed: recipe.library.seed,
    recipe_hash: hashOf(recipe),
    version: PROGRAM,
    held_out: { noise_free: heldOut(model.scores.noiseFree), dose_1e6: heldOut(model.scores.dose1e6) },
  };
}

/** @param report where the map's report lies */
export function studyLines(result: StudyResult, report: string): string[] {
  const { library, model, map } = result;
  const { mae_pm, mae_tilt_mrad, mae_thickness_nm, dose, held_out } = summaryOf(result);
  const mae = (name: string) => fixedLabel(held_out.noise_free[name]!.mae);
  const done = [
    `${plural(library.patterns, 'pattern')} ${library.made > 0 ? `simulated in ${duration(result.simulate_s)}` : 'were there already'}`,
    model.kept ? 'and so was the model' : `trained in ${duration(result.train_s)}`,
    ...(map
      ? [map.kept ? 'the map was there' : `mapped in ${duration(map.summary.map_s + map.summary.calibrate_s)}`]
      : []),
  ];
  const lines = [
    ...warningLines(map?.summary.warnings ?? []),
    `Done in ${duration(result.total_s)}: ${done.join(', ')}.`,
    `Held-out structures, noise-free: δTi ${mae('dTi_x')} and ${mae('dTi_y')} pm across the beam (${mae('dTi_z')} along it), tilt ${mae('tilt_x')} and ${mae('tilt_y')} mrad, thickness ${mae('thickness')} nm.`,
  ];
  if (!map) return [...lines, `The model: ${model.path}. A map: ferroscope map SCAN --model ${model.path}`];
  if (map.experiment && mae_pm && mae_tilt_mrad !== undefined && mae_thickness_nm !== undefined) {
    lines.push(
      `The experiment at ${electrons(dose!)} per pattern: δTi ${fixedLabel(mae_pm.x)} and ${quantity(mae_pm.y, 'pm')} across the beam (${fixedLabel(mae_pm.z)} along it), tilt ${quantity(mae_tilt_mrad, 'mrad')}, thickness ${quantity(mae_thickness_nm, 'nm')}.`,
    );
  } else lines.push(...scoreRows(map.summary.scores));
  return [...lines, `Look at ${report}`];
}
