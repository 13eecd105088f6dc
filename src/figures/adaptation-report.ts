/** The report of `ferroscope adapt`: the verdict, how model, library and scan agree before and after, and the instrument that was found. No computing of physics, no files. */

import { decimalLabel, fixedLabel, measured, numberLabel, percent, unitLabel } from '../core/numbers.ts';
import { lineChart } from './line-chart.ts';
import { patternFigure } from './pattern-figure.ts';
import { buildReport, type Cell, type ReportWarning } from './report.ts';
import { PAGE_WIDTH } from './theme.ts';

export interface AdaptationInput {
  readonly title: string;
  readonly adapted: boolean;
  readonly reasons: readonly string[];
  readonly measures: readonly {
    readonly name: string;
    readonly what: string;
    readonly before: number;
    readonly after: number;
    readonly error: number;
    readonly verdict: string;
  }[];
  readonly parameters: readonly {
    readonly what: string;
    readonly unit: string;
    readonly value: number;
    readonly error: number;
    readonly library_error: number;
    readonly spread: number;
    readonly at_bound: boolean;
  }[];
  /** What there is to know of the scan. */
  readonly warnings?: readonly ReportWarning[];
  /** In words: background, blur, gain, dose, misfits. */
  readonly summary: readonly string[];
  /** Means of the scan's patterns and of the fitted library patterns, [pixels]², fractions of the beam. */
  readonly mean: Float32Array;
  readonly model: Float32Array;
  readonly pixel_mrad: number;
  readonly recipe_toml: string;
  readonly identity: string;
  readonly version: string;
}

/** Mean over rings of one pixel, [angle in mrad, log10 of the value]; rings that reach the rim only. */
function profile(data: Float32Array, pixel_mrad: number): [number, number][] {
  const n = Math.sqrt(data.length);
  const sums = Array.from({ length: n / 2 }, () => [0, 0] as [number, number]);
  data.forEach((value, i) => {
    const ring = sums[Math.round(Math.hypot(Math.floor(i / n) - n / 2, (i % n) - n / 2))];
    if (!ring) return;
    ring[0] += value;
    ring[1]++;
  });
  return sums.flatMap(([sum, count], ring) =>
    sum > 0 ? [[ring * pixel_mrad, Math.log10(sum / count)] as [number, number]] : [],
  );
}

/** report.html and figures/*.svg, by path. */
export function adaptationReport(input: AdaptationInput): Map<string, string> {
  const { mean, model, pixel_mrad } = input;
  const n = Math.sqrt(mean.length);
  const panel = (title: string, data: Float32Array) => ({
    title,
    data,
    shape: [n, n] as const,
    mrad_per_pixel: pixel_mrad,
  });
  const patterns = patternFigure(
    [
      panel('scan, mean', mean),
      panel('library, altered', model),
      {
        ...panel(
          'scan − library',
          mean.map((value, i) => value - model[i]!),
        ),
        scale: 'difference',
      },
    ],
    { width: PAGE_WIDTH, scale: 'log', unit: 'fraction of the beam' },
  );
  const lines = [
    { name: 'scan', points: profile(mean, pixel_mrad) },
    { name: 'fit', points: profile(model, pixel_mrad), dashed: true },
  ];
  const values = lines.flatMap(({ points }) => points.map(([, y]) => y));
  const radial = lineChart(lines, {
    title: 'Mean over rings',
    description:
      'Mean over rings of the scan’s mean pattern and of the fitted library patterns against the scattering angle.',
    width: 420,
    height: 240,
    x: { label: 'scattering angle (mrad)', domain: [0, (n / 2) * pixel_mrad] },
    y: { label: 'log₁₀ of the share of a pixel', domain: [Math.min(...values) - 0.1, Math.max(...values) + 0.1] },
  });
  const reasons = input.reasons.join('; ');
  const html = buildReport({
    title: input.title,
    warnings: [
      ...(input.adapted
        ? []
        : [{ level: 'care' as const, text: `Not adapted: ${reasons}. The model is to be used as it was.` }]),
      ...(input.warnings ?? []),
    ],
    summary: input.adapted ? `Adapted: ${reasons}.` : `Not adapted: ${reasons}.`,
    sections: [
      {
        heading: 'How scan, model and library agree',
        text: 'Less is better. A measure counts as better or worse where its mean over the scan’s patterns changes by more than two standard errors and a twentieth of its value; the model is adapted where none is worse, one is better, and look-alikes in the library leave no more over than they leave of held-out patterns.',
        table: {
          columns: ['Measure', 'Before', 'After', 'After − before', 'Verdict'].map((label) => ({ label })),
          rows: input.measures.map(({ name, what, before, after, error, verdict }): Cell[] => [
            `${name}: ${what}`,
            fixedLabel(before),
            fixedLabel(after),
            measured(after - before, error, ''),
            verdict,
          ]),
        },
      },
      {
        heading: 'What the instrument did',
        text: `Fitted to the scan’s own patterns, beyond what the library has. Error: from pattern to pattern. Library: half of the difference between fits with either half of its structures. Spread: over the scan, beyond the errors. What the whole library lacks (other absorption, other thickness) goes into the parameter that resembles it most.\n\n${input.summary.join(' ')}`,
        table: {
          columns: ['Parameter', 'Value', 'Error', 'Library', 'Spread', 'Unit'].map((label) => ({ label })),
          rows: input.parameters.map(({ what, unit, value, error, library_error, spread, at_bound }): Cell[] => [
            what,
            `${numberLabel(value)}${at_bound ? ' (at its bound)' : ''}`,
            numberLabel(error, 2),
            numberLabel(library_error, 2),
            numberLabel(spread, 2),
            unit === '1' ? '' : unitLabel(unit),
          ]),
        },
        svg: [
          {
            svg: patterns,
            caption: 'Library patterns that look like the scan’s, once the fitted instrument is applied to them.',
          },
          { svg: radial },
        ],
      },
    ],
    provenance: { recipe_toml: input.recipe_toml, identity: input.identity, version: input.version },
  });
  return new Map([
    ['report.html', html],
    ['figures/patterns.svg', patterns],
    ['figures/rings.svg', radial],
  ]);
}

