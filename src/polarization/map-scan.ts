/**
 * From a scan and a model to a polarization map: calibrate, predict every position (map-predictions.ts), tell which are of the crystal (standing.ts), and whether the
 * model fits those.
 *
 * The uncertainty of a value: what the model states of the pattern, from two looks at it (network/symmetric.ts), times the factors that make it hold the truth of
 * structures it never saw in 68 and 95 of 100 patterns (network/uncertainty.ts), and what the calibration's own error does to it (calibration-error.ts). That is honest for patterns like those of the library; where the model does
 * not fit (fit.ts) σ is widened, and where it is as large as without any pattern the map abstains (abstention.ts): both are said.
 */

import { type FileIdentity, type Identity, identify } from '../core/identity.ts';
import { countLabel, electrons, plural } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import type { WorkerHost } from '../core/threads.ts';
import { zoneText } from '../diffraction/detector.ts';
import { promised } from '../network/conformal.ts';
import type { Domain } from '../network/domain.ts';
import type { Model } from '../network/infer.ts';
import { leftOver } from '../network/marks.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { checkModelFits, scopeOf } from '../network/model-scope.ts';
import type { OnnxRuntime } from '../network/session.ts';
import { isTold } from '../network/told.ts';
import { calibrateGiven } from '../scan/calibrate-given.ts';
import { LatticeView } from '../scan/calibrated.ts';
import { beamOf, type Calibration, calibrationIdentity, type SaidOfScan, saidOf } from '../scan/calibration.ts';
import { orientationText } from '../scan/orientation.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import type { PositionKind } from '../scan/positions.ts';
import { abstentions, abstentionWarnings } from './abstention.ts';
import { calibrationErrors, sharedWith } from './calibration-error.ts';
import { fitOf, type MapWarning, widened } from './fit.ts';
import { type Predictions, predictScan } from './map-predictions.ts';
import {
  type Abstention,
  type MapChannel,
  type MapProvenance,
  OUT_OF_DOMAIN,
  POSITION,
  type PolarizationMap,
} from './polarization-map.ts';
import { regionsApart } from './regions-apart.ts';
import { measuredFacts, scanRemarks, statedFacts } from './scan-facts.ts';
import { meanPatterns, probeShareOf, standing } from './standing.ts';

/** Version of a map's format. */
const MAP_SCHEMA = 6;

/** Beside what is said of the scan, which is part of the map's identity. */
export interface MapOptions extends SaidOfScan {
  readonly program: string;
  readonly host: WorkerHost;
  readonly runtime: OnnxRuntime;
  /** The scan's file. */
  readonly scan: FileIdentity;
  /** The model's file. */
  readonly model: FileIdentity;
  /** Images that replace those of the scan's file, by what they are. */
  readonly given?: Readonly<Record<string, FileIdentity>> | undefined;
  /** Positions that a thread gets at once. */
  readonly batch: number;
  /** A calibration that was made before, taken in place of a new one; its identity is that of this scan (`requireCalibration`). */
  readonly calibration?: (Calibration & { readonly identity: Identity }) | undefined;
  /** What a person says that the scan is of, as recipes name it. */
  readonly material?: string | undefined;
  /** Whether the map is checked afterwards (check-scan.ts): part of its identity. */
  readonly check?: boolean | undefined;
  /** Why this model was chosen, where nobody named it; and what there is to know of that choice. */
  readonly choice?: ModelChoice | undefined;
}

export interface ModelChoice {
  readonly why: string;
  readonly remarks: readonly string[];
}

export interface MapResult {
  readonly map: PolarizationMap;
  readonly calibration: Calibration & { readonly identity: Identity };
  /** Positions out of the model's domain, and how many are of what kind (scan/positions.ts). */
  readonly outside: number;
  readonly positions: Readonly<Record<PositionKind, number>>;
  /** Components that the map does not measure. */
  readonly abstained: readonly Abstention[];
  /** Means over the scan (evenly chosen positions) of what the model saw and of what it reconstructs, [pixels][pixels], fractions of the beam. */
  readonly meanPattern: Float32Array;
  readonly meanReconstruction: Float32Array;
  /** Seconds spent calibrating, and mapping. */
  readonly calibrate_s: number;
  readonly map_s: number;
}

const calibrationIdentityOf = (info: ModelInfo, options: MapOptions): Identity =>
  options.calibration?.identity ??
  calibrationIdentity(
    { scan: options.scan, ...options.given },
    { ...beamOf(info.detector), ...saidOf(options) },
    options.program,
  );

