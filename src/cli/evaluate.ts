/** `ferroscope evaluate MODEL --library LIB`: whether a model's σ can be believed, on its own ground and on foreign ground, and the figures by which the paper judges its network. */

import { join } from 'node:path';
import { fail } from '../core/errors.ts';
import { decimalLabel, duration, fixedLabel, percent, plural } from '../core/numbers.ts';
import { RandomStream } from '../core/random.ts';
import { type EvaluatedSet, evaluationReport } from '../figures/evaluation-report.ts';
import { requireDetector, selectLabels } from '../library/dataset.ts';
import { openLibrary } from '../library/store.ts';
import { answersOf } from '../network/answers.ts';
import { promised } from '../network/conformal.ts';
import { openModel } from '../network/infer.ts';
import { trainingOptions } from '../network/options.ts';
import { deviation, ranksOf, tarpShares } from '../network/rank-checks.ts';
import { readBytes, refuseExisting, writeFolderWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx, requireOnnx } from '../node/onnx.ts';
import { coverageOfAnswers, verdictOf } from '../polarization/coverage.ts';
import { argument, materialOption, numberOption, option, workersOption } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { columns, paperFigures } from './evaluate-figures.ts';
import { type ScanRequest, scanFigures, scanNumbers } from './evaluate-scan.ts';
import { evaluationSets, inputsOf } from './evaluate-sets.ts';
import { knownOf } from './map.ts';
import { PROGRAM } from './version.ts';

/** Labels whose joint posterior TARP looks at: displacements follow from P. */
const JOINT = ['P_x', 'P_y', 'P_z', 'tilt_x', 'tilt_y', 'thickness'];

export async function runEvaluate(line: CommandLine): Promise<void> {
  requireOnnx();
  const path = argument(line, 0);
  const out = option(line, 'out') ?? `${path.replace(/\.onnx$/, '')}-evaluation`;
  refuseExisting(out, line.options.overwrite === true);
  const request = scanOf(line);
  const sizes = {
    structures: option(line, 'structures') === '0' ? 0 : countOption(line, 'structures'),
    patterns: countOption(line, 'patterns'),
    ...workersOption(line),
  };
  const { task } = line.console;
  const start = performance.now();
  const model = openModel(await readBytes(path), nodeOnnx);
  try {
    const { info } = model;
    const parsed = trainingOptions.safeParse(info.identity.settings.training);
    if (!parsed.success || !info.domain || !info.uncertainty) {
      fail(
        'unsupported',
        `${path} does not say what its σ and its domain are (formats before 3 do not).`,
        'Train the model again with this version.',
      );
    }
    const training = parsed.data;
    const library = await openLibrary(folderStore(option(line, 'library')!), task);
    requireDetector(library, info.detector, 'Give the model’s own library, or another one for the same detector.');
    const data = selectLabels(library, info.labels);
    const heldOut = Array.from({ length: data.count }, (_, i) => i).filter((i) => data.isHeldOut(i));
    const scan = request && (await scanFigures(model, data, heldOut, training, request, task));
    const made = inputsOf(library.info) ?? 'structures come from a file, or an earlier version made the library.';
    const { json: numbers, ...figures } = await paperFigures(model, data, heldOut, made, task);
    const own = info.identity.inputs.library?.content === library.identity.content;
    const { sets, notes } = await evaluationSets(library, { training, own, ...sizes }, task);
    for (const note of notes) line.console.note(note);
    const done: EvaluatedSet[] = [];
    for (const set of sets) {
      const camera = info.adaptation?.camera;
      const options = { seed: info.seed + 1, training: set.training, camera, reconstruct: true };
      const found = coverageOfAnswers(info, await answersOf(model, set.data, set.indices, options, task), set.own);
      const { posteriors } = found;
      const random = (what: string) => new RandomStream(info.seed, 'evaluate', set.name, what);
      const joint = JOINT.map((name) => info.labels.findIndex((one) => one.name === name)).filter((at) => at >= 0);
      const together = {
        count: posteriors.count,
        width: joint.length,
        truth: columns(posteriors, posteriors.truth, joint),
        mean: columns(posteriors, posteriors.mean, joint),
        sigma: columns(posteriors, posteriors.sigma, joint),
      };
      done.push({
        name: set.name,
        what: set.what,
        shifted: set.shifted,
        coverage: found,
        verdict: verdictOf(found, set.shifted),
        ranks: info.labels.map((_, label) => ranksOf(posteriors, label, random(`ranks ${label}`))),
        tarp: tarpShares(together, random('tarp')),
      });
    }
    const input = {
      title: `Can the uncertainties of ${path} be believed?`,
      sets: done,
      joint: JOINT.filter((name) => info.labels.some((one) => one.name === name)),
      calibration: info.uncertainty,
      paper: { ...figures, scan },
      model: info.identity.id,
      version: PROGRAM,
      recipe_toml: info.recipe,
    };
    const texts = evaluationReport(input);
    const json = {
      model: info.identity.id,
      sigma: info.uncertainty,
      promised: [0.68, 0.95].map((level) => promised(level, info.uncertainty!.structures)),
      sets: done.map(({ ranks, tarp, coverage: { posteriors: _, ...coverage }, ...set }) => ({
        ...set,
        ...coverage,
        // Nothing is left to judge where all patterns are marked.
        rank_deviation: tarp.length > 0 ? ranks.map((own) => deviation(own.map((rank) => (rank + 0.5) / 100))) : null,
        tarp_deviation: tarp.length > 0 ? deviation(tarp) : null,
      })),
      ...numbers,
      ...(scan && { scan: scanNumbers(scan) }),
    };
    texts.set('evaluation.json', `${JSON.stringify(json, null, 2)}\n`);
    await writeFolderWhole(out, new Map([...texts].map(([name, text]) => [name, new TextEncoder().encode(text)])));
    line.console.result(
      [...tableLines(done), ...closing(info.uncertainty.structures, out, performance.now() - start)],
      { out, ...json },
    );
  } finally {
    await model.close();
  }
}

