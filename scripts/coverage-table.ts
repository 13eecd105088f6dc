/** A table of the coverage study: how often the intervals of each row hold the truth, as markdown. Not here: fields and statistics (coverage-study.ts, coverage-textures.ts). */

import type { Finding } from '../src/findings/finding.ts';

/** Of one field. */
export interface Drawn {
  readonly findings: readonly Finding[];
  readonly truths: ArrayLike<number>;
}

interface Counted {
  readonly finding: Finding;
  readonly truth: number;
}

interface Row {
  /** Intervals that chance makes, and those of them that hold the truth. */
  stated: number;
  covered: number;
  /** The same of bounds: what taking the noise away is unsure by exceeds half of σ. */
  bounds: number;
  bounded: number;
  bias: number;
  raw: number;
  half: number;
}

function rowOf(all: readonly Counted[]): Row {
  const row = { stated: 0, covered: 0, bounds: 0, bounded: 0, bias: 0, raw: 0, half: 0 };
  for (const { finding, truth } of all) {
    row.raw += finding.value - truth;
    if (!finding.interval) continue;
    const [low, high] = finding.interval;
    const holds = low <= truth && truth <= high ? 1 : 0;
    if ((finding.extrapolation ?? 0) > finding.sigma! / 2) {
      row.bounds++;
      row.bounded += holds;
    } else {
      row.stated++;
      row.covered += holds;
    }
    row.bias += (finding.corrected ?? finding.value) - truth;
    row.half += (high - low) / 2;
  }
  return row;
}

/** Fields of each row, and the one table that is wanted. */
export const FIELDS = Number(process.argv[2] ?? 200);
const only = Number(process.argv[3] ?? 0);
let tables = 0;

export const wanted = (table: number): boolean => !only || table === only;

export function study(title: string, levels: readonly number[], each: (level: number, k: number) => Drawn): void {
  if (!wanted(++tables)) return;
  console.log(`\n### ${title}\n`);
  console.log(
    '| statistic | σ/\\|P\\| | intervals | hold the truth | bounds | hold it | not determined | raw − truth | corrected − truth | half-width |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  const rows = new Map<string, { i: number; name: string; level: number; all: Counted[] }>();
  for (const level of levels) {
    for (let k = 0; k < FIELDS; k++) {
      const { findings, truths } = each(level, k);
      for (const [i, finding] of findings.entries()) {
        const key = `${i} ${level}`;
        const held = rows.get(key) ?? { i, name: finding.name.replace(/(?<!\\)\|/g, '\\|'), level, all: [] };
        rows.set(key, held);
        held.all.push({ finding, truth: truths[i]! });
      }
    }
  }
  const share = (some: number, all: number): string => (all > 0 ? `${((100 * some) / all).toFixed(1)}%` : '–');
  const places = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–');
  for (const { name, level, all } of [...rows.values()].sort((a, b) => a.i - b.i || a.level - b.level)) {
    const row = rowOf(all);
    const n = row.stated + row.bounds;
    const shares = [row.stated, share(row.covered, row.stated), row.bounds, share(row.bounded, row.bounds), FIELDS - n];
    const numbers = [row.raw / all.length, row.bias / n, row.half / n].map(places);
    console.log(`| ${[name, level, ...shares, ...numbers].join(' | ')} |`);
  }
}
