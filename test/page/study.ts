/** A study in miniature, the same in Node and in a page: what differs is handed in. Not a test. */

import { FerroscopeError } from '../../src/core/errors.ts';
import { hashOf } from '../../src/core/hash.ts';
import type { FileIdentity } from '../../src/core/identity.ts';
import type { Store } from '../../src/core/store.ts';
import { quietTask } from '../../src/core/task.ts';
import type { WorkerHost } from '../../src/core/threads.ts';
import { selectLabels } from '../../src/library/dataset.ts';
import { PREDICTED_LABELS } from '../../src/library/labels.ts';
import { simulateLibrary } from '../../src/library/run.ts';
import { openLibrary } from '../../src/library/store.ts';
import { openModel } from '../../src/network/infer.ts';
import type { OnnxRuntime } from '../../src/network/session.ts';
import { train } from '../../src/network/train.ts';
import type { TrainResult } from '../../src/network/training-run.ts';
import { mapScan } from '../../src/polarization/map-scan.ts';
import { parseRecipe, RECIPE_SCHEMA, recipeToToml } from '../../src/recipe/recipe.ts';
import { openScan } from '../../src/scan/open.ts';
import { leafName, type ScanFile } from '../../src/scan/scan-file.ts';

export interface Place {
  readonly host: WorkerHost;
  readonly runtime: OnnxRuntime;
}

const PROGRAM = 'test';
const recipe = parseRecipe(`
[structures]
count = 1
held_out = 1
cells = [2, 2, 1]
[crystal]
a_A = 3.95
[library]
thickness_nm = { min = 8, max = 12 }
tilt_max_mrad = 0.5
patterns_per_structure = 24
pixels = 32
pixels_per_order = 4
grid_per_cell = 20
slices_per_cell = 8
[network]
channels = [4, 4, 8, 8, 16, 32]
predictor_width = 32
# A network that states σ would be answered for with means: so little teaches nothing.
variance = false
[training]
epochs = 2
batch = 8
dose_e = [1e5, 1e6]
`);

/** The library, as its store reads it back. */
export async function simulated(place: Place, store: Store): Promise<{ patterns: number[]; labels: number[] }> {
  await simulateLibrary(recipe, store, { program: PROGRAM, host: place.host }, quietTask);
  const library = await openLibrary(store);
  const { patterns, labels } = await library.read(Array.from({ length: library.count }, (_, i) => i));
  return { patterns: [...patterns], labels: [...labels] };
}

/** A model of the library in `library`. */
export async function trained({ host, runtime }: Place, library: Store, checkpoint: Store): Promise<TrainResult> {
  return train(
    recipe,
    selectLabels(await openLibrary(library), PREDICTED_LABELS),
    {
      program: PROGRAM,
      host,
      runtime,
      checkpoint,
      recipe: { toml: recipeToToml(recipe), hash: hashOf(recipe), schema: RECIPE_SCHEMA },
    },
    quietTask,
  );
}

export interface Mapped {
  readonly identity: FileIdentity;
  /** Numbers of the calibration. */
  readonly calibration: readonly number[];
  readonly channels: readonly { readonly name: string; readonly values: number[]; readonly sigma: number[] }[];
  readonly meanPattern: number[];
  readonly meanReconstruction: number[];
}

export async function mapped(
  { host, runtime }: Place,
  file: ScanFile,
  identity: FileIdentity,
  model: Uint8Array,
): Promise<Mapped> {
  const source = await openScan(file);
  const opened = openModel(model, runtime);
  try {
    const { map, calibration, meanPattern, meanReconstruction } = await mapScan(
      source,
      opened,
      {
        program: PROGRAM,
        host,
        runtime,
        scan: identity,
        model: { kind: 'file', name: 'model.onnx', size_bytes: model.length, content: '' },
        batch: 5,
      },
      quietTask,
    );
    const { centre0_px, descan, map_px_per_mrad, disk_radius_mrad, dose_e } = calibration;
    return {
      identity,
      calibration: [
        ...centre0_px,
        ...descan.per_ry_px,
        ...descan.per_rx_px,
        ...map_px_per_mrad.flat(),
        disk_radius_mrad,
        dose_e,
      ],
      channels: map.channels.map(({ name, values, sigma }) => ({
        name,
        values: [...values],
        sigma: [...(sigma ?? [])],
      })),
      meanPattern: [...meanPattern],
      meanReconstruction: [...meanReconstruction],
    };
  } finally {
    source.close();
    await opened.close();
  }
}

/** Why each file is no scan. */
export async function refused(files: readonly ScanFile[]): Promise<string[]> {
  const problem = async (file: ScanFile): Promise<string> => {
    try {
      (await openScan(file)).close();
      return 'opened';
    } catch (error) {
      if (!(error instanceof FerroscopeError)) throw error;
      return `${error.tag}: ${error.message.replaceAll(file.name, leafName(file))}`;
    }
  };
  return Promise.all(files.map(problem));
}
