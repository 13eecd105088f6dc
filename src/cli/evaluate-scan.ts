/** Whether a scan lies where a model's library does, after the paper's Extended Data Fig. 1: overlap of latents, and the simulated patterns nearest to some of the scan's. */

import { basename } from 'node:path';
import { RandomStream } from '../core/random.ts';
import { checkAborted, type Task } from '../core/task.ts';
import { pixelSide_mrad } from '../diffraction/detector.ts';
import type { NearestPattern, ScanInput } from '../figures/scan-section.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { answersOf } from '../network/answers.ts';
import { quantile } from '../network/domain.ts';
import { spread } from '../network/finish.ts';
import type { Model } from '../network/infer.ts';
import { distances } from '../network/match.ts';
import { scopeOf } from '../network/model-scope.ts';
import { countingR1, deviations, nearestByLabels, r1 } from '../network/nearest.ts';
import type { TrainingOptions } from '../network/options.ts';
import { BINS, overlap, principalComponents, project, sampledOverlap } from '../network/overlap.ts';
import { predictSymmetric } from '../network/symmetric.ts';
import { calibratedPatterns } from '../scan/calibrated.ts';
import type { ScanOptions } from '../scan/options.ts';
import { calibrateFor } from './calibrate-scan.ts';
import { STATE } from './evaluate-figures.ts';
import { openGivenScan } from './open-scan.ts';

/** Positions of the scan, patterns of the library's cloud and patterns that may be nearest, at most. */
const POSITIONS = 1024;
const CLOUD = 2400;
const CANDIDATES = 6000;
/** Memory that the candidates may take [bytes]. */
const ROOM = 2 ** 28;
/** Positions that are shown beside their nearest patterns. */
const SHOWN = 4;

export interface ScanRequest {
  readonly path: string;
  readonly known: ScanOptions;
  readonly dataset?: string | undefined;
  readonly voltage_kV?: number | undefined;
  readonly material?: string | undefined;
  /** Takes remarks on the scan. */
  readonly note: (text: string) => void;
}

/** Patterns of the scan on the model's detector, evenly chosen positions, and its dose. @throws 'model-mismatch', as `calibrate` */
async function scanPatterns(
  { path, known, dataset, voltage_kV, material, note }: ScanRequest,
  model: Model,
  task: Task,
) {
  const { info } = model;
  const { source } = await openGivenScan(path, known, '.', dataset, voltage_kV);
  try {
    const remarks: string[] = [];
    const remark = (text: string) => {
      note(text);
      remarks.push(text.replace(/^take care: /, ''));
    };
    const calibration = await calibrateFor(scopeOf(info), source, known, material, remark, task);
    const [ry, rx] = source.shape;
    const chosen = spread(
      Array.from({ length: ry * rx }, (_, i) => i),
      POSITIONS,
    );
    const patterns = await calibratedPatterns(source, calibration, info.detector).read(chosen);
    return { chosen, rx, patterns, dose_e: calibration.dose_e, remarks };
  } finally {
    source.close();
  }
}

/**
 * @param data with the model's labels @param heldOut its patterns that the training never saw
 * @throws as `calibrate`, 'model-mismatch' for a scan of another experiment
 */
export async function scanFigures(
  model: Model,
  data: PatternDataset,
  heldOut: readonly number[],
  training: TrainingOptions,
  request: ScanRequest,
  task: Task,
): Promise<ScanInput> {
  const { info } = model;
  const scan = await scanPatterns(request, model, task);
  const { patterns, dose_e, chosen, rx, remarks } = scan;
  const size = info.detector.pixels ** 2;
  const count = chosen.length;
  const width = info.labels.length;
  const cloud = spread(heldOut, CLOUD);
  const as = { ...training, dose_e: [dose_e, dose_e] as [number, number] };
  const answers = await answersOf(
    model,
    data,
    cloud,
    { seed: info.seed, training: as, camera: info.adaptation?.camera },
    task,
  );
  const axes = principalComponents(answers.latent, model.latent, 2);
  const library = project(axes, answers.latent);

  const known = STATE.map((name) => info.labels.findIndex((one) => one.name === name)).filter((at) => at >= 0);
  const state = (rows: Float32Array, i: number): number[] => known.map((at) => rows[i * width + at]!);
  const states = Array.from({ length: cloud.length }, (_, i) => state(answers.truth, i)).flat();
  const deviation = deviations(states, known.length);
  const random = new RandomStream(info.seed, 'evaluate', 'overlap');
  const labelsOf = (name: string, experimental: boolean) =>
    predicted(model, patterns, count, experimental, task).then((said) => ({ name, ...said }));
  const said = info.adapts
    ? [await labelsOf('before adaptation', false), await labelsOf('after adaptation', true)]
    : [await labelsOf('', false)];
  const views = said.map(({ name, labels, latent }) => {
    const points = project(axes, latent);
    const alike = new Set(
      Array.from({ length: count }, (_, i) => nearestByLabels(state(labels, i), states, deviation)),
    );
    const pick = (keep: (i: number) => boolean) => library.filter((_, k) => keep(k >> 1));
    return {
      name,
      points,
      overlap: overlap(library, points),
      same_states: overlap(
        pick((i) => !alike.has(i)),
        pick((i) => alike.has(i)),
      ),
    };
  });
  const { labels } = said.at(-1)!;
  const shown = spread(
    Array.from({ length: count }, (_, i) => i),
    SHOWN,
  );
  const nearest = await nearestOf(data, known, deviation, {
    labels: shown.map((i) => state(labels, i)),
    patterns: shown.map((i) => patterns.subarray(i * size, (i + 1) * size)),
    dose_e,
  });
  return {
    scan: basename(request.path),
    remarks,
    dose_e,
    positions: count,
    library_patterns: cloud.length,
    share: [axes.share[0]!, axes.share[1]!],
    bins: BINS,
    library,
    views,
    drawn: sampledOverlap(library, count, random),
    halves: sampledOverlap(library, cloud.length, random),
    labels: known.map((at) => info.labels[at]!),
    pixel_mrad: pixelSide_mrad(info.detector),
    candidates: nearest.candidates,
    nearest: nearest.found.map((one, k) => {
      const i = chosen[shown[k]!]!;
      return { at: [Math.floor(i / rx), i % rx] as const, ...one };
    }),
  };
}

