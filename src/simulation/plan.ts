/**
 * What a simulation of a specimen computes, decided before the first electron: window, grid, slices, exits, positions, detectors, and how the work is cut
 * into units. Plain data, a function of recipe and specimen alone, so that a stopped run goes on where it was.
 */

import { fail } from '../core/errors.ts';
import { countLabel, plural, quantity, setting } from '../core/numbers.ts';
import { rayShift_A } from '../diffraction/aberrations.ts';
import { type AngularDetector, segments } from '../diffraction/angular-detector.ts';
import { scanArea } from '../diffraction/annular-scan.ts';
import { coherentParts, rmsFromFwhm } from '../diffraction/coherence.ts';
import { wavelength } from '../diffraction/optics.ts';
import type { MicroscopeOptions } from '../diffraction/options.ts';
import type { ProbePart, SourcePlace } from '../diffraction/position-patterns.ts';
import type { SimulationInputs, SimulationOptions, SpecimenOptions } from './options.ts';
import type { Specimen } from './specimen.ts';

export interface SimulationPlan {
  /** Repeats of the block across the beam. */
  readonly tiles: readonly [x: number, y: number];
  /** Sides and points of the periodic window. */
  readonly window_A: readonly [x: number, y: number];
  readonly grid: readonly [nx: number, ny: number];
  readonly slicesPerBlock: number;
  readonly dz_A: number;
  /** Blocks along the beam that the thickest exit needs. */
  readonly blocksAlong: number;
  /** Slices to each thickness, ascending, and what they come to [nm]. */
  readonly exits: readonly number[];
  readonly thickness_nm: readonly number[];
  readonly shape: readonly [ry: number, rx: number];
  readonly step_A: readonly [x: number, y: number];
  readonly positions_A: readonly (readonly [x: number, y: number])[];
  /** True where the scan covers whole blocks, so that it repeats. */
  readonly periodic: boolean;
  /** Coherent probes whose intensities add up: the spread of defocus. */
  readonly probes: readonly ProbePart[];
  /** Places of the source around a position; weights sum to 1. One where the source is a point, or is left to the convolution. */
  readonly source: readonly SourcePlace[];
  /** Source size that is left for a convolution over the scan, rms [Å]. */
  readonly blur_A: number;
  readonly detectors: readonly { readonly name: string; readonly detector: AngularDetector }[];
  /** Frequencies kept along each axis, in steps of 1/window. */
  readonly reach: readonly [x: number, y: number];
  /** Snapshots of the moving crystal; 1 where nothing moves. */
  readonly configurations: number;
  /** Each configuration's positions in units of this many. */
  readonly unit: number;
}

/** Positions × snapshots of one simulation. */
const MOST_POSITIONS = 4_000_000;
/** A part's file may take this much [bytes]. */
const UNIT_BYTES = 2 ** 28;
/** The kernel's memory less some room [bytes]. */
const KERNEL_BYTES = 2 ** 31 - 2 ** 26;

/** Whether n has no prime factor but 2, 3, 5 and 7. */
function smooth(n: number): boolean {
  let rest = n;
  for (const p of [2, 3, 5, 7]) while (rest % p === 0) rest /= p;
  return rest === 1;
}

/** Least n ≥ `least` that repeats of a block and the kernel's transforms both divide. */
function gridPoints(least: number, tiles: number): number {
  let n = Math.max(4, Math.ceil(least));
  while (n % 4 !== 0 || n % tiles !== 0 || !smooth(n)) n++;
  return n;
}

/** Window that holds a probe throughout the specimen: its geometric radius, rays of the aberrations, and four radii of the Airy disc [Å]. */
export function probeWindow_A(microscope: MicroscopeOptions, thickness_nm: number): number {
  const lambda = wavelength(microscope.voltage_kV);
  const alpha = microscope.convergence_mrad * 1e-3;
  const defocus = microscope.defocus_nm;
  const cone = alpha * 10 * Math.max(Math.abs(defocus), Math.abs(thickness_nm - defocus));
  let rays = 0;
  for (let i = 0; microscope.aberrations && i < 32; i++) {
    const turn = (2 * Math.PI * i) / 32;
    const k = alpha / lambda;
    rays = Math.max(
      rays,
      Math.hypot(...rayShift_A(k * Math.cos(turn), k * Math.sin(turn), lambda, microscope.aberrations)),
    );
  }
  return 2 * (cone + rays + (4 * 0.61 * lambda) / alpha);
}

