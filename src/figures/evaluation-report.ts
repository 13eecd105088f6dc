/** The report of `ferroscope evaluate`: coverage on every set of patterns, ranks and TARP on those of the library's kind, and the figures by which the paper judges its network. No computing of physics, no files. */

import * as Plot from '@observablehq/plot';
import { decimalLabel, percent, unitLabel } from '../core/numbers.ts';
import type { CoverageOf, Verdict } from '../polarization/coverage.ts';
import { type AccuracyInput, accuracySections } from './accuracy-section.ts';
import { chart } from './chart.ts';
import { type DerivativeInput, derivativeSection } from './derivative-section.ts';
import { channelHtml, channelSvg } from './labels.ts';
import { type LatentInput, latentSection } from './latent-section.ts';
import { lineChart } from './line-chart.ts';
import { buildReport, type Cell, type ReportTable } from './report.ts';
import { type ScanInput, scanSections } from './scan-section.ts';
import { el, px } from './svg.ts';
import { INK, SERIES } from './theme.ts';

export interface EvaluatedSet {
  readonly name: string;
  readonly what: string;
  readonly shifted: boolean;
  readonly coverage: CoverageOf;
  readonly verdict: Verdict;
  /** Ranks 0 … 99 of each label's truth, of the unmarked patterns [labels][patterns]. */
  readonly ranks: readonly (readonly number[])[];
  /** Shares of TARP of the same patterns. */
  readonly tarp: readonly number[];
}

export interface EvaluationInput {
  readonly title: string;
  readonly sets: readonly EvaluatedSet[];
  /** Labels that TARP looks at together, and whose ranks are drawn. */
  readonly joint: readonly string[];
  readonly calibration: { readonly sigma: 'network' | 'rmse'; readonly structures: number; readonly patterns: number };
  readonly paper: {
    readonly accuracy: AccuracyInput;
    readonly derivatives: DerivativeInput | { readonly reason: string };
    readonly latents: LatentInput;
    readonly scan?: ScanInput | undefined;
  };
  readonly model: string;
  readonly version: string;
  readonly recipe_toml: string;
}

const BINS = 20;
const RANKS = 100;

/** Histogram of ranks, with the band that holds 99 of 100 bins where patterns are independent. */
export function rankFigure(ranks: readonly number[], name: string): string {
  const counts = new Array<number>(BINS).fill(0);
  for (const rank of ranks) counts[Math.floor((rank * BINS) / RANKS)]!++;
  const even = ranks.length / BINS;
  const band = 2.58 * Math.sqrt(even * (1 - 1 / BINS));
  const most = Math.max(...counts, even + band) * 1.08;
  const width = RANKS / BINS;
  return chart({
    description: `Ranks of the true ${name} among 99 draws of its posterior, ${ranks.length} patterns: ${counts.join(', ')}.`,
    width: 214,
    height: 150,
    x: { label: `rank of the true ${channelSvg(name)}`, domain: [0, RANKS], ticks: [0, 50, 100] },
    y: { label: 'patterns', domain: [0, most], ticks: [0, Math.round(even)] },
    marks: [
      Plot.rectY(counts, {
        x1: (_: number, i: number) => i * width + 0.4,
        x2: (_: number, i: number) => (i + 1) * width - 0.4,
        y: (n: number) => n,
        fill: SERIES[0]!,
      }),
    ],
    over: (at) => {
      const [x0, top] = at(0, even + band);
      const [x1, bottom] = at(RANKS, Math.max(0, even - band));
      return el('rect', {
        x: px(x0),
        y: px(top),
        width: px(x1 - x0),
        height: px(bottom - top),
        fill: INK,
        'fill-opacity': 0.1,
      });
    },
  });
}

/** Expected coverage of the joint posterior beside the diagonal (TARP), one line a set. */
export function tarpFigure(sets: readonly EvaluatedSet[]): string {
  const levels = Array.from({ length: 21 }, (_, i) => i / 20);
  const curve = (values: readonly number[]) =>
    levels.map((level) => [level, values.filter((share) => share <= level).length / values.length] as const);
  return lineChart(
    [
      {
        name: 'as stated',
        points: [
          [0, 0],
          [1, 1],
        ] as const,
        dashed: true,
        colour: INK,
      },
      ...sets.map(({ name, tarp }) => ({ name, points: tarp.length > 0 ? curve(tarp) : [] })),
    ],
    {
      title: 'Joint coverage (TARP)',
      description: `Expected coverage of joint posteriors against their credibility: ${sets.map(({ name }) => name).join(', ')}.`,
      height: 260,
      x: { label: 'credibility', domain: [0, 1] },
      y: { label: 'share of truths inside', domain: [0, 1] },
    },
  );
}

