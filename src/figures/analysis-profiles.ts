/** Profiles across the film, of all states with their bands and what noise alone gives (Fig. 3d–i of the paper), with the numbers as CSV. */

import type { Finding } from '../findings/finding.ts';
import type { Profile } from '../findings/profile.ts';
import { type AnalysisParts, csv } from './analysis-parts.ts';
import { type ProfileFigureOptions, profileFigure } from './profile-figure.ts';
import type { ReportSection } from './report.ts';

function profileOptions(profiles: readonly Profile[], names: readonly string[], symbol: string): ProfileFigureOptions {
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
        name: `noise alone, at ${names[0]}`,
        mean: column(first, ({ nulls }) => nulls.noise?.mean),
        low: column(first, ({ nulls }) => nulls.noise?.interval[0]),
        high: column(first, ({ nulls }) => nulls.noise?.interval[1]),
      },
    }),
  };
}

export function profileSection({ analysis, names, files, figure }: AnalysisParts): ReportSection {
  const { series, states } = analysis;
  const quantities = states[0]!.profiles.map(({ name }) => name);
  return {
    heading: 'Profiles across the film',
    text: 'Bands are 95% intervals of the mean over the positions of a height, for these very positions. A component that is not measured has none.',
    svg: quantities.map((name, k) => {
      const all = states.map(({ profiles: own }) => own[k]!);
      files.set(
        `data/profile-${name}.csv`,
        csv(
          [
            'place_nm',
            ...series.states.flatMap(({ bias_V }) => [
              `value_${bias_V}V`,
              `low95_${bias_V}V`,
              `high95_${bias_V}V`,
              `noise_${bias_V}V`,
            ]),
          ],
          Array.from(all[0]!.at_nm, (place, at) => [
            place,
            ...all.flatMap(({ points }) => {
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
      return figure(
        `profile-${name}`,
        profileFigure(profileOptions(all, names, name)),
        name === 'T_d' ? 'Fig. 3g–i.' : name === 'P_y' ? 'Fig. 3d–f.' : '',
      );
    }),
  };
}
