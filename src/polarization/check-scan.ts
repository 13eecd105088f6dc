/**
 * Whether the states that a map predicts explain the patterns of its scan: of each the uniform crystal (library/uniform-crystal.ts) is simulated on the model's
 * detector, and χ² taken (chi-square.ts). What χ² is to be expected is measured, not assumed: structures like the library's, of the scan's median thickness, near
 * the zone axis, with its counting noise, whose states are known, are checked in the same way (the floor). Disorder between cells and texture under the probe raise χ² although the state is
 * right; beside it stand the χ² of states wrong by as much as the model is on structures it never saw, whose quantile QUANTILE is the threshold, and of states that are wrong.
 *
 * What this is not: it does not see P_z or any other error that leaves patterns as they are, nor errors smaller than the disorder: how much of a reversed P it sees
 * stands beside every result. A high χ² may be the model's fault, or that of a crystal, layer or instrument that the library does not know.
 */

import { fail } from '../core/errors.ts';
import { percent, plural, quantity } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { runJobs, type WorkerHost } from '../core/threads.ts';
import { pixel_mrad, pixelSide_mrad } from '../diffraction/detector.ts';
import type { LibraryInputs } from '../library/options.ts';
import { detectorOf, smallerBlock } from '../library/plan.ts';
import { UniformCrystal } from '../library/uniform-crystal.ts';
import { quantile } from '../network/domain.ts';
import { calibratedPatterns, LatticeView } from '../scan/calibrated.ts';
import type { Calibration } from '../scan/calibration.ts';
import { median } from '../scan/linear.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import {
  type CheckedState,
  type CheckJob,
  type CheckPart,
  type CheckSettings,
  type FloorSample,
  STATE_LABELS,
  type StateLabel,
  stateOf,
} from './check-job.ts';
import { resampledVariance } from './chi-square.ts';
import type { MapWarning } from './fit.ts';
import { CHI2, type Check, findChannel, type MapChannel, type PolarizationMap } from './polarization-map.ts';

/** Positions that are checked, evenly over the scan, at most. */
export const CHECKED = 256;
/** Structures of the floor, patterns of each, and cells of their blocks across the beam, at most: larger ones would take minutes. */
const STRUCTURES = 2;
const PATTERNS = 16;
const CELLS = 4;
const QUANTILE = 0.95;
/** Share of positions beyond the threshold from which on it is said, and from which on the map is not to be trusted. */
const SAID = 0.2;
const GRAVE = 0.5;
/** A pixel of which the camera holds less is left out. */
const COVERED = 0.999;
/** A reversed P, or a greater thickness, that raises the floor's χ² by less than this share is not seen. */
const SEEN = 0.25;

export interface CheckInputs {
  readonly library: LibraryInputs;
  /** Half widths that the model's training gave inelastic scattering [mrad]. */
  readonly inelastic_hwhm_mrad: readonly [number, number];
  /** Rms error of the model on held-out structures as trained: P [µC/cm²], tilt [mrad], thickness [nm]. */
  readonly error: Readonly<Record<StateLabel, number>>;
}

export interface Checked {
  readonly channel: MapChannel;
  readonly check: Check;
  readonly warnings: readonly MapWarning[];
}

/** Every so manieth position along y and along x, so that CHECKED are checked at most. */
export function checkedEvery(shape: readonly [number, number], most: number = CHECKED): number {
  const [ry, rx] = shape;
  let every = 1;
  while (Math.ceil(ry / every) * Math.ceil(rx / every) > most) every++;
  return every;
}

/** Linear indices of the positions that are checked. */
function positionsOf([ry, rx]: readonly [number, number], every: number): number[] {
  const list: number[] = [];
  for (let y = 0; y < ry; y += every) for (let x = 0; x < rx; x += every) list.push(y * rx + x);
  return list;
}

/**
 * @param map of the scan, as `mapScan` made it with this calibration
 * @throws 'model-mismatch' for a map without P, tilt or thickness, 'unsupported' as `requireUniform`, 'range' where no state can be simulated or electrons are too few
 */
