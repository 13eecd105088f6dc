/** `ferroscope map SCAN --model M`: a folder with map.zarr, map.csv, map.npz, figures, report.html and summary.json. */

import { basename } from 'node:path';
import { fail } from '../core/errors.ts';
import { duration, fixedLabel, plural, quantity } from '../core/numbers.ts';
import { breathe, type Task } from '../core/task.ts';
import type { ReportSection } from '../figures/report.ts';
import { openModel } from '../network/infer.ts';
import { fileIdentity, readBytes, refuseExisting, writeFolderWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx, requireOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import type { MapWarning } from '../polarization/fit.ts';
import { readMapZarr } from '../polarization/map-files.ts';
import { mapScan } from '../polarization/map-scan.ts';
import { analysisOptions } from '../polarization/options.ts';
import type { Abstention, PolarizationMap } from '../polarization/polarization-map.ts';
import { type ChannelScore, scoreMap } from '../polarization/score.ts';
import { truthOfNpz } from '../polarization/truth.ts';
import { type ScanOptions, scanOptions } from '../scan/options.ts';
import { argument, option, optionList } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { type MapFolder, mapFolderFiles, renderMapFolder } from './map-folder.ts';
import { openGivenScan } from './open-scan.ts';
import { PROGRAM } from './version.ts';

export interface MapSummary {
  readonly identity: string;
  readonly patterns: number;
  readonly calibrate_s: number;
  readonly map_s: number;
  readonly dose_e: number;
  /** Positions out of the model's domain, and components that the map does not measure. */
  readonly outside: number;
  readonly abstained: readonly Abstention[];
  readonly rotation_deg: number;
  readonly px_mrad: number;
  readonly warnings: readonly MapWarning[];
  readonly scores: readonly ChannelScore[];
}

export interface MapRequest {
  readonly scan: string;
  /** What is known of the scan beside its file; images are relative to `folder`. */
  readonly known: ScanOptions;
  readonly folder: string;
  readonly model: string;
  readonly out: string;
  readonly title: string;
  readonly truth?: ((step_nm: number) => Promise<PolarizationMap>) | undefined;
  readonly dataset?: string | undefined;
  readonly extra?: readonly ReportSection[];
}

/** Maps a scan and writes the folder whole. */
export async function mapToFolder(request: MapRequest, task: Task): Promise<MapSummary> {
  requireOnnx();
  const { scan, known, folder } = request;
  const model = openModel(await readBytes(request.model), nodeOnnx);
  const { source, given } = await openGivenScan(scan, known, folder, request.dataset);
  try {
    const { batch } = analysisOptions.parse({});
    const { rotation_deg, hot_sigma, flip } = known;
    const result = await mapScan(
      source,
      model,
      {
        program: PROGRAM,
        host: nodeWorkers,
        runtime: nodeOnnx,
        scan: await fileIdentity(scan),
        model: await fileIdentity(request.model),
        given,
        batch,
        rotation_deg,
        hot_sigma,
        flip,
      },
      task,
    );
    const truth = await request.truth?.(result.map.step_nm);
    const made: MapFolder = { ...result, model: model.info, truth };
    const warnings = result.map.meta.warnings ?? [];
    const summary: MapSummary = {
      identity: result.map.meta.identity!.id,
      patterns: source.shape[0] * source.shape[1],
      calibrate_s: result.calibrate_s,
      map_s: result.map_s,
      dose_e: result.calibration.dose_e,
      outside: result.outside,
      abstained: result.abstained,
      rotation_deg: result.calibration.rotation_deg,
      px_mrad: result.calibration.px_mrad,
      warnings,
      scores: truth ? scoreMap(result.map, truth) : [],
    };
    const files = await mapFolderFiles(made);
    const texts = await renderMapFolder(made, request.title, request.extra, task);
    texts.set('summary.json', `${JSON.stringify(summary, null, 2)}\n`);
    for (const [name, text] of texts) files.set(name, new TextEncoder().encode(text));
    await breathe(task);
    await writeFolderWhole(request.out, files);
    return summary;
  } finally {
    source.close();
    await model.close();
  }
}

/** [scan] from the command's options. @throws 'usage' */
function knownOf(line: CommandLine): ScanOptions {
  const number = (name: string) => {
    const text = option(line, name);
    return text === undefined ? undefined : text.trim() === '' ? Number.NaN : Number(text);
  };
  const result = scanOptions.safeParse({
    rotation_deg: number('rotation'),
    hot_sigma: number('hotSigma'),
    dark: option(line, 'dark'),
    gain: option(line, 'gain'),
    mask: option(line, 'mask'),
    flip: optionList(line, 'flip'),
  });
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  fail(
    'usage',
    `--${String(path[0]).replace('_deg', '').replace('_', '-')}: ${message}.`,
    'See ferroscope map --help.',
  );
}

/** The truth that a map is scored against: a map of ours, or an archive of arrays. */
function truthReader(path: string): (step_nm: number) => Promise<PolarizationMap> {
  if (path.endsWith('.zarr')) return () => readMapZarr(folderStore(path));
  return async (step_nm) => truthOfNpz(await readBytes(path), path, step_nm);
}

/** What the map's first lines say before its numbers. */
export function warningLines(warnings: readonly MapWarning[]): string[] {
  const mark = { wrong: 'DO NOT TRUST THIS MAP: ', care: 'take care: ' };
  return warnings
    .toSorted((a, b) => (a.level === b.level ? 0 : a.level === 'wrong' ? -1 : 1))
    .map(({ level, text }) => mark[level] + text);
}

export async function runMap(line: CommandLine): Promise<void> {
  const scan = argument(line, 0);
  const out = option(line, 'out') ?? `${basename(scan).replace(/\.[^.]+$/, '')}-map`;
  refuseExisting(out, line.options.overwrite === true);
  const truth = option(line, 'truth');
  const summary = await mapToFolder(
    {
      scan,
      known: knownOf(line),
      folder: '.',
      model: option(line, 'model')!,
      out,
      title: `Polarization map of ${basename(scan)}`,
      truth: truth === undefined ? undefined : truthReader(truth),
      dataset: option(line, 'dataset'),
    },
    line.console.task,
  );
  const lines = [
    ...warningLines(summary.warnings),
    `${plural(summary.patterns, 'position')} mapped in ${duration(summary.map_s)} (calibration ${duration(summary.calibrate_s)}), ${summary.outside} of them out of the model's domain; ${out}/report.html`,
    ...summary.scores.map(
      (s) =>
        `  ${s.name.padEnd(10)} MAE ${quantity(s.mae, s.unit)}, RMSE ${fixedLabel(s.rmse)} (mean only ${fixedLabel(s.truth_sd)}), r ${fixedLabel(s.correlation)}, bias ${fixedLabel(s.bias)}`,
    ),
  ];
  line.console.result(lines, { out, ...summary });
}
