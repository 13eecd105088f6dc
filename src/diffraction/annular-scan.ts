/**
 * Scans with integrating detectors by direct multislice: bright field, annular dark field (HAADF), segments (DPC) and centre of mass, one pass per position,
 * every thickness and detector read off on the way. Patterns are not kept. What it is not: an incoherent imaging model; thermal diffuse scattering comes
 * from frozen phonons (`frozen-phonons.ts`), source size and defocus spread from `coherence.ts`.
 *
 * Large angles need pixels: what a slice scatters past Nyquist folds back onto the detector; with a band limit of 2/3 in the `Multislice` most of it is lost
 * instead, as from a microscope. The potential should keep its frequencies (no `bandLimit` in the slices). Static SrTiO3, 20 nm, 0.031 Å per pixel, 80–200
 * mrad, the Sr column against 0.02 Å: 2% high either way, 8% with the potential cut at 2/3 as well. A detector past the band limit is refused.
 */

import { fail } from '../core/errors.ts';
import { checkAborted, quietTask, type Task } from '../core/task.ts';
import { type AngularDetector, detectorWeights, gridLimit_mrad } from './angular-detector.ts';
import type { Multislice } from './cpu/multislice.ts';
import { wavelength } from './optics.ts';
import type { ProbeOptions } from './probe.ts';
import { ProbeWave } from './probe-wave.ts';

export interface AnnularScan {
  /** Probe positions in the multislice's window. */
  readonly positions_A: readonly (readonly [x: number, y: number])[];
  readonly detectors: readonly AngularDetector[];
  /** Slice counts to read off at, ascending. */
  readonly exits: readonly number[];
  /** As in docs/design.md; none where absent. The detectors stay centred on the direct beam. */
  readonly tilt_mrad?: readonly [x: number, y: number];
}

/** Positions [ry][rx], x fastest, of `shape` = [ny, nx] points over the area [0, x) × [0, y) of `size_A` from `origin_A`: periodic where the area is a cell. */
export function scanArea(
  origin_A: readonly [x: number, y: number],
  size_A: readonly [x: number, y: number],
  shape: readonly [ny: number, nx: number],
): [x: number, y: number][] {
  const [ny, nx] = shape;
  return Array.from({ length: ny * nx }, (_, i) => [
    origin_A[0] + ((i % nx) * size_A[0]) / nx,
    origin_A[1] + (Math.floor(i / nx) * size_A[1]) / ny,
  ]);
}

/** Weights [ny][nx] of each detector. @throws 'range' as `annularScan` */
function scanWeights(multislice: Multislice, probe: ProbeOptions, { detectors, exits }: AnnularScan): Float64Array[] {
  const lambda = wavelength(multislice.voltage_kV);
  if (Math.abs(probe.wavelength_A / lambda - 1) > 1e-9) {
    fail('range', 'The probe has another wavelength than the multislice.', 'Use wavelength(voltage_kV) for both.', {
      probe_A: probe.wavelength_A,
      multislice_A: lambda,
    });
  }
  if (exits.some((exit, i) => !Number.isInteger(exit) || exit < (i === 0 ? 0 : exits[i - 1]!))) {
    fail('range', 'Exits are not ascending slice counts.', 'Sort them.', { exits });
  }
  const limit = gridLimit_mrad(multislice, lambda, multislice.bandLimit);
  return detectors.map((detector) => detectorWeights(detector, multislice, lambda, limit));
}

/**
 * Signals [exits][detectors][positions]: fraction of the incident beam, or mrad for a moment.
 * @throws 'range' for a detector past the grid's band limit, exits that do not ascend, or a probe of another wavelength; 'aborted'
 */
export function annularScan(
  multislice: Multislice,
  probe: ProbeOptions,
  scan: AnnularScan,
  task: Task = quietTask,
): Float64Array {
  const { positions_A, detectors, exits } = scan;
  const { nx, ny } = multislice;
  const weights = scanWeights(multislice, probe, scan).map((each) => panelWeights(each, nx, ny));
  const wave = new ProbeWave(multislice, probe);
  const out = new Float64Array(exits.length * detectors.length * positions_A.length);
  const scale = 1 / (nx * ny) ** 2;
  for (const [p, position] of positions_A.entries()) {
    checkAborted(task);
    let exit = 0;
    multislice.run(
      (panels) => wave.fill(position, panels),
      exits,
      { tilt_mrad: scan.tilt_mrad ?? [0, 0] },
      (_, spectrum) => {
        for (const [d, w] of weights.entries()) {
          out[(exit * detectors.length + d) * positions_A.length + p] = scale * collected(w, spectrum);
        }
        exit++;
      },
    );
    task.progress(p + 1, positions_A.length, 'probe positions');
  }
  return out;
}

/** [ny][nx] weights in the order of a panel field's real parts. */
function panelWeights(weights: Float64Array, nx: number, ny: number): Float64Array {
  const out = new Float64Array(nx * ny);
  for (let y = 0, i = 0; y < ny; y++)
    for (let x = 0; x < nx; x++, i++) out[((x >> 2) * ny + y) * 4 + (x & 3)] = weights[i]!;
  return out;
}

function collected(weights: Float64Array, spectrum: Float32Array): number {
  let sum = 0;
  for (let i = 0, at = 0; i < weights.length; i += 4, at += 8) {
    for (let k = 0; k < 4; k++) {
      const w = weights[i + k]!;
      if (w !== 0) sum += w * (spectrum[at + k]! ** 2 + spectrum[at + k + 4]! ** 2);
    }
  }
  return sum;
}