/** Options that say something of a scan. */
const OF_SCAN = [
  'material',
  'voltage',
  'dataset',
  'step',
  'rotation',
  'pixel',
  'centre',
  'hotSigma',
  'countsPerElectron',
  'vacuum',
  'dark',
  'gain',
  'mask',
  'flip',
  'rowOrder',
  'roll',
];

/** The scan that --scan names, with what is known of it. @throws 'usage' */
function scanOf(line: CommandLine): ScanRequest | undefined {
  const path = option(line, 'scan');
  if (path === undefined) {
    const idle = OF_SCAN.find((name) => line.options[name] !== undefined);
    if (idle !== undefined) {
      const flag = idle.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      fail('usage', `--${flag} says something of a scan, and no scan is given.`, 'Give --scan, or leave it out.');
    }
    return undefined;
  }
  return {
    path,
    known: knownOf(line),
    dataset: option(line, 'dataset'),
    voltage_kV: numberOption(line, 'voltage', 'kV', 20, 1500),
    material: materialOption(line),
    note: (text) => line.console.note(text),
  };
}

function countOption(line: CommandLine, name: string): number {
  const text = option(line, name)!;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 2) return value;
  return fail('usage', `--${name} ${text} is not a number of them.`, 'Write 2 or more.');
}

const VERDICTS = { marked: 'marked', kept: 'kept', broken: 'BROKEN' } as const;

/** The table of the terminal: a line for each set. */
export function tableLines(sets: readonly EvaluatedSet[]): string[] {
  const shown = JOINT.filter((name) => sets[0]?.coverage.labels.some((one) => one.name === name));
  const cell = (share: number) => (Number.isFinite(share) ? decimalLabel(100 * share, 0) : '-');
  const head = ['set'.padEnd(11), 'marked'.padStart(7), ...shown.map((name) => name.padStart(10)), '  verdict'].join(
    '',
  );
  return [
    'Share of truths inside the 68/95% interval [%], of the patterns that are not marked as out of domain:',
    head,
    ...sets.map(({ name, coverage, verdict }) =>
      [
        name.padEnd(11),
        percent(coverage.outside / coverage.count, 2).padStart(7),
        ...shown.map((label) => {
          const { unmarked, abstained } = coverage.labels.find((one) => one.name === label)!;
          return `${cell(unmarked[0])}/${cell(unmarked[1])}${abstained >= 0.5 ? '*' : ''}`.padStart(10);
        }),
        `  ${VERDICTS[verdict.kind]}`,
        verdict.kind === 'broken' && verdict.worst
          ? `: ${verdict.worst.name} ${cell(verdict.worst.coverage)}% of ${verdict.worst.level === 0 ? 68 : 95}%`
          : '',
      ].join(''),
    ),
    '* σ is no smaller than without any pattern: the value carries no information. kept: no label covers less than stated by more than 3 points (8 in sets unlike the library) and two standard errors.',
  ];
}

function closing(structures: number, out: string, ms: number): string[] {
  const [a, b] = [0.68, 0.95].map((level) => percent(promised(level, structures), 2));
  return [
    `Calibrated on ${plural(structures, 'held-out structure')}: whatever structures are like, ${a} and ${b} are promised of one more drawn as these were.`,
    `${fixedLabel(ms / 1e3)} s (${duration(ms / 1e3)}); ${join(out, 'report.html')}`,
  ];
}