const cell = (share: number): string => (Number.isFinite(share) ? decimalLabel(100 * share, 0) : '–');

function coverageTable({ name, what, coverage }: EvaluatedSet): ReportTable {
  return {
    caption: `${name}: ${what}. ${coverage.count} patterns of ${coverage.structures} structures, ${percent(coverage.outside / coverage.count, 2)} marked. Plain: all patterns, as if none were marked, ± standard error over structures; unmarked: the rest; widened: all, σ widened where they are marked. Abstained: unmarked values that carry no information.`,
    columns: ['Label', 'Unit', 'MAE', 'MAE of the mean', 'Plain', 'Unmarked', 'Widened', 'Abstained'].map((label) => ({
      label,
    })),
    rows: coverage.labels.map((l): Cell[] => [
      { html: channelHtml(l.name) },
      unitLabel(l.unit),
      l.mae,
      l.prior_mae,
      `${cell(l.plain[0])} ± ${cell(l.plain_error[0])}, ${cell(l.plain[1])} ± ${cell(l.plain_error[1])}`,
      l.unmarked.map(cell).join(', '),
      l.widened.map(cell).join(', '),
      percent(l.abstained, 2),
    ]),
  };
}

const WORDS = { marked: 'marked as out of domain', kept: 'kept', broken: 'broken' } as const;

/** report.html and figures/*.svg, by path. */
export function evaluationReport(input: EvaluationInput): Map<string, string> {
  const { sets, joint, calibration, paper } = input;
  const figures = new Map<string, string>();
  const put = (name: string, svg: string): string => {
    figures.set(`figures/${name}.svg`, svg);
    return svg;
  };
  const usual = sets.filter(({ shifted }) => !shifted);
  const judged = usual.at(-1)!;
  const ranks = joint.flatMap((name) => {
    const label = judged.coverage.labels.findIndex((one) => one.name === name);
    return label < 0 ? [] : [{ svg: put(`ranks-${name}`, rankFigure(judged.ranks[label]!, name)) }];
  });
  const broken = sets.filter(({ verdict }) => verdict.kind === 'broken');
  const html = buildReport({
    title: input.title,
    warnings: broken.map(({ name, verdict: { worst } }) => ({
      level: 'wrong' as const,
      text: `${name}: ${worst!.name} holds the truth in ${cell(worst!.coverage)} of 100 patterns that are not marked, and ${worst!.level === 0 ? 68 : 95} are stated.`,
    })),
    summary: `${sets.length} sets of patterns: ${sets.map(({ name, verdict }) => `${name} ${WORDS[verdict.kind]}`).join('; ')}. σ is ${
      calibration.sigma === 'network'
        ? 'what the network states of each pattern'
        : 'the rms error joined with the spread of two looks'
    }, calibrated on ${calibration.patterns} patterns of ${calibration.structures} held-out structures.`,
    sections: [
      {
        heading: 'Coverage, set by set',
        text: 'Share of truths inside the 68 and the 95% interval [%]. A set is kept where no label covers less than stated by more than 3 points (8 in sets unlike the library) and two standard errors over structures; it is marked where nine patterns of ten are called out of domain.',
        table: sets.map(coverageTable),
      },
      {
        heading: 'Ranks of the truth',
        text: `Simulation-based calibration on the set ‘${judged.name}’: ranks of the truth among 99 draws of its posterior are even where σ is honest; a ∪ says that it is too small, a ∩ too large. Grey: 99 of 100 bins if patterns were independent; those of one structure are not.`,
        svg: ranks,
      },
      {
        heading: 'All labels together',
        text: `${joint.join(', ')} as independent Gaussians, unmarked patterns. Below the diagonal the joint intervals are too small.`,
        svg: put('tarp', tarpFigure(usual)),
      },
      ...accuracySections(paper.accuracy, put),
      derivativeSection(paper.derivatives, put),
      latentSection(paper.latents, put),
      ...(paper.scan ? scanSections(paper.scan, put) : []),
    ],
    provenance: { recipe_toml: input.recipe_toml, identity: input.model, version: input.version },
  });
  return new Map([['report.html', html], ...figures]);
}