/** Thicknesses that the recipe asks for [nm]. @throws 'recipe' for one past the layers of a film */
function thicknesses(recipe: SpecimenOptions, specimen: Specimen): number[] {
  const asked = recipe.thickness_nm ?? specimen.block.cell_A[2] / 10;
  const list =
    typeof asked === 'number'
      ? [asked]
      : Array.from(
          { length: Math.floor((asked.max - asked.min) / asked.step + 1e-9) + 1 },
          (_, i) => asked.min + i * asked.step,
        );
  const whole = specimen.block.cell_A[2] / 10;
  if (specimen.layers && recipe.growth === 'z' && list.at(-1)! > whole + 0.01) {
    fail(
      'recipe',
      `specimen.thickness_nm reaches ${setting(list.at(-1)!, 'nm')}, the layers ${quantity(whole, 'nm')}.`,
      'Leave thickness_nm out, or make a layer thicker.',
      { thickness_nm: list.at(-1), whole_nm: whole },
    );
  }
  return list;
}

/** @throws 'recipe' for what cannot be, 'range' where the kernel's memory would not hold it */
export function planSimulation(inputs: SimulationInputs, specimen: Specimen): SimulationPlan {
  const { microscope, simulation, specimen: from } = inputs;
  const lambda = wavelength(microscope.voltage_kV);
  const [lx, ly, lz] = specimen.block.cell_A;
  const asked = thicknesses(from, specimen);

  const { camera } = simulation;
  const detectors = simulation.detectors.flatMap(({ name, inner_mrad, outer_mrad, segments: count, rotation_deg }) => {
    if (!(outer_mrad > inner_mrad)) {
      fail(
        'recipe',
        `Detector ${name} ends at ${setting(outer_mrad, 'mrad')} and begins at ${setting(inner_mrad, 'mrad')}.`,
        'Give inner < outer.',
      );
    }
    if (count === undefined) return [{ name, detector: { inner_mrad, outer_mrad } }];
    return segments(inner_mrad, outer_mrad, count, rotation_deg).map((detector, i) => ({
      name: `${name}_${i + 1}`,
      detector,
    }));
  });
  const largest = Math.max(
    microscope.convergence_mrad,
    camera ? (camera.pixels / 2 + 0.5) * camera.mrad_per_pixel : 0,
    ...detectors.map(({ detector }) => detector.outer_mrad),
  );

  const least =
    simulation.window_A ??
    Math.max(probeWindow_A(microscope, asked.at(-1)!), camera ? (1e3 * lambda) / camera.mrad_per_pixel : 0);
  const repeats = (edge: number) => {
    let n = Math.max(1, Math.ceil(least / edge - 1e-6));
    while (!smooth(n)) n++;
    return n;
  };
  const tiles = [repeats(lx), repeats(ly)] as const;
  const window_A = [lx * tiles[0], ly * tiles[1]] as const;
  const points = (axis: 0 | 1) => {
    const angles = (2 * window_A[axis] * largest * 1e-3) / (lambda * simulation.band_limit);
    return gridPoints(Math.max(window_A[axis] / simulation.pixel_A, angles + 4), tiles[axis]);
  };
  const grid = [points(0), points(1)] as const;

  const slicesPerBlock = Math.max(2, Math.ceil(lz / simulation.slice_A - 1e-9));
  const dz_A = lz / slicesPerBlock;
  const exits = [...new Set(asked.map((t) => Math.max(1, Math.round((10 * t) / dz_A))))];
  const blocksAlong = Math.ceil(exits.at(-1)! / slicesPerBlock);
  const moving = from.thermal === 'frozen-phonons';
  const held = slicesPerBlock * (moving ? blocksAlong : 1);
  const bytes = 8 * grid[0] * grid[1] * (held + exits.length + 8);
  if (bytes > KERNEL_BYTES) {
    fail(
      'range',
      `${grid.join(' × ')} points in ${held} slices need ${quantity(bytes / 1e9, 'GB')}, and the kernel has 2 GB.`,
      'Use a smaller window_A, a coarser pixel_A or slice_A, smaller angles, or a thinner specimen.',
      { grid, slices: held },
    );
  }

  const [ry, rx] = simulation.shape;
  const configurations = specimen.frames?.length ?? (moving ? from.snapshots : 1);
  if (ry * rx * configurations > MOST_POSITIONS) {
    const of = configurations > 1 ? ` of ${plural(configurations, 'snapshot')}` : '';
    fail(
      'range',
      `${ry} × ${rx} positions${of} are more than the ${countLabel(MOST_POSITIONS)} that one simulation may have.`,
      'Lower simulation.shape or specimen.snapshots, or simulate parts of the area.',
      { shape: simulation.shape, configurations: configurations },
    );
  }
  const size = simulation.size_A ?? [lx, ly];
  const whole = (length: number, edge: number) => Math.abs(length / edge - Math.round(length / edge)) < 1e-6;
  const { source, blur_A } = sourceOf(microscope, simulation);
  const probe = {
    wavelength_A: lambda,
    convergence_mrad: microscope.convergence_mrad,
    defocus_nm: microscope.defocus_nm,
    edge_mrad: (1e3 * lambda) / Math.min(...window_A),
    ...(microscope.aberrations && { aberrations: microscope.aberrations }),
  };
  const perPosition = exits.length * (4 * (camera ? camera.pixels ** 2 : 0) + 8 * detectors.length);
  const several = Math.ceil((rx * ry) / (configurations >= 4 ? 1 : 16));
  return {
    tiles,
    window_A,
    grid,
    slicesPerBlock,
    dz_A,
    blocksAlong,
    exits,
    thickness_nm: exits.map((exit) => (exit * dz_A) / 10),
    shape: [ry, rx],
    step_A: [size[0] / rx, size[1] / ry],
    positions_A: scanArea(simulation.origin_A, size, [ry, rx]),
    periodic: whole(size[0], lx) && whole(size[1], ly),
    probes: coherentParts(probe, [0, 0], { defocusRms_nm: microscope.defocus_spread_nm ?? 0 }),
    source: coherentParts(probe, [0, 0], { sourceRms_A: source }).map(({ position_A, weight }) => ({
      offset_A: position_A,
      weight,
    })),
    blur_A,
    detectors,
    reach: [reachOf(largest, lambda, window_A[0], grid[0]), reachOf(largest, lambda, window_A[1], grid[1])],
    configurations,
    unit: Math.max(1, Math.min(several, Math.floor(UNIT_BYTES / perPosition))),
  };
}

/** What a plan's finished units and the whole leave on disk, and what the whole is put together from [bytes]. */
export function simulationBytes(plan: SimulationPlan, { camera }: Pick<SimulationOptions, 'camera'>) {
  const { positions_A, exits, detectors, configurations } = plan;
  const pattern = exits.length * 4 * (camera ? camera.pixels ** 2 : 0);
  const images = exits.length * 8 * detectors.length;
  const whole = positions_A.length * (pattern + images);
  return { whole, parts: whole * configurations };
}

/** Frequencies that a detector to `angle_mrad` needs, half a pixel of its edge included. */
function reachOf(angle_mrad: number, lambda: number, window_A: number, n: number): number {
  return Math.min(Math.ceil((angle_mrad * 1e-3 * window_A) / lambda) + 1, Math.ceil(n / 2) - 1);
}

/** The source as probes beside each other where the scan is a point or a line; else as a convolution, which costs nothing. */
function sourceOf(microscope: MicroscopeOptions, { shape }: SimulationOptions): { source: number; blur_A: number } {
  const rms = rmsFromFwhm(microscope.source_fwhm_A ?? 0);
  return Math.min(...shape) === 1 ? { source: rms, blur_A: 0 } : { source: 0, blur_A: rms };
}
