/**
 * A 4D-STEM scan that Ferroscope simulates itself: a structure that no library holds, direct multislice (not the
 * scattering matrix that libraries come from), inelastic scattering, background and point spread (experiment-optics.ts), a rotated camera with descan, gain, counting
 * noise and hot pixels. What is to be written, as EMD, with its truth beside it. What this is not: a model of drift or contamination.
 */

import { type Identity, identify } from '../core/identity.ts';
import { RandomStream } from '../core/random.ts';
import type { Task } from '../core/task.ts';
import { runJobs, type WorkerHost } from '../core/threads.ts';
import { cellFields } from '../crystal/build.ts';
import { joined } from '../crystal/layers.ts';
import { cellHeight, requireSites } from '../crystal/structure.ts';
import { wavelength } from '../diffraction/optics.ts';
import { apertureAmplitude } from '../diffraction/probe.ts';
import { DepthFields } from '../library/depth-means.ts';
import { ProbeWeights } from '../library/probe-weights.ts';
import { centreAt, type DescanPlane, mapFrom } from '../scan/calibration.ts';
import { type AnglePattern, count, exposeCamera } from '../scan/camera.ts';
import type { EmdScan } from '../scan/emd-write.ts';
import { Optics } from './experiment-optics.ts';
import { experimentHeight, experimentStructure, repeatsOf } from './experiment-structure.ts';
import type { RowJob } from './experiment-worker.ts';
import type { ExperimentInputs } from './options.ts';

export interface ScanTruth {
  readonly shape: readonly [ry: number, rx: number];
  readonly step_nm: number;
  /** Channels named like labels, [ry][rx]. */
  readonly channels: Readonly<Record<string, Float32Array>>;
}

export interface ExperimentRun {
  readonly program: string;
  readonly host: WorkerHost;
  /** Worker threads; default: all cores. */
  readonly workers?: number | undefined;
}

export interface ExperimentScan {
  /** What `writeEmd` takes. */
  readonly scan: EmdScan;
  /** The same patterns before they are counted: expected electrons of each pixel, no hot ones. */
  readonly expected: EmdScan;
  readonly truth: ScanTruth;
  readonly identity: Identity;
}

/** Known before the scan is: of the structures what textures take, of the library how atoms scatter. */
export function experimentIdentity(inputs: ExperimentInputs, program: string): Identity {
  const { crystal, structures, microscope, experiment, library } = inputs;
  // The block is this room's, but for its height.
  const { count, held_out, types, cells, ...texture } = structures;
  const { voltage_kV, convergence_mrad, defocus_nm, aberrations } = microscope;
  const { factors, band_limit, absorption } = library;
  return identify({
    kind: 'scan-simulated',
    schema: 2,
    program,
    settings: {
      crystal,
      structures: { ...texture, cells_z: cells[2] },
      microscope: { voltage_kV, convergence_mrad, defocus_nm, aberrations },
      experiment,
      library: { factors, band_limit, absorption },
    },
    inputs: {},
  });
}

/** The scan of [experiment]: its patterns are counted as they are asked for. @throws 'aborted' */
export async function experimentScan(
  inputs: ExperimentInputs,
  { program, host, workers }: ExperimentRun,
  task: Task,
): Promise<ExperimentScan> {
  const { experiment, crystal, microscope } = inputs;
  const [ry, rx] = experiment.shape;
  const lambda = wavelength(microscope.voltage_kV);
  const window = repeatsOf(experiment) * experiment.block_cells;
  const step_mrad = (lambda * 1e3) / (window * crystal.a_A);
  const n = experiment.detector_pixels;
  const reach = ((n / 2 + 4) * experiment.mrad_per_pixel * Math.SQRT2) / step_mrad;
  const size = Math.min(2 * Math.ceil(reach) + 2, 24 * window);

  const height_A = experimentHeight(inputs);
  const cellsAt = (row: number) =>
    Math.round(
      ((experiment.thickness_nm + (ry > 1 ? (row / (ry - 1) - 0.5) * experiment.wedge_nm : 0)) * 10) / height_A,
    );
  const jobs: RowJob[] = Array.from({ length: ry }, (_, row) => ({
    row,
    cells: new Array<number>(rx).fill(cellsAt(row)),
    size,
  }));
  const rows = await runJobs<RowJob, Float64Array>(host, 'experiment', jobs, task, {
    workers,
    data: inputs,
    onProgress: (done) => task.progress(Math.floor(done * rx), ry * rx, 'scan positions'),
  });

  const map = mapFrom(experiment.mrad_per_pixel, experiment.rotation_deg);
  const plane: DescanPlane = {
    centre_px: [n / 2 - 0.3, n / 2 + 0.4],
    per_ry_px: [experiment.descan_px[0] / Math.max(1, ry - 1), 0],
    per_rx_px: [0, experiment.descan_px[1] / Math.max(1, rx - 1)],
    middle: [(ry - 1) / 2, (rx - 1) / 2],
  };
  const layout = new RandomStream(experiment.seed, 'camera');
  const counting = {
    dose_e: experiment.dose_e,
    dark_counts: experiment.dark_counts,
    read_noise_counts: experiment.read_noise_counts,
    hot: Array.from({ length: experiment.hot_pixels }, () => layout.integer(n * n)),
    hot_counts: 500,
  };
  const noise = (...keys: (string | number)[]) => new RandomStream(experiment.seed, 'counting', ...keys);
  const optics = new Optics(experiment, size, step_mrad);
  const gainStream = new RandomStream(experiment.seed, 'gain');
  const gain = Float64Array.from({ length: n * n }, () =>
    Math.max(0, 1 + (experiment.gain_rms > 0 ? experiment.gain_rms * gainStream.normal() : 0)),
  );
  const expose = (pattern: AnglePattern, centre: [number, number]) => {
    const expected = exposeCamera(pattern, n, n, centre, map);
    return expected.map((value, i) => value * gain[i]!);
  };
  const beam = optics.apply(vacuumPattern(microscope, step_mrad, size), false);
  const vacuum = expose(beam, [...plane.centre_px]);
  const mean = (frames: number, expected: Float64Array, what: string, dose_e: number) => {
    const sum = new Float32Array(n * n);
    for (let f = 0; f < frames; f++) {
      const frame = count(expected, { ...counting, dose_e }, noise(what, f));
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + frame[i]! / frames;
    }
    return sum;
  };
  const patternAt = (index: number) => {
    const y = Math.floor(index / rx);
    const x = index % rx;
    const values = rows[y]!.subarray(x * size * size, (x + 1) * size * size);
    return expose(optics.apply({ values, size, step_mrad }), centreAt(plane, y, x));
  };
  const electrons = (fractions: Float64Array) => Float32Array.from(fractions, (value) => value * experiment.dose_e);
  const scan: EmdScan = {
    shape: [ry, rx, n, n],
    patterns: (index) => count(patternAt(index), counting, noise(index)),
    step_nm: crystal.a_A / 10,
    qPixel: experiment.mrad_per_pixel,
    qUnits: 'mrad',
    vacuum: mean(4, vacuum, 'vacuum', experiment.dose_e),
    dark: mean(16, vacuum, 'dark', 0),
    metadata: { microscope: { voltage_kV: microscope.voltage_kV, convergence_mrad: microscope.convergence_mrad } },
  };
  const expected: EmdScan = {
    ...scan,
    patterns: (index) => electrons(patternAt(index)),
    vacuum: electrons(vacuum),
    dark: undefined,
  };
  return { scan, expected, truth: truthOf(inputs, cellsAt), identity: experimentIdentity(inputs, program) };
}

