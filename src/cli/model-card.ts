/** A model's card, as Markdown, from what its file states and nothing else: what it is for, what it learned from, how good it is, when not to trust it. */

import { basename } from 'node:path';
import { isFile } from '../core/identity.ts';
import {
  countLabel,
  decimalLabel,
  electrons,
  fixedLabel,
  percent,
  plural,
  quantity,
  setting,
  unitLabel,
} from '../core/numbers.ts';
import { pixelText, zoneText } from '../diffraction/detector.ts';
import { LEVELS, promised } from '../network/conformal.ts';
import type { LabelScore, ModelInfo } from '../network/model-info.ts';
import { isTold } from '../network/told.ts';
import type { FoundModel } from './find-models.ts';

/** @param level of its heading: 1 for a page of its own */
export function modelCard(model: FoundModel, level = 1): string {
  const { path, size_bytes, info, scope } = model;
  const heading = (below: number, text: string) => `${'#'.repeat(level + below)} ${text}`;
  const { identity, recipeHash, seed, detector, dose_e } = info;
  const size = quantity(size_bytes / 1e6, 'MB');
  return [
    heading(0, basename(path)),
    '',
    `${size}, by ${identity.program}; recipe ${recipeHash}, seed ${seed}, identity ${identity.id}.`,
    '',
    heading(1, 'What it is for'),
    '',
    '| | |',
    '|---|---|',
    row('Crystal', `${scope.crystal}, pseudo-cubic, a = ${setting(scope.a_A, 'Å')}, near ${zoneText(scope)}`),
    row('Beam', `${setting(scope.voltage_kV, 'kV')}, ${setting(scope.convergence_mrad, 'mrad')}`),
    row('Thickness', range(scope.thickness_nm, 'nm')),
    row('Tilt, each component', range(scope.tilt_mrad, 'mrad')),
    row('Polarization', polarization(info)),
    row('Dose', dose_e ? `${doses(dose_e)} per pattern` : 'noise-free patterns only'),
    row(
      'Detector',
      `${detector.pixels} × ${detector.pixels} pixels of ${pixelText(detector)}; a scan is brought onto it by its own disks`,
    ),
    '',
    heading(1, 'What it learned from'),
    '',
    ...learnedFrom(info),
    '',
    heading(1, 'How good it is'),
    '',
    'Mean absolute errors on structures that no training pattern came from: as simulated, with the shot noise of 10⁶ electrons a pattern, and with noise, blur and background as in training. Mean only: the rms error of knowing nothing but the mean.',
    '',
    '| label | unit | noise-free | 10⁶ electrons | as trained | RMSE, as trained | mean only | |',
    '|---|---|---|---|---|---|---|---|',
    ...info.scores.noiseFree.map((score) => scoreRow(score, info)),
    '',
    heading(1, 'Whether its σ can be believed'),
    '',
    ...believed(info),
    '',
    heading(1, 'When not to trust it'),
    '',
    ...limits(model).map((text) => `- ${text}`),
    '',
  ].join('\n');
}

const doses = ([low, high]: readonly [number, number]) => `${countLabel(low)} to ${electrons(high)}`;
const row = (name: string, value: string) => `| ${name} | ${value} |`;

function range(of: readonly [number, number] | undefined, unit: string): string {
  return of ? `${quantity(of[0], '', 3)} to ${quantity(of[1], unit, 3)}` : 'not stated';
}

function polarization({ domain }: ModelInfo): string {
  const of = ['x', 'y', 'z'].flatMap((axis) => domain?.labels.filter(({ name }) => name === `P_${axis}`) ?? []);
  if (of.length === 0) return 'not stated';
  const most = Math.max(...of.map(({ min, max }) => Math.max(-min, max)));
  return `components to ±${quantity(most, 'uC/cm2')}`;
}

/** Sections of settings, of the model and of its library, a line each. */
function learnedFrom({ identity, notes = [] }: ModelInfo): string[] {
  const { library, scan } = identity.inputs;
  if (!library || isFile(library)) return ['It does not state its library.'];
  const { file } = library.inputs;
  const structures = library.settings.structures as Readonly<Record<string, unknown>> | undefined;
  const patterns = (library.settings.library as Readonly<Record<string, unknown>> | undefined)?.patterns_per_structure;
  const counts =
    typeof structures?.count === 'number' && typeof structures.held_out === 'number' && typeof patterns === 'number'
      ? `${plural(structures.count, 'structure')} for training and ${structures.held_out} held out, ${plural(patterns, 'pattern')} of each. `
      : '';
  return [
    `${counts}Library ${library.id}, contents ${library.content ?? 'not stated'}${file ? `, of ${file.name}` : ''}, by ${library.program}.${scan ? ' Adapted to a scan.' : ''} Settings that matter:`,
    '',
    ...Object.entries({ ...library.settings, ...identity.settings }).map(
      ([section, settings]) => `- \`[${section}]\` ${inline(settings)}`,
    ),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ];
}

/** Settings as a recipe would have them, on one line. */
function inline(settings: unknown): string {
  const value = (v: unknown): string => {
    if (Array.isArray(v)) return `[${v.map(value).join(', ')}]`;
    if (v === null || typeof v !== 'object') return JSON.stringify(v);
    return `{ ${entries(v).join(', ')} }`;
  };
  const entries = (of: object) => Object.entries(of).map(([key, v]) => `${key} = ${value(v)}`);
  return settings !== null && typeof settings === 'object' ? `\`${entries(settings).join(', ')}\`` : value(settings);
}

