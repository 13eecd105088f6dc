/** Figure and report of a film under biases, from data alone. */

import { decimalLabel, numberLabel, quantity, setting } from '../core/numbers.ts';
import { FILM_REFERENCE, FILM_REFERENCE_STEP } from '../ferroelectric/film-reference.ts';
import type { FilmPlan, FilmProfile } from '../ferroelectric/film-series.ts';
import { biasLabel, filmProfileChart } from './film-profile.ts';
import { buildReport, type Cell, type ReportProvenance, type ReportTable } from './report.ts';

export interface FilmReportInput extends ReportProvenance {
  readonly plan: FilmPlan;
  readonly profiles: readonly FilmProfile[];
  /** Time that the profiles are averaged over [ps]. */
  readonly average_ps: number;
}

const CAUTION =
  'Screened, phenomenological. The screening of the depolarising field, the surface fields, the built-in and random fields and the dead layers are chosen, not computed: without them, bound charge forbids a tail-to-tail state. Use the profiles as textures with a known truth, not as a prediction for a material.';

/** report.html and figures/film-profile.svg, by path. */
export function renderFilm(input: FilmReportInput): Map<string, string> {
  const { plan, profiles, average_ps } = input;
  const { parameters, cells } = plan.system;
  const svg = filmProfileChart(profiles, parameters.a0_A);
  const html = buildReport({
    title: `Film of ${parameters.name} under bias`,
    summary: `${quantity(plan.thickness_A / 10, 'nm')} between ideal electrodes, ${cells.join(' × ')} cells, ${setting(plan.temperature_K, 'K')}, P_z averaged over layers and ${setting(average_ps, 'ps')}. A screened, phenomenological film.`,
    headline: profiles.slice(0, 4).map(({ bias_V, mean_uC_cm2 }) => ({
      label: `mean P_z at ${biasLabel(bias_V)}`,
      value: oneDecimal(mean_uC_cm2),
      unit: 'µC/cm²',
    })),
    sections: [
      {
        heading: 'Profiles',
        note: CAUTION,
        svg: [
          { svg, caption: 'P_z of the layers. A ring marks where the film points away from a plane on both sides.' },
        ],
        table: profileTable(profiles),
      },
      ...(cells[2] === 25
        ? [
            {
              heading: 'Beside an independent computation',
              text: `Numbers of ${REFERENCE_SETTING} They compare with a recipe of these settings only; A sites and noise differ.`,
              table: referenceTable(profiles),
            },
          ]
        : []),
    ],
    provenance: input,
  });
  return new Map([
    ['report.html', html],
    ['figures/film-profile.svg', svg],
  ]);
}

const REFERENCE_SETTING =
  'an independent computation, not by this program, for 8 × 8 × 25 cells of Ba0.5Sr0.5TiO3, misfit 0, 300 K, screening 0.3 Å⁻¹, outward surface fields of 0.01 V/Å that decay over 3 cells, 6 ps to settle and 10 ps of averaging.';

const oneDecimal = (value: number): string => decimalLabel(value, 1);

function profileTable(profiles: readonly FilmProfile[]): ReportTable {
  return {
    columns: [
      { label: 'Bias' },
      { label: 'Field in the film', unit: 'V/Å' },
      { label: 'Lowest layer', unit: 'µC/cm²' },
      { label: 'Mean P_z', unit: 'µC/cm²' },
      { label: 'Highest layer', unit: 'µC/cm²' },
      { label: 'Tails meet at', unit: 'nm' },
    ],
    rows: profiles.map(({ bias_V, field_V_per_A, P_z_uC_cm2: P, mean_uC_cm2, tail_to_tail_nm }) => [
      biasLabel(bias_V),
      numberLabel(field_V_per_A),
      oneDecimal(P[0]!),
      oneDecimal(mean_uC_cm2),
      oneDecimal(P.at(-1)!),
      tail_to_tail_nm === undefined ? 'nowhere' : decimalLabel(tail_to_tail_nm, 2),
    ]),
  };
}

function referenceTable(profiles: readonly FilmProfile[]): ReportTable {
  const every = (P: Iterable<number>): number[] => [...P].filter((_, k) => k % FILM_REFERENCE_STEP === 0);
  const row = (whose: string, field: number, P: readonly number[], mean: number): Cell[] => [
    whose,
    numberLabel(field),
    ...P.map(oneDecimal),
    oneDecimal(mean),
  ];
  const layers = every(profiles[0]!.P_z_uC_cm2.map((_, k) => k));
  return {
    caption: 'P_z of layers, bottom to top, and of the whole film [µC/cm²], by the field in the film.',
    columns: [
      { label: 'Whose' },
      { label: 'Field', unit: 'V/Å' },
      ...layers.map((k) => ({ label: `layer ${k}` })),
      { label: 'mean' },
    ],
    rows: [
      ...profiles.map((p) => ({
        field: p.field_V_per_A,
        row: row('here', p.field_V_per_A, every(p.P_z_uC_cm2), p.mean_uC_cm2),
      })),
      ...FILM_REFERENCE.map((p) => ({
        // Behind a row of the same field.
        field: p.field_V_per_A + 1e-5,
        row: row('reference', p.field_V_per_A, p.P_z_uC_cm2, p.mean_uC_cm2),
      })),
    ]
      .sort((a, b) => a.field - b.field)
      .map(({ row }) => row),
  };
}
