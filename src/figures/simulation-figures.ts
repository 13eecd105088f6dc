/** The sections of a simulation's report that have figures: patterns, images or line profiles, signals by thickness. */

import { plural, tickLabels } from '../core/numbers.ts';
import { imageFigure } from './image-figure.ts';
import { patternFigure } from './pattern-figure.ts';
import type { ReportSection, ReportTable } from './report.ts';
import { lineProfile, thicknessCurve } from './signal-curves.ts';
import type { SignalUnit } from './signal-scale.ts';
import type { SimulatedPatterns, SimulationReportInput } from './simulation-input.ts';
import { PAGE_WIDTH } from './theme.ts';

/** Keeps a figure under its name, and gives it back. */
type Put = (name: string, svg: string) => string;

/** Thicknesses whose pattern, image or line of a table the report shows; the files hold all of them. */
const SHOWN = { patterns: 12, images: 6, rows: 12 } as const;

const unitOf = ({ dose_e }: SimulationReportInput): SignalUnit =>
  dose_e === undefined ? 'fraction of the beam' : 'electrons';

/** A thickness by index, as its series needs it, with its unit: '12.5 nm'. */
export const thicknessLabel = ({ thicknesses_nm }: SimulationReportInput, t: number): string =>
  `${tickLabels(thicknesses_nm)[t]} nm`;

/** Indices of at most `most` of `count`, evenly apart, the first and the last among them. */
function evenly(count: number, most: number): number[] {
  const kept = Math.min(count, most);
  return Array.from({ length: kept }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, kept - 1)));
}

const shownOf = (shown: number, count: number): string =>
  shown < count ? ` ${shown} of ${plural(count, 'thickness', 'thicknesses')}; the files hold all.` : '';

/** A grid of patterns by thickness on one logarithmic scale; a single one also by its square root. */
export function patternSection(input: SimulationReportInput, patterns: SimulatedPatterns, put: Put): ReportSection {
  const { scan, thicknesses_nm } = input;
  const { data, shape, mrad_per_pixel } = patterns;
  const size = shape[0] * shape[1];
  const panel = (title: string, t: number) => ({
    title,
    data: data.subarray(t * size, (t + 1) * size),
    shape,
    mrad_per_pixel,
  });
  const count = thicknesses_nm.length;
  const shown = evenly(count, SHOWN.patterns);
  // One pattern alone: its disks by the square root, what is weak between and beyond them by the logarithm.
  const panels =
    count === 1
      ? [panel('square root', 0), { ...panel('logarithm', 0), scale: 'log' as const }]
      : shown.map((t) => ({ ...panel(thicknessLabel(input, t), t), scale: 'log' as const }));
  const what = scan.shape[0] * scan.shape[1] > 1 ? 'Mean over the scan.' : 'One position of the probe.';
  const range = count > 1 ? ' One grey scale for all.' : '';
  const svg = put('patterns', patternFigure(panels, { width: PAGE_WIDTH, unit: unitOf(input), spots: patterns.spots }));
  return {
    heading: count > 1 ? 'Patterns' : 'Pattern',
    svg: [{ svg, caption: `${what}${range}${shownOf(shown.length, count)}` }],
  };
}

/** Images, or profiles along a scan line, or the signals of a single position; then signals by thickness. */
export function signalSections(input: SimulationReportInput, put: Put): ReportSection[] {
  const { scan, thicknesses_nm, detectors } = input;
  const [ry, rx] = scan.shape;
  const unit = unitOf(input);
  const out: ReportSection[] = [];
  const shown = evenly(thicknesses_nm.length, SHOWN.images);
  const caption = shownOf(shown.length, thicknesses_nm.length).trim();
  if (ry > 1 && rx > 1) out.push({ heading: 'Images', svg: drawImages(input, shown, put), text: caption });
  else if (ry * rx > 1) {
    const profiles = detectors.map(({ name }, d) => {
      const lines = shown.map((t) => ({ name: thicknessLabel(input, t), values: imageOf(input, t, d) }));
      const step_A = scan.step_A[ry > 1 ? 1 : 0];
      return { svg: put(`profile-${fileName(name)}`, lineProfile(lines, step_A, { unit, title: name })) };
    });
    out.push({ heading: 'Profiles', svg: profiles, text: caption });
  }
  const table = signalTable(input);
  if (thicknesses_nm.length === 1) return [...out, { heading: 'Signals', table }];
  const signals = detectors.map(({ name }, d) => ({
    name,
    values: thicknesses_nm.map((_, t) => meanSignal(input, t, d)),
  }));
  // Room for the names of many segments.
  const height = Math.max(240, 70 + 11 * detectors.length);
  const svg = put('thickness', thicknessCurve(signals, thicknesses_nm, { unit, width: 420, height }));
  return [...out, { heading: 'Thickness', svg, table }];
}

