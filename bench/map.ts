/**
 * Mapping with a trained model: reading, resampling, prediction from two looks, on a scan of 256×256-pixel patterns.
 * The model has the default size and no training: that does not change its speed.
 * `npm run bench -- map`
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '../src/core/identity.ts';
import { RandomStream } from '../src/core/random.ts';
import { quietTask } from '../src/core/task.ts';
import { wavelength } from '../src/diffraction/optics.ts';
import { PREDICTED_LABELS } from '../src/library/labels.ts';
import { detectorOf } from '../src/library/plan.ts';
import { architecture } from '../src/network/architecture.ts';
import { exportModel } from '../src/network/export.ts';
import { type Model, openModel } from '../src/network/infer.ts';
import { infoToMetadata, type ModelInfo } from '../src/network/model-info.ts';
import { initialValues, parameters, statistics } from '../src/network/parameters.ts';
import { writeEmd } from '../src/node/emd.ts';
import { fileIdentity } from '../src/node/files.ts';
import { nodeOnnx } from '../src/node/onnx.ts';
import { scanFile } from '../src/node/scan-file.ts';
import { nodeWorkers } from '../src/node/worker-host.ts';
import { mapScan } from '../src/polarization/map-scan.ts';
import { parseRecipe, RECIPE_SCHEMA, recipeToToml } from '../src/recipe/recipe.ts';
import { mapFrom } from '../src/scan/calibration.ts';
import { exposeCamera } from '../src/scan/camera.ts';
import { openScan } from '../src/scan/open.ts';

const SIDE = 256;
/** The paper's scan. */
const SHAPE = [110, 180] as const;

/** A model of the default recipe as it is before training. */
async function untrained(): Promise<Model> {
  const recipe = parseRecipe('');
  const detector = detectorOf(recipe);
  const size = detector.pixels ** 2;
  const a = architecture(recipe.network, { detector, labels: PREDICTED_LABELS }, false);
  const filled = (n: number, value: number) => new Float32Array(n).fill(value);
  const info: ModelInfo = {
    identity: identify({ kind: 'model', schema: 2, program: 'bench', settings: {}, inputs: {} }),
    recipeSchema: RECIPE_SCHEMA,
    recipe: recipeToToml(recipe),
    recipeHash: '',
    seed: 1,
    labels: PREDICTED_LABELS,
    detector,
    normalisation: '',
    input: 'sqrt',
    dose_e: null,
    adapts: false,
    scores: { training: [], noiseFree: [], dose1e6: [] },
  };
  return openModel(
    exportModel({
      architecture: a,
      p: initialValues(parameters(a), 1),
      s: initialValues(statistics(a), 1),
      input: { transform: 'sqrt', mean: filled(size, 0), deviation: filled(size, 1) },
      labels: { mean: filled(a.labels, 0), deviation: filled(a.labels, 1) },
      metadata: infoToMetadata(info),
      version: 'bench',
    }),
    nodeOnnx,
  );
}

export async function run(): Promise<string> {
  const model = await untrained();
  const { a_A, voltage_kV, convergence_mrad } = model.info.detector;
  // Disks on a square lattice, brightness by order and by chance: enough for calibration; what they mean does not matter here.
  const step = 0.15;
  const size = 460;
  const order = (wavelength(voltage_kV) * 1e3) / a_A;
  const values = new Float64Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const q = [(y - size / 2) * step, (x - size / 2) * step];
      const [h, k] = q.map((v) => Math.round(v / order));
      if (Math.hypot(q[0]! - h! * order, q[1]! - k! * order) < convergence_mrad) {
        values[y * size + x] = Math.exp(-0.8 * Math.hypot(h!, k!));
      }
    }
  }
  const total = values.reduce((a, b) => a + b, 0);
  const centre = [SIDE / 2, SIDE / 2] as const;
  const mean = exposeCamera(
    { values: values.map((v) => v / total), size, step_mrad: step },
    SIDE,
    SIDE,
    centre,
    mapFrom(0.26, 4),
  );
  const random = new RandomStream(1, 'bench');
  const folder = await mkdtemp(join(tmpdir(), 'ferroscope-bench-'));
  try {
    const patterns = Array.from({ length: 64 }, () => Uint16Array.from(mean, (v) => random.poisson(v * 1e6)));
    // As microscopes and their programs leave it: counts, one compressed chunk per pattern.
    const file = join(folder, 'scan.h5');
    await writeEmd(file, {
      shape: [...SHAPE, SIDE, SIDE],
      patterns: (index) => patterns[index % patterns.length]!,
    });
    const source = await openScan(await scanFile(file));
    const result = await mapScan(
      source,
      model,
      {
        program: 'bench',
        host: nodeWorkers,
        runtime: nodeOnnx,
        scan: await fileIdentity(file),
        model: { kind: 'file', name: 'none', size_bytes: 0, content: '' },
        batch: 16,
      },
      quietTask,
    );
    source.close();
    const { pixels } = model.info.detector;
    return [
      '| mapping | s |',
      '|---|---|',
      `| ${SHAPE.join('×')} positions, gzip uint16 ${SIDE}×${SIDE} → ${pixels}×${pixels}, two looks | ${result.map_s.toFixed(1)} |`,
      `| calibration before | ${result.calibrate_s.toFixed(1)} |`,
    ].join('\n');
  } finally {
    await rm(folder, { recursive: true });
    await model.close();
  }
}
