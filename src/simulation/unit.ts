/** One unit of a simulation: some positions of one configuration. Pure computation; no files, no threads. */

import { absorbingStack } from '../diffraction/absorption.ts';
import { detectorWeights, gridLimit_mrad, onCamera } from '../diffraction/angular-detector.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import type { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { frozenPhonon, supercell } from '../diffraction/frozen-phonons.ts';
import { wavelength } from '../diffraction/optics.ts';
import { PositionPatterns } from '../diffraction/position-patterns.ts';
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
  readonly #kernel: SliceKernel;
  readonly #mark: number;
  /** Of each detector, on the kept frequencies; the plan is the same in every unit. */
  #weights: readonly Float64Array[] | undefined;
  #made: { readonly configuration: number; readonly patterns: PositionPatterns } | undefined;

  constructor(kernel: SliceKernel) {
    this.#kernel = kernel;
    this.#mark = kernel.mark();
  }

  /** @throws what slices, multislice and detectors throw */
  run(job: UnitJob, progress: (share: number) => void): UnitResult {
    const { plan, inputs, from, to } = job;
    const { exits, detectors } = plan;
    const lambda = wavelength(inputs.microscope.voltage_kV);
    const { camera, band_limit } = inputs.simulation;
    const engine = this.#patterns(job);
    const { width, height } = engine;
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
    for (let p = 0; p < count; p++) {
      const total = intensities(engine, plan, plan.positions_A[from + p]!);
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
      progress((p + 1) / count);
    }
    return { signals, patterns };
  }

  #patterns(job: UnitJob): PositionPatterns {
    const { plan, inputs, configuration } = job;
    if (this.#made?.configuration === configuration) return this.#made.patterns;
    this.#kernel.release(this.#mark);
    const { stack, tiles } = stackOf(job);
    const { voltage_kV } = inputs.microscope;
    const { band_limit, tilt_mrad } = inputs.simulation;
    const multislice = new Multislice(this.#kernel, stack, voltage_kV, tiles, band_limit);
    const patterns = new PositionPatterns(multislice, {
      parts: plan.probes,
      exits: plan.exits,
      tilt_mrad,
      reach: plan.reach,
      positions: plan.positions_A.length * plan.source.length,
    });
    this.#made = { configuration, patterns };
    return patterns;
  }
}

/** Patterns of the extended source at a position: each of its places by itself. */
function intensities(
  engine: PositionPatterns,
  plan: SimulationPlan,
  [x, y]: readonly [number, number],
): Float64Array[] {
  const [first, ...rest] = plan.source.map(({ offset_A, weight }) => {
    const here = engine.at([x + offset_A[0], y + offset_A[1]]);
    if (weight !== 1)
      for (const pattern of here) for (let i = 0; i < pattern.length; i++) pattern[i] = pattern[i]! * weight;
    return here;
  });
  for (const here of rest) {
    for (const [e, pattern] of here.entries()) {
      const sum = first![e]!;
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + pattern[i]!;
    }
  }
  return first!;
}

/** The slices of a configuration, and how often the window repeats them across the beam. */
function stackOf(job: UnitJob): { stack: SliceStack; tiles: readonly [number, number] } {
  const { plan, inputs, u2_A2 } = job;
  const simulation = inputs.simulation;
  const { thermal } = inputs.specimen;
  const moving = thermal === 'frozen-phonons';
  const tiles = moving ? ([1, 1] as const) : plan.tiles;
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
  return { stack: thermal === 'absorption' ? absorbingStack(atoms, options) : sliceStack(atoms, options), tiles };
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