/** Labels and latents of the scan's patterns. */
async function predicted(model: Model, patterns: Float32Array, count: number, experimental: boolean, task: Task) {
  const size = patterns.length / count;
  const batch = 64;
  const labels = new Float32Array(count * model.info.labels.length);
  const latent = new Float32Array(count * model.latent);
  for (let first = 0; first < count; first += batch) {
    checkAborted(task);
    const here = Math.min(batch, count - first);
    const part = patterns.subarray(first * size, (first + here) * size);
    const said = await predictSymmetric(model, part, here, { experimental });
    labels.set(said.labels, first * model.info.labels.length);
    latent.set(said.latent, first * model.latent);
  }
  return { labels, latent };
}

interface Shown {
  /** Of each pattern, the labels that make its state. */
  readonly labels: readonly number[][];
  readonly patterns: readonly Float32Array[];
  readonly dose_e: number;
}

/** The library patterns, held out or not, that are nearest to each of some patterns. */
async function nearestOf(data: PatternDataset, known: readonly number[], deviation: readonly number[], of: Shown) {
  const size = data.detector.pixels ** 2;
  const most = Math.min(CANDIDATES, Math.floor(ROOM / (4 * size)));
  const indices = spread(
    Array.from({ length: data.count }, (_, i) => i),
    most,
  );
  const { patterns, labels } = await data.read(indices);
  const states = indices.flatMap((_, i) => known.map((at) => labels[i * data.labels.length + at]!));
  const own = (i: number) => patterns.subarray(i * size, (i + 1) * size);
  // What a camera counts of the beam is not what a simulated detector does.
  for (let i = 0; i < indices.length; i++) scale(own(i));
  const found = of.patterns.map((pattern, k) => {
    const scaled = scale(pattern.slice());
    const apart = distances(scaled, patterns, size);
    const nearest = (i: number): NearestPattern => ({
      pattern: own(i).slice(),
      r1: r1(pattern, own(i)),
      labels: states.slice(i * known.length, (i + 1) * known.length),
    });
    const byImage = apart.reduce((best, value, i) => (value < apart[best]! ? i : best), 0);
    return {
      pattern,
      labels: of.labels[k]!,
      by_labels: nearest(nearestByLabels(of.labels[k]!, states, deviation)),
      by_image: nearest(byImage),
      counting: countingR1(own(byImage), of.dose_e),
      any: quantile(
        indices.map((_, i) => r1(pattern, own(i))),
        0.5,
      ),
    };
  });
  return { candidates: indices.length, found };
}

/** The pattern with sum 1, in place. */
function scale(pattern: Float32Array): Float32Array {
  const sum = pattern.reduce((a, b) => a + b, 0);
  for (let i = 0; i < pattern.length; i++) pattern[i]! /= sum;
  return pattern;
}

/** The numbers of it, for evaluation.json. */
export function scanNumbers({ library: _, views, nearest, ...rest }: ScanInput): Record<string, unknown> {
  const plain = ({ r1: own, labels }: NearestPattern) => ({ r1: own, labels });
  return {
    ...rest,
    views: views.map(({ points: __, ...view }) => view),
    nearest: nearest.map(({ pattern: __, by_labels, by_image, ...one }) => ({
      ...one,
      by_labels: plain(by_labels),
      by_image: plain(by_image),
    })),
  };
}
