/**
 * A 4D-STEM scan that Ferroscope simulates itself: a structure that no library holds, direct multislice (not the
 * scattering matrix that libraries come from), inelastic scattering, background and point spread (experiment-optics.ts), a rotated camera with descan, gain, counting
 * noise and hot pixels. What is to be written, as EMD, with its truth beside it. What this is not: a model of drift or contamination.
 */

import { type Identity, identify } from '../core/identity.ts';
import type { Task } from '../core/task.ts';
import { runJobs, type WorkerHost } from '../core/threads.ts';
import { cellFields } from '../crystal/build.ts';
import { joined } from '../crystal/layers.ts';
import { cellHeight, requireSites } from '../crystal/structure.ts';
import { wavelength } from '../diffraction/optics.ts';
import { DepthFields } from '../library/depth-means.ts';
import { ProbeWeights } from '../library/probe-weights.ts';
import type { EmdScan } from '../scan/emd-write.ts';
import { experimentHeight, experimentStructure, repeatsOf } from './experiment-structure.ts';
import type { RowJob } from './experiment-worker.ts';
import type { ExperimentInputs } from './options.ts';
import { ScanCamera, samplingFor } from './scan-camera.ts';
import { TruthChannels } from './truth-channels.ts';

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
  const { experiment, crystal } = inputs;
  const [ry, rx] = experiment.shape;
  const window = repeatsOf(experiment) * experiment.block_cells;
  const sampling = samplingFor(inputs, window * crystal.a_A, 24 * window);
  const { size } = sampling;

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

  const camera = new ScanCamera(inputs, [ry, rx], sampling);
  const expectedAt = (index: number) => {
    const x = index % rx;
    return camera.expected(rows[Math.floor(index / rx)]!.subarray(x * size * size, (x + 1) * size * size), index);
  };
  const scan = camera.emd(expectedAt, crystal.a_A / 10);
  return {
    scan,
    expected: camera.emdExpected(expectedAt, scan),
    truth: truthOf(inputs, cellsAt),
    identity: experimentIdentity(inputs, program),
  };
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
  const truth = new TruthChannels(ry * rx);
  for (let y = 0, i = 0; y < ry; y++) {
    for (let x = 0; x < rx; x++, i++) {
      const at: [number, number] = [(x + 0.5) * crystal.a_A, (y + 0.5) * crystal.a_A];
      const sections = weights.along(at, [...experiment.tilt_mrad], cellsAt(y) * height_A);
      truth.putSeen(i, fields.seenBy(sections, (y % block) * block + (x % block), unpolarized_A));
      truth.put('tilt_x', i, experiment.tilt_mrad[0]);
      truth.put('tilt_y', i, experiment.tilt_mrad[1]);
      truth.put('thickness', i, (cellsAt(y) * height_A) / 10);
    }
  }
  return { shape: [ry, rx], step_nm: crystal.a_A / 10, channels: truth.channels };
}