export async function checkScan(
  source: PatternSource,
  map: PolarizationMap,
  calibration: Calibration,
  { library: inputs, inelastic_hwhm_mrad, error }: CheckInputs,
  host: WorkerHost,
  task: Task,
): Promise<Checked> {
  const start = performance.now();
  const missing = STATE_LABELS.filter((name) => !findChannel(map, name));
  if (missing.length > 0) {
    fail('model-mismatch', `The model does not answer ${missing.join(', ')}.`, 'Map without --check.', { missing });
  }
  const detector = detectorOf(inputs);
  const crystal = new UniformCrystal(inputs);
  const step_mrad = pixelSide_mrad(detector);
  const { coverage } = new LatticeView(source, calibration, detector);
  const powerOfTwo = (detector.pixels & (detector.pixels - 1)) === 0;
  const variance = resampledVariance(step_mrad / calibration.px_mrad);
  const options = {
    dose_e: calibration.dose_e,
    variance,
    compared: crystal.placeless().map((alone, i) => (alone && coverage[i]! >= COVERED ? 1 : 0)),
    inelastic_hwhm_px: powerOfTwo ? inelastic_hwhm_mrad.map((hwhm) => hwhm / step_mrad) : [],
  };
  const at = (i: number): CheckedState => stateOf((label) => findChannel(map, label)!.values[i]!);
  const every = checkedEvery(map.shape);
  // Positions that are not of the crystal have no state.
  const all = positionsOf(map.shape, every).filter((i) => Number.isFinite(at(i).thickness_nm));
  const problems = all.flatMap((i) => crystal.problem(at(i), [at(i).thickness_nm]) ?? []);
  const chosen = all.filter((i) => crystal.problem(at(i), [at(i).thickness_nm]) === undefined);
  if (chosen.length === 0) {
    fail('range', `At no position can the predicted state be simulated: ${problems[0]}.`, 'Map without --check.');
  }

  const thickness_nm = median(chosen.map((i) => at(i).thickness_nm));
  const jobs = structureJobs(inputs, thickness_nm, error);
  const read = calibratedPatterns(source, calibration, detector);
  const size = detector.pixels ** 2;
  const patterns = await read.read(chosen);
  const positions = chosen.map(
    (i, k): CheckJob => ({
      kind: 'position',
      pattern: patterns.slice(k * size, (k + 1) * size),
      state: at(i),
    }),
  );
  const settings: CheckSettings = { inputs, options };
  const parts = await runJobs<CheckJob, CheckPart>(host, 'check', [...jobs, ...positions], task, {
    data: settings,
    onProgress: (done) => task.progress(done, jobs.length + positions.length, 'positions and structures checked'),
  });

  const values = new Float32Array(map.shape[0] * map.shape[1]).fill(Number.NaN);
  const freedom: number[] = [];
  let fitted = 0;
  const samples = parts.flatMap((part) => (part.kind === 'structure' ? part.samples : []));
  parts
    .flatMap((part) => (part.kind === 'position' ? [part.chi2] : []))
    .forEach((chi2, k) => {
      values[chosen[k]!] = chi2.reduced;
      freedom.push(chi2.freedom);
      fitted = chi2.fitted;
    });
  const found = chosen.map((i) => values[i]!);
  const of = (key: keyof FloorSample) => median(samples.map((one) => one[key]));
  const threshold = quantile(
    samples.map(({ stated }) => stated),
    QUANTILE,
  );
  const check: Check = {
    positions: chosen.length,
    every,
    left_out: problems.length,
    median: median(found),
    threshold,
    above: found.filter((value) => value > threshold).length / found.length,
    freedom: median(freedom),
    fitted,
    variance,
    floor: {
      patterns: samples.length,
      structures: jobs.length,
      cells: smallerBlock(inputs, CELLS),
      thickness_nm,
      counting: of('counting'),
      truth: of('truth'),
      stated: of('stated'),
      reversed: of('reversed'),
      thicker: of('thicker'),
    },
    check_s: (performance.now() - start) / 1e3,
  };
  return { channel: { name: CHI2, unit: '1', values }, check, warnings: warningsOf(check, problems, powerOfTwo) };
}

function structureJobs(inputs: LibraryInputs, thickness_nm: number, error: CheckInputs['error']): CheckJob[] {
  const { structures, library } = inputs;
  const [nx, ny] = smallerBlock(inputs, CELLS);
  const own: LibraryInputs = {
    ...inputs,
    structures: { ...structures, cells: [nx, ny, structures.cells[2]] },
    library: {
      ...library,
      patterns_per_structure: PATTERNS,
      thickness_nm: { min: thickness_nm, max: thickness_nm, step: 1 },
      // One point of the tilts' lattice: each further one is a set of plane waves more.
      tilt_max_mrad: Math.min(library.tilt_max_mrad, Math.min(...pixel_mrad(detectorOf(inputs))) / 2),
    },
  };
  // Beyond those that a library holds out.
  return Array.from({ length: STRUCTURES }, (_, i) => ({
    kind: 'structure',
    inputs: own,
    index: structures.held_out + i,
    error,
  }));
}

function warningsOf(check: Check, problems: readonly string[], powerOfTwo: boolean): MapWarning[] {
  const { above, threshold, floor, positions } = check;
  const list: MapWarning[] = [];
  if (above > SAID) {
    list.push({
      level: above > GRAVE ? 'wrong' : 'care',
      text: `The predicted state does not explain the patterns at ${percent(above, 2)} of ${plural(positions, 'position')} checked: χ² per degree of freedom is ${quantity(check.median, '', 3)} (median), and states as wrong as the model is on held-out structures leave ${quantity(threshold, '', 3)} at most in ${percent(QUANTILE, 2)} of simulated patterns.`,
    });
  }
  const blind = [
    ...(floor.reversed < (1 + SEEN) * floor.truth ? ['a reversed P'] : []),
    ...(floor.thicker < (1 + SEEN) * floor.truth ? ['5 nm of thickness'] : []),
  ];
  if (blind.length > 0) {
    list.push({
      level: 'care',
      text: `The check hardly sees ${blind.join(' and ')}: disorder of the crystal leaves as much of χ² (${quantity(floor.truth, '', 3)}, true states of simulated patterns).`,
    });
  }
  if (problems.length > 0) {
    list.push({
      level: 'care',
      text: `${plural(problems.length, 'position')} could not be checked: ${[...new Set(problems)].slice(0, 3).join('; ')}.`,
    });
  }
  if (!powerOfTwo) {
    list.push({
      level: 'care',
      text: 'Inelastic scattering is not fitted by the check: patterns of this size cannot be blurred.',
    });
  }
  return list;
}
