/** A section of an evaluation, after the paper's Extended Data Fig. 3: how the pattern of one uniform crystal changes with each of what a map measures. */

import { fixedLabel, numberLabel, percent, quantity, setting, unitLabel } from '../core/numbers.ts';
import { channelHtml } from './labels.ts';
import { patternFigure } from './pattern-figure.ts';
import type { Cell, ReportSection } from './report.ts';

export interface DerivativeInput {
  readonly thickness_nm: number;
  readonly P_uC_cm2: readonly number[];
  readonly tilt_mrad: readonly number[];
  /** Fraction of the beam per pixel [pixels²]. */
  readonly pattern: ArrayLike<number>;
  readonly pixel_mrad: number;
  readonly rows: readonly {
    readonly name: string;
    readonly unit: string;
    /** Fraction of the beam per pixel and unit [pixels²]. */
    readonly values: ArrayLike<number>;
    readonly step: number;
    /** What a doubled step changes, share. */
    readonly disagreement: number;
  }[];
  /** Limits of σ from one electron. */
  readonly limits: readonly {
    readonly name: string;
    readonly unit: string;
    readonly known: number;
    readonly free: number;
  }[];
}

/** Above this a derivative is said not to hold. */
export const STEADY = 0.1;
/** Of the table of limits [electrons per pattern]. */
const DOSE = 1e6;

const SYMBOLS: Readonly<Record<string, string>> = {
  thickness: 't',
  tilt_x: 'θx',
  tilt_y: 'θy',
  P_x: 'Px',
  P_y: 'Py',
  P_z: 'Pz',
};

/** @param input or why there is none */
export function derivativeSection(
  input: DerivativeInput | { readonly reason: string },
  put: (name: string, svg: string) => string,
): ReportSection {
  const heading = 'What each quantity changes in a pattern';
  if ('reason' in input) return { heading, text: `Not simulated: ${input.reason}` };
  const pixels = Math.sqrt(input.pattern.length);
  const panel = { shape: [pixels, pixels] as const, mrad_per_pixel: input.pixel_mrad };
  const width = 214;
  const figures = input.rows.map(({ name, unit, values }) => {
    const title = `∂I/∂${SYMBOLS[name] ?? name}`;
    const svg = patternFigure([{ ...panel, title, data: values, scale: 'difference' }], {
      width,
      unit: unit.includes('/') ? `1/(${unitLabel(unit)})` : `1/${unit}`,
    });
    return { svg: put(`derivative-${name}`, svg) };
  });
  const base = patternFigure([{ ...panel, title: 'I', data: input.pattern }], { width, unit: 'fraction' });
  /** Σ|∂I/∂x|. */
  const changed = (name: string): number => {
    const { values } = input.rows.find((row) => row.name === name)!;
    return Array.from(values).reduce((sum, value) => sum + Math.abs(value), 0);
  };
  const unsteady = input.rows.filter(({ disagreement }) => !(disagreement < STEADY));
  const numbers = (values: readonly number[], unit: string) =>
    `(${values.map((value) => setting(value, '')).join(', ')}) ${unitLabel(unit)}`;
  return {
    heading,
    text: [
      `Extended Data Fig. 3 of the paper: derivatives of the pattern of a uniform crystal of the library’s material, ${quantity(input.thickness_nm, 'nm')} thick, P = ${numbers(input.P_uC_cm2, 'uC/cm2')}, tilt ${numbers(input.tilt_mrad, 'mrad')}, by central differences, with the library’s slices, absorption and detector. I is the fraction of the beam per pixel. Red: brighter with more of the quantity. Each has a scale of its own: P_z changes a pattern ${numberLabel(changed('P_x') / changed('P_z'), 2)} times less than P_x. A virtual crystal stands for sites that elements share; disorder is left out.`,
      `Limits: Fisher information of counting noise over the pixels of the detector. Everything else known, or thickness, tilts and P unknown together; σ falls as 1/√dose. A camera with background, blur or readout noise tells less.`,
    ].join('\n\n'),
    ...(unsteady.length > 0 && {
      note: `Not to be relied on, since a doubled step changes them by more than ${percent(STEADY, 2)}: ${unsteady.map(({ name }) => name).join(', ')}.`,
    }),
    svg: [{ svg: put('derivative-base', base) }, ...figures],
    table: [
      {
        caption: 'Steps of the differences, and what a doubled step changes, Σ|D − D₂| / Σ|D|.',
        columns: ['Quantity', 'Step', 'Doubled'].map((label) => ({ label })),
        rows: input.rows.map(({ name, unit, step, disagreement }): Cell[] => [
          { html: channelHtml(name) },
          quantity(step, unit),
          percent(disagreement, 2),
        ]),
      },
      {
        caption: 'Cramér–Rao limits of σ for one pattern of 10⁶ electrons.',
        columns: ['Quantity', 'Unit', 'All else known', 'Unknown together'].map((label) => ({ label })),
        rows: input.limits.map(({ name, unit, known, free }): Cell[] => [
          { html: channelHtml(name) },
          unitLabel(unit),
          fixedLabel(known / Math.sqrt(DOSE)),
          fixedLabel(free / Math.sqrt(DOSE)),
        ]),
      },
    ],
  };
}
