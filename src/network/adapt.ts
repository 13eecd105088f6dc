/**
 * Adapts a model to a scan the physical way: fits what the instrument did to the scan's patterns (camera-fit.ts), goes on training on the library under exactly that
 * (fine-tune.ts), calibrates again on held-out structures under the same (finish.ts), and asks whether the scan, the model and the library agree better than before (consistency.ts). Where
 * one measure gets worse, none better, or no instrument makes the library look like the scan, the model is not adapted.
 *
 * What this is not: a cure for a library that lacks the scan's thickness or crystal.
 */

import { fail } from '../core/errors.ts';
import { type FileIdentity, identify } from '../core/identity.ts';
import type { Task } from '../core/task.ts';
import type { WorkerHost } from '../core/threads.ts';
import { type PatternDataset, selectLabels } from '../library/dataset.ts';
import type { Adaptation, ConsistencyMeasure } from './adaptation-info.ts';
import { architecture } from './architecture.ts';
import type { ExperimentSource } from './batches.ts';
import { type FittedCamera, fitCamera } from './camera-fit.ts';
import type { CameraFit } from './camera-fit-info.ts';
import { compareConsistency, consistencyOf, toldLabels } from './consistency.ts';
import { fineTune } from './fine-tune.ts';
import { finishModel } from './finish.ts';
import { openModel } from './infer.ts';
import { MODEL_SCHEMA, networkOf } from './model-info.ts';
import { decodeModel } from './onnx-proto.ts';
import { trainingOptions } from './options.ts';
import { restoreWeights } from './restore.ts';
import type { OnnxRuntime } from './session.ts';
import { isTold } from './told.ts';

/** Patterns of the scan that the instrument is fitted to, at most, evenly chosen. */
const LOOKED_AT = 64;
/** The dose is known to a fifth. */
const DOSE: readonly [number, number] = [0.8, 1.25];

export interface AdaptRequest {
  /** The model's file and what it is. */
  readonly bytes: Uint8Array;
  readonly file: FileIdentity;
  /** The library that the model was trained on. */
  readonly library: PatternDataset;
  /** The scan on the model's detector, and its electrons per pattern. */
  readonly scan: ExperimentSource;
  readonly dose_e: number;
  readonly steps: number;
  /** Adam's, at first; a cosine leads to a twentieth of it. */
  readonly learning_rate: number;
  readonly program: string;
  readonly host: WorkerHost;
  readonly runtime: OnnxRuntime;
}

export interface AdaptResult {
  /** The scan is better off with the adapted model. */
  readonly adapted: boolean;
  /** Why, or why not. */
  readonly reasons: readonly string[];
  /** The adapted model's file, whether or not it is to be used. */
  readonly model: Uint8Array;
  readonly fitted: FittedCamera;
  readonly adaptation: Adaptation;
  readonly consistency: readonly ConsistencyMeasure[];
}

/**
 * @throws 'unsupported' for a model of an earlier format, one with the layers of `train --scan`, or one that is adapted already; 'model-mismatch' for another library than the
 * model's; 'incomplete' for fewer than 4 patterns; and as `fineTune`
 */
