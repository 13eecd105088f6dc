/** `ferroscope calibrate SCAN`: the calibration alone, to look at and to map with; crystal and microscope from a model, a recipe or by hand. */

import { basename, dirname, resolve } from 'node:path';
import { fail } from '../core/errors.ts';
import { checkAborted } from '../core/task.ts';
import { openModel } from '../network/infer.ts';
import { type ModelScope, scopeOf } from '../network/model-scope.ts';
import { fileIdentity, readBytes, refuseExisting, writeFolderWhole } from '../node/files.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { beamOf, calibrationIdentity, saidOf } from '../scan/calibration.ts';
import type { ScanOptions } from '../scan/options.ts';
import { orientationText } from '../scan/orientation.ts';
import type { ScanInfo } from '../scan/pattern-source.ts';
import { argument, materialOption, numberOption, option, optionList, readRecipe } from './arguments.ts';
import { calibrateFor, recipeScope } from './calibrate-scan.ts';
import { calibrationFigures, type StatedCalibration, valueRows } from './calibration-folder.ts';
import type { CommandLine } from './command-line.ts';
import { knownOf } from './map.ts';
import { openGivenScan } from './open-scan.ts';
import { PROGRAM } from './version.ts';

export async function runCalibrate(line: CommandLine): Promise<void> {
  const scan = argument(line, 0);
  const out = option(line, 'out') ?? `${basename(scan).replace(/\.[^.]+$/, '')}-calibration`;
  refuseExisting(out, line.options.overwrite === true);
  const kinds = optionList(line, 'also');
  const unknown = kinds.find((kind) => kind !== 'png' && kind !== 'pdf');
  if (unknown !== undefined)
    fail('usage', `--also ${unknown}: figures come as png or pdf.`, 'Write --also png or --also pdf.');
  const { known, folder, scope } = await scopeAndKnown(line);
  const dataset = option(line, 'dataset');
  const voltage_kV = numberOption(line, 'voltage', 'kV', 20, 1500);
  const { source, given } = await openGivenScan(scan, known, folder, dataset, voltage_kV);
  try {
    const of = scope(source.info);
    const remarks: string[] = [];
    const note = (text: string) => remarks.push(text.replace(/^take care: /, ''));
    const found = await calibrateFor(of, source, known, materialOption(line), note, line.console.task);
    const files = { scan: await fileIdentity(scan), ...given };
    const said = saidOf({ ...known, dataset, given_voltage_kV: voltage_kV });
    const identity = calibrationIdentity(files, { ...beamOf(of), ...said }, PROGRAM);
    const calibration: StatedCalibration = { ...found, identity };
    const texts = await calibrationFigures(source, calibration, basename(scan), remarks, line.console.task);
    texts.set('calibration.json', `${JSON.stringify(calibration, null, 2)}\n`);
    const encoder = new TextEncoder();
    const bytes = new Map<string, Uint8Array>([...texts].map(([name, text]) => [name, encoder.encode(text)]));
    for (const kind of kinds) {
      const { figurePdf, figurePng } = await import('../node/figure-files.ts');
      for (const [name, svg] of [...texts].filter(([one]) => one.endsWith('.svg'))) {
        checkAborted(line.console.task);
        bytes.set(name.replace(/svg$/, kind), await (kind === 'pdf' ? figurePdf(svg) : figurePng(svg)));
      }
    }
    await writeFolderWhole(out, bytes);
    const { orientation } = calibration;
    line.console.result(
      [
        ...(orientation ? [orientationText(orientation)] : []),
        ...remarks
          .filter((text) => !orientation || text !== orientationText(orientation))
          .map((text) => `take care: ${text}`),
        ...valueRows(calibration).map(
          ([name, value, error, from]) => `  ${name.padEnd(24)} ${value}${error && ` (${error})`}; ${from}`,
        ),
        `Look at ${out}/report.html, then: ferroscope map ${scan} --calibration ${out}/calibration.json`,
      ],
      { out, files: [...bytes.keys()], remarks, ...calibration },
    );
  } finally {
    source.close();
  }
}

/** Crystal and microscope, and what is known of the scan: of a model, a recipe with its [scan], or by hand. @throws 'usage' */
async function scopeAndKnown(
  line: CommandLine,
): Promise<{ known: ScanOptions; folder: string; scope: (info: ScanInfo) => ModelScope }> {
  const [model, path] = [option(line, 'model'), option(line, 'recipe')];
  const a_A = numberOption(line, 'a', 'Å', 2, 20);
  if ([model, path, a_A].filter((one) => one !== undefined).length !== 1) {
    fail(
      'usage',
      'A calibration measures angles by the crystal: crystal and microscope have to be said once.',
      'Give one of --model FILE, --recipe FILE, or --a A with --voltage and --convergence.',
    );
  }
  const known = knownOf(line);
  if (model !== undefined) {
    const { info } = openModel(await readBytes(model), nodeOnnx);
    return { known, folder: '.', scope: () => scopeOf(info) };
  }
  if (path !== undefined) {
    const recipe = await readRecipe(path, ['crystal', 'microscope']);
    const said = Object.entries(known).filter(([key]) => option(line, OPTION_OF[key] ?? key) !== undefined);
    // The recipe's images are relative to it, the command's are not.
    const own = Object.fromEntries(said.map(([key, value]) => [key, IMAGES.has(key) ? resolve(String(value)) : value]));
    const flip = optionList(line, 'flip').length > 0 ? known.flip : recipe.scan.flip;
    return { known: { ...recipe.scan, ...own, flip }, folder: dirname(path), scope: () => recipeScope(recipe) };
  }
  const convergence = numberOption(line, 'convergence', 'mrad', 0.1, 40);
  const voltage = numberOption(line, 'voltage', 'kV', 20, 1500);
  return {
    known,
    folder: '.',
    scope: (info) => {
      const [voltage_kV, convergence_mrad] = [voltage ?? info.voltage_kV, convergence ?? info.semiangle_mrad];
      if (voltage_kV === undefined || convergence_mrad === undefined) {
        fail(
          'usage',
          `The file does not state the ${voltage_kV === undefined ? 'voltage' : 'convergence semi-angle'}.`,
          'Give --voltage and --convergence beside --a.',
        );
      }
      return { crystal: 'the crystal given', a_A: a_A!, voltage_kV, convergence_mrad, dose_e: null };
    },
  };
}

const IMAGES: ReadonlySet<string> = new Set(['vacuum', 'dark', 'gain', 'mask']);
/** The command's options by their names in [scan], where they differ. */
const OPTION_OF: Readonly<Record<string, string>> = {
  rotation_deg: 'rotation',
  hot_sigma: 'hotSigma',
  pixel_mrad: 'pixel',
  centre_px: 'centre',
  step_nm: 'step',
  scan_shape: 'scanShape',
};
