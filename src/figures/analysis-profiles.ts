/** Profiles across the film, of all states with their bands and what noise alone gives (Fig. 3d–k of the paper), with the numbers as CSV. */

import { plural } from '../core/numbers.ts';
import { changeProfiles, meanProfile } from '../findings/change-profile.ts';
import type { Finding } from '../findings/finding.ts';
import type { Profile } from '../findings/profile.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { type ProfileFigureOptions, profileFigure } from './profile-figure.ts';
import type { ReportFigure, ReportSection } from './report.ts';
import type { SeriesStyle } from './series-style.ts';

function profileOptions({ profiles, heads: names, symbol, styles }: Drawn): ProfileFigureOptions {
  const first = profiles[0]!;
  const column = ({ points }: Profile, of: (finding: Finding) => number | undefined) =>
    Float64Array.from(points, (point) => (point ? (of(point) ?? Number.NaN) : Number.NaN));
  const noise = first.points.some((point) => point?.nulls.noise);
  return {
    symbol,
    unit: first.unit,
    place_nm: first.at_nm,
    states: profiles.map((profile, i) => ({
      name: names[i]!,
      style: styles?.[i],
      values: column(profile, ({ value }) => value),
      ...(profile.points.some((point) => point?.interval) && {
        band95: {
          low: column(profile, ({ interval }) => interval?.[0]),
          high: column(profile, ({ interval }) => interval?.[1]),
        },
      }),
    })),
    ...(noise && {
      null: {
        name: names.length > 1 ? `noise alone, at ${names[0]}` : 'noise alone',
        mean: column(first, ({ nulls }) => nulls.noise?.mean),
        low: column(first, ({ nulls }) => nulls.noise?.interval[0]),
        high: column(first, ({ nulls }) => nulls.noise?.interval[1]),
      },
    }),
  };
}

interface Drawn {
  /** Of the files: 'P_y'. */
  readonly name: string;
  /** As symbolSvg takes it. */
  readonly symbol: string;
  readonly profiles: readonly Profile[];
  /** Of each, in the key, and at the end of the columns of the CSV. */
  readonly heads: readonly string[];
  readonly ends: readonly string[];
  /** Of states; the house's series where they are none. */
  readonly styles?: readonly SeriesStyle[] | undefined;
  readonly caption: string;
}

/** The figure, with its numbers as CSV. */
function drawn({ files, figure }: AnalysisParts, one: Drawn): ReportFigure {
  const { name, profiles, ends, caption } = one;
  files.set(
    `data/profile-${name}.csv`,
    csv(
      ['place_nm', ...ends.flatMap((end) => ['value', 'low95', 'high95', 'noise'].map((what) => `${what}_${end}`))],
      Array.from(profiles[0]!.at_nm, (place, at) => [
        place,
        ...profiles.flatMap(({ points }) => {
          const point = points[at];
          return [
            point?.value ?? Number.NaN,
            point?.interval?.[0] ?? Number.NaN,
            point?.interval?.[1] ?? Number.NaN,
            point?.nulls.noise?.mean ?? Number.NaN,
          ];
        }),
      ]),
    ),
  );
  return figure(`profile-${name}`, profileFigure(profileOptions(one)), caption);
}

const captionOf = (name: string, across: 'x' | 'y'): string =>
  name === `P_${across}` ? 'Fig. 3d–f.' : name === 'T_d' ? 'Fig. 3g–i.' : '';

export function profileSection(parts: AnalysisParts): ReportSection {
  const { analysis, names, styles } = parts;
  const { series, states } = analysis;
  const quantities = states[0]!.profiles.map(({ name }) => name);
  return {
    heading: 'Profiles across the film',
    text: 'Bands are 95% intervals of the mean over the positions of a height, for these very positions. A component that is not measured has none.',
    svg: [
      ...quantities.map((name, k) =>
        drawn(parts, {
          name,
          symbol: name,
          profiles: states.map(({ profiles: own }) => own[k]!),
          heads: names,
          ends: series.states.map(({ bias_V }) => `${bias_V}V`),
          styles,
          caption: captionOf(name, analysis.options.across),
        }),
      ),
      ...(states.length > 1 ? seriesProfiles(parts) : []),
    ],
  };
}

/** ΔP along the field, and the mean of T_d over states. */
function seriesProfiles(parts: AnalysisParts): ReportFigure[] {
  const { analysis, names, styles } = parts;
  const { series, film, options, states } = analysis;
  const axis = options.across;
  const keep = film.map((mark, i) => mark & series.common[i]!);
  const others = series.states.flatMap(({ bias_V }, i) => (i === series.reference ? [] : [{ bias_V, i }]));
  const densities = states.map(({ profiles }) => profiles.find(({ name }) => name === 'T_d')!);
  return [
    drawn(parts, {
      name: `change-P_${axis}`,
      symbol: `ΔP_${axis}`,
      profiles: changeProfiles(series, keep, axis, {
        across: axis,
        values: options.values,
        noise: { length_nm: options.correlation_nm },
      }),
      heads: others.map(({ i }) => `${names[i]} − ${names[series.reference]}`),
      ends: others.map(({ bias_V }) => `${bias_V}V`),
      styles: others.map(({ i }) => styles[i]!),
      caption: 'Fig. 3j: change of P along the field, over positions that both states have.',
    }),
    drawn(parts, {
      name: 'mean-T_d',
      symbol: 'T_d',
      profiles: [meanProfile(densities)],
      heads: [`mean of ${plural(states.length, 'state')}`],
      ends: ['mean'],
      caption: 'Fig. 3k: T_d, mean over the states.',
    }),
  ];
}