/** What the fit found, in sentences for a terminal. */
export interface InstrumentWords {
  readonly value: (name: string) => { readonly value: number; readonly error: number };
  readonly gain_rms: number;
  readonly misfit_library: number;
  readonly misfit: number;
  readonly misfit_counting: number;
}

/** Lines of a terminal. Errors are those of patterns, library and spread in one. */
export function instrumentLines({ value, ...fit }: InstrumentWords): string[] {
  const share = (name: string) => {
    const one = value(name);
    return `${measured(100 * one.value, 100 * one.error, '%')}`;
  };
  const blur = value('blur_variance');
  const rms = Math.sqrt(Math.max(0, blur.value));
  const u2 = value('delta_u2');
  const hwhm = value('inelastic_hwhm');
  const shift = (axis: string) => {
    const one = value(`shift_${axis}`);
    return measured(one.value, one.error, 'mrad');
  };
  const mrad = (name: string) => {
    const one = value(name);
    return measured(1e3 * one.value, 1e3 * one.error, 'mrad');
  };
  const ellipse = (k: number) => share(`ellipse_${k}`);
  const inelastic =
    value('inelastic_fraction').value > 1e-4
      ? `${share('inelastic_fraction')} of the electrons, half width ${measured(hwhm.value, hwhm.error, 'mrad')}`
      : 'none found';
  return [
    `inelastic   ${inelastic}`,
    `background  ${share('background')} of the beam`,
    `blur        ${measured(rms, rms > 0 ? blur.error / (2 * rms) : 0, 'mrad')} rms`,
    `intensity   ${share('scale')} of the library’s`,
    `u²          ${measured(1e4 * u2.value, 1e4 * u2.error, '')} × 10⁻⁴ Å² beyond the library’s (to first order)`,
    `centre      y ${shift('y')}, x ${shift('x')}; ellipse ${ellipse(1)} along y, ${ellipse(2)} along y = x; magnified by ${share('magnification')}, turned by ${mrad('rotation')} (beyond the calibration)`,
    `gain        at most ${percent(fit.gain_rms, 2)} rms of single pixels`,
    `left over   ${decimalLabel(100 * fit.misfit_library, 2)}% by look-alikes as the library has them, ${decimalLabel(100 * fit.misfit, 2)}% after the fit, ${decimalLabel(100 * fit.misfit_counting, 2)}% by counting alone`,
  ];
}
