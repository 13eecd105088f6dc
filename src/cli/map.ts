/** `ferroscope map SCAN`: a folder with map.zarr, map.csv, map.npz, figures, report.html and summary.json. Without --model the model is chosen (choose-model.ts). */

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { FerroscopeError, fail } from '../core/errors.ts';
import { hashOfArrays } from '../core/hash.ts';
import { correlationLabel, duration, fixedLabel, plural, quantity } from '../core/numbers.ts';
import { issueInWords } from '../core/schema.ts';
import { breathe, type Task } from '../core/task.ts';
import type { ReportSection } from '../figures/report.ts';
import { openModel } from '../network/infer.ts';
import { fileIdentity, readBytes, readJson, refuseExisting, writeFolderWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx, requireOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { calibrationErrorLine } from '../polarization/calibration-error.ts';
import type { MapWarning } from '../polarization/fit.ts';
import { abstentionSchema, calibrationErrorSchema, checkSchema, readMapZarr } from '../polarization/map-files.ts';
import { type MapOptions, type ModelChoice, mapIdentity, mapScan } from '../polarization/map-scan.ts';
import { type AnalysisOptions, analysisOptions } from '../polarization/options.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { scoreMap } from '../polarization/score.ts';
import { truthOfNpz } from '../polarization/truth.ts';
import { beamOf, calibrationIdentity, calibrationSchema, orientationSchema, saidOf } from '../scan/calibration.ts';
import { type ScanOptions, scanOptions } from '../scan/options.ts';
import { ASSUMED, orientationText } from '../scan/orientation.ts';
import { argument, materialOption, numberOption, option, optionList } from './arguments.ts';
import { readCalibration } from './calibration-folder.ts';
import { checked, checkInputsOf, checkLine } from './check-map.ts';
import { type Calibrated, chooseModel } from './choose-model.ts';
import type { CommandLine } from './command-line.ts';
import { type MapFolder, mapFolderFiles, renderMapFolder } from './map-folder.ts';
import { openGivenScan } from './open-scan.ts';
import { PROGRAM } from './version.ts';

/** JSON has no NaN: a correlation with what does not vary is written as null. */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
/** summary.json of a map folder, as the program needs it again. */
const summarySchema = z.object({
  identity: z.string(),
  /** Hash of what it was scored against. */
  truth: z.string().optional(),
  patterns: z.number(),
  calibrate_s: z.number(),
  map_s: z.number(),
  dose_e: z.number(),
  /** Positions out of the model's domain, and components that the map does not measure. */
  outside: z.number(),
  /** Positions of each kind (scan/positions.ts). */
  positions: z.record(z.string(), z.number()),
  abstained: z.array(abstentionSchema),
  calibration_error: z.array(calibrationErrorSchema).optional(),
  check: checkSchema.optional(),
  rotation_deg: z.number(),
  /** Absent in maps of version 0.1.0. */
  orientation: orientationSchema.optional(),
  px_mrad: z.number(),
  warnings: z.array(z.object({ level: z.enum(['wrong', 'care']), text: z.string() })),
  scores: z.array(
    z.object({
      name: z.string(),
      unit: z.string(),
      count: z.number(),
      mae: number,
      rmse: number,
      bias: number,
      correlation: number,
      truth_sd: number,
      pull_rms: number.optional(),
      covered_68: number.optional(),
      covered_95: number.optional(),
    }),
  ),
});
export type MapSummary = z.output<typeof summarySchema>;

/** What a map is scored against. */
export interface Truth {
  /** Hash of its contents. */
  readonly id: string;
  readonly read: (step_nm: number | undefined) => Promise<PolarizationMap>;
}

export interface MapRequest {
  /** [analysis] of a recipe. */
  readonly analysis?: AnalysisOptions | undefined;
  readonly scan: string;
  /** What is known of the scan beside its file; images are relative to `folder`. */
  readonly known: ScanOptions;
  readonly folder: string;
  readonly model: string;
  readonly out: string;
  readonly title: string;
  /** What the scan is said to be of; the model must be of the same. */
  readonly material?: string | undefined;
  readonly truth?: Truth | undefined;
  readonly dataset?: string | undefined;
  readonly voltage_kV?: number | undefined;
  readonly choice?: ModelChoice | undefined;
  /** File of a calibration of this scan, in place of a new one. */
  readonly calibration?: string | undefined;
  /** What calibrating this scan, with what is known of it here, gave when the model was chosen: not done twice. */
  readonly calibrated?: Calibrated | undefined;
  /** Simulate the predicted states and compare. Default false. */
  readonly check?: boolean;
  readonly extra?: readonly ReportSection[];
  /** Leave a map that is there already, of the same identity and scored against the same truth. Default false. */
  readonly keep?: boolean;
}

/** Maps a scan and writes the folder whole. */
export async function mapToFolder(request: MapRequest, task: Task): Promise<MapSummary & { readonly kept: boolean }> {
  requireOnnx();
  const { scan, known, folder } = request;
  const model = openModel(await readBytes(request.model), nodeOnnx);
  const inputs = request.check ? checkInputsOf(model.info) : undefined;
  const { source, given } = await openGivenScan(scan, known, folder, request.dataset, request.voltage_kV);
  try {
    const { batch } = request.analysis ?? analysisOptions.parse({});
    const origin = { scan: await fileIdentity(scan), ...given };
    const own = saidOf({ ...known, dataset: request.dataset, given_voltage_kV: request.voltage_kV });
    const asked = calibrationIdentity(origin, { ...beamOf(model.info.detector), ...own }, PROGRAM);
    const options: MapOptions = {
      program: PROGRAM,
      host: nodeWorkers,
      runtime: nodeOnnx,
      scan: origin.scan,
      model: await fileIdentity(request.model),
      given,
      batch,
      ...own,
      calibration:
        request.calibration === undefined
          ? request.calibrated && { ...request.calibrated.calibration, identity: asked }
          : await readCalibration(request.calibration, asked),
      material: request.material,
      check: request.check,
      choice: request.choice,
    };
    const kept = request.keep ? await keptSummary(request.out) : undefined;
    const { id } = mapIdentity(model.info, options);
    if (kept?.identity === id && kept.truth === request.truth?.id) return { ...kept, kept: true };
    const mapped = await mapScan(source, model, options, task);
    const result = inputs ? await checked(source, mapped, inputs, task) : mapped;
    const truth = await request.truth?.read(result.map.step_nm);
    const made: MapFolder = { ...result, model: model.info, truth };
    const summary: MapSummary = {
      identity: id,
      truth: request.truth?.id,
      patterns: source.shape[0] * source.shape[1],
      calibrate_s: result.calibrate_s + (request.calibrated?.seconds ?? 0),
      map_s: result.map_s,
      dose_e: result.calibration.dose_e,
      outside: result.outside,
      positions: { ...result.positions },
      abstained: [...result.abstained],
      calibration_error: [...(result.map.meta.calibration_error ?? [])],
      check: result.map.meta.check && checkSchema.parse(result.map.meta.check),
      rotation_deg: result.calibration.rotation_deg,
      orientation: result.calibration.orientation,
      px_mrad: result.calibration.px_mrad,
      warnings: [...(result.map.meta.warnings ?? [])],
      scores: truth ? scoreMap(result.map, truth) : [],
    };
    const files = await mapFolderFiles(made);
    const texts = await renderMapFolder(made, request.title, request.extra, task);
    texts.set('summary.json', `${JSON.stringify(summary, null, 2)}\n`);
    for (const [name, text] of texts) files.set(name, new TextEncoder().encode(text));
    await breathe(task);
    await writeFolderWhole(request.out, files);
    return { ...summary, kept: false };
  } finally {
    source.close();
    await model.close();
  }
}

/** What the map folder at a path says of itself; undefined where there is none that is whole. */
async function keptSummary(out: string): Promise<MapSummary | undefined> {
  if (!['map.zarr', 'report.html', 'summary.json'].every((name) => existsSync(join(out, name)))) return undefined;
  try {
    return await readJson(join(out, 'summary.json'), summarySchema, '');
  } catch (error) {
    if (error instanceof FerroscopeError && error.tag === 'format') return undefined;
    throw error;
  }
}

/** [scan] from the command's options. @throws 'usage' */
export function knownOf(line: CommandLine): ScanOptions {
  const number = (name: string) => {
    const text = option(line, name);
    return text === undefined ? undefined : text.trim() === '' ? Number.NaN : Number(text);
  };
  const numbers = (name: string) =>
    option(line, name)
      ?.split(/[,x×]/)
      .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const result = scanOptions.safeParse({
    rotation_deg: number('rotation'),
    hot_sigma: number('hotSigma'),
    counts_per_electron: number('countsPerElectron'),
    pixel_mrad: number('pixel'),
    centre_px: numbers('centre'),
    step_nm: number('step'),
    vacuum: option(line, 'vacuum'),
    dark: option(line, 'dark'),
    gain: option(line, 'gain'),
    mask: option(line, 'mask'),
    flip: optionList(line, 'flip'),
    row_order: option(line, 'rowOrder'),
    roll: number('roll'),
    order: option(line, 'order')
      ?.split(',')
      .map((part) => part.trim()),
    scan_shape: numbers('scanShape'),
  });
  if (result.success) return result.data;
  const { place, message } = issueInWords(result.error.issues[0]!);
  fail(
    'usage',
    `--${place
      .replace(/\.\d+$/, '')
      .replace(/_(deg|mrad|px|nm)$/, '')
      .replaceAll('_', '-')}: ${message}.`,
    'See --help.',
  );
}

/** The truth that a map is scored against: a map of ours, or an archive of arrays. @throws as their readers */
export async function truthOf(path: string): Promise<Truth> {
  if (path.endsWith('.zarr')) return truthOfMap(await readMapZarr(folderStore(path)));
  const bytes = await readBytes(path);
  return { id: hashOfArrays(bytes), read: async (step_nm) => truthOfNpz(bytes, path, step_nm) };
}

export function truthOfMap(map: PolarizationMap): Truth {
  return { id: hashOfArrays(...map.channels.map(({ values }) => values)), read: async () => map };
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
  requireOnnx();
  const truth = option(line, 'truth');
  const given = {
    scan,
    known: knownOf(line),
    folder: '.',
    dataset: option(line, 'dataset'),
    voltage_kV: numberOption(line, 'voltage', 'kV', 20, 1500),
    material: materialOption(line),
  };
  const calibration = option(line, 'calibration');
  const measured = ['rotation', 'pixel', 'centre', 'hotSigma'].find((name) => option(line, name) !== undefined);
  if (calibration !== undefined && measured !== undefined) {
    fail(
      'usage',
      `--${measured === 'hotSigma' ? 'hot-sigma' : measured} is part of a calibration, and --calibration gives a whole one.`,
      'Give it to ferroscope calibrate, or leave out --calibration.',
    );
  }
  const named = option(line, 'model');
  if (named !== undefined && optionList(line, 'models').length > 0) {
    fail('usage', '--models says where to look for a model, and --model names one.', 'Leave one of them out.');
  }
  const chosen =
    named === undefined
      ? await chooseModel(
          {
            ...given,
            calibration: calibration === undefined ? undefined : await readJson(calibration, calibrationSchema, ''),
          },
          optionList(line, 'models'),
          line.console.task,
        )
      : undefined;
  if (chosen) line.console.note(`Model: ${chosen.choice.why}`);
  const { kept: _, ...summary } = await mapToFolder(
    {
      ...given,
      model: chosen?.path ?? named!,
      choice: chosen?.choice,
      calibration,
      calibrated: chosen?.calibrated,
      check: line.options.check === true,
      out,
      title: `Polarization map of ${basename(scan)}`,
      truth: truth === undefined ? undefined : await truthOf(truth),
    },
    line.console.task,
  );
  const lines = [
    ...(summary.orientation ? [orientationText(summary.orientation)] : []),
    ...warningLines(summary.warnings.filter(({ text }) => !text.startsWith(ASSUMED))),
    `${plural(summary.patterns, 'position')} mapped in ${duration(summary.map_s)} (calibration ${duration(summary.calibrate_s)}), ${summary.outside} of them out of the model's domain; ${out}/report.html`,
    ...[calibrationErrorLine(summary.calibration_error ?? [])].filter((text) => text !== undefined),
    ...(summary.check ? [checkLine(summary.check)] : []),
    ...scoreRows(summary.scores),
  ];
  line.console.result(lines, { out, model: chosen?.path ?? named, model_choice: chosen?.choice.why, ...summary });
}

/** A map against its truth, a line for each channel. */
export function scoreRows(scores: MapSummary['scores']): string[] {
  return scores.map(
    (s) =>
      `  ${s.name.padEnd(10)} MAE ${quantity(s.mae, s.unit)}, RMSE ${fixedLabel(s.rmse)} (mean only ${fixedLabel(s.truth_sd)}), ${correlationLabel(s.correlation)}, bias ${fixedLabel(s.bias)}`,
  );
}
