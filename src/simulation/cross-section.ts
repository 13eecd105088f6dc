/**
 * The atoms of a film between electrodes, seen across: a film of the effective Hamiltonian (normal z), turned so that the beam runs along the film's −y. The
 * specimen's x is the film's x, its y the film's normal with the lower electrode at small y, its z, along the beam, the film's −y. Along z it repeats the film's
 * period. Cubic cells of `crystal.a_A`; the electrodes are SrRuO3 on the same cells, whose displacements are those that atoms at the interface share with the film.
 *
 * Soft modes are means over time: what is faster is thermal motion, and stands in u². What this is not: strain across the film, interface chemistry, an amorphous
 * surface.
 */

import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { cellFields } from '../crystal/build.ts';
import { perovskiteOf } from '../crystal/crystal-perovskite.ts';
import { gaussianField } from '../crystal/gaussian-field.ts';
import { knownCrystal } from '../crystal/known-crystals.ts';
import type { LocalFields } from '../crystal/local.ts';
import { orthogonalCell } from '../crystal/orthogonal.ts';
import { idealBlock } from '../crystal/perovskite.ts';
import { displaceBySoftMode } from '../crystal/soft-mode.ts';
import { requireSites, type Structure, type Vec3 } from '../crystal/structure.ts';
import { residualU2, withJitter } from '../crystal/thermal.ts';
import type { BiasInputs } from './bias-options.ts';

/** A film of the effective Hamiltonian. */
export interface FilmModes {
  readonly cells: Vec3;
  /** Soft modes, mean over time [Å], [nz][ny][nx][3]. */
  readonly u_A: Float64Array;
  /** +1 Ba, −1 Sr at the low corner of each cell, [nz][ny][nx]. */
  readonly aSites: Int8Array;
}

/** Which cells there are, in the frame of the specimen. */
export interface SectionShape {
  /** With electrodes, to the thickest column. */
  readonly cells: Vec3;
  /** Rows of the film along y, first and one past the last. */
  readonly film: readonly [from: number, to: number];
  /** Cells of each column along the beam, [ny][nx]. */
  readonly depth: Int32Array;
}

export interface CrossSection extends SectionShape {
  /** All of the box, whatever `depth`. */
  readonly structure: Structure;
  /** What the atoms' own displacements leave of the thermal motion [Å²]. */
  readonly u2_A2: Readonly<Record<string, number>>;
}

/** Length along the specimen over which its relief and its bend vary [cells]. */
const SMOOTH_CELLS = 8;

/** Smooth over the specimen, unit variance, [ny][nx]; periodic. */
export function smoothField([nx, ny]: readonly [number, number], stream: RandomStream): Float64Array {
  return gaussianField([nx, ny, 1], [SMOOTH_CELLS, SMOOTH_CELLS, 1], stream);
}

/**
 * @param margin rows of each electrode
 * @throws 'recipe' for a specimen thinner than a cell somewhere
 */
export function sectionShape({ crystal, experiment, bias }: BiasInputs, film: Vec3, margin: number): SectionShape {
  const [nx, , nz] = film;
  const ny = nz + 2 * margin;
  const relief = smoothField([nx, ny], new RandomStream(experiment.seed, 'bias', 'relief'));
  const depth = Int32Array.from(relief, (height, column) => {
    const wedge = (Math.floor(column / nx) / (ny - 1) - 0.5) * experiment.wedge_nm;
    return Math.round((10 * (experiment.thickness_nm + wedge + bias!.relief_nm * height)) / crystal.a_A);
  });
  const thinnest = Math.min(...depth);
  if (thinnest < 1) {
    fail(
      'recipe',
      `The specimen's thinnest column has ${thinnest} cells.`,
      'Raise experiment.thickness_nm, or lower experiment.wedge_nm or bias.relief_nm.',
    );
  }
  return { cells: [nx, ny, Math.max(...depth)], film: [margin, margin + nz], depth };
}

