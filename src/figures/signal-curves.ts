/**
 * Detector signals as lines: against thickness (one line per detector), and along a scan line (one line per thickness). Against thickness the axis
 * starts at zero, or is logarithmic where detectors differ much in size, such as bright field and HAADF; along a line it spans the values.
 */

import { fail } from '../core/errors.ts';
import { extent } from '../core/extent.ts';
import { setting } from '../core/numbers.ts';
import { lineChart } from './line-chart.ts';
import { ticks } from './scale.ts';
import { lengthUnit, type SignalUnit, signalScale } from './signal-scale.ts';

export interface SignalLine {
  /** A detector ('HAADF'), or a thickness ('10 nm'). */
  readonly name: string;
  /** One value per thickness or position [unit]. */
  readonly values: ArrayLike<number>;
}

export interface SignalCurveOptions {
  readonly unit: SignalUnit;
  readonly title?: string;
  /** Whole figure [px]; default a journal column wide and 190 high. */
  readonly width?: number;
  readonly height?: number;
}

/** Room for 0.005 beside the axis’s name [px]. */
const MARGIN_LEFT = 44;

/** Lines whose largest values differ by more than this factor share no linear axis. */
const FAR_APART = 20;

/**
 * Signals against thickness. `thicknesses_nm` increase. On a logarithmic axis what is not positive is left out.
 * @throws 'range' for fewer than two thicknesses, 'shape' for a line of another length
 */
export function thicknessCurve(
  signals: readonly SignalLine[],
  thicknesses_nm: readonly number[],
  options: SignalCurveOptions,
): string {
  requireLengths(signals, thicknesses_nm.length);
  const tops = signals.map(({ values }) => extent(Array.from(values))[1]);
  const log = Math.max(...tops) > FAR_APART * Math.min(...tops.filter((top) => top > 0));
  const scale = log ? signalScale(1, options.unit) : signalScale(Math.max(...tops), options.unit);
  const lines = signals.map(({ name, values }) => ({
    name,
    points: thicknesses_nm
      .map((t, i): [number, number] => [t, values[i]! * scale.factor])
      .filter(([, value]) => (log ? value > 0 : Number.isFinite(value))),
  }));
  const all = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const [least, top] = extent(all);
  return lineChart(lines, {
    ...options,
    marginLeft: MARGIN_LEFT,
    description: `Signals by thickness, ${setting(thicknesses_nm[0]!, 'nm')} to ${setting(thicknesses_nm.at(-1)!, 'nm')}: ${signals.map(({ name }) => name).join(', ')}.`,
    x: { label: 'thickness (nm)', domain: [thicknesses_nm[0]!, thicknesses_nm.at(-1)!] },
    y: {
      label: `signal (${scale.words})`,
      domain: log ? decades(least, top) : [0, top > 0 ? 1.06 * top : 1],
      log,
      grid: true,
    },
  });
}

/**
 * Signals along a scan line of positions `step_A` apart [Å].
 * @throws 'range' for fewer than two positions, 'shape' for a line of another length
 */
export function lineProfile(signals: readonly SignalLine[], step_A: number, options: SignalCurveOptions): string {
  const count = signals[0]?.values.length ?? 0;
  requireLengths(signals, count);
  const extent_A = (count - 1) * step_A;
  const { unit, angstrom } = lengthUnit(extent_A);
  const all = signals.flatMap(({ values }) => Array.from(values)).filter(Number.isFinite);
  const [least, greatest] = extent(all);
  const scale = signalScale(greatest, options.unit);
  const low = least * scale.factor;
  const high = greatest * scale.factor;
  const room = high > low ? 0.06 * (high - low) : 0.05 * high || 1;
  const lines = signals.map(({ name, values }) => ({
    name,
    points: Array.from(values, (value, i): [number, number] => [(i * step_A) / angstrom, value * scale.factor]).filter(
      ([, value]) => Number.isFinite(value),
    ),
  }));
  return lineChart(lines, {
    ...options,
    marginLeft: MARGIN_LEFT,
    description: `Signal along a line of ${count} positions: ${signals.map(({ name }) => name).join(', ')}.`,
    x: { label: `position (${unit})`, domain: [0, extent_A / angstrom] },
    y: {
      label: `signal (${scale.words})`,
      domain: [low - room, high + room],
      ticks: ticks(low - room, high + room, 5),
      grid: true,
    },
  });
}

/** Whole decades around [low, high]. */
const decades = (low: number, high: number): [number, number] => [
  10 ** Math.floor(Math.log10(low)),
  10 ** Math.ceil(Math.log10(high)),
];

function requireLengths(signals: readonly SignalLine[], count: number): void {
  if (signals.length === 0 || count < 2) {
    fail('range', 'There is no line to draw.', 'Give a signal at two places or more.', { count });
  }
  for (const { name, values } of signals) {
    if (values.length !== count) {
      fail('shape', `${name}: ${values.length} values for ${count} places.`, 'Give one value each.');
    }
  }
}