/** The identity of the map that `mapScan` makes, known before it is. */
export function mapIdentity(info: ModelInfo, options: MapOptions): Identity {
  return identify({
    kind: 'map',
    schema: MAP_SCHEMA,
    program: options.program,
    settings: options.check ? { check: true } : {},
    inputs: {
      calibration: calibrationIdentityOf(info, options),
      model: { ...info.identity, content: options.model.content, name: options.model.name },
    },
  });
}

/** @throws 'model-mismatch' for a model of another microscope or lattice parameter, and what calibration and reading throw */
export async function mapScan(
  source: PatternSource,
  model: Model,
  options: MapOptions,
  task: Task,
): Promise<MapResult> {
  const { info } = model;
  const { detector } = info;
  const scope = scopeOf(info);
  const { material } = options;
  checkModelFits(scope, { ...statedFacts(source.info), material });
  const start = performance.now();
  const calibration = options.calibration ?? (await calibrateGiven(source, beamOf(detector), options, task));
  checkModelFits(scope, { ...measuredFacts(source.info, calibration), material });
  const calibrated = performance.now();

  const { coverage } = new LatticeView(source, calibration, detector);
  const read = await predictScan(source, model, calibration, options, task);
  const { shape } = source;
  const scan: readonly [number, number] = [shape[0], shape[1]];
  const size = detector.pixels ** 2;
  const found = standing(read.facts, scan, probeShareOf(source, calibration));
  const { crystal } = found;
  const apart = info.domain && regionsApart(beyondOf(info.domain, read), found.kinds, scan);
  const judged = read.shown.flatMap((i, k) => (found.kinds[i] === 0 && !apart?.marked[i] ? [k] : []));
  const meanOf = (patterns: readonly Float32Array[]) => meanPatterns(read.shown, patterns, found.kinds, size);
  const uncovered = coverage.filter((share) => share < 0.5).length;
  const missing = `${uncovered} of ${plural(size, 'pixel')} that the model looks at lie outside the camera and count as dark: expect errors, or train with fewer library.pixels.`;

  const errors = await calibrationErrors(source, model, calibration, crystal, task);
  const sigmas = read.sigmas.map((sigma, label) => sigma.map((one) => Math.hypot(one, errors[label]!.sigma)));

  const pick = <T>(values: ArrayLike<T>): T[] => crystal.map((i) => values[i]!);
  const fit = fitOf(info, {
    misfit: pick(read.misfit),
    counting: pick(read.counting),
    instrument: Float32Array.from(judged.flatMap((k) => [...read.instrument[k]!])),
    distance: pick(read.distance),
    values: read.values.map(pick),
    sigma: sigmas.map(pick),
    dose_e: calibration.dose_e,
    ...(apart && { apart: pick(apart.marked) }),
  });
  const widening = new Float32Array(read.distance.length).fill(1);
  const outside = new Float32Array(read.distance.length).fill(Number.NaN);
  for (const [k, i] of crystal.entries()) {
    widening[i] = fit.widening[k]!;
    outside[i] = fit.outside[k]!;
  }
  const stated: MapChannel[] = info.labels.map(({ name, unit }, label) => {
    const rule = read.rules[label];
    const channel = { name, unit, values: found.masked(read.values[label]!) };
    if (!rule) return channel;
    const { k95, prior } = rule;
    const shared = sharedWith(rule.shared, pick(sigmas[label]!), errors[label]!.sigma);
    return {
      ...channel,
      sigma: found.masked(sigmas[label]!),
      prior,
      ...(k95 !== undefined && { k95 }),
      ...(shared !== undefined && { shared }),
    };
  });
  const untold = info.labels.filter(({ name }) => isTold(info, name) === false);
  const abstained = abstentions(
    stated,
    untold.map(({ name }) => name),
  );
  const channels = stated.map((channel): MapChannel => {
    const { sigma, prior } = channel;
    return sigma ? { ...channel, sigma: sigma.map((one, i) => widened(one, widening[i]!, prior!)) } : channel;
  });
  if (info.domain) channels.push({ name: OUT_OF_DOMAIN, unit: '1', values: outside });
  channels.push({ name: POSITION, unit: '1', values: Float32Array.from(found.kinds) });
  const { step_nm } = source.info;
  const { orientation } = calibration;
  const warnings: MapWarning[] = [
    ...(orientation?.from === 'assumed' ? [{ level: 'care', text: orientationText(orientation) } as const] : []),
    ...(detector.zone
      ? [
          {
            level: 'care',
            text: `The zone axis is taken to be ${zoneText(detector)}, the model's: the file does not say it.`,
          } as const,
        ]
      : []),
    ...(calibration.misread === undefined ? [] : [{ level: 'wrong', text: calibration.misread } as const]),
    ...found.warnings,
    ...(apart?.warnings ?? []),
    ...fit.warnings,
    ...abstentionWarnings(abstained),
    ...oneSigma(info),
    ...sampledPixels(info),
    ...(uncovered === 0 ? [] : [{ level: 'care', text: missing } as const]),
    ...calibration.warnings
      .filter((text) => !found.warnings.some((one) => one.text === text))
      .map((text) => ({ level: 'care', text }) as const),
    ...[...source.info.notes, ...scanRemarks(source.info, calibration), ...(options.choice?.remarks ?? [])].map(
      (text) => ({ level: 'care', text }) as const,
    ),
    ...(info.notes ?? []).map(
      (note) => ({ level: 'care', text: `Of the structures that the model learned from: ${note}` }) as const,
    ),
    ...(step_nm === undefined
      ? [
          {
            level: 'care',
            text: 'The step between scan positions is not known: the map counts in positions, and what needs lengths (walls, gradients, topology) cannot be analysed. Map again with --step NM where you know it.',
          } as const,
        ]
      : []),
  ];
  const meta: MapProvenance = {
    identity: mapIdentity(info, options),
    model_choice: options.choice?.why,
    recipe_hash: info.recipeHash,
    version: options.program,
    seed: info.seed,
    source: options.scan.name,
    dose_e: calibration.dose_e,
    held_out_mae: Object.fromEntries(info.scores.training.map(({ name, mae }) => [name, mae])),
    warnings,
    ...(abstained.length > 0 && { abstained }),
    calibration_error: errors,
    ...(info.uncertainty && { coverage: promises(info.uncertainty.structures) }),
  };
  return {
    map: {
      shape: scan,
      step_nm,
      channels,
      meta,
    },
    calibration: { ...calibration, identity: calibrationIdentityOf(info, options) },
    outside: fit.outside.reduce((sum, one) => sum + one, 0),
    positions: found.counts,
    abstained,
    meanPattern: meanOf(read.seen),
    meanReconstruction: meanOf(read.reconstructed),
    calibrate_s: (calibrated - start) / 1e3,
    map_s: (performance.now() - calibrated) / 1e3,
  };
}

