import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { gradients } from './autodiff.ts';
import { Graph, sizeOf, type Tensor } from './graph.ts';
import { rasterOrder, refine, stencil } from './lattice.ts';
import { latticeDown, latticeUp } from './lattice-conv.ts';
import { mmd } from './mmd.ts';
import * as ops from './ops.ts';
import { columnSum, gemm, linear } from './ops-matmul.ts';
import { batchNorm, layerNorm, swish } from './ops-norm.ts';
import { concat, gatherRows, permute, reduceMean, reduceSum, reshape, slice, transpose } from './ops-shape.ts';
import { array32, Session } from './session.ts';
import { conv, convTranspose } from './test-conv.ts';

type Build = (g: Graph, ...x: Tensor[]) => Tensor;

/**
 * Holds ∂(Σ r·f(x))/∂x, r random, against central differences along random directions: one number per input tensor and
 * direction tests every element of the gradient at once.
 */
async function check(build: Build, shapes: readonly number[][], low = -1, high = 1, tolerance = 2e-2): Promise<void> {
  const stream = new RandomStream(3, 'gradients');
  const draw = (shape: readonly number[], a: number, b: number): Float32Array =>
    Float32Array.from({ length: sizeOf(shape) }, () => stream.between(a, b));
  const g = new Graph();
  const inputs = shapes.map((shape, i) => g.input(`x${i}`, shape));
  const y = build(g, ...inputs);
  const weights = draw(y.shape, -1, 1);
  const loss = ops.mul(g, y, g.constant(weights, y.shape));
  const total = reduceSum(g, loss);
  gradients(g, total, inputs).forEach((gradient, i) => {
    expect(gradient.shape).toEqual(shapes[i]);
    g.output(`g${i}`, gradient);
  });
  g.output('y', y);
  const session = await Session.open(nodeOnnx, g.toModel());
  const x = shapes.map((shape) => draw(shape, low, high));
  const run = (values: Float32Array[]) =>
    session.run(Object.fromEntries(values.map((v, i) => [`x${i}`, array32(v, shapes[i]!)])));
  const objective = (out: Float32Array): number => out.reduce((sum, v, i) => sum + v * weights[i]!, 0);
  const at = await run(x);
  expect(at.y?.length).toBe(sizeOf(y.shape));
  for (let i = 0; i < x.length; i++) {
    for (let trial = 0; trial < 2; trial++) {
      const direction = draw(shapes[i]!, -1, 1);
      const h = 3e-3;
      const moved = (sign: number) =>
        x.map((v, j) => (j === i ? v.map((value, k) => value + sign * h * direction[k]!) : v));
      const plus = objective((await run(moved(1))).y!);
      const minus = objective((await run(moved(-1))).y!);
      const numeric = (plus - minus) / (2 * h);
      const analytic = at[`g${i}`]!.reduce((sum, v, k) => sum + v * direction[k]!, 0);
      const size = Math.sqrt(at[`g${i}`]!.reduce((sum, v) => sum + v * v, 0));
      expect(Math.abs(analytic - numeric), `input ${i}: ${analytic} against ${numeric}`).toBeLessThan(
        tolerance * (0.1 + size),
      );
    }
  }
  await session.close();
}

const elementwise: [string, Build, number, number][] = [
  ['sqrt', ops.sqrt, 0.5, 2],
  ['exp', ops.exp, -2, 2],
  ['sigmoid', ops.sigmoid, -3, 3],
  ['square', ops.square, -2, 2],
  ['swish', swish, -3, 3],
  ['scale', (g, x) => ops.scale(g, x, -2.5), -1, 1],
  ['meanSquare', ops.meanSquare, -1, 1],
];
test.each(elementwise)('gradient of %s', async (_name, build, low, high) => {
  await check(build as Build, [[3, 5]], low, high);
});

describe.each([
  ['add', ops.add],
  ['sub', ops.sub],
  ['mul', ops.mul],
  ['div', ops.div],
] as const)('gradient of %s', (_name, operator) => {
  test.each([
    [
      [3, 4],
      [3, 4],
    ],
    [[3, 4], [4]],
    [
      [2, 3, 4],
      [3, 1],
    ],
    [[1], [2, 3]],
    [
      [2, 1, 4],
      [1, 5, 1],
    ],
  ])('%j with %j', async (a, b) => {
    await check((g, x, y) => operator(g, x as Tensor, y as Tensor), [a, b], 0.5, 1.5);
  });
});

