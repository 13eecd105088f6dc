/** `ferroscope analyze MAP…`: what is found in maps of one place in several states, each number with its error and its null, as report, figures, CSV and JSON. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../core/errors.ts';
import { type Identity, identify } from '../core/identity.ts';
import { plural, setting } from '../core/numbers.ts';
import { checkAborted } from '../core/task.ts';
import { landscapeIdentity } from '../ferroelectric/given-landscape.ts';
import { drawnApart } from '../figures/analysis-drawn.ts';
import { type PathPatterns, whereWords } from '../figures/analysis-path.ts';
import { renderAnalysis } from '../figures/analysis-report.ts';
import { findingLine } from '../figures/finding-line.ts';
import { type Analysis, analyse } from '../findings/analyse.ts';
import type { Finding } from '../findings/finding.ts';
import type { StateMap } from '../findings/series.ts';
import { refuseExisting, writeFolderWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { readMapZarr } from '../polarization/map-files.ts';
import { parseRecipe, type Recipe, recipeToToml } from '../recipe/recipe.ts';
import { option, optionList, readRecipe, workersOption } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { knownOf } from './map.ts';
import { type MapScan, openScans, pathsOf } from './path-patterns.ts';
import { poleLandscape } from './pole-landscape.ts';
import { PROGRAM } from './version.ts';

export async function runAnalyze(line: CommandLine): Promise<void> {
  const names = line.positional;
  const out = option(line, 'out') ?? 'analysis';
  refuseExisting(out, line.options.overwrite === true);
  const kinds = optionList(line, 'also');
  const unknown = kinds.find((kind) => kind !== 'png' && kind !== 'pdf');
  if (unknown !== undefined)
    fail('usage', `--also ${unknown}: figures come as png or pdf.`, 'Write --also png or --also pdf.');
  const biases = biasesOf(option(line, 'bias'), names);
  const path = option(line, 'recipe');
  const recipe: Recipe = path === undefined ? parseRecipe('') : await readRecipe(path, ['findings']);
  const maps = await Promise.all(names.map(async (name, i) => ({ ...(await readState(name)), bias_V: biases[i]! })));
  const register = option(line, 'register') === 'none' ? 'none' : 'affine';
  const scans = scansOf(line, maps);
  const { analysis, files, numbers, identity, paths } = await analysisFiles(line, maps, recipe, register, scans);
  const encoder = new TextEncoder();
  const bytes = new Map<string, Uint8Array>([...files].map(([name, text]) => [name, encoder.encode(text)]));
  for (const kind of kinds) {
    // What draws them takes a moment to load, and is wanted seldom.
    const { figurePdf, figurePng } = await import('../node/figure-files.ts');
    const made = [...files].filter(([name]) => name.endsWith('.svg'));
    for (const [i, [name, svg]] of made.entries()) {
      checkAborted(line.console.task);
      bytes.set(name.replace(/svg$/, kind), await (kind === 'pdf' ? figurePdf(svg) : figurePng(svg)));
      line.console.task.progress(i + 1, made.length, `figures as ${kind.toUpperCase()}`);
    }
  }
  await writeFolderWhole(out, bytes);
  line.console.result([...linesOf(analysis, paths), `Look at ${join(out, 'report.html')}`], {
    out,
    files: [...bytes.keys()],
    ...numbers,
    identity: identity.id,
  });
}

/** What an analysis follows from. */
export function analysisIdentity(
  maps: readonly StateMap[],
  recipe: Recipe,
  register: 'affine' | 'none',
  scans?: readonly MapScan[],
): Identity {
  const { findings } = recipe;
  return identify({
    kind: 'analysis',
    schema: 1,
    program: PROGRAM,
    // Which scans they are stands in the maps.
    settings: { findings, register, biases_V: maps.map(({ bias_V }) => bias_V), ...(scans && { paths: true }) },
    inputs: {
      ...Object.fromEntries(
        maps.flatMap(({ map }, i) => (map.meta.identity ? [[`map ${i + 1}`, map.meta.identity]] : [])),
      ),
      ...(recipe.landscape && { landscape: landscapeIdentity(recipe, PROGRAM) }),
    },
  });
}

/**
 * The analysis of maps, and its folder's files but for figures in other formats.
 * @param scans that the maps were made of, for patterns along paths
 * @throws as `openScans`, `analyse` and `pathsOf`
 */
export async function analysisFiles(
  line: CommandLine,
  maps: readonly StateMap[],
  recipe: Recipe,
  register: 'affine' | 'none',
  scans?: readonly MapScan[],
) {
  const { task } = line.console;
  const opened = scans && (await openScans(scans));
  let analysis: Analysis;
  let paths: Paths | undefined;
  try {
    const run = { register, host: nodeWorkers, ...workersOption(line) };
    analysis = await analyse(maps, recipe.findings, run, task);
    paths = opened && (await pathsOf(analysis, opened, task));
  } finally {
    for (const { source } of opened ?? []) source.close();
  }
  const identity = analysisIdentity(maps, recipe, register, scans);
  const apart = line.options.workers === '1' ? undefined : drawnApart(analysis, nodeWorkers, task);
  // Where drawing here fails first it is that error that counts.
  apart?.catch(() => {});
  const landscape = await poleLandscape(recipe, recipe.findings.across, task);
  const files = await renderAnalysis(
    analysis,
    {
      recipe_toml: recipeToToml(recipe, ['findings', ...(landscape ? (['crystal', 'landscape'] as const) : [])]),
      identity: identity.id,
      seed: recipe.findings.seed,
      version: PROGRAM,
    },
    { landscape, paths, apart },
  );
  const numbers = numbersOf(analysis, paths);
  files.set('analysis.json', `${JSON.stringify({ kind: 'ferroscope-analysis/1', identity, ...numbers }, null, 1)}\n`);
  return { analysis, files, numbers, identity, paths };
}

