/**
 * Which of the models at hand maps a scan: one of the scan's material, voltage, convergence semi-angle and lattice parameter, as its file states them and a
 * calibration measures them. Where several are left, each answers for a sample of the scan, and the one that knows most of it is taken.
 *
 * A material is never guessed among several: a map by the wrong one would be wrong without a word.
 */

import { basename } from 'node:path';
import { FerroscopeError, fail } from '../core/errors.ts';
import { numberLabel, percent, quantity, setting } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { zoneText } from '../diffraction/detector.ts';
import { openModel } from '../network/infer.ts';
import { differences, differenceText, type ModelScope, type ScanFacts } from '../network/model-scope.ts';
import { readBytes } from '../node/files.ts';
import { nodeOnnx } from '../node/onnx.ts';
import type { ModelChoice } from '../polarization/map-scan.ts';
import { measuredFacts, statedFacts } from '../polarization/scan-facts.ts';
import { type Trial, tryModel } from '../polarization/try-model.ts';
import { calibrateGiven } from '../scan/calibrate-given.ts';
import { beamOf, type Calibration } from '../scan/calibration.ts';
import type { ScanOptions } from '../scan/options.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import { quoted } from './arguments.ts';
import { type FoundModel, type FoundModels, findModels, shownPath } from './find-models.ts';
import { openGivenScan } from './open-scan.ts';

/** The scan, and what is known of it beside its file. */
export interface ScanGiven {
  readonly scan: string;
  readonly known: ScanOptions;
  readonly folder: string;
  readonly dataset?: string | undefined;
  readonly voltage_kV?: number | undefined;
  readonly material?: string | undefined;
  /** Made before; serves models of its crystal and beam. */
  readonly calibration?: Calibration | undefined;
}

/** A calibration, and how long it took. */
export interface Calibrated {
  readonly calibration: Calibration;
  readonly seconds: number;
}

interface Candidate extends FoundModel, Calibrated {}

interface Misfit {
  readonly path: string;
  readonly why: readonly string[];
}

/** Shares of a sample this close say nothing. */
const SAME_SHARE = 0.05;
/** Models that a message lists, at most. */
const LISTED = 12;

/**
 * @param folders of the user's, beside the program's own
 * @returns the model's file, why it was taken, and the scan's calibration for its crystal and beam: the map needs it again
 * @throws 'model-mismatch' where no model fits, with what differs in each; 'incomplete' where the patterns show no lattice of any that could; 'usage' where material or voltage would have to be guessed; what reading and calibrating throw
 */
export async function chooseModel(
  given: ScanGiven,
  folders: readonly string[],
  task: Task,
): Promise<{ readonly path: string; readonly choice: ModelChoice; readonly calibrated: Calibrated }> {
  const found = await findModels(folders);
  const { source } = await openGivenScan(given.scan, given.known, given.folder, given.dataset, given.voltage_kV);
  try {
    const stated = { ...statedFacts(source.info), material: given.material };
    const misfits: Misfit[] = [];
    const fitting = found.models.filter(({ path, scope }) => {
      const off = differences(scope, stated);
      if (off.length > 0) misfits.push({ path, why: off.map(differenceText) });
      return off.length === 0;
    });
    requireVoltage(given.scan, stated, fitting);
    const { candidates, failed } = await calibrated(source, given, fitting, misfits, task);
    if (failed.length > 0 && failed.length === fitting.length) noLattice(failed[0]!, fitting);
    if (candidates.length === 0) noneFits(given, stated, found, misfits);
    requireMaterial(given, candidates);
    const trials: Trial[] = [];
    for (const { path, calibration } of candidates.length > 1 ? candidates : []) {
      const model = openModel(await readBytes(path), nodeOnnx);
      trials.push(await tryModel(source, model, calibration, task));
      await model.close();
    }
    const at = bestOf(candidates, trials);
    const best = candidates[at]!;
    const trial = trials[at];
    const others = candidates.flatMap(({ path }, i) =>
      i === at || !trial ? [] : [`${basename(path)} ${percent(trials[i]!.inside, 2)}`],
    );
    const why = trial
      ? `the one of ${candidates.length} that fit which knows most of the scan: ${percent(trial.inside, 2)} of ${trial.positions} positions lie within what it was tested on (${others.join(', ')})`
      : found.models.length === 1
        ? 'the only model at hand, and it fits'
        : `the only one of ${found.models.length} that fits`;
    const said = `the scan has ${factsText(source, best.calibration)}`;
    return {
      path: best.path,
      calibrated: { calibration: best.calibration, seconds: best.seconds },
      choice: {
        why: `${shownPath(best.path)}, for ${scopeText(best.scope)}: ${why}; ${said}.`,
        remarks:
          given.material === undefined
            ? [
                `What the scan is of was not said: ${best.scope.crystal} is the only crystal among the models that fit. Another crystal’s map by this model would be wrong; --material tells.`,
              ]
            : [],
      },
    };
  } finally {
    source.close();
  }
}

