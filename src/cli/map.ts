/** `ferroscope map SCAN --model M`: a folder with map.zarr, map.csv, figures, report.html and summary.json. */

import { basename } from 'node:path';
import { refuseExisting, writeFolderWhole } from '../core/files.ts';
import { duration, fixedLabel, plural, quantity } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import type { ReportSection } from '../figures/report.ts';
import { openModel } from '../network/infer.ts';
import { mapScan } from '../polarization/map-scan.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { type ChannelScore, scoreMap } from '../polarization/score.ts';
import { readTruth } from '../polarization/truth.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { openScan } from '../scan/open.ts';
import { argument, option } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { type MapFolder, mapFolderFiles, renderMapFolder } from './map-folder.ts';
import { PROGRAM } from './version.ts';

export interface MapSummary {
  readonly patterns: number;
  readonly calibrate_s: number;
  readonly map_s: number;
  readonly dose_e: number;
  readonly rotation_deg: number;
  readonly px_mrad: number;
  readonly scores: readonly ChannelScore[];
}

export interface MapRequest {
  readonly scan: string;
  readonly model: string;
  readonly out: string;
  readonly title: string;
  readonly truth?: ((step_nm: number) => Promise<PolarizationMap>) | undefined;
  readonly dataset?: string | undefined;
  readonly extra?: readonly ReportSection[];
}

/** Maps a scan and writes the folder whole. */
export async function mapToFolder(request: MapRequest, task: Task): Promise<MapSummary> {
  const model = await openModel(request.model);
  const recipe = parseRecipe(model.info.recipe, 'the model’s recipe');
  const source = await openScan(request.scan, request.dataset);
  try {
    const result = await mapScan(
      source,
      model,
      {
        version: PROGRAM,
        source: basename(request.scan),
        batch: recipe.analysis.batch,
        rotation_deg: recipe.scan.rotation_deg,
        hot_sigma: recipe.scan.hot_sigma,
      },
      task,
    );
    const truth = await request.truth?.(result.map.step_nm);
    const folder: MapFolder = { ...result, model: model.info, truth };
    const scores = truth ? scoreMap(result.map, truth) : [];
    const summary: MapSummary = {
      patterns: source.shape[0] * source.shape[1],
      calibrate_s: result.calibrate_s,
      map_s: result.map_s,
      dose_e: result.calibration.dose_e,
      rotation_deg: result.calibration.rotation_deg,
      px_mrad: result.calibration.px_mrad,
      scores,
    };
    const files = mapFolderFiles(folder);
    const texts = new Map(renderMapFolder(folder, request.title, request.extra));
    texts.set('summary.json', `${JSON.stringify(summary, null, 2)}\n`);
    for (const [name, text] of texts) files.set(name, new TextEncoder().encode(text));
    await writeFolderWhole(request.out, files);
    return summary;
  } finally {
    source.close();
    await model.close();
  }
}

export async function runMap(line: CommandLine): Promise<void> {
  const scan = argument(line, 0);
  const out = option(line, 'out') ?? `${basename(scan).replace(/\.[^.]+$/, '')}-map`;
  refuseExisting(out, line.options.overwrite === true);
  const truth = option(line, 'truth');
  const summary = await mapToFolder(
    {
      scan,
      model: option(line, 'model')!,
      out,
      title: `Polarization map of ${basename(scan)}`,
      truth: truth === undefined ? undefined : (step_nm) => readTruth(truth, step_nm),
      dataset: option(line, 'dataset'),
    },
    line.console.task,
  );
  const lines = [
    `${plural(summary.patterns, 'position')} mapped in ${duration(summary.map_s)} (calibration ${duration(summary.calibrate_s)}); ${out}/report.html`,
    ...summary.scores.map(
      (s) =>
        `  ${s.name.padEnd(10)} MAE ${quantity(s.mae, s.unit)}, RMSE ${fixedLabel(s.rmse)} (mean only ${fixedLabel(s.truth_sd)}), r ${fixedLabel(s.correlation)}, bias ${fixedLabel(s.bias)}`,
    ),
  ];
  line.console.result(lines, { out, ...summary });
}
