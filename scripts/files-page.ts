// `npm run files-page`: the table of ../shared/samples in docs/files.md, between its marks: every file as Ferroscope reads it beside what other readers say
// (EXPECTED.tsv; files-measured.tsv, measured once with RosettaSciIO 0.15.0 under HyperSpy 2.5.0). A difference without a reason ends with exit code 1.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { FerroscopeError } from '../src/core/errors.ts';
import { scanFile } from '../src/node/scan-file.ts';
import { openScan } from '../src/scan/open.ts';
import type { PatternSource } from '../src/scan/pattern-source.ts';
import { lengthInNm, type ReciprocalUnit, reciprocal } from '../src/scan/units.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SAMPLES = here('../../shared/samples');
const PAGE = here('../docs/files.md');
const MARKS = ['<!-- samples -->', '<!-- end of samples -->'] as const;
/** Neither scans nor what programs of microscopes write: notes, pictures, texts. */
const PASSED_OVER = /(^|\/)(README\.md|EXPECTED\.tsv|MANIFEST\.tsv)$|\.(txt|csv|json|extxyz|jpg)$/;

/** 'scan': what opens and is none; 'unread': a scan to others that does not open. */
type What = 'shape' | 'type' | 'sum' | 'step' | 'pixel' | 'scan' | 'unread';
/** Why Ferroscope differs; the longest beginning of a file's name counts. */
const REASONS: Readonly<Record<string, Partial<Record<What, string>>>> = {
  'tia/': { pixel: 'the file writes 1/m and not the unit; the other reader, of the .ser alone, calls it m' },
  'twin-a/twinA_xval.npz': { scan: 'patterns of 24 places at 3 thicknesses: no scan, and nothing in the file says so' },
  'de_mrc/Custom_movie.mrc': {
    shape: '30 frames visit 15 points twice, and the first of each is taken',
    sum: 'of those 15',
  },
  'openNCEM/dmTest_3D': { step: 'a stack: its axis in µm is not taken for the step of a scan' },
  'rosettasciio/Si100_4D.emd': {
    shape: 'two thicknesses in two arrays; the first is taken (--dataset names the other)',
    sum: 'of the first thickness',
    step: 'Prismatic computes in Å and labels the axes n_m; its own parameter of the step says so',
    pixel: 'in 1/Å for the same cause',
  },
  'rosettasciio/test_00_master.h5': { type: 'the linked file stores uint32' },
  'rosettasciio/test1.blo': {
    pixel: 'an angle, of pixels per cm and camera length; the other reader gives cm on the camera',
  },
  'rosettasciio/test_tvips': { pixel: 'a pixel of 1 nm on the camera: not an angle; the other reader calls it 1/nm' },
};

interface Said {
  readonly reader: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly axes: string;
  readonly sum: number;
}

/** What other readers say, by file. */
function expectations(): Map<string, Said[]> {
  const all = new Map<string, Said[]>();
  for (const path of [join(SAMPLES, 'EXPECTED.tsv'), here('files-measured.tsv')]) {
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n').slice(1)) {
      const [file, , reader, shape, dtype, axes, sum] = line.split('\t') as [string, ...string[]];
      const said = {
        reader: reader!,
        shape: [...shape!.matchAll(/\d+/g)].map(Number),
        dtype: dtype!,
        axes: axes!,
        sum: Number(sum),
      };
      all.set(file, [...(all.get(file) ?? []), said]);
    }
  }
  return all;
}

/** A file, or one that lies in a ZIP archive of Merlin's. */
interface Sample {
  readonly name: string;
  readonly path: string;
}

function samples(unpacked: string): Sample[] {
  return readdirSync(SAMPLES, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(SAMPLES.length + 1))
    .filter((name) => !PASSED_OVER.test(name))
    .toSorted()
    .flatMap((name) => {
      const path = join(SAMPLES, name);
      if (!name.endsWith('.zip')) return [{ name, path }];
      const members = Object.entries(unzipSync(readFileSync(path)));
      for (const [member, bytes] of members) writeFileSync(join(unpacked, member), bytes);
      return members
        .filter(([member]) => member.endsWith('.mib'))
        .map(([member]) => ({ name: `${name}/${member}`, path: join(unpacked, member) }));
    });
}

/** As a user would open it: as it is, or with --scan-shape where it is a stack. */
async function opened(path: string): Promise<{ readonly source: PatternSource; readonly how: string }> {
  const file = await scanFile(path);
  try {
    return { source: await openScan(file), how: '' };
  } catch (error) {
    const frames = error instanceof FerroscopeError ? error.fields.frames : undefined;
    if (typeof frames !== 'number') throw error;
    return { source: await openScan(file, { scan_shape: [1, frames] }), how: ` (--scan-shape 1,${frames})` };
  }
}

async function sumOf(source: PatternSource): Promise<number> {
  const [ry, rx] = source.shape;
  let sum = 0;
  for (let y = 0; y < ry; y++) for (const value of await source.read(y * rx, rx)) sum += value;
  return sum;
}

const near = (a: number, b: number, within: number): boolean =>
  Math.abs(a - b) <= within * Math.max(Math.abs(a), Math.abs(b));
const digits = (value: number, count = 7): string => String(Number(value.toPrecision(count)));
const factor: Readonly<Record<ReciprocalUnit, number>> = { mrad: Number.NaN, '1/A': 1, '1/nm': 0.1 };

