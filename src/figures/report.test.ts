import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { scoreMap } from '../polarization/score.ts';
import { componentMap } from './component-map.ts';
import { exampleMap } from './examples.ts';
import { buildReport, type Report } from './report.ts';
import { heldOutTable, pzLimitNote, scoreTable } from './report-parts.ts';
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
    { heading: 'Scores', table: [scoreTable(scoreMap(map, exampleMap(6, 6, { noise: 0 }))), heldOutTable(map)] },
    { heading: 'Trusted', html: '<p id="trusted">as it is</p>', note: pzLimitNote({ dose_e: 1e6 }) },
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
  expect([...scores!.querySelectorAll('th')].map((th) => th.textContent).slice(2, 6)).toEqual([
    'MAE',
    'RMSE',
    'Bias',
    'r',
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

test('the limit along the beam scales with the dose', () => {
  expect(pzLimitNote({ dose_e: 1e6 })).toContain(
    'about 7.7\u00a0pm per pattern (whole atoms, 50 nm, everything else free)',
  );
  const low = pzLimitNote({ dose_e: 1e4, uC_cm2_per_pm: 2.5 });
  expect(low).toContain('at 10\u2009000 electrons');
  expect(low).toContain('about 77\u00a0pm, 190\u00a0µC/cm² of P');
});
