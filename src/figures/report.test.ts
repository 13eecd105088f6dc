import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { scoreMap } from '../polarization/score.ts';
import { componentMap } from './component-map.ts';
import { buildReport, type Report, type ReportTable } from './report.ts';
import { alongBeamNote, heldOutTable, scoreTable } from './report-parts.ts';
import { exampleHeldOut, exampleMap } from './test-examples.ts';
import { vectorMap } from './vector-map.ts';

const map = exampleMap(6, 6);
const report: Report = {
  title: 'A <film> & its "map"',
  summary: 'MAE of P_x: 0.5 <b>.',
  headline: [{ label: 'MAE', value: 0.4821, unit: 'µC/cm²' }],
  sections: [
    {
      heading: 'Maps',
      text: 'One.\n\nTwo.',
      svg: [{ svg: vectorMap(map), caption: '<i>' }, { svg: componentMap(map, 'P_z') }],
    },
    {
      heading: 'Scores',
      table: [scoreTable(scoreMap(map, exampleMap(6, 6, { noise: 0 }))), heldOutTable(exampleHeldOut(8.95))],
    },
    { heading: 'Trusted', html: '<p id="trusted">as it is</p>', note: alongBeamNote(map, 8.95) },
  ],
  provenance: {
    recipe_toml: '[crystal]\nname = "</pre><script>alert(1)</script>"\n',
    recipe_hash: 'abcd',
    seed: 7,
    version: '0.1.0',
    source: '<scan>.h5',
  },
};

test('one document: title, sections, figures, tables, provenance', () => {
  const { document } = parseHTML(buildReport(report));
  expect(document.title).toBe('A <film> & its "map"');
  expect([...document.querySelectorAll('h2')].map((h) => h.textContent)).toEqual([
    'Maps',
    'Scores',
    'Trusted',
    'Provenance',
  ]);
  expect(document.querySelectorAll('figure svg')).toHaveLength(2);
  expect(document.querySelectorAll('#trusted')).toHaveLength(1);
  expect(document.querySelector('.headline dd')?.textContent).toBe('0.482 µC/cm²');
  expect(document.querySelectorAll('section:first-of-type > p')).toHaveLength(2);
  const [scores, heldOut] = document.querySelectorAll('table');
  expect(scores!.querySelectorAll('tbody tr')).toHaveLength(map.channels.length);
  expect([...scores!.querySelectorAll('th')].map((th) => th.textContent).slice(2, 5)).toEqual([
    'MAE',
    'RMSE',
    'Mean only',
  ]);
  expect(heldOut!.textContent).toContain('8.90');
  expect(document.querySelector('pre')?.textContent).toBe(report.provenance.recipe_toml);
});

test('self-contained and safe: nothing is loaded, nothing that users wrote is markup', () => {
  const html = buildReport(report);
  expect(html).not.toMatch(/<script|<link|@import|url\(|<iframe/i);
  const outside = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].filter(
    (m) => !m[1]!.startsWith('data:image/png;base64,'),
  );
  expect(outside).toEqual([]);
  expect(html).toContain('A &lt;film&gt; &amp; its &quot;map&quot;');
  expect(html).toContain('&lt;scan&gt;.h5');
  expect(html).toContain('<i>P</i><sub><i>x</i></sub>: 0.5 &lt;b&gt;.');
  // The one id is the trusted HTML's: figures have none, so that several can stand in one document.
  expect([...html.matchAll(/ id="/g)]).toHaveLength(1);
});

test('the same report is the same bytes', () => {
  expect(buildReport(report)).toBe(buildReport(structuredClone(report)));
});

test('what cannot be shown is refused', () => {
  const broken = (section: Report['sections'][number]) => () => buildReport({ ...report, sections: [section] });
  expect(broken({ heading: 'x', svg: '<p>no</p>' })).toThrow('not an SVG');
  expect(broken({ heading: 'x', table: { columns: [{ label: 'a' }], rows: [[1, 2]] } })).toThrow(
    '2 cells under 1 heads',
  );
});

test('warnings come before everything else, the gravest first; none, no banner', () => {
  const warnings = [
    { level: 'care', text: 'No <vacuum> probe.' },
    { level: 'wrong', text: 'P_x: the model does not fit.' },
  ] as const;
  const { document } = parseHTML(buildReport({ ...report, warnings }));
  const [first, second, third] = [...document.querySelector('main')!.children];
  expect(first!.className).toBe('banner wrong');
  expect(first!.textContent).toContain('Px: the model does not fit.');
  expect(second!.className).toBe('banner care');
  expect(second!.textContent).toContain('No <vacuum> probe.');
  expect(third!.tagName).toBe('HEADER');
  expect(parseHTML(buildReport(report)).document.querySelector('.banner')).toBeNull();
});

test('what is no better than the mean is marked, in both tables; what is not known is left out', () => {
  const marked = (table: ReportTable): boolean[] => table.rows.map((row) => row.includes('no better than the mean'));
  const score = { ...scoreMap(map, exampleMap(6, 6, { noise: 0 }))[0]!, rmse: 2, truth_sd: 2 };
  expect(marked(scoreTable([score, { ...score, truth_sd: 2.1 }, { ...score, truth_sd: 1 }]))).toEqual([
    true,
    false,
    true,
  ]);
  // Nothing to tell: the mean of a constant is the truth.
  expect(scoreTable([{ ...score, truth_sd: 0 }]).rows[0]!.at(-1)).toBe('the truth is constant');
  const [x, , z] = exampleHeldOut(8.95);
  expect(marked(heldOutTable([x!, z!]))).toEqual([false, true]);
  expect(marked(heldOutTable([{ ...x!, meanOnly: undefined }, z!]))).toEqual([false, true]);
  const unknown = heldOutTable([{ ...x!, meanOnly: undefined }]);
  expect(unknown.columns.map(({ label }) => label)).not.toContain('Mean only');
  expect(unknown.caption).toContain('does not hold');
});

test('along the beam: σ beside the prior’s spread, and no limit that was not computed', () => {
  const with_ = (sigma: number): PolarizationMap => ({
    ...map,
    channels: map.channels.map((c) => (c.name === 'P_z' ? { ...c, sigma: c.values.map(() => sigma) } : c)),
  });
  const prior = alongBeamNote(with_(9), 9);
  expect(prior).toContain('σ of P_z is 9.00 µC/cm² (median)');
  expect(prior).toContain('not a measurement');
  // σ half of the spread leaves a quarter of the variance untold.
  expect(alongBeamNote(with_(4.5), 9)).toContain('75 % is told by the patterns');
  expect(alongBeamNote(with_(4.5), undefined)).toContain('is not known');
  for (const note of [prior, alongBeamNote(with_(4.5), undefined)]) expect(note).not.toMatch(/Cramér|pm/);
});