/** Up to four detectors: one figure, a row for each thickness; more: a figure for each thickness. */
function drawImages(input: SimulationReportInput, shown: readonly number[], put: Put): { svg: string }[] {
  const { scan, thicknesses_nm, detectors } = input;
  const several = thicknesses_nm.length > 1;
  const imagesAt = (t: number) =>
    detectors.map(({ name }, d) => ({
      title: several ? `${name}, ${thicknessLabel(input, t)}` : name,
      data: imageOf(input, t, d),
    }));
  // A wide scan has a row to itself: beside others its rows would be too flat to see.
  const wide = scan.shape[1] * scan.step_A[0] > 3 * scan.shape[0] * scan.step_A[1];
  const columns = wide ? 1 : detectors.length === 1 ? 4 : Math.min(4, detectors.length);
  const draw = (thicknesses: readonly number[]): string =>
    imageFigure(thicknesses.flatMap(imagesAt), { ...scan, unit: unitOf(input) }, { width: PAGE_WIDTH, columns });
  if (detectors.length <= 4 || !several) return [{ svg: put('images', draw(shown)) }];
  return shown.map((t) => ({ svg: put(`images-${Number(thicknesses_nm[t]!.toFixed(3))}nm`, draw([t])) }));
}

const fileName = (text: string): string => text.replaceAll(/[^\w.-]+/g, '-');

/** [ry][rx] of one thickness and detector. */
function imageOf(
  { images, scan, detectors }: SimulationReportInput,
  thickness: number,
  detector: number,
): Float32Array {
  const size = scan.shape[0] * scan.shape[1];
  const at = (thickness * detectors.length + detector) * size;
  return images.subarray(at, at + size);
}

/** A detector's mean over the scan at a thickness, both by index [fraction of the beam, or electrons]; from 100 electrons on, a whole number. */
export function meanSignal(input: SimulationReportInput, thickness: number, detector: number): number {
  const values = imageOf(input, thickness, detector);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean >= 100 ? Math.round(mean) : mean;
}

/** Mean signals: a row for each thickness, or for each detector where there is one thickness. */
function signalTable(input: SimulationReportInput): ReportTable {
  const { thicknesses_nm, detectors, scan } = input;
  const mean = scan.shape[0] * scan.shape[1] > 1 ? 'Mean over the scan' : 'Signal of the one position';
  const what = unitOf(input) === 'electrons' ? 'electrons' : 'as a fraction of the beam';
  if (thicknesses_nm.length === 1) {
    return {
      caption: `${mean}, ${what}.`,
      columns: [{ label: 'Detector' }, { label: 'Signal' }],
      rows: detectors.map(({ name }, d) => [name, meanSignal(input, 0, d)]),
    };
  }
  const rows = evenly(thicknesses_nm.length, SHOWN.rows);
  return {
    caption: `${mean}, ${what}.${shownOf(rows.length, thicknesses_nm.length)}`,
    columns: [{ label: 'Thickness', unit: 'nm', digits: 4 }, ...detectors.map(({ name }) => ({ label: name }))],
    rows: rows.map((t) => [thicknesses_nm[t]!, ...detectors.map((_, d) => meanSignal(input, t, d))]),
  };
}
