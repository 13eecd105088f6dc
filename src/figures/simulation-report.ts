/**
 * The figures and the report of one simulated specimen, from data alone: convergent-beam patterns, images, line profiles and signals by thickness. No
 * files and no computing of physics here.
 */

import { fail } from '../core/errors.ts';
import {
  countLabel,
  duration,
  electrons,
  fixedLabel,
  numberLabel,
  plural,
  quantity,
  setting,
  tickLabels,
} from '../core/numbers.ts';
import { buildReport, type Headline, type ReportSection, type ReportTable } from './report.ts';
import { meanSignal, patternSection, signalSections, thicknessLabel } from './simulation-figures.ts';
import type { SimulationReportInput } from './simulation-input.ts';

/**
 * report.html and figures/*.svg, by path: patterns, images (or profiles of a scan line), signals by thickness; each only where there is something to
 * draw.
 * @throws 'shape' where images or patterns do not fill their axes, 'range' without thickness, or with neither detectors nor patterns
 */
export function renderSimulation(input: SimulationReportInput): Map<string, string> {
  requireComplete(input);
  const figures = new Map<string, string>();
  const put = (name: string, svg: string): string => {
    figures.set(`figures/${name}.svg`, svg);
    return svg;
  };
  const sections: ReportSection[] = [];
  if (input.patterns) sections.push(patternSection(input, input.patterns, put));
  if (input.detectors.length > 0) sections.push(...signalSections(input, put));
  sections.push({ heading: 'Numerical settings', table: settingsTable(input) });
  const html = buildReport({
    title: input.title,
    warnings: input.warnings,
    summary: summary(input),
    headline: headline(input),
    sections,
    provenance: input,
  });
  return new Map([['report.html', html], ...figures]);
}

function requireComplete({ images, patterns, thicknesses_nm, detectors, scan }: SimulationReportInput): void {
  if (thicknesses_nm.length === 0 || (detectors.length === 0 && !patterns)) {
    fail('range', 'There is nothing to report.', 'Simulate a thickness with a camera or a detector.');
  }
  const positions = scan.shape[0] * scan.shape[1];
  const wanted = thicknesses_nm.length * detectors.length * positions;
  if (images.length !== wanted) {
    fail('shape', `The images have ${images.length} values, not ${wanted}.`, 'Fill [thickness][detector][ry][rx].');
  }
  if (patterns && patterns.data.length !== thicknesses_nm.length * patterns.shape[0] * patterns.shape[1]) {
    fail('shape', `The patterns have ${patterns.data.length} values.`, 'Fill [thickness][qy][qx].');
  }
}

function settingsTable({
  settings: s,
  detectors,
  patterns,
  voltage_kV,
  convergence_mrad,
}: SimulationReportInput): ReportTable {
  const pair = ([x, y]: readonly [number, number]): string => `${fixedLabel(x)} × ${quantity(y, 'Å')}`;
  return {
    columns: [{ label: 'Setting' }, { label: 'Value' }],
    rows: [
      ['Beam', `${setting(voltage_kV, 'kV')}, ${setting(convergence_mrad, 'mrad')}`],
      ...detectors.map(({ name, inner_mrad, outer_mrad }) => [
        name,
        `${numberLabel(inner_mrad)} to ${setting(outer_mrad, 'mrad')}`,
      ]),
      ...(patterns
        ? [
            [
              'Camera',
              `${patterns.shape[1]} × ${patterns.shape[0]}, ${setting(patterns.mrad_per_pixel, 'mrad')} per pixel`,
            ],
          ]
        : []),
      ['Grid', `${s.grid[0]} × ${s.grid[1]}`],
      ['Pixel', pair(s.pixel_A)],
      ['Window', pair(s.window_A)],
      ['Slices', `${countLabel(s.slices)} of at most ${setting(s.slice_A, 'Å')}`],
      ['Largest angle', quantity(s.largest_mrad, 'mrad')],
      ['Thermal motion', s.thermal],
      ['Engine', s.engine],
      ['Time', duration(s.wall_s)],
    ],
  };
}

function thicknessRange(thicknesses: readonly number[]): string {
  const labels = tickLabels(thicknesses);
  return labels.length === 1 ? labels[0]! : `${labels[0]}–${labels.at(-1)}`;
}

function scanWords({ shape: [ry, rx], step_A: [x, y] }: SimulationReportInput['scan']): string {
  if (ry * rx === 1) return 'one position';
  const [stepX, stepY] = [quantity(x, 'Å'), quantity(y, 'Å')];
  const differ = ry > 1 && rx > 1 && stepX !== stepY;
  const steps = differ ? `${stepX} in x and ${stepY} in y` : rx > 1 ? stepX : stepY;
  return `${ry} × ${rx} positions, ${steps} apart`;
}

function summary(input: SimulationReportInput): string {
  const { thicknesses_nm, dose_e } = input;
  const count = thicknesses_nm.length;
  const thick = `${thicknessRange(thicknesses_nm)} nm thick${count > 1 ? ` (${plural(count, 'thickness', 'thicknesses')})` : ''}`;
  const dose = dose_e === undefined ? '' : `, ${electrons(dose_e)} each`;
  const beam = `${setting(input.voltage_kV, 'kV')}, ${setting(input.convergence_mrad, 'mrad')}`;
  return `${input.specimen}, ${thick}; ${beam}; ${scanWords(input.scan)}${dose}.`;
}

/** Thickness, positions, time, and the signals of the first three detectors at the largest thickness. */
function headline(input: SimulationReportInput): Headline[] {
  const { scan, thicknesses_nm, detectors, settings, dose_e } = input;
  const last = thicknesses_nm.length - 1;
  const at = last > 0 ? ` at ${thicknessLabel(input, last)}` : '';
  const signals = detectors.slice(0, 3).map(({ name }, d): Headline => {
    const value = meanSignal(input, last, d);
    if (dose_e === undefined)
      return { label: `${name}${at}, share of the beam`, value: fixedLabel(100 * value), unit: '%' };
    const count = Number.isInteger(value) ? countLabel(value) : fixedLabel(value);
    return { label: `${name}${at}, electrons`, value: count };
  });
  return [
    { label: 'thickness', value: thicknessRange(thicknesses_nm), unit: 'nm' },
    { label: 'positions', value: countLabel(scan.shape[0] * scan.shape[1]) },
    ...signals,
    { label: 'time', value: duration(settings.wall_s) },
  ];
}
