// docs/cases.md: each case's verdict in a line, as `npm run cases` judged it.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './judge.ts';

const PAGE = fileURLToPath(new URL('../../docs/cases.md', import.meta.url));

const table = (verdicts: readonly Verdict[]): string =>
  [
    '| case | verdict | what is off, and what was said |',
    '|---|---|---|',
    ...verdicts.map(({ name, verdict, text }) => `| ${name} | ${verdict} | ${text.replaceAll('|', '/')} |`),
  ].join('\n');

/** '98 cases: 60 right, 37 said, 1 wrong' */
export function countsOf(all: readonly Verdict[]): string {
  const count = (wanted: string): number => all.filter(({ verdict }) => verdict === wanted).length;
  const left = count('not run') > 0 ? `, ${count('not run')} not run` : '';
  return `${all.length} cases: ${count('right')} right, ${count('said')} said, ${count('wrong')} wrong${left}`;
}

export function writeCasesPage(scans: readonly Verdict[], structures: readonly Verdict[]): void {
  writeFileSync(
    PAGE,
    `# The cases

Inputs that once went wrong or may (../shared/cases), judged by \`npm run cases\`, which writes this page. **Right**: every value is within its stated error (three of them) of what the case was made with. **Said**: refused, or warned of in words that name the cause and that an ordinary scan does not get; values that are off stand before the words. **Wrong**: off without a word. ${countsOf([...scans, ...structures])}.

## Scans

\`ferroscope map\` of twin-a (16 × 16 patterns of 256 × 256 pixels, 10⁶ electrons) with one property changed: its centres, pixel, rotation, ellipse and dose against those it was made with, P across the beam against the truth, and no value where there is no crystal. A case whose numbers are another's, in another file, is compared with it number for number, and what its file states with what it should. The rules are in scripts/cases/expected.ts, judge.ts and same.ts; the runs take about 25 CPU minutes.

${table(scans)}

## Structures

What \`ferroscope simulate\` would send electrons through: densities, edges, frames, and what was guessed. The right values are in scripts/cases/structures.ts.

${table(structures)}
`,
  );
}
