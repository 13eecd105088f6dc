/**
 * Patterns of a uniform crystal: the smallest block of a library's material along its zone (one cell along [001]), moved by its soft mode to a polarization, repeated
 * for ever, through the engine, slices and absorption of that library. A cell of one lattice spacing needs one plane wave for each point of the aperture and a grid of grid_per_cell², about half a second
 * for 50 nm. Its disks do not overlap, so that neither the probe's place nor focus nor source matter, but where soft edges of the aperture meet
 * ({@link UniformCrystal.placeless}).
 *
 * - Sites that several elements share hold a virtual crystal: a part of each in one place.
 * - What a library freezes into its structures beyond P (jitter, texture) is thermal motion here: all of crystal.u2_A2 goes into the Debye–Waller factor and the
 *   absorption.
 * - A thickness between two numbers of whole cells is interpolated linearly between their patterns.
 * - The edge along the beam is the recipe's; of domains, the mean of EDGES structures of the library.
 *
 * What this is not: anything with disorder, layers at the faces, domains along the beam or turned octahedra.
 */

import { fail } from '../core/errors.ts';
import { quantity, setting } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { structureStream, withBeamEdge } from '../crystal/build.ts';
import { perovskiteOf } from '../crystal/crystal-perovskite.ts';
import { dTiPerDisplacement, polarizationPerDisplacement } from '../crystal/material.ts';
import { beamEdge, cellSteps } from '../crystal/options.ts';
import { idealBlock } from '../crystal/perovskite.ts';
import type { Shares } from '../crystal/site-elements.ts';
import { displaceBySoftMode } from '../crystal/soft-mode.ts';
import { cellCount, requireSites, SITE, type Vec3 } from '../crystal/structure.ts';
import { tiltOf } from '../crystal/texture.ts';
import { requireU2 } from '../crystal/thermal.ts';
import { type BlockCells, zoneOf } from '../crystal/zone.ts';
import { diskBasis, perOrder, pixel_mrad } from '../diffraction/detector.ts';
import type { PatternEngine } from '../diffraction/engine.ts';
import { apertureLimit_mrad } from '../diffraction/probe.ts';
import { latticeProbe } from '../diffraction/scattering-matrix.ts';
import type { Atoms, SliceStack } from '../diffraction/slices.ts';
import type { LibraryInputs } from './options.ts';
import { checkMicroscope, detectorOf } from './plan.ts';
import { gridOf, librarySlicer, slicesPerCell } from './sampling.ts';

/** Structures whose edges along the beam are averaged. */
const EDGES = 8;

export interface UniformState {
  /** [µC/cm²] */
  readonly P_uC_cm2: Vec3;
  /** Of the incident beam in the crystal's frame [mrad]. */
  readonly tilt_mrad: readonly [x: number, y: number];
}

/** @throws 'unsupported' for libraries that a uniform crystal of one cell says nothing of: frames of a file, turned octahedra; 'recipe' as `checkMicroscope` */
export function requireUniform(inputs: LibraryInputs): void {
  const { crystal, structures } = inputs;
  const train = 'Map without --check.';
  if (structures.file !== undefined) {
    fail('unsupported', `The library's structures are frames of ${structures.file}: a uniform crystal is none.`, train);
  }
  if (tiltOf(crystal, perovskiteOf(crystal))) {
    fail('unsupported', `The octahedra of ${crystal.material} are turned: one cell does not hold them.`, train);
  }
  checkMicroscope(inputs);
}

/** What of a recipe is the same for all states of its crystal. */
export class UniformCrystal {
  readonly #inputs: LibraryInputs;
  readonly #block: BlockCells;
  /** From cell to cell along x, y and z [Å]. */
  readonly #steps_A: Vec3;
  readonly #cut: (atoms: Atoms) => SliceStack;

