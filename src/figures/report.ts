/**
 * One HTML file that holds a whole report: summary, headline numbers, sections with figures (inline SVG) and tables, and where
 * it all came from. Self-contained (no script, no external resource) and deterministic (no clock).
 *
 * Everything is escaped but `html` and `svg`, which must come from this program. Names of channels ('P_x') in text are set
 * with subscripts.
 */

import { fail } from '../core/errors.ts';
import { countLabel, fixedLabel, numberLabel, unitLabel } from '../core/numbers.ts';
import { richText } from './labels.ts';
import { REPORT_CSS } from './report-style.ts';
import { escapeText } from './svg.ts';

/** A table's cell: text, a number (`digits` significant digits, or whole; right-aligned), or trusted HTML (`channelHtml`). */
export type Cell = string | number | { readonly html: string };

export interface ReportTable {
  readonly caption?: string;
  /** Column heads; a unit is set beside the head in grey; significant digits of its numbers, default 3. */
  readonly columns: readonly { readonly label: string; readonly unit?: string; readonly digits?: number }[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface ReportFigure {
  /** From this room's figure functions. */
  readonly svg: string;
  readonly caption?: string;
}

export interface ReportSection {
  readonly heading: string;
  /** Paragraphs, separated by blank lines. */
  readonly text?: string;
  /** Trusted HTML. */
  readonly html?: string;
  /** One figure, or several that stand side by side where there is room. */
  readonly svg?: string | readonly ReportFigure[];
  readonly table?: ReportTable | readonly ReportTable[];
  /** A caution, set apart. */
  readonly note?: string;
}

export interface Headline {
  readonly label: string;
  readonly value: string | number;
  readonly unit?: string;
}

export interface ReportProvenance {
  /** What was heeded, or the whole study. */
  readonly recipe_toml: string;
  /** Of a whole study. */
  readonly recipe_hash?: string;
  /** What it is of, by the settings that matter: the artefact's id. */
  readonly identity?: string;
  /** Where anything was drawn. */
  readonly seed?: number;
  readonly version: string;
  /** The scan's file name. */
  readonly source?: string;
  /** More lines: name and value. */
  readonly more?: Readonly<Record<string, string | number>>;
}

/** What a reader must know before the rest: 'wrong' where the results cannot be trusted, 'care' where something needs a look. */
export interface ReportWarning {
  readonly level: 'wrong' | 'care';
  readonly text: string;
}

export interface Report {
  readonly title: string;
  /** At the head, before the title; the gravest first. */
  readonly warnings?: readonly ReportWarning[] | undefined;
  /** One paragraph with the headline numbers in words. */
  readonly summary: string;
  /** The same numbers, large. */
  readonly headline?: readonly Headline[];
  readonly sections: readonly ReportSection[];
  readonly provenance: ReportProvenance;
}

/** The report as one HTML document. @throws 'format' when a figure is not SVG, 'shape' for ragged tables */
export function buildReport(report: Report): string {
  const { title, warnings = [], summary, headline = [], sections, provenance } = report;
  const tiles = headline.map(
    ({ label, value, unit }) =>
      `<div><dt>${richText(label)}</dt><dd>${escapeText(typeof value === 'number' ? numberLabel(value) : value)}${
        unit ? ` <small>${escapeText(unitLabel(unit))}</small>` : ''
      }</dd></div>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeText(title)}</title>`,
    `<style>${REPORT_CSS}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...bannerHtml(warnings),
    '<header>',
    `<h1>${richText(title)}</h1>`,
    `<p class="summary">${richText(summary)}</p>`,
    ...(tiles.length > 0 ? [`<dl class="headline">${tiles.join('')}</dl>`] : []),
    '</header>',
    ...sections.map(sectionHtml),
    provenanceHtml(provenance),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const BANNER_HEADS = { wrong: 'Do not trust this result', care: 'Take care' } as const;

/** One block for each level that occurs. */
function bannerHtml(warnings: readonly ReportWarning[]): string[] {
  return (['wrong', 'care'] as const).flatMap((level) => {
    const texts = warnings.filter((warning) => warning.level === level).map(({ text }) => `<li>${richText(text)}</li>`);
    if (texts.length === 0) return [];
    return [
      `<aside class="banner ${level}" role="alert"><strong>${BANNER_HEADS[level]}</strong><ul>${texts.join('')}</ul></aside>`,
    ];
  });
}

function sectionHtml({ heading, text, html, svg, table, note }: ReportSection): string {
  const figures = svg === undefined ? [] : typeof svg === 'string' ? [{ svg }] : svg;
  const tables = table === undefined ? [] : 'columns' in table ? [table] : table;
  return [
    '<section>',
    `<h2>${richText(heading)}</h2>`,
    ...(text ?? '')
      .split(/\n\s*\n/)
      .filter((paragraph) => paragraph.trim() !== '')
      .map((paragraph) => `<p>${richText(paragraph.trim())}</p>`),
    ...(html === undefined ? [] : [html]),
    ...(note === undefined ? [] : [`<p class="note">${richText(note)}</p>`]),
    ...(figures.length > 0 ? [`<div class="figures">${figures.map(figureHtml).join('\n')}</div>`] : []),
    ...tables.map(tableHtml),
    '</section>',
  ].join('\n');
}

/** On screen a figure is at most this much larger than in print. */
const ENLARGE = 1.36;

function figureHtml({ svg, caption }: ReportFigure): string {
  const width = Number(/^\s*<svg\b[^>]*?\swidth="([\d.]+)"/.exec(svg)?.[1]);
  if (!(width > 0)) {
    fail('format', 'A figure of the report is not an SVG with a width.', 'Give what the figure functions return.');
  }
  const words = caption ? `<figcaption>${richText(caption)}</figcaption>` : '';
  return `<figure style="max-width:${Math.round(ENLARGE * width + 10)}px"><div class="sheet">${svg.trim()}</div>${words}</figure>`;
}

function tableHtml({ caption, columns, rows }: ReportTable): string {
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const kind = (i: number): string => (numeric[i] ? ' class="number"' : '');
  const head = columns.map(
    ({ label, unit }, i) =>
      `<th scope="col"${kind(i)}>${richText(label)}${unit ? ` <span>${escapeText(unitLabel(unit))}</span>` : ''}</th>`,
  );
  const cell = (value: Cell, i: number): string => {
    if (typeof value === 'number') {
      return Number.isInteger(value) ? countLabel(value) : fixedLabel(value, columns[i]?.digits ?? 3);
    }
    return typeof value === 'string' ? richText(value) : value.html;
  };
  const body = rows.map((row) => {
    if (row.length !== columns.length) {
      fail('shape', `A table row has ${row.length} cells under ${columns.length} heads.`, 'Fill every column.');
    }
    return `<tr>${row.map((value, i) => `<td${kind(i)}>${cell(value, i)}</td>`).join('')}</tr>`;
  });
  return [
    ...(caption ? [`<p class="caption">${richText(caption)}</p>`] : []),
    `<div class="scroll"><table${caption ? ` aria-label="${escapeText(caption)}"` : ''}>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

function provenanceHtml({ recipe_toml, version, more = {}, ...given }: ReportProvenance): string {
  const { identity, recipe_hash, seed, source } = given;
  const known = { Identity: identity, 'Recipe hash': recipe_hash, Seed: seed, Scan: source, ...more };
  const lines: [string, string][] = [
    ['Ferroscope', version],
    ...Object.entries(known).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  ];
  return [
    '<section class="provenance">',
    '<h2>Provenance</h2>',
    `<dl>${lines.map(([name, value]) => `<dt>${escapeText(name)}</dt><dd><code>${escapeText(value)}</code></dd>`).join('')}</dl>`,
    `<details><summary>Recipe, every default written out</summary><pre>${escapeText(recipe_toml)}</pre></details>`,
    '</section>',
  ].join('\n');
}
