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

export function writeCasesPage(scans: readonly Verdict[], structures: readonly Verdict[]): void {
  const all = [...scans, ...structures];
  const count = (verdict: string): number => all.filter((one) => one.verdict === verdict).length;
  writeFileSync(
    PAGE,
    `# The cases

Inputs that once went wrong or may (../shared/cases), judged by \`npm run cases\`, which writes this page. **Right**: every value is within its stated error (three of them) of what the case was made with. **Said**: refused, or warned of in words that name the cause and that an ordinary scan does not get; values that are off stand before the words. **Wrong**: off without a word. ${all.length} cases: ${count('right')} right, ${count('said')} said, ${count('wrong')} wrong.

## Scans

\`ferroscope map\` of twin-a (16 × 16 patterns of 256 × 256 pixels, 10⁶ electrons) with one property changed: its centres, pixel, rotation, ellipse and dose against those it was made with, P across the beam against the truth, and no value where there is no crystal. The rules are in scripts/cases/expected.ts and judge.ts.

${table(scans)}

## Structures

What \`ferroscope simulate\` would send electrons through: densities, edges, frames, and what was guessed. The right values are in scripts/cases/structures.ts.

${table(structures)}
`,
  );
}
