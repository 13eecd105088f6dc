import { expect, test } from 'vitest';
import { nodeOnnx } from '../node/onnx.ts';
import { adamStep, adamUpdate } from './adam.ts';
import { Graph } from './graph.ts';
import { array32, Session } from './session.ts';

test('three steps equal Adam as published', async () => {
  const g = new Graph();
  const [p, m, v, gradient] = ['p', 'm', 'v', 'g'].map((name) => g.input(name, [3]));
  if (!p || !m || !v || !gradient) throw new Error();
  const next = adamUpdate(g, adamStep(g, g.input('rate', []), g.input('t', [])), p, m, v, gradient);
  for (const name of ['p', 'm', 'v'] as const) g.output(`${name}2`, next[name]);
  const session = await Session.open(nodeOnnx, g.toModel());
  const slopes = [
    [1, -2, 1e-4],
    [0.5, 3, 0],
    [-1, 1, 2e-4],
  ];
  let state: Record<'p' | 'm' | 'v', Float32Array> = {
    p: Float32Array.of(1, 2, 3),
    m: new Float32Array(3),
    v: new Float32Array(3),
  };
  const expected = [1, 2, 3];
  const [m1, v1] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (const [i, slope] of slopes.entries()) {
    const t = i + 1;
    const feed = (x: Float32Array) => array32(x, [3]);
    const out = await session.run({
      p: feed(state.p),
      m: feed(state.m),
      v: feed(state.v),
      g: feed(Float32Array.from(slope)),
      rate: array32(Float32Array.of(0.01), []),
      t: array32(Float32Array.of(t), []),
    });
    state = { p: out.p2 ?? state.p, m: out.m2 ?? state.m, v: out.v2 ?? state.v };
    slope.forEach((gk, k) => {
      m1[k] = 0.9 * m1[k]! + 0.1 * gk;
      v1[k] = 0.999 * v1[k]! + 0.001 * gk * gk;
      const step = m1[k]! / (1 - 0.9 ** t) / (Math.sqrt(v1[k]! / (1 - 0.999 ** t)) + 1e-8);
      expected[k] = expected[k]! - 0.01 * step;
      expect(state.p[k]).toBeCloseTo(expected[k]!, 5);
    });
  }
});
