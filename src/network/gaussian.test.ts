import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { gradients } from './autodiff.ts';
import { betaNll, logVariance, sigmaOf, UNIT_VARIANCE } from './gaussian.ts';
import { Graph } from './graph.ts';
import { array32, Session } from './session.ts';

const SHAPE = [5, 3];
const random = new RandomStream(8, 'gaussian');
const draw = () => Float32Array.from({ length: 15 }, () => random.between(-1.5, 1.5));
const [y, mu, s] = [draw(), draw(), draw()];

/** The loss and its gradients in μ and s. */
async function lossAt(beta: number, mean: Float32Array, logVar: Float32Array) {
  const g = new Graph();
  const [ty, tm, ts] = ['y', 'm', 's'].map((name) => g.input(name, SHAPE)) as [never, never, never];
  const loss = betaNll(g, ty, tm, ts, beta);
  gradients(g, loss, [tm, ts]).forEach((slope, i) => {
    g.output(['dm', 'ds'][i]!, slope);
  });
  g.output('loss', loss);
  const session = await Session.open(nodeOnnx, g.toModel());
  const out = await session.run({ y: array32(y, SHAPE), m: array32(mean, SHAPE), s: array32(logVar, SHAPE) });
  await session.close();
  return { loss: out.loss![0]!, dm: out.dm!, ds: out.ds! };
}

test('β = 0 is −2·log of the Gaussian density, less log 2π', async () => {
  const density = (i: number) =>
    Math.exp(-((y[i]! - mu[i]!) ** 2) / (2 * Math.exp(s[i]!))) / Math.sqrt(2 * Math.PI * Math.exp(s[i]!));
  const mean = y.reduce((sum, _, i) => sum - 2 * Math.log(density(i)) - Math.log(2 * Math.PI), 0) / y.length;
  expect((await lossAt(0, mu, s)).loss).toBeCloseTo(mean, 5);
});

test.each([0, 0.5, 1])(
  'gradients are those of the likelihood, weighted by σ^2β as if it were constant, β = %d',
  async (beta) => {
    const { dm, ds } = await lossAt(beta, mu, s);
    const n = y.length;
    dm.forEach((slope, i) => {
      const [r, variance] = [mu[i]! - y[i]!, Math.exp(s[i]!)];
      expect(slope).toBeCloseTo((variance ** beta * 2 * r) / variance / n, 5);
      expect(ds[i]).toBeCloseTo((variance ** beta * (1 - r ** 2 / variance)) / n, 5);
    });
  },
);

test('σ runs between 1e-3 and 3 standard deviations of the label, and begins as one', async () => {
  const g = new Graph();
  const r = g.input('r', [3]);
  g.output('s', logVariance(g, r));
  g.output('sigma', sigmaOf(g, r));
  const session = await Session.open(nodeOnnx, g.toModel());
  const out = await session.run({ r: array32(Float32Array.of(-60, UNIT_VARIANCE, 60), [3]) });
  await session.close();
  [1e-3, 1, 3].forEach((sigma, i) => {
    expect(out.sigma![i]! / sigma).toBeCloseTo(1, 5);
    expect(out.s![i]).toBeCloseTo(2 * Math.log(sigma), 5);
  });
});
