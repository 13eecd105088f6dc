/** What the tests of trainings share: patterns, a small network, and where each training keeps its checkpoint. Not a test. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { testDataset } from './test-data.ts';

export const folder = mkdtempSync(join(tmpdir(), 'ferroscope-train-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const small = '[network]\nchannels = [8, 8, 16, 16, 32, 32]\npredictor_width = 64\n';
export const recipe = (training: string) => parseRecipe(`${small}[training]\n${training}`);
export const data = testDataset(32, 1600);
export const options = (name: string) => ({
  checkpoint: folderStore(join(folder, name)),
  recipe: { toml: '', hash: '', schema: 2 },
  program: 'test',
  host: nodeWorkers,
  runtime: nodeOnnx,
});
