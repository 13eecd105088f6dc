/** The report of an analysis: the numbers with errors and nulls, one figure for each panel of the paper’s Fig. 2–4 and Extended Data Fig. 7–10, and the data behind the figures as CSV. */

import { measured, numberLabel, plural, quantity, unitLabel } from '../core/numbers.ts';
import type { Analysis } from '../findings/analyse.ts';
import { directionSections, type PoleLandscape } from './analysis-directions.ts';
import { type DrawnMaps, drawn, drawnMaps } from './analysis-drawn.ts';
import { lengthSection } from './analysis-lengths.ts';
import { type PathPatterns, pathSection } from './analysis-path.ts';
import { profileSection } from './analysis-profiles.ts';
import { spreadSection } from './analysis-spread.ts';
import { switchingSection, unchangedSection } from './analysis-switching.ts';
import { biasLabel } from './film-profile.ts';
import { findingTable } from './finding-table.ts';
import { buildReport, type ReportProvenance, type ReportSection } from './report.ts';

export interface AnalysisDrawing {
  /** Under the poles. */
  readonly landscape?: PoleLandscape | undefined;
  /** Of each state, where its scan was given. */
  readonly paths?: readonly (PathPatterns | undefined)[] | undefined;
  /** Maps and walls as another thread draws them meanwhile; drawn here where nobody does. */
  readonly apart?: Promise<DrawnMaps> | undefined;
}

/** report.html, figures/*.svg and data/*.csv, by path. @throws as `apart` */
export async function renderAnalysis(
  analysis: Analysis,
  provenance: ReportProvenance,
  { landscape, paths, apart }: AnalysisDrawing = {},
): Promise<Map<string, string>> {
  const { series } = analysis;
  const names = series.states.map(({ bias_V }) => biasLabel(bias_V));
  const lengths = drawn(analysis, (parts) => [lengthSection(parts), spreadSection(parts)]);
  const rest = drawn(analysis, (parts) => [
    ...(paths ? [pathSection(parts, paths)] : []),
    profileSection(parts),
    ...(series.states.length > 1 ? [switchingSection(parts), unchangedSection(parts)] : []),
    ...directionSections(parts, landscape),
  ]);
  const { glance, maps, walls } = await (apart ?? drawnMaps(analysis));
  const inOrder = [maps, lengths, walls, rest];
  const files = new Map(inOrder.flatMap((some) => [...some.files]));
  const sections: ReportSection[] = [
    { ...numberSection(analysis, names), svg: [glance] },
    ...inOrder.flatMap((some) => some.sections),
  ];
  const open = analysis.states.some(({ told }) => !told.whole);
  const html = buildReport({
    title: series.states.length > 1 ? `States at ${names.join(', ')}` : `Findings in ${series.states[0]!.name}`,
    summary: `${series.shape.join(' × ')} positions, ${quantity(series.step_nm, 'nm')} apart, ${plural(
      analysis.film.reduce((sum, mark) => sum + mark, 0),
      'position',
    )} of them in the film. Every number stands beside its error and beside what shuffled positions, P_z from the model’s prior and noise alone give of the same: a value inside those is no finding.`,
    headline: names.slice(0, 4).map((name, i) => {
      const mean = `mean P_${analysis.options.across}`;
      const { value, corrected = value, sigma = 0 } = analysis.states[i]!.findings.find((one) => one.name === mean)!;
      return { label: `${mean} at ${name}`, value: measured(corrected, sigma, '').trim(), unit: 'µC/cm²' };
    }),
    sections: open
      ? sections.map((section, i) =>
          i === 0
            ? {
                ...section,
                note: 'P along the beam is not measured where its σ is as large as that of knowing only the model’s structures. |P|, directions, T_d, walls and angles in space then are made of the prior in part: look at the null of P_z.',
              }
            : section,
        )
      : sections,
    provenance,
  });
  files.set('report.html', html);
  return files;
}

function numberSection({ series, states, findings, constancy }: Analysis, names: readonly string[]): ReportSection {
  const left = series.states.map(({ left_out: { not_measured, out_of_domain } }, i) =>
    not_measured + out_of_domain > 0
      ? `At ${names[i]} ${plural(not_measured, 'position')} of the map ${not_measured === 1 ? 'was' : 'were'} not measured and ${out_of_domain} out of the model’s domain: left out.`
      : '',
  );
  return {
    heading: 'Numbers',
    text: left.filter((words) => words !== '').join(' '),
    table: [
      ...states.map((state, i) => findingTable(state.findings, `At ${names[i]}.`)),
      ...(findings.length > 0 ? [findingTable(findings, 'Of the series.')] : []),
      ...(constancy.length > 0
        ? [
            {
              caption:
                'What a bias should leave as it is. In σ: rms change over σ of a difference, about 1 where nothing but noise changes.',
              columns: ['Channel', 'At', 'Mean change', 'rms', 'In σ', 'n'].map((label) => ({ label })),
              rows: constancy.map(({ name, unit, bias_V, mean, rms, in_sigma, n }) => [
                name,
                biasLabel(bias_V),
                `${numberLabel(mean)} ${unitLabel(unit)}`,
                `${numberLabel(rms)} ${unitLabel(unit)}`,
                in_sigma,
                n,
              ]),
            },
          ]
        : []),
    ],
  };
}