/** Those that still fit where calibrated for their crystal and microscope; the others join the misfits. Why calibrating failed, for each model that it failed for. */
async function calibrated(
  source: PatternSource,
  { known, material, calibration: before }: ScanGiven,
  models: readonly FoundModel[],
  misfits: Misfit[],
  task: Task,
): Promise<{ readonly candidates: readonly Candidate[]; readonly failed: readonly FerroscopeError[] }> {
  const made = new Map<string, Calibrated | FerroscopeError>();
  const candidates: Candidate[] = [];
  const failed: FerroscopeError[] = [];
  for (const model of models) {
    const lattice = beamOf(model.info.detector);
    const key = JSON.stringify(lattice);
    if (!made.has(key)) {
      const own = before && JSON.stringify(beamOf(before.crystal)) === key ? before : undefined;
      const start = performance.now();
      const found = own ?? (await calibrateGiven(source, lattice, known, task).catch(notFound));
      const seconds = (performance.now() - start) / 1e3;
      made.set(key, found instanceof FerroscopeError ? found : { calibration: found, seconds });
    }
    const calibrated = made.get(key)!;
    if (calibrated instanceof FerroscopeError) {
      failed.push(calibrated);
      misfits.push({ path: model.path, why: [`${scopeText(model.scope)}: ${calibrated.message}`] });
      continue;
    }
    const off = differences(model.scope, { ...measuredFacts(source.info, calibrated.calibration), material });
    if (off.length > 0) misfits.push({ path: model.path, why: off.map(differenceText) });
    else candidates.push({ ...model, ...calibrated });
  }
  return { candidates, failed };
}

/** Patterns without the lattice of this crystal and beam are a misfit; anything else is an error. */
function notFound(error: unknown): FerroscopeError {
  if (error instanceof FerroscopeError && error.tag === 'incomplete') return error;
  throw error;
}

/** The lattice of no model that could be the scan's was found: to train one more would not help. */
function noLattice({ tag, message, hint, fields }: FerroscopeError, models: readonly FoundModel[]): never {
  const scopes = [...new Set(models.map(({ scope }) => scopeText(scope)))];
  fail(tag, `${message} Looked for: ${scopes.slice(0, LISTED).join('; ')}.`, hint, { ...fields, models: scopes });
}

function requireVoltage(scan: string, { voltage_kV }: ScanFacts, fitting: readonly FoundModel[]): void {
  const voltages = [...new Set(fitting.map(({ scope }) => scope.voltage_kV))].sort((a, b) => a - b);
  if (voltage_kV !== undefined || voltages.length < 2) return;
  fail(
    'usage',
    `${scan} does not state its voltage, and there are models for ${voltages.map((one) => setting(one, 'kV')).join(', ')}.`,
    `Give --voltage, such as --voltage ${numberLabel(voltages.at(-1)!)}.`,
    { voltages },
  );
}