  /** @throws 'unsupported' as {@link requireUniform}, 'recipe' for elements without thermal motion */
  constructor(inputs: LibraryInputs) {
    requireUniform(inputs);
    const { crystal, library } = inputs;
    this.#inputs = inputs;
    const edges = Array.from({ length: EDGES }, (_, index) =>
      beamEdge(withBeamEdge(inputs, index, structureStream(library.seed, index, false)).crystal),
    );
    const c_A = edges.reduce((sum, edge) => sum + edge, 0) / EDGES;
    const { zone } = inputs.structures;
    this.#block = { cells: zoneOf(zone).least, zone };
    this.#steps_A = cellSteps({ crystal: { ...crystal, c_A }, structures: { zone } });
    this.#cut = librarySlicer(this.#block, this.#cell_A, crystal.u2_A2, library);
  }

  /** From one cell of a column to the next [nm]. */
  get cell_nm(): number {
    return this.#steps_A[2] / 10;
  }

  /** δTi of its soft mode per polarization [pm per µC/cm²]. */
  get dTiPerP(): number {
    const { material } = perovskiteOf(this.#inputs.crystal);
    const [x, y, z] = this.#steps_A;
    return (100 * dTiPerDisplacement(material)) / polarizationPerDisplacement(material, x * y * z);
  }

  get #cell_A(): Vec3 {
    const { cells } = this.#block;
    const [x, y, z] = this.#steps_A;
    return [cells[0] * x, cells[1] * y, cells[2] * z];
  }

