/**
 * Calibration without hand work: from a scan, a known crystal and a known beam to everything that brings its patterns
 * onto a model's detector. In order: bad pixels; a rough centre of every pattern and the descan plane through them; the
 * lattice of disks in the aligned mean; every pattern's centre again from its disks' edges, the plane, the mean and the
 * lattice once more. Large scans are sampled on a regular grid.
 * Knows nothing of the sample's polarization. Frames and signs: see {@link Calibration}.
 */

import { FerroscopeError, fail } from '../core/errors.ts';
import { quietTask, type Task } from '../core/task.ts';
import { badPixels, manyBad } from './bad-pixels.ts';
import type { BeamAndCrystal, Calibration, Pair } from './calibration.ts';
import { conclude } from './conclude.ts';
import { Corrector } from './correct.ts';
import { deflectionFields, seenTurn } from './deflections.ts';
import type { PatternSource } from './pattern-source.ts';
import { placeLattice } from './place-lattice.ts';
import { seenText, seenVerdict } from './seen-turn-text.ts';
import { survey, takeSample } from './survey.ts';
import { pixel_mrad } from './units.ts';

/**
 * Calibrates a scan.
 * @throws 'incomplete' where no lattice of disks is found, 'not-finite', 'shape', 'range', 'aborted'
 */
export async function calibrate(
  source: PatternSource,
  beam: BeamAndCrystal,
  task: Task = quietTask,
): Promise<Calibration> {
  const { a_A, voltage_kV, convergence_mrad, hot_sigma = 8, counts_per_electron: given = 1 } = beam;
  for (const [name, value] of Object.entries({
    a_A,
    voltage_kV,
    convergence_mrad,
    hot_sigma,
    counts_per_electron: given,
  })) {
    if (!(value > 0 && Number.isFinite(value)))
      fail('range', `${name} is ${value}.`, 'It must be positive.', { name, value });
  }
  const [, , ny, nx] = source.shape;

  const sample = await takeSample(source, task, beam.counts_per_electron);
  const { indices, exposure } = sample;
  // Weights follow the noise as it is measured, so that geometry does not depend on the unit of the counts.
  const counts_per_electron = exposure.noise_per_count;
  const warnings = [...exposure.warnings];
  const vacuumDisk = exposure.vacuum && vacuumRadius(exposure.vacuum, ny, nx);
  const attempt = async (rough_px: number) => {
    const first = await survey(sample, rough_px, source.dark !== undefined, task);
    const electrons = indices.length / counts_per_electron;
    const bad = badPixels(first.parts, electrons, source.dark, nx, hot_sigma, rough_px, exposure.picture);
    const corrector = new Corrector(source, [...bad.hot, ...bad.dead]);
    for (const pattern of sample.patterns) corrector.repair(pattern);
    if (exposure.vacuum) repairProbe(exposure.vacuum, corrector, bad.dead);
    const disk = vacuumDisk && { data: exposure.vacuum!, ...vacuumDisk };
    const options = { ...beam, counts_per_electron, rough_px, read_noise: exposure.read_noise };
    return { bad, ...(await placeLattice(sample, first.rough, disk, options, task)) };
  };
  const plain = Math.min(ny, nx) / 24;
  const stated = vacuumDisk ? undefined : guessRadius(source, beam);
  const {
    bad,
    plane,
    lattice,
    mean,
    direct,
    indices: shown,
    left_out,
    order,
  } = await attempt(vacuumDisk?.radius ?? stated ?? plain)
    .catch(
      // The file's pixel may be another's: binned, or cut, or left from another camera length.
      (error: unknown) => {
        if (stated === undefined || !(error instanceof FerroscopeError) || error.tag !== 'incomplete') throw error;
        return attempt(plain);
      },
    )
    .catch((error: unknown) => {
      throw withCause(error, [...source.info.notes, ...warnings]);
    });
  warnings.push(...manyBad(bad, ny * nx));
  const found = conclude(source, beam, {
    bad,
    plane,
    lattice,
    direct,
    patterns: shown.length,
    left_out,
    order,
    exposure,
    probe: vacuumDisk && exposure.vacuum && { data: exposure.vacuum, ...vacuumDisk },
    mean,
    warnings,
  });
  return withSeenTurn(source, found, task);
}

/** Beside what is known of the orientation, what the patterns themselves say; a contradiction to a file or a person is a warning, too. */
async function withSeenTurn(source: PatternSource, found: Calibration, task: Task): Promise<Calibration> {
  const fields = await deflectionFields(source, found, task);
  const seen = fields && seenTurn(fields);
  if (!seen || !found.orientation) return found;
  const orientation = { ...found.orientation, seen };
  const warns = orientation.from !== 'assumed' && seenVerdict(orientation) === 'contradicts';
  return { ...found, orientation, warnings: [...found.warnings, ...(warns ? [seenText(orientation)] : [])] };
}

/** Replaces the probe's bad pixels, in place, but for those that count there: it was recorded without the beam stop that hides them in the patterns. */
function repairProbe(vacuum: Float32Array, corrector: Corrector, dead: readonly number[]): void {
  const own = vacuum.slice();
  corrector.repair(vacuum);
  for (const k of dead) vacuum[k] = Math.max(vacuum[k]!, own[k]!);
}

/** Where no lattice is found, what was found about file and counts before may be why. */
function withCause(error: unknown, said: readonly string[]): unknown {
  if (!(error instanceof FerroscopeError) || error.tag !== 'incomplete' || said.length === 0) return error;
  const message = `${error.message} What was seen before, and may be the cause: ${said.join(' ')}`;
  return new FerroscopeError(error.tag, message, error.hint, { ...error.fields, said });
}

/**
 * Radius and centre [y, x] of the direct beam in a vacuum image [ny][nx], counts, in pixels: the area above half of the plateau, as a circle. Undefined where
 * that is fewer than 8 pixels or more than a quarter of them.
 */
function vacuumRadius(vacuum: Float32Array, ny: number, nx: number): { radius: number; centre: Pair } | undefined {
  const sorted = vacuum.toSorted();
  const size = ny * nx;
  // The plateau: the level that the brightest pixels share, hot ones (a few) left out.
  let plateau = sorted[size - 1 - Math.min(size - 1, 30)]!;
  for (let pass = 0; pass < 3; pass++) {
    const above = vacuum.filter((v) => v > plateau / 2);
    if (above.length === 0) return undefined;
    plateau = above.toSorted()[above.length >> 1]!;
  }
  let [n, sy, sx] = [0, 0, 0];
  for (let k = 0; k < size; k++) {
    if (!(vacuum[k]! > plateau / 2)) continue;
    n++;
    sy += Math.floor(k / nx);
    sx += k % nx;
  }
  if (n < 8 || n > size / 4 || !(plateau > 0)) return undefined;
  return { radius: Math.sqrt(n / Math.PI), centre: [sy / n, sx / n] };
}

/** Radius from what the file says about its pixels, where it says so. */
function guessRadius(source: PatternSource, beam: BeamAndCrystal): number | undefined {
  const { q_pixel, q_unit } = source.info;
  if (!q_pixel || !q_unit) return undefined;
  const radius = beam.convergence_mrad / pixel_mrad(q_pixel, q_unit, beam.voltage_kV);
  return radius >= 1.5 && radius < Math.min(source.shape[2], source.shape[3]) / 3 ? radius : undefined;
}