export async function adaptModel(request: AdaptRequest, task: Task): Promise<AdaptResult> {
  const { bytes, library, scan, dose_e, steps, learning_rate, program, runtime } = request;
  const before = openModel(bytes, runtime);
  try {
    const { info } = before;
    const settings = info.identity.settings;
    const network = networkOf(info);
    const trained = trainingOptions.safeParse(settings.training).data;
    if (!network || !trained || !info.domain || !info.uncertainty || info.adapts || info.adaptation) {
      const why = info.adaptation
        ? 'is adapted to a scan already'
        : info.adapts
          ? 'was trained with the adaptation layers of train --scan'
          : 'does not say how it was trained (formats before 3 do not)';
      fail('unsupported', `The model ${why}.`, 'Give the model that ferroscope train made of the library alone.');
    }
    const own = info.identity.inputs.library;
    if (
      !own ||
      own.kind === 'file' ||
      !('id' in own) ||
      own.id !== library.identity.id ||
      own.content !== library.identity.content
    ) {
      fail(
        'model-mismatch',
        'The model was trained on another library.',
        'Give its own: ferroscope info MODEL names it.',
      );
    }
    if (scan.count < 4) {
      fail('incomplete', `The scan has ${scan.count} patterns.`, 'An instrument is fitted to 4 patterns or more.', {});
    }
    const data = selectLabels(library, info.labels);
    const stride = Math.max(1, scan.count / LOOKED_AT);
    const count = Math.min(scan.count, LOOKED_AT);
    const patterns = await scan.read(Array.from({ length: count }, (_, i) => Math.floor(i * stride)));
    const fitted = await fitCamera({ patterns, dose_e, data }, task);

    const training = {
      ...trained,
      inelastic_fraction: [0, 0] as const,
      background_fraction: [0, 0] as const,
      blur_mrad: [0, 0] as const,
      dose_e: [DOSE[0] * dose_e, DOSE[1] * dose_e] as const,
    };
    const a = architecture(network, info, false);
    const from = restoreWeights(decodeModel(bytes), a, info.input);
    const options = { ...request, training, camera: fitted.fit };
    const { p, s, validation, kept } = await fineTune(from, a, data, options, task);
    const adaptation: Adaptation = { method: 'instrument', camera: fitted.fit, steps: kept, learning_rate, validation };
    const identity = identify({
      kind: 'model',
      schema: MODEL_SCHEMA,
      program,
      settings: { network, training, adaptation: { method: 'instrument', steps, learning_rate } },
      inputs: {
        library: library.identity,
        scan: scan.identity,
        model: { ...info.identity, content: request.file.content, name: request.file.name },
      },
    });
    const all = Array.from({ length: data.count }, (_, i) => i);
    const made = await finishModel(
      {
        architecture: a,
        p,
        s,
        input: from.input,
        labels: from.labels,
        training,
        identity,
        recipe: { toml: info.recipe, hash: info.recipeHash, schema: info.recipeSchema },
        program,
        data,
        heldOut: all.filter((i) => data.isHeldOut(i)),
        trained: all.filter((i) => !data.isHeldOut(i)),
        adaptation,
      },
      runtime,
      task,
    );
    const told = toldLabels(info);
    const after = openModel(made, runtime);
    try {
      const ask = (model: typeof after) => consistencyOf(model, patterns, dose_e, fitted.labels, told);
      const consistency = compareConsistency(await ask(before), await ask(after));
      const lost = info.labels.flatMap(({ name }) =>
        isTold(info, name) !== false && isTold(after.info, name) === false ? [name] : [],
      );
      const reasons = verdictOf(consistency, kept, fitted.fit, lost);
      const judged = { ...adaptation, consistency };
      return { ...reasons, model: after.saying({ adaptation: judged }), fitted, adaptation: judged, consistency };
    } finally {
      await after.close();
    }
  } finally {
    await before.close();
  }
}

/** The verdict: an instrument that explains the scan, a model that learned something, nothing worse and something better. */
function verdictOf(
  consistency: readonly ConsistencyMeasure[],
  kept: number,
  { left, left_reference }: CameraFit,
  lost: readonly string[],
): Pick<AdaptResult, 'adapted' | 'reasons'> {
  const by = ({ before, after }: ConsistencyMeasure) =>
    `${(100 * Math.abs(after / before - 1)).toFixed(0)}% ${after > before ? 'more' : 'less'}`;
  const is = (verdict: ConsistencyMeasure['verdict']) => consistency.filter((one) => one.verdict === verdict);
  const told = (list: readonly ConsistencyMeasure[]) => list.map((one) => `${one.name} ${by(one)}`).join(', ');
  const no: string[] = [];
  if (left > left_reference.high) {
    no.push(
      `no instrument explains the scan: look-alikes leave ${(left / left_reference.high).toFixed(1)} times as much as 9 of 10 held-out patterns do; the library lacks its thickness, absorption or crystal`,
    );
  }
  if (lost.length > 0) no.push(`the adapted model does not tell ${lost.join(', ')} any more`);
  if (kept === 0) no.push('no step made the model better on held-out patterns under the fitted instrument');
  if (is('worse').length > 0) no.push(`worse: ${told(is('worse'))}`);
  if (is('better').length === 0) no.push('nothing got better');
  if (no.length > 0) return { adapted: false, reasons: no };
  return { adapted: true, reasons: [`better: ${told(is('better'))}; nothing worse`] };
}