function requireMaterial({ scan, material }: ScanGiven, candidates: readonly Candidate[]): void {
  const crystals = [...new Set(candidates.map(({ scope }) => `${scope.crystal} ${zoneText(scope)}`))];
  if (crystals.length < 2) return;
  const named = new Set(candidates.map(({ scope }) => scope.material));
  const list = candidates.map(({ path, scope }) => `\n  ${shownPath(path)}: ${scopeText(scope)}`).join('');
  fail(
    'usage',
    `Models of ${crystals.length} crystals fit the beam of ${scan}; what it is of has to be said:${list}`,
    material === undefined && named.size > 1
      ? `Give --material ${[...named].flatMap((one) => (one === undefined ? [] : [`"${one}"`])).join(' or ')}.`
      : 'Give --model with the one of your crystal.',
    { crystals },
  );
}

function noneFits(
  { scan, material }: ScanGiven,
  facts: ScanFacts,
  found: FoundModels,
  misfits: readonly Misfit[],
): never {
  const near = misfits.toSorted((a, b) => a.why.length - b.why.length);
  const rows = [
    ...near.slice(0, LISTED).map(({ path, why }) => `\n  ${shownPath(path)}: ${why.join('; ')}`),
    ...(near.length > LISTED ? [`\n  and ${near.length - LISTED} more`] : []),
    ...found.unreadable.map(({ path, reason }) => `\n  ${shownPath(path)} cannot be read: ${reason}`),
  ];
  const of = [
    ...(material === undefined ? [] : [material]),
    facts.voltage_kV === undefined ? 'no voltage stated' : setting(facts.voltage_kV, 'kV'),
    facts.convergence_mrad === undefined ? 'no convergence stated' : setting(facts.convergence_mrad, 'mrad'),
  ].join(', ');
  fail(
    'model-mismatch',
    found.models.length === 0
      ? `There is no model to map ${scan} (${of}) with: none ships with this version, and no folder of models was given that holds one.${rows.join('')}`
      : `No model fits ${scan} (${of}):${rows.join('')}`,
    `Train one: ferroscope init ${quoted(scan)} --material ${material === undefined ? 'NAME' : `"${material}"`} --out recipe.toml, then ferroscope study recipe.toml ${quoted(scan)}. Or name a folder (--models) or a model (--model).`,
    { facts, misfits: near },
  );
}

/** '(Ba,Sr)TiO3, 50% Ba, 300 kV, 2.2 mrad, 10 to 80 nm' */
export function scopeText(scope: ModelScope): string {
  const { crystal, zone, voltage_kV, convergence_mrad, thickness_nm } = scope;
  const range = thickness_nm
    ? `${quantity(thickness_nm[0], '', 3)} to ${quantity(thickness_nm[1], 'nm', 3)}`
    : 'a thickness it does not state';
  const along = zone ? [zoneText(scope)] : [];
  return [crystal, ...along, setting(voltage_kV, 'kV'), setting(convergence_mrad, 'mrad'), range].join(', ');
}

function factsText({ info }: PatternSource, { disk_radius_mrad, crystal }: Calibration): string {
  const voltage =
    info.voltage_kV === undefined
      ? `no voltage stated (${setting(crystal.voltage_kV, 'kV')} taken)`
      : setting(info.voltage_kV, 'kV');
  return `${voltage} and ${quantity(disk_radius_mrad, 'mrad')} (measured)`;
}

/** The one with the largest share; among those whose share is as large, the one with the least error across the beam. */
function bestOf(models: readonly FoundModel[], trials: readonly Trial[]): number {
  const most = Math.max(...trials.map(({ inside }) => inside));
  const error = (i: number) =>
    models[i]!.info.scores.dose1e6.filter(({ name }) => name === 'dTi_x' || name === 'dTi_y').reduce(
      (sum, { mae }) => sum + mae,
      0,
    );
  const good = [...trials.keys()].filter((i) => trials[i]!.inside >= most - SAME_SHARE);
  return good.toSorted((a, b) => error(a) - error(b))[0] ?? 0;
}