test('gradients of moves and sums', async () => {
  await check((g, x) => transpose(g, reshape(g, x as Tensor, [4, 2, 3]), [2, 0, 1]), [[2, 3, 4]]);
  await check((g, x) => slice(g, x as Tensor, 1, 1, 3), [[2, 4, 3]]);
  await check(
    (g, x, y) => concat(g, [x as Tensor, y as Tensor], 1),
    [
      [2, 1, 3],
      [2, 4, 3],
    ],
  );
  await check((g, x) => permute(g, x as Tensor, Int32Array.of(2, 0, 3, 1)), [[2, 4]]);
  await check((g, x) => gatherRows(g, x as Tensor, Int32Array.of(2, 1, 0, 2, 1, 0), 2), [[3, 4]]);
  await check((g, x) => reduceMean(g, x as Tensor, [0, 2]), [[2, 4, 3]]);
  await check((g, x) => reduceMean(g, x as Tensor), [[2, 4, 3]]);
  await check((g, x) => reduceSum(g, x as Tensor, [1]), [[2, 4, 3]]);
});

test.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])('gradient of gemm, transposed %s %s', async (a, b) => {
  const shapes = [a ? [4, 3] : [3, 4], b ? [5, 4] : [4, 5]];
  await check((g, x, y) => gemm(g, x as Tensor, y as Tensor, a, b), shapes);
});

test('gradient of a fully connected layer', async () => {
  await check((g, x, w, b) => linear(g, x as Tensor, w as Tensor, b as Tensor), [[6, 4], [4, 3], [3]]);
});

test('columnSum sums over rows, whatever the number', async () => {
  for (const [rows, columns] of [
    [96, 5],
    [7, 3],
    [1024, 16],
  ] as const) {
    const g = new Graph();
    g.output('y', columnSum(g, g.input('x', [rows, columns])));
    const session = await Session.open(nodeOnnx, g.toModel());
    const x = Float32Array.from({ length: rows * columns }, (_, i) => (i % columns) + 1);
    const { y } = await session.run({ x: array32(x, [rows, columns]) });
    expect(Array.from(y!)).toEqual(Array.from({ length: columns }, (_, c) => rows * (c + 1)));
  }
});

test('gradients of batch and layer norm', async () => {
  await check((g, x, a, b) => batchNorm(g, x as Tensor, a as Tensor, b as Tensor).output, [[12, 5], [5], [5]]);
  await check((g, x, a, b) => batchNorm(g, x as Tensor, a as Tensor, b as Tensor).output, [[256, 16], [16], [16]]);
  await check((g, x, a, b) => layerNorm(g, x as Tensor, a as Tensor, b as Tensor), [[4, 7], [7], [7]]);
});

test('gradient of the MMD', async () => {
  await check(
    (g, z, p) => mmd(g, z as Tensor, p as Tensor),
    [
      [6, 3],
      [5, 3],
    ],
    -2,
    2,
  );
});

test('gradients of conv and convTranspose, any stride, padding and odd sizes', async () => {
  const geometry = fc.record({
    h: fc.integer({ min: 3, max: 7 }),
    w: fc.integer({ min: 3, max: 7 }),
    kh: fc.integer({ min: 1, max: 3 }),
    kw: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    pad: fc.integer({ min: 0, max: 1 }),
    channels: fc.integer({ min: 1, max: 3 }),
    out: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(geometry, async ({ h, w, kh, kw, stride, pad, channels, out }) => {
      // A padding as wide as the kernel leaves outputs that see only zeros, which ONNX Runtime's ConvTranspose refuses.
      const c = { stride, pad: Math.min(pad, kh - 1, kw - 1) };
      await check(
        (g, x, k) => conv(g, x as Tensor, k as Tensor, c),
        [
          [2, channels, h, w],
          [out, channels, kh, kw],
        ],
      );
      const extra = stride - 1;
      await check(
        (g, x, k) => convTranspose(g, x as Tensor, k as Tensor, { ...c, extra }),
        [
          [2, channels, h, w],
          [channels, out, kh, kw],
        ],
      );
    }),
    { numRuns: 12, seed: 5 },
  );
});

test.each([
  [2, 1, 3, 2],
  [2, 2, 3, 2],
  [4, 2, 2, 1],
  [4, 1, 2, 1],
  [4, 2, 1, 2],
  [4, 1, 1, 2],
])('gradients of lattice convolutions: %i² coarse pixels, stride %i', async (size, stride, channels, out) => {
  const s = stencil(size === 2 ? rasterOrder(2) : refine(rasterOrder(size / 2), 2), stride);
  const [fine, coarse] = [s.fine.raster.length, s.coarse.raster.length];
  await check(
    (g, x, w) => latticeDown(g, x as Tensor, w as Tensor, s),
    [
      [2, fine, channels],
      [9, channels, out],
    ],
  );
  await check(
    (g, x, w) => latticeUp(g, x as Tensor, w as Tensor, s),
    [
      [2, coarse, channels],
      [channels, 9, out],
    ],
  );
});
