/** The report of `ferroscope calibrate`: every value with where it comes from, and figures that show whether it is right. No files and no computing of physics here. */

import { plural } from '../core/numbers.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { componentMap } from './component-map.ts';
import { type PatternSpot, patternFigure } from './pattern-figure.ts';
import { buildReport, type ReportFigure, type ReportWarning } from './report.ts';
import { PAGE_WIDTH } from './theme.ts';

export interface CalibrationReportInput {
  readonly title: string;
  readonly summary: string;
  readonly warnings: readonly ReportWarning[];
  /** A value, what it is, its error, and where it comes from. */
  readonly rows: readonly (readonly [quantity: string, value: string, error: string, from: string])[];
  /** Other ways in which patterns may lie, where that is assumed. */
  readonly orientations: readonly (readonly [way: string, p_x: string, p_y: string])[];
  /** Means over the scan, and of the vacuum probe, brought onto the crystal's axes by the calibration: [pixels]², fractions of the beam. */
  readonly mean: Float32Array;
  readonly vacuum: Float32Array | undefined;
  readonly pixel_mrad: number;
  /** Where the lattice has its disks, with the measured radius. */
  readonly spots: readonly PatternSpot[];
  /** Mean of the patterns as they came, [qy][qx] counts, and its pixel [mrad]. */
  readonly camera: { readonly data: Float32Array; readonly shape: readonly [number, number]; readonly px_mrad: number };
  /** Channels centre_y and centre_x [px]: measured less plane. */
  readonly residuals: PolarizationMap;
  readonly identity: string;
  readonly settings: string;
  readonly version: string;
  readonly source: string;
}

/** report.html and figures/*.svg, by path. */
export function calibrationReport(input: CalibrationReportInput): Map<string, string> {
  const { mean, vacuum, spots, camera, residuals } = input;
  const pixels = Math.sqrt(mean.length);
  const panel = (title: string, data: Float32Array) => ({
    title,
    data,
    shape: [pixels, pixels] as const,
    mrad_per_pixel: input.pixel_mrad,
  });
  const figures = new Map<string, string>();
  const put = (name: string, svg: string, caption: string): ReportFigure => {
    figures.set(`figures/${name}.svg`, svg);
    return { svg, caption };
  };
  const options = { width: PAGE_WIDTH, scale: 'log', unit: 'fraction of the beam' } as const;
  const shown = [panel('mean, with the fitted disks', mean), panel('mean', mean)];
  const lattice = put(
    'lattice',
    patternFigure(shown, { ...options, spots }),
    'The scan’s mean pattern on the crystal’s axes, as the calibration brings it there. Rings: the fitted lattice with the measured radius. A ring that lies beside its disk shows an error of centre, pixel, rotation or ellipse.',
  );
  const raw = put(
    'camera',
    patternFigure([{ title: 'camera, mean of raw patterns', ...camera, mrad_per_pixel: camera.px_mrad }], {
      scale: 'log',
      unit: 'counts',
    }),
    'As the camera has it, nothing corrected; the arrows are its columns and rows.',
  );
  const centres = (['centre_y', 'centre_x'] as const).map((name) =>
    put(name, componentMap(residuals, name), 'Centres of single patterns less the fitted plane. White: not found.'),
  );
  const probe = vacuum && [
    put(
      'vacuum',
      patternFigure([panel('vacuum probe', vacuum)], {
        scale: 'sqrt',
        unit: 'fraction of the beam',
        spots: spots.slice(0, 1),
      }),
      'The vacuum probe by the same calibration, with the ring of the measured radius. It may lie beside the ring where the beam was shifted for it; only its size and sum are used.',
    ),
  ];
  const html = buildReport({
    title: input.title,
    warnings: input.warnings,
    summary: input.summary,
    sections: [
      {
        heading: 'Values',
        table: {
          columns: [{ label: 'Quantity' }, { label: 'Value' }, { label: 'Error or residual' }, { label: 'From' }],
          rows: input.rows,
        },
      },
      ...(input.orientations.length > 0
        ? [
            {
              heading: 'If the camera lies otherwise',
              text: `How patterns lie against the scan is assumed. In the ${plural(input.orientations.length, 'other case')}, in terms of a map’s P_x and P_y:`,
              table: { columns: [{ label: 'Patterns' }, { label: 'P_x' }, { label: 'P_y' }], rows: input.orientations },
            },
          ]
        : []),
      { heading: 'The lattice of disks', svg: [lattice, raw] },
      { heading: 'Centres over the scan', svg: centres },
      ...(probe ? [{ heading: 'Vacuum probe', svg: probe }] : []),
    ],
    provenance: {
      recipe_toml: input.settings,
      identity: input.identity,
      version: input.version,
      source: input.source,
    },
  });
  return new Map([['report.html', html], ...figures]);
}