  /** 1 for pixels that one disk at most of the zero-order Laue zone reaches, whatever the probe's place, [pixels²]. */
  placeless(): Uint8Array {
    const detector = detectorOf(this.#inputs);
    const { pixels } = detector;
    const limit = apertureLimit_mrad(latticeProbe(detector, 0));
    const [sx, sy] = pixel_mrad(detector);
    const [a, b] = diskBasis(detector);
    const around = [-1, 0, 1, 2];
    return Uint8Array.from({ length: pixels * pixels }, (_, i) => {
      const [x, y] = [(i % pixels) - pixels / 2, Math.floor(i / pixels) - pixels / 2];
      // Disks around, in whole numbers of the basis.
      const n = Math.floor(y / b[1]);
      const m = Math.floor((x - n * b[0]) / a[0]);
      const reached = around.flatMap((dm) =>
        around.filter((dn) => {
          const [h, k] = [m + dm, n + dn];
          return Math.hypot((x - h * a[0] - k * b[0]) * sx, (y - k * b[1]) * sy) < limit;
        }),
      );
      return reached.length <= 1 ? 1 : 0;
    });
  }

  /** Why no pattern of a state can be simulated, in words; undefined where it can. */
  problem({ P_uC_cm2, tilt_mrad }: UniformState, thickness_nm: readonly number[]): string | undefined {
    const { library } = this.#inputs;
    const detector = detectorOf(this.#inputs);
    if (![...P_uC_cm2, ...tilt_mrad, ...thickness_nm].every(Number.isFinite)) return 'a state that is not finite';
    const thin = thickness_nm.find((t) => !(t > 0));
    if (thin !== undefined) return `a thickness of ${setting(thin, 'nm')}`;
    const grid = gridOf(this.#block, library);
    const [orders, side_mrad] = [perOrder(detector), pixel_mrad(detector)];
    // As planPatterns has it, for any offset.
    const most_mrad = ([0, 1] as const).map((axis) => {
      const steps = ((grid[axis] / 2 - 1) * orders[axis]) / this.#block.cells[axis] - detector.pixels / 2 - 1;
      return steps * side_mrad[axis];
    });
    const beyond = [0, 1].find((axis) => Math.abs(tilt_mrad[axis]!) > most_mrad[axis]!);
    return beyond === undefined
      ? undefined
      : `a tilt of ${quantity(tilt_mrad[beyond]!, 'mrad')}, where the library's grid_per_cell resolves ${quantity(most_mrad[beyond]!, 'mrad')}`;
  }

  /** The block at a polarization. @throws 'recipe' for elements without thermal motion */
  cell(P_uC_cm2: Vec3): Atoms {
    const { crystal } = this.#inputs;
    const { material, A, B } = perovskiteOf(crystal);
    const { cells, zone } = this.#block;
    const [x, y, z] = this.#steps_A;
    const perA = polarizationPerDisplacement(material, x * y * z);
    const n = cellCount(cells);
    const on = (symbol: string) => new Array<string>(n).fill(symbol);
    const ideal = idealBlock(cells, this.#steps_A, { A: on('A'), B: on('B') }, zone);
    const moved = displaceBySoftMode(
      ideal,
      material,
      Float64Array.from({ length: 3 * n }, (_, i) => P_uC_cm2[i % 3]! / perA),
    );
    const { kind } = requireSites(moved);
    const parts = Array.from(kind).flatMap((site, atom) => {
      const shares: Shares = site === SITE.A ? A : site === SITE.Ti ? B : { O: 1 };
      const at = moved.positions_A.subarray(3 * atom, 3 * atom + 3);
      return Object.entries(shares)
        .filter(([, share]) => share > 0)
        .map(([symbol, share]) => ({ symbol, share, at }));
    });
    const atoms = {
      cell_A: this.#cell_A,
      symbols: parts.map(({ symbol }) => symbol),
      occupancy: Float64Array.from(parts, ({ share }) => share),
      positions_A: Float64Array.from(parts.flatMap(({ at }) => [...at])),
    };
    requireU2(atoms, crystal.u2_A2);
    return atoms;
  }

  /**
   * Patterns of one state, [thickness_nm.length][pixels][pixels], fraction of the incident beam per pixel.
   * @param thickness_nm of any values above zero
   * @throws 'range' for a thickness that is none, or a tilt that the library's grid does not resolve, and as the engine
   */
  async patterns(
    { P_uC_cm2, tilt_mrad }: UniformState,
    thickness_nm: readonly number[],
    engine: PatternEngine,
    task: Task,
  ): Promise<Float32Array> {
    const { library, microscope } = this.#inputs;
    const detector = detectorOf(this.#inputs);
    const problem = this.problem({ P_uC_cm2, tilt_mrad }, thickness_nm);
    if (problem) fail('range', `No pattern can be simulated of ${problem}.`, 'Leave this state out.');
    const step = pixel_mrad(detector);
    const steps = tilt_mrad.map((angle, axis) => angle / step[axis]!);
    const tilt = steps.map(Math.floor) as [number, number];
    const offset = steps.map((s, axis) => s - tilt[axis]!) as [number, number];
    const whole = thickness_nm.map((t) => {
      const cells = Math.max(1, (10 * t) / this.#steps_A[2]);
      return { low: Math.floor(cells), share: cells - Math.floor(cells) };
    });
    const { cells: block, zone } = this.#block;
    const position_A = [this.#steps_A[0] / 2, this.#steps_A[1] / 2] as const;
    const perCell = slicesPerCell(zone, library);
    const requests = whole.flatMap(({ low }) =>
      [low, low + 1].map((cells) => ({ position_A, tilt, exit: cells * perCell })),
    );
    const both = await engine(
      {
        stack: this.#cut(this.cell(P_uC_cm2)),
        bandLimit: library.band_limit,
        geometry: {
          detector,
          defocus_nm: microscope.defocus_nm,
          aberrations: microscope.aberrations,
          cells: [block[0], block[1]],
          offset,
        },
        requests,
      },
      task,
    );
    const size = detector.pixels ** 2;
    const out = new Float32Array(thickness_nm.length * size);
    for (const [t, { share }] of whole.entries()) {
      for (let i = 0; i < size; i++) {
        out[t * size + i] = (1 - share) * both[2 * t * size + i]! + share * both[(2 * t + 1) * size + i]!;
      }
    }
    return out;
  }
}