/** Scans of --scan by the maps that they are of. @throws 'usage' where there are not as many */
function scansOf(line: CommandLine, maps: readonly StateMap[]): MapScan[] | undefined {
  const scans = optionList(line, 'scan');
  if (scans.length === 0) return undefined;
  if (scans.length !== maps.length) {
    fail(
      'usage',
      `${plural(maps.length, 'map')}, and ${plural(scans.length, 'scan')}.`,
      'Give the scan of each map, in the order of the maps.',
    );
  }
  const known = knownOf(line);
  return maps.map(({ name, map, bias_V }, i) => ({ bias_V, map, folder: name, scan: scans[i]!, known }));
}

/** @throws 'usage' where there are not as many biases as maps, or one is no number */
function biasesOf(text: string | undefined, paths: readonly string[]): number[] {
  if (text === undefined) {
    if (paths.length === 1) return [0];
    fail(
      'usage',
      `${paths.length} maps, and nothing says at which bias each is.`,
      'Give --bias -2,0,2: one for each map, in volts.',
    );
  }
  const biases = text.split(',').map((one) => (one.trim() === '' ? Number.NaN : Number(one)));
  if (biases.length !== paths.length || !biases.every(Number.isFinite)) {
    fail(
      'usage',
      `--bias ${text} are not ${plural(paths.length, 'bias', 'biases')}.`,
      'Give one number for each map, in volts: --bias -2,0,2.',
      {
        maps: paths.length,
        biases: biases.length,
      },
    );
  }
  return biases;
}

/** From a folder of `ferroscope map`, or map.zarr itself. @throws 'file-missing', 'format' */
async function readState(path: string): Promise<Omit<StateMap, 'bias_V'>> {
  const inside = join(path, 'map.zarr');
  return { name: path, map: await readMapZarr(folderStore(existsSync(inside) ? inside : path)) };
}

const plain = (findings: readonly Finding[]) =>
  findings.map((finding) => ({ ...finding, interval: finding.interval ? [...finding.interval] : undefined }));

type Paths = readonly (PathPatterns | undefined)[];

/** What files and --json hold. */
function numbersOf({ series, states, findings, constancy, poles }: Analysis, paths: Paths | undefined) {
  return {
    states: series.states.map(({ name, bias_V, left_out, registration }, i) => {
      const { told, charge, defects, domains, findings: own } = states[i]!;
      const { paper, merged, agreement } = domains;
      return {
        name,
        bias_V,
        left_out,
        registration: registration ?? null,
        measured: told.axes,
        sigma_over_prior: told.shares,
        findings: plain(own),
        charge,
        defects,
        wall_lengths_nm: { ridges: paper.types, chi2: merged?.types ?? null },
        agreement: agreement ?? null,
        ...(paths && { path: paths[i]?.path ?? null }),
      };
    }),
    series: { findings: plain(findings), unchanged: constancy, poles },
  };
}

/** For the terminal: what is measured, and the findings of each state. */
function linesOf({ series, states, findings, constancy }: Analysis, paths: Paths | undefined): string[] {
  return [
    ...series.states.flatMap(({ name, bias_V, left_out, registration }, i) => {
      const { told, findings: own } = states[i]!;
      const missing = left_out.not_measured + left_out.out_of_domain;
      const [dx, dy] = registration?.shift_nm ?? [0, 0];
      const [ex, ey] = registration?.shift_error_nm ?? [0, 0];
      return [
        `${name} at ${setting(bias_V, 'V')}: ${told.whole ? 'all of P is measured' : `P is measured along ${told.axes.join(' and ') || 'no axis'} only`}${missing > 0 ? `; ${plural(left_out.not_measured, 'position')} not measured, ${left_out.out_of_domain} out of the model's domain` : ''}${registration ? `; moved by ${dx.toFixed(2)} ± ${ex.toFixed(2)} and ${dy.toFixed(2)} ± ${ey.toFixed(2)} nm (x, y)` : ''}.`,
        ...own.map((finding) => `  ${findingLine(finding)}`),
        ...(paths ? [paths[i] ? `  patterns ${whereWords(paths[i].path)}` : '  no wall has a path for patterns'] : []),
      ];
    }),
    ...findings.map((finding) => findingLine(finding)),
    ...constancy.map(
      ({ name, unit, bias_V, rms, in_sigma }) =>
        `${name} at ${setting(bias_V, 'V')} changes by ${rms.toPrecision(2)} ${unit} rms, ${in_sigma.toFixed(2)} σ of a difference.`,
    ),
  ];
}
