/**
 * The sampling plan: which positions, tilts and thicknesses become patterns of one structure. A function of the options and
 * of a random stream.
 */

import { fail } from '../core/errors.ts';
import { quantity, setting } from '../core/numbers.ts';
import { RandomStream } from '../core/random.ts';
import { cellSteps } from '../crystal/options.ts';
import { stepsOf, zoneOf } from '../crystal/zone.ts';
import { rmsFromFwhm } from '../diffraction/coherence.ts';
import { disksApart_mrad, type LatticeDetector, perOrder, pixel_mrad } from '../diffraction/detector.ts';
import type { LatticeGeometry, PatternRequest } from '../diffraction/scattering-matrix.ts';
import type { LibraryInputs } from './options.ts';
import { slicesPerCell } from './sampling.ts';

export function detectorOf({ crystal, structures, microscope, library }: LibraryInputs): LatticeDetector {
  return {
    pixels: library.pixels,
    pixelsPerOrder: library.pixels_per_order,
    a_A: crystal.a_A,
    ...(structures.zone && { zone: [...structures.zone] }),
    voltage_kV: microscope.voltage_kV,
    convergence_mrad: microscope.convergence_mrad,
  };
}

/**
 * What every library needs of its microscope: no source or focus spread of its own, and disks that do not overlap.
 * @throws 'recipe' for a source size, a focus spread, or a convergence beyond half the angle between neighbouring disks, λ/2a along [001]
 */
export function checkMicroscope(inputs: LibraryInputs): void {
  const { microscope, crystal } = inputs;
  for (const key of ['source_fwhm_A', 'defocus_spread_nm'] as const) {
    if ((microscope[key] ?? 0) > 0) {
      fail(
        'recipe',
        `microscope.${key} is not for libraries.`,
        'Leave it out of this recipe: simulations of a [specimen] take it, and for a library the source is library.source_fwhm_A.',
        { key },
      );
    }
  }
  const apart_mrad = disksApart_mrad(detectorOf(inputs));
  if (2 * microscope.convergence_mrad > apart_mrad) {
    fail(
      'recipe',
      `The disks overlap: they lie ${quantity(apart_mrad, 'mrad', 4)} apart at ${setting(microscope.voltage_kV, 'kV')} and a = ${setting(crystal.a_A, 'Å')}, and are ${setting(2 * microscope.convergence_mrad, 'mrad')} wide.`,
      `Set microscope.convergence_mrad to ${quantity(Math.floor(50 * apart_mrad) / 100, 'mrad', 4)} or less: models and calibration need separate disks.`,
      { convergence_mrad: microscope.convergence_mrad, apart_mrad },
    );
  }
}

/** @param offset of a structure's tilts, from its plan. @throws 'recipe' as `checkMicroscope` */
export function geometryOf(inputs: LibraryInputs, offset: readonly [x: number, y: number]): LatticeGeometry {
  checkMicroscope(inputs);
  const { defocus_nm, aberrations } = inputs.microscope;
  const [nx, ny] = inputs.structures.cells;
  return { detector: detectorOf(inputs), defocus_nm, aberrations, cells: [nx, ny], offset };
}

/** The largest block across the beam whose sides are `most` columns at most where one is, that repeats and divides the detector's pixels per order. */
export function smallerBlock(inputs: LibraryInputs, most: number): [nx: number, ny: number] {
  const { cells, zone } = inputs.structures;
  const { least } = zoneOf(zone);
  const orders = perOrder(detectorOf(inputs));
  const fits = (axis: 0 | 1): number => {
    let blocks = Math.max(1, Math.floor(Math.min(cells[axis], most) / least[axis]));
    while (orders[axis] % (blocks * least[axis]) !== 0) blocks--;
    return blocks * least[axis];
  };
  return [fits(0), fits(1)];
}

/** Cells of a column nearest to the recipe's thicknesses, ascending, each once. */
export function thicknessCells(inputs: Pick<LibraryInputs, 'crystal' | 'structures' | 'library'>): number[] {
  const { min, max, step } = inputs.library.thickness_nm;
  const [, , height_A] = cellSteps(inputs);
  const cells = new Set<number>();
  for (let i = 0; min + i * step <= max + 1e-9; i++) {
    cells.add(Math.max(1, Math.round(((min + i * step) * 10) / height_A)));
  }
  return [...cells].sort((a, b) => a - b);
}