/** Model files of this format on say how σ goes with the dose. */
const DOSE_SCHEMA = 5;

/** A model file that does not say how σ goes with the dose (formats before 5), where its training varied the dose. */
function oneSigma({ uncertainty, dose_e, identity }: ModelInfo): MapWarning[] {
  const [least, most] = dose_e ?? [1, 1];
  if (!uncertainty || least === most || identity.schema >= DOSE_SCHEMA) return [];
  return [
    {
      level: 'care',
      text: `σ is one for all doses: the model’s file is of format ${identity.schema}, calibrated over ${countLabel(least)} to ${electrons(most)} a pattern together. Intervals hold less often than stated near the least of these (55 for 68 of 100 in one model), more often near the greatest. Train the model again for σ at the scan’s dose.`,
    },
  ];
}

/** Libraries of this format on hold what pixels record (diffraction/pixel-areas.ts). */
const RECORDED_SCHEMA = 3;

/** A model whose library sampled patterns at pixel centres. */
export function sampledPixels({ identity }: Pick<ModelInfo, 'identity'>): MapWarning[] {
  const { library } = identity.inputs;
  if (!library || !('schema' in library) || library.schema >= RECORDED_SCHEMA) return [];
  return [
    {
      level: 'care',
      text: 'The model learned from patterns sampled at pixel centres, and a camera’s pixels hold means over their areas: at the edges of disks they differ. One such model answered tilts 0.025 mrad too large and P 0.4 µC/cm² off, which is in no σ. Make its library again and train anew.',
    },
  ];
}

function promises(structures: number): NonNullable<MapProvenance['coverage']> {
  return { structures, promised_68: promised(0.68, structures), promised_95: promised(0.95, structures) };
}

/** The larger of a pattern's distance and of what it leaves over, each over what 99 of 100 held-out patterns have. */
function beyondOf(domain: Domain, { distance, misfit, counting }: Predictions): Float64Array {
  return leftOver(domain, misfit, counting).map((left, i) => Math.max(left, distance[i]! / domain.distance.high));
}