/** The aperture alone, as an intensity per sample that sums to 1. */
function vacuumPattern(
  { voltage_kV, convergence_mrad }: ExperimentInputs['microscope'],
  step_mrad: number,
  size: number,
): AnglePattern {
  const values = new Float64Array(size * size);
  const probe = {
    wavelength_A: wavelength(voltage_kV),
    convergence_mrad,
    defocus_nm: 0,
    edge_mrad: step_mrad,
  };
  let sum = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = apertureAmplitude(Math.hypot(y - size / 2, x - size / 2) * step_mrad, probe) ** 2;
      values[y * size + x] = value;
      sum += value;
    }
  }
  return { values: values.map((value) => value / sum), size, step_mrad };
}

function truthOf(inputs: ExperimentInputs, cellsAt: (row: number) => number): ScanTruth {
  const { experiment, crystal, microscope } = inputs;
  const [ry, rx] = experiment.shape;
  const { block_cells: block } = experiment;
  const window = repeatsOf(experiment) * block;
  const layers = experimentStructure(inputs);
  const whole = joined(layers);
  const height_A = cellHeight(whole);
  const unpolarized_A = (layers.unpolarized?.cells ?? 0) * height_A;
  const fields = new DepthFields(cellFields(whole, inputs), requireSites(whole).cells, height_A);
  const thickest = Math.max(...Array.from({ length: ry }, (_, row) => cellsAt(row))) * height_A;
  const weights = new ProbeWeights(
    {
      wavelength_A: wavelength(microscope.voltage_kV),
      convergence_mrad: microscope.convergence_mrad,
      defocus_nm: microscope.defocus_nm,
      aberrations: microscope.aberrations,
      edge_mrad: (wavelength(microscope.voltage_kV) * 1e3) / (window * crystal.a_A),
    },
    [crystal.a_A, crystal.a_A],
    { cells: [block, block, 1] },
    [window, window],
    thickest,
  );
  const channels: Record<string, Float32Array> = {};
  const put = (name: string, index: number, value: number) => {
    channels[name] ??= new Float32Array(ry * rx);
    channels[name][index] = value;
  };
  for (let y = 0, i = 0; y < ry; y++) {
    for (let x = 0; x < rx; x++, i++) {
      const at: [number, number] = [(x + 0.5) * crystal.a_A, (y + 0.5) * crystal.a_A];
      const sections = weights.along(at, [...experiment.tilt_mrad], cellsAt(y) * height_A);
      const { probe, column, spread } = fields.seenBy(sections, (y % block) * block + (x % block), unpolarized_A);
      for (const [axis, letter] of ['x', 'y', 'z'].entries()) {
        for (const [f, stem] of ['P', 'dTi', 'dO'].entries()) {
          put(`${stem}_${letter}`, i, probe[3 * f + axis]!);
          put(`${stem}_${letter}_column`, i, column[3 * f + axis]!);
        }
        put(`P_${letter}_spread`, i, spread[axis]!);
      }
      put('tilt_x', i, experiment.tilt_mrad[0]);
      put('tilt_y', i, experiment.tilt_mrad[1]);
      put('thickness', i, (cellsAt(y) * height_A) / 10);
    }
  }
  return { shape: [ry, rx], step_nm: crystal.a_A / 10, channels };
}