/** Columns [ny][nx] without those that repeat an earlier one: every component of δTi within the tolerance. */
export function distinctColumns(dTi: Float64Array, tolerance_pm: number): number[] {
  const kept: number[] = [];
  const n = dTi.length / 3;
  for (let c = 0; c < n; c++) {
    const same = (k: number) => [0, 1, 2].every((i) => Math.abs(dTi[3 * c + i]! - dTi[3 * k + i]!) < tolerance_pm);
    if (!kept.some(same)) kept.push(c);
  }
  return kept;
}

export interface StructurePlan {
  /** Position of the tilts' lattice in its own steps (see scattering-matrix.ts). */
  readonly offset: readonly [number, number];
  readonly requests: readonly PatternRequest[];
  /** Standard deviation of the source per axis, of each request [Å]. */
  readonly source_rms_A: Float64Array;
  /** θ of each request [mrad], [requests][2]. */
  readonly tilt_mrad: Float64Array;
  readonly thickness_nm: Float64Array;
}

/** The stream that positions, tilts and thicknesses of structure `index` are drawn from. */
export function planStream(seed: number, index: number, heldOut: boolean): RandomStream {
  return new RandomStream(seed, 'plan', heldOut ? 'held-out' : 'training', index);
}

/**
 * @param random as {@link planStream} gives it
 * @param dTi column means of δTi [ny][nx][3], pm
 */
export function planStructure(inputs: LibraryInputs, random: RandomStream, dTi: Float64Array): StructurePlan {
  const { library, structures } = inputs;
  const steps_A = cellSteps(inputs);
  const zone = zoneOf(structures.zone);
  const perCell = slicesPerCell(structures.zone, library);
  const step = pixel_mrad(detectorOf(inputs));
  const offset: [number, number] = [random.uniform(), random.uniform()];
  // Of its own: it is hardly ever drawn from.
  const narrow = random.fork('narrow tilts');
  const { tilt_max_mrad } = library;
  const range = offset.map((o, axis) => {
    const low = Math.ceil(-tilt_max_mrad / step[axis]! - o);
    const high = Math.floor(tilt_max_mrad / step[axis]! - o);
    if (low <= high) return [low, high] as const;
    // A range narrower than a step may hold no point of the lattice: the lattice then moves to a point of it.
    const at = narrow.between(-tilt_max_mrad, tilt_max_mrad) / step[axis]!;
    offset[axis] = at - Math.floor(at);
    return [Math.floor(at), Math.floor(at)] as const;
  });
  const columns = distinctColumns(dTi, library.duplicate_pm);
  const thickness = thicknessCells(inputs);
  if (thickness.length === 0) fail('recipe', 'The thickness range holds no unit cell.', 'Widen library.thickness_nm.');
  const nx = structures.cells[0];
  const requests: PatternRequest[] = [];
  const tilt_mrad = new Float64Array(2 * library.patterns_per_structure);
  const thickness_nm = new Float64Array(library.patterns_per_structure);
  const source_rms_A = new Float64Array(library.patterns_per_structure);
  // Streams of their own: what is off draws nothing from the others'.
  const [focus, source] = [random.fork('focus'), random.fork('source')];
  for (let i = 0; i < library.patterns_per_structure; i++) {
    const onColumn = random.uniform() < library.on_column_fraction;
    const column = columns[random.integer(columns.length)]!;
    const anywhere = [random.uniform() * structures.cells[0], random.uniform() * structures.cells[1]] as const;
    const above = stepsOf(zone, [column % nx, Math.floor(column / nx), 0]);
    const position_A: [number, number] = onColumn
      ? [(above[0] + 0.5) * steps_A[0], (above[1] + 0.5) * steps_A[1]]
      : [anywhere[0] * steps_A[0], anywhere[1] * steps_A[1]];
    const tilt = range.map(([low, high]) => low + random.integer(high - low + 1)) as [number, number];
    const cells = thickness[random.integer(thickness.length)]!;
    requests.push({
      position_A,
      tilt,
      exit: cells * perCell,
      defocus_nm: focus.between(...library.defocus_nm),
    });
    source_rms_A[i] = rmsFromFwhm(source.between(...library.source_fwhm_A));
    for (const axis of [0, 1] as const) tilt_mrad[2 * i + axis] = (tilt[axis] + offset[axis]) * step[axis];
    thickness_nm[i] = (cells * steps_A[2]) / 10;
  }
  return { offset, requests, source_rms_A, tilt_mrad, thickness_nm };
}
