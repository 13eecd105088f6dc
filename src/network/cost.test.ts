/** What a training is said to take, against what it takes. */

import { expect, test } from 'vitest';
import { memoryStore } from '../core/store.ts';
import { quietTask, type Task } from '../core/task.ts';
import { problemOf } from '../core/test-problem.ts';
import { PREDICTED_LABELS } from '../library/labels.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { architecture } from './architecture.ts';
import { trainingCost } from './cost.ts';
import { testDataset } from './test-data.ts';
import { train } from './train.ts';

test('on disk: two checkpoints, as they are written', async () => {
  const recipe = parseRecipe('[network]\nwidths = [64, 32]\n[training]\nbatch = 32\nepochs = 1');
  const data = testDataset(32, 400);
  const files = new Map<string, Uint8Array>();
  const controller = new AbortController();
  const task: Task = { signal: controller.signal, progress: (_, __, what) => what === 'steps' && controller.abort() };
  const run = { host: nodeWorkers, runtime: nodeOnnx, program: 'test', recipe: { toml: '', hash: '', schema: 2 } };
  const stopped = train(recipe, data, { ...run, checkpoint: memoryStore('memory', files) }, { ...quietTask, ...task });
  expect((await problemOf(stopped)).tag).toBe('aborted');
  const bytes = [...files].reduce((sum, [name, { length }]) => sum + (name.includes('/c') ? length : 0), 0);
  expect(trainingCost(architecture(recipe.network, data, false), 32).disk_bytes).toBe(2 * bytes);
});

test.each([
  ['channels = [16, 32, 64, 128, 256, 512]', 16, 467],
  ['channels = [16, 32, 64, 128, 256, 512]', 64, 1543],
  ['', 256, 195],
  ['', 1024, 834],
])('in memory: near the peaks that were measured, %s with %i patterns', (network, batch, peak_MB) => {
  const detector = { pixels: 64, pixelsPerOrder: 8 };
  const a = architecture(parseRecipe(`[network]\n${network}`).network, { detector, labels: PREDICTED_LABELS }, false);
  const said = trainingCost(a, batch).memory_bytes / 2 ** 20 / peak_MB;
  expect(said).toBeGreaterThan(0.8);
  expect(said).toBeLessThan(1.25);
});

test('full weights count where layers share them', () => {
  const of = (share: boolean) => {
    const { network } = parseRecipe(`[network]\nwidths = [4096, 4096, 2048]\nshare = ${share}`);
    const purpose = { detector: { pixels: 64, pixelsPerOrder: 8 }, labels: PREDICTED_LABELS };
    return trainingCost(architecture(network, purpose, false), 2).memory_bytes;
  };
  // An eighth of nine arrays and two of full size, against nine of full size.
  expect(of(true) / of(false)).toBeCloseTo((9 / 8 + 2) / 9, 1);
});
