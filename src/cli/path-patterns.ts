/** `ferroscope analyze --scan`: the patterns of each state's scan along a path across its strongest wall, read as its map read them. */

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { FerroscopeError, fail } from '../core/errors.ts';
import { type FileIdentity, type Identity, isFile } from '../core/identity.ts';
import { checkAborted, type Task } from '../core/task.ts';
import { type LatticeDetector, pixel_mrad, pixelSide_mrad } from '../diffraction/detector.ts';
import { latticeDetectorSchema } from '../diffraction/detector-schema.ts';
import type { PairAlong, PathPatterns } from '../figures/analysis-path.ts';
import { nearestIn } from '../findings/align.ts';
import type { Analysis } from '../findings/analyse.ts';
import { restrict } from '../findings/vector-field.ts';
import { strongestPath } from '../findings/wall-path.ts';
import { fileIdentity, readJson } from '../node/files.ts';
import { type FriedelPair, friedelAsymmetry, friedelKind } from '../polarization/friedel.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { type CalibratedPatterns, calibratedPatterns } from '../scan/calibrated.ts';
import { type Calibration, calibrationSchema } from '../scan/calibration.ts';
import { type ScanOptions, scanOptions } from '../scan/options.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import { latticeDisks } from './map-folder.ts';
import { openGivenScan } from './open-scan.ts';

/** A map and the scan that it was made of. */
export interface MapScan {
  readonly bias_V: number;
  readonly map: PolarizationMap;
  /** Of `ferroscope map`. */
  readonly folder: string;
  readonly scan: string;
  /** What a map takes of its scan's camera beside its file: dark, gain, mask. */
  readonly known: ScanOptions;
}

/** Pairs whose disks are summed: nearest to the direct beam. */
const PAIRS: readonly FriedelPair[] = [...friedelKind(1, 'h0'), ...friedelKind(1, 'hh')];
const AGAIN = 'Map the scan again with this version.';

/**
 * Of each state of an analysis; undefined where no wall has a path.
 * @param scans of its maps, in any order
 * @throws 'not-finite', 'model-mismatch', 'aborted'
 */
export async function pathsOf(
  { series, states, film }: Analysis,
  scans: readonly OpenedScan[],
  task: Task,
): Promise<(PathPatterns | undefined)[]> {
  const found: (PathPatterns | undefined)[] = [];
  for (const [i, { bias_V, field, registration }] of series.states.entries()) {
    checkAborted(task);
    const path = strongestPath(restrict(field, film), states[i]!.domains.walls);
    const { name, source, calibration, detector } = scans.find((one) => one.bias_V === bias_V)!;
    if (!path) {
      found.push(undefined);
      continue;
    }
    const own = registration && nearestIn(registration, series.shape, series.step_nm);
    const scanned = path.steps.map(({ positions }) => positions.map((at) => own?.[at] ?? at));
    const means = await meansOf(calibratedPatterns(source, calibration, detector), scanned, detector.pixels ** 2);
    found.push({
      path,
      scan: name,
      scanned,
      patterns: means,
      pixels: detector.pixels,
      sides_mrad: pixel_mrad(detector),
      pixel_mrad: pixelSide_mrad(detector),
      dose_e: calibration.dose_e,
      ...pairsOf(means, detector, calibration.dose_e, scanned),
    });
    task.progress(i + 1, states.length, 'paths across walls');
  }
  return found;
}

/** To be closed. */
export interface OpenedScan {
  readonly bias_V: number;
  /** The file, without its folder. */
  readonly name: string;
  readonly source: PatternSource;
  readonly calibration: Calibration;
  readonly detector: LatticeDetector;
}

/**
 * Scans of maps as the maps read them, with the maps' own calibrations; checked here, before anything takes long.
 * @throws 'shape', 'stale' for a scan that a map was not made of; 'usage' for a map without its folder; 'file-missing', 'format', 'incomplete'
 */
export async function openScans(scans: readonly MapScan[]): Promise<OpenedScan[]> {
  const opened: OpenedScan[] = [];
  try {
    for (const scan of scans) opened.push(await openScanOf(scan));
    return opened;
  } catch (error) {
    for (const { source } of opened) source.close();
    throw error;
  }
}

