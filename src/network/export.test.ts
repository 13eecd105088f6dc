import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { architecture } from './architecture.ts';
import { exportModel } from './export.ts';
import { contentsOf } from './graph.ts';
import { decodeModel, encodeModel } from './onnx-proto.ts';
import { initialValues, parameters, statistics } from './parameters.ts';
import { array32, Session } from './session.ts';
import { Trainer } from './step.ts';

const NAMES = ['P_x', 'P_y', 'P_z', 'thickness'].map((name) => ({ name }));
const LABELS = NAMES.length;
const purpose = (pixels: number) => ({ detector: { pixels, pixelsPerOrder: 4 }, labels: NAMES });
const N = 4;

/** A network whose every parameter and statistic is random, and patterns for it. */
function randomNetwork(pixels: number, trunk: string, transform: 'sqrt' | 'linear') {
  const { network } = parseRecipe(`[network]\n${trunk}\nlatent = 16\npredictor_latent = 8\npredictor_width = 8`);
  const a = architecture(network, purpose(pixels), false);
  const stream = new RandomStream(4, 'network');
  const blurred = (x: Float32Array) => x.map((v) => v + 0.1 * stream.normal());
  const p = blurred(initialValues(parameters(a), 1));
  const s = initialValues(statistics(a), 1).map((v) => v + 0.5 * stream.uniform());
  const draw = (size: number, scale: number) => Float32Array.from({ length: size }, () => scale * stream.uniform());
  const input = {
    transform,
    mean: draw(pixels ** 2, 0.1).map((v) => v + 3),
    deviation: draw(pixels ** 2, 0.1).map((v) => v + 0.1),
  };
  return { a, p, s, input, patterns: draw(N * pixels ** 2, 0.1) };
}

test.each([
  [32, 'share = false\nwidths = [9, 7, 7, 8]', 'sqrt'],
  [32, 'widths = [16, 24, 24, 8]', 'sqrt'],
  [32, 'channels = [2, 3, 4, 5, 6, 7]', 'sqrt'],
  [64, 'channels = [2, 3, 4, 3, 4, 5]', 'linear'],
  [128, 'channels = [1, 2, 3, 2, 3, 4]', 'sqrt'],
  [256, 'channels = [1, 2, 2, 2, 2, 3]', 'sqrt'],
] as const)(
  'the exported graph and the training graph give the same numbers, %i pixels, %s',
  async (pixels, trunk, transform) => {
    const { a, p, s, input, patterns } = randomNetwork(pixels, trunk, transform);
    const weights = { reconstruction: 1, mmd: 1, prediction: 1 };
    const state = { p, m: new Float32Array(p.length), v: new Float32Array(p.length), s };
    const trainer = await Trainer.open(nodeOnnx, a, N, input, { weights, variance_beta: 0.5 }, state);
    const zero = new Float32Array(N * LABELS);
    const inTraining = await trainer.validate({ patterns, labels: zero, prior: new Float32Array(N * a.latent) });
    await trainer.close();
    const labels = { mean: new Float32Array(LABELS), deviation: new Float32Array(LABELS).fill(1) };
    const bytes = exportModel({ architecture: a, p, s, input, labels, metadata: {}, version: '' });
    const session = await Session.open(nodeOnnx, bytes);
    const out = await session.run({ patterns: array32(patterns, [N, 1, pixels, pixels]) });
    out.labels?.forEach((v, i) => {
      expect(Math.abs(v - inTraining.labels[i]!)).toBeLessThan(1e-3);
    });
    expect(out.sigma?.length).toBe(N * LABELS);
    out.sigma?.forEach((v, i) => {
      expect(v / Math.exp(inTraining.logVariance![i]! / 2)).toBeCloseTo(1, 3);
    });
    // The reconstruction, standardised again, gives the reconstruction loss (the means are so high that none is clipped).
    const seen = (v: number) => (transform === 'sqrt' ? Math.sqrt(v) : v);
    let sum = 0;
    out.reconstruction?.forEach((v, i) => {
      expect(v).toBeGreaterThan(0);
      sum += ((seen(v) - seen(patterns[i]!)) / input.deviation[i % pixels ** 2]!) ** 2;
    });
    expect(sum / patterns.length / inTraining.reconstruction).toBeCloseTo(1, 4);
    await session.close();
  },
);

test('a model survives decoding and encoding', () => {
  const { a, p, s, input } = randomNetwork(32, 'channels = [1, 1, 1, 1, 1, 1]', 'sqrt');
  const labels = { mean: new Float32Array(LABELS), deviation: new Float32Array(LABELS).fill(1) };
  const bytes = exportModel({ architecture: a, p, s, input, labels, metadata: { 'a key': 'ä value' }, version: '1.2' });
  const model = decodeModel(bytes);
  expect(model.producerVersion).toBe('1.2');
  expect(model.metadataProps[0]).toEqual({ key: 'a key', value: 'ä value' });
  expect(model.metadataProps[1]).toEqual({ key: 'ferroscope.weights', value: contentsOf(model.graph.initializer) });
  expect(model.graph.input[0]?.type.tensorType.shape.dim[0]?.dimParam).toBe('n');
  expect(Buffer.from(encodeModel(model)).equals(Buffer.from(encodeModel(decodeModel(encodeModel(model)))))).toBe(true);
});

test('sizes that the network cannot take are refused', () => {
  const { network } = parseRecipe('[network]\nchannels = [16, 32, 64, 128, 256, 512]');
  expect(() => architecture(network, purpose(48), false)).toThrow(/48 pixels/);
  expect(architecture(network, purpose(64), false).trunk).toMatchObject({ strides: [1, 2, 2, 2, 2, 2] });
  expect(architecture(network, purpose(128), false)).toMatchObject({ trunk: { inner: 2 }, features: 2048 });
  expect(architecture(parseRecipe('').network, purpose(64), false)).toMatchObject({
    trunk: { kind: 'dense' },
    features: 256,
  });
});

test('a label that is not told is answered with its mean, and its σ is its deviation; the others are as they were', async () => {
  const { a, p, s, input, patterns } = randomNetwork(32, 'share = false\nwidths = [9, 7, 7, 8]', 'sqrt');
  const labels = {
    mean: Float32Array.from({ length: LABELS }, (_, i) => i + 1),
    deviation: Float32Array.from({ length: LABELS }, (_, i) => 2 * i + 3),
  };
  const answers = async (told?: readonly boolean[]) => {
    const bytes = exportModel({ architecture: a, p, s, input, labels, told, metadata: {}, version: '' });
    const session = await Session.open(nodeOnnx, bytes);
    const out = await session.run({ patterns: array32(patterns, [N, 1, 32, 32]) });
    await session.close();
    return { labels: out.labels!, sigma: out.sigma! };
  };
  const [own, masked] = [await answers(), await answers(Array.from({ length: LABELS }, (_, i) => i !== 1))];
  own.labels.forEach((value, i) => {
    expect(masked.labels[i]).toBe(i % LABELS === 1 ? labels.mean[1] : value);
    expect(masked.sigma[i]).toBe(i % LABELS === 1 ? labels.deviation[1] : own.sigma[i]);
  });
  expect(new Set(own.labels.filter((_, i) => i % LABELS === 1)).size).toBe(N);
});
