import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { skipAloud } from '../../test/skip-aloud.ts';
import { identify } from '../core/identity.ts';
import { quietTask } from '../core/task.ts';
import { problem, problemOf } from '../core/test-problem.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { answersOf } from './answers.ts';
import { Augmenter } from './augment.ts';
import { coverageOf } from './conformal.ts';
import { evaluate } from './evaluate.ts';
import { type Model, openModel } from './infer.ts';
import { MODEL_SCHEMA } from './model-info.ts';
import { checkModelFits, scopeOf } from './model-scope.ts';
import { decodeModel, encodeModel } from './onnx-proto.ts';
import { data, folder, options, recipe } from './test-training.ts';
import { train } from './train.ts';
import { ratiosOf, sigmaRule } from './uncertainty.ts';

describe('a short training', () => {
  const trained = train(
    recipe('epochs = 6\nlearning_rate = 3e-3\nlearning_rate_final = 0.05\ndose_e = [1e5, 1e7]\nseed = 2\nbatch = 32'),
    data,
    options('short'),
    quietTask,
  );
  const opened: Promise<Model> = trained.then(({ model }) => openModel(model, nodeOnnx));

  test('reaches a correlation above 0.9 for every label of structures it never saw', async () => {
    const { scores } = (await opened).info;
    for (const { name, correlation } of scores.training) expect(correlation, name).toBeGreaterThan(0.9);
    const { history } = await trained;
    expect(history.length).toBe(6);
    expect(history.some(({ best }) => best)).toBe(true);
    expect(history.at(-1)?.validation.prediction).toBeLessThan(0.3 * history[0]!.training.prediction);
  });

  test('validation in training and the exported model agree', async () => {
    const model = await opened;
    const heldOut = Array.from({ length: data.count }, (_, i) => i).filter((i) => data.isHeldOut(i));
    const noisy = recipe('dose_e = [1e5, 1e7]').training;
    const whole = await evaluate(model, data, heldOut, { seed: 2, training: noisy }, quietTask);
    whole.forEach((score, i) => {
      expect(score.rmse).toBeCloseTo(model.info.scores.training[i]!.rmse, 3);
    });

    // Validation looks at each pattern once, as it lies: the mean square of standardised label errors of the best epoch.
    const { patterns, labels } = await data.read(heldOut);
    const names = data.labels.map(({ name }) => name);
    const augmenter = new Augmenter({ training: { ...noisy, seed: 2 }, detector: data.detector, labels: names });
    augmenter.apply({ purpose: 'validate', epoch: 0, indices: heldOut, patterns, labels });
    const once = (await model.predict(patterns, heldOut.length, { reconstruction: false })).labels;
    const deviation = [30, 30, 30, 2, 2, 10].map((span) => span / Math.sqrt(3));
    const loss =
      once.reduce((sum, value, i) => sum + ((value - labels[i]!) / deviation[i % names.length]!) ** 2, 0) / once.length;
    const best = (await trained).history.findLast((record) => record.best)!.validation.prediction;
    expect(loss / best).toBeGreaterThan(0.85);
    expect(loss / best).toBeLessThan(1.15);

    // A map looks twice, which is better.
    const twice = whole.reduce((sum, { rmse }, i) => sum + (rmse / deviation[i]!) ** 2, 0) / whole.length;
    expect(twice).toBeLessThan(loss);
  });

  test('σ holds the truth of structures it never saw as often as it says, pattern by pattern', async () => {
    const model = await opened;
    const { uncertainty, domain, scores } = model.info;
    expect(uncertainty).toMatchObject({ sigma: 'network', structures: 2, patterns: 320 });
    expect(domain?.excess?.high).toBeGreaterThan(domain!.excess!.median);
    // Other noise on the same structures: two of them promise nothing of a third.
    const heldOut = Array.from({ length: data.count }, (_, i) => i).filter((i) => data.isHeldOut(i));
    const noisy = recipe('dose_e = [1e5, 1e7]').training;
    const answers = await answersOf(model, data, heldOut, { seed: 5, training: noisy, reconstruct: true }, quietTask);
    for (const [label, { name, factors }] of uncertainty!.labels.entries()) {
      const { scale } = sigmaRule(model.info, name)!;
      const ratios = ratiosOf(answers, label, data.labels.length, scores.training[label]!.rmse, scale);
      for (const [level, stated] of [0.68, 0.95].entries()) {
        expect(Math.abs(coverageOf(ratios, () => factors[level]!).mean - stated), name).toBeLessThan(0.06);
      }
    }
    // Nor at one dose alone: what its noise does to errors is in σ, whatever the network sees of it.
    for (const dose of [1e5, 1e6, 1e7]) {
      const training = { ...noisy, dose_e: [dose, dose] as const };
      const own = await answersOf(model, data, heldOut, { seed: 5, training }, quietTask);
      const covered = uncertainty!.labels.map(({ name, factors, by_dose }, label) => {
        expect(by_dose![0], name).toBeGreaterThan(by_dose!.at(-1)!);
        const { scale, rmse } = sigmaRule(model.info, name)!;
        return coverageOf(ratiosOf(own, label, data.labels.length, rmse, scale), () => factors[0]).mean;
      });
      // With one σ for all doses 0.5 at the least.
      expect(covered.reduce((a, c) => a + c, 0) / covered.length, `${dose}`).toBeCloseTo(0.68, 1);
    }
    // A few electrons are known to tell less.
    const mean = (of: Float32Array) => of.reduce((a, b) => a + b, 0) / of.length;
    const dark = await answersOf(model, data, heldOut, { seed: 5, dose: 1e5 }, quietTask);
    const bright = await answersOf(model, data, heldOut, { seed: 5, dose: 1e7 }, quietTask);
    expect(mean(dark.sigma)).toBeGreaterThan(mean(bright.sigma));
    expect(dark.misfit.length).toBe(0);
  });

  test('a model of format 2 opens, states no σ and no factors; one of a newer format is refused and says so', async () => {
    const { model: bytes } = await trained;
    const told = (change: (key: string, value: string) => string | undefined) => {
      const proto = decodeModel(bytes);
      proto.metadataProps = proto.metadataProps.flatMap(({ key, value }) => {
        const kept = change(key, value);
        return kept === undefined ? [] : [{ key, value: kept }];
      });
      return openModel(encodeModel(proto), nodeOnnx);
    };
    const schema = (n: number) => (key: string, value: string) =>
      key === 'ferroscope.identity' ? JSON.stringify(identify({ ...JSON.parse(value), schema: n })) : value;
    const later = ['ferroscope.uncertainty', 'ferroscope.seal'];
    const old = told((key, value) => (later.includes(key) ? undefined : schema(2)(key, value)));
    expect(old.info.uncertainty).toBeUndefined();
    expect(sigmaRule(old.info, 'P_x')).toMatchObject({ factor: 1, k95: undefined });
    expect(problem(() => told(schema(MODEL_SCHEMA + 1)))).toMatchObject({
      tag: 'unsupported',
      message: `The model file is of format ${MODEL_SCHEMA + 1}; this version of Ferroscope reads formats up to ${MODEL_SCHEMA}.`,
    });
  });

  test('a digit of what a model says of itself that has changed is seen, and so is what is no statement at all', async () => {
    const { model: bytes } = await trained;
    const altered = (name: string, change: (text: string) => string, sealed = true) => {
      const proto = decodeModel(bytes);
      if (!sealed) proto.metadataProps = proto.metadataProps.filter(({ key }) => key !== 'ferroscope.seal');
      const entry = proto.metadataProps.find(({ key }) => key === `ferroscope.${name}`)!;
      entry.value = change(entry.value);
      return () => openModel(encodeModel(proto), nodeOnnx);
    };
    const factor = (text: string) => text.replace(/("factors":\[\d+\.)\d/, '$17');
    expect(altered('uncertainty', (text) => text)).not.toThrow();
    const message = (...of: Parameters<typeof altered>) => problem(altered(...of)).message;
    expect(message('uncertainty', factor)).toMatch(/is damaged: what it says of itself/);
    expect(message('scores', (text) => text.replace(/"rmse":[^,]*/, '"rmse":"much"'), false)).toMatch(
      /'ferroscope\.scores\.\w+\.0\.rmse' as it should/,
    );
    const zone = (text: string) => JSON.stringify({ ...JSON.parse(text), zone: [1, 1, 2] });
    expect(message('detector', zone, false)).toMatch(/ferroscope\.detector\.zone' as it should: is no zone/);
    const told = openModel((await opened).saying({ seed: 77 }), nodeOnnx);
    expect(told.info).toEqual({ ...(await opened).info, seed: 77 });
  });

  test('the model says what it is and refuses another microscope', async () => {
    const { info } = await opened;
    expect(info.labels.map(({ name }) => name)).toContain('tilt_x');
    expect(info.dose_e).toEqual([1e5, 1e7]);
    expect(info.seed).toBe(2);
    checkModelFits(scopeOf(info), { voltage_kV: 300, convergence_mrad: 2.2 });
    expect(() => checkModelFits(scopeOf(info), { voltage_kV: 200, convergence_mrad: 2.2 })).toThrow(/300 kV/);
    expect(() => checkModelFits(scopeOf(info), { voltage_kV: 300, convergence_mrad: 2.5 })).toThrow(/2\.2 mrad/);
  });

  test('reconstructs patterns, and predicts the same with and without doing so, in any batches', async () => {
    const model = await opened;
    const indices = [8, 9, 18, 19, 28];
    const { patterns } = await data.read(indices);
    const whole = await model.predict(patterns, 5);
    const labelsOnly = await model.predict(patterns, 5, { reconstruction: false, batch: 2 });
    expect(labelsOnly.reconstruction.length).toBe(0);
    whole.labels.forEach((v, i) => {
      expect(Math.abs(v - labelsOnly.labels[i]!)).toBeLessThan(1e-3);
    });
    const power = patterns.reduce((sum, v) => sum + v * v, 0);
    const error = patterns.reduce((sum, v, i) => sum + (v - whole.reconstruction[i]!) ** 2, 0);
    expect(error / power).toBeLessThan(0.02);
    expect((await problemOf(model.predict(patterns, 4))).tag).toBe('shape');
  });

  test('Python’s ONNX Runtime gives the same numbers', async (context) => {
    if (spawnSync('python3', ['-c', 'import onnxruntime, numpy']).status !== 0) {
      skipAloud(context, 'python3 with onnxruntime and numpy');
    }
    const { model: bytes } = await trained;
    const { patterns } = await data.read([8, 9, 18]);
    writeFileSync(join(folder, 'm.onnx'), bytes);
    writeFileSync(join(folder, 'x.bin'), new Uint8Array(patterns.buffer));
    const script = [
      'import numpy, onnxruntime, json, sys',
      's = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])',
      'x = numpy.fromfile(sys.argv[2], "<f4").reshape(3, 1, 32, 32)',
      'print(json.dumps([y.ravel().tolist() for y in s.run(["labels", "latent", "reconstruction"], {"patterns": x})]))',
    ].join('\n');
    const run = spawnSync('python3', ['-c', script, join(folder, 'm.onnx'), join(folder, 'x.bin')], {
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    const theirs = JSON.parse(run.stdout) as number[][];
    const ours = await (await opened).predict(patterns, 3);
    [ours.labels, ours.latent, ours.reconstruction].forEach((array, k) => {
      expect(theirs[k]?.length).toBe(array.length);
      array.forEach((v, i) => {
        expect(Math.abs(v - (theirs[k]?.[i] ?? Number.NaN))).toBeLessThan(1e-4 * (1 + Math.abs(v)));
      });
    });
  });

  test('a model whose weights are not those that it was written with is refused', async () => {
    const { model: bytes } = await trained;
    const proto = decodeModel(bytes);
    const weights = proto.graph.initializer.find(({ rawData }) => rawData.length > 400)!;
    weights.rawData = Uint8Array.from(weights.rawData, (byte, i) => (i === 200 ? byte ^ 1 : byte));
    const error = problem(() => openModel(encodeModel(proto), nodeOnnx));
    expect([error.tag, error.message]).toEqual(['format', expect.stringContaining('damaged')]);
  });
});

test('bytes that are no model are a format error', () => {
  expect(problem(() => openModel(new Uint8Array([1, 2, 3, 255, 255]), nodeOnnx)).tag).toBe('format');
});
