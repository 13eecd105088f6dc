/** A section of an evaluation, after the paper's Extended Data Fig. 1: whether a scan's latents lie where the library's do, and which simulated patterns its patterns look like. */

import { countLabel, decimalLabel, fixedLabel, percent, plural, quantity, setting } from '../core/numbers.ts';
import { type PatternPanel, patternFigure } from './pattern-figure.ts';
import type { Cell, ReportSection } from './report.ts';
import { type Cloud, cloudFigure } from './scatter-figure.ts';
import { PAGE_WIDTH } from './theme.ts';

/** A pattern of the library beside one of the scan. */
export interface NearestPattern {
  /** [pixels²] */
  readonly pattern: ArrayLike<number>;
  readonly r1: number;
  /** Of the library's pattern, in the order of `labels`. */
  readonly labels: readonly number[];
}

export interface ScanInput {
  /** What there is to know of the scan, a sentence each. */
  readonly remarks?: readonly string[];
  readonly scan: string;
  readonly dose_e: number;
  readonly positions: number;
  readonly library_patterns: number;
  /** Share of the variance of the library's latents along the two components. */
  readonly share: readonly [number, number];
  readonly bins: number;
  /** The library's cloud, then the scan's; [count][2]. */
  readonly library: ArrayLike<number>;
  readonly views: readonly {
    /** '' or 'before adaptation', 'after adaptation'. */
    readonly name: string;
    readonly points: ArrayLike<number>;
    readonly overlap: number;
    /** Of the library patterns of the states that the model predicts of the scan. */
    readonly same_states: number;
  }[];
  /** What sampling alone leaves: as many library patterns as the scan has positions, and two halves. */
  readonly drawn: number;
  readonly halves: number;
  readonly labels: readonly { readonly name: string; readonly unit: string }[];
  readonly pixel_mrad: number;
  /** Of so many library patterns. */
  readonly candidates: number;
  readonly nearest: readonly {
    readonly at: readonly [y: number, x: number];
    readonly pattern: ArrayLike<number>;
    /** Predicted of it. */
    readonly labels: readonly number[];
    readonly by_labels: NearestPattern;
    readonly by_image: NearestPattern;
    /** R1 that counting leaves, and the median over the candidates. */
    readonly counting: number;
    readonly any: number;
  }[];
}

export function scanSections(input: ScanInput, put: (name: string, svg: string) => string): ReportSection[] {
  const { library, views, share, bins, labels, nearest } = input;
  const axes = share.map((part, i) => `PC${i + 1} (${percent(part, 2)} of the variance)`) as [string, string];
  const clouds = views.map(({ name, points, overlap }) => {
    const shown: Cloud[] = [
      { name: 'library', points: library },
      { name: name ? `scan, ${name}` : 'scan', points },
    ];
    const description = `Latents of library and scan on two principal components; overlap ${percent(overlap, 2)}.`;
    const file = name ? `latents-scan-${name.split(' ')[0]}` : 'latents-scan';
    return { svg: put(file, cloudFigure(shown, axes, description)), caption: `Overlap ${percent(overlap, 2)}.` };
  });
  return [
    {
      heading: 'Scan and library in latent space',
      text: [
        `Extended Data Fig. 1a, b of the paper, which does not define its overlap. Here: latents of ${plural(input.library_patterns, 'held-out library pattern')} (noise of the scan’s dose, ${quantity(input.dose_e, 'electrons', 3)}; blur and background as in training) give two principal components; overlap is Σ min(p, q) over ${bins} × ${bins} even bins of the rectangle that holds both clouds, p and q the shares of ${plural(input.positions, 'scan position')} and of the library’s patterns.`,
        'A scan has one place, one tilt and few thicknesses: it fills a part of the library’s cloud, however well it fits. What the number can be is in the table: the overlap with the library of library patterns drawn at random, as many as the scan has positions, and of those that have the states that the model predicts of the scan. A scan that fits lies near the latter.',
      ].join('\n\n'),
      svg: clouds,
      table: {
        caption: 'Overlap with the library.',
        columns: [{ label: 'Cloud' }, { label: 'Overlap' }],
        rows: [
          ...views.flatMap(({ name, overlap, same_states }): Cell[][] => [
            [`scan${name ? `, ${name}` : ''}`, percent(overlap, 2)],
            [`library patterns of the states predicted${name ? ` ${name}` : ''}`, percent(same_states, 2)],
          ]),
          [`as many library patterns, drawn at random (sampling alone)`, percent(input.drawn, 2)],
          ['one half of the library’s patterns with the other', percent(input.halves, 2)],
        ],
      },
    },
    {
      heading: 'Nearest simulated patterns',
      text: `Extended Data Fig. 1c, d of the paper: for ${plural(nearest.length, 'scan position')} the nearest of ${countLabel(input.candidates)} library patterns (evenly chosen), by the labels that the model predicts (each over the library’s deviation) and by the image (Σ(√I − √I′)²). Library patterns have no noise, no blur and no background. R1 = Σ|I − I′| / ΣI′, both scaled to one sum; counting: what ${quantity(input.dose_e, 'electrons', 3)} leave of R1 beside the right pattern; any: the median over the candidates. Disorder on the sites changes a pattern as much as P does: what looks alike has the thickness and tilt of the pattern, and need not have its P.`,
      svg: [{ svg: put('nearest-patterns', nearestFigure(input)) }],
      table: {
        columns: [
          { label: 'Position' },
          { label: 'Pattern' },
          ...labels.map(({ name, unit }) => ({ label: name === 'thickness' ? 'Thickness' : name, unit })),
          { label: 'R1' },
        ],
        rows: nearest.flatMap(({ at, labels: own, by_labels, by_image, counting, any }): Cell[][] => {
          const row = (what: string, values: readonly number[], r1: string): Cell[] => [
            `(${at.join(', ')})`,
            what,
            ...values.map((value) => decimalLabel(value, 2)),
            r1,
          ];
          return [
            row('scan, as predicted', own, `counting ${fixedLabel(counting, 2)}, any ${fixedLabel(any, 2)}`),
            row('nearest by labels', by_labels.labels, fixedLabel(by_labels.r1, 2)),
            row('nearest by image', by_image.labels, fixedLabel(by_image.r1, 2)),
          ];
        }),
      },
    },
  ];
}

/** A row for each position: the scan's pattern, and the two that are nearest. */
function nearestFigure({ nearest, pixel_mrad }: ScanInput): string {
  const panels = nearest.flatMap(({ at, pattern, by_labels, by_image }): PatternPanel[] => {
    const pixels = Math.sqrt(pattern.length);
    const panel = (title: string, data: ArrayLike<number>): PatternPanel => {
      let sum = 0;
      for (let i = 0; i < data.length; i++) sum += data[i]!;
      return {
        title,
        data: Float64Array.from(data, (value) => value / sum),
        shape: [pixels, pixels],
        mrad_per_pixel: pixel_mrad,
      };
    };
    return [
      panel(`scan, position (${at.map((value) => setting(value, '')).join(', ')})`, pattern),
      panel(`by labels: R1 ${fixedLabel(by_labels.r1, 2)}`, by_labels.pattern),
      panel(`by image: R1 ${fixedLabel(by_image.r1, 2)}`, by_image.pattern),
    ];
  });
  return patternFigure(panels, { width: PAGE_WIDTH * 0.8, columns: 3, unit: 'share of the pattern' });
}
