/**
 * The scans of ../shared/cases/scans, each twin-a with one property changed, mapped as a user would (`ferroscope map`) and judged by the case's right value (its
 * case.md): 'right', 'said' (refused, or warned, in words that name the cause), or 'wrong'. Files are made by the cases' own make.py, which needs Python with numpy
 * and h5py (FERROSCOPE_PYTHON); they are kept between runs.
 */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { readNpz } from '../src/core/npy.ts';
import { type Calibration, centreAt } from '../src/scan/calibration.ts';

const run = promisify(execFile);

export interface Verdict {
  readonly name: string;
  readonly verdict: 'right' | 'said' | 'wrong';
  readonly text: string;
}

/** What a case expects. */
interface Expected {
  /** Words of the terminal that name the cause: enough where values are off, and required where `must` says so. */
  readonly words?: RegExp;
  readonly must?: boolean;
  /** Electrons per pattern; 1e6 ± 2% where left out, null where it cannot be known. */
  readonly dose_e?: number | null;
  /** Largest error of a centre [px], 0.3; null where the scan's shape is another. */
  readonly centre_px?: number | null;
  /** Error of the pixel beyond which it is wrong, in parts; or three of its stated errors, whichever is more. */
  readonly pixel?: number;
  /** The map must hold no value at these columns or positions. */
  readonly empty?: ((y: number, x: number) => boolean) | 'without centre';
  /** More options of the command. */
  readonly options?: readonly string[];
  /** What `ferroscope info` must say; the file is not mapped, for its identity would be the hash of a terabyte of nothing. */
  readonly opened?: RegExp;
  /** It must not open (with these words). */
  readonly refused?: RegExp;
}

/** Correlation of P across the beam with twin-a's truth: `base` has 0.68 and 0.52 by the shipped model, which twin-a's sharper disks are outside of (and it says so); a turned or shuffled map has none. */
const LEAST_R = 0.3;

const CAMERA_COUNTS = /counts per electron|counts-per-electron/i;
// descan-parabola moves patterns by whole pixels: up to half of one is no surface's.
const EXPECTED: Record<string, Expected> = {
  base: {},
  'adu-500': { words: CAMERA_COUNTS, dose_e: null },
  'beam-stop': { words: /Brightness would rather|beam stop/i, dose_e: null },
  'bin-2': {},
  'bin-3': {},
  'bin-4': { words: /too few pixels/ },
  blosc: { words: /blosc/i },
  'bool-1bit': { words: /bool|true or false/i, dose_e: null, centre_px: null },
  'chunk-across-scan': {},
  'chunk-across-scan-large': { centre_px: null },
  complex: { refused: /complex/i },
  'cosmic-rays': {},
  'crop-5x16': {},
  'crop-small': { words: /outside the camera/ },
  'dark-sum-of-64': { words: /dark/i, must: true },
  'data-dark-subtracted': { words: /dark/i, must: true },
  'descan-60': {},
  'descan-parabola': { centre_px: 0.7 },
  'detector-rot90-stated': { words: /rotation|orientation/i, must: true },
  'detector-transposed-stated': { words: /flip|transpos|orientation/i, must: true },
  'direct-beam-weak': {},
  'ellipse-10': { words: /ellipse|off that of/i, pixel: 0.01, centre_px: 1 },
  'empad-rows': { words: /rows/i, must: true, centre_px: null },
  'file-of-1-TB': { opened: /16 × 16 positions[\s\S]*256 × 256 pixels/ },
  'float-max-one': { words: /counts|scaled|unit/i, must: true, dose_e: null },
  'float-normalised': { words: /counts|scaled|unit|normal/i, must: true, dose_e: null },
  float16: { words: /float16|half/i },
  'flyback-column': { words: /column/i, must: true, empty: (_, x) => x === 0 },
  'frames-3d': { refused: /--scan-shape/ },
  'gain-divisive': {},
  'hot-clusters': {},
  'hot-no-dark': { words: /offset|dark/i, must: true, dose_e: null },
  'hyperspy-emd': { centre_px: null, dose_e: null },
  'int16-wrapped': { words: /negative|wrap|signed/i, must: true, dose_e: null },
  'log-scaled': { words: /log|Poisson|noise/i, must: true, dose_e: null },
  'low-dose-1e3': { words: /higher dose|binned|centre could be found/i, dose_e: null },
  lzf: { words: /lzf/i },
  'nan-frames': {
    words: /NaN|not a number|no number|not finite/i,
    must: true,
    empty: (y, x) => (y === 3 && x === 4) || (y === 9 && x === 0),
  },
  'nion-swift-h5': { dose_e: null },
  'pad-512': {},
  'patterns-first': { words: /axes|order/i, centre_px: null },
  'py4dstem-0.13': {},
  'q-latex': {},
  'q-missing': {},
  'q-mrad': {},
  'q-nm': {},
  'q-pixels': {},
  'q-rad': {},
  'q-superscript': {},
  'q-wrong-10x': { words: /file states/, must: true },
  'rolled-2': { words: /roll|shift|row before|columns/i, must: true, centre_px: null },
  'rotated-25': {},
  'rotated-47': { words: /axes|rotation|orientation|°/i, must: true },
  'saturated-255': { words: /saturat/i, must: true, dose_e: null },
  'single-column': {},
  'single-pattern': {},
  snake: { words: /every second row|snake|backwards/i, must: true, centre_px: null },
  'step-angstrom': {},
  'step-pixels': { words: /step/i, must: true },
  'step-um': {},
  'substrate-rotated': {
    words: /other crystal|another (crystal|lattice)|no crystal of/i,
    must: true,
    empty: (_, x) => x < 6,
    centre_px: 0.6,
  },
  'vacuum-4-columns': { words: /vacuum/i, must: true, empty: (_, x) => x < 4 },
  'vacuum-dark-subtracted': { words: /vacuum/i, must: true, dose_e: null },
  'vacuum-longer': { words: /vacuum/i, must: true, dose_e: null },
  'vacuum-stack': {},
  'virtual-dataset': { dose_e: null },
  'virtual-dataset-lost': { refused: /is not there|missing/i },
  'wrong-shape': { words: /shape/i, must: true, centre_px: null },
  'zero-frames': { words: /empty|blank|no counts/i, must: true, empty: 'without centre' },
};