/** How σ was calibrated, and what it covered: each held-out structure by factors from the others. */
function believed({ uncertainty }: ModelInfo): string[] {
  if (!uncertainty)
    return ['σ is the rms error on held-out structures: the model (format 2 or older) states no interval.'];
  const { structures, patterns, labels } = uncertainty;
  const share = (pair: readonly number[] | undefined, i: number) => (pair ? percent(pair[i]!) : '–');
  // Formats before 5 took the prior from held-out structures.
  const seen = labels.some(({ gain }) => gain) ? 'what was trained on' : 'held-out structures';
  return [
    `Calibrated on ${plural(structures, 'held-out structure')}, ${plural(patterns, 'pattern')}, ${uncertainty.sigma === 'network' ? 'from the σ that the network states for each pattern' : 'from its rms error'}. Sure to cover, whatever structures are like: ${percent(promised(LEVELS[0], structures))} and ${percent(promised(LEVELS[1], structures))} of patterns by the intervals of 68% and 95%. ${labels.some(({ by_dose }) => by_dose) ? 'How σ goes with the dose comes from the same structures, which that does not count; what is not told has the intervals of the prior. ' : ''}Covered, each structure by factors from the others; ± from structure to structure. Prior: half of the 68% interval of somebody who sees no pattern, over ${seen}. Worth: what an answer with its σ gains in logarithmic score over that; ± is a standard error.`,
    '',
    '| label | covered of 68% | of 95% | σ at the least dose, over that at the greatest | prior | worth, nats |',
    '|---|---|---|---|---|---|',
    ...labels.map(({ name, coverage, spread, prior, gain, by_dose }) => {
      const covered = [0, 1].map((i) => (coverage ? `${share(coverage, i)} ± ${share(spread, i)}` : '–'));
      return `| ${[name, ...covered, by_dose ? `${fixedLabel(by_dose[0]! / by_dose.at(-1)!)}×` : '–', fixedLabel(prior[0]), gain ? `${decimalLabel(gain.nats, 2)} ± ${decimalLabel(gain.error, 2)}` : '–'].join(' | ')} |`;
    }),
  ];
}

const named = (rows: readonly LabelScore[], name: string) => rows.find((one) => one.name === name);

function scoreRow({ name, unit, mae, meanOnly }: LabelScore, info: ModelInfo): string {
  const { scores } = info;
  const [dose, trained] = [named(scores.dose1e6, name), named(scores.training, name)];
  const answered = info.uncertainty?.labels.some((one) => one.name === name && one.gain);
  const verdict = isTold(info, name) === false ? `not measured${answered ? ': answered with its mean' : ''}` : '';
  const numbers = [mae, dose?.mae, trained?.mae, trained?.rmse, trained?.meanOnly ?? meanOnly];
  return `| ${[name, unitLabel(unit), ...numbers.map((v) => (v === undefined ? '–' : fixedLabel(v))), verdict].join(' | ')} |`;
}

/** Share of a label's variance that the patterns tell, as trained; undefined where the model does not say. */
function told(score: LabelScore | undefined): number | undefined {
  if (score?.meanOnly === undefined || !(score.meanOnly > 0)) return undefined;
  return Math.max(0, 1 - (score.rmse / score.meanOnly) ** 2);
}

function limits({ info, scope }: FoundModel): string[] {
  const { scores, domain, dose_e } = info;
  const pz = named(scores.dose1e6, 'P_z');
  const share = told(pz);
  return [
    `A scan of another crystal: no more than its lattice parameter is checked, and only to 1.5% (${setting(scope.a_A, 'Å')}). ${scope.material === undefined ? 'Its material is not stated.' : 'The material has to be right.'}`,
    `Another beam: a voltage 1% or a convergence semi-angle 5% away is refused. The patterns are those of a coherent, focused probe whose disks do not overlap.`,
    ...(scope.thickness_nm
      ? [
          `A thickness outside ${range(scope.thickness_nm, 'nm')}: the answer stays inside. Answers that pile up at an end are said; thickness from elsewhere (EELS) decides.`,
        ]
      : ['Any thickness: the model (format 1) does not state what it was trained on.']),
    ...(scope.tilt_mrad ? [`A tilt outside ${range(scope.tilt_mrad, 'mrad')} along either axis.`] : []),
    ...(dose_e
      ? [`A dose outside ${doses(dose_e)} per pattern: a map says so.`]
      : ['Patterns with shot noise: it was trained without.']),
    pz && share !== undefined
      ? `P along the beam: with 10⁶ electrons a pattern ${percent(share, 2)} of the variance of P_z is told by the pattern (MAE ${quantity(pz.mae, pz.unit)}; knowing only the mean, RMSE ${quantity(pz.meanOnly!, pz.unit)})${isTold(info, 'P_z') === false ? ': this P_z is the prior of the library, not a measurement' : ''}.`
      : 'P along the beam: the model does not state how much of it is measured.',
    ...(domain
      ? [
          `Patterns unlike the library’s (${percent(domain.misfit.high)} is what 99 of 100 held-out reconstructions leave over): a map marks them and widens σ. A mirrored or turned camera shows in no such mark.`,
        ]
      : ['Patterns unlike the library’s: the model does not state how to tell them.']),
    'Structures unlike the library’s textures: the errors above are over textures of the same kind.',
  ];
}
