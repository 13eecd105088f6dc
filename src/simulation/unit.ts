/** One unit of a simulation: some positions of one configuration. Pure computation; no files, no threads. */

import { absorbingStack } from '../diffraction/absorption.ts';
import { detectorWeights, gridLimit_mrad, onCamera } from '../diffraction/angular-detector.ts';
import type { Tiles } from '../diffraction/cpu/multislice.ts';
import type { PositionEngine, PositionSource } from '../diffraction/engine.ts';
import { frozenPhonon, supercell } from '../diffraction/frozen-phonons.ts';
import { wavelength } from '../diffraction/optics.ts';
import { type Atoms, type SliceStack, sliceStack } from '../diffraction/slices.ts';
import type { SimulationInputs } from './options.ts';
import type { SimulationPlan } from './plan.ts';

export interface UnitJob {
  readonly inputs: SimulationInputs;
  readonly plan: SimulationPlan;
  /** The block, or this configuration's frame of a trajectory. */
  readonly atoms: Atoms;
  readonly u2_A2: Readonly<Record<string, number>>;
  readonly configuration: number;
  /** Positions [from, to) of the scan, row by row. */
  readonly from: number;
  readonly to: number;
}

export interface UnitResult {
  /** [thickness][detector][position], fraction of the beam. */
  readonly signals: Float64Array;
  /** [thickness][position][qy][qx] on the camera, fraction of the beam; empty without a camera. */
  readonly patterns: Float32Array;
}

/** Units of one plan, one configuration after another: slices, and plane waves where they serve, are made once for each. */
export class UnitSimulator {
  readonly #engine: PositionEngine;
  /** Of each detector, on the kept frequencies; the plan is the same in every unit. */
  #weights: readonly Float64Array[] | undefined;
  #made: { readonly configuration: number; readonly source: PositionSource } | undefined;

  constructor(engine: PositionEngine) {
    this.#engine = engine;
  }

  /**
   * @param stack gives the slices of the unit's configuration: `stackOf`, or what another thread has made of it
   * @param tick is called now and then, and may throw to stop
   * @throws what slices, multislice and detectors throw
   */
  async run(
    job: UnitJob,
    stack: () => SliceStack,
    progress: (share: number) => void,
    tick?: () => void,
  ): Promise<UnitResult> {
    const { plan, inputs, from, to } = job;
    const { exits, detectors } = plan;
    const lambda = wavelength(inputs.microscope.voltage_kV);
    const { camera, band_limit } = inputs.simulation;
    const source = this.#source(job, stack);
    const { width, height } = source;
    const geometry = { nx: plan.grid[0], ny: plan.grid[1], length_A: plan.window_A };
    this.#weights ??= detectors.map(({ detector }) =>
      cropped(
        detectorWeights(detector, geometry, lambda, gridLimit_mrad(geometry, lambda, band_limit)),
        plan.grid,
        width,
        height,
      ),
    );
    const weights = this.#weights;
    const pixel_mrad = [(1e3 * lambda) / plan.window_A[0], (1e3 * lambda) / plan.window_A[1]] as const;
    const count = to - from;
    const pixels = camera ? camera.pixels ** 2 : 0;
    const signals = new Float64Array(exits.length * detectors.length * count);
    const patterns = new Float32Array(exits.length * count * pixels);
    let p = 0;
    const within = (share: number): void => {
      tick?.();
      progress((p + share) / count);
    };
    for await (const total of source.at(plan.positions_A.slice(from, to), within)) {
      for (const [e, intensity] of total.entries()) {
        for (const [d, weight] of weights.entries()) {
          let sum = 0;
          for (let i = 0; i < intensity.length; i++) sum += weight[i]! * intensity[i]!;
          signals[(e * detectors.length + d) * count + p] = sum;
        }
        if (camera) {
          const seen = onCamera({ intensity, width, height, pixel_mrad }, camera.pixels, camera.mrad_per_pixel);
          patterns.set(seen, (e * count + p) * pixels);
        }
      }
      progress(++p / count);
    }
    return { signals, patterns };
  }

  #source(job: UnitJob, stack: () => SliceStack): PositionSource {
    const { plan, inputs, configuration } = job;
    if (this.#made?.configuration === configuration) return this.#made.source;
    this.close();
    const { voltage_kV } = inputs.microscope;
    const { band_limit, tilt_mrad } = inputs.simulation;
    const source = this.#engine({
      stack: stack(),
      tiles: tilesOf(job),
      voltage_kV,
      bandLimit: band_limit,
      geometry: {
        parts: plan.probes,
        exits: plan.exits,
        tilt_mrad,
        reach: plan.reach,
        source: plan.source,
        positions: plan.positions_A.length,
      },
    });
    this.#made = { configuration, source };
    return source;
  }

  /** Gives the engine's memory back. */
  close(): void {
    this.#made?.source.close();
    this.#made = undefined;
  }
}

const moves = ({ inputs }: UnitJob): boolean => inputs.specimen.thermal === 'frozen-phonons';

/** How often the window repeats a configuration across the beam: what moves by itself is drawn for the whole window. */
function tilesOf(job: UnitJob): Tiles {
  return moves(job) ? [1, 1] : job.plan.tiles;
}

/** The slices of the unit's configuration. */
export function stackOf(job: UnitJob): SliceStack {
  const { plan, inputs, u2_A2 } = job;
  const simulation = inputs.simulation;
  const { thermal } = inputs.specimen;
  const moving = moves(job);
  const tiles = tilesOf(job);
  const atoms = moving
    ? frozenPhonon(supercell(job.atoms, [...plan.tiles, plan.blocksAlong]), u2_A2, simulation.seed, job.configuration)
    : job.atoms;
  const options = {
    nx: plan.grid[0] / tiles[0],
    ny: plan.grid[1] / tiles[1],
    nSlices: plan.slicesPerBlock * (moving ? plan.blocksAlong : 1),
    slicing: simulation.slicing,
    factors: simulation.factors,
    ...(!moving && { u2_A2 }),
  };
  return thermal === 'absorption' ? absorbingStack(atoms, options) : sliceStack(atoms, options);
}

/** [ny][nx] weights in FFT order, cut to [height][width] around the direct beam. */
function cropped(
  weights: Float64Array,
  [nx, ny]: readonly [number, number],
  width: number,
  height: number,
): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => {
    const x = (i % width) - (width >> 1);
    const y = Math.floor(i / width) - (height >> 1);
    return weights[((y + ny) % ny) * nx + ((x + nx) % nx)]!;
  });
}