export interface ScanCaseOptions {
  /** ../shared/cases/scans, and twin-a's file. */
  readonly folder: string;
  readonly twin: string;
  /** Where made files and maps go. */
  readonly files: string;
  readonly python: string;
  readonly only: readonly string[];
}

/** @param ferroscope runs the program with arguments; what it printed, and whether it went well */
export async function scanCase(
  name: string,
  { folder, twin, files, python }: ScanCaseOptions,
  ferroscope: (args: readonly string[]) => Promise<{ ok: boolean; text: string }>,
): Promise<Verdict> {
  const expected = EXPECTED[name];
  if (!expected) return { name, verdict: 'wrong', text: 'no right value is known to this script' };
  mkdirSync(files, { recursive: true });
  const made = resolve(files, `${name}.h5`);
  if (!existsSync(made)) {
    await run(python, ['make.py', made], {
      cwd: resolve(folder, name),
      env: { ...process.env, TWIN: twin, PYTHONDONTWRITEBYTECODE: '1' },
      maxBuffer: 1e8,
    });
  }
  if (expected.opened) {
    const { ok, text } = await ferroscope(['info', made]);
    const right = ok && expected.opened.test(text);
    return { name, verdict: right ? 'right' : 'wrong', text: right ? 'opens (info alone)' : causeOf(text) };
  }
  const out = resolve(files, `map-${name}`);
  const scored = expected.centre_px !== null && !/^(crop-5|single|low-dose)/.test(name);
  const truth = scored ? ['--truth', twin.replace('_4dstem.h5', '_truth.npz')] : [];
  const { ok, text: printed } = await ferroscope([
    'map',
    made,
    '--out',
    out,
    '--overwrite',
    ...truth,
    ...(expected.options ?? []),
  ]);
  // A case's name in a path is no word of the program's.
  const text = printed.replaceAll(out, 'OUT').replaceAll(made, 'FILE').replaceAll(`${name}.h5`, 'FILE');
  const said = expected.words?.test(text) ?? false;
  if (expected.refused) {
    const named = !ok && expected.refused.test(text);
    return { name, verdict: named ? 'said' : 'wrong', text: ok ? 'opened' : causeOf(text) };
  }
  if (!ok) return { name, verdict: said ? 'said' : 'wrong', text: causeOf(text) };
  const calibration = JSON.parse(readFileSync(resolve(out, 'calibration.json'), 'utf8')) as Calibration;
  const off = await faults(expected, calibration, made.replace(/\.h5$/, '.truth.npz'), out);
  const heard = expected.words ? sentenceWith(text, expected.words) : undefined;
  if (off.length === 0 && (!expected.must || said))
    return { name, verdict: said ? 'said' : 'right', text: heard ?? 'as it should be' };
  if (said) return { name, verdict: 'said', text: `${off.join('; ')}; said: ${heard}` };
  return { name, verdict: 'wrong', text: [...off, ...(expected.must ? ['without a word'] : [])].join('; ') };
}