/** Where two readers differ. Frames count as a scan of whatever shape; units as lengths and reciprocal lengths. */
function differences(source: PatternSource, sum: number, said: Said): What[] {
  const { shape, info } = source;
  const { axes } = said;
  const frames = said.shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const parts = axes.split('; ').map((text) => /\] ([\de.+-]+) (.*?)( off.*)?$/.exec(text));
  const [step, pixel] = [parts.at(-3), parts.at(-1)];
  const nm = step ? lengthInNm(step[2]!) : undefined;
  const q = pixel ? reciprocal(Number(pixel[1]), pixel[2]!.replaceAll(' ', '')) : undefined;
  const mine = info.q_pixel !== undefined && info.q_unit ? info.q_pixel * factor[info.q_unit] : undefined;
  const theirs = q && q.size * factor[q.unit];
  const sameShape = shape[0] * shape[1] === frames && shape[2] === said.shape.at(-2) && shape[3] === said.shape.at(-1);
  return [
    ...(sameShape ? [] : ['shape' as const]),
    ...(info.dtype === said.dtype ? [] : ['type' as const]),
    ...(near(sum, said.sum, 1e-6) ? [] : ['sum' as const]),
    ...((nm === undefined ? undefined : Number(step![1]) * nm) === info.step_nm ||
    near(Number(step?.[1]) * (nm ?? Number.NaN), info.step_nm ?? Number.NaN, 1e-4)
      ? []
      : ['step' as const]),
    ...(theirs === mine || near(theirs ?? Number.NaN, mine ?? Number.NaN, 1e-4) ? [] : ['pixel' as const]),
  ];
}

/** Why a file differs in something; undefined where nobody has said. */
function reasonOf(name: string, what: What): string | undefined {
  const known = Object.keys(REASONS)
    .filter((key) => name.startsWith(key) && REASONS[key]![what] !== undefined)
    .toSorted((a, b) => b.length - a.length);
  return known[0] === undefined ? undefined : REASONS[known[0]]![what];
}

let unexplained = 0;
function explained(name: string, whats: readonly What[]): string {
  return whats
    .map((what) => {
      const reason = reasonOf(name, what);
      if (reason !== undefined) return `${what}: ${reason}`;
      unexplained++;
      console.error(`${name}: no reason for another ${what}`);
      return `${what}: UNEXPLAINED`;
    })
    .join('; ');
}

async function rowOf({ name, path }: Sample, said: readonly Said[]): Promise<string> {
  const others = said
    .map(({ reader, shape, dtype, axes, sum }) =>
      [
        `${reader}: ${shape.join(' × ')} ${dtype}`,
        axes.replaceAll('|', '/'),
        Number.isFinite(sum) ? `Σ ${digits(sum, 10)}` : '',
      ]
        .filter((part) => part !== '')
        .join(', '),
    )
    .slice(0, 2);
  const more = said.length > 2 ? [`${said.length - 2} more`] : [];
  const beside = [...others, ...more].join('<br>');
  try {
    const { source, how } = await opened(path);
    const { shape, info } = source;
    const sum = await sumOf(source);
    source.close();
    const step = info.step_nm === undefined ? 'step not stated' : `step ${digits(info.step_nm)} nm`;
    const pixel = info.q_pixel === undefined ? 'pixel not stated' : `pixel ${digits(info.q_pixel)} ${info.q_unit}`;
    const each = said.filter((one) => one.shape.length >= 2).map((one) => differences(source, sum, one));
    const best = each.toSorted((a, b) => a.length - b.length)[0] ?? [];
    const own = reasonOf(name, 'scan');
    const verdict =
      own ?? (said.length === 0 ? 'no other reader here' : best.length === 0 ? 'the same' : explained(name, best));
    return `| ${name} | ${shape.join(' × ')} ${info.dtype}${how}, ${step}, ${pixel}, Σ ${digits(sum, 10)} | ${beside} | ${verdict} |`;
  } catch (error) {
    if (!(error instanceof FerroscopeError)) throw error;
    const why = error.message.replaceAll(path, 'it').replaceAll(basename(path), 'it');
    const short = why.length > 160 ? `${why.slice(0, 160)} …` : why;
    const scanElsewhere = said.some(({ shape }) => shape.length === 4 && shape[3]! > 4);
    const verdict = scanElsewhere ? explained(name, ['unread']) : '';
    return `| ${name} | not a scan: ${short.replaceAll('|', '/')} | ${beside} | ${verdict} |`;
  }
}

if (!existsSync(SAMPLES)) throw new Error(`${SAMPLES} is not there: the table is of its files.`);
const unpacked = mkdtempSync(join(tmpdir(), 'ferroscope-files-'));
const said = expectations();
const rows: string[] = [];
for (const sample of samples(unpacked)) rows.push(await rowOf(sample, said.get(sample.name) ?? []));
rmSync(unpacked, { recursive: true });
const page = readFileSync(PAGE, 'utf8');
const [from, to] = MARKS.map((mark) => page.indexOf(mark)) as [number, number];
if (from < 0 || to < from) throw new Error(`docs/files.md lacks ${MARKS.join(' … ')}.`);
const table = ['| file | Ferroscope | others | where they differ |', '|---|---|---|---|', ...rows].join('\n');
writeFileSync(PAGE, `${page.slice(0, from + MARKS[0].length)}\n\n${table}\n\n${page.slice(to)}`);
console.log(`${rows.length} files, ${unexplained} differences unexplained; docs/files.md`);
process.exitCode = unexplained > 0 ? 1 : 0;
