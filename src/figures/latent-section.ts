/** A section of an evaluation, after the paper's Extended Data Fig. 5: which latents go with which labels. */

import { decimalLabel, fixedLabel, plural } from '../core/numbers.ts';
import { heatMap } from './heat-map.ts';
import { channelSvg } from './labels.ts';
import type { ReportSection } from './report.ts';
import { colouredScatter } from './scatter-figure.ts';
import { TEXT } from './theme.ts';

export interface LatentInput {
  readonly patterns: number;
  readonly structures: number;
  readonly labels: readonly string[];
  /** How many latents, those that the predictor reads. */
  readonly latents: number;
  /** Pearson's r, [labels][labels] and [labels][latents]. */
  readonly between_labels: ArrayLike<number>;
  readonly with_latents: ArrayLike<number>;
  /** Largest |r| of labels with latents where patterns are shuffled. */
  readonly chance: number;
  readonly scatters: readonly {
    readonly name: string;
    readonly unit: string;
    readonly values: ArrayLike<number>;
    /** The two latents that correlate best with the label, from 0, and how. */
    readonly latents: readonly [number, number];
    readonly r: readonly [number, number];
    /** The same once the other labels are taken out of both. */
    readonly partial: readonly [number, number];
    /** [patterns][2] */
    readonly points: ArrayLike<number>;
  }[];
}

const latentName = (index: number): string =>
  `<tspan font-style="italic">L</tspan><tspan dy="${0.22 * TEXT.small}" font-size="${0.75 * TEXT.small}">${index + 1}</tspan>`;

export function latentSection(input: LatentInput, put: (name: string, svg: string) => string): ReportSection {
  const { labels, latents, scatters, chance } = input;
  const rows = labels.map((name) => channelSvg(name));
  const table = heatMap({
    description: `Pearson correlations of ${labels.join(', ')} with each other and with ${plural(latents, 'latent')}.`,
    rows,
    blocks: [
      {
        columns: labels.map((name) => (name === 'thickness' ? 'Thick.' : channelSvg(name, TEXT.small))),
        values: input.between_labels,
      },
      { columns: Array.from({ length: latents }, (_, i) => latentName(i)), values: input.with_latents },
    ],
  });
  return {
    heading: 'What the latents hold',
    text: [
      `Extended Data Fig. 5 of the paper: Pearson’s r of the true labels with each other and with the ${plural(latents, 'latent')} that the predictor reads, ${plural(input.patterns, 'held-out pattern')} of ${plural(input.structures, 'structure')}, as simulated. δTi goes with P. With the patterns shuffled no |r| exceeds ${fixedLabel(chance, 2)}; patterns of one structure are alike, so that less than a few times that says little.`,
      'Below, patterns over the two latents that correlate best with a label. Labels of few structures go together by chance, and a latent of one then follows the other: the partial r is what is left once the other labels are taken out of both. A label may be held by many latents, or not linearly: a small r does not say that it is not there.',
    ].join('\n\n'),
    svg: [
      { svg: put('latents-correlation', table) },
      ...scatters.map(({ name, unit, values, latents: [a, b], r, partial, points }) => ({
        svg: put(
          `latents-${name}`,
          colouredScatter({ points, axes: [latentName(a), latentName(b)], name, unit, values }),
        ),
        caption: [a, b]
          .map((latent, i) => `L${latent + 1}: r = ${decimalLabel(r[i]!, 2)}, partial ${decimalLabel(partial[i]!, 2)}`)
          .join('; '),
      })),
    ],
  };
}