/** What is off against the truth, in words. */
async function faults(expected: Expected, c: Calibration, truth: string, out: string): Promise<string[]> {
  const off: string[] = [];
  const wanted = expected.empty;
  const empty = new Set<number>();
  const { dose_e = 1e6, centre_px = 0.3, pixel = 0.0015 } = expected;
  if (dose_e !== null && Math.abs(c.dose_e / dose_e - 1) > 0.02)
    off.push(`dose ${c.dose_e.toPrecision(4)} e for ${dose_e}`);
  if (!existsSync(truth)) return off;
  const { centre, M } = readNpz(new Uint8Array(readFileSync(truth)));
  if (M && M.data.length === 4) {
    const [a, b, d, e] = [...M.data].map(Number) as [number, number, number, number];
    const px = 1 / Math.sqrt(Math.abs(a * e - b * d));
    const error = Math.abs(c.px_mrad / px - 1);
    if (error > Math.max(pixel, (3 * c.px_se_mrad) / px)) off.push(`pixel ${(100 * error).toFixed(2)}% off`);
  }
  if (centre && centre_px !== null) {
    const [ry, rx] = centre.shape as [number, number];
    if (ry !== c.shape[0] || rx !== c.shape[1]) off.push(`${c.shape[0]} × ${c.shape[1]} positions for ${ry} × ${rx}`);
    else {
      let worst = 0;
      for (let y = 0; y < ry; y++) {
        for (let x = 0; x < rx; x++) {
          const at = 2 * (y * rx + x);
          const isEmpty = wanted === 'without centre' ? !Number.isFinite(centre.data[at]) : wanted?.(y, x);
          if (isEmpty) empty.add(y * rx + x);
          const [cy, cx] = centreAt(c.descan, y, x);
          const away = Math.hypot(cy - Number(centre.data[at]), cx - Number(centre.data[at + 1]));
          if (!isEmpty && away > worst) worst = away;
        }
      }
      if (worst > centre_px) off.push(`a centre ${worst.toFixed(2)} px off`);
    }
  }
  if (empty.size > 0) {
    const lines = readFileSync(resolve(out, 'map.csv'), 'utf8').trim().split('\n');
    const column = lines[0]!.split(',').indexOf('P_x_uC_cm2');
    const valued = lines.slice(1).filter((line, i) => {
      const value = line.split(',')[column]!;
      return empty.has(i) && value !== '' && Number.isFinite(Number(value));
    });
    if (valued.length > 0) off.push(`${valued.length} positions without the crystal have a polarization`);
  }
  const { scores } = JSON.parse(readFileSync(resolve(out, 'summary.json'), 'utf8')) as {
    scores: readonly { name: string; correlation: number | null }[];
  };
  for (const { name, correlation } of scores) {
    if (/^P_[xy]$/.test(name) && !((correlation ?? 0) > LEAST_R))
      off.push(`${name} r ${correlation?.toFixed(2)} with the truth`);
  }
  return off;
}

const causeOf = (text: string): string => text.trim().split('\n').slice(-2).join(' ').slice(0, 220);

function sentenceWith(text: string, words: RegExp): string | undefined {
  const line = text.split('\n').find((one) => words.test(one));
  return line?.trim().slice(0, 200);
}

export const scanCases = (only: readonly string[]): string[] =>
  Object.keys(EXPECTED).filter((name) => only.length === 0 || only.includes(name));