/** The atoms of one state. The jitter is one for all states: it is the same specimen. @throws 'shape' where modes do not fill the cells */
export function crossSection(inputs: BiasInputs, modes: FilmModes, shape: SectionShape): CrossSection {
  const { crystal, structures, experiment } = inputs;
  const [nx, ny, nz] = shape.cells;
  const [fx, fy, fz] = modes.cells;
  const [from, to] = shape.film;
  if (modes.u_A.length !== 3 * fx * fy * fz || fx !== nx || fz !== to - from) {
    fail('shape', `Modes of ${fx} × ${fy} × ${fz} cells for a film of ${nx} × ${to - from}.`, 'Make the film anew.');
  }
  const cells = nx * ny * nz;
  const u_A = new Float64Array(3 * cells);
  const A = new Array<string>(cells).fill('Sr');
  const B = new Array<string>(cells).fill('Ru');
  for (let k = 0; k < nz; k++) {
    const y = fy - 1 - (k % fy);
    // What is a cell's low corner along the film's y is its high one along the beam.
    const corner = (y + 1) % fy;
    for (let j = from; j < to; j++) {
      for (let i = 0; i < nx; i++) {
        const cell = (k * ny + j) * nx + i;
        const layer = (j - from) * fy;
        const u = 3 * ((layer + y) * fx + i);
        u_A.set([modes.u_A[u]!, modes.u_A[u + 2]!, -modes.u_A[u + 1]!], 3 * cell);
        if (modes.aSites[(layer + corner) * fx + i]! > 0) A[cell] = 'Ba';
        B[cell] = 'Ti';
      }
    }
  }
  const { a_A } = crystal;
  const ideal = idealBlock(shape.cells, [a_A, a_A, a_A], { A, B });
  const polar = displaceBySoftMode(ideal, perovskiteOf(crystal).material, u_A);
  const structure = withJitter(polar, structures.jitter_pm, new RandomStream(experiment.seed, 'bias', 'jitter'));
  const { u2_A2: electrode } = orthogonalCell(knownCrystal('SrRuO3'));
  return { ...shape, structure, u2_A2: residualU2(structure, { ...electrode, ...crystal.u2_A2 }) };
}

/** P, δTi and δO of the film's cells, and 0 in the electrodes, [nz][ny][nx][3]. */
export function sectionFields({ structure, film: [from, to], cells }: CrossSection, inputs: BiasInputs): LocalFields {
  const [nx, ny] = cells;
  const inFilm = (i: number) => {
    const row = Math.floor(i / (3 * nx)) % ny;
    return row >= from && row < to;
  };
  const { P, dTi, dO } = cellFields(structure, inputs);
  const only = (values: Float64Array) => values.map((value, i) => (inFilm(i) ? value : 0));
  return { P: only(P), dTi: only(dTi), dO: only(dO) };
}

/**
 * The atoms of rows [first, first + rows) of the specimen as a box with vacuum before and behind them. Rows beyond the specimen's are its first again.
 * @param vacuum_A at either face
 */
export function bandAtoms(
  { structure, cells, depth }: CrossSection,
  [first, rows]: readonly [number, number],
  vacuum_A: number,
): { readonly cell_A: Vec3; readonly symbols: string[]; readonly positions_A: Float64Array } {
  const [nx, ny, nz] = cells;
  const { cell } = requireSites(structure);
  const [ax, ay, az] = structure.cell_A.map((edge, axis) => edge / cells[axis]!) as unknown as Vec3;
  const cell_A: Vec3 = [nx * ax, rows * ay, nz * az + 2 * vacuum_A];
  const symbols: string[] = [];
  const positions: number[] = [];
  const wrap = (value: number, edge: number) => value - edge * Math.floor(value / edge);
  for (let atom = 0; atom < structure.symbols.length; atom++) {
    const [i, j, k] = [cell[3 * atom]!, cell[3 * atom + 1]!, cell[3 * atom + 2]!];
    const row = (((j - first) % ny) + ny) % ny;
    if (row >= rows || k >= depth[j * nx + i]!) continue;
    symbols.push(structure.symbols[atom]!);
    positions.push(
      wrap(structure.positions_A[3 * atom]!, cell_A[0]),
      wrap(structure.positions_A[3 * atom + 1]! + (row - j) * ay, cell_A[1]),
      structure.positions_A[3 * atom + 2]! + vacuum_A,
    );
  }
  return { cell_A, symbols, positions_A: Float64Array.from(positions) };
}
