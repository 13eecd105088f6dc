/**
 * Where the scans of a [bias] study look, and how the work is cut into bands of rows that threads take. Frame of the specimen (cross-section.ts), Å from its
 * corner. The scan lies in the middle of the film, its rows along the film. The state nearest to 0 V is scanned just there; every other one is displaced, and drifts
 * from its first row to its last.
 */

import { fail } from '../core/errors.ts';
import { quantity } from '../core/numbers.ts';
import { RandomStream } from '../core/random.ts';
import { wavelength } from '../diffraction/optics.ts';
import type { ProbeOptions } from '../diffraction/probe.ts';
import type { BiasInputs, BiasOptions } from './bias-options.ts';
import { type SectionShape, sectionShape, smoothField } from './cross-section.ts';
import { type PatternSampling, samplingFor } from './scan-camera.ts';

/** Cells across the window that a probe is sent through, points along an edge of a cell, and slices of its height. */
export const WINDOW_CELLS = 12;
export const GRID_PER_CELL = 20;
export const SLICES_PER_CELL = 10;
/** Vacuum before and behind the specimen [cells]: more than an atom's reach. */
export const VACUUM_CELLS = 1.2;
/** Rows of a scan that a thread takes at once. */
const BAND_ROWS = 6;

export interface Position {
  /** Å from the specimen's corner. */
  readonly at_A: readonly [x: number, y: number];
  readonly tilt_mrad: readonly [x: number, y: number];
}

export interface BiasPlan {
  readonly section: SectionShape;
  /** Positions along y and x. */
  readonly shape: readonly [ry: number, rx: number];
  readonly step_nm: number;
  readonly biases_V: readonly number[];
  /** The one nearest to 0 V. */
  readonly reference: number;
  /** Of each bias, row by row. */
  readonly positions: readonly (readonly Position[])[];
  readonly sampling: PatternSampling;
  readonly probe: ProbeOptions;
  /** Rows [from, to) of a scan. */
  readonly bands: readonly (readonly [from: number, to: number])[];
}

/** @throws 'recipe' without [film] and [bias], or for a scan longer than the film's period; as `sectionShape` */
export function biasPlan(inputs: BiasInputs): BiasPlan {
  const { bias, film: options, crystal, experiment, microscope } = inputs;
  if (!bias || !options) fail('recipe', 'The recipe lacks [film] or [bias].', 'Take examples/bias.toml as a start.');
  const { a_A } = crystal;
  const film = options.cells;
  const [ry, rx] = experiment.shape;
  const step_A = 10 * bias.step_nm;
  const period_A = film[0] * a_A;
  if (rx * step_A > period_A) {
    fail(
      'recipe',
      `A row of the scan is ${quantity((rx * step_A) / 10, 'nm')} long, and the film repeats after ${quantity(period_A / 10, 'nm')}.`,
      'Lower experiment.shape, or raise film.cells.',
    );
  }
  const away_A = Math.max(0, (ry * step_A - film[2] * a_A) / 2) + 15 * bias.drift_nm;
  const section = sectionShape(inputs, film, Math.ceil(away_A / a_A) + WINDOW_CELLS / 2 + 1);
  const biases_V = options.biases_V;
  const sizes = biases_V.map(Math.abs);
  const reference = sizes.indexOf(Math.min(...sizes));
  const [nx, ny] = section.cells;
  const columns = [nx, ny] as const;
  const bend = (axis: string) => smoothField(columns, new RandomStream(experiment.seed, 'bias', 'bend', axis));
  const bends = [bend('x'), bend('y')] as const;
  const positions = biases_V.map((bias_V, state) => {
    const drift = state === reference ? () => [0, 0] as const : driftOf(bias, bias_V, experiment.seed);
    return Array.from({ length: ry * rx }, (_, index): Position => {
      const [row, column] = [Math.floor(index / rx), index % rx];
      const [dx, dy] = drift(ry > 1 ? row / (ry - 1) : 0.5);
      const x = (nx * a_A - rx * step_A) / 2 + (column + 0.5) * step_A + dx;
      const y = (ny * a_A - ry * step_A) / 2 + (row + 0.5) * step_A + dy;
      const here = columnAt(columns, a_A, [x, y]);
      const tilt = (axis: 0 | 1) => experiment.tilt_mrad[axis] + bias.bend_mrad * bends[axis][here]!;
      return { at_A: [x, y], tilt_mrad: [tilt(0), tilt(1)] };
    });
  });
  const window_A = WINDOW_CELLS * a_A;
  return {
    section,
    shape: [ry, rx],
    step_nm: bias.step_nm,
    biases_V,
    reference,
    positions,
    sampling: samplingFor(inputs, window_A, WINDOW_CELLS * GRID_PER_CELL),
    probe: {
      wavelength_A: wavelength(microscope.voltage_kV),
      convergence_mrad: microscope.convergence_mrad,
      defocus_nm: microscope.defocus_nm,
      ...(microscope.aberrations && { aberrations: microscope.aberrations }),
      edge_mrad: (1e3 * wavelength(microscope.voltage_kV)) / window_A,
    },
    bands: Array.from({ length: Math.ceil(ry / BAND_ROWS) }, (_, band) => [
      band * BAND_ROWS,
      Math.min(ry, (band + 1) * BAND_ROWS),
    ]),
  };
}

/** Column [ny][nx] that a place lies in. */
export function columnAt([nx, ny]: readonly [number, number], a_A: number, [x, y]: readonly [number, number]): number {
  const within = (value: number, n: number) => ((Math.floor(value / a_A) % n) + n) % n;
  return within(y, ny) * nx + within(x, nx);
}

/** Displacement [Å] of a state's positions after a share of its rows. */
function driftOf({ drift_nm }: BiasOptions, bias_V: number, seed: number) {
  const stream = new RandomStream(seed, 'bias', 'drift', bias_V);
  const draw = () => 10 * stream.between(-drift_nm, drift_nm);
  const shift = [draw(), draw()] as const;
  const rate = [draw() / 2, draw() / 2] as const;
  return (share: number) => [shift[0] + (share - 0.5) * rate[0], shift[1] + (share - 0.5) * rate[1]] as const;
}