async function openScanOf({ bias_V, map, folder, scan, known }: MapScan): Promise<OpenedScan> {
  const place = existsSync(join(folder, 'map.zarr')) ? folder : dirname(folder);
  const files = ['calibration.json', 'model.json'].map((name) => join(place, name)) as [string, string];
  const missing = files.find((file) => !existsSync(file));
  if (missing) {
    fail(
      'usage',
      `${missing} is not there: --scan takes calibration and detector from it.`,
      'Give the folder that ferroscope map wrote, not its map.zarr alone.',
      { path: missing },
    );
  }
  const calibration = await readJson(files[0], calibrationSchema, AGAIN);
  const { detector } = await readJson(files[1], z.object({ detector: latticeDetectorSchema }), AGAIN);
  const of = map.meta.identity?.inputs.calibration;
  if (!of || isFile(of)) fail('incomplete', `${folder} does not say which scan it was made of.`, AGAIN);
  if (calibration.identity?.id !== of.id) {
    fail('stale', `${files[0]} is not the calibration that ${folder} was made with.`, AGAIN, { path: files[0] });
  }
  const { flip, dataset } = readAs(of, folder);
  const { source, given } = await openGivenScan(scan, { ...known, flip }, '.', dataset);
  try {
    const [ry, rx] = source.shape;
    if (ry !== map.shape[0] || rx !== map.shape[1]) {
      fail(
        'shape',
        `${scan} has ${ry} × ${rx} positions, ${folder} ${map.shape.join(' × ')}.`,
        'Give the scan of each map, in the order of the maps.',
        { scan: [ry, rx], map: map.shape },
      );
    }
    requireFiles(of, { scan: await fileIdentity(scan), ...given }, folder);
    return { bias_V, name: basename(scan), source, calibration, detector };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** How the map's scan was read, as its calibration's identity says. */
function readAs({ settings }: Identity, folder: string) {
  const known = z.object({ known: z.object({ flip: scanOptions.shape.flip }), dataset: z.string().optional() });
  const result = known.safeParse(settings);
  if (!result.success) fail('format', `${folder} does not say how its scan was read.`, AGAIN);
  return { flip: result.data.known.flip, dataset: result.data.dataset };
}

/** @throws 'stale' where the scan or an image beside it is not what the map was made with */
function requireFiles({ inputs }: Identity, files: Readonly<Record<string, FileIdentity>>, folder: string): void {
  for (const role of new Set([...Object.keys(inputs), ...Object.keys(files)])) {
    const [kept, now] = [inputs[role], files[role]];
    if (kept && now && isFile(kept) && kept.content === now.content) continue;
    const words = (one: Identity | FileIdentity | undefined) =>
      one ? `${one.name ?? one.kind} (${(one.content ?? '').slice(0, 8)})` : 'none';
    fail(
      'stale',
      `${folder} was made with another ${role}: ${words(kept)}; given is ${words(now)}.`,
      role === 'scan'
        ? 'Give the scan of each map, in the order of the maps.'
        : role.startsWith('file ')
          ? 'Put the one that the map was made with beside its scan.'
          : `Give --${role} as it was given to ferroscope map.`,
      { role, map: folder },
    );
  }
}

/** Mean pattern over the positions of each step. */
async function meansOf(
  patterns: CalibratedPatterns,
  scanned: readonly (readonly number[])[],
  size: number,
): Promise<Float32Array[]> {
  const means: Float32Array[] = [];
  for (const positions of scanned) {
    const all = await patterns.read(positions);
    means.push(
      Float32Array.from(
        { length: size },
        (_, k) => positions.reduce((sum, _position, n) => sum + all[n * size + k]!, 0) / positions.length,
      ),
    );
  }
  return means;
}

/** Friedel pairs of the means; why not, where the detector or the zone has none. σ by Poisson's: resampling shares few of a disk's electrons with what lies beside it. */
function pairsOf(
  means: readonly Float32Array[],
  detector: LatticeDetector,
  dose_e: number,
  scanned: readonly (readonly number[])[],
): Pick<PathPatterns, 'pairs' | 'spots' | 'unpaired'> {
  const size = detector.pixels ** 2;
  const joined = new Float32Array(means.length * size);
  for (const [k, mean] of means.entries()) joined.set(mean, k * size);
  try {
    const { asymmetry, sum } = friedelAsymmetry(joined, detector, PAIRS);
    const along = (pair: number, sign: 1 | -1): PairAlong['plus'] => {
      const values = means.map((_, k) => {
        const at = k * PAIRS.length + pair;
        return sum[at]! > 0 ? (sum[at]! * (1 + sign * asymmetry[at]!)) / 2 : 0;
      });
      return { values, sigma: values.map((value, k) => Math.sqrt(value / (dose_e * scanned[k]!.length))) };
    };
    const hkl = ([h, k]: FriedelPair): PairAlong['hkl'] => [h, k, 0];
    const radius = detector.convergence_mrad;
    return {
      pairs: PAIRS.map((pair, i) => ({ hkl: hkl(pair), plus: along(i, 1), minus: along(i, -1) })),
      spots: latticeDisks(detector)
        .filter(({ hkl: [h, k] }) => PAIRS.some(([a, b]) => (h === a && k === b) || (h === -a && k === -b)))
        .map((spot) => ({ ...spot, ring_mrad: radius })),
    };
  } catch (error) {
    if (error instanceof FerroscopeError && ['unsupported', 'range'].includes(error.tag)) {
      return { pairs: [], spots: latticeDisks(detector), unpaired: error.message };
    }
    throw error;
  }
}
