import { expect, test } from 'vitest';
import { identify } from '../core/identity.ts';
import { quietTask, type Task } from '../core/task.ts';
import { problemOf } from '../core/test-problem.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { openModel } from './infer.ts';
import { data, options, recipe } from './test-training.ts';
import { train } from './train.ts';

test('dense layers, the default, reach a correlation above 0.9 for every label too', async () => {
  const dense = parseRecipe(
    '[network]\nwidths = [64, 64, 32]\n[training]\nepochs = 5\nbatch = 32\nlearning_rate_final = 0.05\ndose_e = [1e5, 1e7]\nseed = 2',
  );
  const { model } = await train(dense, data, options('dense'), quietTask);
  for (const { name, correlation } of openModel(model, nodeOnnx).info.scores.training)
    expect(correlation, name).toBeGreaterThan(0.9);
});

test('a stopped training resumes to the very result of an uninterrupted one', async () => {
  const study = recipe('epochs = 2\ndose_e = [1e5, 1e7]\nbatch = 64');
  const whole = await train(study, data, options('whole'), quietTask);
  const controller = new AbortController();
  const stopAt = (steps: number): Task => ({
    signal: controller.signal,
    progress: (done, _total, what) => {
      if (what === 'steps' && done === steps) controller.abort();
    },
  });
  expect((await problemOf(train(study, data, options('resumed'), stopAt(27)))).tag).toBe('aborted');
  let first = 0;
  const resumed = await train(study, data, options('resumed'), {
    ...quietTask,
    progress: (done, _total, what) => {
      if (what === 'steps' && first === 0) first = done;
    },
  });
  expect(first).toBe(28);
  expect(Buffer.from(resumed.model).equals(Buffer.from(whole.model))).toBe(true);
  expect(resumed.history).toEqual(whole.history);
  // A finished training gives its model again; another recipe, or another library, does not take it over.
  const again = await train(study, data, options('whole'), quietTask);
  expect(Buffer.from(again.model).equals(Buffer.from(whole.model))).toBe(true);
  const other = await problemOf(train(recipe('epochs = 3'), data, options('whole'), quietTask));
  expect(other).toMatchObject({ tag: 'stale', message: expect.stringContaining('training.epochs was 2, and is 3') });
  const relabelled = { ...data, identity: { ...data.identity, content: 'another' } };
  expect(await problemOf(train(study, relabelled, options('whole'), quietTask))).toMatchObject({
    tag: 'stale',
    message: expect.stringContaining('the contents of the library'),
  });
});

test('domain adaptation: experimental patterns take part, and the model has a domain input', async () => {
  const experiment = {
    identity: identify({ kind: 'calibration', schema: 1, program: 'test', settings: {}, inputs: {} }),
    count: 100,
    read: async (indices: ArrayLike<number>) => {
      const { patterns } = await data.read(indices);
      return patterns.map((v, i) => v * (1 + 0.3 * Math.sin(i % 1024)));
    },
  };
  const { model: bytes } = await train(recipe('epochs = 1'), data, { ...options('adapted'), experiment }, quietTask);
  const model = openModel(bytes, nodeOnnx);
  expect(model.info.adapts).toBe(true);
  const { patterns } = await data.read([1, 2]);
  const simulated = await model.predict(patterns, 2);
  const measured = await model.predict(patterns, 2, { experimental: true });
  expect(Array.from(measured.latent)).not.toEqual(Array.from(simulated.latent));
  await model.close();
});
