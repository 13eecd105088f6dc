// A case whose patterns are another's, number for number, in another file: its map is the other's, and need not be made again. What its file states is compared too.

import { scanFile } from '../../src/node/scan-file.ts';
import { openScan } from '../../src/scan/open.ts';
import type { PatternSource } from '../../src/scan/pattern-source.ts';
import { pixel_mrad } from '../../src/scan/units.ts';
import type { Same } from './expected.ts';
import type { Verdict } from './judge.ts';

/** twin-a's own [kV]: for pixels stated as spatial frequencies. */
const VOLTAGE = 300;
const near = (a: number | undefined, b: number | undefined): boolean => a === b || Math.abs(a! / b! - 1) < 1e-3;

/** Compares two files. @param made the case's, `other` that of the case it is the same as */
export async function judgeSame(name: string, expected: Same, made: string, other: string): Promise<Verdict> {
  const [own, others] = [await openScan(await scanFile(made)), await openScan(await scanFile(other))];
  try {
    const off = [...statedFaults(expected, own), ...(await numberFaults(expected, own, others))];
    const notes = own.info.notes.filter((note) => !others.info.notes.includes(note));
    const said = notes.find((note) => expected.words?.test(note));
    if (expected.words && said === undefined) off.push('without a word of it');
    if (off.length > 0) return { name, verdict: 'wrong', text: off.join('; ') };
    const same = `the numbers of ${expected.as}${expected.rows === undefined ? '' : `, ${expected.rows} rows`}`;
    return { name, verdict: said === undefined ? 'right' : 'said', text: said ?? same };
  } finally {
    own.close();
    others.close();
  }
}

function statedFaults({ step_nm, pixel_mrad: pixel, voltage_kV }: Same, { info }: PatternSource): string[] {
  const found = info.q_pixel === undefined || !info.q_unit ? undefined : pixel_mrad(info.q_pixel, info.q_unit, VOLTAGE);
  const rows: [what: string, is: number | undefined, was: number | undefined][] = [
    ['step', info.step_nm, step_nm],
    ['pixel', found, pixel],
    ['voltage', info.voltage_kV, voltage_kV],
  ];
  return rows
    .filter(([, is, was]) => !near(is, was))
    .map(([what, is, was]) => `${what} ${is ?? 'unknown'}, not ${was ?? 'unknown'}`);
}

async function numberFaults({ rows }: Same, own: PatternSource, other: PatternSource): Promise<string[]> {
  const [ry, rx, ...pattern] = own.shape;
  const wanted = [rows ?? other.shape[0], ...other.shape.slice(1)];
  if (own.shape.join() !== wanted.join()) return [`${own.shape.join(' × ')}, not ${wanted.join(' × ')}`];
  for (const image of ['vacuum', 'dark', 'gain'] as const) {
    if (!equal(own[image] ?? [], other[image] ?? [])) return [`another ${image}`];
  }
  for (let i = 0; i < ry * rx; i++) {
    if (!equal(await own.read(i, 1), await other.read(i, 1)))
      return [`pattern ${i} of ${pattern.join(' × ')} pixels has other numbers`];
  }
  return [];
}

function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
