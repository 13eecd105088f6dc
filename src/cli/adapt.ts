/** `ferroscope adapt MODEL SCAN --library LIB`: a model adapted to the instrument of a scan, or a reason why not. */

import { fail } from '../core/errors.ts';
import { duration, fixedLabel, measured, plural } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { pixelSide_mrad } from '../diffraction/detector.ts';
import { adaptationReport, instrumentLines } from '../figures/adaptation-report.ts';
import { openLibrary } from '../library/store.ts';
import { type AdaptResult, adaptModel } from '../network/adapt.ts';
import { fittedSum } from '../network/camera-fit-info.ts';
import { openModel } from '../network/infer.ts';
import { scopeOf } from '../network/model-scope.ts';
import { fileIdentity, readBytes, refuseExisting, writeFolderWhole, writeWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx, requireOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { calibratedPatterns } from '../scan/calibrated.ts';
import { beamOf, calibrationIdentity, saidOf } from '../scan/calibration.ts';
import type { ScanOptions } from '../scan/options.ts';
import { argument, materialOption, numberOption, option } from './arguments.ts';
import { calibrateFor } from './calibrate-scan.ts';
import type { CommandLine } from './command-line.ts';
import { knownOf } from './map.ts';
import { openGivenScan } from './open-scan.ts';
import { PROGRAM } from './version.ts';

export interface AdaptFilesRequest {
  readonly model: string;
  readonly scan: string;
  readonly library: string;
  readonly known: ScanOptions;
  readonly dataset?: string | undefined;
  readonly voltage_kV?: number | undefined;
  /** What the scan is said to be of; the model must be of the same. */
  readonly material?: string | undefined;
  /** Takes remarks on the scan. */
  readonly note: (text: string) => void;
  readonly steps: number;
  readonly learning_rate: number;
}

/** @throws 'model-mismatch' for a model of another microscope or crystal; as `calibrate`, `openLibrary` and `adaptModel` */
export async function adaptFiles(request: AdaptFilesRequest, task: Task): Promise<AdaptResult> {
  requireOnnx();
  const { known, steps, learning_rate, material } = request;
  const bytes = await readBytes(request.model);
  const { info } = openModel(bytes, nodeOnnx);
  const { detector } = info;
  const library = await openLibrary(folderStore(request.library), task);
  const { source, given } = await openGivenScan(request.scan, known, '.', request.dataset, request.voltage_kV);
  try {
    const calibration = await calibrateFor(scopeOf(info), source, known, material, request.note, task);
    const files = { scan: await fileIdentity(request.scan), ...given };
    const identity = calibrationIdentity(
      files,
      {
        ...beamOf(detector),
        ...saidOf({ ...known, dataset: request.dataset, given_voltage_kV: request.voltage_kV }),
      },
      PROGRAM,
    );
    return await adaptModel(
      {
        bytes,
        file: await fileIdentity(request.model),
        library,
        scan: { identity, ...calibratedPatterns(source, calibration, detector) },
        dose_e: calibration.dose_e,
        steps,
        learning_rate,
        program: PROGRAM,
        host: nodeWorkers,
        runtime: nodeOnnx,
      },
      task,
    );
  } finally {
    source.close();
  }
}

export async function runAdapt(line: CommandLine): Promise<void> {
  const model = argument(line, 0);
  const scan = argument(line, 1);
  const out = option(line, 'out') ?? `${model.replace(/\.onnx$/, '')}-adapted.onnx`;
  const folder = `${out.replace(/\.onnx$/, '')}-report`;
  for (const path of [out, folder]) refuseExisting(path, line.options.overwrite === true);
  const start = performance.now();
  const remarks: string[] = [];
  const request = {
    model,
    scan,
    library: option(line, 'library')!,
    known: knownOf(line),
    dataset: option(line, 'dataset'),
    voltage_kV: numberOption(line, 'voltage', 'kV', 20, 1500),
    material: materialOption(line),
    note: (text: string) => {
      line.console.note(text);
      remarks.push(text.replace(/^take care: /, ''));
    },
    steps: trainingNumber(line, 'steps', (n) => Number.isInteger(n) && n >= 1, 'a whole number, 1 or more'),
    learning_rate: trainingNumber(line, 'learningRate', (n) => n > 0 && n <= 1, 'a number above 0, 1 at most'),
  };
  const result = await adaptFiles(request, line.console.task);
  const { adapted, reasons, consistency, fitted: found, adaptation } = result;
  const { fit } = found;
  const lines = instrumentLines({ ...fit, value: (name) => fittedSum(fit, name) });
  const { info } = openModel(result.model, nodeOnnx);
  const report = adaptationReport({
    title: `Adaptation of ${model} to ${scan}`,
    adapted,
    reasons,
    measures: consistency,
    parameters: fit.parameters.map((one) => ({ ...one, at_bound: fit.at_bound.includes(one.name) })),
    warnings: remarks.map((text) => ({ level: 'care', text })),
    summary: lines.map((text) => `${text.replaceAll(/ {2,}/g, ': ')}.`),
    mean: found.mean,
    model: found.model,
    pixel_mrad: pixelSide_mrad(info.detector),
    recipe_toml: info.recipe,
    identity: info.identity.id,
    version: PROGRAM,
  });
  const use = adapted ? out : model;
  const json = { adapted, use, reasons, warnings: remarks, consistency, adaptation };
  report.set('adaptation.json', `${JSON.stringify(json, null, 2)}\n`);
  await writeFolderWhole(folder, new Map([...report].map(([name, text]) => [name, new TextEncoder().encode(text)])));
  if (adapted) await writeWhole(out, result.model);
  const bounds = fit.at_bound.filter((name) => !name.startsWith('background_'));
  line.console.result(
    [
      adapted
        ? `ADAPTED: ${out}; ${reasons.join('; ')}.`
        : `NOT ADAPTED: ${reasons.join('; ')}. Use ${model} as it is; ${out} was not written.`,
      ...consistency.map(
        (one) =>
          `  ${one.name.padEnd(15)} ${fixedLabel(one.before)} → ${fixedLabel(one.after)} (${measured(one.after - one.before, one.error, '')}), ${one.verdict}`,
      ),
      `The instrument, from ${plural(fit.patterns, 'pattern')} and ${plural(fit.library_patterns, 'library pattern')}:`,
      ...lines.map((text) => `  ${text}`),
      ...(bounds.length > 0 ? [`  at the end of what it may be: ${bounds.join(', ')}`] : []),
      `${plural(adaptation.steps, 'step')} of ${request.steps} kept, ${duration((performance.now() - start) / 1e3)}; ${folder}/report.html`,
    ],
    json,
  );
}

function trainingNumber(line: CommandLine, name: string, fits: (n: number) => boolean, what: string): number {
  const text = option(line, name)!;
  const value = Number(text);
  if (text.trim() !== '' && fits(value)) return value;
  const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return fail('usage', `--${flag} ${text} is not ${what}.`, 'See ferroscope adapt --help.');
}
