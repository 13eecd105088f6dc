/**
 * Makes and runs the scans of ../shared/cases/scans, each twin-a with one property changed, as a user would (`ferroscope map`). Files are made by the cases' own make.py,
 * which needs Python with numpy, scipy, h5py, hdf5plugin and hyperspy (FERROSCOPE_PYTHON). Files, maps and what the terminal showed are kept in one folder.
 */

import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, resolve } from 'node:path';
import { promisify } from 'node:util';
import { readNpz } from '../../src/core/npy.ts';
import type { Calibration, Quad } from '../../src/scan/calibration.ts';
import { EXPECTED, type Same } from './expected.ts';
import { type CaseRun, type CaseTruth, judge, type Verdict } from './judge.ts';
import { judgeSame } from './same.ts';

const run = promisify(execFile);

export interface ScanCaseOptions {
  /** ../shared/cases/scans, and twin-a's file. */
  readonly folder: string;
  readonly twin: string;
  /** Where made files and maps go. */
  readonly files: string;
  readonly python: string;
  /** Judge what earlier runs left, and run nothing. */
  readonly kept: boolean;
}

/** Runs the program with arguments: what it printed, and whether it went well. */
export type Ferroscope = (args: readonly string[]) => Promise<{ ok: boolean; text: string }>;

/** `base` first: what it says is what any scan makes the program say. */
export const scanCases = (only: readonly string[]): string[] =>
  Object.keys(EXPECTED).filter((name) => only.length === 0 || name === 'base' || only.includes(name));

export async function scanCase(name: string, options: ScanCaseOptions, ferroscope: Ferroscope): Promise<Verdict> {
  const { files, twin, kept } = options;
  const expected = EXPECTED[name]!;
  mkdirSync(files, { recursive: true });
  if ('as' in expected) {
    const [own, other] = [await made(name, options), await made(expected.as, options)];
    return judgeSame(name, expected, own, other);
  }
  const said = resolve(files, `said-${name}.json`);
  const out = resolve(files, `map-${name}`);
  const scan = await made(name, options);
  if (kept && !existsSync(said)) return { name, verdict: 'not run', text: '' };
  if (!kept) {
    const truth = expected.scored === false ? [] : ['--truth', twin.replace('_4dstem.h5', '_truth.npz')];
    const args = expected.opened ? ['info', scan] : ['map', scan, '--out', out, '--overwrite', ...MATERIAL, ...truth];
    writeFileSync(said, JSON.stringify(await ferroscope(args), null, 1));
  }
  const { ok, text: printed } = JSON.parse(readFileSync(said, 'utf8')) as Awaited<ReturnType<Ferroscope>>;
  // A case's name in a path is no word of the program's.
  const text = [out, scan].reduce((all, path) => all.replaceAll(path, 'FILE'), printed);
  if (expected.opened) {
    const right = ok && expected.opened.test(text);
    return { name, verdict: right ? 'right' : 'wrong', text: right ? 'opens (info alone)' : text.slice(0, 200) };
  }
  const base = resolve(files, 'said-base.json');
  const usual = name === 'base' ? '' : (JSON.parse(readFileSync(base, 'utf8')) as { text: string }).text;
  return judge(name, expected, { ok, text, ...(ok && left(out)) }, truthBeside(scan), usual);
}

/** What twin-a is of: more than one crystal's model ships. */
const MATERIAL = ['--material', '(Ba,Sr)TiO3'];

/** The case's file, made where it is not there yet. */
async function made(name: string, { python, folder, twin, files }: ScanCaseOptions): Promise<string> {
  const path = resolve(files, `${name}.${(EXPECTED[name] as Same).ending ?? 'h5'}`);
  if (existsSync(path)) return path;
  // Made elsewhere and moved, so that one that was interrupted is not taken for made.
  const making = mkdtempSync(resolve(files, '.making-'));
  try {
    // Names that are not .h5 are make.py's own.
    await run(python, ['make.py', resolve(making, `${name}.h5`)], {
      cwd: resolve(folder, name),
      env: { ...process.env, TWIN: twin, PYTHONDONTWRITEBYTECODE: '1' },
      maxBuffer: 1e8,
    });
    const leaf = basename(path);
    // The scan last: what stands beside it is there, too.
    const all = readdirSync(making).toSorted((a, b) => Number(a === leaf) - Number(b === leaf));
    for (const one of all) renameSync(resolve(making, one), resolve(files, one));
  } finally {
    rmSync(making, { recursive: true });
  }
  return path;
}

/** What a map's folder holds of a run. */
function left(out: string): Pick<CaseRun, 'calibration' | 'correlations' | 'polarization'> {
  const json = (name: string) => JSON.parse(readFileSync(resolve(out, name), 'utf8'));
  const { scores } = json('summary.json') as { scores: { name: string; correlation: number | null }[] };
  const [head, ...rows] = readFileSync(resolve(out, 'map.csv'), 'utf8').trim().split('\n');
  const column = head!.split(',').indexOf('P_x_uC_cm2');
  return {
    calibration: json('calibration.json') as Calibration,
    correlations: Object.fromEntries(scores.map(({ name, correlation }) => [name, correlation ?? Number.NaN])),
    polarization: rows.map((row) => Number(row.split(',')[column] || Number.NaN)),
  };
}

function truthBeside(made: string): CaseTruth {
  const path = made.replace(/\.\w+$/, '.truth.npz');
  if (!existsSync(path)) return {};
  const { M, centre } = readNpz(new Uint8Array(readFileSync(path)));
  const [a, b, c, d] = [...M!.data].map(Number) as [number, number, number, number];
  const map: Quad = [
    [a, b],
    [c, d],
  ];
  return { map, centres: centre };
}
